//! The control routes.

use serde_json::{Value, json};
use stocklane_sandbox::Request;

use crate::guest::{Guest, START};

fn refused(guest: &mut Guest, method: &str, path: &str, body: &Value) -> u16 {
    let request = Request::new(method, &format!("/_sandbox/{path}")).body(body.to_string());
    guest.send(&request).status
}

#[test]
fn time_is_set_advanced_frozen_and_given_back() {
    let mut guest = Guest::new();
    let ms = |guest: &mut Guest| guest.control("GET", "time", &json!(null))["ms"].as_u64().unwrap();
    guest.control("PUT", "time", &json!({ "advance_ms": 5 }));
    guest.now += 10;
    assert_eq!(ms(&mut guest), START + 15);
    let set = guest.control("PUT", "time", &json!({ "now": "2026-01-02T03:04:05+02:00", "frozen": true }));
    assert_eq!(set["now"], "2026-01-02T01:04:05.000Z");
    guest.now += 10;
    guest.control("PUT", "time", &json!({ "advance_ms": 1 }));
    assert_eq!(guest.control("GET", "time", &json!(null))["now"], "2026-01-02T01:04:05.001Z");
    guest.control("PUT", "time", &json!({ "now": START, "frozen": false }));
    guest.now += 7;
    assert_eq!(ms(&mut guest), START + 7);
    let real = guest.control("PUT", "time", &json!({ "real": true }));
    assert_eq!((&real["clock"], real["ms"].as_u64()), (&json!("real"), Some(guest.now)));
    assert_eq!(refused(&mut guest, "PUT", "time", &json!({ "now": "yesterday" })), 400);
    assert_eq!(refused(&mut guest, "PUT", "time", &json!({ "nwo": 5 })), 400);
}

#[test]
fn settings_are_partial_and_checked() {
    let mut guest = Guest::new();
    let settings = guest.control("PUT", "settings", &json!({ "rate": 7, "retryAfter": "httpDate" }));
    assert_eq!((&settings["rate"], &settings["windowLastDay"]), (&json!(7), &json!("inclusive")));
    assert_eq!(refused(&mut guest, "PUT", "settings", &json!({ "rat": 7 })), 400);
    assert_eq!(refused(&mut guest, "PUT", "settings", &json!({ "retryAfter": "later" })), 400);
    assert_eq!(guest.control("GET", "settings", &json!(null)), settings);
}

#[test]
fn the_log_keeps_no_secret() {
    let mut guest = Guest::new();
    guest.got("/inventory/stock?sku=SBX000001");
    let log = guest.control("GET", "log", &json!(null));
    let entry = &log[1];
    assert_eq!(entry["operation"], "stock");
    assert_eq!(entry["path"], "/ic/inventory/stock?sku=SBX000001");
    assert_eq!(entry["headers"], json!({ "authorization": "Bearer", "accept-language": "en" }));
    assert_eq!((&entry["account"], &entry["status"]), (&json!("sandbox-client"), &json!(200)));
    let text = log.to_string();
    assert!(!text.contains("sandbox-secret") && !text.contains("c2FuZGJv"));
    assert_eq!(guest.control("GET", "log?since=1", &json!(null)), json!([entry]));
    assert_eq!(guest.control("GET", "counters", &json!(null))["byOperation"], json!({ "stock": 1, "token": 1 }));
}

#[test]
fn reset_goes_back_to_the_start() {
    let mut guest = Guest::with(|settings| settings.rate = 9);
    guest.control("PUT", "settings", &json!({ "rate": 1, "overdue": true }));
    guest.control("PUT", "time", &json!({ "advance_ms": 1_000 }));
    guest.control("POST", "reset", &json!(null));
    assert_eq!(guest.get("/customer").status, 401);
    let settings = guest.control("GET", "settings", &json!(null));
    assert_eq!((&settings["rate"], &settings["overdue"]), (&json!(9), &json!(false)));
    assert_eq!(guest.control("GET", "time", &json!(null))["ms"], guest.now);
    assert_eq!(refused(&mut guest, "GET", "nothing", &json!(null)), 404);
}

#[test]
fn browsers_are_let_in_where_that_is_switched_on() {
    let mut guest = Guest::new();
    let preflight =
        Request::new("OPTIONS", "/_sandbox/faults").header("Access-Control-Request-Headers", "content-type");
    let allowed = |guest: &mut Guest, request: &Request| {
        let reply = guest.send(request);
        let name = "Access-Control-Allow-Origin";
        (reply.status, reply.header_value(name).map(String::from))
    };
    assert_eq!(allowed(&mut guest, &preflight), (404, None));
    guest.control("PUT", "settings", &json!({ "cors": true }));
    let any = Some("*".to_owned());
    assert_eq!(allowed(&mut guest, &preflight), (204, any.clone()));
    let call = guest.request("GET", "/customer");
    assert_eq!(allowed(&mut guest, &call), (200, any.clone()));
    assert_eq!(allowed(&mut guest, &Request::new("GET", "/ic/customer")), (401, any));
}

/// The same requests at the same times get the same answers.
#[test]
fn nothing_is_left_to_chance() {
    let talk = || {
        let mut guest = Guest::new();
        let mut answers = Vec::new();
        for path in [
            "/inventory/stock?sku=SBX000001,SBX000002,BAD",
            "/catalog/products?categoryId=GenericArticle_8",
            "/catalog/products",
        ] {
            answers.push(guest.get(path).body);
            guest.now += 1_000;
        }
        let order = json!({ "lines": [{ "sku": "SBX000011", "requiredQuantity": 60 }] });
        answers.push(guest.post("/sales/requisition", &order).body);
        answers
    };
    assert_eq!(talk(), talk());
}
