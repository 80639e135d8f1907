//! The wholesaler and the shop's own point of sale as one answer. Unknown is never zero.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "core/mod.rs"]
mod common;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use common::incocloud::{SERVER, grant, resource};
use common::supplier::{answer, asked, response, skus, token, with};
use common::world::*;
use common::{incocloud, supplier};
use serde_json::{Value as Json, json};
use stocklane::clients::{Client, Clock, Quiet};
use stocklane::engine::{CallOptions, Failure, Ms, Outgoing, Settings};
use stocklane::operation::{Error, ErrorKind};
use stocklane::storefront::{
    Availability, ITEMS_MAX_AGE_MS, ItemField, MatchRule, Offer, ProductField, Quantity, ShopPrices, Source,
    StockState, Storefront, Unmatched, Vat,
};

const SECOND: Ms = 1_000;
const CAP: u32 = 10;

/// Two systems, and the world that they live in.
struct Systems {
    world: Rc<World>,
    storefront: Rc<Storefront<World>>,
}

/// How a storefront is set.
struct Set {
    rules: Vec<MatchRule>,
    prices: Option<ShopPrices>,
    max_age_ms: Ms,
    retries: u32,
}

impl Default for Set {
    fn default() -> Set {
        Set { rules: Vec::new(), prices: None, max_age_ms: ITEMS_MAX_AGE_MS, retries: 0 }
    }
}

fn is_wholesale(outgoing: &Outgoing) -> bool {
    outgoing.url.contains("supplier.test/")
}

impl Systems {
    fn new(set: Set, reply: impl FnMut(&Outgoing, Ms) -> Reply + 'static) -> Systems {
        Systems::of(set, (true, true), reply)
    }

    /// With one of them, the other, or both.
    fn of(
        set: Set,
        (wholesale, shop): (bool, bool),
        mut reply: impl FnMut(&Outgoing, Ms) -> Reply + 'static,
    ) -> Systems {
        let world = World::new(move |outgoing, now| match (is_token(outgoing), is_wholesale(outgoing)) {
            (true, true) => token("W", 360_000),
            (true, false) => grant("T", SERVER),
            _ => reply(outgoing, now),
        });
        let settings = |settings| Settings { max_retries: set.retries, ..settings };
        let client =
            |table, known, first| Rc::new(Client::new(table, world.clone(), settings(known)).numbered_from(first));
        let intercars = wholesale.then(|| client(stocklane::intercars::OPERATIONS, supplier::settings(), 0));
        let mut storefront = Storefront::new(intercars, CAP);
        if shop {
            let till = client(stocklane::incocloud::OPERATIONS, incocloud::settings(), 1 << 40);
            storefront = storefront.with_shop(till, set.rules, set.prices, set.max_age_ms);
        }
        Systems { world, storefront: Rc::new(storefront) }
    }

    fn ask(&self, query: Json, options: CallOptions) -> Caller<Result<Vec<Availability>, Error>> {
        let (storefront, query) = (self.storefront.clone(), query.to_string().into_bytes());
        self.world.spawn(async move { storefront.availability(query, options, &Quiet).await })
    }

    fn availability(&self, query: Json) -> Result<Vec<Availability>, Error> {
        self.ask(query, CallOptions::default()).outcome()
    }

    fn state_of(&self, sku: &str) -> (StockState, Option<Quantity>) {
        let found = self.availability(json!({ "sku": [sku] })).unwrap().remove(0);
        (found.state, found.quantity)
    }

    fn offers(&self, lines: Json) -> Result<Vec<Vec<Offer>>, Error> {
        let (storefront, query) = (self.storefront.clone(), json!({ "lines": lines }).to_string().into_bytes());
        let asking = async move { storefront.offers_by_line(query, CallOptions::default(), &Quiet).await };
        self.world.spawn(asking).outcome()
    }

    fn unmatched(&self) -> Result<Unmatched, Error> {
        let storefront = self.storefront.clone();
        self.world.spawn(async move { storefront.unmatched(CallOptions::default(), &Quiet).await }).outcome()
    }

    /// How many times the shop's items were asked for.
    fn pulls(&self) -> usize {
        self.world.calls().iter().filter(|logged| resource(&logged.outgoing) == "item").count()
    }
}

fn fresh() -> CallOptions {
    CallOptions { fresh: true, ..CallOptions::default() }
}

fn some(value: f64, at_least: bool) -> Option<Quantity> {
    Some(Quantity { value, at_least })
}

/// Stock of one SKU at the wholesaler, with more fields of its rows.
fn lot(sku: &str, place: &str, pieces: f64, more: &Json) -> Json {
    let mut row = json!({"location": place, "sku": sku, "availability": pieces});
    row.as_object_mut().unwrap().extend(more.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())));
    row
}

fn item(code: &str, more: Json) -> Json {
    let mut row = json!({"code": code, "name": code});
    row.as_object_mut().unwrap().extend(more.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())));
    row
}

/// Answers with these rows: the wholesaler's stock, the shop's items, everything else empty.
fn holding(stock: Json, items: Json) -> impl FnMut(&Outgoing, Ms) -> Reply {
    move |outgoing, _| match (is_wholesale(outgoing), resource(outgoing)) {
        (true, _) => answer(200, stock.to_string()),
        (false, "item") => answer(200, items.to_string()),
        (false, "location") => answer(200, r#"[{"id":1,"name":"Main street"},{"id":2,"name":" "}]"#),
        (false, "vat_group") => answer(200, r#"[{"id":1,"vat_value":20},{"id":2,"vat_value":9}]"#),
        (false, other) => panic!("{other} is nobody's business"),
    }
}

// Availability, against an oracle.

/// What the wholesaler has of a SKU.
#[derive(Clone, Debug)]
enum There {
    /// It says that it does not know it.
    Unheard,
    /// It leaves it out without a word.
    LeftOut,
    Lots(Vec<u32>),
}

/// What the shop has of it.
#[derive(Clone, Debug)]
enum Here {
    Nothing,
    Removed,
    Twice,
    /// Its `availability`, as sent.
    Item(Option<Json>),
}

/// What a side knows, as the page of the storefront's promise says it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Side {
    Without,
    Silent,
    Has { pieces: f64, or_more: bool },
}

fn told_there(there: &There, failed: bool) -> Side {
    match there {
        _ if failed => Side::Silent,
        There::Unheard => Side::Without,
        There::LeftOut => Side::Silent,
        There::Lots(lots) => Side::Has {
            pieces: lots.iter().copied().map(f64::from).sum(),
            or_more: lots.iter().any(|pieces| *pieces >= CAP),
        },
    }
}

fn told_here(here: &Here, failed: bool) -> Side {
    let has = |pieces: f64| Side::Has { pieces, or_more: false };
    match here {
        _ if failed => Side::Silent,
        Here::Nothing | Here::Removed => Side::Without,
        Here::Twice | Here::Item(None) => Side::Silent,
        Here::Item(Some(Json::Number(pieces))) => has(pieces.as_f64().unwrap().max(0.0)),
        Here::Item(Some(Json::Array(lots))) => {
            let pieces = |lot: &Json| (!lot["location_id"].is_null()).then(|| lot["quantity"].as_f64()).flatten();
            match lots.iter().map(pieces).collect::<Option<Vec<f64>>>() {
                Some(lots) if !lots.is_empty() => has(lots.iter().map(|pieces| pieces.max(0.0)).sum()),
                _ => Side::Silent,
            }
        }
        Here::Item(Some(_)) => Side::Silent,
    }
}

/// What a shop may say, knowing that.
fn oracle(here: Side, there: Side) -> (StockState, Option<Quantity>) {
    use Side::{Has, Silent, Without};
    let (at_hand, pieces, or_more) = match (here, there) {
        (Has { pieces, .. }, Has { pieces: more, or_more }) => (pieces > 0.0, pieces + more, or_more),
        (Has { pieces, .. }, Without) => (true, pieces, false),
        (Without, Has { pieces, or_more }) => (false, pieces, or_more),
        // One side's word is a lower bound, and none at all where it has nothing.
        (Has { pieces, .. }, Silent) if pieces > 0.0 => (true, pieces, true),
        (Silent, Has { pieces, .. }) if pieces > 0.0 => (false, pieces, true),
        _ => return (StockState::Unknown, None),
    };
    let state = match (pieces > 0.0, at_hand) {
        (false, _) => StockState::OutOfStock,
        (true, false) => StockState::Orderable,
        (true, true) if pieces <= 3.0 && !or_more => StockState::Low,
        (true, true) => StockState::InStock,
    };
    (state, some(pieces, or_more))
}

fn truth(random: &mut fastrand::Rng) -> (There, Here) {
    let there = match random.u8(0..10) {
        0 => There::Unheard,
        1 => There::LeftOut,
        2..5 => There::Lots(vec![0; random.usize(1..4)]),
        _ => There::Lots((0..random.usize(1..4)).map(|_| random.u32(0..12)).collect()),
    };
    let quarter = |random: &mut fastrand::Rng| f64::from(random.i32(-8..30)) / 4.0;
    let here = match random.u8(0..14) {
        0 => Here::Nothing,
        1 => Here::Removed,
        2 => Here::Twice,
        3 => Here::Item(None),
        4 => Here::Item(Some(Json::Null)),
        5 => Here::Item(Some(json!([]))),
        6 => Here::Item(Some(
            [json!("5"), json!(true), json!({"1": 5}), json!([5]), json!("")][random.usize(0..5)].clone(),
        )),
        7 => Here::Item(Some(json!([{"location_id": 1, "quantity": 5}, {"location_id": 2}]))),
        8 => Here::Item(Some(json!([{"quantity": 5}]))),
        9..11 => Here::Item(Some(json!(0))),
        11 => Here::Item(Some(json!([{"location_id": 1, "quantity": 0}, {"location_id": 2, "quantity": -1}]))),
        12 => Here::Item(Some(json!([
            {"location_id": 1, "quantity": quarter(random)},
            {"location_id": 7, "quantity": quarter(random), "more": 1}
        ]))),
        _ => Here::Item(Some(json!(quarter(random)))),
    };
    (there, here)
}

fn stock_answer(truths: &HashMap<String, (There, Here)>, skus: &[String]) -> Reply {
    let (mut rows, mut unheard) = (Vec::new(), Vec::new());
    for sku in skus {
        match &truths[sku].0 {
            There::Unheard => unheard.push(sku.clone()),
            There::LeftOut => {}
            There::Lots(lots) => {
                let places = lots.iter().enumerate();
                rows.extend(places.map(|(at, pieces)| lot(sku, &format!("W{at}"), f64::from(*pieces), &json!({}))));
            }
        }
    }
    let answer = response(200, Json::Array(rows).to_string());
    Reply::Answer(100, with(answer, "skipskulist", unheard.join(",")))
}

fn items_answer(truths: &HashMap<String, (There, Here)>) -> Reply {
    let mut rows = Vec::new();
    for (sku, (_, here)) in truths {
        match here {
            Here::Nothing => {}
            Here::Removed => rows.push(item(sku, json!({"availability": 5, "deleted": true}))),
            Here::Twice => rows.extend([item(sku, json!({"availability": 5})), item(sku, json!({"availability": 0}))]),
            Here::Item(None) => rows.push(item(sku, json!({}))),
            Here::Item(Some(availability)) => rows.push(item(sku, json!({ "availability": availability }))),
        }
    }
    answer(200, Json::Array(rows).to_string())
}

/// Which side a round makes fail.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Failing {
    Nobody,
    Wholesale,
    Shop,
    Both,
}

#[test]
fn nothing_that_is_unknown_is_reported_as_none_while_one_side_fails_half_the_time() {
    let mut random = fastrand::Rng::with_seed(20_240_626);
    let all = skus("S", 1_000);
    let truths: HashMap<String, (There, Here)> = all.iter().map(|sku| (sku.clone(), truth(&mut random))).collect();
    let truths = Rc::new(truths);
    let failing = Rc::new(Cell::new(Failing::Nobody));
    let failed = Rc::new(Cell::new((false, false)));
    let (held, turn, seen, mut chance) = (truths.clone(), failing.clone(), failed.clone(), random.fork());
    let mut requests = 0;
    let systems = Systems::new(Set::default(), move |outgoing, _| {
        requests += 1;
        let (wholesale, till) = seen.get();
        let mut fails = || match chance.u8(0..6) {
            0 => answer(500, "down"),
            1 => Reply::Silence,
            2 => answer(200, "{\"error\":\"x\"}"),
            3 => answer(403, "Permission denied"),
            4 => answer(200, "[{\"sku\":\"S1\",\"code\":\"S1\","),
            _ => Reply::Failure(5, Failure::Network("reset".to_owned())),
        };
        if is_wholesale(outgoing) {
            // Any of the ten requests of a call is enough.
            if matches!(turn.get(), Failing::Wholesale | Failing::Both) && requests % 3 == 0 {
                seen.set((true, till));
                return fails();
            }
            return stock_answer(&held, &asked(outgoing));
        }
        match resource(outgoing) {
            "item" if matches!(turn.get(), Failing::Shop | Failing::Both) => {
                seen.set((wholesale, true));
                fails()
            }
            "item" => items_answer(&held),
            // Names of places are worth nothing.
            _ if requests % 2 == 0 => fails(),
            _ => answer(200, "[]"),
        }
    });
    let mut states: HashMap<(Failed, String), usize> = HashMap::new();
    for round in 0..12 {
        failing.set(match round % 4 {
            1 => Failing::Wholesale,
            3 => Failing::Shop,
            _ => Failing::Nobody,
        });
        failed.set((false, false));
        let outcome = systems.ask(json!({ "sku": all }), fresh()).outcome();
        let (no_wholesale, no_till) = failed.get();
        let found = outcome.unwrap();
        assert_eq!(found.len(), all.len());
        for (sku, found) in all.iter().zip(&found) {
            let (there, here) = &truths[sku];
            let sides = (told_here(here, no_till), told_there(there, no_wholesale));
            let context = format!("{sku}: {here:?} {there:?}, failed: {:?}", failed.get());
            assert_eq!((&found.sku, (found.state, found.quantity)), (sku, oracle(sides.0, sides.1)), "{context}");
            let none = found.state == StockState::OutOfStock || found.quantity.is_some_and(|some| some.value == 0.0);
            let silent = sides.0 == Side::Silent || sides.1 == Side::Silent;
            assert!(!(none && silent), "unknown is reported as none: {context}");
            *states.entry(((no_wholesale, no_till), format!("{:?}", found.state))).or_default() += 1;
        }
    }
    // Every state came up where it can.
    for failed in [(false, false), (true, false), (false, true)] {
        for state in ["InStock", "Low", "Orderable", "OutOfStock", "Unknown"] {
            let possible = match failed {
                (false, false) => true,
                (true, _) => matches!(state, "InStock" | "Unknown"),
                (_, true) => matches!(state, "Orderable" | "Unknown"),
            };
            let count = states.get(&(failed, state.to_owned())).copied().unwrap_or(0);
            assert_eq!(count > 0, possible, "{failed:?} {state}: {count}");
        }
    }
    failing.set(Failing::Both);
    systems.ask(json!({ "sku": all }), fresh()).outcome().unwrap_err();
}

/// Whether the wholesaler failed, and the shop.
type Failed = (bool, bool);

#[test]
fn where_both_fail_there_is_an_error() {
    for (wholesale, till, kind) in [(500, 403, ErrorKind::Upstream), (404, 500, ErrorKind::NotFound)] {
        let systems = Systems::new(Set::default(), move |outgoing, _| {
            answer(if is_wholesale(outgoing) { wholesale } else { till }, "")
        });
        assert_eq!(systems.availability(json!({"sku": ["A"]})).unwrap_err().kind, kind);
        assert_eq!(systems.offers(json!([{"sku": "A"}])).unwrap_err().kind, kind);
        assert!(systems.unmatched().is_err());
    }
    let nobody = Systems::of(Set::default(), (false, false), |_, _| panic!("nobody is asked"));
    assert_eq!(nobody.availability(json!({"sku": ["A"]})).unwrap_err().kind, ErrorKind::Unsupported);
    assert_eq!(nobody.offers(json!([{"sku": "A"}])).unwrap_err().kind, ErrorKind::Unsupported);
}

#[test]
fn one_side_alone_answers_for_itself() {
    let items = json!([item("A", json!({"availability": 2})), item("B", json!({"availability": 0}))]);
    let shop = Systems::of(Set::default(), (false, true), holding(json!([]), items));
    assert_eq!(shop.state_of("A"), (StockState::Low, some(2.0, false)));
    assert_eq!(shop.state_of("B"), (StockState::OutOfStock, some(0.0, false)));
    assert_eq!(shop.state_of("C"), (StockState::Unknown, None), "a code that the shop never had may be a typing error");
    assert_eq!(shop.unmatched().unwrap_err().kind, ErrorKind::Unsupported);
    let failing = Systems::of(Set::default(), (false, true), |_, _| answer(403, "Service disabled"));
    assert_eq!(failing.availability(json!({"sku": ["A"]})).unwrap_err().code.as_deref(), Some("Service disabled"));

    let wholesale =
        Systems::of(Set::default(), (true, false), holding(json!([lot("A", "W", 2.0, &json!({}))]), json!([])));
    assert_eq!(wholesale.state_of("A"), (StockState::Low, some(2.0, false)));
    assert_eq!(wholesale.unmatched().unwrap_err().kind, ErrorKind::Unsupported);
}

#[test]
fn places_of_both_are_named_and_the_shops_first() {
    let stock = json!([lot("A", "POZ", 4.0, &json!({"latestDeliveryDate": "2024-06-27"}))]);
    let lots = json!([
        {"location_id": 1, "quantity": 2}, {"location_id": 2, "quantity": 0.5}, {"location_id": 9, "quantity": -3}
    ]);
    let systems = Systems::new(Set::default(), holding(stock, json!([item("A", json!({ "availability": lots }))])));
    let found = systems.availability(json!({"sku": ["A"]})).unwrap().remove(0);
    assert_eq!(
        (found.state, found.quantity),
        (StockState::InStock, some(6.5, false)),
        "what is oversold is not missing"
    );
    let places: Vec<_> = found
        .places
        .iter()
        .map(|place| (place.source, place.location.as_deref(), place.label.as_deref(), place.quantity.unwrap().value))
        .collect();
    assert_eq!(
        places,
        [
            (Source::Incocloud, Some("1"), Some("Main street"), 2.0),
            (Source::Incocloud, Some("2"), None, 0.5),
            (Source::Incocloud, Some("9"), None, -3.0),
            (Source::Intercars, Some("POZ"), None, 4.0),
        ]
    );
    assert_eq!(found.places[3].deliver_by.as_deref(), Some("2024-06-27"));
}

#[test]
fn a_side_that_is_silent_has_a_place_without_a_quantity() {
    for (wholesale, sources) in
        [(true, [Source::Incocloud, Source::Intercars]), (false, [Source::Incocloud, Source::Intercars])]
    {
        let mut held = holding(json!([lot("A", "W", 4.0, &json!({}))]), json!([item("A", json!({"availability": 4}))]));
        let systems = Systems::new(Set::default(), move |outgoing, now| match is_wholesale(outgoing) == wholesale {
            true => answer(500, ""),
            false => held(outgoing, now),
        });
        let found = systems.availability(json!({"sku": ["A"]})).unwrap().remove(0);
        assert_eq!(found.quantity, some(4.0, true));
        let places: Vec<_> = found.places.iter().map(|place| place.source).collect();
        assert_eq!(places, sources);
        let silent = &found.places[usize::from(wholesale)];
        assert_eq!((silent.quantity, &silent.location, &silent.label), (None, &None, &None));
    }
}

#[test]
fn a_count_that_nobody_can_hold_is_unknown() {
    let beyond = "123456789012345678901234567890123456789012345";
    for availability in [
        beyond.to_owned(),
        format!(r#"[{{"location_id":1,"quantity":0}},{{"location_id":2,"quantity":{beyond}}}]"#),
        format!(r#"[{{"location_id":1,"quantity":5}},{{"location_id":2,"quantity":{beyond}}}]"#),
    ] {
        let items = format!(r#"[{{"code":"A","name":"A","availability":{availability}}}]"#);
        let systems =
            Systems::new(Set::default(), move |outgoing, _| match (is_wholesale(outgoing), resource(outgoing)) {
                (true, _) => answer(200, json!([lot("A", "W", 0.0, &json!({}))]).to_string()),
                (false, "item") => answer(200, items.clone()),
                _ => answer(200, "[]"),
            });
        assert_eq!(systems.state_of("A"), (StockState::Unknown, None), "{availability}");
    }
}

// Who is who.

const ITEM_FIELDS: [(ItemField, &[&str]); 3] = [
    (ItemField::Code, &["code"]),
    (ItemField::Catalog, &["catalog", "catalog2", "catalog3"]),
    (ItemField::BarCode, &["bar_code", "bar_code2", "bar_code3"]),
];

fn rule(item: ItemField, supplier: ProductField, tolerant: bool) -> MatchRule {
    MatchRule { item, supplier, tolerant }
}

/// Whether the shop's five pieces of one of these items are found to be the wholesaler's product, of which there is none.
#[derive(Debug, PartialEq)]
enum Met {
    Yes,
    No,
    Unclear,
}

fn met(rules: &[MatchRule], items: Json, product: &Json) -> Met {
    let stock = json!([lot("AB-12", "W", 0.0, product)]);
    let systems = Systems::new(Set { rules: rules.to_vec(), ..Set::default() }, holding(stock, items));
    match systems.state_of("AB-12") {
        (StockState::InStock, quantity) if quantity == some(5.0, false) => Met::Yes,
        (StockState::OutOfStock, quantity) if quantity == some(0.0, false) => Met::No,
        (StockState::Unknown, None) => Met::Unclear,
        other => panic!("{other:?}"),
    }
}

fn five(code: &str, more: Json) -> Json {
    let mut row = item(code, more);
    row["availability"] = json!(5);
    row
}

#[test]
fn every_rule_meets_what_is_the_same_and_a_tolerant_one_what_is_written_otherwise() {
    let product = json!({"index": "OP 520/1", "eans": ["2000000000008", "05901234123457"]});
    let written: [(ProductField, [&str; 3], [&str; 3]); 3] = [
        (ProductField::Sku, ["AB-12", " AB-12 ", "AB-12\n"], ["ab12", "A B 12", "a.b-1_2"]),
        (ProductField::Index, ["OP 520/1", "OP 520/1 ", "\tOP 520/1"], ["op520/1", "OP-520-1", "op 5201"]),
        (
            ProductField::Ean,
            ["05901234123457", " 05901234123457", "2000000000008"],
            ["5901234123457", "590-1234-123457", "0 5901234 123457"],
        ),
    ];
    let others = ["AB-13", "12", "OP 520/10", "05901234123458", "-"];
    for (field, names) in ITEM_FIELDS {
        for name in names {
            let items = |text: &str| {
                let code = if field == ItemField::Code { text } else { "none" };
                json!([five(code, json!({ *name: text })), five("stranger", json!({"catalog": "x", "bar_code": "1"}))])
            };
            for (supplier, exact, sloppy) in &written {
                for tolerant in [false, true] {
                    let rules = [rule(field, *supplier, tolerant)];
                    let context = format!("{field:?}.{name} {supplier:?} {tolerant}");
                    for text in exact {
                        assert_eq!(met(&rules, items(text), &product), Met::Yes, "{context} {text}");
                    }
                    for text in sloppy {
                        let expected = if tolerant { Met::Yes } else { Met::No };
                        assert_eq!(met(&rules, items(text), &product), expected, "{context} {text}");
                    }
                    for text in others {
                        assert_eq!(met(&rules, items(text), &product), Met::No, "{context} {text}");
                    }
                }
            }
        }
    }
}

#[test]
fn without_rules_codes_are_skus() {
    assert_eq!(met(&[], json!([five("AB-12", json!({}))]), &json!({})), Met::Yes);
    assert_eq!(met(&[], json!([five("ab-12", json!({"catalog": "AB-12"}))]), &json!({})), Met::No);
}

#[test]
fn the_first_rule_that_finds_any_decides() {
    let rules = [
        rule(ItemField::BarCode, ProductField::Ean, true),
        rule(ItemField::Catalog, ProductField::Index, true),
        MatchRule::DEFAULT,
    ];
    let product = json!({"index": "OP520", "eans": ["5901234123457"]});
    let by_ean = five("a", json!({"bar_code2": "5901234123457"}));
    let by_index = five("b", json!({"catalog3": "op 520"}));
    let by_code = five("AB-12", json!({}));
    let none = |row: &Json| {
        let mut row = row.clone();
        row["availability"] = json!(77);
        row
    };
    for (items, expected) in [
        (json!([none(&by_code), none(&by_index), by_ean]), Met::Yes),
        (json!([none(&by_code), by_index]), Met::Yes),
        (json!([by_code]), Met::Yes),
        (json!([]), Met::No),
        // One item by several of its fields is one.
        (json!([five("a", json!({"catalog": "OP520", "catalog2": "op-520", "catalog3": "OP 520"}))]), Met::Yes),
        // Several by the first rule: the others are not asked.
        (json!([by_ean, five("c", json!({"bar_code": "05901234123457"})), by_code]), Met::Unclear),
        (json!([by_index, five("c", json!({"catalog": "OP.520"})), by_code]), Met::Unclear),
        (json!([by_code, by_code]), Met::Unclear),
    ] {
        assert_eq!(met(&rules, items.clone(), &product), expected, "{items}");
    }
}

#[test]
fn an_item_that_was_removed_is_not_there() {
    for (deleted, expected) in
        [(json!(true), Met::No), (json!(false), Met::Yes), (json!(null), Met::Yes), (json!(1), Met::Yes)]
    {
        let items = json!([five("AB-12", json!({ "deleted": deleted }))]);
        assert_eq!(met(&[], items, &json!({})), expected, "{deleted}");
    }
    let items = json!([five("AB-12", json!({})), item("AB-12", json!({"deleted": true, "availability": 9}))]);
    assert_eq!(met(&[], items, &json!({})), Met::Yes);
}

#[test]
fn blank_fields_and_junk_bar_codes_make_no_partners() {
    for (field, names) in ITEM_FIELDS {
        for name in names {
            for text in
                [" ", "", "  \t", "0", "00000000", "0000000000000", "123", "1234567", "123456789012345", "N/A", "-"]
            {
                let product = json!({"index": text, "eans": [text, " ", "0000000000000"]});
                let code = if field == ItemField::Code { text } else { "none" };
                for tolerant in [false, true] {
                    // An index may be any text but a blank one.
                    let blank = !text.chars().any(|char| if tolerant { char.is_alphanumeric() } else { char > ' ' });
                    for (supplier, expected) in
                        [(ProductField::Ean, Met::No), (ProductField::Index, if blank { Met::No } else { Met::Yes })]
                    {
                        let items = json!([five(code, json!({ *name: text }))]);
                        let found = met(&[rule(field, supplier, tolerant)], items, &product);
                        assert_eq!(found, expected, "{field:?}.{name} {supplier:?} {tolerant} {text:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn what_the_wholesaler_has_not_told_is_unknown_and_not_without_a_partner() {
    let items = json!([five("none", json!({"catalog": "OP520", "bar_code": "5901234123457"}))]);
    for (supplier, silent) in [(ProductField::Index, true), (ProductField::Ean, true), (ProductField::Sku, false)] {
        let rules = vec![rule(ItemField::Catalog, supplier, false)];
        // The wholesaler fails; it leaves the SKU out; it says that there is no such SKU.
        let replies: [fn() -> Reply; 3] = [
            || answer(500, ""),
            || answer(200, "[]"),
            || Reply::Answer(9, with(response(200, "[]"), "skipskulist", "AB-12")),
        ];
        for (way, reply) in replies.into_iter().enumerate() {
            let mut held = holding(json!([]), items.clone());
            let systems = Systems::new(Set { rules: rules.clone(), ..Set::default() }, move |outgoing, now| {
                if is_wholesale(outgoing) { reply() } else { held(outgoing, now) }
            });
            let found = systems.availability(json!({"sku": ["AB-12"]})).unwrap().remove(0);
            assert_eq!((found.state, found.quantity), (StockState::Unknown, None));
            let shop = found.places.iter().filter(|place| place.source == Source::Incocloud).count();
            assert_eq!(shop, usize::from(silent && way < 2), "{supplier:?} {way}");
        }
    }
    // Asked by its index the item is found although the wholesaler is silent.
    let systems =
        Systems::new(Set { rules: vec![rule(ItemField::Catalog, ProductField::Index, true)], ..Set::default() }, {
            let mut held = holding(json!([]), items);
            move |outgoing, now| if is_wholesale(outgoing) { answer(500, "") } else { held(outgoing, now) }
        });
    let found = systems.availability(json!({"index": ["op 520"]})).unwrap().remove(0);
    assert_eq!((found.state, found.quantity), (StockState::InStock, some(5.0, true)));
}

// The snapshot of the shop's items.

#[test]
fn a_hundred_callers_ask_for_the_items_once() {
    let systems = Systems::new(Set::default(), holding(json!([]), json!([item("A", json!({"availability": 5}))])));
    for options in [CallOptions::default, fresh] {
        let before = systems.pulls();
        let callers: Vec<_> = (0..100).map(|_| systems.ask(json!({"sku": ["A"]}), options())).collect();
        systems.world.run();
        for caller in callers {
            assert_eq!(caller.taken().unwrap().unwrap()[0].quantity, some(5.0, true));
        }
        assert_eq!(systems.pulls(), before + 1);
    }
}

#[test]
fn items_are_asked_for_anew_by_their_age_and_on_demand() {
    let pieces = Rc::new(Cell::new(1));
    let held = pieces.clone();
    let set = Set { max_age_ms: 30 * SECOND, ..Set::default() };
    let systems = Systems::of(set, (false, true), move |outgoing, _| match resource(outgoing) {
        "item" => answer(200, json!([item("A", json!({"availability": held.get()}))]).to_string()),
        _ => answer(200, "[]"),
    });
    let value = || systems.state_of("A").1.unwrap().value;
    assert_eq!((value(), systems.pulls()), (1.0, 1));
    let pulled_at = systems.world.passed();
    pieces.set(2);
    systems.world.run_for(pulled_at + 29 * SECOND);
    assert_eq!((value(), systems.pulls()), (1.0, 1));
    systems.world.run_for(pulled_at + 31 * SECOND);
    assert_eq!((value(), systems.pulls()), (2.0, 2));
    pieces.set(3);
    assert_eq!((value(), systems.pulls()), (2.0, 2));
    let found = systems.ask(json!({"sku": ["A"]}), fresh()).outcome().unwrap();
    assert_eq!((found[0].quantity, systems.pulls()), (some(3.0, false), 3));
    assert_eq!((value(), systems.pulls()), (3.0, 3), "what was asked for on demand is everybody's");
    let item = systems.world.calls().into_iter().find(|logged| resource(&logged.outgoing) == "item").unwrap();
    assert_eq!(item.outgoing.url, format!("{SERVER}/connect/api/item?include_availability=true&token=T"));
}

#[test]
fn items_that_may_have_no_age_are_asked_for_again_and_not_without_end() {
    for max_age_ms in [0, 1] {
        let mut held = holding(json!([]), json!([item("A", json!({"availability": 5}))]));
        let mut requests = 0;
        let set = Set { max_age_ms, ..Set::default() };
        let systems = Systems::of(set, (false, true), move |outgoing, now| {
            requests += 1;
            assert!(requests < 50, "the service is asked without end");
            held(outgoing, now)
        });
        for round in 1..=3 {
            let callers: Vec<_> = (0..20).map(|_| systems.ask(json!({"sku": ["A"]}), CallOptions::default())).collect();
            systems.world.run();
            assert!(callers.iter().all(|caller| caller.taken().unwrap().unwrap()[0].quantity == some(5.0, false)));
            assert_eq!(systems.pulls(), round, "{max_age_ms}");
            systems.world.run_for(systems.world.passed() + 2 * SECOND);
        }
    }
}

#[test]
fn items_that_failed_are_asked_for_by_the_next_call() {
    let mut number = 0;
    let systems = Systems::of(Set::default(), (false, true), move |outgoing, _| match resource(outgoing) {
        "item" => {
            number += 1;
            if number == 1 { answer(500, "") } else { answer(200, json!([five("A", json!({}))]).to_string()) }
        }
        _ => answer(200, "[]"),
    });
    let callers: Vec<_> = (0..20).map(|_| systems.ask(json!({"sku": ["A"]}), CallOptions::default())).collect();
    systems.world.run();
    assert!(callers.iter().all(|caller| caller.taken().unwrap().unwrap_err().kind == ErrorKind::Upstream));
    assert_eq!(systems.pulls(), 1);
    assert_eq!(systems.state_of("A").1, some(5.0, false));
}

// Offers.

fn prices(currency: &str, include_vat: bool, field: &str) -> Option<ShopPrices> {
    Some(ShopPrices::new(currency.to_owned(), include_vat, field).unwrap())
}

/// A quote of one SKU: gross price, tax, and when it is there.
fn quote(sku: &str, gross: &str, vat: u32, deliver_by: Option<&str>) -> Json {
    let lot = json!({"latestDeliveryDate": deliver_by});
    let gross: serde_json::Number = serde_json::from_str(gross).unwrap();
    json!({
        "sku": sku, "quantity": 1, "lines": [lot_of(sku, &lot)],
        "price": {"currencyCode": "BGN", "listPriceNet": 1, "listPriceGross": gross, "vatPercentage": vat}
    })
}

fn lot_of(sku: &str, more: &Json) -> Json {
    lot(sku, "W", 3.0, more)
}

/// Source, total, cheapest, soonest of each offer.
fn seen(offers: &[Offer]) -> Vec<(Source, &str, bool, bool)> {
    let marked = |mark: Option<bool>| mark == Some(true);
    offers
        .iter()
        .map(|offer| (offer.source, offer.total.amount.as_str(), marked(offer.cheapest), marked(offer.soonest)))
        .collect()
}

const THEIRS: Source = Source::Intercars;
const OURS: Source = Source::Incocloud;

#[test]
fn totals_of_the_shop_are_exact() {
    for (price, quantity, unit, total) in [
        ("0.1", "3", "0.10", "0.30"),
        ("1.005", "1000", "1.005", "1005.00"),
        ("4.35", "100", "4.35", "435.00"),
        ("29.99", "2.5", "29.99", "74.975"),
        ("1234567890.12", "999999", "1234567890.12", "1234566655552109.88"),
        ("1e2", "1", "100.00", "100.00"),
    ] {
        let items = format!(r#"[{{"code":"A","name":"A","price_group3":{price},"vat_group_id":2}}]"#);
        let set = Set { prices: prices("BGN", false, "price_group3"), ..Set::default() };
        let systems = Systems::of(set, (false, true), move |outgoing, _| match resource(outgoing) {
            "item" => answer(200, items.clone()),
            "vat_group" => answer(200, r#"[{"id":2,"vat_value":9}]"#),
            _ => answer(200, "[]"),
        });
        let line: Json = serde_json::from_str(&format!(r#"{{"sku":"A","quantity":{quantity}}}"#)).unwrap();
        let found = systems.offers(json!([line])).unwrap().remove(0).remove(0);
        assert_eq!((found.unit.amount.as_str(), found.total.amount.as_str()), (unit, total), "{price} × {quantity}");
        assert_eq!((found.total.vat, found.total.currency.as_str()), (Vat::Net, "BGN"));
        assert_eq!((found.vat_percentage, found.source, found.sku.as_str()), (Some(9.0), OURS, "A"));
        assert_eq!(
            (found.cheapest, found.soonest, found.deliver_by),
            (None, None, None),
            "there is nothing to compare"
        );
    }
}

#[test]
fn what_costs_least_is_told_with_tax_counted_in() {
    // The shop's price, whether tax is in it, its tax group; the wholesaler's gross price at 20 %.
    for (price, include_vat, group, gross, cheapest) in [
        (100.0, true, json!(1), "120", OURS),
        (100.01, false, json!(1), "120", THEIRS),
        (99.99, false, json!(1), "120", OURS),
        // Of equals the wholesaler's stays first.
        (100.0, false, json!(1), "120", THEIRS),
        (120.0, true, json!(1), "120.00", THEIRS),
        (119.99, true, json!(1), "120", OURS),
        // At 9 %.
        (110.0, false, json!(2), "120", OURS),
        (110.1, false, json!(2), "120", THEIRS),
        // Nobody knows the shop's group: the same goods are taxed alike.
        (99.99, false, json!(7), "120", OURS),
        (100.01, false, json!(null), "120", THEIRS),
    ] {
        let items = json!([item("A", json!({"regular_price": price, "vat_group_id": group}))]);
        let set = Set { prices: prices("BGN", include_vat, "regular_price"), ..Set::default() };
        let systems = Systems::new(set, holding(json!([quote("A", gross, 20, None)]), items));
        let offers = systems.offers(json!([{"sku": "A", "quantity": 7}])).unwrap().remove(0);
        let context = format!("{price} {include_vat} {group} against {gross}");
        assert_eq!(offers.len(), 2, "{context}");
        assert_eq!((offers[0].source, offers[0].cheapest), (cheapest, Some(true)), "the cheapest first: {context}");
        assert_eq!(offers[1].cheapest, None, "{context}");
    }
}

#[test]
fn what_cannot_be_compared_is_not() {
    let offers = |set: Set, gross: &str, more: Json| {
        let mut held = item("A", json!({"regular_price": 1, "trade_price": "7", "vat_group_id": 1}));
        held.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let systems = Systems::new(set, holding(json!([quote("A", gross, 20, None)]), json!([held])));
        systems.offers(json!([{"sku": "A"}])).unwrap().remove(0)
    };
    let set = |prices| Set { prices, ..Set::default() };
    let euro = offers(set(prices("EUR", true, "regular_price")), "120", json!({}));
    assert_eq!(seen(&euro), [(THEIRS, "120.00", false, false), (OURS, "1.00", false, false)], "another currency");
    let on_request = offers(set(prices("BGN", true, "regular_price")), "9999.99", json!({}));
    assert_eq!(seen(&on_request), [(THEIRS, "9999.99", false, false), (OURS, "1.00", false, false)]);
    // Without a price of the shop's there is one offer, and nothing to compare.
    for (prices, more) in [
        (None, json!({})),
        (prices("BGN", true, "regular_price"), json!({"regular_price": null})),
        (prices("BGN", true, "trade_price"), json!({})),
        (prices("BGN", true, "price_group8"), json!({})),
    ] {
        let found = offers(set(prices), "120", more);
        assert_eq!(seen(&found), [(THEIRS, "120.00", false, false)]);
    }
}

#[test]
fn without_settings_of_the_shop_there_is_no_price_of_it() {
    let items = json!([five("A", json!({"regular_price": 5}))]);
    let systems = Systems::of(Set::default(), (false, true), holding(json!([]), items));
    assert_eq!(systems.offers(json!([{"sku": "A"}, {"sku": "B"}])).unwrap(), [vec![], vec![]]);
    assert!(systems.world.calls().iter().all(|logged| resource(&logged.outgoing) != "vat_group"));
    for (currency, field) in
        [("bgn", "regular_price"), ("BGNN", "regular_price"), ("", "regular_price"), ("BGN", "name"), ("BGN", "price")]
    {
        let error = ShopPrices::new(currency.to_owned(), true, field).map(|_| ()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Validation, "{currency} {field}");
    }
    for field in ["regular_price", "trade_price", "trade_in_price", "price_group1", "price_group8"] {
        assert!(ShopPrices::new("EUR".to_owned(), true, field).is_ok());
    }
}

#[test]
fn what_is_there_first_is_told() {
    for (availability, deliver_by, soonest) in [
        (json!(7), Some("2024-06-27"), Some(OURS)),
        (json!(6.99), Some("2024-06-27"), Some(THEIRS)),
        (json!([{"location_id": 1, "quantity": 4}, {"location_id": 2, "quantity": 3}]), Some("2024-06-27"), Some(OURS)),
        (json!([{"location_id": 1, "quantity": 9}, {"location_id": 2, "quantity": -3}]), None, Some(OURS)),
        (json!(0), Some("2024-06-27"), Some(THEIRS)),
        (json!(null), Some("2024-06-27"), Some(THEIRS)),
        (json!("7"), None, None),
        (json!(0), None, None),
    ] {
        let items = json!([item("A", json!({"regular_price": 1, "vat_group_id": 1, "availability": availability}))]);
        let set = Set { prices: prices("BGN", true, "regular_price"), ..Set::default() };
        let systems = Systems::new(set, holding(json!([quote("A", "120", 20, deliver_by)]), items));
        let offers = systems.offers(json!([{"sku": "A", "quantity": 7}])).unwrap().remove(0);
        let marked: Vec<_> =
            offers.iter().filter(|offer| offer.soonest == Some(true)).map(|offer| offer.source).collect();
        assert_eq!(marked, Vec::from_iter(soonest), "{availability} {deliver_by:?}");
    }
}

#[test]
fn offers_of_one_side_stay_where_the_other_fails() {
    for wholesale in [true, false] {
        let items = json!([five("A", json!({"regular_price": 5})), five("B", json!({}))]);
        let mut held = holding(json!([quote("A", "6", 20, None)]), items);
        let set = Set { prices: prices("BGN", true, "regular_price"), ..Set::default() };
        let systems = Systems::new(set, move |outgoing, now| match is_wholesale(outgoing) == wholesale {
            true => answer(500, ""),
            false => held(outgoing, now),
        });
        let offers = systems.offers(json!([{"sku": "C"}, {"sku": "A"}, {"sku": "B"}])).unwrap();
        let expected = if wholesale { (OURS, "5.00", false, false) } else { (THEIRS, "6.00", false, false) };
        assert_eq!(offers.iter().map(|line| seen(line)).collect::<Vec<_>>(), [vec![], vec![expected], vec![]]);
    }
}

// Who has no partner.

/// A wholesaler that knows these products, by SKU and index, and counts what it is asked for.
fn catalogue(
    products: &'static [(&'static str, &'static str)],
    log: Rc<RefCell<Vec<String>>>,
) -> impl FnMut(&Outgoing) -> Reply {
    move |outgoing| {
        let name = if outgoing.url.contains("index=") { "index" } else { "sku" };
        let wanted = incocloud::parameter(outgoing, name).unwrap();
        log.borrow_mut().extend(wanted.split(',').map(|key| format!("{name} {key}")));
        let known = |key: &str| {
            let of = products
                .iter()
                .filter(|(sku, index)| (if name == "sku" { sku } else { index }).eq_ignore_ascii_case(key));
            of.map(|(sku, index)| lot(sku, "W", 0.0, &json!({ "index": index }))).collect::<Vec<_>>()
        };
        let rows: Vec<Json> = wanted.split(',').flat_map(known).collect();
        let unheard: Vec<&str> = wanted.split(',').filter(|key| known(key).is_empty()).collect();
        let answer = response(200, Json::Array(rows).to_string());
        Reply::Answer(50, with(answer, "skipskulist", unheard.join(",")))
    }
}

fn strangers(
    rules: Vec<MatchRule>,
    products: &'static [(&'static str, &'static str)],
    items: Json,
) -> (Unmatched, Vec<String>) {
    let log = Rc::new(RefCell::new(Vec::new()));
    let (mut wholesale, mut till) = (catalogue(products, log.clone()), holding(json!([]), items));
    let systems = Systems::new(Set { rules, ..Set::default() }, move |outgoing, now| {
        if is_wholesale(outgoing) { wholesale(outgoing) } else { till(outgoing, now) }
    });
    let found = systems.unmatched().unwrap();
    let mut log = log.borrow().clone();
    log.sort();
    (found, log)
}

fn codes(rows: &[String]) -> Vec<String> {
    let code = |row: &String| serde_json::from_str::<Json>(row).unwrap()["code"].as_str().unwrap().to_owned();
    rows.iter().map(code).collect()
}

#[test]
fn items_without_a_partner_are_told_as_sent() {
    let odd = json!({"code": "X9", "name": "я", "more": [1, {"a": null}], "availability": "odd"});
    let items = json!([
        item("A1", json!({})),
        odd,
        item(" ", json!({})),
        item("C,3", json!({})),
        item("D4", json!({"deleted": true}))
    ]);
    let (found, log) = strangers(Vec::new(), &[("A1", "i1"), ("D4", "i4")], items);
    assert_eq!(codes(&found.items), ["X9", " ", "C,3"]);
    assert_eq!(serde_json::from_str::<Json>(&found.items[0]).unwrap(), odd);
    assert!(found.ambiguous.is_empty());
    assert_eq!(log, ["sku A1", "sku X9"], "nothing blank, nothing with a comma, nothing removed is asked for");
}

#[test]
fn items_that_may_be_several_are_told_with_what_they_may_be() {
    let rules = vec![rule(ItemField::Catalog, ProductField::Index, true), MatchRule::DEFAULT];
    let products = &[("S1", "OP520"), ("S2", "OP 520"), ("S3", "K-7"), ("S4", "M1")];
    let items = json!([
        item("a", json!({"catalog": "OP520", "catalog2": "OP 520"})),
        item("b", json!({"catalog": "K-7"})),
        item("c", json!({"catalog3": "K-7"})),
        item("S4", json!({"catalog": "unheard"})),
        item("e", json!({"catalog": " "})),
    ]);
    let (found, log) = strangers(rules, products, items);
    assert_eq!(codes(&found.items), ["e"]);
    let ambiguous: Vec<_> = found
        .ambiguous
        .iter()
        .map(|(row, skus)| (codes(std::slice::from_ref(row)).remove(0), skus.join(" ")))
        .collect();
    let expected = [("a", "S1 S2"), ("b", "S3"), ("c", "S3")].map(|(code, skus)| (code.to_owned(), skus.to_owned()));
    assert_eq!(ambiguous, expected);
    // What the first rule found is not asked for by the second.
    assert_eq!(log, ["index K-7", "index OP 520", "index OP520", "index unheard", "sku S4", "sku e"]);
}

#[test]
fn a_thousand_items_are_asked_for_a_hundred_at_a_time_and_each_once() {
    let items = Json::Array((0..1_000).map(|number| item(&format!("N{}", number % 990), json!({}))).collect());
    let (found, log) = strangers(Vec::new(), &[("N5", "i5"), ("N700", "i7")], items);
    assert_eq!(log.len(), 990, "twins are asked for once");
    assert_eq!(found.items.len(), 1_000 - 3);
    assert_eq!(found.ambiguous.len(), 2, "N5 is there twice: which of them is it?");
    let only_ean = vec![rule(ItemField::BarCode, ProductField::Ean, true)];
    let (found, log) = strangers(only_ean, &[], json!([item("A", json!({"bar_code": "5901234123457"}))]));
    assert_eq!((codes(&found.items), log.len()), (vec!["A".to_owned()], 0), "a bar code cannot be asked for");
}

#[test]
fn a_wholesaler_that_fails_is_no_proof_that_there_is_no_partner() {
    let mut held = holding(json!([]), json!([item("A", json!({}))]));
    let systems =
        Systems::new(
            Set::default(),
            move |outgoing, now| {
                if is_wholesale(outgoing) { answer(500, "") } else { held(outgoing, now) }
            },
        );
    assert_eq!(systems.unmatched().unwrap_err().kind, ErrorKind::Upstream);
    assert!(systems.world.now() > START);
}
