//! Tokens.

use serde_json::json;
use stocklane_sandbox::{IncoTokenForm, Request};

use crate::caller::{Caller, FIRST, SECOND, body, good, token_request};

#[test]
fn a_token_names_the_server_that_it_is_for() {
    let mut caller = Caller::new();
    let answer = good(&caller.send(&token_request(FIRST)));
    assert_eq!(answer["server_url"], "http://127.0.0.1:8790");
    assert_eq!(answer.as_object().unwrap().len(), 2);
    let behind = token_request(FIRST).header("X-Forwarded-Proto", "https");
    assert_eq!(good(&caller.send(&behind))["server_url"], "https://127.0.0.1:8790");
    caller.control("PUT", "settings", &json!({ "serverUrl": "http://169.254.169.254/#" }));
    assert_eq!(good(&caller.send(&token_request(FIRST)))["server_url"], "http://169.254.169.254/#");
    caller.control("PUT", "settings", &json!({ "serverUrl": null }));
    assert_eq!(good(&caller.send(&token_request(FIRST)))["server_url"], "http://127.0.0.1:8790");
}

#[test]
fn every_token_lasts_until_all_are_revoked() {
    let mut caller = Caller::new();
    let first = caller.token.clone();
    caller.sign_in(FIRST);
    assert_ne!(first, caller.token);
    let old = Request::new("GET", &format!("/connect/api/location?token={first}"));
    assert_eq!(caller.sandbox.handle(u64::from(u32::MAX) * 1_000, &old).status, 200);
    caller.control("DELETE", "tokens", &json!(null));
    for reply in [caller.send(&old), caller.get("location")] {
        assert_eq!(
            (reply.status, body(&reply).as_object().unwrap().values().next()),
            (401, Some(&json!("Invalid token")))
        );
    }
}

#[test]
fn credentials_must_be_right_and_whole() {
    let mut caller = Caller::new();
    for wrong in [
        "",
        "app_id=sandbox-app",
        "app_id=sandbox-app&app_secret=",
        "app_id=sandbox-app&app_secret=second-app-secret",
        "app_id=sandbox-client&app_secret=sandbox-secret",
    ] {
        let reply = caller.send(&token_request(wrong));
        assert_eq!(reply.status, 401, "{wrong}");
        assert!(String::from_utf8_lossy(&reply.body).contains("Invalid credentials"));
    }
    let post = Request { method: "POST".into(), ..token_request(FIRST) };
    assert_eq!(caller.send(&post).status, 404);
}

#[test]
fn a_token_may_hold_what_a_query_must_encode() {
    let mut caller = Caller::with(|settings| settings.inco_token_form = IncoTokenForm::Base64);
    assert!(caller.token.ends_with("+/&="));
    assert_eq!(caller.get("location").status, 401);
    caller.token = caller.token.replace('+', "%2B").replace('/', "%2F").replace('&', "%26").replace('=', "%3D");
    assert_eq!(caller.get("location").status, 200);
}

#[test]
fn what_each_supplier_was_asked_is_counted_apart() {
    let mut caller = Caller::new();
    caller.get("item");
    caller.sign_in(SECOND);
    caller.get("item");
    caller.get("nothing");
    let counters = caller.control("GET", "counters", &json!(null));
    assert_eq!(
        (&counters["requests"], &counters["tokens"], &counters["byOperation"]),
        (&json!(0), &json!(0), &json!({}))
    );
    let expected = json!({
        "requests": 5,
        "tokens": 2,
        "byOperation": { "incoToken": 2, "item": 2 },
        "accounts": { "sandbox-app": { "total": 2 }, "second-app": { "total": 3 } },
        "maxConcurrent": 0,
        "sales": { "created": 0 },
    });
    assert_eq!(counters["incocloud"], expected);
}

#[test]
fn the_second_firm_has_books_of_its_own() {
    let mut caller = Caller::new();
    let first = caller.rows("item");
    caller.sign_in(SECOND);
    let second = caller.rows("item");
    assert_eq!((first.len(), second.len()), (1_200, 300));
    assert!(second.iter().all(|item| item["id"].as_u64() > Some(10_000)));
    let sale = &caller.rows("sale")[0];
    assert_eq!(sale["details"][0]["currency_id"], 2);
    let line = &sale["details"][0];
    assert!(line["total"].as_f64() > Some(line["price_out"].as_f64().unwrap() * line["quantity"].as_f64().unwrap()));
}
