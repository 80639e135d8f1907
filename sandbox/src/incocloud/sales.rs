//! `POST sale`, the one write.

use serde_json::{Value, json};

use super::amount::Amount;
use super::books::{self, Books, Rows};
use super::clerk::{self, Draft, Line, local};
use super::errors::{Refusal, invalid, not_found};
use super::goods::is_service;
use super::money::{self, Paid};

/// Writes a sale that nobody has paid for yet, and takes its goods from the stock.
pub(crate) fn create(books: &mut Books, body: &Value, now: u64) -> Result<Value, Refusal> {
    let (at, rows) = (local(now), &books.rows);
    let location = row(rows, "location", &body["location_id"], "location_id")?;
    let partner = row(rows, "partner", &body["partner_id"], "partner_id")?;
    let details = body["details"].as_array().filter(|lines| !lines.is_empty());
    let details = details.ok_or_else(|| invalid("details must be an array of at least one line"))?;
    let lines = details.iter().map(|line| read(rows, line)).collect::<Result<Vec<Line>, Refusal>>()?;
    let taken: Vec<(u64, Amount)> = lines
        .iter()
        .filter(|line| !is_service(line.item))
        .filter_map(|line| Some((line.item["id"].as_u64()?, line.quantity)))
        .collect();
    let draft = Draft { kind: &clerk::SALE, at, location, partner, lines, note: " ", reference: None, status: None };
    let sale = books.clerk.write(books.firm, &draft);

    let place = location["id"].as_u64().unwrap_or_default();
    let id = sale["id"].clone();
    for (item, quantity) in taken {
        books.stock.take((item, place), quantity);
    }
    let ids = books.of_resource("payment").iter().filter_map(|payment| payment["id"].as_u64());
    let first = 1 + ids.max().unwrap_or_default();
    for payment in money::payments(first, &sale, at, Paid::Not) {
        books.put("payment", payment);
    }
    books.created.extend(id.as_u64());
    books.put("sale", sale);
    Ok(json!({ "id": id }))
}

fn read<'a>(rows: &'a Rows, line: &Value) -> Result<Line<'a>, Refusal> {
    let item = row(rows, "item", &line["item_id"], "item_id")?;
    let number = |field: &str| Amount::parse(&line[field]).ok_or_else(|| invalid(format!("{field} must be a number")));
    let (quantity, price) = (number("quantity")?, number("price_out")?);
    if quantity <= Amount::ZERO || price < Amount::ZERO {
        return Err(invalid("quantity must be positive and price_out must not be negative"));
    }
    Ok(Line { item, quantity, price, discount: 0 })
}

/// The row that a field of the body names.
fn row<'a>(rows: &'a Rows, resource: &str, id: &Value, field: &str) -> Result<&'a Value, Refusal> {
    let id = id.as_u64().ok_or_else(|| invalid(format!("{field} must be an integer")))?;
    books::find(rows, resource, id).ok_or_else(not_found)
}
