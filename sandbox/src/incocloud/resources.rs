//! The 33 resources, and by what their rows can be asked for.

use serde_json::Value;

use super::errors::Refusal;
use super::parameters::Parameters;

/// What can be read, at the path of its name.
#[derive(Debug)]
pub(crate) struct Resource {
    pub(crate) name: &'static str,
    filters: &'static [Filter],
    /// Whether its rows are operations, to which payments belong.
    pub(crate) has_payments: bool,
}

/// A parameter that rows must meet where it is given.
#[derive(Debug)]
enum Filter {
    /// The field of the same name is this number.
    Number(&'static str),
    /// One of these fields is this text.
    Text(&'static str, &'static [&'static str]),
    /// The field's date lies within `from_date` and `to_date`, both days included.
    Dates(&'static str),
}

use Filter::{Dates, Number, Text};

const ID: &[Filter] = &[Number("id")];
const CODED: &[Filter] = &[Number("id"), Text("code", &["code"])];
const GROUPED: &[Filter] = &[Number("id"), Number("group_id"), Text("code", &["code"])];
/// What `tag_id`, `location_id` and the two switches mean takes more than the row: see the items.
const ITEM: &[Filter] =
    &[Number("id"), Number("group_id"), Text("code", &["code"]), Text("catalog", &["catalog", "catalog2", "catalog3"])];
const OPERATION: &[Filter] =
    &[Number("id"), Number("operation_number"), Number("location_id"), Number("partner_id"), Dates("date")];
const INVOICE: &[Filter] = &[Number("id"), Number("operation_number"), Dates("date")];
const PAYMENT: &[Filter] = &[Number("id"), Number("location_id"), Number("partner_id"), Dates("date")];
const RECEIPT: &[Filter] = &[Number("id"), Number("operation_number"), Dates("receipt_date")];

/// A resource of master data or papers.
const fn of(name: &'static str, filters: &'static [Filter]) -> Resource {
    Resource { name, filters, has_payments: false }
}

/// A resource of the sale's family.
const fn operation(name: &'static str) -> Resource {
    Resource { name, filters: OPERATION, has_payments: true }
}

/// Every resource, in the order of the supplier's page.
pub(crate) static RESOURCES: [Resource; 33] = [
    of("item", ITEM),
    of("item_group", CODED),
    of("item_tag", ID),
    of("item_tag_connection", ID),
    operation("sale"),
    operation("sales_order"),
    operation("return"),
    operation("credit_note"),
    operation("purchase"),
    operation("purchase_return"),
    of("invoice", INVOICE),
    of("cash_receipt", RECEIPT),
    of("partner", GROUPED),
    of("partner_group", CODED),
    of("location", GROUPED),
    of("location_group", CODED),
    of("payment", PAYMENT),
    of("payment_type", ID),
    of("vat_group", CODED),
    of("price_rule", ID),
    of("operation_status", ID),
    of("booking", ID),
    of("booking_availability", ID),
    of("booking_profile", ID),
    of("booking_location_type", ID),
    of("booking_rate_type", ID),
    of("booking_status", ID),
    of("reservation", ID),
    operation("restaurant_order_request"),
    of("restaurant_order_request_status", ID),
    of("subscription", ID),
    of("subscription_event", ID),
    of("voucher", CODED),
];

/// The resource of that name.
pub(crate) fn find(name: &str) -> Option<&'static Resource> {
    RESOURCES.iter().find(|resource| resource.name == name)
}

impl Resource {
    /// The rows that meet what is asked.
    pub(crate) fn select<'a>(&self, rows: &'a [Value], asked: &Parameters) -> Result<Vec<&'a Value>, Refusal> {
        let mut selected: Vec<&Value> = rows.iter().collect();
        for filter in self.filters {
            match filter {
                Number(field) => {
                    if let Some(number) = asked.number(field)? {
                        selected.retain(|row| row[field].as_i64() == Some(number));
                    }
                }
                Text(name, fields) => {
                    if let Some(text) = asked.one(name) {
                        selected.retain(|row| fields.iter().any(|field| row[field] == text));
                    }
                }
                Dates(field) => {
                    let day = |row: &Value| row[field].as_str().and_then(|at| at.get(..10)).map(String::from);
                    if let Some(from) = asked.date("from_date")? {
                        selected.retain(|row| day(row).is_some_and(|day| *day >= *from));
                    }
                    if let Some(to) = asked.date("to_date")? {
                        selected.retain(|row| day(row).is_some_and(|day| *day <= *to));
                    }
                }
            }
        }
        Ok(selected)
    }
}
