//! What tests can see and change behind IncoCloud's back.

use serde_json::{Value, json};
use stocklane_sandbox::Request;

use crate::caller::Caller;

#[test]
fn the_log_keeps_what_was_asked_with() {
    let mut caller = Caller::new();
    caller.get("item?code=SKU-001");
    let log = caller.control("GET", "log", &json!(null));
    assert_eq!(log[0]["path"], "/connect/api/access_token?app_id=sandbox-app&app_secret=sandbox-app-secret");
    assert_eq!(log[1]["path"], format!("/connect/api/item?code=SKU-001&token={}", caller.token));
    assert_eq!((&log[1]["operation"], &log[1]["account"]), (&json!("item"), &json!("sandbox-app")));
}

#[test]
fn rows_are_laid_over_added_and_removed() {
    let mut caller = Caller::new();
    let before = caller.rows("item");
    let change = json!({
        "resource": "item",
        "set": [{ "id": 1, "name": "Ново име", "availability": "много" }, { "id": 99_999, "code": "NEW" }],
        "remove": [2],
    });
    caller.control("POST", "incocloud/rows", &change);
    let mut first = before[0].clone();
    first["name"] = json!("Ново име");
    first["availability"] = json!("много");
    assert_eq!(caller.rows("item?id=1&include_availability=1"), [first]);
    assert_eq!(caller.rows("item?code=NEW"), [json!({ "id": 99_999, "code": "NEW" })]);
    assert_eq!(caller.rows("item?id=2"), [json!(null); 0]);
    assert_eq!(caller.rows("item").len(), before.len());
    let kept = caller.control("GET", "incocloud/rows?resource=item", &json!(null));
    assert_eq!(kept, Value::Array(caller.rows("item")));
    caller.control("POST", "reset", &json!(null));
    assert_eq!(caller.control("GET", "incocloud/rows?resource=item", &json!(null)), Value::Array(before));
}

#[test]
fn each_firm_has_its_own() {
    let mut caller = Caller::new();
    let change = json!({ "account": "second-app", "resource": "vat_group", "remove": [1, 2, 3] });
    caller.control("POST", "incocloud/rows", &change);
    assert_eq!(caller.control("GET", "incocloud/rows?resource=vat_group&account=second-app", &json!(null)), json!([]));
    assert_eq!(caller.ids("vat_group"), [1, 2, 3]);
    let stock = caller.control("GET", "incocloud/rows?resource=stock", &json!(null));
    assert!(stock.as_array().unwrap().len() > 2_000);
}

#[test]
fn a_change_that_means_nothing_is_refused() {
    let mut caller = Caller::new();
    for bad in [
        json!({ "resource": "nothing" }),
        json!({ "resource": "item", "set": [{ "code": "without an id" }] }),
        json!({ "resource": "item", "put": [] }),
        json!({ "resource": "item", "account": "nobody" }),
        json!({ "resource": "stock", "set": [{ "item_id": 1, "quantity": 2 }] }),
    ] {
        let request = Request::new("POST", "/_sandbox/incocloud/rows").body(bad.to_string());
        assert_eq!(caller.send(&request).status, 400, "{bad}");
    }
    let request = Request::new("GET", "/_sandbox/incocloud");
    assert_eq!(caller.send(&request).status, 404);
}
