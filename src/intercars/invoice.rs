//! Invoices and credit notes.

use crate::operation::{Audience, Form, Operation, Pages, Rule, Sent, Window};
use crate::wire::{Shape, schema};

use super::READ;

schema! {
    /// One item of an invoice.
    pub INVOICE_LINE = InvoiceLine {
        /// The supplier's product identifier.
        Optional sku: Text,
        /// Pieces.
        Optional quantity: Number,
        /// For one piece, without tax, in the invoice's currency.
        Optional unitPriceNet: Number,
        /// For one piece, with tax, in the invoice's currency.
        Optional unitPriceGross: Number,
        /// Value-added tax in percent.
        Optional vatPercentage: Number,
        /// For all pieces, without tax.
        Optional totalNet: Number,
        /// For all pieces, with tax.
        Optional totalGross: Number,
        /// Number of the order.
        Optional orderId: Text,
        /// Customs tariff number.
        Optional tariffNo: Text,
        /// Numbers of deliveries; the supplier puts several into one text: `deliveryIds` reads them.
        Optional deliveryId: Texts,
    }

    /// An invoice or a credit note.
    pub INVOICE = Invoice {
        /// Number; may hold slashes.
        Key id: Text,
        /// Technical number.
        OptionalKey techId: Text,
        /// ISO 4217.
        Optional currencyCode: Text,
        /// Who pays. Opaque.
        Optional billTo: Text,
        /// Who receives. Opaque.
        Optional shipTo: Text,
        /// Code of the branch.
        Optional issueFrom: Text,
        /// Code of the method.
        Optional paymentMethod: Text,
        /// When it was made out: with a zone, or local to the customer.
        OptionalKey issueDate: Text,
        /// When it was sold.
        Nullable salesDate: Text,
        /// When it is to be paid.
        Nullable dueDate: Text,
        /// `INVOICE` or `CREDIT_NOTE`.
        Optional invoiceClassification: Text,
        /// Such as `INVOICE`.
        Optional invoiceType: Text,
        /// Without tax, in the invoice's currency.
        Optional totalNet: Number,
        /// With tax, in the invoice's currency.
        Optional totalGross: Number,
        /// Such as `PAID`.
        Optional paymentStatus: Text,
        /// Still to be paid, with tax.
        Optional toBePaid: Number,
        /// Number in the Polish national system of invoices.
        Nullable ksefNumber: Text,
        /// The invoice that a credit note belongs to.
        Optional relatedInvoice: Any,
        /// The items.
        Optional lines: Many(INVOICE_LINE),
    }

    /// Which invoice.
    pub INVOICE_ID = InvoiceId {
        /// Its number, slashes as they are.
        Required id: Text,
        /// Whether it is the technical number.
        Optional techId: Bool,
    }

    /// Invoices of a span of days.
    pub INVOICES_QUERY = InvoicesQuery {
        /// First day, YYYY-MM-DD, UTC.
        Required from: Text,
        /// Last day, YYYY-MM-DD, UTC, included.
        Required to: Text,
        /// Number of the first row, from 1.
        Optional offset: Number,
        /// Rows of a page, 200 at most.
        Optional limit: Number,
        /// Of one receiving customer.
        Optional shipTo: Text,
        /// `INVOICE` or `CREDIT_NOTE`; both where left out.
        Optional invoiceClassification: Text,
    }
}

/// `GET /invoice/{id}`.
pub static GET_INVOICE: Operation = Operation {
    name: "getInvoice",
    source: "getInvoice",
    forms: &[Form::get("/invoice/{}", &[Sent::path(InvoiceId::id), Sent::query(InvoiceId::techId, "techId")])],
    args: &INVOICE_ID,
    rules: &[Rule::Filled(InvoiceId::id)],
    answer: Shape::Rows(&INVOICE),
    audience: Audience::Buyer,
    ..READ
};

/// `GET /invoice`.
pub static SEARCH_INVOICES: Operation = Operation {
    name: "searchInvoices",
    source: "searchInvoice",
    forms: &[Form::get(
        "/invoice",
        &[
            Sent::query(InvoicesQuery::from, "issueDateFrom"),
            Sent::query(InvoicesQuery::to, "issueDateTo"),
            Sent::query(InvoicesQuery::offset, "offset"),
            Sent::query(InvoicesQuery::limit, "limit"),
            Sent::query(InvoicesQuery::shipTo, "shipTo"),
            Sent::query(InvoicesQuery::invoiceClassification, "invoiceClassification"),
        ],
    )],
    args: &INVOICES_QUERY,
    rules: &[
        Rule::Days(InvoicesQuery::from, InvoicesQuery::to),
        Rule::Within(InvoicesQuery::offset, 0, 10_000),
        Rule::Within(InvoicesQuery::limit, 1, 200),
    ],
    answer: Shape::Rows(&INVOICE),
    window: Some(Window {
        from: InvoicesQuery::from,
        to: InvoicesQuery::to,
        days: Some(2),
        stamp: Invoice::issueDate,
        identity: &[Invoice::id, Invoice::techId],
    }),
    pages: Some(Pages { offset: InvoicesQuery::offset, limit: InvoicesQuery::limit, most: 200, last_offset: 10_000 }),
    audience: Audience::Buyer,
    ..READ
};
