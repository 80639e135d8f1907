//! Payments, invoices and receipts.

use super::sales::SALE_LINE;
use crate::wire::schema;

schema! {
    /// A payment: one that is paid at once gives two rows, one due and one paid.
    pub PAYMENT = IncoPayment {
        /// Number of the payment.
        OptionalKey id: Number = Inferred,
        /// The operation that it is for.
        Optional operation_id: Number = Inferred,
        /// What kind of operation.
        Optional operation_type: Number = Inferred,
        /// Partner.
        Optional partner_id: Number = Inferred,
        /// The amount, in the database's currency.
        Optional quantity: Number = Inferred,
        /// The amount, under its other name.
        Optional amount: Number = Guessed,
        /// -1 due, 1 paid.
        Optional mode: Number = Inferred,
        /// Day; without a zone it is the shop's local time.
        OptionalKey date: Text = Inferred,
        /// Due until.
        Optional end_date: Text = Inferred,
        /// How it is paid.
        Optional type_id: Number = Inferred,
        /// Number of the transaction.
        Optional transaction_number: Text = Inferred,
        /// Location.
        Optional location_id: Number = Inferred,
    }

    /// A way to pay.
    pub PAYMENT_TYPE = IncoPaymentType {
        /// Number of the type.
        OptionalKey id: Number = Inferred,
        /// Name.
        Optional name: Text = Inferred,
        /// 1 cash, 2 bank, 3 card, 4 voucher, 5 advance.
        Optional base_type: Number = Inferred,
    }

    /// An invoice, a debit note or a credit note.
    pub INVOICE = IncoInvoice {
        /// Number of the row.
        OptionalKey id: Number = Inferred,
        /// The operation that it is for.
        Optional operation_number: Number = Inferred,
        /// What kind of operation.
        Optional operation_type: Number = Inferred,
        /// Number of the document.
        Optional number: TextOrNumber = Inferred,
        /// 0 invoice, 1 debit note, 2 credit note.
        Optional document_type: Number = Inferred,
        /// Day; without a zone it is the shop's local time.
        OptionalKey date: Text = Inferred,
        /// Day of the operation.
        Optional operation_date: Text = Inferred,
        /// Number of the document that it refers to.
        Optional reference_number: TextOrNumber = Inferred,
        /// Day of that document.
        Optional reference_date: Text = Inferred,
        /// Recipient.
        Optional recipient_name: Text = Inferred,
        /// Recipient's number.
        Optional recipient_number: Text = Inferred,
        /// Recipient's tax number.
        Optional recipient_tax_number: Text = Inferred,
        /// Recipient's town.
        Optional recipient_city: Text = Inferred,
        /// Recipient's address.
        Optional recipient_address: Text = Inferred,
        /// How it is paid.
        Optional payment_method: TextOrNumber = Inferred,
        /// Day of the tax.
        Optional tax_date: Text = Inferred,
        /// Reason.
        Optional reason: Text = Inferred,
        /// What it comes to, in the database's currency.
        Optional total: Number = Inferred,
        /// Tax.
        Optional vat: Number = Inferred,
        /// Lines.
        Optional details: Many(SALE_LINE) = Inferred,
    }

    /// A receipt of a cash register.
    pub CASH_RECEIPT = IncoCashReceipt {
        /// Number of the row.
        OptionalKey id: Number = Inferred,
        /// What kind of operation.
        Optional operation_type: Number = Inferred,
        /// The operation that it is for.
        Optional operation_number: Number = Inferred,
        /// Number of the receipt.
        Optional receipt_id: TextOrNumber = Inferred,
        /// When; without a zone it is the shop's local time.
        OptionalKey receipt_date: Text = Inferred,
        /// What kind of receipt.
        Optional receipt_type: Number = Inferred,
        /// Register.
        Optional device_id: TextOrNumber = Inferred,
        /// Description.
        Optional description: Text = Inferred,
        /// What it comes to, in the database's currency.
        Optional total: Number = Inferred,
        /// User.
        Optional user_id: Number = Inferred,
    }
}
