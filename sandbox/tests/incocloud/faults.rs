//! Faults on demand, of IncoCloud.

use serde_json::{Value, json};
use stocklane_sandbox::{Ending, Reply};

use crate::caller::{Caller, FIRST, good, text, token_request};

fn struck(fault: &Value) -> (Caller, Reply) {
    let mut caller = Caller::new();
    let rule = json!({ "match": { "operation": "createSale" }, "fault": fault });
    caller.control("POST", "faults", &rule);
    let sale =
        json!({ "location_id": 1, "partner_id": 2, "details": [{ "item_id": 3, "quantity": 1, "price_out": 1 }] });
    let reply = caller.sell(&sale);
    (caller, reply)
}

fn created(caller: &Caller) -> Value {
    caller.sandbox.counters()["incocloud"]["sales"]["created"].clone()
}

#[test]
fn statuses() {
    for (fault, status, said, sales) in [
        (json!({ "kind": "throttle", "retryAfter": "61" }), 429, "Too many requests", 0),
        (json!({ "kind": "throttle" }), 429, "Too many requests", 0),
        (json!({ "kind": "unauthorized" }), 401, "Invalid token", 0),
        (json!({ "kind": "internal" }), 500, "Internal server error", 0),
        (json!({ "kind": "internal", "commit": true }), 500, "Internal server error", 1),
        (json!({ "kind": "refuse", "status": 403, "text": "Wrong server" }), 403, "\"Wrong server\"", 0),
        (json!({ "kind": "blocked" }), 403, "Access Denied", 0),
        (
            json!({ "kind": "reply", "status": 503, "headers": [["Retry-After", "9"]], "body": "<html>" }),
            503,
            "<html>",
            0,
        ),
        (json!({ "kind": "reply", "status": 504, "commit": true }), 504, "", 1),
    ] {
        let (caller, reply) = struck(&fault);
        assert_eq!((reply.status, created(&caller)), (status, json!(sales)), "{fault}");
        assert!(text(&reply).contains(said), "{}", text(&reply));
        let wanted = fault["retryAfter"].as_str().or(fault["headers"][0][1].as_str());
        assert_eq!(reply.header_value("Retry-After"), wanted);
    }
}

#[test]
fn broken_answers() {
    for (fault, ending, sales) in [
        (json!({ "kind": "cut", "commit": false }), Ending::CutAll, 0),
        (json!({ "kind": "cut", "commit": true }), Ending::CutAll, 1),
        (json!({ "kind": "cut", "commit": true, "after": 3 }), Ending::CutBody(3), 1),
        (json!({ "kind": "stall", "after": 3 }), Ending::Stall(3), 1),
        (json!({ "kind": "empty" }), Ending::Complete, 1),
        (json!({ "kind": "truncated" }), Ending::Complete, 1),
        (json!({ "kind": "deep" }), Ending::Complete, 1),
    ] {
        let (caller, reply) = struck(&fault);
        assert_eq!((reply.ending, created(&caller)), (ending, json!(sales)), "{fault}");
        if ending == Ending::Complete {
            assert!(serde_json::from_slice::<Value>(&reply.body).is_err(), "{fault}");
        }
    }
}

#[test]
fn whom_they_befall() {
    let mut caller = Caller::new();
    let rules = json!([
        { "match": { "operation": "incoToken" }, "fault": { "kind": "unauthorized" } },
        { "match": { "operation": "item", "account": "sandbox-app", "nth": 2 }, "fault": { "kind": "internal" } },
        { "match": { "contains": "from_date=2026" }, "delayMs": 700 },
    ]);
    caller.control("POST", "faults", &rules);
    let reply = caller.send(&token_request(FIRST));
    assert_eq!((reply.status, text(&reply).contains("Invalid credentials")), (401, true));
    good(&caller.send(&token_request(FIRST)));
    let statuses: Vec<u16> = (0..3).map(|_| caller.get("item?id=1").status).collect();
    assert_eq!(statuses, [200, 500, 200]);
    assert_eq!(caller.get("sale?from_date=2026-06-25").delay_ms, 700);
    assert_eq!(caller.sandbox.log(0)[2]["fault"], json!(null));
    assert_eq!(caller.sandbox.log(0)[1]["fault"], "unauthorized");
}
