//! Quote: price and stock in one answer.

use crate::operation::{Audience, Batch, Form, Lane, Operation, Rule, Sent};
use crate::wire::{Shape, schema};

use super::READ;
use super::stock::STOCK_LINE;

schema! {
    /// What an item costs. List prices are what the supplier recommends, customer prices what this customer pays.
    pub PRICE = Price {
        /// ISO 4217.
        Required currencyCode: Text,
        /// For one piece, without tax.
        Required listPriceNet: Number,
        /// For one piece, with tax.
        Required listPriceGross: Number,
        /// Value-added tax in percent.
        Required vatPercentage: Number,
        /// Value-added tax on one piece.
        Optional vatAmount: Number,
        /// Core deposit for one piece, in the spelling of one of the supplier's pages.
        Optional refundableAmount: Number,
        /// Core deposit for one piece, without tax.
        Optional refundableAmountNet: Number,
        /// Core deposit for one piece, with tax.
        Optional refundableAmountGross: Number,
        /// What this customer pays for one piece, without tax. A secret of the customer.
        Optional customerPriceNet: Number,
        /// What this customer pays for one piece, with tax. A secret of the customer.
        Optional customerPriceGross: Number,
    }

    /// Price and stock of one item. There may be one for each warehouse; an item without any cannot be bought.
    pub QUOTE_LINE = QuoteLine {
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
        /// Where it lies.
        Required lines: Many(STOCK_LINE),
    }

    /// An item as asked for: by SKU or by index, never both.
    pub WANTED = Wanted {
        /// Product identifier.
        Optional sku: Text,
        /// Product index, matched exactly.
        Optional index: Text,
        /// Pieces; one where left out.
        OneIfLeftOut quantity: Number,
    }

    /// Which items and how many, where, and for whom.
    pub QUOTE_QUERY = QuoteQuery {
        /// The items.
        Required lines: Many(WANTED),
        /// Warehouses, ten at most; without them the customer's logistic path.
        Optional location: Texts,
        /// The receiving customer, where it is not the paying one. Opaque.
        Optional shipTo: Text,
    }

    /// The items.
    pub QUOTE_BODY = QuoteBody {
        /// One each.
        Required lines: Many(WANTED),
    }
}

/// `POST /inventory/quote`.
pub static QUOTE: Operation = Operation {
    name: "quote",
    source: "Inventory Quote",
    forms: &[Form {
        body: Some(&QUOTE_BODY),
        ..Form::post(
            "/inventory/quote",
            &[
                Sent::body(QuoteQuery::lines, "lines"),
                Sent::query(QuoteQuery::location, "location"),
                Sent::query(QuoteQuery::shipTo, "shipTo"),
            ],
        )
    }],
    args: &QUOTE_QUERY,
    rules: &[Rule::Lines(QuoteQuery::lines), Rule::AtMost(QuoteQuery::location, 10)],
    answer: Shape::Rows(&QUOTE_LINE),
    lane: Lane::Price,
    batch: Some(Batch { by: &[QuoteQuery::lines], max: 30, keys: [QuoteLine::sku, QuoteLine::index] }),
    audience: Audience::Buyer,
    fresh_ms: 60_000,
    ..READ
};
