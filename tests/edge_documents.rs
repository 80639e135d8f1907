//! Whose a document is, and which paths lead to one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "core/mod.rs"]
mod common;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use common::edge::*;
use common::supplier::{answer, settings};
use common::world::Reply;
use proptest::prelude::*;
use serde_json::{Value, json};
use stocklane::clients::{Client, Clock, Quiet, Transport};
use stocklane::edge::{Body, Proxy, Request, Response};
use stocklane::engine::{CallOptions, Failure, Gap, Ms, Outgoing, Settings};
use stocklane::operation::{Headers, Operation, Response as Answer};
use stocklane::wire::Units;
use stocklane::{incocloud, intercars};

fn customer(name: &str) -> Value {
    json!({"sub": name, "role": "buyer", "shipTo": name})
}

fn nobody() -> Value {
    json!({"sub": "n", "role": "buyer"})
}

/// The wholesaler's operations whose rows name a customer.
fn documents() -> Vec<&'static Operation> {
    let has = |operation: &&Operation, name| operation.answer.schema().position(name).is_some();
    let all = intercars::OPERATIONS.iter().copied();
    all.filter(|operation| operation.safe && has(operation, "billTo") && has(operation, "shipTo")).collect()
}

fn query(outgoing: &Outgoing) -> BTreeMap<String, String> {
    let (_, query) = outgoing.url.split_once('?').unwrap_or_default();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Path and query of a search over these days.
fn search_path(operation: &Operation, from: &str, to: &str, more: &str) -> String {
    let form = &operation.forms[0];
    let name = |arg: usize| form.sent.iter().find(|sent| sent.arg == arg).unwrap().name;
    let window = operation.window.as_ref().unwrap();
    format!("/intercars{}?{}={from}&{}={to}{more}", form.path, name(window.from), name(window.to))
}

/// One document, whoever pays and whoever receives it; its number says which day it is of.
fn paper(operation: &Operation, id: &str, day: &str, bill_to: Value, ship_to: Value) -> Value {
    let stamp = if operation.name.contains("Invoice") { "issueDate" } else { "creationDate" };
    let mut paper = json!({"id": id, "currencyCode": "PLN", "billTo": bill_to, "shipTo": ship_to});
    paper[stamp] = json!(format!("{day}T10:00:00Z"));
    paper
}

#[test]
fn a_document_is_there_for_whoever_pays_or_receives_and_for_nobody_else() {
    let documents = documents();
    assert_eq!(documents.len(), 8, "a document more or less is to be thought about here");
    for operation in documents.iter().filter(|operation| operation.pages.is_none()) {
        let path = format!("/intercars{}", operation.forms[0].path.replace("{}", "D%2F1"));
        for (bill_to, ship_to, to_a, to_b) in [
            (json!("A"), json!("A"), true, false),
            (json!("A"), json!("B"), true, true),
            (json!("X"), json!("B"), false, true),
            (json!("B"), json!("X"), false, true),
            (json!("X"), json!("Y"), false, false),
            (json!("a"), json!("A "), false, false),
            (json!(null), json!(null), false, false),
            (json!(""), json!("AB"), false, false),
        ] {
            let body = json!([paper(operation, "D/1", "2024-06-25", bill_to.clone(), ship_to.clone())]).to_string();
            let front = Front::new(wholesale(), move |_, _| answer(200, body.clone()));
            let nothing = nameless(&front.get(&customer("A"), "/nowhere"));
            for (claims, there) in [
                (customer("A"), to_a),
                (customer("B"), to_b),
                (customer("C"), false),
                (customer(""), bill_to == ""),
                (nobody(), false),
                (staff(), true),
            ] {
                let response = front.get(&claims, &path);
                let what = format!("{} {bill_to} {ship_to} {claims}: {}", operation.name, whole(&response));
                if there {
                    assert_eq!(response.status, 200, "{what}");
                    assert_eq!(read(&response)[0]["id"], "D/1", "{what}");
                } else {
                    assert_eq!(nameless(&response), nothing, "{what}");
                }
            }
        }
    }
}

#[test]
fn of_an_order_that_is_split_a_buyer_is_shown_its_own_part() {
    let parts = json!([
        {"id": "1", "billTo": "X", "shipTo": "A"}, {"id": "2", "billTo": "X", "shipTo": "B"}, {"id": "3", "billTo": "A"},
        {"id": "4"},
    ]);
    let front = Front::new(wholesale(), move |_, _| answer(200, parts.to_string()));
    let ids = |claims: &Value| {
        let rows = read(&front.get(claims, "/intercars/sales/requisition/R1"));
        rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&customer("A")), ["1", "3"]);
    assert_eq!(ids(&customer("B")), ["2"]);
    assert_eq!(ids(&staff()), ["1", "2", "3", "4"]);
    // One order may come without a list.
    let front = Front::new(wholesale(), |_, _| answer(200, r#"{"id": "1", "billTo": "X", "shipTo": "A"}"#));
    assert_eq!(read(&front.get(&customer("A"), "/intercars/sales/order/1"))["id"], "1");
    assert_eq!(front.get(&customer("B"), "/intercars/sales/order/1").status, 404);
}

#[test]
fn who_has_no_customer_of_its_own_has_no_documents() {
    let partner = json!({"sub": "n", "role": "buyer", "partnerId": 7});
    for operation in documents() {
        let front = Front::new(both(), |_, _| answer(200, "[]"));
        let path = match operation.pages {
            None => format!("/intercars{}", operation.forms[0].path.replace("{}", "D1")),
            Some(_) => search_path(operation, "2024-06-25", "2024-06-26", ""),
        };
        // A number of the shop's is none of the supplier's.
        for claims in [visitor(), nobody(), partner.clone()] {
            let response = front.get(&claims, &path);
            assert_eq!(nameless(&response), nameless(&front.get(&claims, "/nowhere")), "{claims} {path}");
        }
        assert_eq!(front.hits(), 0);
        assert_eq!((front.get(&staff(), &path).status, front.hits()), (200, 1), "{path}");
    }
}

/// A supplier with so many documents a day, of which every `own`th is A's; counts the pages that it was asked for.
fn archive(operation: &'static Operation, a_day: usize, own: usize, shift: usize) -> (Front, Rc<Cell<usize>>) {
    let pages = Rc::new(Cell::new(0));
    let asked = pages.clone();
    let front = Front::new(wholesale(), move |outgoing, _| {
        asked.set(asked.get() + 1);
        let query = query(outgoing);
        let window = operation.window.as_ref().unwrap();
        let sent = |arg: usize| operation.forms[0].sent.iter().find(|sent| sent.arg == arg).unwrap().name;
        let (from, to) = (&query[sent(window.from)], &query[sent(window.to)]);
        let number = |name: &str, other: usize| query.get(name).map_or(other, |text| text.parse().unwrap());
        let most = operation.pages.as_ref().unwrap().most as usize;
        let (offset, limit) = (number("offset", 1).max(1), number("limit", most).min(most));
        let mut rows = Vec::new();
        for day in 1..=30 {
            let day = format!("2024-06-{day:02}");
            if &day < from || &day > to {
                continue;
            }
            for at in 0..a_day {
                let whose = if at % own == shift { json!("A") } else { json!("B") };
                // The supplier itself heeds a receiving customer.
                if query.get("shipTo").is_none_or(|ship_to| whose == *ship_to) {
                    rows.push(paper(operation, &format!("{day}/{at}"), &day, json!("payer"), whose));
                }
            }
        }
        let page: Vec<Value> = rows.into_iter().skip(offset - 1).take(limit).collect();
        answer(200, json!(page).to_string())
    });
    (front, pages)
}

fn searches() -> Vec<&'static Operation> {
    documents().into_iter().filter(|operation| operation.pages.is_some()).collect()
}

#[test]
fn a_search_shows_a_buyer_its_own_rows_alone_and_says_where_to_go_on() {
    for operation in searches() {
        let forces = operation.args.position("shipTo").is_some();
        let most = operation.pages.as_ref().unwrap().most as usize;
        let (front, pages) = archive(operation, most, 10, 3);
        let first = front.get(&customer("A"), &search_path(operation, "2024-06-25", "2024-06-26", ""));
        let rows = read(&first);
        let what = format!("{}: {}", operation.name, whole(&first));
        assert!(rows.as_array().unwrap().iter().all(|row| row["shipTo"] == "A"), "{what}");
        if forces {
            assert_eq!(
                (rows.as_array().unwrap().len(), header(&first, "X-Stocklane-Next")),
                (most / 5, Some("end")),
                "{what}"
            );
            assert_eq!(query(&front.calls()[0].outgoing)["shipTo"], "A");
        } else {
            assert_eq!(rows.as_array().unwrap().len(), most / 10, "{what}");
            assert_eq!(header(&first, "X-Stocklane-Next"), Some(&*(most + 1).to_string()), "{what}");
            let next = front.get(
                &customer("A"),
                &search_path(operation, "2024-06-25", "2024-06-26", &format!("&offset={}", most + 1)),
            );
            assert_eq!(header(&next, "X-Stocklane-Next"), Some(&*(2 * most + 1).to_string()));
            let last = front.get(
                &customer("A"),
                &search_path(operation, "2024-06-25", "2024-06-26", &format!("&offset={}", 2 * most + 1)),
            );
            assert_eq!((text(&last).as_str(), header(&last, "X-Stocklane-Next")), ("[]", Some("end")));
        }
        let asked = pages.get();
        let all = front.get(&staff(), &search_path(operation, "2024-06-25", "2024-06-26", ""));
        assert_eq!((read(&all).as_array().unwrap().len(), header(&all, "X-Stocklane-Next")), (most, None));
        assert_eq!(pages.get(), asked + 1);
    }
}

#[test]
fn of_pages_without_a_row_of_its_own_a_buyer_costs_ten_at_most() {
    for operation in searches().into_iter().filter(|operation| operation.args.position("shipTo").is_none()) {
        let most = operation.pages.as_ref().unwrap().most as usize;
        let (front, pages) = archive(operation, 20 * most, 20 * most + 1, 20 * most);
        let none = front.get(&customer("A"), &search_path(operation, "2024-06-25", "2024-06-25", ""));
        assert_eq!((none.status, text(&none).as_str(), pages.get()), (200, "[]", 10), "{}", operation.name);
        assert_eq!(header(&none, "X-Stocklane-Next"), Some(&*(10 * most + 1).to_string()));
        // One row, deep down.
        let (front, pages) = archive(operation, 20 * most, 20 * most, 5 * most + 2);
        let one = front.get(&customer("A"), &search_path(operation, "2024-06-25", "2024-06-25", ""));
        assert_eq!((read(&one).as_array().unwrap().len(), pages.get()), (1, 6));
        assert_eq!(header(&one, "X-Stocklane-Next"), Some(&*(6 * most + 1).to_string()));
        // A page of one's own size.
        let (front, pages) = archive(operation, 30, 3, 2);
        let few = front.get(&customer("A"), &search_path(operation, "2024-06-25", "2024-06-25", "&limit=2"));
        assert_eq!(
            (read(&few).as_array().unwrap().len(), header(&few, "X-Stocklane-Next"), pages.get()),
            (1, Some("5"), 2)
        );
        // The supplier counts no further.
        let few =
            front.get(&customer("A"), &search_path(operation, "2024-06-25", "2024-06-25", "&offset=10000&limit=1"));
        assert_eq!((text(&few).as_str(), header(&few, "X-Stocklane-Next")), ("[]", Some("end")));
    }
}

/// A page's script: the package's own client, whose transport is the proxy.
struct Script {
    front: Front,
    claims: Value,
    requests: Cell<usize>,
}

impl Clock for Script {
    fn now(&self) -> Ms {
        self.front.edge.now()
    }

    fn random(&self) -> f64 {
        self.front.edge.random()
    }

    async fn sleep(&self, until: Ms) {
        self.front.edge.sleep(until).await;
    }
}

impl Transport for Script {
    async fn send(&self, outgoing: Outgoing, _until: Ms) -> Result<Answer, Failure> {
        self.requests.set(self.requests.get() + 1);
        let header =
            |name: &str| outgoing.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        let mut claims = self.claims.clone();
        claims["expiresInSeconds"] = json!(900);
        let session =
            stocklane::edge::mint(&*self.front.edge, claims.to_string().as_bytes(), self.now()).await.unwrap();
        let request = Request {
            url: outgoing.url.clone(),
            marked: header("X-Stocklane"),
            language: header("Accept-Language"),
            cache_control: header("Cache-Control"),
            authorization: Some(format!("Bearer {session}")),
            body: Some(outgoing.body.clone().unwrap_or_default()),
            ..request(outgoing.method, "")
        };
        let proxy: &Proxy<Edge> = &self.front.proxy;
        let Response { status, headers, body } = proxy.handle(request).await;
        let headers = Headers(headers.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect());
        let body = match body {
            Body::Json(bytes) | Body::Problem(bytes) => bytes,
            _ => Vec::new(),
        };
        Ok(Answer { status, headers, body })
    }
}

/// All rows of a search, read by the package's own client through the proxy: their numbers, what was missed, and how many
/// requests the client and the proxy have made.
fn walked(
    front: Front,
    claims: Value,
    operation: &'static Operation,
    from: &str,
    to: &str,
) -> (Vec<String>, Vec<Gap>, usize) {
    let script = Rc::new(Script { front, claims, requests: Cell::new(0) });
    let through = Settings {
        base_url: "https://proxy.test/intercars".to_owned(),
        credentials: None,
        requests_per_minute: None,
        ..settings()
    };
    let client = Client::new(intercars::OPERATIONS, script.clone(), through);
    let args = json!({"from": from, "to": to}).to_string().into_bytes();
    let world = script.front.world.clone();
    let (name, schema) = (operation.name, operation.answer.schema());
    let (ids, gaps) = world
        .spawn(async move {
            let mut pages = client.pages(name, args).unwrap();
            let mut ids = Vec::new();
            while let Some(page) = pages.next(&client, &CallOptions::default(), Units::Bytes, &Quiet).await.unwrap() {
                let rows: Vec<_> = page.answer.tape.rows(&page.answer.body, schema).collect();
                ids.extend(page.new.iter().map(|at| rows[*at].text(0).unwrap().into_owned()));
            }
            (ids, pages.gaps().to_vec())
        })
        .outcome();
    (ids, gaps, script.requests.get())
}

#[test]
fn the_packages_own_client_reads_every_row_of_ones_own_once_through_the_proxy() {
    for operation in searches() {
        let most = operation.pages.as_ref().unwrap().most as usize;
        for (a_day, own, shift) in [
            (0, 1, 0),
            (1, 1, 0),
            (most, 1, 0),
            (3 * most + 7, 1, 0),
            (3 * most + 7, 9, 8),
            (2 * most, 2 * most, 2 * most - 1),
            (40, 2, 1),
            (11 * most, 11 * most, 11 * most - 1),
        ] {
            let (front, pages) = archive(operation, a_day, own, shift);
            let (ids, gaps, requests) = walked(front, customer("A"), operation, "2024-06-10", "2024-06-14");
            let expected: BTreeSet<String> = (10..=14)
                .flat_map(|day| {
                    (0..a_day).filter(|at| at % own == shift).map(move |at| format!("2024-06-{day:02}/{at}"))
                })
                .collect();
            let found: BTreeSet<String> = ids.iter().cloned().collect();
            let what = format!("{} {a_day} {own}", operation.name);
            assert_eq!(found, expected, "{what}");
            assert_eq!(ids.len(), expected.len(), "{what}: each once");
            assert_eq!(gaps, [], "{what}");
            assert!(requests <= pages.get() + 1, "{what}: {requests} for {}", pages.get());
        }
    }
}

#[test]
fn a_customer_comes_from_the_session_and_may_be_repeated_but_not_changed() {
    let stock = |query: &str| format!("/intercars/inventory/stock?sku=A{query}");
    let search = |query: &str| search_path(&intercars::SEARCH_INVOICES, "2024-06-25", "2024-06-26", query);
    let front = Front::new(both(), |outgoing, _| match asked_for(outgoing).name {
        "stock" => answer(200, "[{\"location\":\"P\",\"sku\":\"A\",\"availability\":1}]"),
        "price" => answer(200, "{\"lines\":[]}"),
        _ => answer(200, "[]"),
    });
    let ship_to = |outgoing: &Outgoing| {
        let body: Option<Value> = outgoing.body.as_ref().map(|body| serde_json::from_slice(body).unwrap());
        let in_body = body.and_then(|body| Some(body.get("shipTo")?.as_str()?.to_owned()));
        in_body.or_else(|| query(outgoing).get("shipTo").cloned())
    };
    let lines = json!([{"sku": "A"}]);
    let with = |ship_to: &str| post("/intercars/pricing/quote", &json!({"lines": lines, "shipTo": ship_to}));
    let fine = [
        request("GET", &stock("")),
        request("GET", &stock("&shipTo=A")),
        request("GET", &stock("&shipTo=%41")),
        request("GET", &search("")),
        request("GET", &search("&shipTo=A")),
        with("A"),
        post("/intercars/pricing/quote", &json!({"lines": lines, "shipTo": null})),
        post("/intercars/pricing/quote", &json!({"lines": lines})),
        post("/intercars/inventory/quote?shipTo=A", &json!({"lines": lines})),
        post("/intercars/inventory/quote", &json!({"lines": lines})),
        post("/intercars/inventory/stock", &json!({"sku": "A,B"})),
        request("GET", "/availability?sku=A&shipTo=A"),
        request("GET", "/offers?sku=A&shipTo=A"),
    ];
    for request in fine {
        // Nothing that was kept: what is asked is looked at.
        let request = Request { cache_control: Some("no-cache".to_owned()), ..request };
        let what = format!("{} {}", request.method, request.url);
        let hits = front.hits();
        let response = front.ask(front.by(&customer("A"), request));
        assert_eq!(response.status, 200, "{what}: {}", whole(&response));
        let asked = &front.calls()[hits..];
        let supplied = asked.iter().find(|logged| !is_shop(&logged.outgoing)).unwrap();
        assert_eq!(ship_to(&supplied.outgoing).as_deref(), Some("A"), "{what}");
    }
    let other = [
        request("GET", &stock("&shipTo=B")),
        request("GET", &stock("&shipTo=")),
        request("GET", &stock("&shipTo=a")),
        request("GET", &stock("&shipTo=A&shipTo=B")),
        request("GET", &stock("&shipTo=A%22")),
        request("GET", &stock("&shipTo=*")),
        request("GET", &search("&shipTo=B")),
        request("GET", &search("&billTo=A")),
        with("B"),
        with(""),
        post("/intercars/pricing/quote", &json!({"lines": lines, "shipTo": ["A"]})),
        post("/intercars/pricing/quote", &json!({"lines": lines, "shipTo": 7})),
        post("/intercars/pricing/quote?shipTo=A", &json!({"lines": lines})),
        post("/intercars/inventory/quote?shipTo=B", &json!({"lines": lines})),
        post("/intercars/inventory/quote", &json!({"lines": lines, "shipTo": "A"})),
        Request {
            body: Some(b"{\"lines\":[{\"sku\":\"A\"}],\"shipTo\":\"A\",\"shipTo\":\"B\"}".to_vec()),
            ..with("A")
        },
        request("GET", "/availability?sku=A&shipTo=B"),
        request("GET", "/offers?sku=A&shipTo=B"),
    ];
    let hits = front.hits();
    for request in other {
        for claims in [customer("A"), nobody()] {
            let what = format!("{} {}", request.method, request.url);
            let response = front.ask(front.by(&claims, request.clone()));
            let expected = if what.contains("/invoice") && claims == nobody() { 404 } else { 400 };
            assert_eq!(response.status, expected, "{what} {claims}: {}", whole(&response));
        }
    }
    assert_eq!(front.hits(), hits);
    // Who has none asks for none, and may not name one either.
    assert_eq!(front.get(&nobody(), &stock("")).status, 200);
    assert_eq!(ship_to(&front.calls().last().unwrap().outgoing), None);
    assert_eq!(front.get(&nobody(), &stock("&shipTo=A")).status, 400);
}

#[test]
fn staff_names_whom_its_session_covers() {
    let front = Front::new(wholesale(), |_, _| answer(200, "[{\"location\":\"P\",\"sku\":\"A\",\"availability\":1}]"));
    let several = |ship_to: Value| json!({"sub": "s", "role": "staff", "shipTo": ship_to});
    for (claims, named, there) in [
        (several(json!(["A", "B"])), "B", true),
        (several(json!(["A", "B"])), "C", false),
        (several(json!("*")), "C", true),
        (several(json!("A")), "A", true),
        (several(json!("A")), "B", false),
        (staff(), "A", false),
    ] {
        let response = front.get(&claims, &format!("/intercars/inventory/stock?sku=A&shipTo={named}"));
        assert_eq!(response.status, if there { 200 } else { 404 }, "{claims} {named}");
        let response = front.get(&claims, &format!("/availability?sku=A&shipTo={named}"));
        assert_eq!(response.status, if there { 200 } else { 400 }, "{claims} {named}");
    }
    assert!(front.calls().iter().all(|logged| query(&logged.outgoing).contains_key("shipTo")));
}

#[test]
fn a_partner_of_the_shops_is_shown_its_own_sales_and_orders() {
    let rows = json!([
        {"operation_number": 1, "total": 5, "partner_id": 7},
        {"operation_number": 2, "total": 5, "partner_id": 8},
        {"operation_number": 3, "total": 5},
        {"operation_number": 4, "total": 5, "partner_id": null},
        {"operation_number": 5, "total": 5, "partner_id": 77},
        {"operation_number": 6, "total": 5, "partner_id": 7, "partner_name": "Me"},
    ]);
    let front = Front::new(both(), move |_, _| answer(200, rows.to_string()));
    let partner = |id: u64| json!({"sub": "p", "role": "buyer", "partnerId": id});
    for path in ["sale", "sales_order"] {
        let path = format!("/incocloud/connect/api/{path}");
        let ids = |claims: &Value, target: &str| {
            let response = front.get(claims, target);
            assert_eq!(response.status, 200, "{target}: {}", whole(&response));
            let rows = read(&response);
            rows.as_array().unwrap().iter().map(|row| row["operation_number"].as_u64().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&partner(7), &path), [1, 6]);
        assert_eq!(query(&front.calls().last().unwrap().outgoing)["partner_id"], "7");
        assert_eq!(ids(&partner(7), &format!("{path}?partner_id=7&from_date=2024-06-01&to_date=2024-06-02")), [1, 6]);
        assert_eq!(ids(&partner(8), &path), [2]);
        assert_eq!(ids(&partner(9), &path), [0; 0]);
        assert_eq!(ids(&staff(), &path), [1, 2, 3, 4, 5, 6]);
        assert!(!query(&front.calls().last().unwrap().outgoing).contains_key("partner_id"));
        let hits = front.hits();
        for query in ["partner_id=8", "partner_id=", "partner_id=07", "partner_id=7&partner_id=8", "partner=7"] {
            assert_eq!(front.get(&partner(7), &format!("{path}?{query}")).status, 400, "{query}");
        }
        for claims in [customer("A"), nobody(), visitor()] {
            assert_eq!(nameless(&front.get(&claims, &path)), nameless(&front.get(&claims, "/nowhere")));
        }
        assert_eq!(front.hits(), hits);
    }
}

#[test]
fn a_number_with_slashes_is_one_segment_and_what_climbs_is_nothing() {
    let front = Front::new(both(), |_, _| answer(200, r#"[{"id":"X","billTo":"S1","shipTo":"S1"}]"#));
    for (path, upstream) in [
        ("/intercars/invoice/LAZ%2F19%2F0001", "/invoice/LAZ%2F19%2F0001"),
        ("/intercars/invoice/LAZ%2f19%2f0001", "/invoice/LAZ%2F19%2F0001"),
        ("/intercars/invoice/%4CAZ", "/invoice/LAZ"),
        ("/intercars/invoice/A.B-C_1", "/invoice/A.B-C_1"),
        ("/intercars/delivery/metadatax", "/delivery/metadatax"),
        ("/intercars/sales/requisition/1%2F2", "/sales/requisition/1%2F2"),
        ("/intercars/sales/order/confirm", "/sales/order/confirm"),
    ] {
        for claims in [buyer(), staff()] {
            let response = front.get(&claims, path);
            assert_eq!(response.status, 200, "{path}: {}", whole(&response));
            let url = front.calls().last().unwrap().outgoing.url.clone();
            assert_eq!(url, format!("{INTERCARS}{upstream}"), "{path}");
        }
    }
    let hits = front.hits();
    let long = format!("/intercars/invoice/{}", "A".repeat(65));
    for path in [
        "/intercars/invoice/..%2Ffinances",
        "/intercars/invoice/..%2fcustomer%2ffinances",
        "/intercars/invoice/%2e%2e%2Ffinances",
        "/intercars/invoice/A%2F..%2F..%2Ffinances",
        "/intercars/invoice/A%2F.%2Ffinances",
        "/intercars/invoice/.",
        "/intercars/invoice/..",
        "/intercars/invoice/...",
        "/intercars/invoice/.hidden",
        "/intercars/invoice/%252e%252e%252fcustomer",
        "/intercars/invoice/A%252FB",
        "/intercars/invoice/..;/customer",
        "/intercars/invoice/A;B",
        "/intercars/invoice/A%00",
        "/intercars/invoice/A%0d%0aX",
        "/intercars/invoice/%C0%AE",
        "/intercars/invoice/..%5Cfinances",
        "/intercars/invoice/A%5CB",
        "/intercars/invoice/A%3FshipTo=1",
        "/intercars/invoice/A%23B",
        "/intercars/invoice/A%20B",
        "/intercars/invoice/%",
        "/intercars/invoice/%2",
        "/intercars/invoice/%GG",
        "/intercars/invoice/Ł",
        "/intercars/invoice/",
        "/intercars/invoice//",
        "/intercars//invoice/A",
        "/intercars/invoice/A/",
        "/intercars/invoice/A/B",
        "/intercars/Invoice/A",
        "/intercars/invoice/A@evil.test",
        "/intercars/invoice/https:%2F%2Fevil.test",
        "/intercars/sales/requisition/A/confirm",
        "/intercars/sales/requisition/A%2Fconfirm/x",
        "/incocloud/connect/api/../../x",
        "/intercars/../incocloud/connect/api/item",
        "//evil.test/intercars/invoice/A",
        &long,
    ] {
        for claims in [buyer(), staff()] {
            let response = front.get(&claims, path);
            assert_eq!(nameless(&response), nameless(&front.get(&claims, "/nowhere")), "{path}");
        }
    }
    assert_eq!(front.hits(), hits);
    let most = format!("/intercars/invoice/{}", "A".repeat(64));
    assert_eq!(front.get(&staff(), &most).status, 200);
}

/// Undone once, as a server does it.
fn undone(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is asked for, what leaves is a path of one operation that the caller may call, and climbs nowhere.
    #[test]
    fn a_path_that_is_taken_leads_where_it_says(
        prefix in prop::sample::select(vec!["/intercars", "/incocloud", "/intercars/", ""]),
        stem in prop::sample::select(vec![
            "/invoice/", "/delivery/", "/sales/requisition/", "/sales/order/", "/customer", "/inventory/stock", "/", "/connect/api/",
        ]),
        parts in prop::collection::vec(prop::sample::select(vec![
            "A", "1", "..", ".", "/", "%2F", "%2f", "%2E", "%2e%2e", "%252F", "\\", "%5c", ";", "%00", "%0a", "?", "#", "@", ":",
            "confirm", "cancel", "metadata", "finances", "customer", "-", "_", "%41", "%", "%C3%A9", "é", " ", "sale", "item", "&", "=",
        ]), 0..6),
        who in 0..2usize,
    ) {
        let target = format!("{prefix}{stem}{}", parts.concat());
        let front = Front::new(both(), |outgoing, _| answer(200, Canaries::default().answer(asked_for(outgoing)).to_string()));
        let claims = [buyer(), staff()][who].clone();
        let response = front.get(&claims, &target);
        for logged in front.calls() {
            let outgoing = &logged.outgoing;
            // It names its operation, of those that this role may call: `asked_for` panics where there is none.
            let operation = asked_for(outgoing);
            prop_assert!(may(&claims, operation), "{target} → {}", outgoing.url);
            let (base, table) = if is_shop(outgoing) { (INCOCLOUD, incocloud::OPERATIONS) } else { (INTERCARS, intercars::OPERATIONS) };
            let path = outgoing.url.strip_prefix(base).unwrap().split('?').next().unwrap();
            let matching = table.iter().filter(|known| {
                known.forms.iter().any(|form| form.method.as_str() == outgoing.method && is_path(form, path))
            });
            let fixed = operation.forms.iter().any(|form| form.path == path);
            prop_assert!(fixed || matching.count() == 1, "{target} → {path}");
            // Undone, it says the same as what was asked, and no segment climbs.
            let asked = target.split(['?', '#']).next().unwrap();
            let asked = asked.strip_prefix("/intercars").or_else(|| asked.strip_prefix("/incocloud")).unwrap();
            prop_assert_eq!(undone(path), undone(asked));
            prop_assert!(!undone(path).split('/').any(|segment| segment.starts_with('.')), "{path}");
            prop_assert!(!path.contains("%25") && path.is_ascii() && !path.contains(['\\', ';', '?', '#']));
        }
        prop_assert!(response.status != 200 || front.hits() > 0);
        prop_assert!(matches!(response.status, 200 | 400 | 404), "{}", whole(&response));
    }
}

#[test]
fn a_supplier_that_the_shop_does_not_have_is_nowhere() {
    let front = Front::new(wholesale(), |_, _| -> Reply { panic!("nobody is asked") });
    for claims in [buyer(), staff()] {
        let nothing = nameless(&front.get(&claims, "/nowhere"));
        assert_eq!(nameless(&front.get(&claims, "/incocloud/connect/api/item")), nothing);
    }
}
