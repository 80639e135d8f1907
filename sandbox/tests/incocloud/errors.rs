//! How IncoCloud says no.

use serde_json::{Value, json};
use stocklane_sandbox::Request;

use crate::caller::{Caller, FIRST, body, text, token_request};

#[test]
fn in_three_forms() {
    let mut caller = Caller::new();
    let bad = Request::new("GET", "/connect/api/item?token=nonsense");
    let keys: Vec<Value> = (0..4).map(|_| body(&caller.send(&bad))).collect();
    let text_of = |key: &str| json!({ key: "Invalid token" });
    assert_eq!(keys, [text_of("error"), text_of("message"), text_of("Message"), text_of("error")]);
    caller.control("PUT", "settings", &json!({ "incoErrorForm": "text" }));
    let reply = caller.send(&bad);
    assert_eq!((reply.status, text(&reply).as_str()), (401, "Invalid token"));
    assert_eq!(reply.header_value("Content-Type"), Some("text/plain; charset=utf-8"));
    caller.control("PUT", "settings", &json!({ "incoErrorForm": "html" }));
    let reply = caller.send(&bad);
    assert!(reply.status == 401 && text(&reply).contains("<p>Invalid token</p>"));
}

#[test]
fn the_texts_of_the_page() {
    let refused = |settings: Value, resource: &str| {
        let mut caller = Caller::new();
        caller.control("PUT", "settings", &json!({ "incoErrorForm": "text" }));
        caller.control("PUT", "settings", &settings);
        let request = match resource {
            "token" => token_request(FIRST),
            _ => caller.request("GET", resource),
        };
        let reply = caller.send(&request);
        (reply.status, if reply.status == 200 { String::new() } else { text(&reply) })
    };
    let no = |status: u16, text: &str| (status, text.to_owned());
    assert_eq!(refused(json!({ "secureOnly": true }), "item"), no(403, "Insecure connection"));
    assert_eq!(refused(json!({ "secureOnly": true }), "token"), no(403, "Insecure connection"));
    assert_eq!(refused(json!({ "serviceDisabled": true }), "item"), no(403, "Service disabled"));
    assert_eq!(refused(json!({ "serviceDisabled": true }), "token"), no(403, "Service disabled"));
    assert_eq!(refused(json!({ "wrongServer": true }), "item"), no(403, "Wrong server"));
    assert_eq!(refused(json!({ "wrongServer": true }), "token"), no(200, ""));
    assert_eq!(refused(json!({ "rights": ["item", "createSale"] }), "item"), no(403, "Permission denied"));
    assert_eq!(refused(json!({ "rights": ["item", "createSale"] }), "sale?id=1"), no(200, ""));
    assert_eq!(refused(json!({}), "nothing"), no(404, "Resource not found"));
    assert_eq!(refused(json!({}), "Item"), no(404, "Resource not found"));
}

#[test]
fn https_is_what_the_one_in_front_says() {
    let mut caller = Caller::new();
    caller.control("PUT", "settings", &json!({ "secureOnly": true }));
    let request = caller.request("GET", "location").header("X-Forwarded-Proto", "https");
    assert_eq!(caller.send(&request).status, 200);
}

#[test]
fn rights_hide_fields() {
    let mut caller = Caller::new();
    let hidden = json!({ "item": ["id", "trade_in_price"], "sale": ["partner_name", "details.price_in"] });
    caller.control("PUT", "settings", &json!({ "hiddenFields": hidden }));
    let item = &caller.rows("item?code=SKU-001")[0];
    assert!(item.get("id").is_none() && item.get("trade_in_price").is_none() && item.get("regular_price").is_some());
    let sale = &caller.rows("sale?from_date=2026-06-25")[0];
    assert!(sale.get("partner_name").is_none() && sale["details"][0].get("price_in").is_none());
    assert!(sale["details"][0].get("price_out").is_some());
}

#[test]
fn only_what_the_page_lists_can_be_written() {
    let mut caller = Caller::new();
    for (method, resource) in [("POST", "item"), ("PUT", "sale"), ("DELETE", "sale"), ("POST", "access_token")] {
        let request = caller.request(method, resource);
        assert_eq!(caller.send(&request).status, 404, "{method} {resource}");
    }
}
