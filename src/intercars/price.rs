//! Prices, without stock.

use crate::operation::{Audience, Batch, Form, Lane, Operation, Rule, Sent};
use crate::wire::{Shape, schema};

use super::READ;
use super::quote::{PRICE, WANTED};

schema! {
    /// What one item costs.
    pub PRICE_LINE = PriceLine {
        /// The supplier's product identifier.
        Key sku: Text,
        /// Pieces asked for.
        Required quantity: Number,
        /// For one piece.
        Required price: One(PRICE),
        /// The supplier's product index.
        OptionalKey index: Text,
        /// Name in the language asked for.
        Optional name: Text,
        /// Description in the language asked for.
        Optional description: Text,
        /// Whether the item cannot be returned.
        Optional blockedReturn: Bool,
        /// Polish tax group.
        Nullable gtuCode: Text,
        /// Bar codes; some are none.
        Optional eans: Texts,
    }

    /// Prices as they come.
    pub PRICE_ANSWER = PriceAnswer {
        /// One for each item.
        Rows lines: Many(PRICE_LINE),
    }

    /// Which items and how many, where, and for whom.
    pub PRICE_QUERY = PriceQuery {
        /// The receiving customer, where it is not the paying one. Opaque.
        Optional shipTo: Text,
        /// Warehouses, ten at most.
        Optional location: Texts,
        /// The items.
        Required lines: Many(WANTED),
    }
}

/// `POST /pricing/quote`.
pub static PRICING: Operation = Operation {
    name: "price",
    source: "calculateItemPrice",
    forms: &[Form {
        body: Some(&PRICE_QUERY),
        ..Form::post(
            "/pricing/quote",
            &[
                Sent::body(PriceQuery::shipTo, "shipTo"),
                Sent::body(PriceQuery::location, "location"),
                Sent::body(PriceQuery::lines, "lines"),
            ],
        )
    }],
    args: &PRICE_QUERY,
    rules: &[Rule::Lines(PriceQuery::lines), Rule::AtMost(PriceQuery::location, 10)],
    answer: Shape::One(&PRICE_ANSWER),
    lane: Lane::Price,
    batch: Some(Batch { by: &[PriceQuery::lines], max: 100, keys: [PriceLine::sku, PriceLine::index] }),
    audience: Audience::Buyer,
    fresh_ms: 60_000,
    ..READ
};
