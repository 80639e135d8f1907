//! Own shop and supplier as one answer.

mod answer;
mod best;
mod glance;
mod matching;
mod remote;
mod shop;
mod supplier;
mod unmatched;

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::rc::Rc;

use futures_util::future::join;

pub use answer::{Availability, Money, Offer, Place, Quantity, Source, StockState, Vat};
pub use best::Bid;
pub use matching::{Directory, ItemField, MatchRule, Partner, Product, ProductField};
pub use remote::{AVAILABILITY, OFFER, REMOTE};
pub use shop::{Shop, ShopPrices};
pub use unmatched::Unmatched;

use crate::clients::{Client, Clock, Transport, Watch, shared};
use crate::engine::{CallOptions, Desk, Gathered, Ms};
use crate::operation::{AskedKey, Error, ErrorKind};
use crate::wire::{Decimal, Units};

use glance::{Side, at_a_glance};

/// How old the shop's items may be, unless it is set.
pub const ITEMS_MAX_AGE_MS: Ms = 60_000;
/// Whatever age is set, the shop's items are used for so long: else a call would ask for them again at once, for ever.
const LEAST_AGE_MS: Ms = 1_000;
/// Flights of one runtime have one number each: below are the token's.
const SHOP_FLIGHTS: u64 = 3 << 40;
/// All items of a shop may take a while.
const SHOP_FLIGHT_MS: Ms = 120_000;

/// Asks whoever may have the goods.
pub struct Storefront<R> {
    intercars: Option<Rc<Client<R>>>,
    availability_cap: Decimal,
    own: Option<Own<R>>,
}

struct Own<R> {
    client: Rc<Client<R>>,
    rules: Vec<MatchRule>,
    prices: Option<ShopPrices>,
    items: RefCell<Desk<(), (), Rc<Shop>>>,
}

impl<R: Transport + Clock> Storefront<R> {
    /// A storefront over the supplier's client. `availability_cap` is the figure at which the supplier caps what it tells.
    pub fn new(intercars: Option<Rc<Client<R>>>, availability_cap: u32) -> Storefront<R> {
        Storefront { intercars, availability_cap: Decimal::from(availability_cap), own: None }
    }

    /// With the shop's own point of sale. Without rules its codes are the supplier's SKUs; without `prices` its side has no
    /// price. Its items are asked for anew when they are older than `max_age_ms`.
    pub fn with_shop(
        mut self,
        client: Rc<Client<R>>,
        rules: Vec<MatchRule>,
        prices: Option<ShopPrices>,
        max_age_ms: Ms,
    ) -> Storefront<R> {
        let rules = if rules.is_empty() { vec![MatchRule::DEFAULT] } else { rules };
        let items =
            Desk::new(max_age_ms.max(LEAST_AGE_MS), SHOP_FLIGHT_MS, 1, NonZeroUsize::MIN).numbered_from(SHOP_FLIGHTS);
        self.own = Some(Own { client, rules, prices, items: RefCell::new(items) });
        self
    }

    /// Availability of each SKU asked for, in that order. `query` is what the client's `stock` takes. What nobody could
    /// tell is [`StockState::Unknown`]; where one side fails, the other's answer stays.
    ///
    /// # Errors
    /// Anything of [`ErrorKind`], where no side could answer.
    pub async fn availability(
        &self,
        query: Vec<u8>,
        options: CallOptions,
        watch: &dyn Watch,
    ) -> Result<Vec<Availability>, Error> {
        let asked = supplier::asked_skus(&query)?;
        let (supplied, shop) = self.both("stock", query, options, watch).await?;
        let partial = is_partial(&supplied, &shop);
        let cap = self.availability_cap;
        let supplied = supplied.map(|gathered| gathered.map(|gathered| supplier::supplied(&asked, &gathered, cap)));
        let mut supplied = supplied.map(|supplied| supplied.map(Vec::into_iter));
        let answers = asked.into_iter().map(|key| {
            let mine = supplied.as_mut().map(|supplied| supplied.as_mut().ok().and_then(Iterator::next));
            let product = mine.as_ref().and_then(|mine| Some(mine.as_ref()?.product.clone()));
            let product = product.unwrap_or_else(|| self.untold(&key));
            let supplier = mine.map(|mine| match mine {
                Some(mine) if mine.unknown => Side::Without,
                Some(mine) => Side::Places(mine.places),
                None => Side::Silent(supplier::unknown_place()),
            });
            let shop = shop.as_ref().map(|shop| match shop {
                Ok(shop) => match shop.directory().partner(&product) {
                    Partner::One(position) => Side::Places(shop.places(position)),
                    Partner::None => Side::Without,
                    Partner::Unknown => Side::Silent(shop::unknown().0),
                },
                Err(_) => Side::Silent(shop::unknown().0),
            });
            Availability { partial, ..at_a_glance(key.text, shop, supplier, cap) }
        });
        Ok(answers.collect())
    }

    /// The offers for each line that somebody has a price for, in the order asked: of several for one line the cheapest
    /// first. `query` is what the client's `quote` takes.
    ///
    /// # Errors
    /// Anything of [`ErrorKind`], where no side could answer.
    pub async fn offers(&self, query: Vec<u8>, options: CallOptions, watch: &dyn Watch) -> Result<Vec<Offer>, Error> {
        Ok(self.offers_by_line(query, options, watch).await?.into_iter().flatten().collect())
    }

    /// The same by lines; a line that nobody has a price for has none.
    ///
    /// # Errors
    /// Anything of [`ErrorKind`], where no side could answer.
    pub async fn offers_by_line(
        &self,
        query: Vec<u8>,
        options: CallOptions,
        watch: &dyn Watch,
    ) -> Result<Vec<Vec<Offer>>, Error> {
        Ok(self.bids(query, options, watch).await?.0.into_iter().map(best::marked).collect())
    }

    /// The same by lines, with what only the shop itself may know; a line that nobody has a price for has none. And whether
    /// one side could not be asked.
    ///
    /// # Errors
    /// Anything of [`ErrorKind`], where no side could answer.
    pub async fn bids(
        &self,
        query: Vec<u8>,
        options: CallOptions,
        watch: &dyn Watch,
    ) -> Result<(Vec<Vec<Bid>>, bool), Error> {
        let asked = supplier::asked_lines(&query)?;
        let (gathered, shop) = self.both("quote", query, options, watch).await?;
        let partial = is_partial(&gathered, &shop);
        let quoted = match gathered {
            Some(Ok(gathered)) => {
                let quoted = supplier::quoted(&asked, &gathered);
                Some(quoted.ok_or_else(|| Error::new(ErrorKind::Decode, "quote: an amount is beyond 38 digits"))?)
            }
            _ => None,
        };
        let mut quoted = quoted.map(Vec::into_iter);
        let bids = asked.into_iter().map(|line| {
            let quoted = quoted.as_mut().and_then(Iterator::next);
            let (product, offer, cost) = match quoted {
                Some(quoted) => (quoted.product, quoted.offer, quoted.cost),
                None => (self.untold(&line.key), None, None),
            };
            let shop = shop.as_ref().and_then(|shop| shop.as_ref().ok());
            let partner = shop.and_then(|shop| match shop.directory().partner(&product) {
                Partner::One(position) => Some((shop, position)),
                _ => None,
            });
            let groups = partner.map_or(Vec::new(), |(shop, position)| shop.groups(position).to_vec());
            let prices = self.own.as_ref().and_then(|own| own.prices.as_ref());
            let own = partner.zip(prices).and_then(|((shop, at), prices)| shop.bid(at, line.quantity, prices));
            offer.map(|offer| Bid { offer, cost, groups, at_hand: false }).into_iter().chain(own).collect()
        });
        Ok((bids.collect(), partial))
    }

    /// The shop's items that have no partner at the supplier, or several.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] without both systems; and anything else of [`ErrorKind`].
    pub async fn unmatched(&self, options: CallOptions, watch: &dyn Watch) -> Result<Unmatched, Error> {
        let (Some(client), Some(own)) = (&self.intercars, &self.own) else {
            return Err(Error::new(ErrorKind::Unsupported, "unmatched needs both systems")
                .hint("Give the storefront an InterCars and an IncoCloud."));
        };
        let shop = own.items(&options, watch).await?;
        unmatched::unmatched(client, &shop, &own.rules, &options, watch).await
    }

    /// A product that the supplier has not told of: where there is none, nothing is left to be told.
    fn untold(&self, key: &AskedKey) -> Product {
        Product { told: self.intercars.is_none(), ..supplier::untold(key) }
    }

    /// Asks both sides at once. None: the storefront does not have this side.
    #[allow(clippy::type_complexity)]
    async fn both(
        &self,
        operation: &str,
        query: Vec<u8>,
        options: CallOptions,
        watch: &dyn Watch,
    ) -> Result<(Option<Result<Gathered, Error>>, Option<Result<Rc<Shop>, Error>>), Error> {
        let supplier = async {
            match &self.intercars {
                Some(client) => Some(client.call(operation, query, options.clone(), Units::Bytes, watch).await),
                None => None,
            }
        };
        let shop = async {
            match &self.own {
                Some(own) => Some(own.items(&options, watch).await),
                None => None,
            }
        };
        match join(supplier, shop).await {
            (Some(Err(error)), Some(Err(_)) | None) | (None, Some(Err(error))) => Err(error),
            (None, None) => Err(Error::new(ErrorKind::Unsupported, "the storefront has nobody to ask")),
            sides => Ok(sides),
        }
    }
}

impl<R: Transport + Clock> Own<R> {
    async fn items(&self, options: &CallOptions, watch: &dyn Watch) -> Result<Rc<Shop>, Error> {
        if options.fresh {
            self.items.borrow_mut().outdate(&());
        }
        let ask = async |_: &[()]| {
            let read = Shop::read(&self.client, &self.rules, self.prices.as_ref(), options, watch);
            Ok(vec![Rc::new(read.await?)])
        };
        let mut found = shared(&**self.client.runtime(), &self.items, &(), &[()], SHOP_FLIGHT_MS, ask).await?;
        found.pop().ok_or_else(|| Error::new(ErrorKind::Internal, "the shop's items are gone"))
    }
}

fn is_partial<A, B>(one: &Option<Result<A, Error>>, other: &Option<Result<B, Error>>) -> bool {
    matches!(one, Some(Err(_))) || matches!(other, Some(Err(_)))
}

fn money(amount: Decimal, currency: &str, vat: Vat) -> Money {
    Money { amount: amount.to_amount(), currency: currency.to_owned(), vat }
}
