//! Deliveries, one by one and by their day.

use serde_json::{Value, json};

use super::errors::{Refusal, not_found};
use super::history::{self, Line, Shipment};
use super::pricing::prices;
use super::requisitions::Requisitions;
use super::{Call, samples};
use crate::clock::{parse_iso, spell};

/// `GET /delivery/{id}`
pub(crate) fn get(call: &Call, requisitions: &Requisitions) -> Result<Value, Refusal> {
    if call.is_sample(&samples::DELIVERY, "id") {
        return Ok(samples::DELIVERY.clone());
    }
    history::all(call.account, call.now, requisitions)
        .iter()
        .find(|shipment| shipment.id == call.id)
        .map(|shipment| json!([with_lines(call, shipment)]))
        .ok_or_else(not_found)
}

/// `GET /delivery`
pub(crate) fn search(call: &Call, requisitions: &Requisitions) -> Result<Value, Refusal> {
    found(call, requisitions, with_lines)
}

/// `GET /delivery/metadata`
pub(crate) fn metadata(call: &Call, requisitions: &Requisitions) -> Result<Value, Refusal> {
    let mut rows = found(call, requisitions, row)?;
    // The sample is printed with its lines.
    for row in rows.as_array_mut().into_iter().flatten() {
        row.as_object_mut().map(|row| row.shift_remove("lines"));
    }
    Ok(rows)
}

fn found(call: &Call, requisitions: &Requisitions, row: fn(&Call, &Shipment) -> Value) -> Result<Value, Refusal> {
    let last_day = call.settings.window_last_day;
    let window = call.arguments.window("creationDateFrom", "creationDateTo", last_day)?;
    let page = call.arguments.page(50)?;
    let sample =
        call.samples_within(&samples::DELIVERY, "creationDate", |at| parse_iso(at).is_some_and(|at| window.holds(at)));
    let shipments = history::shipments(call.account, window, call.now, requisitions);
    let rows =
        sample.into_iter().chain(shipments.iter().map(|shipment| row(call, shipment))).skip(page.skip).take(page.take);
    Ok(rows.collect())
}

fn row(call: &Call, shipment: &Shipment) -> Value {
    json!({
        "id": shipment.id,
        "orderId": shipment.order_id,
        // Known once the invoice is there.
        "fiscalDocumentNumber": (shipment.invoiced <= call.now).then_some(&shipment.invoice_id),
        "currencyCode": call.account.currency,
        "billTo": call.account.bill_to,
        "shipTo": shipment.ship_to,
        "shipFrom": shipment.warehouse,
        "deliveryMethod": shipment.method,
        "creationDate": spell(shipment.sent, shipment.seed),
    })
}

fn with_lines(call: &Call, shipment: &Shipment) -> Value {
    let mut row = row(call, shipment);
    row["lines"] = shipment.lines.iter().map(|line| line_row(call, line)).collect();
    row
}

fn line_row(call: &Call, line: &Line) -> Value {
    let product = line.product;
    let list = prices(product, call.account, 0).list;
    json!({
        "index": product.index(),
        "sku": product.sku(),
        "name": product.name(call.language),
        "description": product.description(call.language),
        "gtuCode": product.gtu(),
        "eans": product.eans(),
        "shippedQuantity": line.quantity,
        "returnedQuantity": 0,
        "unitPriceNet": line.net.json(),
        "unitPriceGross": line.gross.json(),
        "vatPercentage": 23,
        "totalNet": line.net.times(line.quantity).json(),
        "totalGross": line.gross.times(line.quantity).json(),
        "brandReference": { "name": product.brand() },
        "retailPrice": { "priceNet": list.json(), "priceGross": list.gross().json() },
    })
}
