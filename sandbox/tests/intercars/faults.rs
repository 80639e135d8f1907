//! Faults on demand.

use serde_json::{Value, json};
use stocklane_sandbox::{Ending, Reply};

use crate::guest::{FIRST, Guest, body, token_request};

const ORDER: &str = r#"{ "lines": [{ "sku": "SBX000011", "requiredQuantity": 1 }] }"#;

fn struck(fault: &Value) -> (Guest, Reply) {
    let mut guest = Guest::new();
    let rule = json!({ "match": { "operation": "submitRequisition" }, "fault": fault });
    guest.control("POST", "faults", &json!([rule]));
    let order = serde_json::from_str(ORDER).unwrap();
    let reply = guest.post("/sales/requisition", &order);
    (guest, reply)
}

fn placed(guest: &Guest) -> Value {
    guest.sandbox.counters()["requisitions"]["submitted"].clone()
}

#[test]
fn a_cut_before_and_after_the_commit() {
    let (guest, reply) = struck(&json!({ "kind": "cut", "commit": false }));
    assert_eq!((reply.ending, placed(&guest)), (Ending::CutAll, json!(0)));
    let (guest, reply) = struck(&json!({ "kind": "cut", "commit": true }));
    assert_eq!((reply.ending, placed(&guest)), (Ending::CutAll, json!(1)));
    let (guest, reply) = struck(&json!({ "kind": "cut", "commit": true, "after": 10 }));
    assert_eq!((reply.ending, placed(&guest)), (Ending::CutBody(10), json!(1)));
    assert_eq!(guest.sandbox.log(0)[1]["fault"], "cut");
}

#[test]
fn a_stall_never_gives_the_whole_body() {
    let (_, reply) = struck(&json!({ "kind": "stall", "after": 10 }));
    assert_eq!(reply.ending, Ending::Stall(10));
    let (_, reply) = struck(&json!({ "kind": "stall", "after": 1_000_000 }));
    assert_eq!(reply.ending, Ending::Stall(reply.body.len() - 1));
}

#[test]
fn statuses() {
    for (fault, status, orders) in [
        (json!({ "kind": "throttle", "retryAfter": "61" }), 429, 0),
        (json!({ "kind": "throttle" }), 429, 0),
        (json!({ "kind": "unauthorized" }), 401, 0),
        (json!({ "kind": "internal" }), 500, 0),
        (json!({ "kind": "internal", "commit": true }), 500, 1),
        (json!({ "kind": "blocked" }), 403, 0),
        (json!({ "kind": "reply", "status": 503, "headers": [["Retry-After", "Soon"]], "body": { "a": 1 } }), 503, 0),
        (json!({ "kind": "reply", "status": 418, "commit": true }), 418, 1),
    ] {
        let (guest, reply) = struck(&fault);
        assert_eq!((reply.status, placed(&guest)), (status, json!(orders)), "{fault}");
        let wanted = fault["retryAfter"].as_str().or(fault["headers"][0][1].as_str());
        assert_eq!(reply.header_value("Retry-After"), wanted);
    }
    let (_, reply) = struck(&json!({ "kind": "blocked" }));
    assert!(reply.body.starts_with(b"<!DOCTYPE html>"));
}

#[test]
fn broken_bodies() {
    let (_, reply) = struck(&json!({ "kind": "empty" }));
    assert!(reply.body.is_empty());
    let (guest, reply) = struck(&json!({ "kind": "truncated" }));
    assert!(serde_json::from_slice::<Value>(&reply.body).is_err());
    assert_eq!((reply.ending, placed(&guest)), (Ending::Complete, json!(1)));
    let (_, reply) = struck(&json!({ "kind": "deep" }));
    assert_eq!(reply.body, "[".repeat(100_000).into_bytes());
}

#[test]
fn whom_it_befalls_and_how_often() {
    let mut guest = Guest::new();
    let statuses =
        |guest: &mut Guest, n: usize| -> Vec<u16> { (0..n).map(|_| guest.get("/customer").status).collect() };
    let rule = json!({ "match": { "operation": "customer", "nth": 2 }, "times": 2, "fault": { "kind": "internal" } });
    guest.control("POST", "faults", &rule);
    guest.got("/customer/finances");
    assert_eq!(statuses(&mut guest, 4), [200, 500, 500, 200]);
    assert_eq!(guest.control("GET", "faults", &json!(null))[0]["met"], 4);

    let always = json!({ "times": 0, "match": { "account": "sandbox-client" }, "fault": { "kind": "internal" } });
    guest.control("POST", "faults", &always);
    assert_eq!(statuses(&mut guest, 3), [500, 500, 500]);
    guest.control("DELETE", "faults", &json!(null));
    assert_eq!(statuses(&mut guest, 1), [200]);

    let by_text = json!({ "match": { "contains": "SBX000012" }, "delayMs": 700 });
    guest.control("POST", "faults", &by_text);
    assert_eq!(guest.get("/inventory/stock?sku=SBX000011").delay_ms, 0);
    assert_eq!(guest.get("/inventory/stock?sku=SBX000012").delay_ms, 700);

    let token = json!({ "match": { "operation": "token" }, "fault": { "kind": "reply", "status": 500 } });
    guest.control("POST", "faults", &token);
    assert_eq!(guest.send(&token_request(FIRST)).status, 500);
    assert!(body(&guest.send(&token_request(FIRST))).get("access_token").is_some());
}
