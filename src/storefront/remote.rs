//! The same answers from a proxy: to a client it is one more system, with rows of the operation table like any other.

use crate::intercars::{QUOTE_QUERY, QuoteQuery, STOCK_QUERY, StockQuery};
use crate::operation::{Audience, Batch, Dialect, Error, ErrorKind, Form, Lane, Operation, Response, Rule, Sent};
use crate::wire::{Shape, Units, decode, schema};

schema! {
    /// How many pieces.
    pub QUANTITY = Quantity {
        /// Pieces.
        Required value: Number,
        /// There may be more.
        Required atLeast: Bool,
    }

    /// One place where an item lies.
    pub PLACE = PlaceRow {
        /// Who has it.
        Required source: Text,
        /// A supplier's code; for buyer and staff alone.
        Optional location: Text,
        /// The shop's own word.
        Optional label: Text,
        /// Pieces there; null where unknown or not for this audience.
        Nullable quantity: One(QUANTITY),
        /// Order until then, as sent.
        Optional orderBy: Text,
        /// Delivered by then, as sent.
        Optional deliverBy: Text,
    }

    /// Whether an item can be had, and where.
    pub AVAILABILITY = Availability {
        /// As asked for.
        Key sku: Text,
        /// At a glance.
        Required state: Text,
        /// Summed over places; null where unknown or not for this audience.
        Nullable quantity: One(QUANTITY),
        /// Where.
        Required places: Many(PLACE),
        /// It was so a while ago.
        Optional stale: Bool,
    }

    /// An exact amount.
    pub MONEY = Money {
        /// A decimal.
        Required amount: Text,
        /// ISO 4217.
        Required currency: Text,
        /// With tax or without.
        Required vat: Text,
    }

    /// What an item costs here.
    pub OFFER = Offer {
        /// The seller's product identifier.
        Key sku: Text,
        /// Pieces.
        Required quantity: Number,
        /// Who sells.
        Required source: Text,
        /// For one piece.
        Required unit: One(MONEY),
        /// For all pieces.
        Required total: One(MONEY),
        /// In percent.
        Optional vatPercentage: Number,
        /// Core deposit for one piece.
        Optional deposit: One(MONEY),
        /// Ask for the price.
        Optional priceOnRequest: Bool,
        /// It costs least.
        Optional cheapest: Bool,
        /// It is there first.
        Optional soonest: Bool,
        /// It was so a while ago.
        Optional stale: Bool,
        /// What the shop pays for one piece.
        Optional cost: One(MONEY),
        /// Delivered by then, as sent.
        Optional deliverBy: Text,
    }

    /// A problem, RFC 9457.
    pub PROBLEM = Problem {
        /// In a few words.
        Optional title: Text,
        /// What happened.
        Optional detail: Text,
        /// What kind of failure it is.
        Optional kind: Text,
        /// The supplier's own code.
        Optional code: Text,
        /// What to do about it.
        Optional hint: Text,
        /// To be found in the proxy's log.
        Optional correlationId: Text,
    }
}

static DIALECT: Dialect = Dialect {
    supplier: "the proxy",
    token: None,
    explain,
    skip_headers: &["x-stocklane-skipped"],
    bad_batch: &[],
    stale_token: &[],
    speaks: true,
};

/// What a proxy answers for itself.
pub static REMOTE: &[&Operation] = &[
    &Operation {
        name: "availability",
        dialect: &DIALECT,
        source: "/availability",
        forms: &[Form::get(
            "/availability",
            &[
                Sent::query(StockQuery::sku, "sku"),
                Sent::query(StockQuery::location, "location"),
                Sent::query(StockQuery::shipTo, "shipTo"),
            ],
        )],
        args: &STOCK_QUERY,
        rules: &[Rule::OneOf(&[StockQuery::sku]), Rule::AtMost(StockQuery::location, 10)],
        answer: Shape::Rows(&AVAILABILITY),
        safe: true,
        lane: Lane::Stock,
        batch: Some(Batch { by: &[StockQuery::sku], max: 100, keys: [Availability::sku, Availability::sku] }),
        window: None,
        pages: None,
        others: None,
        inquiry: None,
        audience: Audience::Visitor,
        fresh_ms: 0,
    },
    &Operation {
        name: "offers",
        dialect: &DIALECT,
        source: "/offers",
        forms: &[Form { body: Some(&QUOTE_QUERY), ..Form::post("/offers", &[Sent::body(QuoteQuery::lines, "lines")]) }],
        args: &QUOTE_QUERY,
        rules: &[Rule::Lines(QuoteQuery::lines)],
        answer: Shape::Rows(&OFFER),
        safe: true,
        lane: Lane::Price,
        batch: Some(Batch { by: &[QuoteQuery::lines], max: 30, keys: [Offer::sku, Offer::sku] }),
        window: None,
        pages: None,
        others: None,
        inquiry: None,
        audience: Audience::Visitor,
        fresh_ms: 0,
    },
];

fn explain(response: &Response) -> Error {
    let tape = decode(&response.body, Shape::One(&PROBLEM), Units::Bytes).ok();
    let row = tape.as_ref().and_then(|tape| tape.rows(&response.body, &PROBLEM).next());
    let said = |field: usize| row.and_then(|row| row.text(field)).map(|text| text.into_owned());
    let kind = said(Problem::kind).and_then(|name| ErrorKind::named(&name)).unwrap_or(match response.status {
        401 => ErrorKind::Auth,
        403 => ErrorKind::Permission,
        404 => ErrorKind::NotFound,
        429 => ErrorKind::RateLimited,
        400..500 => ErrorKind::Validation,
        _ => ErrorKind::Upstream,
    });
    let what = said(Problem::detail).or_else(|| said(Problem::title));
    let mut error = Error::new(kind, format!("the proxy answered {}", response.status));
    if let Some(what) = what {
        error.message.push_str(": ");
        error.message.push_str(&what);
    }
    error.status = Some(response.status);
    error.code = said(Problem::code);
    error.error_id = said(Problem::correlationId);
    error.hint = Some("The problem's correlation id leads to the line in the proxy's log.");
    error
}
