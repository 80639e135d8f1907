//! What is in which warehouse.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::accounts::WAREHOUSES;
use super::arguments::{Key, limited, resolve, split};
use super::errors::{Refusal, invalid, nothing_asked};
use super::product::Product;
use super::{Answer, Call, samples};
use crate::clock::{DAY_MS, HOUR_MS, date_of, day_of, spell};
use crate::seeded::roll;

/// What the warehouses hold: rolled once, less what was ordered.
#[derive(Debug, Default)]
pub(crate) struct Shelves {
    taken: HashMap<(Product, &'static str), u32>,
}

impl Shelves {
    /// Pieces of a product in a warehouse; none where the warehouse does not keep it.
    pub(crate) fn on_hand(&self, product: Product, warehouse: &'static str) -> Option<u32> {
        let rolled = roll(product.seed(), 100 + rank(warehouse) as u64);
        if rolled.is_multiple_of(5) {
            return None;
        }
        let pieces = match rolled / 5 % 4 {
            _ if product.is_discontinued() => 0,
            0 => 0,
            1 => 1 + rolled / 20 % 9,
            _ => 1 + rolled / 20 % 40,
        };
        let taken = self.taken.get(&(product, warehouse)).copied().unwrap_or(0);
        Some((pieces as u32).saturating_sub(taken))
    }

    /// Takes pieces away, or puts them back.
    pub(crate) fn take(&mut self, product: Product, warehouse: &'static str, pieces: i64) {
        let taken = self.taken.entry((product, warehouse)).or_default();
        *taken = taken.saturating_add_signed(i32::try_from(pieces).unwrap_or(i32::MAX));
    }
}

/// A warehouse's place in the order of answers.
fn rank(code: &str) -> usize {
    WAREHOUSES.iter().position(|warehouse| *warehouse == code).unwrap_or(WAREHOUSES.len())
}

/// The warehouses that a call asks about: those named, or the customer's logistic path.
pub(crate) fn warehouses(call: &Call, locations: &[String]) -> Vec<&'static str> {
    let asked = |code: &str| {
        if locations.is_empty() {
            call.account.logistic_path.contains(&code)
        } else {
            locations.iter().any(|location| location == code)
        }
    };
    WAREHOUSES.into_iter().filter(|code| asked(code)).collect()
}

/// `GET` and `POST /inventory/stock`
pub(crate) fn stock(call: &Call, shelves: &Shelves) -> Result<Answer, Refusal> {
    let keys = keys(call)?;
    let locations = call.arguments.locations()?;
    let batch = resolve(&keys)?;
    let mut rows = Vec::new();
    for (product, ()) in batch.good {
        if product.is_sample() {
            rows.extend(sample_rows(product, call.request.method == "POST", &locations));
        } else {
            rows.extend(
                warehouses(call, &locations).into_iter().filter_map(|warehouse| row(call, shelves, product, warehouse)),
            );
        }
    }
    // As the page prints it: by warehouse, then in the order asked for.
    rows.sort_by_key(|row| rank(row["location"].as_str().unwrap_or_default()));
    Ok(Answer { body: Value::Array(rows), skipped: batch.bad })
}

fn keys(call: &Call) -> Result<Vec<(Key, ())>, Refusal> {
    let (skus, indexes) = if call.request.method == "POST" {
        let body = call.body()?;
        let list = |name: &str| match &body[name] {
            Value::Null => Ok(Vec::new()),
            Value::String(text) => Ok(split(text).collect()),
            _ => Err(invalid(format!("{name} must be a comma-separated string"))),
        };
        (list("sku")?, list("index")?)
    } else {
        (call.arguments.list("sku"), call.arguments.list("index"))
    };
    named(skus, indexes, 100)
}

/// The keys of a list by SKU or by index.
pub(crate) fn named(skus: Vec<String>, indexes: Vec<String>, most: usize) -> Result<Vec<(Key, ())>, Refusal> {
    let keys: Vec<Key> = match (skus.is_empty(), indexes.is_empty()) {
        (true, true) => return Err(nothing_asked()),
        (false, false) => return Err(invalid("sku and index exclude each other")),
        (false, true) => limited(skus, most, "SKUs")?.into_iter().map(Key::Sku).collect(),
        (true, false) => limited(indexes, most, "indexes")?.into_iter().map(Key::Index).collect(),
    };
    Ok(keys.into_iter().map(|key| (key, ())).collect())
}

fn sample_rows(product: Product, post: bool, locations: &[String]) -> Vec<Value> {
    let sku = product.sku();
    let asked =
        |row: &&Value| row["sku"] == sku && (locations.is_empty() || locations.iter().any(|l| row["location"] == **l));
    // The row of KOM is printed apart, once for each verb, and only where KOM is asked for.
    let of_kom = match post {
        true => &samples::STOCK_POST,
        false => &samples::STOCK_GET,
    };
    let of_kom = samples::rows(of_kom).filter(|_| !locations.is_empty());
    samples::rows(&samples::STOCK_TEXT).chain(of_kom).filter(asked).cloned().collect()
}

fn row(call: &Call, shelves: &Shelves, product: Product, warehouse: &'static str) -> Option<Value> {
    let mut row = place(call, shelves, product, warehouse)?;
    describe(&mut row, product, call);
    let seed = product.seed();
    if seed.is_multiple_of(29) {
        row["storageClass"] = json!({ "code": "L2", "heavy": false });
    }
    Some(row)
}

/// A warehouse's line about a product, as stock and quotes share it.
pub(crate) fn place(call: &Call, shelves: &Shelves, product: Product, warehouse: &'static str) -> Option<Value> {
    let pieces = shelves.on_hand(product, warehouse)?;
    let seed = roll(product.seed(), 200 + rank(warehouse) as u64);
    // Orders close at nine in the morning or four in the afternoon of the next such hour; vans leave soon after.
    let hour = if seed.is_multiple_of(2) { 9 } else { 16 };
    let mut closes = day_of(call.now) * DAY_MS + hour * HOUR_MS + 15 * 60_000;
    if closes <= call.now {
        closes += DAY_MS;
    }
    let mut row = json!({
        "location": warehouse,
        "sku": product.sku(),
        "availability": pieces.min(call.settings.availability_cap),
    });
    match seed % 8 {
        0 => row["latestDeliveryDate"] = Value::Null,
        1 => {}
        n => row["latestDeliveryDate"] = json!(date_of(day_of(closes) + n / 3).to_string()),
    }
    row["orderDateTimeTo"] = json!(spell(closes, seed));
    if seed.is_multiple_of(3) {
        row["shipToBusinessUnitDeliveryDateTime"] = json!(spell(closes + 5 * HOUR_MS, seed));
    }
    row["customerRouteStartDateTime"] = json!(spell(closes + HOUR_MS / 4, seed));
    row["customerRouteCode"] = json!(format!("{}LISC{}", 1 + seed % 9, rank(warehouse)));
    Some(row)
}

/// The fields by which stock, quotes and prices say what the product is.
pub(crate) fn describe(row: &mut Value, product: Product, call: &Call) {
    let seed = product.seed();
    row["index"] = json!(product.index());
    row["name"] = json!(product.name(call.language));
    if !seed.is_multiple_of(19) {
        row["description"] = json!(product.description(call.language));
        row["blockedReturn"] = json!(product.blocked_return());
    }
    row["gtuCode"] = product.gtu();
    row["eans"] = product.eans();
}
