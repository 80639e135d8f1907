//! Everything that an operation finds, page by page, each row once.

use crate::engine::{CallOptions, Cursor, Gap};
use crate::intercars::PRODUCTS;
use crate::operation::{Args, Error};
use crate::wire::{Shape, Units};

use super::page::{Attempts, Page};
use super::walk::Walk;
use super::{Client, Clock, Transport, Watch};

/// Rows yet to be fetched.
pub struct Pages(Kind);

enum Kind {
    Span(Box<Cursor>),
    Catalog(Box<Walk>),
}

impl Pages {
    /// A search over days; none where the operation has no such search.
    pub(super) fn span(args: Args) -> Option<Pages> {
        Cursor::new(args).map(|cursor| Pages(Kind::Span(Box::new(cursor))))
    }

    /// A category, read past the supplier's ceiling.
    pub(super) fn catalog(args: Args) -> Pages {
        Pages(Kind::Catalog(Box::new(Walk::new(args))))
    }

    /// The next page with new rows; none at the end.
    ///
    /// # Errors
    /// Anything of [`crate::operation::ErrorKind`]. Asked again, the same page is tried again.
    pub async fn next<R: Transport + Clock>(
        &mut self,
        client: &Client<R>,
        options: &CallOptions,
        units: Units,
        watch: &dyn Watch,
    ) -> Result<Option<Page>, Error> {
        let cursor = match &mut self.0 {
            Kind::Catalog(walk) => return walk.next(client, options, units, watch).await,
            Kind::Span(cursor) => cursor,
        };
        while let Some(args) = cursor.next() {
            let quiet = Attempts(watch);
            let mut gathered = client.called(args, options.clone(), units, &quiet).await?;
            let Some(answer) = gathered.answers.pop() else { break };
            let new = cursor.feed(&answer);
            let (done, total) = cursor.progress();
            watch.progressed(done, total);
            if !new.is_empty() {
                return Ok(Some(Page { answer, new }));
            }
        }
        Ok(None)
    }

    /// What one page is.
    pub fn shape(&self) -> Shape {
        match &self.0 {
            Kind::Span(cursor) => cursor.shape(),
            Kind::Catalog(_) => PRODUCTS.answer,
        }
    }

    /// What stayed out of reach so far.
    pub fn gaps(&self) -> &[Gap] {
        match &self.0 {
            Kind::Span(cursor) => cursor.gaps(),
            Kind::Catalog(walk) => walk.gaps(),
        }
    }
}
