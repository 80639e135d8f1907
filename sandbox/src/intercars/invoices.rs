//! Invoices and credit notes.

use serde_json::{Value, json};

use super::errors::{Refusal, invalid, not_found};
use super::history::{self, Shipment};
use super::pricing::Cents;
use super::requisitions::Requisitions;
use super::{Call, samples};
use crate::clock::{DAY_MS, parse_iso, spell};

/// `GET /invoice/{id}`
pub(crate) fn get(call: &Call, requisitions: &Requisitions) -> Result<Value, Refusal> {
    let technical = call.arguments.one("techId") == Some("true");
    if call.is_sample(&samples::INVOICE, if technical { "techId" } else { "id" }) {
        return Ok(samples::INVOICE.clone());
    }
    history::all(call.account, call.now, requisitions)
        .iter()
        .filter(|shipment| shipment.invoiced <= call.now)
        .find(|shipment| {
            let id = if technical { &shipment.tech_id } else { &shipment.invoice_id };
            *id == call.id
        })
        .map(|shipment| json!([row(call, shipment)]))
        .ok_or_else(not_found)
}

/// `GET /invoice`
pub(crate) fn search(call: &Call, requisitions: &Requisitions) -> Result<Value, Refusal> {
    let arguments = &call.arguments;
    let last_day = call.settings.window_last_day;
    let window = arguments.window("issueDateFrom", "issueDateTo", last_day)?;
    let page = arguments.page(200)?;
    let ship_to = arguments.one("shipTo");
    let classification = arguments.one("invoiceClassification");
    if classification.is_some_and(|c| !["INVOICE", "CREDIT_NOTE"].contains(&c)) {
        return Err(invalid("invoiceClassification must be INVOICE or CREDIT_NOTE"));
    }
    let sample =
        call.samples_within(&samples::INVOICE, "issueDate", |at| parse_iso(at).is_some_and(|at| window.holds(at)));
    let issued = history::invoiced(call, window, requisitions);
    let rows = sample
        .into_iter()
        .chain(issued.iter().map(|shipment| row(call, shipment)))
        .filter(|row| ship_to.is_none_or(|ship_to| row["shipTo"] == ship_to))
        .filter(|row| classification.is_none_or(|c| row["invoiceClassification"] == c))
        .skip(page.skip)
        .take(page.take);
    Ok(rows.collect())
}

fn row(call: &Call, shipment: &Shipment) -> Value {
    let classification = match shipment.corrects {
        Some(_) => "CREDIT_NOTE",
        None => "INVOICE",
    };
    // A credit note gives back what its lines name.
    let sign = if shipment.corrects.is_some() { -1 } else { 1 };
    let total = |amount: fn(&history::Line) -> Cents| {
        let sum: i64 = shipment.lines.iter().map(|line| amount(line).times(line.quantity).0).sum();
        Cents(sign * sum)
    };
    let gross = total(|line| line.gross);
    let paid = !shipment.seed.is_multiple_of(4);
    let mut row = json!({
        "id": shipment.invoice_id,
        "techId": shipment.tech_id,
        "currencyCode": call.account.currency,
        "billTo": call.account.bill_to,
        "shipTo": shipment.ship_to,
        "issueFrom": shipment.warehouse,
        "paymentMethod": shipment.payment,
        "issueDate": spell(shipment.invoiced, shipment.seed),
        "salesDate": spell(shipment.sent, shipment.seed),
        "dueDate": spell(shipment.invoiced + 14 * DAY_MS, shipment.seed),
        "invoiceClassification": classification,
        "invoiceType": classification,
        "totalNet": total(|line| line.net).json(),
        "totalGross": gross.json(),
        "paymentStatus": if paid { "PAID" } else { "UNPAID" },
        "toBePaid": if paid { json!(0) } else { gross.json() },
    });
    // The number of the Polish register: other markets have none.
    if call.account.country == "PL" {
        let digits = format!("{:012X}", shipment.seed % 0x1_0000_0000_0000);
        row["ksefNumber"] = json!(format!("1234567890-{}-{digits}-22", shipment.tech_id));
    }
    row["relatedInvoice"] = match &shipment.corrects {
        Some((id, tech_id)) => json!({ "id": id, "techId": tech_id }),
        None => json!({}),
    };
    // As the page prints it: two ids in one text.
    let delivery_id = match &shipment.with {
        Some(other) => format!("{}, {other}", shipment.id),
        None => shipment.id.clone(),
    };
    row["lines"] = shipment
        .lines
        .iter()
        .map(|line| {
            json!({
                "sku": line.product.sku(),
                "quantity": sign * i64::from(line.quantity),
                "unitPriceNet": line.net.json(),
                "unitPriceGross": line.gross.json(),
                "vatPercentage": 23,
                "totalNet": Cents(sign * line.net.times(line.quantity).0).json(),
                "totalGross": Cents(sign * line.gross.times(line.quantity).0).json(),
                "orderId": shipment.order_id,
                "tariffNo": format!("{:08}", 84_000_000 + line.product.seed() % 1_000_000),
                "deliveryId": [delivery_id],
            })
        })
        .collect();
    row
}
