//! Invoices and cash receipts, which repeat what an operation says.

use serde_json::{Value, json};

use super::accounts::Application;
use super::clerk::{midnight, moment};

/// An invoice, or the credit note of an invoice that is taken back.
pub(crate) fn invoice(firm: &Application, nth: u64, operation: &Value, partner: &Value, at: u64) -> Value {
    let is_credit = operation["operation_type"] == super::clerk::CREDIT_NOTE.number;
    let (reason, reference) =
        if is_credit { ("върната стока", format!("{:010}", nth - 1)) } else { (" ", " ".into()) };
    let mut row = json!({
        "id": 30_000 * (1 + firm.ordinal) + nth,
        "operation_number": operation["operation_number"],
        "operation_type": operation["operation_type"],
        "number": format!("{nth:010}"),
        "document_type": if is_credit { 2 } else { 0 },
        "date": midnight(at, nth),
        "operation_date": operation["date"],
        "reference_number": reference,
        "recipient_name": partner["name"],
        "recipient_number": partner["bulstat"],
        "recipient_tax_number": partner["tax_number"],
        "recipient_city": partner["city"],
        "recipient_address": partner["address"],
        "payment_method": if nth.is_multiple_of(3) { "Банков път" } else { "В брой" },
        "tax_date": midnight(at, nth),
        "reason": reason,
        "total": operation["total"],
        "vat": operation["vat"],
        "details": operation["details"],
    });
    if is_credit {
        row["reference_date"] = json!(midnight(at, nth));
    }
    if nth.is_multiple_of(9) {
        row["provider_iban"] = json!(" ");
    }
    row
}

/// What a cash register printed.
pub(crate) fn cash_receipt(firm: &Application, nth: u64, operation: &Value, at: u64) -> Value {
    json!({
        "id": 40_000 * (1 + firm.ordinal) + nth,
        "operation_type": operation["operation_type"],
        "operation_number": operation["operation_number"],
        "receipt_id": format!("{nth:07}"),
        "receipt_date": moment(at),
        "receipt_type": 1,
        "device_id": format!("ED00000{}", nth % 3),
        "description": " ",
        "total": operation["total"],
        "user_id": operation["user_id"],
    })
}
