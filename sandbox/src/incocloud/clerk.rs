//! How an operation is written into the books: a sale, and all that is built alike.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::accounts::Application;
use super::amount::Amount;
use super::money::vat_rate;
use crate::clock::{HOUR_MS, timestamp};

/// What kind of operation it is.
#[derive(Debug)]
pub(crate) struct Kind {
    /// The resource that lists it.
    pub(crate) resource: &'static str,
    /// The field `operation_type`.
    pub(crate) number: u64,
    /// Whether the firm buys, at the prices that come in.
    buys: bool,
}

impl Kind {
    /// The item's price that it starts from.
    pub(crate) fn price_field(&self) -> &'static str {
        if self.buys { "trade_in_price" } else { "regular_price" }
    }

    /// Whether somebody owes money by it: nobody does by an order.
    pub(crate) fn is_settled(&self) -> bool {
        !matches!(self.resource, "sales_order" | "restaurant_order_request")
    }
}

pub(crate) static SALE: Kind = Kind { resource: "sale", number: 2, buys: false };
pub(crate) static SALES_ORDER: Kind = Kind { resource: "sales_order", number: 19, buys: false };
pub(crate) static RETURN: Kind = Kind { resource: "return", number: 34, buys: false };
pub(crate) static CREDIT_NOTE: Kind = Kind { resource: "credit_note", number: 27, buys: false };
pub(crate) static PURCHASE: Kind = Kind { resource: "purchase", number: 1, buys: true };
pub(crate) static PURCHASE_RETURN: Kind = Kind { resource: "purchase_return", number: 39, buys: true };
pub(crate) static RESTAURANT_ORDER: Kind = Kind { resource: "restaurant_order_request", number: 33, buys: false };

/// An operation that is to be written.
pub(crate) struct Draft<'a> {
    pub(crate) kind: &'static Kind,
    /// The shop's local time.
    pub(crate) at: u64,
    pub(crate) location: &'a Value,
    pub(crate) partner: &'a Value,
    pub(crate) lines: Vec<Line<'a>>,
    pub(crate) note: &'a str,
    /// The id of the operation that this one takes back.
    pub(crate) reference: Option<u64>,
    pub(crate) status: Option<u64>,
}

/// One line of it.
#[derive(Clone)]
pub(crate) struct Line<'a> {
    pub(crate) item: &'a Value,
    pub(crate) quantity: Amount,
    /// For one, the discount taken off.
    pub(crate) price: Amount,
    /// In percent.
    pub(crate) discount: i64,
}

/// Who writes, and knows which numbers are taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clerk {
    operations: u64,
    details: u64,
    /// By kind: each counts for itself, unlike the ids.
    numbers: BTreeMap<u64, u64>,
}

/// Ids begin far above the numbers, so that one is never the other.
const FIRST_ID: u64 = 10_000;

impl Clerk {
    /// The operation as its resource shows it, but for its payments.
    pub(crate) fn write(&mut self, firm: &Application, draft: &Draft) -> Value {
        self.operations += 1;
        let id = FIRST_ID * (1 + 10 * firm.ordinal) + self.operations;
        let number = self.numbers.entry(draft.kind.number).or_default();
        *number += 1;
        let number = *number;
        let lines: Vec<Written> = draft.lines.iter().map(|line| self.line(firm, draft.kind, line)).collect();
        let user = 1 + id % 5;
        let mut row = json!({
            "id": id,
            "operation_number": number,
            "operation_type": draft.kind.number,
            "partner_id": draft.partner["id"],
            "partner_name": draft.partner["name"],
            "partner_code": draft.partner["code"],
            "location_id": draft.location["id"],
            "location": draft.location["name"],
            "location_code": draft.location["code"],
            "user_id": user,
            "user_name": format!("Касиер {user}"),
            "date": midnight(draft.at, id),
            "time_stamp": moment(draft.at),
            "reference_document_id": draft.reference,
            "note": draft.note,
            "vat": lines.iter().map(|line| line.vat).sum::<Amount>().money(),
            "total": lines.iter().map(|line| line.total).sum::<Amount>().money(),
        });
        if let Some(status) = draft.status {
            row["status_id"] = json!(status);
        }
        if id.is_multiple_of(17) {
            row["fiscal"] = json!({ "printed": true, "unp": format!("ED000000-0001-{number:07}") });
        }
        if id.is_multiple_of(19)
            && let Some(fields) = row.as_object_mut()
        {
            ["partner_code", "location_code", "user_name", "reference_document_id"].iter().for_each(|field| {
                fields.shift_remove(*field);
            });
        }
        row["details"] = lines.into_iter().map(|line| line.row).collect();
        row
    }

    fn line(&mut self, firm: &Application, kind: &Kind, line: &Line) -> Written {
        self.details += 1;
        let Line { item, quantity, price, discount } = line;
        let rate = vat_rate(item);
        let of_one = |price: Amount| {
            let whole = if firm.prices_include_vat { 100 + rate } else { 100 };
            price.share(rate, whole)
        };
        let sum = price.times(*quantity);
        let vat = of_one(sum);
        let total = if firm.prices_include_vat { sum } else { sum + vat };
        let (price_in, price_out) = if kind.buys {
            (*price, Amount::parse(&item["regular_price"]).unwrap_or_default())
        } else {
            (Amount::parse(&item["trade_in_price"]).unwrap_or_default(), *price)
        };
        let mut row = json!({
            "detail_id": 500_000 * (1 + firm.ordinal) + self.details,
            "item_id": item["id"],
            "item_code": item["code"],
            "item_name": item["name"],
            "m_unit_name": item["m_unit"],
            "quantity": quantity.quantity(),
            "price_in": price_in.money(),
            "price_out": price_out.money(),
            "vat_in": of_one(price_in).money(),
            "vat_out": of_one(price_out).money(),
            "vat_rate": rate,
            "discount": discount,
            "total": total.money(),
            "currency_id": 1 + firm.ordinal,
            "currency_rate": 1,
            "lot": " ",
            "serial_number": " ",
            "note": " ",
        });
        if self.details.is_multiple_of(13) {
            row["lot"] = json!(format!("L-{:05}", self.details));
            row["expiration_date"] = json!("2027-12-31T00:00:00");
            row["production_date"] = Value::Null;
        }
        Written { row, vat, total }
    }
}

/// A line as it stands in the books.
struct Written {
    row: Value,
    vat: Amount,
    total: Amount,
}

/// The local time of the shops, which is three hours ahead of UTC all year round: it is a Bulgarian summer there.
pub(crate) fn local(now: u64) -> u64 {
    now + 3 * HOUR_MS
}

/// A local time as the books spell it, without a zone.
pub(crate) fn moment(local: u64) -> String {
    timestamp(local).to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// A local day as the books spell it: midnight, at times to a ten-millionth of a second.
pub(crate) fn midnight(local: u64, seed: u64) -> String {
    let spelling = if seed.is_multiple_of(10) { "%Y-%m-%dT00:00:00.0000000" } else { "%Y-%m-%dT00:00:00" };
    timestamp(local).to_zoned(TimeZone::UTC).strftime(spelling).to_string()
}
