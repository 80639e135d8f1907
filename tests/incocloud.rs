//! Every call of the point of sale in the cloud: how it is sent and read, its token and its server, what is said when it
//! fails, and a sale of which nobody knows what came of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "core/mod.rs"]
mod common;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use common::incocloud::*;
use common::supplier::{LATENCY, Outcome, Shop, answer, response, with};
use common::world::*;
use serde_json::{Value as Json, json};
use stocklane::engine::{CallOptions, Credentials, Failure, Ms, Outgoing, Settings};
use stocklane::incocloud::{AUTH_URL, CREATE_SALE, ITEM, ITEMS, Item, OPERATIONS, SALE, SALES, Sale, SaleLine};
use stocklane::operation::{Error, ErrorKind, Names, Operation};
use stocklane::wire::{Certainty, Kind, Schema, Shape, Units, Value, decode};

const SECOND: Ms = 1_000;

/// What a service says.
type Said = fn() -> Reply;

/// What a resource takes.
#[derive(Clone, Copy, PartialEq)]
enum Takes {
    /// What the supplier prints for items.
    Item,
    /// What it prints for sales.
    Days,
    /// By analogy.
    List,
}
use Takes::{Days, Item as Goods, List};

/// As the supplier's page lists them.
const RESOURCES: [(&str, Takes); 33] = [
    ("item", Goods),
    ("item_group", List),
    ("item_tag", List),
    ("item_tag_connection", List),
    ("sale", Days),
    ("sales_order", Days),
    ("return", Days),
    ("credit_note", Days),
    ("purchase", Days),
    ("purchase_return", Days),
    ("invoice", Days),
    ("cash_receipt", Days),
    ("partner", List),
    ("partner_group", List),
    ("location", List),
    ("location_group", List),
    ("payment", Days),
    ("payment_type", List),
    ("vat_group", List),
    ("price_rule", List),
    ("operation_status", List),
    ("booking", List),
    ("booking_availability", List),
    ("booking_profile", List),
    ("booking_location_type", List),
    ("booking_rate_type", List),
    ("booking_status", List),
    ("reservation", List),
    ("restaurant_order_request", Days),
    ("restaurant_order_request_status", List),
    ("subscription", List),
    ("subscription_event", List),
    ("voucher", List),
];

const NEW_SALE: &str =
    r#"{"location_id":1,"partner_id":123,"details":[{"item_id":456,"quantity":2,"price_out":29.99}]}"#;

/// Arguments that are enough.
fn plain_args(operation: &Operation) -> &'static str {
    if operation.safe { "{}" } else { NEW_SALE }
}

fn called(shop: &Shop, operation: &'static Operation) -> Outcome {
    shop.call(operation.name, plain_args(operation), CallOptions::default()).outcome()
}

/// Requests that are no look-up after a sale whose end is open.
fn own_calls(shop: &Shop, operation: &Operation) -> Vec<Logged> {
    let method = if operation.safe { "GET" } else { "POST" };
    shop.world.calls().into_iter().filter(|logged| logged.outgoing.method == method).collect()
}

// How calls are sent and read.

#[test]
fn every_resource_of_the_page_is_an_operation_and_there_is_one_more() {
    let names: Vec<&str> = OPERATIONS.iter().map(|operation| operation.name).collect();
    let listed: Vec<&str> = RESOURCES.iter().map(|(name, _)| *name).chain(["createSale"]).collect();
    assert_eq!(names, listed);
}

#[test]
fn every_resource_is_asked_for_at_its_own_server_with_every_parameter_and_the_token() {
    for (name, takes) in RESOURCES {
        let (args, expected) = match takes {
            Goods => (
                json!({
                    "id": 7, "location_id": 8, "group_id": 9, "tag_id": 10, "only_available": true,
                    "include_availability": false, "code": "A+B", "catalog": "OP 520/1&x"
                }),
                "id=7&location_id=8&group_id=9&tag_id=10&only_available=true&include_availability=false&code=A%2BB\
                 &catalog=OP%20520%2F1%26x",
            ),
            Days => (
                json!({
                    "operation_number": 7, "location_id": 8, "partner_id": 9, "from_date": "2024-02-29",
                    "to_date": "2024-03-01", "load_payments": true
                }),
                "operation_number=7&location_id=8&partner_id=9&from_date=2024-02-29&to_date=2024-03-01\
                 &load_payments=true",
            ),
            List => (json!({"id": 7, "group_id": 9, "code": "Ж +"}), "id=7&group_id=9&code=%D0%96%20%2B"),
        };
        let mut args = args;
        args["its own"] = json!("a b,c");
        args["flag"] = json!(true);
        let shop = till(|_, _| answer(200, "[]"));
        let gathered = shop.call(name, args.to_string(), CallOptions::default()).outcome().unwrap();
        assert!(gathered.answers[0].tape.is_list() && gathered.answers[0].tape.is_empty());
        let [logged] = &shop.world.calls()[..] else { panic!("one request") };
        let own = "&flag=true&its%20own=a%20b%2Cc&token=T1";
        assert_eq!(logged.outgoing.url, format!("{SERVER}/connect/api/{name}?{expected}{own}"));
        assert_eq!((logged.outgoing.method, &logged.outgoing.body), ("GET", &None));
        assert_eq!(logged.header("Accept"), Some("application/json"));
        assert_eq!((logged.header("Authorization"), logged.header("X-Stocklane")), (None, None));
    }
}

#[test]
fn every_resource_can_be_asked_for_without_anything() {
    for (name, _) in RESOURCES {
        let shop = till(|_, _| answer(200, "[]"));
        shop.call(name, r#"{"code":null,"id":null,"location_id":null}"#, CallOptions::default()).outcome().unwrap();
        assert_eq!(shop.world.calls()[0].outgoing.url, format!("{SERVER}/connect/api/{name}?token=T1"));
    }
}

#[test]
fn a_code_may_be_a_number_or_a_text_that_needs_care() {
    for (code, sent) in
        [(json!(12), "12"), (json!("012"), "012"), (json!("a\"\\\n"), "a%22%5C%0A"), (json!("Болт М8"), "")]
    {
        let shop = till(|_, _| answer(200, "[]"));
        shop.call("item", json!({ "code": code }).to_string(), CallOptions::default()).outcome().unwrap();
        let outgoing = &shop.world.calls()[0].outgoing;
        let expected = code.as_str().map_or_else(|| code.to_string(), str::to_owned);
        assert_eq!(parameter(outgoing, "code"), Some(expected));
        assert!(outgoing.url.contains(&format!("code={sent}")), "{}", outgoing.url);
    }
}

#[test]
fn a_token_is_asked_for_by_get_and_no_secret_has_a_bare_sign() {
    let credentials = Credentials::new(AUTH_URL.to_owned(), " a&b=c ", "p+q/r%20?#\"<я>\n");
    let shop = till_with(Settings { credentials: Some(credentials), ..settings() }, |_, _| answer(200, "[]"));
    called(&shop, &ITEMS).unwrap();
    let token = &shop.world.log()[0].outgoing;
    assert_eq!((token.method, &token.body), ("GET", &None));
    assert_eq!(
        token.url,
        format!("{AUTH_URL}?app_id=a%26b%3Dc&app_secret=p%2Bq%2Fr%2520%3F%23%22%3C%D1%8F%3E"),
        "white space around is trimmed"
    );
    assert_eq!(parameter(token, "app_secret").unwrap(), "p+q/r%20?#\"<я>");
}

#[test]
fn a_token_is_encoded_wherever_it_is_sent() {
    for operation in [&ITEMS, &CREATE_SALE] {
        let shop = Shop::with(OPERATIONS, settings(), |outgoing, _| match is_token(outgoing) {
            true => grant("a+b/c=&d#е", &format!("{SERVER}/")),
            false => answer(200, if outgoing.method == "GET" { "[]" } else { r#"{"id":5}"# }),
        });
        called(&shop, operation).unwrap();
        let outgoing = &shop.world.calls()[0].outgoing;
        let name = if operation.safe { "item" } else { "sale" };
        assert_eq!(outgoing.url, format!("{SERVER}/connect/api/{name}?token=a%2Bb%2Fc%3D%26d%23%D0%B5"));
    }
}

#[test]
fn a_sale_is_posted_as_on_the_suppliers_page() {
    let shop = till(|_, _| answer(200, r#"{"id":9001,"operation_number":77,"more":[1]}"#));
    let gathered = called(&shop, &CREATE_SALE).unwrap();
    assert_eq!(rows(&CREATE_SALE, &gathered)[0].json(), r#"{"id":9001,"operation_number":77,"more":[1]}"#);
    let [logged] = &shop.world.calls()[..] else { panic!("one request") };
    assert_eq!(logged.outgoing.method, "POST");
    assert_eq!(logged.outgoing.url, format!("{SERVER}/connect/api/sale?token=T1"));
    assert_eq!(logged.outgoing.body.as_deref().unwrap(), NEW_SALE.as_bytes());
    assert_eq!(logged.header("Content-Type"), Some("application/json"));
}

#[test]
fn a_sale_that_cannot_be_one_is_not_sent() {
    for args in [
        json!({}),
        json!({"location_id": 1, "partner_id": 2}),
        json!({"location_id": 1, "partner_id": 2, "details": []}),
        json!({"location_id": 1, "partner_id": 2, "details": [{"item_id": 1, "quantity": 1}]}),
        json!({"location_id": 1, "partner_id": 2, "details": [{"item_id": 1, "quantity": "1", "price_out": 1}]}),
        json!({"location_id": "1", "partner_id": 2, "details": [{"item_id": 1, "quantity": 1, "price_out": 1}]}),
        json!({"partner_id": 2, "details": [{"item_id": 1, "quantity": 1, "price_out": 1}]}),
    ] {
        let shop = till(|_, _| answer(200, r#"{"id":1}"#));
        let error = shop.call("createSale", args.to_string(), CallOptions::default()).outcome().unwrap_err();
        assert_eq!(error.kind, ErrorKind::Validation, "{args}");
        assert!(shop.world.log().is_empty());
    }
}

#[test]
fn arguments_that_would_be_taken_for_something_else_are_refused() {
    for (name, args, said) in [
        ("item", json!({"token": "x"}), "token is not for callers to set"),
        ("sale", json!({"app_secret": "x"}), "app_secret is not for callers to set"),
        ("partner", json!({"app_id": 1}), "app_id is not for callers to set"),
        ("partner", json!({"city": ["Sofia"]}), "city must be a text, a number or a flag"),
        ("partner", json!({"city": {"a": 1}}), "city must be a text, a number or a flag"),
        ("sale", json!({"from_date": "01.02.2024"}), "from_date and to_date must be days"),
        ("sale", json!({"to_date": "2024-02-30"}), "from_date and to_date must be days"),
        ("sale", json!({"from_date": "2024-03-01", "to_date": "2024-02-01"}), "from_date is after to_date"),
        ("item", json!({"only_available": "True"}), "only_available: expected true or false"),
        ("item", json!({"code": ["A", "B"]}), "code: expected a text or a number"),
    ] {
        let shop = till(|_, _| answer(200, "[]"));
        let error = shop.call(name, args.to_string(), CallOptions::default()).outcome().unwrap_err();
        assert_eq!(error.kind, ErrorKind::Validation);
        assert!(error.message.contains(said), "{said} is not in {}", error.message);
        assert!(shop.world.log().is_empty());
    }
}

/// A value that fits, with signs that need care.
fn fitting(kind: Kind) -> Json {
    match kind {
        Kind::Text | Kind::TextOrNumber => json!("a \"b\" я\u{1}"),
        Kind::Number => json!(-12.5),
        Kind::Bool => json!(true),
        Kind::Texts => json!(["a", "b"]),
        Kind::One(child) => full_row(child),
        Kind::Many(child) => json!([full_row(child), full_row(child)]),
        Kind::Any => json!({"a": [null]}),
        Kind::NumberOrMany(child) => json!([full_row(child)]),
    }
}

fn full_row(schema: &'static Schema) -> Json {
    let fields = schema.fields.iter().map(|field| (field.name.to_owned(), fitting(field.kind)));
    Json::Object(fields.chain([("not_known".to_owned(), json!({"x": [1, "2"]}))]).collect())
}

#[test]
fn every_field_is_read_and_what_is_not_known_is_kept() {
    for operation in OPERATIONS {
        let schema = operation.answer.schema();
        let row = full_row(schema);
        let body = if operation.safe { json!([row, row]).to_string() } else { row.to_string() };
        let shop = till(move |_, _| answer(200, body.clone()));
        let gathered = called(&shop, operation).unwrap();
        let rows = rows(operation, &gathered);
        assert_eq!(rows.len(), if operation.safe { 2 } else { 1 });
        for found in rows {
            assert_eq!(serde_json::from_str::<Json>(found.json()).unwrap(), row, "{}", operation.name);
            for (position, field) in schema.fields.iter().enumerate() {
                let expected = fitting(field.kind);
                match found.value(position) {
                    Value::Text(text) => assert_eq!(text, expected.as_str().unwrap()),
                    Value::Number(text) => assert_eq!(text, expected.to_string()),
                    Value::Bool(value) => assert_eq!(value, expected.as_bool().unwrap()),
                    Value::Json("") => assert_eq!(found.rows(position).unwrap().len(), 2),
                    Value::Json(json) => assert_eq!(serde_json::from_str::<Json>(json).unwrap(), expected),
                    Value::Absent | Value::Null => panic!("{}.{}", operation.name, field.name),
                }
            }
        }
    }
}

// Errors.

const TEXTS: [(&str, u16, ErrorKind); 6] = [
    ("Insecure connection", 403, ErrorKind::Permission),
    ("Invalid credentials", 401, ErrorKind::Auth),
    ("Invalid token", 401, ErrorKind::Auth),
    ("Service disabled", 403, ErrorKind::Permission),
    ("Wrong server", 403, ErrorKind::Auth),
    ("Permission denied", 403, ErrorKind::Permission),
];

/// A text in every form in which it may come.
fn forms(text: &str) -> [String; 7] {
    [
        json!({ "error": text }).to_string(),
        json!({ "message": text }).to_string(),
        json!({ "Message": format!("{text}.") }).to_string(),
        text.to_owned(),
        format!("  {}\r\n", text.to_uppercase()),
        format!("<!DOCTYPE html><html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>"),
        json!({"error": {"code": 7, "text": text}, "trace": null}).to_string(),
    ]
}

/// How many times a call is sent that is always answered so.
fn times(operation: &Operation, status: u16, stale: bool) -> usize {
    match status {
        _ if stale => 2,
        429 | 500.. if operation.safe => 3,
        _ => 1,
    }
}

#[test]
fn the_six_texts_are_known_in_every_form_by_every_call() {
    for operation in OPERATIONS {
        for (text, status, kind) in TEXTS {
            for body in forms(text) {
                // Nothing says which status comes with which text.
                for status in [status, 400, 403] {
                    let body = body.clone();
                    let shop = till(move |_, _| answer(status, body.clone()));
                    let error = called(&shop, operation).unwrap_err();
                    assert_eq!((error.kind, error.code.as_deref()), (kind, Some(text)), "{}", operation.name);
                    assert_eq!((error.status, error.hint.is_some_and(|hint| !hint.is_empty())), (Some(status), true));
                    assert_eq!(error.message, format!("IncoCloud answered {status}: {text}"));
                    let stale = status == 401 || matches!(text, "Invalid token" | "Wrong server");
                    let sent = (shop.world.calls().len(), shop.world.tokens());
                    let expected = if stale { (2, 2) } else { (1, 1) };
                    assert_eq!(sent, expected, "{} {status} {text}", operation.name);
                }
            }
        }
    }
}

#[test]
fn a_status_without_a_known_text_says_what_kind_of_failure_it_is() {
    use ErrorKind::{Auth, NotFound, Permission, RateLimited, UnknownOutcome, Upstream, Validation};
    for operation in OPERATIONS {
        for (status, kind) in [
            (400, Validation),
            (401, Auth),
            (403, Permission),
            (404, NotFound),
            (422, Validation),
            (429, RateLimited),
            (500, Upstream),
            (503, Upstream),
        ] {
            for (body, said) in [
                (r#"{"error":"Missing location_id"}"#, Some("Missing location_id")),
                (r#"{"message":" Липсва обект "}"#, Some("Липсва обект")),
                (r#"{"Message":"The request is invalid.","ModelState":{"x":["y"]}}"#, Some("The request is invalid.")),
                ("Missing location_id", Some("Missing location_id")),
                ("<html><body>Missing location_id</body></html>", None),
                ("{\"error\":", None),
                ("", None),
                ("[]", None),
            ] {
                let shop = till(move |outgoing, _| match outgoing.method {
                    // The look-up after a sale whose end is open.
                    "GET" if !operation.safe => answer(404, ""),
                    _ => answer(status, body),
                });
                let error = called(&shop, operation).unwrap_err();
                let unknown = !operation.safe && status >= 500;
                let expected = if unknown { UnknownOutcome } else { kind };
                assert_eq!((error.kind, error.status), (expected, Some(status)), "{} {body}", operation.name);
                assert!(error.hint.is_some_and(|hint| !hint.is_empty()) && error.code.is_none());
                let said = said.map_or_else(String::new, |said| format!(": {said}"));
                assert_eq!(error.message, format!("IncoCloud answered {status}{said}"));
                let sent = own_calls(&shop, operation).len();
                assert_eq!(sent, times(operation, status, status == 401), "{} {status}", operation.name);
            }
        }
    }
}

#[test]
fn a_named_wait_is_kept_by_what_may_be_repeated_and_told_by_what_may_not() {
    for operation in OPERATIONS {
        let mut calls = 0;
        let shop = till(move |outgoing, _| {
            calls += 1;
            match calls {
                1 => Reply::Answer(LATENCY, with(response(429, ""), "retry-after", "7")),
                _ if outgoing.method == "POST" => panic!("a sale is sent once"),
                _ => answer(200, "[]"),
            }
        });
        shop.world.always(0.0);
        let outcome = called(&shop, operation);
        let calls = shop.world.calls();
        if operation.safe {
            outcome.unwrap();
            assert_eq!(calls[1].at - calls[0].at, 7 * SECOND + LATENCY, "{}", operation.name);
        } else {
            let error = outcome.unwrap_err();
            assert_eq!((error.kind, calls.len()), (ErrorKind::RateLimited, 1));
            assert_eq!(error.retry_at, Some(calls[0].at + LATENCY + 7 * SECOND));
        }
    }
}

#[test]
fn what_is_not_an_answer_is_told_apart() {
    let cases: [(Said, ErrorKind, usize); 8] = [
        (|| answer(200, "{}"), ErrorKind::Decode, 1),
        (|| answer(200, r#"{"error":"x"}"#), ErrorKind::Decode, 1),
        (|| answer(200, "[{\"id\":"), ErrorKind::Decode, 1),
        (|| answer(204, ""), ErrorKind::Decode, 1),
        (|| answer(200, "<html></html>"), ErrorKind::Upstream, 3),
        (|| Reply::Silence, ErrorKind::Timeout, 3),
        (|| Reply::Failure(9, Failure::Network("reset".to_owned())), ErrorKind::Network, 3),
        (|| Reply::Failure(9, Failure::TooLong), ErrorKind::Upstream, 1),
    ];
    for operation in OPERATIONS.iter().filter(|operation| operation.safe) {
        for (reply, kind, sent) in cases {
            let shop = till(move |_, _| reply());
            let error = called(&shop, operation).unwrap_err();
            assert_eq!((error.kind, shop.world.calls().len()), (kind, sent), "{} {}", operation.name, error.message);
            assert!(error.hint.is_some());
        }
    }
}

// Tokens.

#[test]
fn a_thousand_callers_ask_for_one_token_and_it_is_used_for_ever() {
    let shop = till(|_, _| answer(200, "[]"));
    let callers: Vec<_> = (0..1_000).map(|_| shop.call("item", "{}", CallOptions::default())).collect();
    shop.world.run();
    assert!(callers.iter().all(|caller| caller.taken().unwrap().is_ok()));
    assert_eq!((shop.world.tokens(), shop.world.calls().len()), (1, 1_000));
    // Ten years later.
    shop.world.run_for(10 * 366 * 86_400 * SECOND);
    called(&shop, &SALES).unwrap();
    assert_eq!(shop.world.tokens(), 1);
}

/// A service that refuses its first token from the third second on, and gives out another for another server.
fn moved(status: u16, body: &'static str) -> Shop {
    let mut grants = 0;
    Shop::with(OPERATIONS, settings(), move |outgoing, now| {
        if is_token(outgoing) {
            grants += 1;
            return grant(&format!("T{grants}"), &format!("https://server-{grants}.incocloud.com"));
        }
        let old = outgoing.url.starts_with("https://server-1.") && now > START + 3 * SECOND;
        let known = outgoing.url.ends_with("token=T1") == outgoing.url.starts_with("https://server-1.");
        assert!(known, "a token is for one server: {}", outgoing.url);
        if old { answer(status, body) } else { answer(200, "[]") }
    })
}

#[test]
fn a_refused_token_is_renewed_once_for_all_and_its_new_server_is_asked() {
    for (status, body) in [
        (401, ""),
        (401, r#"{"error":"Invalid credentials"}"#),
        (401, "Token expired"),
        (403, r#"{"Message":"Invalid token"}"#),
        (403, "Wrong server"),
        (403, "<html>Wrong server</html>"),
        (400, r#"{"message":"invalid token"}"#),
    ] {
        let shop = moved(status, body);
        called(&shop, &ITEMS).unwrap();
        shop.world.run_for(5 * SECOND);
        let callers: Vec<_> = (0..40).map(|_| shop.call("sale", "{}", CallOptions::default())).collect();
        shop.world.run();
        assert!(callers.iter().all(|caller| caller.taken().unwrap().is_ok()), "{status} {body}");
        assert_eq!(shop.world.tokens(), 2, "{status} {body}");
        called(&shop, &ITEMS).unwrap();
        let last = shop.world.calls().pop().unwrap();
        assert_eq!(last.outgoing.url, "https://server-2.incocloud.com/connect/api/item?token=T2");
        // Each of the first four was refused at most once.
        assert!(shop.world.calls().len() <= 1 + 4 + 40 + 1, "{}", shop.world.calls().len());
    }
}

#[test]
fn a_sale_with_a_refused_token_is_sent_once_more_and_only_then() {
    let mut posts = 0;
    let shop = till(move |_, _| {
        posts += 1;
        if posts == 1 { answer(403, "Wrong server") } else { answer(200, r#"{"id":5}"#) }
    });
    called(&shop, &CREATE_SALE).unwrap();
    let bodies: HashSet<_> = shop.world.calls().into_iter().map(|logged| logged.outgoing.body).collect();
    assert_eq!((shop.world.calls().len(), shop.world.tokens(), bodies.len()), (2, 2, 1));
}

#[test]
fn a_second_refusal_is_final_and_the_next_call_tries_anew() {
    for (status, body) in [(401, "Invalid credentials"), (401, "Invalid token"), (403, "Wrong server"), (401, "")] {
        let shop = till(move |_, _| answer(status, body));
        for round in 1..=3 {
            let error = called(&shop, &ITEMS).unwrap_err();
            assert_eq!((error.kind, error.status), (ErrorKind::Auth, Some(status)));
            assert_eq!((shop.world.tokens(), shop.world.calls().len()), (2 * round, 2 * round), "{status} {body}");
        }
    }
}

#[test]
fn credentials_that_are_refused_are_not_tried_again() {
    for status in [401, 403, 400] {
        let shop = Shop::with(OPERATIONS, settings(), move |_, _| answer(status, "Invalid credentials"));
        let callers: Vec<_> = (0..50).map(|_| shop.call("item", "{}", CallOptions::default())).collect();
        shop.world.run();
        for caller in callers {
            let error = caller.taken().unwrap().unwrap_err();
            assert_eq!((error.kind, error.code.as_deref()), (ErrorKind::Auth, Some("Invalid credentials")));
        }
        assert_eq!((shop.world.tokens(), shop.world.calls().len()), (1, 0));
    }
}

#[test]
fn what_is_no_token_is_a_decode_error() {
    for body in [
        "",
        "[]",
        "{}",
        "<html>",
        r#"{"token":"T"}"#,
        r#"{"server_url":"https://server-7.incocloud.com"}"#,
        r#"{"token":"","server_url":"https://server-7.incocloud.com"}"#,
        r#"{"token":null,"server_url":"https://server-7.incocloud.com"}"#,
        r#"{"token":"T","server_url":7}"#,
    ] {
        let shop = Shop::with(OPERATIONS, settings(), move |_, _| answer(200, body));
        assert_eq!(called(&shop, &ITEMS).unwrap_err().kind, ErrorKind::Decode, "{body}");
        assert_eq!((shop.world.tokens(), shop.world.calls().len()), (1, 0));
    }
}

// Servers.

/// Servers that must never see a token.
const FOREIGN: [&str; 24] = [
    "",
    "https://169.254.169.254",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]",
    "https://[fd00:ec2::254]",
    "https://2852039166",
    "https://0x7f.1",
    "https://127.0.0.1",
    "https://localhost",
    "https://incocloud.com.evil.test",
    "https://evilincocloud.com",
    "https://evil.test#.incocloud.com",
    "https://evil.test?.incocloud.com",
    "https://evil.test/.incocloud.com",
    "https://evil.test\\.incocloud.com",
    "https://a@evil.test",
    "https://a:b@server-7.incocloud.com",
    "https://server-7.incocloud.com@evil.test",
    "https://server-7.incocloud.com:8443",
    "https://server-7.incocloud.com:443@evil.test",
    "http://server-7.incocloud.com",
    "//server-7.incocloud.com",
    "javascript://server-7.incocloud.com",
    "https://server-7.incocloud.com/a/..",
];

#[test]
fn no_server_but_the_suppliers_own_is_ever_asked_and_its_token_is_not_kept() {
    for server in FOREIGN {
        for operation in [&ITEMS, &CREATE_SALE] {
            let shop = Shop::with(OPERATIONS, settings(), move |outgoing, _| match is_token(outgoing) {
                true => grant("canary-token", server),
                false => panic!("{server} was asked: {}", outgoing.url),
            });
            for round in 1..=3 {
                let error = called(&shop, operation).unwrap_err();
                assert_eq!((error.kind, error.status, error.code), (ErrorKind::Policy, None, None), "{server}");
                assert!(error.hint.unwrap().contains("trustedServers"));
                assert!(server.is_empty() || !error.message.contains(server));
                assert_eq!((shop.world.tokens(), shop.world.calls().len()), (round, 0), "it is asked for anew");
            }
        }
    }
}

#[test]
fn callers_that_wait_for_a_token_of_a_foreign_server_are_all_refused() {
    let shop = Shop::with(OPERATIONS, settings(), |_, _| grant("T", "https://evil.test"));
    let callers: Vec<_> = (0..50).map(|_| shop.call("item", "{}", CallOptions::default())).collect();
    shop.world.run();
    assert!(callers.iter().all(|caller| caller.taken().unwrap().unwrap_err().kind == ErrorKind::Policy));
    assert_eq!(shop.world.log().len(), 1);
}

#[test]
fn a_refused_token_does_not_lead_to_a_foreign_server_either() {
    let mut grants = 0;
    let shop = Shop::with(OPERATIONS, settings(), move |outgoing, _| {
        if !is_token(outgoing) {
            assert!(outgoing.url.starts_with(SERVER), "{}", outgoing.url);
            return answer(403, "Wrong server");
        }
        grants += 1;
        grant("T", if grants == 1 { SERVER } else { "https://evil.test" })
    });
    assert_eq!(called(&shop, &CREATE_SALE).unwrap_err().kind, ErrorKind::Policy);
    assert_eq!((shop.world.tokens(), shop.world.calls().len()), (2, 1));
}

fn trusting(origins: &[&str]) -> Credentials {
    let origins = origins.iter().map(|&origin| origin.to_owned()).collect();
    Credentials::new(AUTH_URL.to_owned(), "app", "secret").trusting(origins)
}

#[test]
fn a_server_of_ones_own_is_trusted_exactly_as_it_is_named() {
    let own = "http://127.0.0.1:8790";
    for (server, good) in [
        ("http://127.0.0.1:8790", true),
        ("http://127.0.0.1:8790/", true),
        ("http://127.0.0.1:87900", false),
        ("http://127.0.0.1", false),
        ("http://127.0.0.1:8790//", false),
        ("http://127.0.0.1:8790/x", false),
        ("http://127.0.0.1:8790.evil.test", false),
        ("http://a@127.0.0.1:8790", false),
        ("https://127.0.0.1:8790", false),
        ("http://localhost:8790", false),
        (SERVER, true),
    ] {
        let settings = Settings { credentials: Some(trusting(&[own, "https://erp.test"])), ..settings() };
        let shop = Shop::with(OPERATIONS, settings, move |outgoing, _| match is_token(outgoing) {
            true => grant("T", server),
            false => answer(200, "[]"),
        });
        let outcome = called(&shop, &ITEMS);
        assert_eq!(
            outcome.as_ref().map_err(|error| error.kind).err(),
            (!good).then_some(ErrorKind::Policy),
            "{server}"
        );
        assert_eq!(shop.world.calls().len(), usize::from(good));
    }
}

#[test]
fn trust_is_asked_for_at_every_use_and_not_only_when_the_token_comes() {
    let own = "http://127.0.0.1:8790";
    let trusted = Settings { credentials: Some(trusting(&[own])), ..settings() };
    let shop = Shop::with(OPERATIONS, trusted, move |outgoing, _| match is_token(outgoing) {
        true => grant("T", own),
        false => answer(200, "[]"),
    });
    called(&shop, &ITEMS).unwrap();
    shop.client.account().borrow_mut().settings.credentials = Some(trusting(&[]));
    for operation in [&ITEMS, &CREATE_SALE] {
        assert_eq!(called(&shop, operation).unwrap_err().kind, ErrorKind::Policy);
    }
    assert_eq!(shop.world.calls().len(), 1);
}

// Names of fields.

fn names(given: Json) -> Result<Names, Error> {
    let given: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_value(given).unwrap();
    Names::new(OPERATIONS, given)
}

fn corrected(given: Json, rest: impl FnMut(&Outgoing, Ms) -> Reply + 'static) -> Shop {
    till_with(Settings { names: names(given).unwrap(), ..settings() }, rest)
}

#[test]
fn a_corrected_name_is_read_and_asked_for() {
    let body = r#"[{"code":"A","name":"x","price":12.50,"EAN":"38","order_":3,"price2":1}]"#;
    let given = json!({"item": {"regular_price": "price", "bar_code": "EAN", "location_id": "store"}});
    let shop = corrected(given, move |_, _| answer(200, body));
    let gathered = shop.call("item", r#"{"location_id":3,"code":"A"}"#, CallOptions::default()).outcome().unwrap();
    assert_eq!(shop.world.calls()[0].outgoing.url, format!("{SERVER}/connect/api/item?store=3&code=A&token=T1"));
    let rows = rows(&ITEMS, &gathered);
    assert_eq!(rows[0].decimal(Item::regular_price).unwrap().to_amount(), "12.50");
    assert_eq!(rows[0].text(Item::bar_code).unwrap(), "38");
    assert_eq!(
        rows[0].json(),
        r#"{"code":"A","name":"x","regular_price":12.50,"bar_code":"38","order_":3,"price2":1}"#
    );
}

#[test]
fn a_corrected_name_holds_for_its_resource_alone() {
    let shop = corrected(json!({"item": {"name": "title"}}), |outgoing, _| {
        answer(200, if outgoing.url.contains("/item?") { r#"[{"code":"A","title":"t"}]"# } else { r#"[{"name":"n"}]"# })
    });
    assert_eq!(rows(&ITEMS, &called(&shop, &ITEMS).unwrap())[0].text(Item::name).unwrap(), "t");
    let found = shop.call("partner", r#"{"name":"n"}"#, CallOptions::default()).outcome().unwrap();
    assert_eq!(std::str::from_utf8(&found.answers[0].body).unwrap(), r#"[{"name":"n"}]"#);
    assert!(shop.world.calls()[1].outgoing.url.contains("/partner?name=n&"));
}

#[test]
fn where_both_names_come_the_two_change_places() {
    let body =
        r#"[{"code":"A","name":"x","regular_price":1,"price":2},{"price":3,"regular_price":4,"code":"B","name":"y"}]"#;
    let shop = corrected(json!({"item": {"regular_price": "price"}}), move |_, _| answer(200, body));
    let gathered = called(&shop, &ITEMS).unwrap();
    let json: Vec<&str> = rows(&ITEMS, &gathered).iter().map(|row| row.json()).collect();
    assert_eq!(
        json,
        [
            r#"{"code":"A","name":"x","price":1,"regular_price":2}"#,
            r#"{"regular_price":3,"price":4,"code":"B","name":"y"}"#
        ]
    );
}

#[test]
fn a_name_inside_a_line_is_corrected_there_alone() {
    let given = json!({"sale": {"details": "lines", "details.price_out": "price", "details.item_id": "item"}});
    let body = r#"[{"operation_number":1,"total":5,"price":9,"lines":[{"item":7,"price":2.5},{"item":8,"price":1,"lines":[]}]}]"#;
    let shop = corrected(given, move |_, _| answer(200, body));
    let gathered = called(&shop, &SALES).unwrap();
    let sale = rows(&SALES, &gathered)[0];
    let lines: Vec<_> = sale
        .rows(Sale::details)
        .unwrap()
        .map(|line| (line.plain(SaleLine::item_id).unwrap(), line.plain(SaleLine::price_out).unwrap()))
        .collect();
    assert_eq!(lines, [("7".into(), "2.5".into()), ("8".into(), "1".into())]);
    assert!(sale.json().contains(r#""price":9"#) && sale.json().contains(r#""lines":[]"#));
}

#[test]
fn a_new_sale_is_sent_in_the_corrected_names() {
    let line = json!({"item_id": 456, "quantity": 2, "price_out": 29.99});
    let sale = json!({"location_id": 1, "partner_id": 123, "details": [line]});
    for (given, expected) in [
        (json!({"location_id": "store"}), json!({"store": 1, "partner_id": 123, "details": [line]})),
        (
            json!({"details.price_out": "price"}),
            json!({"location_id": 1, "partner_id": 123, "details": [{"item_id": 456, "quantity": 2, "price": 29.99}]}),
        ),
        (
            json!({"details": "lines", "details.price_out": "price", "id": "number"}),
            json!({"location_id": 1, "partner_id": 123, "lines": [{"item_id": 456, "quantity": 2, "price": 29.99}]}),
        ),
    ] {
        let shop = corrected(json!({ "createSale": given }), |_, _| answer(200, r#"{"id":4,"number":5}"#));
        shop.call("createSale", sale.to_string(), CallOptions::default()).outcome().unwrap();
        let body = shop.world.calls()[0].outgoing.body.clone().unwrap();
        assert_eq!(serde_json::from_slice::<Json>(&body).unwrap(), expected);
    }
}

#[test]
fn names_that_nobody_knows_are_refused() {
    for (given, said) in [
        (json!({"items": {"name": "x"}}), "no resource is named items"),
        (json!({"item": {"nome": "x"}}), "fieldNames.item: no field is named nome"),
        (json!({"sale": {"details.nome": "x"}}), "no field is named details.nome"),
        (json!({"item": {"name.x": "x"}}), "no field is named name.x"),
        (json!({"sale": {"details.": "x"}}), "no field is named details."),
        (json!({"item": {"name": ""}}), "the name is empty"),
    ] {
        let error = names(given).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Validation);
        assert!(error.message.contains(said) && error.hint.is_some(), "{said} is not in {}", error.message);
    }
    // What is asked with can be corrected as well as what is answered.
    names(json!({"item": {"only_available": "available"}, "sale": {"details.note": "x"}, "createSale": {"id": "x"}}))
        .unwrap();
}

// What is not as expected.

/// Every schema that a row or a part of it may have.
fn schemas() -> Vec<&'static Schema> {
    fn add(schema: &'static Schema, found: &mut Vec<&'static Schema>) {
        if found.iter().any(|known| std::ptr::eq(*known, schema)) {
            return;
        }
        found.push(schema);
        for field in schema.fields {
            if let Kind::One(child) | Kind::Many(child) | Kind::NumberOrMany(child) = field.kind {
                add(child, found);
            }
        }
    }
    let mut found = Vec::new();
    OPERATIONS.iter().for_each(|operation| add(operation.answer.schema(), &mut found));
    found
}

fn values() -> Vec<Json> {
    vec![
        json!(true),
        json!(-0.5),
        json!("x"),
        json!(" "),
        json!([]),
        json!(["x"]),
        json!([{"item_id": "odd", "id": {}}]),
        json!({}),
        json!({"a": [{"b": null}]}),
        json!("2024-13-45"),
    ]
}

fn fits(kind: Kind, value: &Json) -> bool {
    match kind {
        Kind::Text => value.is_string(),
        Kind::Number => value.is_number(),
        Kind::Bool => value.is_boolean(),
        Kind::TextOrNumber => value.is_string() || value.is_number(),
        Kind::Many(_) => value.as_array().is_some_and(|list| list.iter().all(Json::is_object)),
        Kind::One(_) => value.is_object(),
        Kind::Texts => value.as_array().is_some_and(|list| list.iter().all(Json::is_string)),
        Kind::Any | Kind::NumberOrMany(_) => true,
    }
}

/// What must be there, and nothing more.
fn least(schema: &'static Schema) -> serde_json::Map<String, Json> {
    let needed = schema.fields.iter().filter(|field| field.need.is_required());
    needed.map(|field| (field.name.to_owned(), fitting(field.kind))).collect()
}

#[test]
fn a_field_that_nobody_is_certain_of_may_be_anything() {
    let mut seen = 0;
    for schema in schemas() {
        for (position, field) in schema.fields.iter().enumerate() {
            if field.certainty == Certainty::Literal {
                continue;
            }
            assert!(!field.need.is_required(), "{}.{}", schema.name, field.name);
            for value in values() {
                let mut row = least(schema);
                row.insert(field.name.to_owned(), value.clone());
                let row = Json::Object(row);
                // The row before and the row after are read as ever.
                let body = json!([least(schema), row, least(schema)]).to_string();
                let tape = decode(body.as_bytes(), Shape::Rows(schema), Units::Bytes)
                    .unwrap_or_else(|fault| panic!("{}: {fault}: {body}", schema.name));
                decode(body.as_bytes(), Shape::Rows(schema), Units::Utf16).unwrap();
                let rows: Vec<_> = tape.rows(body.as_bytes(), schema).collect();
                assert_eq!(rows.len(), 3);
                assert_eq!(serde_json::from_str::<Json>(rows[1].json()).unwrap(), row);
                let absent = rows[1].value(position) == Value::Absent;
                assert_eq!(absent, !fits(field.kind, &value), "{}.{}: {value}", schema.name, field.name);
                for (other, known) in schema.fields.iter().enumerate().filter(|(other, _)| *other != position) {
                    let there = known.need.is_required();
                    assert!(rows.iter().all(|row| (row.value(other) != Value::Absent) == there), "{}", known.name);
                }
                seen += 1;
            }
            let mut row = least(schema);
            row.insert(field.name.to_owned(), Json::Null);
            let body = json!([row]).to_string();
            let tape = decode(body.as_bytes(), Shape::Rows(schema), Units::Bytes).unwrap();
            assert_eq!(tape.rows(body.as_bytes(), schema).next().unwrap().value(position), Value::Null);
        }
    }
    assert!(seen > 1_500, "{seen}");
}

#[test]
fn a_number_of_another_kind_is_no_key() {
    for value in [json!("5"), json!({"id": 5}), json!([5]), json!(true)] {
        let body = json!([{"operation_number": 1, "total": 2, "id": value, "date": 20240501}]).to_string();
        let tape = decode(body.as_bytes(), Shape::Rows(&SALE), Units::Bytes).unwrap();
        let keys: Vec<_> = tape.keys(body.as_bytes()).map(|(_, field, text)| (field, text.into_owned())).collect();
        assert_eq!(keys, [(Sale::operation_number, "1".to_owned())], "{value}");
    }
}

#[test]
fn an_odd_line_costs_no_more_than_its_own_field() {
    let body = r#"[{"operation_number":1,"total":2,"details":[{"item_id":"odd","quantity":2},{"item_id":7,"lot":5}],"payments":[5]}]"#;
    let shop = till(move |_, _| answer(200, body));
    let gathered = called(&shop, &SALES).unwrap();
    let sale = rows(&SALES, &gathered)[0];
    let lines: Vec<_> = sale.rows(Sale::details).unwrap().collect();
    assert_eq!(
        (lines[0].value(SaleLine::item_id), lines[0].plain(SaleLine::quantity)),
        (Value::Absent, Some("2".into()))
    );
    assert_eq!((lines[1].value(SaleLine::lot), lines[1].plain(SaleLine::item_id)), (Value::Absent, Some("7".into())));
    assert_eq!(sale.value(Sale::payments), Value::Absent);
    assert_eq!(sale.json(), &body[1..body.len() - 1]);
}

#[test]
fn what_the_supplier_prints_must_be_there_as_printed() {
    let mut seen = 0;
    for operation in OPERATIONS {
        let schema = operation.answer.schema();
        for field in schema.fields.iter().filter(|field| field.certainty == Certainty::Literal) {
            let wrong = values().into_iter().chain([Json::Null]).filter(|value| match value {
                Json::Null => field.need.is_required(),
                value => !fits(field.kind, value),
            });
            let wrong = wrong.map(Some).chain(field.need.is_required().then_some(None));
            for value in wrong {
                let mut row = least(schema);
                row.remove(field.name);
                row.extend(value.map(|value| (field.name.to_owned(), value)));
                let body = if operation.safe { json!([row]).to_string() } else { Json::Object(row).to_string() };
                let shown = body.clone();
                let shop = till(move |outgoing, _| match outgoing.method == "GET" && !operation.safe {
                    true => answer(200, "[]"),
                    false => answer(200, body.clone()),
                });
                let error = called(&shop, operation).unwrap_err();
                let kind = if operation.safe { ErrorKind::Decode } else { ErrorKind::UnknownOutcome };
                assert_eq!(error.kind, kind, "{} {shown}", operation.name);
                assert!(error.message.contains(field.name), "{}", error.message);
                seen += 1;
            }
        }
    }
    assert!(seen > 40, "{seen}");
}

#[test]
fn availability_may_be_absent_or_a_number_or_a_list_or_anything() {
    for (value, expected) in [
        ("", Value::Absent),
        (r#","availability":null"#, Value::Null),
        (r#","availability":3.5"#, Value::Json("3.5")),
        (r#","availability":[{"location_id":1,"quantity":2}]"#, Value::Json(r#"[{"location_id":1,"quantity":2}]"#)),
        (r#","availability":{"1":2}"#, Value::Json(r#"{"1":2}"#)),
        (r#","availability":"3""#, Value::Json(r#""3""#)),
        (r#","availability":[]"#, Value::Json("[]")),
        (r#","availability":false"#, Value::Json("false")),
    ] {
        let body = format!(r#"[{{"code":"A","name":"x"{value}}}]"#);
        let tape = decode(body.as_bytes(), Shape::Rows(&ITEM), Units::Bytes).unwrap();
        assert_eq!(tape.rows(body.as_bytes(), &ITEM).next().unwrap().value(Item::availability), expected);
    }
}

// A sale whose end is open.

/// A service that answers a new sale so, and lists these sales.
fn after_sale(reply: Said, listed: impl Into<String>) -> Shop {
    let listed = listed.into();
    till(move |outgoing, _| if outgoing.method == "POST" { reply() } else { answer(200, listed.clone()) })
}

fn sold(shop: &Shop, key: &str) -> Outcome {
    let options = CallOptions { idempotency_key: Some(key.to_owned()), ..CallOptions::default() };
    shop.call("createSale", NEW_SALE, options).outcome()
}

fn methods(shop: &Shop) -> Vec<&'static str> {
    shop.world.calls().iter().map(|logged| logged.outgoing.method).collect()
}

/// Everything after which nobody knows.
const OPEN: [Said; 11] = [
    || Reply::Silence,
    || Reply::Failure(9, Failure::Network("reset".to_owned())),
    || Reply::Failure(9, Failure::TooLong),
    || answer(500, ""),
    || answer(502, "<html>Bad Gateway</html>"),
    || answer(503, r#"{"message":"busy"}"#),
    || answer(200, ""),
    || answer(200, "<html></html>"),
    || answer(200, r#"{"id":null}"#),
    || answer(200, r#"{"id":"#),
    || answer(201, "[]"),
];

#[test]
fn a_sale_whose_end_is_open_is_sent_once_and_looked_up_once() {
    for reply in OPEN {
        let shop = after_sale(reply, "[]");
        let error = sold(&shop, "k1").unwrap_err();
        assert_eq!((error.kind, error.idempotency_key.as_deref()), (ErrorKind::UnknownOutcome, Some("k1")));
        assert!(error.hint.unwrap().contains("look for it"));
        assert!(error.message.ends_with("; no sale of these days is like it so far"), "{}", error.message);
        assert_eq!(methods(&shop), ["POST", "GET"]);
        let look = &shop.world.calls()[1].outgoing;
        assert_eq!(resource(look), "sale");
        let asked = ["location_id", "partner_id", "from_date", "to_date"].map(|name| parameter(look, name).unwrap());
        assert_eq!(asked, ["1", "123", "2024-06-25", "2024-06-27"], "a day more on each side: the shop has its own");
        // The same again is not sent, and with other lines neither.
        let again = sold(&shop, "k1").unwrap_err();
        assert_eq!((again.kind, again.idempotency_key.as_deref()), (ErrorKind::UnknownOutcome, Some("k1")));
        assert!(again.hint.unwrap().contains("new key"));
        let options = CallOptions { idempotency_key: Some("k1".to_owned()), ..CallOptions::default() };
        let other = NEW_SALE.replace("29.99", "30");
        assert_eq!(shop.call("createSale", other, options).outcome().unwrap_err().kind, ErrorKind::Conflict);
        assert_eq!(methods(&shop), ["POST", "GET"]);
    }
}

#[test]
fn a_failure_of_the_service_stays_open_whatever_its_page_says() {
    for (text, ..) in TEXTS {
        for status in [500, 502] {
            for body in forms(text) {
                let shop = till(move |outgoing, _| match outgoing.method {
                    "POST" => answer(status, body.clone()),
                    _ => answer(200, "[]"),
                });
                let error = sold(&shop, "k1").unwrap_err();
                assert_eq!(methods(&shop), ["POST", "GET"], "{status} {text}");
                assert_eq!(error.kind, ErrorKind::UnknownOutcome, "{status} {text}");
            }
        }
    }
}

#[test]
fn sales_that_are_like_it_are_named() {
    let sale = |number: u32, lines: Json| json!({"operation_number": number, "total": 1, "details": lines});
    let two = json!([
        {"item_id": 456, "quantity": 2, "price_out": 29.99},
        {"item_id": 7, "quantity": 1, "price_out": 5}
    ]);
    let turned = json!([
        {"price_out": 5.00, "quantity": 1.0, "item_id": 7, "note": "x"},
        {"item_id": 456, "quantity": 2, "price_out": 29.990}
    ]);
    let others = [
        sale(1, json!([])),
        sale(2, json!([{"item_id": 456, "quantity": 2, "price_out": 29.99}])),
        sale(3, json!([two[0], two[1], two[1]])),
        sale(4, json!([two[0], {"item_id": 7, "quantity": 2, "price_out": 5}])),
        sale(5, json!([two[0], {"item_id": 8, "quantity": 1, "price_out": 5}])),
        sale(6, json!([two[0], {"item_id": 7, "quantity": 1, "price_out": 5.01}])),
        sale(7, json!([two[0], {"item_id": 7, "quantity": 1}])),
        json!({"operation_number": 8, "total": 1}),
    ];
    for (like, said) in [
        (vec![], "; no sale of these days is like it so far"),
        (vec![sale(11, turned.clone())], "; sale 11 of these days is like it"),
        (vec![sale(11, turned), sale(12, two.clone())], "; sales 11, 12 of these days are like it"),
    ] {
        let listed = Json::Array(others.iter().cloned().chain(like).collect()).to_string();
        let shop = after_sale(|| Reply::Silence, listed);
        let args = json!({"location_id": 1, "partner_id": 123, "details": two}).to_string();
        let error = shop.call("createSale", args, CallOptions::default()).outcome().unwrap_err();
        assert!(error.message.ends_with(said), "{said} does not end {}", error.message);
        assert!(error.idempotency_key.is_some_and(|key| key.len() == 28), "a key is made where none is given");
    }
}

#[test]
fn a_look_up_that_fails_leaves_the_outcome_unknown() {
    for reply in [|| answer(403, "Permission denied"), || answer(200, "{}"), || Reply::Silence] {
        let shop = till(move |outgoing, _| if outgoing.method == "POST" { answer(500, "boom") } else { reply() });
        let error = sold(&shop, "k1").unwrap_err();
        assert_eq!((error.kind, error.status), (ErrorKind::UnknownOutcome, Some(500)));
        assert_eq!(error.message, "IncoCloud answered 500: boom");
        assert_eq!(own_calls(&shop, &CREATE_SALE).len(), 1);
        assert_eq!(sold(&shop, "k1").unwrap_err().kind, ErrorKind::UnknownOutcome);
        assert_eq!(own_calls(&shop, &CREATE_SALE).len(), 1);
    }
}

#[test]
fn a_sale_that_was_refused_may_be_sent_again_with_its_key() {
    for (status, body) in [
        (400, "Missing partner_id"),
        (403, "Permission denied"),
        (404, ""),
        (429, ""),
        (302, ""),
        (403, "Service disabled"),
    ] {
        let posts = Rc::new(RefCell::new(0));
        let count = posts.clone();
        let shop = till(move |outgoing, _| {
            assert_eq!(outgoing.method, "POST", "what was refused is not looked for");
            *count.borrow_mut() += 1;
            if *count.borrow() == 1 { answer(status, body) } else { answer(200, r#"{"id":5}"#) }
        });
        let error = sold(&shop, "k1").unwrap_err();
        assert_ne!(error.kind, ErrorKind::UnknownOutcome, "{status}");
        assert_eq!(*posts.borrow(), 1);
        sold(&shop, "k1").unwrap();
        // Done is done: the same answer without a request.
        let gathered = sold(&shop, "k1").unwrap();
        assert_eq!(rows(&CREATE_SALE, &gathered)[0].json(), r#"{"id":5}"#);
        assert_eq!(*posts.borrow(), 2);
    }
}

#[test]
fn a_sale_that_never_left_may_be_sent_again_with_its_key() {
    let unsendable: Said = || Reply::Failure(0, Failure::Unsendable("not a URL".to_owned()));
    let shop = after_sale(unsendable, "[]");
    assert_eq!(sold(&shop, "k1").unwrap_err().kind, ErrorKind::Validation);
    assert_eq!(sold(&shop, "k1").unwrap_err().kind, ErrorKind::Validation);
    assert_eq!(methods(&shop), ["POST", "POST"]);
    // No token came.
    let mut grants = 0;
    let shop = Shop::with(OPERATIONS, settings(), move |outgoing, _| {
        if !is_token(outgoing) {
            return answer(200, r#"{"id":5}"#);
        }
        grants += 1;
        if grants == 1 { answer(400, "") } else { grant("T", SERVER) }
    });
    assert_eq!(sold(&shop, "k1").unwrap_err().kind, ErrorKind::Validation);
    sold(&shop, "k1").unwrap();
}

#[test]
fn a_caller_that_gives_up_a_sale_under_way_leaves_its_outcome_unknown() {
    for (after, kind) in [(TOKEN_WAIT, None), (TOKEN_WAIT + 70, Some(ErrorKind::UnknownOutcome))] {
        let shop = after_sale(|| answer(200, r#"{"id":5}"#), "[]");
        let options = CallOptions { idempotency_key: Some("k1".to_owned()), ..CallOptions::default() };
        let caller = shop.call("createSale", NEW_SALE, options);
        shop.world.run_for(after);
        caller.drop_it();
        assert_eq!(sold(&shop, "k1").err().map(|error| error.kind), kind);
        assert_eq!(own_calls(&shop, &CREATE_SALE).len(), 1);
    }
}

/// Within the time that a token takes.
const TOKEN_WAIT: Ms = 50;

#[test]
fn the_overall_deadline_of_a_sale_under_way_leaves_its_outcome_unknown() {
    let shop = after_sale(|| Reply::Silence, "[]");
    let options =
        CallOptions { idempotency_key: Some("k1".to_owned()), overall_timeout_ms: Some(500), ..CallOptions::default() };
    let error = shop.call("createSale", NEW_SALE, options).outcome().unwrap_err();
    assert_eq!((error.kind, error.idempotency_key.as_deref()), (ErrorKind::UnknownOutcome, Some("k1")));
    assert_eq!(own_calls(&shop, &CREATE_SALE).len(), 1);
    assert_eq!(sold(&shop, "k1").unwrap_err().kind, ErrorKind::UnknownOutcome);
    assert_eq!(own_calls(&shop, &CREATE_SALE).len(), 1);
}

// How many at once.

#[test]
fn an_account_has_four_requests_under_way_and_no_more() {
    let shop = till(|_, _| answer(200, "[]"));
    let mut callers: Vec<_> = RESOURCES.iter().map(|(name, _)| shop.call(name, "{}", CallOptions::default())).collect();
    callers.extend((0..200).map(|_| shop.call("item", "{}", CallOptions::default())));
    shop.world.run();
    assert!(callers.iter().all(|caller| caller.taken().unwrap().is_ok()));
    assert_eq!(shop.world.most_flying(), 4);
    // Nobody is kept from a place that is free: a place is looked for every 25 ms.
    let bound = 80 + (233 / 4 + 1) * (LATENCY + 25);
    assert!(shop.world.passed() <= bound, "{} of {bound}", shop.world.passed());
}

#[test]
fn places_are_given_back_by_callers_that_give_up_or_vanish() {
    let soon = 2 * (LATENCY + 25);
    // Who gives up leaves its place at once, who vanishes when the deadline of its request has passed.
    type Leave = fn(&Caller<Outcome>);
    let ways: [(Leave, Ms); 2] = [(Caller::drop_it, soon), (Caller::vanish, 10 * SECOND + soon)];
    for (leave, bound) in ways {
        let shop = till(|outgoing, _| match resource(outgoing) {
            "voucher" => Reply::Silence,
            _ => answer(200, "[]"),
        });
        called(&shop, &ITEMS).unwrap();
        let stuck: Vec<_> = (0..20).map(|_| shop.call("voucher", "{}", CallOptions::default())).collect();
        shop.world.run_for(shop.world.passed() + 50);
        assert_eq!(shop.world.calls().len(), 1 + 4);
        stuck.iter().for_each(leave);
        let left = shop.world.passed();
        let callers: Vec<_> = (0..8).map(|_| shop.call("item", "{}", CallOptions::default())).collect();
        shop.world.run_for(left + 60 * SECOND);
        for caller in callers {
            assert!(caller.done_after() <= left + bound, "{} after {left}", caller.done_after());
            caller.taken().unwrap().unwrap();
        }
    }
}

#[test]
fn places_are_given_back_by_calls_that_fail() {
    let mut number = 0;
    let shop = till(move |_, _| {
        number += 1;
        match number % 5 {
            0 => answer(400, ""),
            1 => answer(200, "{"),
            2 => Reply::Failure(9, Failure::TooLong),
            3 => Reply::Failure(0, Failure::Unsendable("x".to_owned())),
            _ => answer(200, "[]"),
        }
    });
    let callers: Vec<_> = (0..100).map(|_| shop.call("item", "{}", CallOptions::default())).collect();
    shop.world.run();
    assert_eq!(callers.iter().filter(|caller| caller.taken().unwrap().is_ok()).count(), 20);
    assert_eq!(shop.world.most_flying(), 4);
    assert!(shop.world.passed() < 20 * SECOND, "no place waited for a deadline: {}", shop.world.passed());
}
