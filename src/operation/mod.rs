//! What a row of the operation table is. Clients, builders, proxy routes, policy, documentation and the test matrix come
//! from the rows; a new operation is one row and one model.

mod args;
mod dialect;
mod error;
mod inquiry;
mod names;
mod request;
mod window;

pub use args::{Args, AskedKey, BadArgs, Others, others};

pub use dialect::{Dialect, Grant, Headers, Response, TokenRequest};
pub use error::{Error, ErrorKind};
pub use inquiry::Inquiry;
pub use names::Names;
pub use request::{Method, Request, encode_query, encode_segment, encode_value};
pub use window::{day, in_range, windows, written};

use crate::wire::{Schema, Shape};

/// One row of the table: everything that is known of a call before it is made.
#[derive(Debug)]
pub struct Operation {
    /// As the client's method is named.
    pub name: &'static str,
    /// How its supplier speaks.
    pub dialect: &'static Dialect,
    /// The supplier's own name of it, for the documentation.
    pub source: &'static str,
    /// How it is sent; where there are two, the second is for what is too long for the first.
    pub forms: &'static [Form],
    /// What the client's method takes.
    pub args: &'static Schema,
    /// What the arguments must keep to.
    pub rules: &'static [Rule],
    /// What one request answers.
    pub answer: Shape,
    /// Whether a repeat does no harm. What is not safe is sent once.
    pub safe: bool,
    /// Who goes first when the quota is short.
    pub lane: Lane,
    /// How many keys one request may ask for.
    pub batch: Option<Batch>,
    /// How long a span of days one request may ask for.
    pub window: Option<Window>,
    /// How many rows one request answers.
    pub pages: Option<Pages>,
    /// Who may call it at the proxy.
    pub audience: Audience,
    /// Reads arguments that the schema does not name: they are sent in the query as given. Nothing where there are none.
    pub others: Option<Others>,
    /// What is looked up when it has failed.
    pub inquiry: Option<&'static Inquiry>,
    /// For how long an answer may be served again, in milliseconds; nothing is kept at zero.
    pub fresh_ms: u64,
}

/// One way to send an operation.
#[derive(Debug)]
pub struct Form {
    /// HTTP method.
    pub method: Method,
    /// Path after the base, with `{}` for each argument that is sent in the path.
    pub path: &'static str,
    /// Which argument goes where.
    pub sent: &'static [Sent],
    /// What the body may hold, for those who receive it.
    pub body: Option<&'static Schema>,
    /// Longest URL for this form.
    pub max_url: usize,
}

impl Form {
    /// A GET, however long its URL.
    pub const fn get(path: &'static str, sent: &'static [Sent]) -> Form {
        Form { method: Method::Get, path, sent, body: None, max_url: usize::MAX }
    }

    /// A POST.
    pub const fn post(path: &'static str, sent: &'static [Sent]) -> Form {
        Form { method: Method::Post, ..Form::get(path, sent) }
    }
}

/// Where one argument goes.
#[derive(Debug)]
pub struct Sent {
    /// Position in the arguments' schema.
    pub arg: usize,
    /// Name on the wire.
    pub name: &'static str,
    /// Where.
    pub place: Place,
}

impl Sent {
    /// In the path.
    pub const fn path(arg: usize) -> Sent {
        Sent { arg, name: "", place: Place::Path }
    }

    /// In the query.
    pub const fn query(arg: usize, name: &'static str) -> Sent {
        Sent { arg, name, place: Place::Query }
    }

    /// In the body.
    pub const fn body(arg: usize, name: &'static str) -> Sent {
        Sent { arg, name, place: Place::Body }
    }
}

/// Where an argument goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A path segment, percent-encoded whole.
    Path,
    /// The query; lists with bare commas.
    Query,
    /// A field of the JSON body, as given.
    Body,
    /// A field of the JSON body: a list as one text with commas.
    BodyCommas,
    /// All arguments together are the JSON body.
    Whole,
}

/// What arguments must keep to.
#[derive(Debug)]
pub enum Rule {
    /// Exactly one of these lists has entries.
    OneOf(&'static [usize]),
    /// A list with so many entries at most.
    AtMost(usize, usize),
    /// Each line of the list names its item by exactly one of `sku` and `index`; the list is not empty.
    Lines(usize),
    /// A text that is not blank.
    Filled(usize),
    /// At least one of these texts is given.
    AnyOf(&'static [usize]),
    /// Not both of these texts.
    NotBoth(usize, usize),
    /// A whole number within these bounds.
    Within(usize, u32, u32),
    /// A span of days: YYYY-MM-DD both, the first not after the second.
    Days(usize, usize),
    /// The same where they are given; each may be left out.
    DaysIfGiven(usize, usize),
    /// A list of objects with at least one.
    Some(usize),
}

/// Asking for many keys at once.
#[derive(Debug)]
pub struct Batch {
    /// Arguments of which one holds the keys.
    pub by: &'static [usize],
    /// Keys in one request.
    pub max: usize,
    /// Positions, in a row of the answer, of `sku` and `index`.
    pub keys: [usize; 2],
}

/// Asking for a span of days. Whether a supplier's last day is inside is not said: windows share their boundary day, the
/// last one ends a day late, and what is there twice or too late is left out.
#[derive(Debug)]
pub struct Window {
    /// Argument of the first day.
    pub from: usize,
    /// Argument of the last day.
    pub to: usize,
    /// Longest span that the supplier takes. None: any; what bounds it is the size of the answer, which has no pages.
    pub days: Option<u32>,
    /// Field of a row that says when.
    pub stamp: usize,
    /// Fields of a row that tell it from others.
    pub identity: &'static [usize],
}

/// Asking page by page, counted in rows from 1.
#[derive(Debug)]
pub struct Pages {
    /// Argument of the first row's number.
    pub offset: usize,
    /// Argument of the number of rows.
    pub limit: usize,
    /// Rows of a page at most.
    pub most: u32,
    /// The supplier counts no further.
    pub last_offset: u32,
}

/// Who goes first when the quota is short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Orders; a part of the quota is kept for them.
    Order,
    /// Prices.
    Price,
    /// Stock.
    Stock,
    /// Everything that nobody waits for.
    Background,
}

/// Who may call an operation at the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Staff alone.
    Staff,
    /// Buyers too.
    Buyer,
    /// Everybody. Never a supplier's path.
    Visitor,
}

impl Operation {
    /// The operation with this name, among `table`.
    pub fn named(table: &'static [&'static Operation], name: &str) -> Option<&'static Operation> {
        table.iter().copied().find(|operation| operation.name == name)
    }
}
