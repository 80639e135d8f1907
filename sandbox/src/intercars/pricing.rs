//! What a product costs, and quotes, which say that and where it is.

use serde_json::{Value, json};

use super::accounts::Account;
use super::arguments::{Key, limited, resolve, texts};
use super::errors::{Refusal, invalid, nothing_asked};
use super::product::Product;
use super::stock::{Shelves, describe, named, place, warehouses};
use super::{Answer, Call, samples};
use crate::seeded::roll;

/// An amount in hundredths of the currency: exact, unlike a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cents(pub(crate) i64);

impl Cents {
    /// The amount with 23% tax, rounded half up.
    pub(crate) fn gross(self) -> Self {
        Self((self.0 * 123 + 50) / 100)
    }

    /// So many times the amount.
    pub(crate) fn times(self, quantity: u32) -> Self {
        Self(self.0 * i64::from(quantity))
    }

    /// The amount in JSON: the shortest decimal that means it.
    pub(crate) fn json(self) -> Value {
        if self.0 % 100 == 0 {
            json!(self.0 / 100)
        } else {
            // The nearest double of two decimals prints as just these decimals.
            json!(self.0 as f64 / 100.0)
        }
    }

    /// The amount that a JSON number means, if it is one of whole hundredths.
    pub(crate) fn parse(value: &Value) -> Option<Self> {
        let hundredths = value.as_f64()? * 100.0;
        let rounded = hundredths.round();
        ((hundredths - rounded).abs() < 1e-6).then_some(Self(rounded as i64))
    }
}

/// What "price on request" looks like: an absurd figure, the same for many products.
const ON_REQUEST: Cents = Cents(999_999);

/// A product's net prices for a customer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prices {
    pub(crate) list: Cents,
    pub(crate) customer: Cents,
    deposit: Cents,
}

/// What a product costs now.
pub(crate) fn prices(product: Product, account: &Account, revision: u64) -> Prices {
    let seed = product.seed();
    if seed.is_multiple_of(97) {
        return Prices { list: ON_REQUEST, customer: ON_REQUEST, deposit: Cents(0) };
    }
    let base = 500 + roll(seed, 300) % 40_000;
    let list = Cents((base + revision * 7 * (1 + base / 500)) as i64);
    let discount = account.discount + (roll(seed, 301) % 16) as i64;
    Prices {
        list,
        customer: Cents((list.0 * (100 - discount) + 50) / 100),
        // Some parts carry a deposit on the old part that comes back.
        deposit: Cents(if seed.is_multiple_of(11) { 2_050 + (seed % 7) as i64 * 1_000 } else { 0 }),
    }
}

fn price_row(call: &Call, product: Product) -> Value {
    let prices = prices(product, call.account, call.settings.price_revision);
    let gross = prices.list.gross();
    let mut row = json!({
        "currencyCode": call.account.currency,
        "listPriceNet": prices.list.json(),
        "listPriceGross": gross.json(),
        "vatPercentage": 23,
        "vatAmount": Cents(gross.0 - prices.list.0).json(),
    });
    // One of the samples names the deposit without saying whether it is net.
    if product.seed().is_multiple_of(4) {
        row["refundableAmount"] = prices.deposit.json();
    } else {
        row["refundableAmountNet"] = prices.deposit.json();
        row["refundableAmountGross"] = prices.deposit.gross().json();
    }
    row["customerPriceNet"] = prices.customer.json();
    row["customerPriceGross"] = prices.customer.gross().json();
    row
}

/// `POST /pricing/quote`
pub(crate) fn price(call: &Call) -> Result<Answer, Refusal> {
    let body = call.body()?;
    let locations = limited(texts(&body["location"], "location")?, 10, "warehouse codes")?;
    let batch = resolve(&lines(&body, 100)?)?;
    let rows: Vec<Value> = batch
        .good
        .into_iter()
        .map(|(product, quantity)| match sample_price(product, &locations) {
            Some(mut row) => {
                row["quantity"] = json!(quantity);
                row
            }
            None => {
                let mut row = json!({
                    "sku": product.sku(),
                    "quantity": quantity,
                    "price": price_row(call, product),
                });
                describe(&mut row, product, call);
                row
            }
        })
        .collect();
    Ok(Answer { body: json!({ "lines": rows }), skipped: batch.bad })
}

/// The page prints two answers that differ: one for a request that names KOM, one for a request without a place.
fn sample_price(product: Product, locations: &[String]) -> Option<Value> {
    if !product.is_sample() {
        return None;
    }
    let sku = product.sku();
    let find = |sample: &Value| samples::rows(&sample["lines"]).find(|row| row["sku"] == sku).cloned();
    let of_kom = locations.iter().any(|location| location == "KOM");
    of_kom.then(|| find(&samples::PRICE)).flatten().or_else(|| find(&samples::PRICE_TEXT))
}

/// `POST /inventory/quote`
pub(crate) fn quote(call: &Call, shelves: &Shelves) -> Result<Answer, Refusal> {
    let locations = call.arguments.locations()?;
    let asked = quote_lines(call)?;
    let batch = resolve(&asked)?;
    let mut entries = Vec::new();
    for (product, quantity) in batch.good {
        if product.is_sample() {
            entries.extend(sample_quote(product, quantity, &locations));
        } else if !product.is_discontinued() {
            entries.extend(quote_entries(call, shelves, product, quantity, &locations));
        }
    }
    Ok(Answer { body: Value::Array(entries), skipped: batch.bad })
}

fn quote_lines(call: &Call) -> Result<Vec<(Key, u32)>, Refusal> {
    let (skus, indexes) = (call.arguments.list("sku"), call.arguments.list("index"));
    if !skus.is_empty() || !indexes.is_empty() {
        let keys = named(skus, indexes, 30)?;
        return Ok(keys.into_iter().map(|(key, ())| (key, 1)).collect());
    }
    if call.request.body.is_empty() {
        return Err(nothing_asked());
    }
    lines(&call.body()?, 30)
}

/// The lines of a body, each a key and a quantity.
fn lines(body: &Value, most: usize) -> Result<Vec<(Key, u32)>, Refusal> {
    let lines =
        body["lines"].as_array().filter(|lines| !lines.is_empty()).ok_or_else(|| invalid("lines are required"))?;
    if lines.len() > most {
        return Err(invalid(format!("Maximum of {most} SKUs/indexes per request is allowed")));
    }
    lines.iter().map(|line| Ok((Key::of_line(line)?, quantity(&line["quantity"])?))).collect()
}

/// A whole number of pieces, at least one.
pub(crate) fn quantity(value: &Value) -> Result<u32, Refusal> {
    value
        .as_u64()
        .and_then(|pieces| u32::try_from(pieces).ok())
        .filter(|pieces| (1..=1_000_000).contains(pieces))
        .ok_or_else(|| invalid("quantity must be a positive integer"))
}

fn sample_quote(product: Product, quantity: u32, locations: &[String]) -> Vec<Value> {
    let sample = match product {
        Product::Addfff => &samples::QUOTE,
        _ => &samples::QUOTE_TEXT,
    };
    samples::rows(sample)
        .filter(|entry| {
            let place = &entry["lines"][0]["location"];
            locations.is_empty() || locations.iter().any(|location| place == location)
        })
        .map(|entry| {
            let mut entry = entry.clone();
            entry["quantity"] = json!(quantity);
            entry
        })
        .collect()
}

fn quote_entries(call: &Call, shelves: &Shelves, product: Product, quantity: u32, locations: &[String]) -> Vec<Value> {
    let places: Vec<Value> = warehouses(call, locations)
        .into_iter()
        .filter_map(|warehouse| place(call, shelves, product, warehouse))
        .collect();
    // One entry for each warehouse, or one for all of them: both were met.
    let parts: Vec<Vec<Value>> = match product.seed() % 3 {
        0 => places.into_iter().map(|place| vec![place]).collect(),
        _ if places.is_empty() => Vec::new(),
        _ => vec![places],
    };
    parts
        .into_iter()
        .map(|lines| {
            let mut entry = json!({
                "sku": product.sku(),
                "quantity": quantity,
                "price": price_row(call, product),
            });
            describe(&mut entry, product, call);
            entry["lines"] = json!(lines);
            entry
        })
        .collect()
}
