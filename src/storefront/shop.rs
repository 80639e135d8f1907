//! The shop's own side: a snapshot of its items, for the service can be asked for one code at a time alone.

use std::collections::HashMap;

use crate::clients::{AttemptsOnly, Client, Clock, Transport, Watch};
use crate::engine::CallOptions;
use crate::incocloud::{AT_LOCATION, AtLocation, ITEM, IncoLocation, IncoVatGroup, Item, LOCATION, VAT_GROUP};
use crate::operation::{Error, ErrorKind};
use crate::wire::{Decimal, Row, Shape, Units, decode};

use super::answer::{Offer, Place, Quantity, Source, Vat};
use super::best::Bid;
use super::matching::{Directory, ItemField, MatchRule};
use super::money;

/// What the shop's own prices are. Nobody can tell from its data.
#[derive(Clone, Debug)]
pub struct ShopPrices {
    /// ISO 4217.
    pub currency: String,
    /// Whether tax is in the prices, as the database is set.
    pub include_vat: bool,
    /// Which of an item's prices is asked.
    field: usize,
}

impl ShopPrices {
    /// # Errors
    /// [`ErrorKind::Validation`] where an item has no such price.
    pub fn new(currency: String, include_vat: bool, field: &str) -> Result<ShopPrices, Error> {
        let invalid = |message: &str| Error::new(ErrorKind::Validation, message);
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(invalid("shop.currency must be a currency's code of three capitals, such as BGN"));
        }
        let price = ITEM.position(field).filter(|_| field.ends_with("_price") || field.starts_with("price_group"));
        match price {
            Some(field) => Ok(ShopPrices { currency, include_vat, field }),
            None => Err(invalid("shop.priceField must be one of an item's prices")
                .hint("One of regular_price, trade_price, trade_in_price, price_group1 to price_group8.")),
        }
    }
}

/// The shop's items as they were a moment ago.
pub struct Shop {
    items: Vec<ShopItem>,
    directory: Directory,
    /// Names of locations.
    locations: HashMap<String, String>,
}

/// One item.
pub struct ShopItem {
    /// As sent.
    pub json: String,
    names: [Vec<String>; 3],
    stock: Option<Vec<Lot>>,
    price: Option<Decimal>,
    /// Number and name of its group.
    groups: Vec<String>,
    /// In percent.
    vat: Option<Decimal>,
}

/// What lies somewhere.
struct Lot {
    location: Option<String>,
    pieces: Decimal,
}

impl Shop {
    /// Asks the service for everything that the storefront needs of it.
    ///
    /// # Errors
    /// Those of the items alone: names of locations and tax groups are not worth an answer.
    pub async fn read<R: Transport + Clock>(
        client: &Client<R>,
        rules: &[MatchRule],
        prices: Option<&ShopPrices>,
        options: &CallOptions,
        watch: &dyn Watch,
    ) -> Result<Shop, Error> {
        let watch = &AttemptsOnly(watch);
        let ask = async |resource, query: &[u8]| {
            let options = CallOptions {
                timeout_ms: options.timeout_ms,
                overall_timeout_ms: options.overall_timeout_ms,
                ..CallOptions::default()
            };
            client.call(resource, query.to_vec(), options, Units::Bytes, watch).await
        };
        let (items, locations, taxes) = futures_util::future::join3(
            ask("item", br#"{"include_availability":true}"#),
            ask("location", b"{}"),
            async { if prices.is_some() { ask("vat_group", b"{}").await.ok() } else { None } },
        )
        .await;
        let mut names = HashMap::new();
        for answer in locations.iter().flat_map(|found| &found.answers) {
            for row in answer.tape.rows(&answer.body, &LOCATION) {
                if let (Some(id), Some(name)) = (row.plain(IncoLocation::id), filled(row, IncoLocation::name)) {
                    names.insert(id.into_owned(), name);
                }
            }
        }
        let mut rates = HashMap::new();
        for answer in taxes.iter().flat_map(|found| &found.answers) {
            for row in answer.tape.rows(&answer.body, &VAT_GROUP) {
                if let (Some(id), Some(rate)) = (row.plain(IncoVatGroup::id), row.decimal(IncoVatGroup::vat_value)) {
                    rates.insert(id.into_owned(), rate);
                }
            }
        }
        let mut shop = Shop { items: Vec::new(), directory: Directory::new(rules), locations: names };
        for answer in &items?.answers {
            for row in answer.tape.rows(&answer.body, &ITEM) {
                if row.bool(Item::deleted) != Some(true) {
                    shop.add(ShopItem::read(row, prices, &rates));
                }
            }
        }
        Ok(shop)
    }

    fn add(&mut self, item: ShopItem) {
        self.directory.add(self.items.len(), |field| item.texts(field));
        self.items.push(item);
    }

    /// The items, in the order in which the service sent them.
    pub fn items(&self) -> &[ShopItem] {
        &self.items
    }

    /// Where they meet the supplier's products.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Where an item lies; one place without a quantity where the service did not tell.
    pub(super) fn places(&self, position: usize) -> Vec<(Place, Option<Decimal>)> {
        let Some(lots) = &self.items[position].stock else { return vec![unknown()] };
        let place = |lot: &Lot| {
            let label = lot.location.as_ref().and_then(|location| self.locations.get(location)).cloned();
            let quantity = Some(Quantity { value: lot.pieces.to_f64(), at_least: false });
            (Place { location: lot.location.clone(), label, quantity, ..unknown().0 }, Some(lot.pieces))
        };
        lots.iter().map(place).collect()
    }

    /// Number and name of the group that an item is in.
    pub(super) fn groups(&self, position: usize) -> &[String] {
        &self.items[position].groups
    }

    /// What an item costs here, if the shop has said which price that is.
    pub(super) fn bid(&self, position: usize, pieces: Decimal, prices: &ShopPrices) -> Option<Bid> {
        let item = &self.items[position];
        let (unit, vat) = (item.price?, if prices.include_vat { Vat::Gross } else { Vat::Net });
        let offer = Offer {
            sku: item.names[0].first()?.clone(),
            quantity: pieces.to_f64(),
            source: Source::Incocloud,
            unit: money(unit, &prices.currency, vat),
            total: money(unit.times(pieces)?, &prices.currency, vat),
            vat_percentage: item.vat.map(Decimal::to_f64),
            deposit: None,
            price_on_request: None,
            cheapest: None,
            soonest: None,
            stale: None,
            cost: None,
            deliver_by: None,
        };
        let here = item.stock.iter().flatten().filter(|lot| lot.pieces > Decimal::ZERO);
        let here = here.map(|lot| lot.pieces).try_fold(Decimal::ZERO, Decimal::plus);
        let at_hand = here.is_some_and(|here| here >= pieces);
        Some(Bid { offer, cost: None, groups: item.groups.clone(), at_hand })
    }
}

/// Somewhere in the shop.
pub(super) fn unknown() -> (Place, Option<Decimal>) {
    let place = Place {
        source: Source::Incocloud,
        location: None,
        label: None,
        quantity: None,
        order_by: None,
        deliver_by: None,
    };
    (place, None)
}

impl ShopItem {
    fn read(row: Row<'_>, prices: Option<&ShopPrices>, rates: &HashMap<String, Decimal>) -> ShopItem {
        let texts = |fields: &[usize]| fields.iter().filter_map(|&field| filled(row, field)).collect();
        ShopItem {
            json: row.json().to_owned(),
            names: [
                texts(&[Item::code]),
                texts(&[Item::catalog, Item::catalog2, Item::catalog3]),
                texts(&[Item::bar_code, Item::bar_code2, Item::bar_code3]),
            ],
            stock: stock(row),
            groups: texts(&[Item::group_id, Item::group_name]),
            price: prices.and_then(|prices| row.decimal(prices.field)),
            vat: row.plain(Item::vat_group_id).and_then(|group| rates.get(&*group)).copied(),
        }
    }

    /// What it is known by.
    pub fn texts(&self, field: ItemField) -> &[String] {
        &self.names[field as usize]
    }
}

/// Blank text comes as a space.
fn filled(row: Row<'_>, field: usize) -> Option<String> {
    Some(row.plain(field)?.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Pieces at hand, in each form in which they come; none where nobody can tell.
fn stock(row: Row<'_>) -> Option<Vec<Lot>> {
    use crate::wire::Value;
    let Value::Json(json) = row.value(Item::availability) else { return None };
    if let Some(pieces) = Decimal::parse(json) {
        return Some(vec![Lot { location: None, pieces }]);
    }
    let tape = decode(json.as_bytes(), Shape::Rows(&AT_LOCATION), Units::Bytes).ok()?;
    let lot = |row: Row<'_>| {
        let location = row.plain(AtLocation::location_id)?.into_owned();
        Some(Lot { location: Some(location), pieces: row.decimal(AtLocation::quantity)? })
    };
    tape.rows(json.as_bytes(), &AT_LOCATION).map(lot).collect()
}
