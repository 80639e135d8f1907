//! Own shop and supplier as one answer.

mod answer;
mod remote;
mod supplier;

use std::rc::Rc;

pub use answer::{Availability, Money, Offer, Place, Quantity, Source, StockState, Vat};
pub use remote::{AVAILABILITY, OFFER, REMOTE};

use crate::clients::{Client, Clock, Transport, Watch};
use crate::engine::CallOptions;
use crate::operation::{Error, ErrorKind};
use crate::wire::{Decimal, Units};

/// Asks whoever may have the goods.
pub struct Storefront<R> {
    intercars: Rc<Client<R>>,
    availability_cap: Decimal,
}

impl<R: Transport + Clock> Storefront<R> {
    /// A storefront over the supplier's client. `availability_cap` is the figure at which the supplier caps what it tells.
    pub fn new(intercars: Rc<Client<R>>, availability_cap: u32) -> Storefront<R> {
        Storefront { intercars, availability_cap: Decimal::from(availability_cap) }
    }

    /// Availability of each SKU asked for, in that order. `query` is what the client's `stock` takes. What nobody could
    /// tell is [`StockState::Unknown`].
    ///
    /// # Errors
    /// Anything of [`ErrorKind`].
    pub async fn availability(
        &self,
        query: Vec<u8>,
        options: CallOptions,
        watch: &dyn Watch,
    ) -> Result<Vec<Availability>, Error> {
        let asked = supplier::asked_skus(&query)?;
        let gathered = self.intercars.call("stock", query, options, Units::Bytes, watch).await?;
        Ok(supplier::availability(&asked, &gathered, self.availability_cap))
    }

    /// An offer for each line that somebody has a price for, in the order asked. `query` is what the client's `quote` takes.
    ///
    /// # Errors
    /// Anything of [`ErrorKind`].
    pub async fn offers(&self, query: Vec<u8>, options: CallOptions, watch: &dyn Watch) -> Result<Vec<Offer>, Error> {
        Ok(self.offers_by_line(query, options, watch).await?.into_iter().flatten().collect())
    }

    /// The same with nothing in the place of a line that nobody has a price for.
    ///
    /// # Errors
    /// Anything of [`ErrorKind`].
    pub async fn offers_by_line(
        &self,
        query: Vec<u8>,
        options: CallOptions,
        watch: &dyn Watch,
    ) -> Result<Vec<Option<Offer>>, Error> {
        let asked = supplier::asked_lines(&query)?;
        let gathered = self.intercars.call("quote", query, options, Units::Bytes, watch).await?;
        supplier::offers(&asked, &gathered)
            .ok_or_else(|| Error::new(ErrorKind::Decode, "quote: an amount is beyond 38 digits"))
    }
}
