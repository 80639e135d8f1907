//! Inter Cars IC API: one file a subject, with its models and its rows of the operation table.

mod auth;
mod error;
mod quote;
mod stock;

pub use auth::{TOKEN, TOKEN_REQUEST, Token};
pub use error::{DIALECT, explain};
pub use quote::{PRICE, Price, QUOTE, QUOTE_LINE, QUOTE_QUERY, QuoteLine, QuoteQuery, WANTED, Wanted};
pub use stock::{STOCK, STOCK_LINE, STOCK_QUERY, StockLine, StockQuery};

use crate::operation::Operation;

/// Every operation of the supplier.
pub static OPERATIONS: &[&Operation] = &[&STOCK, &QUOTE];

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
