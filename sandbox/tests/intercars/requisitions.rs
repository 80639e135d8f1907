//! A requisition's life.

use serde_json::{Value, json};

use crate::guest::{DAY, Guest, HOUR, SECOND, START, code, column, date};

fn order(sku: &str, pieces: u32) -> Value {
    json!({ "customNumber": "A0045", "lines": [{ "sku": sku, "requiredQuantity": pieces, "custom": "true" }] })
}

/// Today's orders of these tests, among those that were there before.
fn today(guest: &mut Guest, more: &str) -> Value {
    let window = format!("creationDateFrom={}&creationDateTo={}", date(0), date(1));
    let rows = guest.got(&format!("/sales/requisition?{window}&limit=50{more}"));
    let rows = rows.as_array().unwrap().iter();
    rows.filter(|row| row["customNumber"] == "A0045").cloned().collect()
}

/// Pieces of a product in all the customer's warehouses.
fn pieces(guest: &mut Guest, sku: &str) -> u64 {
    guest.control("PUT", "settings", &json!({ "availabilityCap": 1000 }));
    let rows = guest.got(&format!("/inventory/stock?sku={sku}"));
    rows.as_array().unwrap().iter().map(|row| row["availability"].as_u64().unwrap()).sum()
}

fn path(orders: &Value) -> String {
    let id = orders[0]["requisitionId"].as_str().unwrap();
    format!("/sales/requisition/{}", id.replace('/', "%2F"))
}

fn phases(orders: &Value) -> Vec<String> {
    column(orders, "phaseCode")
}

#[test]
fn submitted_confirmed_sent_and_invoiced() {
    let mut guest = Guest::with(|settings| settings.automatic_order_confirmation = false);
    let before = pieces(&mut guest, "SBX000011");
    let orders = guest.posted("/sales/requisition", &order("SBX000011", 2));
    assert_eq!(phases(&orders), ["ACCEPTED"]);
    assert_eq!(orders[0]["customNumber"], "A0045");
    assert_eq!(pieces(&mut guest, "SBX000011"), before - 2);
    let path = path(&orders);
    assert_eq!(guest.got(&path), orders);
    assert_eq!(today(&mut guest, ""), orders);
    let order_path = format!("/sales/order/{}", orders[0]["id"].as_str().unwrap().replace('/', "%2F"));
    assert_eq!(guest.got(&order_path), orders[0]);

    guest.now += DAY / 4;
    assert_eq!(phases(&guest.got(&path)), ["ACCEPTED"]);
    let confirmed = guest.posted(&format!("{path}/confirm"), &json!(null));
    assert_eq!(phases(&confirmed), ["CONFIRMED"]);
    assert_eq!(confirmed[0]["lines"][0]["acceptedQuantity"], 2);
    for again in ["confirm", "cancel"] {
        let reply = guest.post(&format!("{path}/{again}"), &json!(null));
        assert_eq!(code(&reply), "ICF299");
    }

    guest.now += 2 * HOUR;
    let sent = guest.got(&path);
    assert_eq!(phases(&sent), ["COMPLETED"]);
    let delivery = sent[0]["lines"][0]["deliveryId"][0].as_str().unwrap().replace('/', "%2F");
    let row = guest.got(&format!("/delivery/{delivery}"));
    assert_eq!(row[0]["orderId"], orders[0]["id"]);
    assert_eq!(row[0]["fiscalDocumentNumber"], json!(null));

    guest.now += HOUR;
    let invoice = guest.got(&path)[0]["fiscalDocumentNumber"].as_str().unwrap().replace('/', "%2F");
    let row = guest.got(&format!("/invoice/{invoice}"));
    assert_eq!(row[0]["lines"][0]["orderId"], orders[0]["id"]);
    assert_eq!(row[0]["totalNet"], orders[0]["totalNet"]);
}

#[test]
fn it_goes_out_by_itself_where_the_customer_wants_that() {
    let mut guest = Guest::new();
    let orders = guest.posted("/sales/requisition", &order("SBX000011", 1));
    guest.now += 59 * 60_000;
    assert_eq!(phases(&guest.got(&path(&orders))), ["ACCEPTED"]);
    guest.now += 2 * HOUR + 60_000;
    assert_eq!(phases(&guest.got(&path(&orders))), ["COMPLETED"]);
}

#[test]
fn cancelled_pieces_go_back() {
    let mut guest = Guest::new();
    let before = pieces(&mut guest, "SBX000011");
    let orders = guest.posted("/sales/requisition", &order("SBX000011", 3));
    let cancelled = guest.posted(&format!("{}/cancel", path(&orders)), &json!(null));
    assert_eq!(phases(&cancelled), ["CANCELLED"]);
    assert_eq!(pieces(&mut guest, "SBX000011"), before);
    let reply = guest.post(&format!("{}/confirm", path(&orders)), &json!(null));
    assert_eq!(code(&reply), "ICF299");
    assert_eq!(guest.sandbox.counters()["requisitions"], json!({ "submitted": 1, "confirmed": 0, "cancelled": 1 }));
}

#[test]
fn a_large_line_is_parted_among_warehouses_and_the_rest_is_missing() {
    let mut guest = Guest::new();
    let all = pieces(&mut guest, "SBX000011") as u32;
    let orders = guest.posted("/sales/requisition", &order("SBX000011", all + 5));
    assert!(orders.as_array().unwrap().len() > 1);
    let sum = |field: &str| -> u64 {
        let orders = orders.as_array().unwrap();
        orders.iter().map(|order| order["lines"][0][field].as_u64().unwrap()).sum()
    };
    assert_eq!((sum("requiredQuantity"), sum("missingQuantity")), (u64::from(all) + 5, 5));
    assert_eq!(pieces(&mut guest, "SBX000011"), 0);
    assert_eq!(code(&guest.post("/sales/requisition", &order("SBX000011", 1))), "ICF230");
    assert_eq!(code(&guest.post("/sales/requisition", &order("NOSUCH", 1))), "ICF230");
    assert_eq!(code(&guest.post("/sales/requisition", &order("SBX000053", 1))), "ICF230");
}

#[test]
fn prices_go_stale() {
    let mut guest = Guest::new();
    let asked = json!({ "lines": [{ "sku": "SBX000011", "quantity": 1 }] });
    let price = guest.posted("/pricing/quote", &asked)["lines"][0]["price"].clone();
    let submit = json!({ "lines": [{
        "sku": "SBX000011",
        "requiredQuantity": 1,
        "unitPriceNet": price["customerPriceNet"],
        "unitPriceGross": price["customerPriceGross"],
    }] });
    let orders = guest.posted("/sales/requisition", &submit);
    assert_eq!(orders[0]["totalGross"], price["customerPriceGross"]);
    guest.control("PUT", "settings", &json!({ "priceRevision": 1 }));
    assert_eq!(code(&guest.post("/sales/requisition", &submit)), "ICF299");
}

#[test]
fn what_is_refused() {
    let mut guest = Guest::new();
    let with = |name: &str, value: Value| {
        let mut body = order("SBX000011", 1);
        body[name] = value;
        body
    };
    let mut refused = |body: &Value| code(&guest.post("/sales/requisition", body));
    assert_eq!(refused(&with("deliveryMethod", json!("PIGEON"))), "ICF209");
    assert_eq!(refused(&with("lines", json!([]))), "ICF299");
    assert_eq!(
        refused(&with("lines", json!([{ "sku": "SBX000011", "requiredQuantity": 1, "custom": true }]))),
        "ICF299"
    );
    // The customer's own default may be the one that is not valid.
    guest.control("PUT", "settings", &json!({ "deliveryMethods": ["UPS"] }));
    assert_eq!(code(&guest.post("/sales/requisition", &order("SBX000011", 1))), "ICF209");
    guest.posted("/sales/requisition", &with("deliveryMethod", json!("UPS")));
    for (method, path) in [("GET", ""), ("POST", "/confirm"), ("POST", "/cancel")] {
        let request = guest.request(method, &format!("/sales/requisition/IC%2F26%2F9{path}"));
        assert_eq!(guest.send(&request).status, 404);
    }
    guest.sign_in(SECOND);
    let mut deferred = with("deferredPayment", json!(true));
    deferred["deliveryMethod"] = json!("UPS");
    assert_eq!(code(&guest.post("/sales/requisition", &deferred)), "ICF299");
}

#[test]
fn who_owes_cannot_order() {
    let mut guest = Guest::with(|settings| settings.overdue = true);
    assert_eq!(code(&guest.post("/sales/requisition", &order("SBX000011", 1))), "ICF299");
    let finances = guest.got("/customer/finances");
    assert_eq!((&finances["orderingAllowed"], &finances["overdueBalance"]), (&json!(false), &json!(5421.37)));
    assert_eq!(guest.sandbox.counters()["requisitions"]["submitted"], 0);
}

#[test]
fn a_search_finds_ones_own_or_the_receivers() {
    let mut guest = Guest::new();
    let mut other = order("SBX000011", 1);
    other["shipTo"] = json!("80");
    guest.posted("/sales/requisition", &order("SBX000012", 1));
    guest.posted("/sales/requisition", &other);
    assert_eq!(column(&today(&mut guest, ""), "shipTo"), ["8.0"]);
    assert_eq!(column(&today(&mut guest, "&shipTo=80"), "shipTo"), ["80"]);
    guest.control("PUT", "settings", &json!({ "searchWithoutShipTo": "all" }));
    assert_eq!(column(&today(&mut guest, ""), "shipTo"), ["8.0", "80"]);
    guest.sign_in(SECOND);
    assert_eq!(today(&mut guest, ""), json!([]));
}

#[test]
fn an_orders_id_passes_where_it_is_let() {
    let mut guest = Guest::new();
    let orders = guest.posted("/sales/requisition", &order("SBX000011", 1));
    let id = orders[0]["id"].as_str().unwrap().replace('/', "%2F");
    let confirm = format!("/sales/requisition/{id}/confirm");
    assert_eq!(guest.post(&confirm, &json!(null)).status, 404);
    guest.control("PUT", "settings", &json!({ "confirmByOrderId": true, "orderForm": "array" }));
    assert_eq!(phases(&guest.posted(&confirm, &json!(null))), ["CONFIRMED"]);
    assert_eq!(guest.got(&format!("/sales/order/{id}")).as_array().unwrap().len(), 1);
    assert_eq!(guest.sandbox.ledger(START)["requisitions"][0]["phaseCode"], "CONFIRMED");
}
