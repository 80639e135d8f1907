//! From arguments to what is sent, byte for byte, and what is refused before anything is sent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "core/mod.rs"]
mod common;

use common::sample;
use proptest::prelude::*;
use serde_json::json;
use stocklane::clients::requests;
use stocklane::engine::Outgoing;
use stocklane::intercars::{BASE_URL, OPERATIONS, QUOTE, STOCK};
use stocklane::operation::{
    Args, AskedKey, Audience, Error, ErrorKind, Form, Lane, Method, Names, Operation, Place, Sent, encode_query,
    encode_segment,
};
use stocklane::wire::{Kind, Need, Shape, Units, decode, schema};

const BASE: &str = "https://supplier.test/ic";

fn built(operation: &str, args: serde_json::Value) -> Vec<Outgoing> {
    requests(OPERATIONS, operation, args.to_string().into_bytes(), BASE, "pl").unwrap()
}

fn stock(args: serde_json::Value) -> Outgoing {
    let mut all = built("stock", args);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn target(outgoing: &Outgoing) -> &str {
    outgoing.url.strip_prefix(BASE).unwrap()
}

/// What is said to arguments that are refused.
fn refused(operation: &'static Operation, args: &str) -> String {
    match Args::check(operation, args.as_bytes().to_vec()) {
        Ok(_) => panic!("accepted: {args}"),
        Err(bad) => bad.to_string(),
    }
}

/// RFC 3986, and nothing of forms: a plus is a plus.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[test]
fn a_stock_query_is_written_as_the_pages_write_it() {
    let cases = [
        (json!({"sku": ["ADDFFF", "ADDFFA"]}), "/inventory/stock?sku=ADDFFF,ADDFFA"),
        (json!({"sku": ["ADDFFF"], "location": ["POZ", "HZA"]}), "/inventory/stock?sku=ADDFFF&location=POZ,HZA"),
        (json!({"sku": ["ADDFFF"], "shipTo": "00008"}), "/inventory/stock?sku=ADDFFF&shipTo=00008"),
        (json!({"index": ["OP 520"]}), "/inventory/stock?index=OP%20520"),
        (json!({"index": ["HU 716/2 x", "A+B"]}), "/inventory/stock?index=HU%20716%2F2%20x,A%2BB"),
        (json!({"sku": ["A"], "index": [], "location": [], "shipTo": null}), "/inventory/stock?sku=A"),
        (
            json!({"shipTo": "8.0", "location": ["KOM"], "sku": ["ż&=#?"]}),
            "/inventory/stock?sku=%C5%BC%26%3D%23%3F&location=KOM&shipTo=8.0",
        ),
    ];
    for (args, expected) in cases {
        let outgoing = stock(args);
        assert_eq!((outgoing.method, target(&outgoing), &outgoing.body), ("GET", expected, &None));
        assert_eq!(outgoing.headers, [("Accept", "application/json".to_owned()), ("Accept-Language", "pl".to_owned())]);
    }
}

#[test]
fn up_to_two_thousand_characters_are_a_get_and_more_are_a_post() {
    let around = |length: usize| {
        let before = format!("{BASE}/inventory/stock?sku=").len() + "&location=POZ".len();
        stock(json!({"sku": ["A".repeat(length - before)], "location": ["POZ"]}))
    };
    let longest = around(2_000);
    assert_eq!((longest.method, longest.url.len()), ("GET", 2_000));
    let longer = around(2_001);
    assert_eq!((longer.method, target(&longer)), ("POST", "/inventory/stock?location=POZ"));

    let skus: Vec<String> = (0..100).map(|number| format!("LONGSKU{number:020}")).collect();
    let posted = stock(json!({"sku": skus, "shipTo": "8.0", "location": ["POZ", "HZA"]}));
    assert_eq!(posted.method, "POST");
    assert_eq!(target(&posted), "/inventory/stock?location=POZ,HZA&shipTo=8.0");
    assert_eq!(posted.body.unwrap(), format!("{{\"sku\":\"{}\"}}", skus.join(",")).into_bytes());
    assert!(posted.headers.contains(&("Content-Type", "application/json".to_owned())));
    let by_index = stock(json!({"index": ["x \"1\" ".repeat(400)]}));
    let body: serde_json::Value = serde_json::from_slice(&by_index.body.unwrap()).unwrap();
    assert_eq!(body, json!({"index": "x \"1\" ".repeat(400)}));
}

#[test]
fn the_posted_body_is_the_one_on_the_suppliers_page() {
    let expected: serde_json::Value = serde_json::from_slice(&sample("stock_post_request")).unwrap();
    let args = Args::check(&STOCK, br#"{"sku":["ADDFFF","ADDFA","ADDFZ"]}"#.to_vec()).unwrap();
    // A base that leaves no room for a query.
    let request = args.request(0..3, 2_000, &Names::default());
    assert_eq!((request.method, request.target.as_str()), (Method::Post, "/inventory/stock"));
    assert_eq!(request.body.as_deref().unwrap(), br#"{"sku":"ADDFFF,ADDFA,ADDFZ"}"#);
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&request.body.unwrap()).unwrap(), expected);
}

#[test]
fn a_quote_is_the_one_on_the_suppliers_page() {
    let expected: serde_json::Value = serde_json::from_slice(&sample("quote_request")).unwrap();
    let [outgoing] = &built("quote", expected.clone())[..] else { panic!("one request") };
    assert_eq!((outgoing.method, target(outgoing)), ("POST", "/inventory/quote"));
    assert_eq!(outgoing.body.as_deref().unwrap(), br#"{"lines":[{"sku":"ADDFFF","quantity":10}]}"#);
    assert_eq!(serde_json::from_slice::<serde_json::Value>(outgoing.body.as_ref().unwrap()).unwrap(), expected);
}

#[test]
fn a_quantity_that_is_left_out_is_one() {
    for line in [json!({"sku": "A"}), json!({"sku": "A", "quantity": null})] {
        let [outgoing] = &built("quote", json!({"lines": [line], "location": ["POZ"], "shipTo": "80"}))[..] else {
            panic!("one request")
        };
        assert_eq!(outgoing.body.as_deref().unwrap(), br#"{"lines":[{"sku":"A","quantity":1}]}"#);
        assert_eq!(target(outgoing), "/inventory/quote?location=POZ&shipTo=80");
    }
    let [outgoing] = &built("quote", json!({"lines": [{"index": "OP 520", "quantity": 2.5}]}))[..] else {
        panic!("one request")
    };
    assert_eq!(outgoing.body.as_deref().unwrap(), br#"{"lines":[{"index":"OP 520","quantity":2.5}]}"#);
}

#[test]
fn unknown_arguments_are_ignored_and_never_sent() {
    let outgoing = stock(json!({"sku": ["A"], "pretty": "secret", "__proto__": {"location": ["secret"]}}));
    assert_eq!(target(&outgoing), "/inventory/stock?sku=A");
    let [outgoing] =
        &built("quote", json!({"lines": [{"sku": "A", "quantity": 1, "price": "secret"}], "x": "secret"}))[..]
    else {
        panic!("one request")
    };
    assert_eq!(outgoing.body.as_deref().unwrap(), br#"{"lines":[{"sku":"A","quantity":1}]}"#);
}

#[test]
fn what_is_too_much_for_one_request_is_split_in_order() {
    let skus: Vec<String> = (0..250).map(|number| format!("S{number}")).collect();
    let all = built("stock", json!({"sku": skus}));
    let sent: Vec<&str> = all.iter().map(|one| target(one).strip_prefix("/inventory/stock?sku=").unwrap()).collect();
    assert_eq!(sent, [skus[..100].join(","), skus[100..200].join(","), skus[200..].join(",")]);

    let lines: Vec<_> = skus[..61].iter().map(|sku| json!({"sku": sku})).collect();
    let bodies: Vec<serde_json::Value> = built("quote", json!({"lines": lines}))
        .iter()
        .map(|one| serde_json::from_slice(one.body.as_ref().unwrap()).unwrap())
        .collect();
    let counts: Vec<usize> = bodies.iter().map(|body| body["lines"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [30, 30, 1]);
    assert_eq!(bodies[2], json!({"lines": [{"sku": "S60", "quantity": 1}]}));
}

#[test]
fn arguments_against_a_rule_are_refused_in_plain_words() {
    for args in [
        "{}",
        r#"{"sku":[]}"#,
        r#"{"sku":["A"],"index":["B"]}"#,
        r#"{"sku":null}"#,
        r#"{"sku":[],"index":[],"location":["POZ"]}"#,
    ] {
        assert_eq!(refused(&STOCK, args), "give one of sku or index, with at least one entry", "{args}");
    }
    assert_eq!(refused(&STOCK, r#"{"sku":["A",""]}"#), "sku has an empty entry");
    assert_eq!(refused(&STOCK, r#"{"index":[" \t"]}"#), "index has an empty entry");
    let eleven = ["X"; 11].join("\",\"");
    assert_eq!(
        refused(&STOCK, &format!("{{\"sku\":[\"A\"],\"location\":[\"{eleven}\"]}}")),
        "location takes 10 entries at most, not 11"
    );
    assert_eq!(
        refused(&QUOTE, &format!("{{\"lines\":[{{\"sku\":\"A\"}}],\"location\":[\"{eleven}\"]}}")),
        "location takes 10 entries at most, not 11"
    );
    let ten = ["X"; 10].join("\",\"");
    assert!(Args::check(&STOCK, format!("{{\"sku\":[\"A\"],\"location\":[\"{ten}\"]}}").into_bytes()).is_ok());
    for line in
        ["{}", r#"{"sku":"A","index":"B"}"#, r#"{"sku":""}"#, r#"{"sku":" "}"#, r#"{"quantity":1}"#, r#"{"sku":null}"#]
    {
        assert_eq!(
            refused(&QUOTE, &format!("{{\"lines\":[{{\"sku\":\"A\"}},{line}]}}")),
            "lines[1] must name its item by sku or by index, one of them",
            "{line}"
        );
    }
    // A name that is blank beside one that is not: which of them is meant?
    assert_eq!(
        refused(&QUOTE, r#"{"lines":[{"sku":"","index":"OP 520"}]}"#),
        "lines[0] must name its item by sku or by index, one of them"
    );
}

#[test]
fn arguments_of_the_wrong_shape_are_refused_by_their_place() {
    for (operation, args, said) in [
        (&STOCK, "", "ended too early at byte 0"),
        (&STOCK, "[]", "expected an object at byte 0"),
        (&STOCK, r#"{"sku":"A"}"#, "sku: expected a list at byte 7"),
        (&STOCK, r#"{"sku":[1]}"#, "sku[0]: expected a text at byte 8"),
        (&STOCK, r#"{"sku":["A"],"shipTo":8}"#, "shipTo: expected a text at byte 22"),
        (&QUOTE, "{}", "lines: required, but missing at byte 2"),
        (&QUOTE, r#"{"lines":null}"#, "lines: required, but null at byte 13"),
        (&QUOTE, r#"{"lines":[{"sku":"A","quantity":"1"}]}"#, "lines[0].quantity: expected a digit at byte 32"),
    ] {
        assert_eq!(refused(operation, args), said, "{args}");
    }
}

#[test]
fn a_builder_names_what_it_does_not_know() {
    let error = requests(OPERATIONS, "stocks", b"{}".to_vec(), BASE, "pl").unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Validation, "no operation is named stocks"));
    let error = requests(OPERATIONS, "stock", b"{}".to_vec(), BASE, "pl").unwrap_err();
    assert_eq!(error.message, "stock: give one of sku or index, with at least one entry");
    assert!(error.hint.is_some());
    for language in ["", "pl-PL", "de-DE,de;q=0.9", "xx", "PL"] {
        let error = requests(OPERATIONS, "stock", br#"{"sku":["A"]}"#.to_vec(), BASE, language).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Validation, "{language}");
    }
}

#[test]
fn a_base_may_end_in_a_slash() {
    let with = requests(OPERATIONS, "stock", br#"{"sku":["A"]}"#.to_vec(), &format!("{BASE_URL}/"), "pl").unwrap();
    assert_eq!(with[0].url, format!("{BASE_URL}/inventory/stock?sku=A"));
}

#[test]
fn keys_are_told_apart_by_what_they_were_asked_by() {
    let args = Args::check(
        &QUOTE,
        br#"{"lines":[{"sku":"A"},{"index":"OP 520","sku":null},{"sku":"A","quantity":2}]}"#.to_vec(),
    );
    let keys = args.unwrap().keys();
    let key = |by_index, text: &str| AskedKey { by_index, text: text.to_owned() };
    assert_eq!(keys, [key(false, "A"), key(true, "OP 520"), key(false, "A")]);
    let args = Args::check(&STOCK, br#"{"index":["OP 520","\u017c"]}"#.to_vec()).unwrap();
    assert_eq!(args.keys(), [key(true, "OP 520"), key(true, "ż")]);
}

schema! {
    /// Of everything one.
    pub SENT = SentArgs {
        /// Into the path.
        Required id: Text,
        /// A number into the query.
        Optional limit: Number,
        /// True or false into the query.
        Optional techId: Bool,
        /// A text into the body.
        Optional comments: Text,
        /// A number into the body.
        Optional price: Number,
        /// True or false into the body.
        Optional deferred: Bool,
        /// Texts into the body.
        Optional emails: Texts,
        /// Anything into the body.
        Optional extra: Any,
    }
}

static EVERY_PLACE: Operation = Operation {
    name: "everyPlace",
    dialect: STOCK.dialect,
    source: "none",
    forms: &[Form {
        method: Method::Post,
        path: "/sales/requisition/{}/confirm",
        sent: &[
            Sent { arg: SentArgs::id, name: "id", place: Place::Path },
            Sent { arg: SentArgs::limit, name: "limit", place: Place::Query },
            Sent { arg: SentArgs::techId, name: "techId", place: Place::Query },
            Sent { arg: SentArgs::comments, name: "comments", place: Place::Body },
            Sent { arg: SentArgs::price, name: "price", place: Place::Body },
            Sent { arg: SentArgs::deferred, name: "deferred", place: Place::Body },
            Sent { arg: SentArgs::emails, name: "emails", place: Place::Body },
            Sent { arg: SentArgs::extra, name: "extra", place: Place::Body },
        ],
        body: None,
        max_url: usize::MAX,
    }],
    args: &SENT,
    rules: &[],
    answer: Shape::One(&SENT),
    safe: true,
    lane: Lane::Background,
    batch: None,
    others: None,
    inquiry: None,
    window: None,
    pages: None,
    audience: Audience::Staff,
    fresh_ms: 0,
};

#[test]
fn every_place_is_written_in_its_own_way() {
    let request = |args: serde_json::Value| {
        let args = Args::check(&EVERY_PLACE, args.to_string().into_bytes()).unwrap();
        assert_eq!(args.parts(), std::slice::from_ref(&(0..0)));
        let request = args.request(0..0, 0, &Names::default());
        (request.target, request.body.map(|body| String::from_utf8(body).unwrap()))
    };
    assert_eq!(
        request(json!({"id": "LAZ/19/0001"})),
        ("/sales/requisition/LAZ%2F19%2F0001/confirm".to_owned(), Some("{}".to_owned()))
    );
    let (target, body) = request(json!({
        "id": "a b{}", "limit": 50, "techId": true, "comments": "a\"\n", "price": 12.50, "deferred": false,
        "emails": ["x@y", "ż"], "extra": {"a": [1, null]}
    }));
    assert_eq!(target, "/sales/requisition/a%20b%7B%7D/confirm?limit=50&techId=true");
    assert_eq!(
        body.unwrap(),
        r#"{"comments":"a\"\u000a","price":12.5,"deferred":false,"emails":["x@y","ż"],"extra":{"a":[1,null]}}"#
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_encoded_query_says_what_was_given(text in any::<String>()) {
        let mut encoded = String::new();
        encode_query(&mut encoded, &text);
        prop_assert_eq!(percent_decoded(&encoded).unwrap(), &*text);
        prop_assert!(!encoded.contains(['+', ' ', '&', '=', '#', '?', '/', '"', '<']));
        prop_assert!(encoded.is_ascii());
        prop_assert_eq!(encoded.matches(',').count(), text.matches(',').count(), "commas stay bare");
        prop_assert_eq!(encoded.matches("%20").count(), text.matches(' ').count());
    }

    #[test]
    fn an_encoded_segment_stays_one_segment(text in any::<String>()) {
        let mut encoded = String::new();
        encode_segment(&mut encoded, &text);
        prop_assert_eq!(percent_decoded(&encoded).unwrap(), text);
        prop_assert!(!encoded.contains(['/', '?', '#', ' ', '+', ',']));
    }

    #[test]
    fn whatever_is_asked_is_sent_once_and_in_order(
        keys in prop::collection::vec("[A-Zżф +/&%]{0,12}[A-Z]", 1..260),
        by_index in any::<bool>(),
        location in prop::collection::vec("[A-Z]{3}", 0..=10),
        ship_to in prop::option::of("[A-Z0-9.]{1,8}"),
    ) {
        let name = if by_index { "index" } else { "sku" };
        let mut args = json!({name: keys, "location": location});
        if let Some(ship_to) = &ship_to {
            args["shipTo"] = json!(ship_to);
        }
        let mut sent = Vec::new();
        for outgoing in built("stock", args) {
            prop_assert!(outgoing.method == "POST" || outgoing.url.len() <= 2_000);
            let (path, query) = target(&outgoing).split_once('?').unwrap_or((target(&outgoing), ""));
            prop_assert_eq!(path, "/inventory/stock");
            let pairs: Vec<(&str, String)> = query
                .split('&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| pair.split_once('=').unwrap())
                .map(|(name, value)| (name, percent_decoded(value).unwrap()))
                .collect();
            let value = |name: &str| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.clone());
            prop_assert_eq!(value("location").unwrap_or_default(), location.join(","));
            prop_assert_eq!(value("shipTo"), ship_to.clone());
            let asked = match &outgoing.body {
                None => value(name).unwrap(),
                Some(body) => {
                    let body: serde_json::Value = serde_json::from_slice(body).unwrap();
                    prop_assert_eq!(body.as_object().unwrap().len(), 1);
                    body[name].as_str().unwrap().to_owned()
                }
            };
            let asked: Vec<String> = asked.split(',').map(str::to_owned).collect();
            prop_assert!(asked.len() <= 100);
            sent.extend(asked);
        }
        prop_assert_eq!(sent, keys);
    }
}

#[test]
fn the_table_keeps_its_own_rules() {
    for operation in OPERATIONS {
        assert!(!operation.forms.is_empty(), "{}", operation.name);
        assert_eq!(
            operation.forms.last().unwrap().max_url,
            usize::MAX,
            "the last form of {} has a limit",
            operation.name
        );
        for form in operation.forms {
            assert!(form.sent.iter().all(|sent| sent.arg < operation.args.fields.len()));
            let in_path = form.sent.iter().filter(|sent| sent.place == Place::Path).count();
            assert_eq!(form.path.matches("{}").count(), in_path);
        }
        if let Some(batch) = &operation.batch {
            let answer = operation.answer.schema();
            let rows = answer.fields.iter().find(|field| field.need == Need::Rows);
            let row = match rows.map(|rows| rows.kind) {
                Some(Kind::Many(row)) => row,
                Some(_) => panic!("{} has no rows", operation.name),
                None => answer,
            };
            assert!(batch.keys.iter().all(|key| row.fields[*key].need.is_key()), "{}", operation.name);
        }
        assert_eq!(Operation::named(OPERATIONS, operation.name).map(|found| found.source), Some(operation.source));
    }
}

#[test]
fn a_refused_order_tells_what_the_customers_account_says() {
    let submit = Operation::named(OPERATIONS, "submitRequisition").unwrap();
    let inquiry = submit.inquiry.unwrap();
    let asked = Args::check(submit, br#"{"lines":[{"sku":"A","requiredQuantity":1}]}"#.to_vec()).unwrap();
    let refused = |status| Error { status: Some(status), ..Error::new(ErrorKind::Validation, "refused") };
    assert_eq!([400, 409, 500].map(|status| (inquiry.helps)(&refused(status))), [true, false, false]);
    assert_eq!(inquiry.operation.name, "finances");
    assert_eq!((inquiry.args)(&asked, 0), "{}");

    let (business, same) = (ErrorKind::Business, ErrorKind::Validation);
    for (allowed, overdue, kind, message, hint) in [
        (false, "12.5", business, "refused; payments are overdue: 12.50 PLN", Some("Pay what is overdue")),
        (
            false,
            "0",
            business,
            "refused; the supplier takes no orders of this customer now",
            Some("Ask the supplier why"),
        ),
        (true, "0.01", same, "refused; orders are allowed, yet payments are overdue: 0.01 PLN", None),
        (true, "-3", same, "refused", None),
    ] {
        let body = format!(r#"{{"orderingAllowed":{allowed},"overdueBalance":{overdue},"currencyCode":"PLN"}}"#);
        let answer = inquiry.operation.answer;
        let tape = decode(body.as_bytes(), answer, Units::Bytes).unwrap();
        let mut error = refused(400);
        (inquiry.tell)(&mut error, &asked, &mut tape.rows(body.as_bytes(), answer.schema()));
        assert_eq!((error.kind, error.message.as_str()), (kind, message));
        assert_eq!(error.hint.map(|told| told.starts_with(hint.unwrap())), hint.map(|_| true), "{:?}", error.hint);
    }
}
