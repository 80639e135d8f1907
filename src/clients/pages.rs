//! Everything that an operation finds, page by page, each row once.

use crate::engine::{Answer, CallOptions, Cursor, Gap, Ms, Stretch};
use crate::intercars::PRODUCTS;
use crate::operation::{Args, Error, ErrorKind};
use crate::wire::{Shape, Units};

use super::page::{AttemptsOnly, Page};
use super::walk::Walk;
use super::{Client, Clock, Transport, Watch};

/// Rows yet to be fetched.
pub struct Pages {
    kind: Kind,
    /// When it must be done, of what is asked for as a whole.
    until: Option<Ms>,
}

enum Kind {
    /// Windows that the supplier bounds, with pages in them.
    Span(Box<Cursor>),
    /// Windows as long as their answers allow.
    Stretch(Box<Stretch>),
    /// One answer.
    Whole(Box<Args>, bool),
    /// A category past the supplier's ceiling.
    Catalog(Box<Walk>),
}

impl Pages {
    /// All that these arguments find; none where the operation answers no list.
    pub(super) fn of(args: Args) -> Option<Pages> {
        let kind = match (&args.operation().window, args.operation().answer) {
            (Some(window), _) if window.days.is_some() => Kind::Span(Box::new(Cursor::new(args)?)),
            (_, Shape::Rows(_)) if args.operation().batch.is_none() => match Stretch::new(args.clone()) {
                Some(stretch) => Kind::Stretch(Box::new(stretch)),
                None => Kind::Whole(Box::new(args), false),
            },
            _ => return None,
        };
        Some(Pages { kind, until: None })
    }

    /// A category, read past the supplier's ceiling.
    pub(super) fn catalog(args: Args) -> Pages {
        Pages { kind: Kind::Catalog(Box::new(Walk::new(args))), until: None }
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
        if let Kind::Catalog(walk) = &mut self.kind {
            return walk.next(client, options, units, watch).await;
        }
        while let Some(args) = self.next_args() {
            let options = self.bounded(options, client.runtime().now())?;
            let asked = client.called(args, options, units, &AttemptsOnly(watch)).await;
            let mut gathered = match asked {
                Ok(gathered) => gathered,
                // Nobody says how much is too much: it shows in answers that do not end.
                Err(error) if is_too_much(&error) && self.narrow() => continue,
                Err(error) => return Err(error),
            };
            let Some(answer) = gathered.answers.pop() else { break };
            let new = self.feed(&answer);
            let (done, total) = self.progress();
            watch.progressed(done, total);
            if !new.is_empty() {
                return Ok(Some(Page { answer, new }));
            }
        }
        Ok(None)
    }

    /// What is given as one answer is bounded as one call, however many requests it takes.
    fn bounded(&mut self, options: &CallOptions, now: Ms) -> Result<CallOptions, Error> {
        let (Kind::Stretch(_), Some(bound)) = (&self.kind, options.overall_timeout_ms) else {
            return Ok(options.clone());
        };
        let until = *self.until.get_or_insert(now + bound);
        if now >= until {
            return Err(Error::new(ErrorKind::Timeout, "not done by its overall deadline")
                .hint("Ask for less at once, or allow more with overallTimeoutMs."));
        }
        Ok(CallOptions { overall_timeout_ms: Some(until - now), ..options.clone() })
    }

    fn next_args(&self) -> Option<Args> {
        match &self.kind {
            Kind::Span(cursor) => cursor.next(),
            Kind::Stretch(stretch) => stretch.next(),
            Kind::Whole(args, asked) => (!asked).then(|| (**args).clone()),
            Kind::Catalog(_) => None,
        }
    }

    fn narrow(&mut self) -> bool {
        match &mut self.kind {
            Kind::Stretch(stretch) => stretch.narrow(),
            _ => false,
        }
    }

    fn feed(&mut self, answer: &Answer) -> Vec<usize> {
        match &mut self.kind {
            Kind::Span(cursor) => cursor.feed(answer),
            Kind::Stretch(stretch) => stretch.feed(answer),
            Kind::Whole(_, asked) => {
                *asked = true;
                (0..answer.tape.len()).collect()
            }
            Kind::Catalog(_) => Vec::new(),
        }
    }

    fn progress(&self) -> (usize, usize) {
        match &self.kind {
            Kind::Span(cursor) => cursor.progress(),
            Kind::Stretch(stretch) => stretch.progress(),
            Kind::Whole(..) | Kind::Catalog(_) => (1, 1),
        }
    }

    /// What one page is.
    pub fn shape(&self) -> Shape {
        match &self.kind {
            Kind::Span(cursor) => cursor.shape(),
            Kind::Stretch(stretch) => stretch.shape(),
            Kind::Whole(args, _) => args.operation().answer,
            Kind::Catalog(_) => PRODUCTS.answer,
        }
    }

    /// What stayed out of reach so far.
    pub fn gaps(&self) -> &[Gap] {
        match &self.kind {
            Kind::Span(cursor) => cursor.gaps(),
            Kind::Catalog(walk) => walk.gaps(),
            Kind::Stretch(_) | Kind::Whole(..) => &[],
        }
    }
}

fn is_too_much(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::Timeout | ErrorKind::Upstream)
}
