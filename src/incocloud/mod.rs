//! IncoCloud Web API: one file a subject, with its models; the rows of the operation table are here, for they differ in
//! their names alone.
//!
//! Few fields are printed by the supplier. Each says how certain it is, and only what is certain is needed: whatever else
//! comes is kept as sent.

mod auth;
mod configuration;
mod error;
mod hospitality;
mod items;
mod locations;
mod partners;
mod payments;
mod sales;
mod subscriptions;

pub use auth::trusted;
pub use configuration::{IncoVatGroup, VAT_GROUP};
pub use error::{DIALECT, explain};
pub use items::{AT_LOCATION, AtLocation, ITEM, ITEM_QUERY, Item, ItemQuery};
pub use locations::{IncoLocation, LIST_QUERY, LOCATION, ListQuery};
pub use payments::{IncoCashReceipt, IncoInvoice, IncoPayment};
pub use sales::{
    CREATED, CreatedSale, IncoOperation, NEW_SALE, NEW_SALE_LINE, NewSale, NewSaleLine, OPERATION_QUERY,
    OperationQuery, SALE, SALE_LINE, Sale, SaleLine,
};

use crate::operation::{Audience, Form, Lane, Method, Operation, Place, Rule, Sent, Window, others};
use crate::wire::{Schema, Shape};

/// Where tokens come from.
pub const AUTH_URL: &str = "https://incocloud.com/connect/api/access_token";
/// Requests under way at once: the supplier's limits are not published, and it asks not to be crowded.
pub const CONCURRENCY: usize = 4;

/// What most rows of the table have in common: a list, for staff.
const READ: Operation = Operation {
    name: "",
    dialect: &DIALECT,
    source: "",
    forms: &[],
    args: &LIST_QUERY,
    rules: &[],
    answer: Shape::Rows(&ITEM),
    safe: true,
    lane: Lane::Background,
    batch: None,
    window: None,
    pages: None,
    others: Some(others),
    inquiry: None,
    audience: Audience::Staff,
    fresh_ms: 0,
};

const ITEM_PARAMETERS: &[Sent] = &[
    Sent::query(ItemQuery::id, "id"),
    Sent::query(ItemQuery::location_id, "location_id"),
    Sent::query(ItemQuery::group_id, "group_id"),
    Sent::query(ItemQuery::tag_id, "tag_id"),
    Sent::query(ItemQuery::only_available, "only_available"),
    Sent::query(ItemQuery::include_availability, "include_availability"),
    Sent::query(ItemQuery::code, "code"),
    Sent::query(ItemQuery::catalog, "catalog"),
];
const OPERATION_PARAMETERS: &[Sent] = &[
    Sent::query(OperationQuery::operation_number, "operation_number"),
    Sent::query(OperationQuery::location_id, "location_id"),
    Sent::query(OperationQuery::partner_id, "partner_id"),
    Sent::query(OperationQuery::from_date, "from_date"),
    Sent::query(OperationQuery::to_date, "to_date"),
    Sent::query(OperationQuery::load_payments, "load_payments"),
];
const LIST_PARAMETERS: &[Sent] = &[
    Sent::query(ListQuery::id, "id"),
    Sent::query(ListQuery::group_id, "group_id"),
    Sent::query(ListQuery::code, "code"),
];
const DAYS: &[Rule] = &[Rule::DaysIfGiven(OperationQuery::from_date, OperationQuery::to_date)];

const fn get(path: &'static str, sent: &'static [Sent]) -> Form {
    Form { method: Method::Get, path, sent, body: None, max_url: usize::MAX }
}

/// Rows that have days.
const fn dated(
    name: &'static str,
    forms: &'static [Form],
    answer: &'static Schema,
    stamp: usize,
    identity: &'static [usize],
) -> Operation {
    let (from, to) = (OperationQuery::from_date, OperationQuery::to_date);
    let window = Some(Window { from, to, days: None, stamp, identity });
    Operation {
        name,
        source: name,
        forms,
        args: &OPERATION_QUERY,
        rules: DAYS,
        answer: Shape::Rows(answer),
        window,
        ..READ
    }
}

macro_rules! row {
    (items, $name:literal, $answer:expr) => {
        Operation {
            name: $name,
            source: $name,
            forms: &[get(concat!("/connect/api/", $name), ITEM_PARAMETERS)],
            args: &ITEM_QUERY,
            answer: Shape::Rows(&$answer),
            lane: Lane::Stock,
            audience: Audience::Buyer,
            fresh_ms: 30_000,
            ..READ
        }
    };
    // What a buyer may look up.
    (lookup, $name:literal, $answer:expr) => {
        Operation { audience: Audience::Buyer, fresh_ms: 600_000, ..row!(list, $name, $answer) }
    };
    // What a buyer has of its own.
    (own, $name:literal, $answer:expr) => {
        Operation { audience: Audience::Buyer, ..row!(operations, $name, $answer) }
    };
    (list, $name:literal, $answer:expr) => {
        Operation {
            name: $name,
            source: $name,
            forms: &[get(concat!("/connect/api/", $name), LIST_PARAMETERS)],
            answer: Shape::Rows(&$answer),
            ..READ
        }
    };
    (sales, $name:literal, $answer:expr) => {
        Operation {
            audience: Audience::Buyer,
            ..row!(dated Sale, date, $name, $answer, [operation_number, id, location_id])
        }
    };
    (operations, $name:literal, $answer:expr) => {
        row!(dated IncoOperation, date, $name, $answer, [operation_number, id, location_id])
    };
    (invoices, $name:literal, $answer:expr) => {
        row!(dated IncoInvoice, date, $name, $answer, [id])
    };
    (receipts, $name:literal, $answer:expr) => {
        row!(dated IncoCashReceipt, receipt_date, $name, $answer, [id])
    };
    (payments, $name:literal, $answer:expr) => {
        row!(dated IncoPayment, date, $name, $answer, [id])
    };
    (dated $row:ident, $stamp:ident, $name:literal, $answer:expr, [$($identity:ident),+]) => {
        dated(
            $name,
            &[get(concat!("/connect/api/", $name), OPERATION_PARAMETERS)],
            &$answer,
            $row::$stamp,
            &[$($row::$identity),+],
        )
    };
}

macro_rules! resources {
    ($( $row:ident = $name:literal : $subject:ident :: $answer:ident, $kind:ident; )+) => {
        $(
            #[doc = concat!("`GET /connect/api/", $name, "`.")]
            pub static $row: Operation = row!($kind, $name, $subject::$answer);
        )+

        /// Every resource, each named as the supplier names it.
        pub static RESOURCES: &[&Operation] = &[$( &$row ),+];

        /// Every operation of the supplier.
        pub static OPERATIONS: &[&Operation] = &[$( &$row, )+ &CREATE_SALE];
    };
}

resources! {
    ITEMS = "item": items::ITEM, items;
    ITEM_GROUPS = "item_group": items::ITEM_GROUP, lookup;
    ITEM_TAGS = "item_tag": items::ITEM_TAG, list;
    ITEM_TAG_CONNECTIONS = "item_tag_connection": items::ITEM_TAG_CONNECTION, list;
    SALES = "sale": sales::SALE, sales;
    SALES_ORDERS = "sales_order": sales::STOCK_OPERATION, own;
    RETURNS = "return": sales::STOCK_OPERATION, operations;
    CREDIT_NOTES = "credit_note": sales::STOCK_OPERATION, operations;
    PURCHASES = "purchase": sales::STOCK_OPERATION, operations;
    PURCHASE_RETURNS = "purchase_return": sales::STOCK_OPERATION, operations;
    INVOICES = "invoice": payments::INVOICE, invoices;
    CASH_RECEIPTS = "cash_receipt": payments::CASH_RECEIPT, receipts;
    PARTNERS = "partner": partners::PARTNER, list;
    PARTNER_GROUPS = "partner_group": partners::PARTNER_GROUP, list;
    LOCATIONS = "location": locations::LOCATION, lookup;
    LOCATION_GROUPS = "location_group": locations::LOCATION_GROUP, list;
    PAYMENTS = "payment": payments::PAYMENT, payments;
    PAYMENT_TYPES = "payment_type": payments::PAYMENT_TYPE, list;
    VAT_GROUPS = "vat_group": configuration::VAT_GROUP, list;
    PRICE_RULES = "price_rule": configuration::PRICE_RULE, list;
    OPERATION_STATUSES = "operation_status": configuration::OPERATION_STATUS, list;
    BOOKINGS = "booking": hospitality::BOOKING, list;
    BOOKING_AVAILABILITIES = "booking_availability": hospitality::BOOKING_AVAILABILITY, list;
    BOOKING_PROFILES = "booking_profile": hospitality::BOOKING_PROFILE, list;
    BOOKING_LOCATION_TYPES = "booking_location_type": hospitality::BOOKING_LOCATION_TYPE, list;
    BOOKING_RATE_TYPES = "booking_rate_type": hospitality::BOOKING_RATE_TYPE, list;
    BOOKING_STATUSES = "booking_status": hospitality::BOOKING_STATUS, list;
    RESERVATIONS = "reservation": hospitality::RESERVATION, list;
    RESTAURANT_ORDERS = "restaurant_order_request": sales::STOCK_OPERATION, operations;
    RESTAURANT_STATUSES = "restaurant_order_request_status": hospitality::RESTAURANT_STATUS, list;
    SUBSCRIPTIONS = "subscription": subscriptions::SUBSCRIPTION, list;
    SUBSCRIPTION_EVENTS = "subscription_event": subscriptions::SUBSCRIPTION_EVENT, list;
    VOUCHERS = "voucher": subscriptions::VOUCHER, list;
}

/// `POST /connect/api/sale`. It has no protection of its own against being sent twice, and is not there for the localization
/// „България – СУПТО“.
pub static CREATE_SALE: Operation = Operation {
    name: "createSale",
    source: "POST sale",
    forms: &[Form {
        body: Some(&NEW_SALE),
        ..Form::post("/connect/api/sale", &[Sent { arg: NewSale::details, name: "", place: Place::Whole }])
    }],
    args: &NEW_SALE,
    rules: &[Rule::Some(NewSale::details)],
    answer: Shape::One(&CREATED),
    safe: false,
    lane: Lane::Order,
    others: None,
    inquiry: Some(&sales::LIKE_SALES),
    ..READ
};
