//! The one write.

use serde_json::{Value, json};

use crate::caller::{Caller, START, body, good, text};

fn sale() -> Value {
    // As the supplier's PHP sample.
    json!({
        "location_id": 1,
        "partner_id": 123,
        "details": [{ "item_id": 456, "quantity": 2, "price_out": 29.99 }],
    })
}

fn available(caller: &mut Caller) -> f64 {
    let rows = caller.rows("item?id=456&location_id=1&include_availability=True");
    rows[0]["availability"][0]["quantity"].as_f64().unwrap()
}

#[test]
fn a_sale_is_written_and_takes_its_goods() {
    let mut caller = Caller::new();
    let before = available(&mut caller);
    let answer = good(&caller.sell(&sale()));
    assert_eq!(available(&mut caller), before - 2.0);
    let found =
        caller.rows("sale?from_date=2026-06-26&to_date=2026-06-26&location_id=1&partner_id=123&load_payments=true");
    assert_eq!(found.len(), 1);
    let row = &found[0];
    assert_eq!(answer, json!({ "id": row["id"] }));
    assert_ne!(row["id"], row["operation_number"]);
    assert_eq!((&row["total"], &row["details"][0]["price_out"]), (&json!(59.98), &json!(29.99)));
    assert_eq!(row["time_stamp"], "2026-06-26T10:00:00");
    let due: Vec<(&Value, &Value)> =
        row["payments"].as_array().unwrap().iter().map(|row| (&row["mode"], &row["quantity"])).collect();
    assert_eq!(due, [(&json!(-1), &json!(59.98))]);
    assert_eq!(caller.rows(&format!("sale?id={}&load_payments=1", row["id"])), found);

    // Nothing keeps the same sale from being written twice.
    let second = good(&caller.sell(&sale()));
    assert_ne!(second, answer);
    assert_eq!(available(&mut caller), before - 4.0);
    let ledger = caller.sandbox.ledger(START);
    assert_eq!(ledger["incocloud"]["sales"]["sandbox-app"].as_array().unwrap().len(), 2);
    assert_eq!(ledger["incocloud"]["sales"]["sandbox-app"][0], *row);
    assert_eq!(ledger["incocloud"]["sales"]["second-app"], json!([]));
    let counters = caller.sandbox.counters();
    assert_eq!(counters["incocloud"]["sales"], json!({ "created": 2 }));
    assert_eq!(counters["incocloud"]["byOperation"]["createSale"], 2);
}

#[test]
fn stock_can_fall_below_nothing_and_services_have_none() {
    let mut caller = Caller::new();
    let mut many = sale();
    many["details"][0]["quantity"] = json!(1000.125);
    let before = available(&mut caller);
    good(&caller.sell(&many));
    assert!((available(&mut caller) - (before - 1000.125)).abs() < 1e-9);
    let mut service = sale();
    service["details"][0]["item_id"] = json!(40);
    good(&caller.sell(&service));
    assert_eq!(caller.rows("item?id=40&include_availability=1")[0]["availability"], json!([]));
}

#[test]
fn what_is_not_a_sale_is_not_written() {
    let mut caller = Caller::new();
    let with = |path: &str, value: Value| {
        let mut sale = sale();
        *sale.pointer_mut(path).unwrap() = value;
        sale
    };
    for (bad, status) in [
        (json!([]), 400),
        (with("/location_id", json!(null)), 400),
        (with("/location_id", json!("1")), 400),
        (with("/location_id", json!(99)), 404),
        (with("/partner_id", json!(9999)), 404),
        (with("/details", json!([])), 400),
        (with("/details", json!(null)), 400),
        (with("/details/0/item_id", json!(999_999)), 404),
        (with("/details/0/quantity", json!(0)), 400),
        (with("/details/0/quantity", json!("2")), 400),
        (with("/details/0/price_out", json!(-1)), 400),
        (with("/details/0/price_out", json!(null)), 400),
    ] {
        assert_eq!(caller.sell(&bad).status, status, "{bad}");
    }
    assert_eq!(caller.sandbox.counters()["incocloud"]["sales"]["created"], 0);
    assert_eq!(caller.rows("sale?from_date=2026-06-26"), [json!(null); 0]);
}

#[test]
fn not_in_every_country() {
    let mut caller = Caller::new();
    caller.control("PUT", "settings", &json!({ "localization": "sutto" }));
    let reply = caller.sell(&sale());
    assert_eq!((reply.status, text(&reply).contains("Permission denied")), (403, true));
    assert_eq!(caller.get("sale?from_date=2026-06-25").status, 200);
    caller.control("PUT", "settings", &json!({ "localization": "other" }));
    assert!(body(&caller.sell(&sale()))["id"].is_u64());
}
