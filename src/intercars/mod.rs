//! Inter Cars IC API: one file a subject, with its models and its rows of the operation table.

mod auth;
mod catalog;
mod customer;
mod delivery;
mod error;
mod invoice;
mod price;
mod quote;
mod requisition;
mod stock;

pub use auth::{TOKEN, TOKEN_REQUEST, Token};
pub use catalog::{CATEGORIES, CATEGORY, Category, PRODUCT, PRODUCTS, Product, ProductPage, ProductQuery};
pub use customer::{FINANCES, Finances, GET_CUSTOMER, GET_FINANCES};
pub use delivery::{DELIVERY, GET_DELIVERY, SEARCH_DELIVERIES, SEARCH_DELIVERY_METADATA};
pub use error::{DIALECT, explain};
pub use invoice::{GET_INVOICE, INVOICE, SEARCH_INVOICES};
pub use price::{PRICE_LINE, PRICING};
pub use quote::{PRICE, Price, QUOTE, QUOTE_LINE, QUOTE_QUERY, QuoteLine, QuoteQuery, WANTED, Wanted};
pub use requisition::{
    CANCEL_REQUISITION, CONFIRM_REQUISITION, GET_ORDER, GET_REQUISITION, ORDER, SEARCH_REQUISITIONS, SUBMIT_REQUISITION,
};
pub use stock::{STOCK, STOCK_LINE, STOCK_QUERY, StockLine, StockQuery};

use crate::operation::{Audience, Lane, Operation};
use crate::wire::{Shape, schema};

/// Every operation of the supplier.
pub static OPERATIONS: &[&Operation] = &[
    &STOCK,
    &QUOTE,
    &PRICING,
    &CATEGORIES,
    &PRODUCTS,
    &GET_DELIVERY,
    &SEARCH_DELIVERIES,
    &SEARCH_DELIVERY_METADATA,
    &GET_INVOICE,
    &SEARCH_INVOICES,
    &SUBMIT_REQUISITION,
    &GET_REQUISITION,
    &SEARCH_REQUISITIONS,
    &CONFIRM_REQUISITION,
    &CANCEL_REQUISITION,
    &GET_ORDER,
    &GET_CUSTOMER,
    &GET_FINANCES,
];

/// The service's base.
pub const BASE_URL: &str = "https://api.webapi.intercars.eu/ic";
/// Where tokens come from.
pub const TOKEN_URL: &str = "https://is.webapi.intercars.eu/oauth2/token";
/// Requests a minute and customer, unless the supplier agreed to another figure.
pub const REQUESTS_PER_MINUTE: u32 = 600;
/// The figure at which the supplier caps availability, unless raised for the customer: it then means "or more".
pub const AVAILABILITY_CAP: u32 = 10;
/// Languages of `Accept-Language`: a bare code of two letters is required on every catalog call.
pub const LANGUAGES: [&str; 17] =
    ["bg", "bs", "cs", "de", "el", "en", "et", "hu", "hr", "lt", "lv", "pl", "ro", "sk", "sl", "sr", "uk"];

schema! {
    /// No arguments.
    pub NOTHING = Nothing {}
}

/// What most rows of the table have in common: a question that nobody waits for, for staff.
const READ: Operation = Operation {
    name: "",
    dialect: &DIALECT,
    source: "",
    forms: &[],
    args: &NOTHING,
    rules: &[],
    answer: Shape::One(&NOTHING),
    safe: true,
    lane: Lane::Background,
    batch: None,
    window: None,
    pages: None,
    others: None,
    inquiry: None,
    audience: Audience::Staff,
    fresh_ms: 0,
};
