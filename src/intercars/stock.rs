//! Stock: how many pieces can be bought, a row per warehouse.

use crate::operation::{Audience, Batch, Form, Lane, Operation, Place, Rule, Sent};
use crate::wire::{Shape, schema};

use super::READ;

schema! {
    /// Stock of one item in one warehouse. Quantities add up over warehouses.
    pub STOCK_LINE = StockLine {
        /// Code of the warehouse.
        Required location: Text,
        /// The supplier's product identifier.
        Key sku: Text,
        /// Pieces that can be bought; at the customer's cap (10 unless raised) there may be more.
        Required availability: Number,
        /// Date of the latest delivery, YYYY-MM-DD; null where there is none.
        Nullable latestDeliveryDate: Text,
        /// Order until then for the dates below. Without a zone it is the customer's local time.
        Nullable orderDateTimeTo: Text,
        /// Delivery to the branch.
        Nullable shipToBusinessUnitDeliveryDateTime: Text,
        /// Departure of the route to the customer.
        Nullable customerRouteStartDateTime: Text,
        /// Code of that route.
        Nullable customerRouteCode: Text,
        /// The supplier's product index, as printed on the part; spelt many ways.
        OptionalKey index: Text,
        /// Name in the language asked for.
        Optional name: Text,
        /// Description in the language asked for.
        Optional description: Text,
        /// Whether the item cannot be returned.
        Optional blockedReturn: Bool,
        /// Polish tax group, such as `GTU_03`.
        Nullable gtuCode: Text,
        /// Bar codes; some are none.
        Optional eans: Texts,
    }

    /// Which items, where, and for whom.
    pub STOCK_QUERY = StockQuery {
        /// Product identifiers: these or indexes, not both.
        Optional sku: Texts,
        /// Product indexes, matched exactly.
        Optional index: Texts,
        /// Warehouses, ten at most; without them the customer's logistic path.
        Optional location: Texts,
        /// The receiving customer, where it is not the paying one. Opaque.
        Optional shipTo: Text,
    }

    /// Many items in one text.
    pub STOCK_BODY = StockBody {
        /// Product identifiers, by commas.
        Optional sku: Text,
        /// Product indexes, by commas.
        Optional index: Text,
    }
}

const LOCATION: Sent = Sent::query(StockQuery::location, "location");
const SHIP_TO: Sent = Sent::query(StockQuery::shipTo, "shipTo");

/// `GET /inventory/stock`, and `POST` where the URL would be too long.
pub static STOCK: Operation = Operation {
    name: "stock",
    source: "Stock inventory",
    forms: &[
        Form {
            max_url: 2_000,
            ..Form::get(
                "/inventory/stock",
                &[Sent::query(StockQuery::sku, "sku"), Sent::query(StockQuery::index, "index"), LOCATION, SHIP_TO],
            )
        },
        Form {
            body: Some(&STOCK_BODY),
            ..Form::post(
                "/inventory/stock",
                &[
                    Sent { arg: StockQuery::sku, name: "sku", place: Place::BodyCommas },
                    Sent { arg: StockQuery::index, name: "index", place: Place::BodyCommas },
                    LOCATION,
                    SHIP_TO,
                ],
            )
        },
    ],
    args: &STOCK_QUERY,
    rules: &[Rule::OneOf(&[StockQuery::sku, StockQuery::index]), Rule::AtMost(StockQuery::location, 10)],
    answer: Shape::Rows(&STOCK_LINE),
    lane: Lane::Stock,
    batch: Some(Batch {
        by: &[StockQuery::sku, StockQuery::index],
        max: 100,
        keys: [StockLine::sku, StockLine::index],
    }),
    audience: Audience::Buyer,
    fresh_ms: 30_000,
    ..READ
};
