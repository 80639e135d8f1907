//! Requisitions and the orders that come of them.

use crate::operation::{
    Args, Audience, Error, ErrorKind, Form, Inquiry, Lane, Operation, Pages, Place, Rule, Sent, Window,
};
use crate::wire::{Decimal, Row, Shape, schema};

use super::{Finances, GET_FINANCES, READ};

schema! {
    /// One item of an order.
    pub ORDER_LINE = OrderLine {
        /// Name in the language asked for.
        Optional name: Text,
        /// The supplier's product identifier.
        Optional sku: Text,
        /// The supplier's product index.
        Optional index: Text,
        /// Description in the language asked for.
        Optional description: Text,
        /// Polish tax group.
        Nullable gtuCode: Text,
        /// Bar codes; some are none.
        Optional eans: Texts,
        /// Pieces wanted.
        Optional requiredQuantity: Number,
        /// Pieces that are missing.
        Optional missingQuantity: Number,
        /// Pieces accepted.
        Optional acceptedQuantity: Number,
        /// Pieces collected.
        Optional collectedQuantity: Number,
        /// Pieces packed.
        Optional packagedQuantity: Number,
        /// For one piece, without tax, in the order's currency.
        Optional unitPriceNet: Number,
        /// For one piece, with tax, in the order's currency.
        Optional unitPriceGross: Number,
        /// Value-added tax in percent.
        Optional vatPercentage: Number,
        /// For all pieces, without tax.
        Optional totalNet: Number,
        /// For all pieces, with tax.
        Optional totalGross: Number,
        /// Numbers of deliveries; the supplier puts several into one text: `deliveryIds` reads them.
        Optional deliveryId: Texts,
    }

    /// An order. One requisition may be split into several.
    pub ORDER = Order {
        /// Number of the order; may hold slashes.
        Key id: Text,
        /// Number of the requisition: what is confirmed and cancelled.
        OptionalKey requisitionId: Text,
        /// Number of the invoice.
        Nullable fiscalDocumentNumber: Text,
        /// The buyer's own number.
        Optional customNumber: Text,
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
        /// Code of the method.
        Optional paymentMethod: Text,
        /// When it was made: with a zone, or local to the customer.
        OptionalKey creationDate: Text,
        /// When it was accepted.
        Nullable acceptedDate: Text,
        /// Code of the status.
        Optional statusCode: Text,
        /// Such as `ACCEPTED`.
        Optional phaseCode: Text,
        /// Whether it is paid later. Polish market alone.
        Optional deferredPayment: Bool,
        /// Without tax, in the order's currency.
        Optional totalNet: Number,
        /// With tax, in the order's currency.
        Optional totalGross: Number,
        /// The buyer's words.
        Optional comments: Text,
        /// The items.
        Optional lines: Many(ORDER_LINE),
    }

    /// One item to be ordered: by SKU or by index, never both.
    pub REQUISITION_LINE = RequisitionLine {
        /// Product identifier.
        Optional sku: Text,
        /// Product index, matched exactly.
        Optional index: Text,
        /// Pieces.
        Required requiredQuantity: Number,
        /// For one piece, without tax, as quoted; another price is refused.
        Optional unitPriceNet: Number,
        /// For one piece, with tax, as quoted.
        Optional unitPriceGross: Number,
        /// `true` or `false`, as a text.
        Optional custom: Text,
    }

    /// What is to be ordered. What is left out comes from the customer's card.
    pub REQUISITION = Requisition {
        /// The buyer's own number; comes back in the orders.
        Optional customNumber: Text,
        /// Code of the method, from the supplier's list for the market.
        Optional deliveryMethod: Text,
        /// Code of the method, from the supplier's list for the market.
        Optional paymentMethod: Text,
        /// Pay later. Polish market alone.
        Optional deferredPayment: Bool,
        /// Where the invoice is sent.
        Optional fiscalDocumentEmailAddress: Text,
        /// The receiving customer. Opaque.
        Optional shipTo: Text,
        /// The buyer's words.
        Optional comments: Text,
        /// The items.
        Required lines: Many(REQUISITION_LINE),
    }

    /// Which requisition.
    pub REQUISITION_ID = RequisitionId {
        /// Its number, slashes as they are.
        Required id: Text,
        /// The receiving customer, where a master account ordered for another.
        Optional shipTo: Text,
    }

    /// Which order, or which requisition.
    pub ORDER_ID = OrderId {
        /// Its number, slashes as they are.
        Required id: Text,
    }

    /// Orders of requisitions made in a span of days.
    pub REQUISITIONS_QUERY = RequisitionsQuery {
        /// First day, YYYY-MM-DD, UTC.
        Required from: Text,
        /// Last day, YYYY-MM-DD, UTC, included.
        Required to: Text,
        /// Number of the first row, from 1.
        Optional offset: Number,
        /// Rows of a page, 50 at most.
        Optional limit: Number,
        /// Of one receiving customer.
        Optional shipTo: Text,
    }
}

const ID: Sent = Sent::path(RequisitionId::id);
const SHIP_TO: Sent = Sent::query(RequisitionId::shipTo, "shipTo");

/// What all writes have in common: they are sent once, and before everything else.
const WRITE: Operation = Operation { answer: Shape::Rows(&ORDER), safe: false, lane: Lane::Order, ..READ };

/// `POST /sales/requisition`.
pub static SUBMIT_REQUISITION: Operation = Operation {
    name: "submitRequisition",
    source: "submitRequisition",
    forms: &[Form {
        body: Some(&REQUISITION),
        ..Form::post("/sales/requisition", &[Sent { arg: Requisition::lines, name: "", place: Place::Whole }])
    }],
    args: &REQUISITION,
    rules: &[Rule::Lines(Requisition::lines)],
    inquiry: Some(&OVERDUE),
    ..WRITE
};

/// A refused order is most often one of a customer who has to pay first: then the amount is named.
static OVERDUE: Inquiry = Inquiry {
    operation: &GET_FINANCES,
    helps: |error| error.status == Some(400),
    args: |_, _| "{}".to_owned(),
    tell: tell_finances,
};

fn tell_finances(error: &mut Error, _: &Args, found: &mut dyn Iterator<Item = Row<'_>>) {
    let Some(row) = found.next() else { return };
    let overdue = row.decimal(Finances::overdueBalance).filter(|amount| *amount > Decimal::ZERO);
    let amount =
        |overdue: Decimal| format!("{} {}", overdue.to_amount(), row.text(Finances::currencyCode).unwrap_or_default());
    match (overdue, row.bool(Finances::orderingAllowed).unwrap_or(true)) {
        (Some(overdue), false) => {
            error.kind = ErrorKind::Business;
            error.message.push_str(&format!("; payments are overdue: {}", amount(overdue)));
            error.hint = Some("Pay what is overdue; until then the supplier takes no orders of this customer.");
        }
        (None, false) => {
            error.kind = ErrorKind::Business;
            error.message.push_str("; the supplier takes no orders of this customer now");
            error.hint = Some("Ask the supplier why orders are not allowed: no payment is overdue.");
        }
        (Some(overdue), true) => {
            error.message.push_str(&format!("; orders are allowed, yet payments are overdue: {}", amount(overdue)));
        }
        (None, true) => {}
    }
}

/// `POST /sales/requisition/{id}/confirm`.
pub static CONFIRM_REQUISITION: Operation = Operation {
    name: "confirmRequisition",
    source: "confirmRequisition",
    forms: &[Form::post("/sales/requisition/{}/confirm", &[ID, SHIP_TO])],
    args: &REQUISITION_ID,
    rules: &[Rule::Filled(RequisitionId::id)],
    ..WRITE
};

/// `POST /sales/requisition/{id}/cancel`.
pub static CANCEL_REQUISITION: Operation = Operation {
    name: "cancelRequisition",
    source: "cancelRequisition",
    forms: &[Form::post("/sales/requisition/{}/cancel", &[ID, SHIP_TO])],
    args: &REQUISITION_ID,
    rules: &[Rule::Filled(RequisitionId::id)],
    ..WRITE
};

/// `GET /sales/requisition/{id}`.
pub static GET_REQUISITION: Operation = Operation {
    name: "getRequisition",
    source: "getRequisition",
    forms: &[Form::get("/sales/requisition/{}", &[Sent::path(OrderId::id)])],
    args: &ORDER_ID,
    rules: &[Rule::Filled(OrderId::id)],
    answer: Shape::Rows(&ORDER),
    audience: Audience::Buyer,
    ..READ
};

/// `GET /sales/requisition`.
pub static SEARCH_REQUISITIONS: Operation = Operation {
    name: "searchRequisitions",
    source: "searchOrder",
    forms: &[Form::get(
        "/sales/requisition",
        &[
            Sent::query(RequisitionsQuery::from, "creationDateFrom"),
            Sent::query(RequisitionsQuery::to, "creationDateTo"),
            Sent::query(RequisitionsQuery::offset, "offset"),
            Sent::query(RequisitionsQuery::limit, "limit"),
            Sent::query(RequisitionsQuery::shipTo, "shipTo"),
        ],
    )],
    args: &REQUISITIONS_QUERY,
    rules: &[
        Rule::Days(RequisitionsQuery::from, RequisitionsQuery::to),
        Rule::Within(RequisitionsQuery::offset, 0, 10_000),
        Rule::Within(RequisitionsQuery::limit, 1, 50),
    ],
    answer: Shape::Rows(&ORDER),
    window: Some(Window {
        from: RequisitionsQuery::from,
        to: RequisitionsQuery::to,
        days: Some(2),
        stamp: Order::creationDate,
        identity: &[Order::id, Order::requisitionId],
    }),
    pages: Some(Pages {
        offset: RequisitionsQuery::offset,
        limit: RequisitionsQuery::limit,
        most: 50,
        last_offset: 10_000,
    }),
    audience: Audience::Buyer,
    ..READ
};

/// `GET /sales/order/{id}`: one order, or a list of one; the supplier's page shows both.
pub static GET_ORDER: Operation = Operation {
    name: "getOrder",
    source: "getOrder",
    forms: &[Form::get("/sales/order/{}", &[Sent::path(OrderId::id)])],
    args: &ORDER_ID,
    rules: &[Rule::Filled(OrderId::id)],
    answer: Shape::OneOrRows(&ORDER),
    audience: Audience::Buyer,
    ..READ
};
