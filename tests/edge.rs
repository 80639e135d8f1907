//! Who may call what at the proxy, and what nobody is ever told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "core/mod.rs"]
mod common;

use std::cell::Cell;
use std::rc::Rc;

use common::edge::*;
use common::supplier::{answer, response, with};
use common::world::{Reply, World};
use serde_json::{Value, json};
use stocklane::clients::requests;
use stocklane::edge::{PolicyGiven, Proxy, ProxySettings, Request, Response};
use stocklane::engine::Outgoing;
use stocklane::operation::{ErrorKind, Operation};
use stocklane::{incocloud, intercars};

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "DELETE", "OPTIONS"];

type Table = &'static [&'static Operation];

fn tables() -> [(&'static str, Table); 2] {
    [("/intercars", intercars::OPERATIONS), ("/incocloud", incocloud::OPERATIONS)]
}

/// Answers everything with a row of its own.
fn knows_everything(outgoing: &Outgoing) -> Reply {
    answer(200, Canaries::default().answer(asked_for(outgoing)).to_string())
}

/// What is to be sent to the proxy for an operation, once for each of its forms.
fn samples(prefix: &str, table: Table, operation: &Operation) -> Vec<Outgoing> {
    let base = format!("https://proxy.test{prefix}");
    let mut args = vec![sound_args(operation)];
    if operation.forms.len() > 1 {
        let many: Vec<String> = (0..100).map(|number| format!("{number:032}")).collect();
        args.push(json!({ "sku": many }));
    }
    let built = |args: &Value| requests(table, operation.name, args.to_string().into_bytes(), &base, "en").unwrap();
    args.iter().flat_map(built).collect()
}

fn target(outgoing: &Outgoing) -> &str {
    outgoing.url.strip_prefix("https://proxy.test").unwrap()
}

fn nothing_here(front: &Front, claims: &Value) -> String {
    nameless(&front.get(claims, "/there/is/no/such/path"))
}

#[test]
fn every_operation_is_there_for_those_who_may_call_it_and_for_nobody_else() {
    let front = Front::new(both(), |outgoing, _| knows_everything(outgoing));
    let mut asked = 0;
    for (prefix, table) in tables() {
        for operation in table {
            let samples = samples(prefix, table, operation);
            assert_eq!(samples.len(), operation.forms.len(), "{}: every form", operation.name);
            for sample in samples {
                let target = target(&sample);
                let path = target.strip_prefix(prefix).unwrap().split('?').next().unwrap();
                for (who, claims) in everybody() {
                    let nothing = nothing_here(&front, &claims);
                    for method in METHODS {
                        let body = Some(sample.body.clone().unwrap_or_default());
                        let before = front.hits();
                        let response = front.ask(front.by(&claims, Request { body, ..request(method, target) }));
                        let hits = front.hits() - before;
                        let what = format!("{who} {method} {target}: {}", whole(&response));
                        asked += 1;
                        let there = |other: &&&'static Operation| {
                            may(&claims, other)
                                && other.forms.iter().any(|form| form.method.as_str() == method && is_path(form, path))
                        };
                        if method == "OPTIONS" {
                            assert_eq!((response.status, text(&response).as_str(), hits), (204, "", 0), "{what}");
                        } else if method == sample.method && may(&claims, operation) {
                            assert_eq!(response.status, 200, "{what}");
                            assert!(text(&response).len() > 4, "{what}");
                        } else if table.iter().any(|other| there(&other)) {
                            assert!(matches!(response.status, 200 | 400), "{what}");
                        } else {
                            assert_eq!((nameless(&response), hits), (nothing.clone(), 0), "{what}");
                            assert_eq!(response.status, 404);
                        }
                    }
                }
            }
        }
    }
    assert_eq!(asked, 4 * 5 * (18 + 34 + 1), "an operation more or less is to be thought about here");
}

#[test]
fn every_write_is_closed_to_everybody() {
    let front = Front::new(both(), |outgoing, _| knows_everything(outgoing));
    let mut writes = 0;
    for (prefix, table) in tables() {
        for operation in table.iter().filter(|operation| !operation.safe) {
            for sample in samples(prefix, table, operation) {
                for (who, claims) in everybody() {
                    let body = Some(sample.body.clone().unwrap_or_default());
                    let response =
                        front.ask(front.by(&claims, Request { body, ..request(sample.method, target(&sample)) }));
                    assert_eq!(nameless(&response), nothing_here(&front, &claims), "{who} {}", operation.name);
                    writes += 1;
                }
            }
        }
    }
    assert_eq!((writes, front.hits()), (4 * 4, 0));
}

#[test]
fn the_combined_answers_are_there_for_everybody_by_their_methods_alone() {
    let front = Front::new(both(), |outgoing, _| knows_everything(outgoing));
    let lines = json!({"lines": [{"sku": "A", "quantity": 2}]});
    let everywhere = [
        ("/availability?sku=A", &["GET"][..]),
        ("/offers?sku=A&quantity=2", &["GET"]),
        ("/offers", &["POST"]),
        ("/search?q=A", &["GET"]),
        ("/widgets/stock?sku=A&lang=pl", &["GET"]),
        ("/widgets/quote?sku=A", &["GET"]),
        ("/healthz", &["GET", "HEAD"]),
        ("/widgets/cart?sku=A", &[]),
        ("/", &[]),
        ("/intercars", &[]),
        ("/intercars/", &[]),
        ("/intercarsx/inventory/stock?sku=A", &[]),
        ("/incocloud/connect/api/", &[]),
        ("/Availability?sku=A", &[]),
        ("/availability/?sku=A", &[]),
    ];
    for (who, claims) in everybody() {
        for (target, methods) in everywhere {
            for method in METHODS {
                let before = front.hits();
                let response = front.ask(front.by(&claims, Request { method: method.into(), ..post(target, &lines) }));
                let what = format!("{who} {method} {target}: {}", whole(&response));
                if method == "OPTIONS" {
                    assert_eq!((response.status, front.hits()), (204, before), "{what}");
                } else if methods.contains(&method) {
                    assert_eq!(response.status, 200, "{what}");
                } else if target.starts_with("/offers") && matches!(method, "GET" | "POST") {
                    assert_eq!(response.status, 400, "{what}");
                } else {
                    assert_eq!((nameless(&response), front.hits()), (nothing_here(&front, &claims), before), "{what}");
                }
            }
        }
        let expected = if who == "staff" { 200 } else { 404 };
        assert_eq!(front.get(&claims, "/metrics").status, expected, "{who}");
    }
}

#[test]
fn a_suppliers_path_wants_the_header_that_no_form_can_send() {
    let front = Front::new(both(), |outgoing, _| knows_everything(outgoing));
    for marked in [None, Some("0"), Some("1 "), Some("")] {
        for claims in [buyer(), staff()] {
            let unmarked =
                Request { marked: marked.map(str::to_owned), ..request("GET", "/intercars/inventory/stock?sku=A") };
            assert_eq!(front.ask(front.by(&claims, unmarked)).status, 403);
        }
    }
    assert_eq!(front.hits(), 0);
}

/// What a supplier charges the shop, under whatever name.
const COST: [&str; 10] = [
    "customerPriceNet",
    "customerPriceGross",
    "unitPriceNet",
    "unitPriceGross",
    "totalNet",
    "totalGross",
    "toBePaid",
    "trade_in_price",
    "price_in",
    "vat_in",
];

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap()
}

#[test]
fn of_a_suppliers_row_nobody_is_shown_what_the_table_does_not_know_and_few_what_it_costs() {
    for (prefix, table) in tables() {
        for operation in table.iter().filter(|operation| operation.safe) {
            for (who, claims) in everybody().into_iter().filter(|(_, claims)| may(claims, operation)) {
                let mut canaries = Canaries::default();
                let body = canaries.answer(operation).to_string();
                let front = Front::new(both(), move |_, _| answer(200, body.clone()));
                let sample = samples(prefix, table, operation).remove(0);
                let body = Some(sample.body.clone().unwrap_or_default());
                let ask = || {
                    front.ask(
                        front.by(&claims, Request { body: body.clone(), ..request(sample.method, target(&sample)) }),
                    )
                };
                let seen = [whole(&ask()), whole(&ask()), front.metrics(), front.edge.logs.borrow().concat()].concat();
                let name = operation.name;
                for (path, canary) in &canaries.put {
                    let shown = seen.contains(canary.as_str());
                    if path.starts_with("item.availability.") {
                        // A test of its own.
                    } else if path.ends_with("zz_new") {
                        assert!(!shown, "{who} {name}: {path} in {seen}");
                    } else if COST.contains(&last(path)) {
                        // A sale of the shop's own is in the shop's own prices.
                        let sees = who == "staff"
                            || who == "buyer with cost"
                                && !matches!(last(path), "price_in" | "vat_in" | "trade_in_price");
                        assert_eq!(shown, sees, "{who} {name}: {path} in {seen}");
                    } else if who == "staff" {
                        assert!(shown, "{who} {name}: {path} in {seen}");
                    }
                    if last(path).contains("RouteCode") || last(path) == "location_code" {
                        assert_eq!(shown, who == "staff", "{who} {name}: {path}");
                    }
                }
            }
        }
    }
}

#[test]
fn where_an_items_pieces_lie_nothing_else_is_shown_either() {
    let front = Front::new(both(), |outgoing, _| knows_everything(outgoing));
    let rows = read(&front.get(&buyer(), "/incocloud/connect/api/item"));
    assert_eq!(shown_paths(&rows[0]["availability"]), ["location_id", "quantity"]);
}

/// A stock row and a quote line, full.
fn full(canaries: &mut Canaries, outgoing: &Outgoing, pieces: &str) -> Reply {
    let operation = asked_for(outgoing);
    let mut rows = canaries.answer(operation);
    match operation.name {
        "stock" => rows[0]["availability"] = serde_json::from_str(pieces).unwrap(),
        "quote" => rows[0]["lines"][0]["availability"] = serde_json::from_str(pieces).unwrap(),
        "item" => {
            rows[0]["code"] = json!("A");
            rows[0]["availability"][0]["quantity"] = serde_json::from_str(pieces).unwrap();
        }
        _ => {}
    }
    answer(200, rows.to_string())
}

#[test]
fn a_visitor_is_told_no_place_no_cost_and_nothing_new_by_whatever_way() {
    let canaries = Rc::new(std::cell::RefCell::new(Canaries::default()));
    let filled = canaries.clone();
    let cache = Rc::new(Common::default());
    let world = World::new(tokens(move |outgoing, _| full(&mut filled.borrow_mut(), outgoing, "7")));
    let front = Front::in_world(&world, Some(&cache), both());
    let targets = [
        "/availability?sku=A",
        "/offers?sku=A&quantity=2",
        "/widgets/stock?sku=A",
        "/widgets/quote?sku=A",
        "/search?q=A",
    ];
    for claims in [visitor(), json!({"sub": "v", "role": "visitor", "seesCost": true, "shipTo": "S1"}), buyer()] {
        let is_visitor = claims["role"] != "buyer";
        let mut seen = String::new();
        for target in targets {
            for _ in 0..2 {
                let response = front.get(&claims, target);
                assert_eq!(response.status, 200);
                seen.push_str(&whole(&response));
            }
        }
        seen.push_str(&front.edge.logs.borrow().concat());
        seen.push_str(&front.metrics());
        let left = cache.ever.borrow();
        let mine = |key: &str| key.contains(if is_visitor { "\"visitor\"" } else { "\"buyer\"" });
        let values: Vec<String> = left
            .iter()
            .map(|(key, value)| if mine(key) { String::from_utf8_lossy(value).into_owned() } else { key.clone() })
            .collect();
        assert!(
            values.iter().any(|value| value.contains("\"state\""))
                && values.iter().any(|value| value.contains("\"unit\""))
        );
        seen.push_str(&values.concat());
        // What a price or a search tells by its nature.
        const OPEN: [&str; 14] = [
            "quote.price.currencyCode",
            "quote.price.listPriceGross",
            "quote.price.vatPercentage",
            "quote.price.refundableAmountGross",
            "quote.lines.shipToBusinessUnitDeliveryDateTime",
            "products.products.index",
            "products.products.brand",
            "products.products.shortDescription",
            // A buyer may be told where it lies, and until when to order.
            "stock.location",
            "stock.orderDateTimeTo",
            "stock.shipToBusinessUnitDeliveryDateTime",
            "item.availability.location_id",
            "item.availability.quantity",
            "location.name",
        ];
        for (path, canary) in &canaries.borrow().put {
            let open = &OPEN[..if is_visitor { 8 } else { OPEN.len() }];
            if !open.contains(&path.as_str()) {
                assert!(!seen.contains(canary.as_str()), "{claims}: {path}");
            }
        }
        if is_visitor {
            assert!(!seen.contains("\"location\":") && !seen.contains("\"cost\":"), "{seen}");
        }
    }
}

/// A supplier whose customer pays so much for what it has so many of.
fn priced(cost: &'static str, pieces: &'static str) -> Front {
    Front::new(both(), move |outgoing, _| {
        let stock = format!("{{\"location\":\"POZ\",\"sku\":\"A\",\"availability\":{pieces}}}");
        match asked_for(outgoing).name {
            "stock" => answer(200, format!("[{stock}]")),
            "quote" => answer(
                200,
                format!(
                    "[{{\"sku\":\"A\",\"quantity\":1,\"price\":{{\"currencyCode\":\"PLN\",\"listPriceNet\":80,\
                     \"listPriceGross\":98.4,\"vatPercentage\":23,\"customerPriceNet\":{cost},\
                     \"customerPriceGross\":{cost}}},\"lines\":[{stock}]}}]"
                ),
            ),
            _ => answer(200, "[]"),
        }
    })
}

#[test]
fn two_wholesale_prices_look_alike_in_every_byte() {
    for claims in [visitor(), buyer()] {
        for target in ["/offers?sku=A&quantity=3", "/widgets/quote?sku=A", "/availability?sku=A"] {
            let [cheap, dear] = ["1.5", "12345.678"].map(|cost| whole(&priced(cost, "7").get(&claims, target)));
            assert_eq!(cheap, dear);
        }
    }
    let quote = |cost, claims: &Value| {
        let front = priced(cost, "7");
        whole(&front.ask(front.by(claims, post("/intercars/inventory/quote", &json!({"lines": [{"sku": "A"}]})))))
    };
    assert_eq!(quote("1.5", &buyer()), quote("12345.678", &buyer()));
    assert_ne!(quote("1.5", &payer()), quote("12345.678", &payer()));
    let offer = |claims: &Value| read(&priced("61.5", "7").get(claims, "/offers?sku=A"));
    assert_eq!(offer(&buyer())[0].get("cost"), None);
    for claims in [payer(), staff()] {
        assert_eq!(offer(&claims)[0]["cost"], json!({"amount": "61.50", "currency": "PLN", "vat": "gross"}));
    }
}

#[test]
fn seven_and_nine_pieces_look_alike_to_a_visitor_and_apart_to_a_buyer() {
    for target in ["/availability?sku=A", "/widgets/stock?sku=A", "/offers?sku=A&quantity=5"] {
        let [seven, nine] = ["7", "9"].map(|pieces| whole(&priced("1", pieces).get(&visitor(), target)));
        assert_eq!(seven, nine);
    }
    let told = |pieces, claims: &Value| read(&priced("1", pieces).get(claims, "/availability?sku=A"))[0].clone();
    assert_ne!(told("7", &buyer()), told("9", &buyer()));
    assert_eq!(told("12", &visitor())["quantity"], json!({"value": 10.0, "atLeast": true}));
    assert_eq!(told("4000", &visitor()), told("12", &visitor()));
    assert_eq!(told("2", &visitor())["state"], "orderable", "{:?}", told("2", &visitor()));
    assert_eq!(told("7", &buyer())["places"][0]["location"], "POZ");
    assert_eq!(told("7", &visitor())["places"], json!([]));
    let mut settings = wholesale();
    settings.places = [("POZ".to_owned(), "Our warehouse".to_owned())].into();
    let front = Front::new(settings, |_, _| {
        answer(
            200,
            "[{\"location\":\"POZ\",\"sku\":\"A\",\"availability\":7},{\"location\":\"HZA\",\"sku\":\"A\",\"availability\":7}]",
        )
    });
    let place = read(&front.get(&visitor(), "/availability?sku=A"))[0]["places"].clone();
    assert_eq!(place, json!([{"source": "intercars", "label": "Our warehouse", "quantity": null}]));
}

#[test]
fn what_a_supplier_says_in_an_error_is_told_to_nobody() {
    let errors = [
        (400, "{\"code\":\"ICF299\",\"details\":\"CANARY pays 12.34\",\"errorId\":\"E1\"}"),
        (400, "{\"code\":\"ICF101\",\"details\":\"CANARY pays 12.34\"}"),
        (422, "{\"details\":\"CANARY\"}"),
        (409, "{\"code\":\"CANARY\",\"kind\":\"policy\",\"detail\":\"CANARY\"}"),
        (403, "{\"message\":\"CANARY\",\"description\":\"CANARY\"}"),
        (404, "CANARY"),
        (429, "{\"message\":\"CANARY\"}"),
        (500, "<html>CANARY</html>"),
        (200, "{\"CANARY\":"),
        (200, "<html>CANARY</html>"),
        (302, "CANARY"),
    ];
    for (status, body) in errors {
        let front = Front::new(both(), move |_, _| {
            Reply::Answer(5, with(with(response(status, body), "set-cookie", "CANARY"), "server", "CANARY"))
        });
        for (_, claims) in everybody() {
            for target in [
                "/availability?sku=A",
                "/offers?sku=A",
                "/search?q=A",
                "/widgets/stock?sku=A",
                "/intercars/inventory/stock?sku=A",
                "/intercars/invoice/X",
                "/incocloud/connect/api/item",
            ] {
                let seen = whole(&front.get(&claims, target));
                assert!(!seen.contains("CANARY"), "{status} {target}: {seen}");
            }
        }
        let told = [front.edge.logs.borrow().concat(), front.metrics()].concat();
        // A code is told to the log, for that is what it is for; words are not.
        assert_eq!(told.contains("CANARY"), status == 409, "{told}");
        assert!(told.contains("upstream"));
    }
}

fn refused(given: Value) -> String {
    let settings = ProxySettings { policy: policy(given.clone()), ..both() };
    let world = World::new(|_, _| answer(200, "[]"));
    match Proxy::new(Edge::new(&world, None), Edge::new(&world, None), settings) {
        Err(error) => {
            assert_eq!(error.kind, ErrorKind::Validation, "{given}");
            assert!(error.hint.is_some(), "{given}: {error}");
            error.message
        }
        Ok(_) => panic!("taken: {given}"),
    }
}

#[test]
fn a_policy_that_names_what_is_not_or_may_not_be_is_refused_when_it_is_given() {
    for given in [
        json!({"guest": {}}),
        json!({"Visitor": {}}),
        json!({"buyer": {"stock": {}}}),
        json!({"buyer": {"stock": {"show": [], "hide": []}}}),
    ] {
        assert!(serde_json::from_value::<PolicyGiven>(given.clone()).is_err(), "{given}");
    }
    let one = |role: &str, operation: &str, path: &str| json!({ role: { operation: { "show": [path] } } });
    for (role, operation, path) in [
        ("buyer", "stocks", "sku"),
        ("buyer", "", "sku"),
        ("buyer", "token", "sku"),
        ("staff", "allProducts", "sku"),
        ("buyer", "stock", "price"),
        ("buyer", "stock", ""),
        ("buyer", "stock", "sku."),
        ("buyer", "stock", ".sku"),
        ("buyer", "stock", "sku.sku"),
        ("buyer", "quote", "price.secret"),
        ("buyer", "quote", "price."),
        ("staff", "quote", "Price"),
        ("visitor", "availability", "*"),
        ("visitor", "offers", "*"),
        ("visitor", "search", "*"),
        ("visitor", "availability", "places"),
        ("visitor", "availability", "places.location"),
        ("visitor", "offers", "cost"),
        ("visitor", "offers", "cost.amount"),
        ("buyer", "finances", "balance"),
        ("buyer", "customer", "name"),
        ("visitor", "customer", "name"),
        ("buyer", "partner", "name"),
        ("buyer", "purchase", "*"),
    ] {
        let message = refused(one(role, operation, path));
        assert!(message.starts_with(&format!("policy.{role}.{operation}:")), "{message}");
    }
    for (_, table) in tables() {
        for operation in table {
            let first = if operation.safe { "*" } else { operation.answer.schema().fields[0].name };
            refused(one("visitor", operation.name, operation.answer.schema().fields[0].name));
            if !operation.safe {
                refused(one("buyer", operation.name, first));
                refused(one("staff", operation.name, first));
            }
        }
    }
}

fn with_policy(given: Value, canaries: &Rc<std::cell::RefCell<Canaries>>) -> Front {
    let filled = canaries.clone();
    Front::new(ProxySettings { policy: policy(given), ..both() }, move |outgoing, _| {
        full(&mut filled.borrow_mut(), outgoing, "7")
    })
}

/// Every path of a value down to what has nothing inside.
fn paths(value: &Value, prefix: &str, into: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            paths(value, &path, into);
        }),
        Value::Array(rows) => rows.iter().for_each(|row| paths(row, prefix, into)),
        _ => {
            into.insert(prefix.to_owned());
        }
    }
}

fn shown_paths(value: &Value) -> Vec<String> {
    let mut into = Default::default();
    paths(value, "", &mut into);
    into.into_iter().collect()
}

fn shown(response: &Response) -> Vec<String> {
    shown_paths(&read(response))
}

#[test]
fn a_narrower_policy_shows_exactly_its_paths() {
    let front = with_policy(
        json!({
            "visitor": {"availability": {"show": ["state", "sku"]}, "offers": {"show": ["unit.amount"]}},
            "buyer": {
                "stock": {"show": ["availability", "sku"]},
                "quote": {"show": ["price.listPriceNet", "price.customerPriceNet", "lines.location", "sku"]},
                "items": {"show": ["code", "trade_in_price"]},
                "offers": {"show": ["*"]},
            },
        }),
        &Rc::default(),
    );
    let quote = |claims: &Value| {
        shown(&front.ask(front.by(claims, post("/intercars/inventory/quote", &json!({"lines": [{"sku": "A"}]})))))
    };
    assert_eq!(shown(&front.get(&visitor(), "/availability?sku=A")), ["sku", "state"]);
    assert_eq!(shown(&front.get(&visitor(), "/offers?sku=A")), ["unit.amount"]);
    assert_eq!(shown(&front.get(&buyer(), "/intercars/inventory/stock?sku=A")), ["availability", "sku"]);
    assert_eq!(quote(&buyer()), ["lines.location", "price.listPriceNet", "sku"]);
    assert_eq!(quote(&payer()), ["lines.location", "price.customerPriceNet", "price.listPriceNet", "sku"]);
    assert_eq!(shown(&front.get(&buyer(), "/incocloud/connect/api/item")), ["code"]);
    assert_eq!(shown(&front.get(&payer(), "/incocloud/connect/api/item")), ["code", "trade_in_price"]);
    let offer =
        |claims: &Value| shown(&front.get(claims, "/offers?sku=A")).iter().any(|path| path.starts_with("cost."));
    assert_eq!((offer(&buyer()), offer(&payer())), (false, true));
    // What is not named does not exist for this role, and everything is as ever for another.
    for (target, claims) in [
        ("/search?q=A", visitor()),
        ("/availability?sku=A", buyer()),
        ("/intercars/catalog/category", buyer()),
        ("/intercars/invoice/X", buyer()),
    ] {
        assert_eq!(nameless(&front.get(&claims, target)), nothing_here(&front, &claims), "{target}");
    }
    assert_eq!(front.get(&staff(), "/intercars/catalog/category").status, 200);
}

#[test]
fn under_every_name_a_cost_is_shown_to_a_buyer_with_a_session_for_it_alone() {
    for (prefix, table) in tables() {
        for operation in table.iter().filter(|operation| may(&buyer(), operation)) {
            let canaries = Rc::new(std::cell::RefCell::new(Canaries::default()));
            let front = with_policy(json!({"buyer": {operation.name: {"show": ["*"]}}}), &canaries);
            let sample = samples(prefix, table, operation).remove(0);
            let body = Some(sample.body.clone().unwrap_or_default());
            let ask =
                |claims: &Value| {
                    whole(&front.ask(
                        front.by(claims, Request { body: body.clone(), ..request(sample.method, target(&sample)) }),
                    ))
                };
            let (without, with) = (ask(&buyer()), ask(&payer()));
            for (path, canary) in &canaries.borrow().put {
                if COST.contains(&last(path)) {
                    assert!(!without.contains(canary.as_str()), "{}: {path} in {without}", operation.name);
                }
            }
            let any = canaries
                .borrow()
                .put
                .iter()
                .any(|(path, canary)| COST.contains(&last(path)) && with.contains(canary.as_str()));
            let has = canaries.borrow().put.keys().any(|path| COST.contains(&last(path)));
            assert_eq!(any, has, "{}", operation.name);
        }
    }
}

#[test]
fn a_widget_whose_policy_leaves_out_what_it_needs_says_that_nobody_knows() {
    let unknown = |front: &Front, target: &str| {
        let response = front.get(&visitor(), target);
        assert_eq!(response.status, 200, "{}", whole(&response));
        text(&response)
    };
    let nobody = Front::new(wholesale(), |_, _| answer(200, "[]"));
    let front = with_policy(
        json!({"visitor": {"availability": {"show": ["sku"]}, "offers": {"show": ["sku", "unit.amount"]}}}),
        &Rc::default(),
    );
    for target in ["/widgets/stock?sku=A&lang=de", "/widgets/quote?sku=A&lang=de"] {
        let before = front.hits();
        assert_eq!(unknown(&front, target), unknown(&nobody, target));
        assert!(front.hits() > before);
    }
    let known = with_policy(json!({}), &Rc::default());
    assert_ne!(unknown(&known, "/widgets/stock?sku=A&lang=de"), unknown(&nobody, "/widgets/stock?sku=A&lang=de"));
    assert_ne!(unknown(&known, "/widgets/quote?sku=A&lang=de"), unknown(&nobody, "/widgets/quote?sku=A&lang=de"));
    // Without a policy for it there is no widget either.
    let none = with_policy(json!({"visitor": {}}), &Rc::default());
    assert_eq!(none.get(&visitor(), "/widgets/stock?sku=A").status, 404);
}

#[test]
fn a_page_is_rendered_with_what_everybody_may_see_whoever_asks() {
    let hits = Rc::new(Cell::new(0));
    let front = priced("1", "7");
    for (_, claims) in everybody() {
        let seen = whole(&front.get(&claims, "/widgets/stock?sku=A"));
        assert_eq!(seen, whole(&front.get(&visitor(), "/widgets/stock?sku=A")));
        hits.set(hits.get() + 1);
    }
    assert_eq!(hits.get(), 4);
}
