//! The supplier's rows as the shop's answer.

use std::collections::HashSet;

use crate::engine::Gathered;
use crate::intercars::{Price, QUOTE, QUOTE_LINE, QuoteLine, STOCK, STOCK_LINE, StockLine};
use crate::operation::{Args, AskedKey, Error, ErrorKind, Operation};
use crate::wire::{Decimal, Row};

use super::answer::{Money, Offer, Place, Quantity, Source, Vat};
use super::matching::Product;
use super::money;

/// A price from here on that ends in .99, the same over many items, is the supplier's way to say "on request".
const ON_REQUEST_FROM: u32 = 5_000;

/// What was asked for: the key, and how many.
pub(super) struct AskedLine {
    pub key: AskedKey,
    pub quantity: Decimal,
}

fn check(operation: &'static Operation, query: &[u8]) -> Result<Args, Error> {
    Args::check(operation, query.to_vec()).map_err(|bad| {
        Error::new(ErrorKind::Validation, bad.to_string()).hint("Nothing was sent: correct the arguments.")
    })
}

pub(super) fn asked_skus(query: &[u8]) -> Result<Vec<AskedKey>, Error> {
    Ok(check(&STOCK, query)?.keys())
}

pub(super) fn asked_lines(query: &[u8]) -> Result<Vec<AskedLine>, Error> {
    use crate::intercars::Wanted;
    let args = check(&QUOTE, query)?;
    let keys = args.keys();
    let one = Decimal::from(1);
    let lines = args.row().rows(0).into_iter().flatten();
    Ok(keys
        .into_iter()
        .zip(lines)
        .map(|(key, line)| AskedLine { key, quantity: line.decimal(Wanted::quantity).unwrap_or(one) })
        .collect())
}

/// What the supplier says of one key: where it lies, and what it is.
pub(super) struct Supplied {
    pub places: Vec<(Place, Option<Decimal>)>,
    pub product: Product,
    /// The supplier says that it does not know it.
    pub unknown: bool,
}

pub(super) fn supplied(asked: &[AskedKey], gathered: &Gathered, cap: Decimal) -> Vec<Supplied> {
    let rows: Vec<Row<'_>> =
        gathered.answers.iter().flat_map(|answer| answer.tape.rows(&answer.body, &STOCK_LINE)).collect();
    let of = |key: &AskedKey| {
        // A key that was asked for twice is answered twice.
        let mut places = HashSet::new();
        let mine = rows
            .iter()
            .copied()
            .filter(|row| is(*row, key, StockLine::sku, StockLine::index))
            .filter(|row| places.insert((row.text(StockLine::sku), row.text(StockLine::location))));
        let mut product = untold(key);
        let places = mine.map(|row| {
            tell(&mut product, row, [StockLine::sku, StockLine::index, StockLine::eans]);
            place(row, cap)
        });
        let places = places.collect();
        let unknown = gathered.skipped.iter().any(|skipped| skipped.unknown && skipped.key == *key);
        product.told |= unknown;
        Supplied { places, product, unknown }
    };
    asked.iter().map(of).collect()
}

/// A product of which nothing is known but what it was asked for by.
pub(super) fn untold(key: &AskedKey) -> Product {
    let text = key.text.trim().to_owned();
    if key.by_index {
        Product { index: vec![text], ..Product::default() }
    } else {
        Product { sku: Some(text), ..Product::default() }
    }
}

fn tell(product: &mut Product, row: Row<'_>, [sku, index, eans]: [usize; 3]) {
    product.told = true;
    product.sku = product.sku.take().or_else(|| row.text(sku).map(|text| text.into_owned()));
    let index = row.text(index).map(|text| text.into_owned());
    product.index.extend(index.filter(|index| !product.index.contains(index)));
    for ean in row.texts(eans).into_iter().flatten().map(|text| text.into_owned()) {
        if !product.eans.contains(&ean) {
            product.eans.push(ean);
        }
    }
}

fn is(row: Row<'_>, key: &AskedKey, sku: usize, index: usize) -> bool {
    row.text(if key.by_index { index } else { sku })
        .is_some_and(|text| text.trim().eq_ignore_ascii_case(key.text.trim()))
}

/// Somewhere at the supplier.
pub(super) fn unknown_place() -> Place {
    Place { source: Source::Intercars, location: None, label: None, quantity: None, order_by: None, deliver_by: None }
}

fn place(row: Row<'_>, cap: Decimal) -> (Place, Option<Decimal>) {
    let pieces = row.decimal(StockLine::availability);
    let text = |field| row.text(field).map(|text| text.into_owned());
    let place = Place {
        source: Source::Intercars,
        location: text(StockLine::location),
        label: None,
        quantity: pieces.map(|pieces| Quantity { value: pieces.to_f64(), at_least: pieces >= cap }),
        order_by: text(StockLine::orderDateTimeTo),
        deliver_by: text(StockLine::shipToBusinessUnitDeliveryDateTime).or_else(|| text(StockLine::latestDeliveryDate)),
    };
    (place, pieces)
}

/// What the supplier offers for one line, and what the product is.
pub(super) struct Quoted {
    pub offer: Option<Offer>,
    pub cost: Option<Money>,
    pub product: Product,
}

/// None where an amount is too long to be exact.
pub(super) fn quoted(asked: &[AskedLine], gathered: &Gathered) -> Option<Vec<Quoted>> {
    let rows: Vec<Row<'_>> =
        gathered.answers.iter().flat_map(|answer| answer.tape.rows(&answer.body, &QUOTE_LINE)).collect();
    let mut offers = Vec::new();
    for line in asked {
        let mine = rows.iter().filter(|row| is(**row, &line.key, QuoteLine::sku, QuoteLine::index));
        let mut product = untold(&line.key);
        for row in mine.clone() {
            tell(&mut product, *row, [QuoteLine::sku, QuoteLine::index, QuoteLine::eans]);
        }
        // The same item may be on two lines: what was quoted for this quantity goes first.
        let other = |row: Row<'_>| row.decimal(QuoteLine::quantity) != Some(line.quantity);
        // One entry for each warehouse: the cheapest counts, and of equals the soonest.
        let best = mine
            .filter_map(|row| {
                Some((row.one(QuoteLine::price)?.decimal(Price::listPriceGross)?, deliver_by(*row), *row))
            })
            .min_by(|a, b| {
                let by_price = (other(a.2), a.0).cmp(&(other(b.2), b.0));
                by_price.then_with(|| later_if_none(&a.1, &b.1))
            });
        let cost = best.as_ref().and_then(|(_, _, row)| cost(row.one(QuoteLine::price)?));
        let offer = match best {
            Some((unit, deliver_by, row)) => Some(offer(line, unit, deliver_by, row)?),
            None => None,
        };
        offers.push(Quoted { offer, cost, product });
    }
    Some(offers)
}

fn later_if_none(a: &Option<String>, b: &Option<String>) -> std::cmp::Ordering {
    (a.is_none(), a).cmp(&(b.is_none(), b))
}

/// The soonest delivery from a warehouse that has the item: an empty one's date promises nothing.
fn deliver_by(row: Row<'_>) -> Option<String> {
    let stock = row
        .rows(QuoteLine::lines)?
        .filter(|row| row.decimal(StockLine::availability).is_some_and(|pieces| pieces > Decimal::ZERO));
    stock
        .filter_map(|row| {
            row.text(StockLine::shipToBusinessUnitDeliveryDateTime).or_else(|| row.text(StockLine::latestDeliveryDate))
        })
        .min()
        .map(|text| text.into_owned())
}

fn offer(line: &AskedLine, unit: Decimal, deliver_by: Option<String>, row: Row<'_>) -> Option<Offer> {
    let price = row.one(QuoteLine::price)?;
    let currency = price.text(Price::currencyCode)?.into_owned();
    let money = |amount: Decimal, vat| money(amount, &currency, vat);
    let deposit = [
        (Price::refundableAmountGross, Vat::Gross),
        (Price::refundableAmountNet, Vat::Net),
        (Price::refundableAmount, Vat::Net),
    ]
    .into_iter()
    .find_map(|(field, vat)| Some((price.decimal(field).filter(|amount| !amount.is_zero())?, vat)));
    Some(Offer {
        sku: row.text(QuoteLine::sku)?.into_owned(),
        quantity: line.quantity.to_f64(),
        source: Source::Intercars,
        unit: money(unit, Vat::Gross),
        total: money(unit.times(line.quantity)?, Vat::Gross),
        vat_percentage: price.decimal(Price::vatPercentage).map(Decimal::to_f64),
        deposit: deposit.map(|(amount, vat)| money(amount, vat)),
        price_on_request: on_request(price).then_some(true),
        cheapest: None,
        soonest: None,
        stale: None,
        cost: None,
        deliver_by,
    })
}

/// What this customer pays for one piece.
fn cost(price: Row<'_>) -> Option<Money> {
    let currency = price.text(Price::currencyCode)?;
    let fields = [(Price::customerPriceGross, Vat::Gross), (Price::customerPriceNet, Vat::Net)];
    fields.into_iter().find_map(|(field, vat)| Some(money(price.decimal(field)?, &currency, vat)))
}

fn on_request(price: Row<'_>) -> bool {
    [Price::listPriceNet, Price::listPriceGross]
        .into_iter()
        .filter_map(|field| price.decimal(field))
        .any(|amount| amount >= Decimal::from(ON_REQUEST_FROM) && amount.to_amount().ends_with(".99"))
}
