//! Deliveries: what was sent, and when.

use crate::operation::{Audience, Form, Operation, Pages, Rule, Sent, Window};
use crate::wire::{Shape, schema};

use super::READ;

schema! {
    /// A brand.
    pub BRAND_REFERENCE = BrandReference {
        /// Its name.
        Optional name: Text,
    }

    /// A price for the end customer, for one piece.
    pub RETAIL_PRICE = RetailPrice {
        /// Without tax, in the delivery's currency.
        Optional priceNet: Number,
        /// With tax, in the delivery's currency.
        Optional priceGross: Number,
    }

    /// One item of a delivery.
    pub DELIVERY_LINE = DeliveryLine {
        /// The supplier's product index.
        Optional index: Text,
        /// The supplier's product identifier.
        Optional sku: Text,
        /// Name in the language asked for.
        Optional name: Text,
        /// Description in the language asked for.
        Optional description: Text,
        /// Polish tax group.
        Nullable gtuCode: Text,
        /// Bar codes; some are none.
        Optional eans: Texts,
        /// Pieces sent.
        Optional shippedQuantity: Number,
        /// Pieces sent back.
        Optional returnedQuantity: Number,
        /// For one piece, without tax, in the delivery's currency.
        Optional unitPriceNet: Number,
        /// For one piece, with tax, in the delivery's currency.
        Optional unitPriceGross: Number,
        /// Value-added tax in percent.
        Optional vatPercentage: Number,
        /// For all pieces, without tax.
        Optional totalNet: Number,
        /// For all pieces, with tax.
        Optional totalGross: Number,
        /// Whose make it is.
        Optional brandReference: One(BRAND_REFERENCE),
        /// What the end customer is to pay.
        Optional retailPrice: One(RETAIL_PRICE),
    }

    /// A delivery. In metadata it has no lines.
    pub DELIVERY = Delivery {
        /// Number of the delivery; may hold slashes.
        Key id: Text,
        /// Number of the order.
        OptionalKey orderId: Text,
        /// ISO 4217.
        Optional currencyCode: Text,
        /// Who pays. Opaque.
        Optional billTo: Text,
        /// Who receives. Opaque.
        Optional shipTo: Text,
        /// Code of the warehouse.
        Optional shipFrom: Text,
        /// Code of the method.
        Optional deliveryMethod: Text,
        /// When it was made: with a zone, or local to the customer.
        OptionalKey creationDate: Text,
        /// Number of the invoice.
        Nullable fiscalDocumentNumber: Text,
        /// The items.
        Optional lines: Many(DELIVERY_LINE),
    }

    /// Which delivery.
    pub DELIVERY_ID = DeliveryId {
        /// Its number, slashes as they are.
        Required id: Text,
    }

    /// Deliveries of a span of days.
    pub DELIVERIES_QUERY = DeliveriesQuery {
        /// First day, YYYY-MM-DD, UTC.
        Required from: Text,
        /// Last day, YYYY-MM-DD, UTC, included.
        Required to: Text,
        /// Number of the first row, from 1.
        Optional offset: Number,
        /// Rows of a page, 50 at most.
        Optional limit: Number,
    }
}

const SEARCHED: &[Sent] = &[
    Sent::query(DeliveriesQuery::from, "creationDateFrom"),
    Sent::query(DeliveriesQuery::to, "creationDateTo"),
    Sent::query(DeliveriesQuery::offset, "offset"),
    Sent::query(DeliveriesQuery::limit, "limit"),
];
const WITHIN: &[Rule] = &[
    Rule::Days(DeliveriesQuery::from, DeliveriesQuery::to),
    Rule::Within(DeliveriesQuery::offset, 0, 10_000),
    Rule::Within(DeliveriesQuery::limit, 1, 50),
];
const WINDOW: Window = Window {
    from: DeliveriesQuery::from,
    to: DeliveriesQuery::to,
    days: Some(2),
    stamp: Delivery::creationDate,
    identity: &[Delivery::id, Delivery::orderId],
};
const PAGES: Pages =
    Pages { offset: DeliveriesQuery::offset, limit: DeliveriesQuery::limit, most: 50, last_offset: 10_000 };

/// `GET /delivery/{id}`.
pub static GET_DELIVERY: Operation = Operation {
    name: "getDelivery",
    source: "getDelivery",
    forms: &[Form::get("/delivery/{}", &[Sent::path(DeliveryId::id)])],
    args: &DELIVERY_ID,
    rules: &[Rule::Filled(DeliveryId::id)],
    answer: Shape::Rows(&DELIVERY),
    audience: Audience::Buyer,
    ..READ
};

/// `GET /delivery`.
pub static SEARCH_DELIVERIES: Operation = Operation {
    name: "searchDeliveries",
    source: "searchDelivery",
    forms: &[Form::get("/delivery", SEARCHED)],
    args: &DELIVERIES_QUERY,
    rules: WITHIN,
    answer: Shape::Rows(&DELIVERY),
    window: Some(WINDOW),
    pages: Some(PAGES),
    audience: Audience::Buyer,
    ..READ
};

/// `GET /delivery/metadata`.
pub static SEARCH_DELIVERY_METADATA: Operation = Operation {
    name: "searchDeliveryMetadata",
    source: "searchDeliveryMetadata",
    forms: &[Form::get("/delivery/metadata", SEARCHED)],
    args: &DELIVERIES_QUERY,
    rules: WITHIN,
    answer: Shape::Rows(&DELIVERY),
    window: Some(WINDOW),
    pages: Some(PAGES),
    audience: Audience::Buyer,
    ..READ
};
