//! Tokens, and what the gateway refuses before the service sees a call.

use serde_json::json;
use stocklane_sandbox::{ErrorForm, Request};

use crate::guest::{FIRST, Guest, body, code, token_request};

#[test]
fn a_token_lives_as_long_as_it_says() {
    let mut guest = Guest::with(|settings| settings.token_lifetime_seconds = 3600);
    let token = body(&guest.send(&token_request(FIRST)));
    assert_eq!((&token["token_type"], &token["expires_in"]), (&json!("Bearer"), &json!(3600)));
    guest.now += 3_599_999;
    assert_eq!(guest.get("/customer").status, 200);
    guest.now += 1;
    let reply = guest.get("/customer");
    assert_eq!((reply.status, &body(&reply)["code"]), (401, &json!("900901")));
}

#[test]
fn wrong_credentials_and_forms() {
    let mut guest = Guest::new();
    let mut failure = |request: &Request| {
        let reply = guest.send(request);
        (reply.status, body(&reply)["error"].as_str().unwrap().to_owned())
    };
    let ask = |form: &str| token_request(FIRST).body(form);
    assert_eq!(failure(&token_request("Basic bm86bm8=")), (401, "invalid_client".into()));
    assert_eq!(failure(&Request::new("POST", "/oauth2/token")), (401, "invalid_client".into()));
    let mut no_form = token_request(FIRST);
    no_form.headers.truncate(1);
    assert_eq!(failure(&no_form), (400, "invalid_request".into()));
    assert_eq!(failure(&ask("scope=allinone")), (400, "invalid_request".into()));
    assert_eq!(failure(&ask("grant_type=password&scope=allinone")), (400, "unsupported_grant_type".into()));
    assert_eq!(failure(&ask("grant_type=client_credentials")), (400, "invalid_scope".into()));
    assert_eq!(guest.sandbox.counters()["tokens"], 1);
}

#[test]
fn the_gateway() {
    let mut guest = Guest::new();
    let reply = guest.send(&Request::new("GET", "/ic/customer"));
    assert_eq!((reply.status, &body(&reply)["message"]), (401, &json!("Invalid Credentials")));
    let reply = guest.get("/no/such/thing");
    assert_eq!(
        (reply.status, body(&reply)),
        (404, json!({ "code": "404", "description": "No matching resource found" }))
    );
    // An id's slashes must be encoded.
    assert_eq!(guest.get("/delivery/LAZ/19/0001").status, 404);
    assert_eq!(guest.get("/inventory/quote?sku=ADDFFF").status, 405);
    guest.control("DELETE", "tokens", &json!(null));
    assert_eq!(guest.get("/customer").status, 401);
}

#[test]
fn a_language_is_one_bare_code() {
    let mut guest = Guest::new();
    for language in ["de-DE,de;q=0.9", "PL", "fr", ""] {
        guest.language = language;
        assert_eq!(guest.refused("/catalog/category"), "ICF311", "{language}");
    }
    guest.language = "uk";
    guest.got("/catalog/category");
    guest.control("PUT", "settings", &json!({ "languageRequired": "catalog" }));
    guest.language = "*";
    guest.got("/customer");
    assert_eq!(guest.refused("/catalog/category"), "ICF311");
}

#[test]
fn errors_come_in_an_array_or_alone() {
    let mut guest = Guest::new();
    let reply = guest.get("/catalog/products");
    assert_eq!(code(&reply), "ICF101");
    assert_eq!(body(&reply)[0]["errorId"].as_str().unwrap().len(), 8);
    let mut settings = guest.sandbox.settings().clone();
    settings.error_form = ErrorForm::Object;
    settings.error_id = false;
    guest.sandbox.set_settings(settings);
    let error = body(&guest.get("/catalog/products"));
    assert_eq!((&error["code"], error.get("errorId")), (&json!("ICF101"), None));
}
