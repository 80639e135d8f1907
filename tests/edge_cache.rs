//! What the proxy keeps, for whom, for how long, and what it does when a supplier is down.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "core/mod.rs"]
mod common;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use common::edge::*;
use common::supplier::{answer, asked, response, skus};
use common::world::{Reply, World};
use serde_json::{Value, json};
use stocklane::edge::{ProxySettings, Request, Response};
use stocklane::engine::{Ms, Outgoing, Settings};

const SECOND: Ms = 1_000;
const MINUTE: Ms = 60 * SECOND;
/// For so long an answer is fresh.
const FRESH: Ms = 30 * SECOND;
/// After that it is served no more without asking.
const GRACE: Ms = 3 * FRESH;
const BADGE: &str = "/availability?sku=A";

/// Stock and quotes whose warehouse says for whom they were asked.
fn echo(outgoing: &Outgoing) -> Reply {
    let (host, rest) = outgoing.url.split_once("/ic/").unwrap();
    let ship_to = rest.split_once("shipTo=").map_or("", |(_, rest)| rest.split('&').next().unwrap());
    let language = outgoing.headers.iter().find(|(name, _)| *name == "Accept-Language").map_or("", |(_, value)| value);
    let place = format!("{}-{ship_to}-{language}", host.trim_start_matches("https://"));
    let rows = |skus: Vec<String>| {
        let row = |sku: &String| format!("{{\"location\":\"{place}\",\"sku\":\"{sku}\",\"availability\":5}}");
        skus.iter().map(row).collect::<Vec<_>>()
    };
    if rest.starts_with("inventory/stock") {
        return answer(200, format!("[{}]", rows(asked(outgoing)).join(",")));
    }
    if rest.starts_with("inventory/quote") {
        let quoted = |row: &String| {
            format!(
                "{{\"sku\":\"A\",\"quantity\":1,\"price\":{{\"currencyCode\":\"PLN\",\"listPriceNet\":8,\"listPriceGross\":10,\
                 \"vatPercentage\":23,\"customerPriceGross\":4}},\"lines\":[{row}]}}"
            )
        };
        return answer(200, format!("[{}]", rows(asked(outgoing)).iter().map(quoted).collect::<Vec<_>>().join(",")));
    }
    answer(
        200,
        format!("{{\"totalResults\":1,\"hasNextPage\":false,\"products\":[{{\"sku\":\"A\",\"index\":\"{place}\"}}]}}"),
    )
}

/// A tenant whose wholesaler is at this host.
fn tenant(name: &str, host: &str) -> ProxySettings {
    let show = json!({"show": ["sku", "places.location"]});
    let policy = policy(json!({"buyer": {
        "availability": show,
        "offers": {"show": ["sku", "unit", "cost"]},
        "search": {"show": ["sku", "index"]},
        "stock": {"show": ["sku", "location"]},
    }}));
    let mut settings = ProxySettings { tenant: name.to_owned(), policy, ..wholesale() };
    settings.intercars =
        settings.intercars.map(|account| Settings { base_url: format!("https://{host}/ic"), ..account });
    settings
}

fn speaking(language: &str, request: Request) -> Request {
    Request { language: Some(language.to_owned()), ..request }
}

fn claims(role: &str, ship_to: &str) -> Value {
    json!({"sub": "x", "role": role, "shipTo": ship_to})
}

#[test]
fn sixteen_kinds_of_callers_have_sixteen_answers_and_never_anothers() {
    for target in [BADGE, "/intercars/inventory/stock?sku=A"] {
        let shared = Rc::new(Common::default());
        for common in [None, Some(&shared)] {
            let world = World::new(tokens(|outgoing, _| echo(outgoing)));
            let fronts =
                || ["one", "two"].map(|name| Front::in_world(&world, common, tenant(name, &format!("{name}.test"))));
            let all = |fronts: &[Front; 2]| {
                let mut answers = Vec::new();
                for (front, host) in fronts.iter().zip(["one", "two"]) {
                    for role in ["buyer", "staff"] {
                        for ship_to in ["S1", "S2"] {
                            for language in ["pl", "de"] {
                                let asked =
                                    front.by(&claims(role, ship_to), speaking(language, request("GET", target)));
                                let seen = text(&front.ask(asked));
                                assert!(seen.contains(&format!("\"{host}.test-{ship_to}-{language}\"")), "{seen}");
                                assert_eq!(
                                    seen.contains("\"availability\"") || seen.contains("\"state\""),
                                    role == "staff"
                                );
                                answers.push(seen);
                            }
                        }
                    }
                }
                answers
            };
            let first = fronts();
            let answers = all(&first);
            assert_eq!(answers.iter().collect::<BTreeSet<_>>().len(), 16);
            assert_eq!(world.calls().len(), 16);
            assert_eq!(all(&first), answers);
            assert_eq!(world.calls().len(), 16, "each is known");
            // Another instance knows what the first one has left, where there is somebody to leave it with.
            let others = all(&fronts());
            assert_eq!(others, answers);
            let left = common.is_some() && target == BADGE;
            assert_eq!(world.calls().len(), if left { 16 } else { 32 });
        }
        assert_eq!(shared.ever.borrow().len(), if target == BADGE { 16 } else { 0 });
    }
}

/// Somebody's question.
struct Question {
    settings: fn() -> ProxySettings,
    claims: Value,
    target: &'static str,
    language: &'static str,
}

fn question() -> Question {
    Question {
        settings: || tenant("one", "one.test"),
        claims: json!({"sub": "x", "role": "buyer", "shipTo": "S1", "partnerId": 7}),
        target: BADGE,
        language: "pl",
    }
}

#[test]
fn each_part_of_what_an_answer_depends_on_keeps_answers_apart() {
    let claims = |role: &str, ship_to: &str, partner: u64| json!({"sub": "x", "role": role, "shipTo": ship_to, "partnerId": partner});
    let of = |claims: Value| Question { claims, ..question() };
    let at = |target| Question { target, ..question() };
    let cost = || json!({"sub": "x", "role": "buyer", "shipTo": "S1", "partnerId": 7, "seesCost": true});
    let parts = [
        ("tenant", question(), Question { settings: || tenant("two", "one.test"), ..question() }),
        (
            "account",
            question(),
            Question {
                settings: || ProxySettings { account: "other".to_owned(), ..tenant("one", "two.test") },
                ..question()
            },
        ),
        // Both see what it costs: nothing else keeps them apart.
        ("role", of(cost()), of(claims("staff", "S1", 7))),
        ("customer", question(), of(claims("buyer", "S2", 7))),
        ("partner", question(), of(claims("buyer", "S1", 8))),
        ("cost", at("/offers?sku=A"), Question { target: "/offers?sku=A", ..of(cost()) }),
        ("operation", at(BADGE), at("/search?q=A")),
        ("item", at(BADGE), at("/availability?sku=B")),
        ("place", at(BADGE), at("/availability?sku=A&location=P")),
        ("pieces", at("/offers?sku=A"), at("/offers?sku=A&quantity=2")),
        ("language", question(), Question { language: "de", ..question() }),
    ];
    for (part, one, other) in parts {
        let shared = Rc::new(Common::default());
        let world = World::new(tokens(|outgoing, _| echo(outgoing)));
        let front = |asked: &Question, common| Front::in_world(&world, common, (asked.settings)());
        let ask = |front: &Front, asked: &Question| {
            text(&front.ask(front.by(&asked.claims, speaking(asked.language, request("GET", asked.target)))))
        };
        // By way of the others, each time in an instance that knows nothing.
        let before = ask(&front(&one, Some(&shared)), &one);
        let hits = world.calls().len();
        let alone = ask(&front(&other, None), &other);
        let asked_alone = world.calls().len();
        assert!(asked_alone > hits);
        assert_eq!(ask(&front(&other, Some(&shared)), &other), alone, "{part}");
        let asked_among = world.calls().len();
        assert!(asked_among > asked_alone, "{part}: another's answer was taken");
        assert_eq!(ask(&front(&one, Some(&shared)), &one), before, "{part}");
        assert_eq!(world.calls().len(), asked_among, "{part}: what was left is taken");
        // Within one instance.
        if !matches!(part, "tenant" | "account") {
            let here = front(&one, None);
            assert_eq!(ask(&here, &one), before);
            let hits = world.calls().len();
            assert_eq!(ask(&here, &other), alone, "{part}");
            assert!(world.calls().len() > hits, "{part}: another's answer was taken");
            let hits = world.calls().len();
            assert_eq!((ask(&here, &one), ask(&here, &other)), (before, alone));
            assert_eq!(world.calls().len(), hits);
        }
    }
}

#[test]
fn a_key_says_in_which_version_its_answer_is_written_and_keeps_its_parts_apart() {
    let shared = Rc::new(Common::default());
    let world = World::new(tokens(|outgoing, _| echo(outgoing)));
    let ship_to = "S1\",\"x";
    let front = Front::in_world(&world, Some(&shared), tenant("o\\ne\"", "one.test"));
    front.get(&json!({"sub": "x", "role": "buyer", "shipTo": ship_to}), BADGE);
    let keys: Vec<Value> = shared.ever.borrow().iter().map(|(key, _)| serde_json::from_str(key).unwrap()).collect();
    let [key] = &keys[..] else { panic!("{keys:?}") };
    assert_eq!(key, &json!(["1", "o\\ne\"", "account", "buyer", "", ship_to, null, "availability", "A", "en"]));
}

#[test]
fn a_place_with_a_comma_is_not_two_places() {
    let front = Front::new(tenant("one", "one.test"), |outgoing, _| echo(outgoing));
    front.get(&staff(), "/availability?sku=A&location=P%2CQ");
    let hits = front.hits();
    front.get(&staff(), "/availability?sku=A&location=P,Q");
    assert_eq!(front.hits(), hits + 1);
}

/// A wholesaler that can be broken, and what it says then.
#[derive(Clone)]
struct Mood(Rc<RefCell<Option<(u16, &'static str)>>>);

fn moody() -> (Mood, Front) {
    moody_shop(wholesale())
}

fn moody_shop(settings: ProxySettings) -> (Mood, Front) {
    let mood = Mood(Rc::default());
    let (told, pieces) = (mood.clone(), Cell::new(10));
    let front = Front::new(settings, move |outgoing, _| {
        pieces.set(pieces.get() + 1);
        if let Some((status, body)) = *told.0.borrow() {
            return if status == 0 { Reply::Silence } else { Reply::Answer(5, response(status, body)) };
        }
        let rows = |skus: Vec<String>| {
            let row =
                |sku: &String| format!("{{\"location\":\"P\",\"sku\":\"{sku}\",\"availability\":{}}}", pieces.get());
            skus.iter().map(row).collect::<Vec<_>>().join(",")
        };
        match asked_for(outgoing).name {
            "stock" => answer(200, format!("[{}]", rows(asked(outgoing)))),
            _ => echo(outgoing),
        }
    });
    (mood, front)
}

impl Mood {
    fn is(&self, status: u16, body: &'static str) {
        *self.0.borrow_mut() = Some((status, body));
    }

    fn is_good(&self) {
        *self.0.borrow_mut() = None;
    }
}

/// An answer at once: the clock has not moved.
fn at_once(front: &Front, request: Request) -> Response {
    let before = front.world.passed();
    let response = front.ask(request);
    assert_eq!(front.world.passed(), before, "somebody waited");
    response
}

#[test]
fn what_is_fresh_is_not_asked_again() {
    let (_, front) = moody();
    let first = whole(&front.get(&visitor(), BADGE));
    front.pass(FRESH - SECOND);
    assert_eq!(whole(&at_once(&front, request("GET", BADGE))), first);
    assert!(!front.proxy.is_due());
    assert_eq!(front.hits(), 1);
}

#[test]
fn what_is_a_little_old_is_served_at_once_and_asked_for_once_while_nobody_waits() {
    for (target, method) in [
        (BADGE, "GET"),
        ("/offers?sku=A", "GET"),
        ("/search?q=A%20B", "GET"),
        ("/widgets/stock?sku=A", "GET"),
        ("/widgets/quote?sku=A", "GET"),
    ] {
        let (_, front) = moody();
        let first = text(&front.get(&visitor(), target));
        let fresh = match target {
            "/search?q=A%20B" => 10 * MINUTE,
            _ if target.contains("sku=A") && (target.starts_with("/offers") || target.contains("quote")) => MINUTE,
            _ => FRESH,
        };
        for wait in [fresh, fresh] {
            front.pass(wait);
            let hits = front.hits();
            for _ in 0..40 {
                let response = at_once(&front, request(method, target));
                assert_eq!((response.status, header(&response, "X-Stocklane-Stale")), (200, None));
            }
            assert_eq!(front.hits(), hits, "{target}");
            assert!(front.proxy.is_due(), "{target}");
            front.renew();
            assert!(!front.proxy.is_due());
            assert_eq!(front.hits(), hits + 1, "{target}: once for all");
            assert!(!front.proxy.is_due());
        }
        let _ = first;
        at_once(&front, request(method, target));
        assert!(!front.proxy.is_due(), "{target}: it is fresh again");
    }
}

#[test]
fn what_was_asked_for_anew_is_what_is_served() {
    let (_, front) = moody();
    let pieces = |front: &Front| read(&front.get(&staff(), BADGE))[0]["quantity"]["value"].as_f64().unwrap();
    let first = pieces(&front);
    front.pass(FRESH);
    assert_eq!(pieces(&front), first);
    front.renew();
    assert!(pieces(&front) > first);
}

#[test]
fn past_its_grace_an_answer_is_asked_for_first() {
    let (_, front) = moody();
    front.get(&visitor(), BADGE);
    front.pass(GRACE);
    let response = front.get(&visitor(), BADGE);
    assert_eq!((front.hits(), front.proxy.is_due(), header(&response, "X-Stocklane-Stale")), (2, false, None));
}

#[test]
fn a_suppliers_own_path_is_never_served_older_than_it_is_asked_for() {
    let (_, front) = moody();
    let stock = "/intercars/inventory/stock?sku=A";
    front.get(&buyer(), stock);
    front.pass(FRESH - SECOND);
    front.get(&buyer(), stock);
    assert_eq!(front.hits(), 1);
    front.pass(2 * SECOND);
    front.get(&buyer(), stock);
    // At once and asked for anew, or asked for first: but not old for as long as anybody likes.
    front.renew();
    assert_eq!(front.hits(), 2);
}

#[test]
fn while_a_supplier_is_down_old_answers_are_served_and_marked_for_an_hour() {
    for (status, body) in [
        (500, "x"),
        (503, ""),
        (0, "silence"),
        (200, "{"),
        (200, "<html>"),
        (200, "[{\"sku\":1}]"),
        (429, ""),
        (401, ""),
        (302, ""),
    ] {
        let (mood, front) = moody();
        let two = "/availability?sku=A,B";
        let good = read(&front.get(&visitor(), two));
        let since = front.world.passed();
        mood.is(status, body);
        for minutes in [2, 20, 58] {
            front.pass(minutes * MINUTE - (front.world.passed() - since));
            let response = front.get(&visitor(), two);
            assert_eq!(response.status, 200, "{status} {body}");
            let age: Ms = header(&response, "X-Stocklane-Stale").expect("a mark").parse().unwrap();
            // Up to the retries' own time.
            assert!((minutes * 60 - 1..=minutes * 60 + 40).contains(&age), "{status} {body}: {age}");
            let mut rows = read(&response);
            for row in rows.as_array_mut().unwrap() {
                assert_eq!(row.as_object_mut().unwrap().remove("stale"), Some(json!(true)));
            }
            assert_eq!(rows, good);
        }
        front.pass(61 * MINUTE - (front.world.passed() - since));
        let response = front.get(&visitor(), two);
        assert!(matches!(response.status, 429 | 502 | 503 | 504), "{status} {body}: {}", whole(&response));
        assert_eq!(header(&response, "X-Stocklane-Stale"), None);
    }
}

#[test]
fn offers_widgets_and_suppliers_paths_are_marked_too() {
    let (mood, front) = moody();
    let targets = [
        "/offers?sku=A",
        "/search?q=A",
        "/widgets/stock?sku=A",
        "/widgets/quote?sku=A",
        "/intercars/inventory/stock?sku=A",
    ];
    let good = targets.map(|target| text(&front.get(&staff(), target)));
    mood.is(500, "");
    front.pass(31 * MINUTE);
    for (target, good) in targets.into_iter().zip(good) {
        let response = front.get(&staff(), target);
        let age: Ms = header(&response, "X-Stocklane-Stale").expect(target).parse().unwrap();
        assert!((31 * 60..31 * 60 + 60).contains(&age), "{target}: {age}");
        let told = if target.starts_with("/widgets") {
            "<p part=\"stale\">Last known, may have changed</p>"
        } else {
            "\"stale\":true,"
        };
        assert_eq!(text(&response).replace(told, ""), good);
        // Of what is as the supplier has it, the header tells.
        let rows = target.starts_with("/search") || target.starts_with("/intercars");
        assert_eq!(text(&response).contains(told), !rows, "{target}");
    }
}

#[test]
fn a_page_of_the_shops_may_read_every_header_that_an_answer_has_of_ours() {
    let front = Front::new(wholesale(), |_, _| answer(200, "[]"));
    let asked = Request { origin: Some("https://shop.test".to_owned()), ..request("GET", BADGE) };
    let response = front.ask(asked);
    let exposed: BTreeSet<_> = header(&response, "Access-Control-Expose-Headers").unwrap().split(", ").collect();
    for name in ["Retry-After", "X-Correlation-Id", "X-Stocklane-Next", "X-Stocklane-Skipped", "X-Stocklane-Stale"] {
        assert!(exposed.contains(name), "{name}");
    }
}

#[test]
fn what_a_supplier_refuses_is_not_answered_out_of_the_past() {
    for (status, body, told) in
        [(400, "{\"code\":\"ICF101\"}", 400), (404, "", 404), (403, "{\"code\":\"900908\"}", 404), (422, "", 400)]
    {
        let (mood, front) = moody();
        assert_eq!(front.get(&visitor(), BADGE).status, 200);
        front.pass(5 * MINUTE);
        mood.is(status, body);
        let response = front.get(&visitor(), BADGE);
        assert_eq!((response.status, header(&response, "X-Stocklane-Stale")), (told, None), "{status}");
    }
}

#[test]
fn when_the_supplier_is_back_so_is_what_it_says() {
    let (mood, front) = moody();
    front.get(&visitor(), BADGE);
    front.pass(5 * MINUTE);
    mood.is(500, "");
    for _ in 0..30 {
        assert!(header(&front.get(&visitor(), BADGE), "X-Stocklane-Stale").is_some());
        front.pass(SECOND);
    }
    mood.is_good();
    let back = front.world.passed();
    while header(&front.get(&visitor(), BADGE), "X-Stocklane-Stale").is_some() {
        front.pass(100);
        assert!(front.world.passed() - back <= 5 * SECOND + 500, "still stale");
    }
}

#[test]
fn what_is_no_answer_is_never_kept() {
    for (status, body) in [
        (200, "{\"a\":"),
        (200, "[{\"sku\":\"A\"}]"),
        (200, "<html></html>"),
        (200, ""),
        (500, "[]"),
        (204, ""),
        (200, "\u{0}"),
    ] {
        let shared = Rc::new(Common::default());
        let bad = Rc::new(Cell::new(true));
        let moods = bad.clone();
        let world = World::new(tokens(move |outgoing, _| match moods.get() {
            true => Reply::Answer(5, response(status, body)),
            false => echo(outgoing),
        }));
        let front = Front::in_world(&world, Some(&shared), wholesale());
        let targets = [BADGE, "/offers?sku=A", "/search?q=A", "/intercars/inventory/stock?sku=A"];
        for target in targets {
            let response = front.get(&staff(), target);
            assert_eq!(response.status, 502, "{status} {body} {target}: {}", whole(&response));
        }
        assert!(shared.ever.borrow().is_empty());
        bad.set(false);
        front.pass(6 * SECOND);
        let clean = Front::new(wholesale(), |outgoing, _| echo(outgoing));
        for target in targets {
            assert_eq!(whole(&front.get(&staff(), target)), whole(&clean.get(&staff(), target)), "{target}");
        }
    }
}

#[test]
fn what_is_not_in_the_key_does_not_change_an_answer() {
    let (_, clean) = moody();
    let (_, front) = moody();
    let some = |text: &str| Some(text.to_owned());
    let odd = [
        Request { origin: some("https://evil.test"), ..request("GET", BADGE) },
        Request { cookie: some("__Host-stocklane=x; a=b"), marked: None, ..request("GET", BADGE) },
        Request { cookie: some("theme=dark"), ..request("GET", BADGE) },
        Request { fetch_site: some("cross-site"), ..request("GET", BADGE) },
        Request { content_type: some("text/plain"), ..request("GET", BADGE) },
        Request { address: some("192.0.2.1"), ..request("GET", BADGE) },
        Request { cache_control: some("no-cache"), ..request("GET", BADGE) },
        Request { marked: some("7"), ..request("GET", BADGE) },
        Request { ticket: 9, ..request("GET", BADGE) },
        Request { body: Some(b"{\"sku\":\"B\"}".to_vec()), ..request("GET", BADGE) },
        Request { url: "https://evil.test/availability?sku=A#?sku=B".to_owned(), ..request("GET", "") },
        Request { language: some("tlh, x-none;q=0.3"), ..request("GET", BADGE) },
        Request { authorization: some("Basic abc"), ..request("GET", BADGE) },
    ];
    for request in odd {
        let response = front.ask(request.clone());
        assert_eq!(response.status, 200, "{request:?}");
    }
    const NAMES: [&str; 30] = [
        "token",
        "app_id",
        "app_secret",
        "tenant",
        "account",
        "role",
        "seesCost",
        "partnerId",
        "shipTo",
        "billTo",
        "location",
        "index",
        "lang",
        "language",
        "fresh",
        "version",
        "callback",
        "utm_source",
        "_",
        "sku%00",
        "Sku",
        "skus",
        "sku[]",
        "__proto__",
        "constructor",
        "X-Forwarded-Host",
        "host",
        "url",
        "limit",
        "offset",
    ];
    let hits = front.hits();
    for name in NAMES {
        let response = front.get(&visitor(), &format!("{BADGE}&{name}=1"));
        assert_eq!(response.status, 400, "{name}");
        let response = front.get(&visitor(), &format!("/availability?{name}=1&sku=A"));
        assert_eq!(response.status, 400, "{name}");
    }
    assert_eq!(front.get(&visitor(), "/availability?sku=A&sku=A").status, 400);
    assert_eq!((front.hits(), hits), (hits, 1));
    assert_eq!(whole(&front.get(&visitor(), BADGE)), whole(&clean.get(&visitor(), BADGE)));
}

#[test]
fn who_has_a_session_may_ask_past_what_is_kept_and_a_visitor_may_not() {
    for target in [BADGE, "/offers?sku=A", "/search?q=A%20B", "/intercars/inventory/stock?sku=A"] {
        let (_, front) = moody();
        for (who, claims) in everybody() {
            if who == "visitor" && target.starts_with("/intercars") {
                continue;
            }
            front.get(&claims, target);
            let hits = front.hits();
            let fresh = || Request { cache_control: Some("no-cache".to_owned()), ..request("GET", target) };
            front.ask(front.by(&claims, fresh()));
            front.ask(front.by(&claims, fresh()));
            assert_eq!(front.hits() - hits, if who == "visitor" { 0 } else { 2 }, "{who} {target}");
            let other = Request { cache_control: Some("max-age=0".to_owned()), ..request("GET", target) };
            front.ask(front.by(&claims, other));
            front.get(&claims, target);
            assert_eq!(front.hits() - hits, if who == "visitor" { 0 } else { 2 }, "{who} {target}");
        }
    }
}

#[test]
fn asking_past_what_is_kept_goes_past_what_others_have_left_and_past_the_shops_items() {
    let shared = Rc::new(Common::default());
    let world = World::new(tokens(|outgoing, _| match is_shop(outgoing) {
        true => answer(200, Canaries::default().answer(asked_for(outgoing)).to_string()),
        false => echo(outgoing),
    }));
    let [one, other] = [0, 1].map(|_| Front::in_world(&world, Some(&shared), both()));
    let items = || one.calls().iter().filter(|logged| logged.outgoing.url.contains("/api/item?")).count();
    one.get(&staff(), BADGE);
    let (hits, known) = (one.hits(), items());
    other.get(&staff(), BADGE);
    assert_eq!(one.hits(), hits, "another instance has left it");
    one.ask(one.by(&staff(), Request { cache_control: Some("no-cache".to_owned()), ..request("GET", BADGE) }));
    assert!(one.hits() > hits);
    assert_eq!(items(), known + 1, "the shop's side is asked too");
    one.ask(
        one.by(&staff(), Request { cache_control: Some("no-cache".to_owned()), ..request("GET", "/offers?sku=A") }),
    );
    assert_eq!(items(), known + 2);
}

fn badge_of(sku: usize) -> String {
    format!("/availability?sku=N{sku}")
}

#[test]
fn half_of_ten_failures_and_an_operation_is_left_alone() {
    let nth = Rc::new(Cell::new(0usize));
    let turns = nth.clone();
    let mut settings = wholesale();
    settings.intercars = settings.intercars.map(|account| Settings { max_retries: 0, ..account });
    let front = Front::new(settings, move |outgoing, _| {
        turns.set(turns.get() + 1);
        if turns.get().is_multiple_of(2) { Reply::Answer(5, response(502, "")) } else { echo(outgoing) }
    });
    let mut answers = Vec::new();
    for sku in 0..20 {
        answers.push(front.get(&visitor(), &badge_of(sku)).status);
    }
    assert!((6..=10).contains(&nth.get()), "{}", nth.get());
    assert_eq!(answers[..nth.get()].iter().filter(|status| **status == 502).count(), nth.get() / 2);
    assert!(answers[nth.get()..].iter().all(|status| *status == 503), "{answers:?}");
}

#[test]
fn one_probe_an_interval_looks_whether_the_supplier_is_back_and_two_good_ones_close_the_circuit() {
    let (mood, front) = moody();
    mood.is(500, "");
    let mut sku = 0;
    let mut ask = |front: &Front| {
        sku += 1;
        front.get(&visitor(), &badge_of(sku))
    };
    let opened = loop {
        let response = ask(&front);
        assert!(front.hits() <= 10, "it never opened");
        if response.status == 503 {
            assert!(
                matches!(header(&response, "Retry-After"), Some("1" | "2" | "3" | "4" | "5")),
                "{}",
                whole(&response)
            );
            break front.hits();
        }
        assert_eq!(response.status, 502);
    };
    let mut probes = Vec::new();
    for _ in 0..300 {
        let before = front.hits();
        ask(&front);
        assert!(front.hits() <= before + 1, "a probe is not repeated");
        if front.hits() > before {
            probes.push(front.world.passed());
        }
        front.pass(100);
    }
    assert!((5..=7).contains(&probes.len()), "{}: {probes:?}", front.hits() - opened);
    assert!(probes.windows(2).all(|pair| pair[1] - pair[0] >= 5 * SECOND), "{probes:?}");
    assert!(front.metrics().contains("stocklane_breaker_open{operation=\"stock\"} 1"));
    // Others go on all the while.
    let before = front.hits();
    mood.is_good();
    assert_eq!(front.get(&visitor(), "/offers?sku=A").status, 200);
    assert_eq!(front.hits(), before + 1);
    front.pass(5 * SECOND);
    assert_eq!((ask(&front).status, ask(&front).status, ask(&front).status), (200, 200, 200));
    assert!(front.metrics().contains("stocklane_breaker_open{operation=\"stock\"} 0"));
    // A single failure opens nothing, once it has closed.
    mood.is(500, "");
    assert_eq!(ask(&front).status, 502);
    mood.is_good();
    assert_eq!(ask(&front).status, 200);
}

#[test]
fn an_operation_that_is_down_takes_no_other_with_it() {
    let front = Front::new(wholesale(), |outgoing, _| match asked_for(outgoing).name {
        "stock" => Reply::Answer(5, response(500, "")),
        _ => echo(outgoing),
    });
    for sku in 0..20 {
        front.get(&visitor(), &badge_of(sku));
    }
    assert_eq!(front.get(&visitor(), &badge_of(99)).status, 503);
    assert_eq!(front.get(&buyer(), "/intercars/inventory/stock?sku=A").status, 503);
    for target in ["/offers?sku=A", "/search?q=A", "/intercars/catalog/products?sku=A"] {
        assert_eq!(front.get(&buyer(), target).status, 200, "{target}");
    }
}

/// The wholesaler fails or the shop does, and the shop has so many.
fn half(shop_fails: bool, pieces: &'static str) -> Front {
    Front::new(both(), move |outgoing, _| match is_shop(outgoing) {
        fails if fails == shop_fails => Reply::Answer(5, response(500, "")),
        true if asked_for(outgoing).name == "item" => answer(
            200,
            format!(
                "[{{\"code\":\"A\",\"name\":\"Pad\",\"regular_price\":7,\"availability\":{pieces}}},{{\"code\":\"N\",\"name\":\"None\",\"availability\":0}}]"
            ),
        ),
        true => answer(200, "[]"),
        false => answer(
            200,
            "[{\"location\":\"P\",\"sku\":\"A\",\"availability\":4},{\"location\":\"P\",\"sku\":\"N\",\"availability\":0}]",
        ),
    })
}

#[test]
fn where_one_of_both_is_broken_the_others_answer_stays_and_unknown_is_not_none() {
    for round in 0..12 {
        // Before and after the circuit has opened.
        let front = half(false, "4");
        for sku in 0..round {
            front.get(&staff(), &badge_of(sku));
        }
        let rows = read(&front.get(&staff(), "/availability?sku=A,N,Z"));
        assert_eq!(rows[0]["state"], "in_stock", "{rows}");
        assert_eq!(rows[0]["quantity"], json!({"value": 4.0, "atLeast": true}));
        assert_eq!((&rows[1]["state"], &rows[1]["quantity"]), (&json!("unknown"), &json!(null)));
        assert_eq!((&rows[2]["state"], &rows[2]["quantity"]), (&json!("unknown"), &json!(null)));
        let badges = read(&front.get(&visitor(), "/availability?sku=A,N,Z"));
        let states: Vec<_> = badges.as_array().unwrap().iter().map(|row| row["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["in_stock", "unknown", "unknown"]);
    }
    for round in 0..12 {
        let front = half(true, "4");
        for sku in 0..round {
            front.get(&staff(), &badge_of(sku));
            front.pass(2 * SECOND);
        }
        let rows = read(&front.get(&staff(), "/availability?sku=A,N"));
        assert_eq!(
            (&rows[0]["state"], &rows[0]["quantity"]),
            (&json!("orderable"), &json!({"value": 4.0, "atLeast": true}))
        );
        assert_eq!((&rows[1]["state"], &rows[1]["quantity"]), (&json!("unknown"), &json!(null)));
    }
    // Where both are, nobody can tell.
    let front = Front::new(both(), |_, _| Reply::Answer(5, response(500, "")));
    assert_eq!(front.get(&staff(), BADGE).status, 502);
}

#[test]
fn a_thousand_that_ask_for_the_same_badges_are_one_request() {
    let front = Front::new(wholesale(), |outgoing, _| echo(outgoing));
    let target = format!("/availability?sku={}", skus("S", 100).join(","));
    let all: Vec<_> = (0..1_000).map(|_| front.send(request("GET", &target))).collect();
    let first = text(&all[0].outcome());
    assert_eq!(read_text(&first).as_array().unwrap().len(), 100);
    assert!(all[1..].iter().all(|one| text(&one.outcome()) == first));
    assert_eq!(front.hits(), 1);
    assert!(front.world.passed() < SECOND);
}

fn read_text(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn badges_of_one_moment_share_a_request_and_each_has_its_own() {
    let front = Front::new(wholesale(), |outgoing, _| echo(outgoing));
    let all: Vec<_> = (0..100).map(|sku| front.send(request("GET", &badge_of(sku)))).collect();
    for (sku, one) in all.iter().enumerate() {
        assert_eq!(read(&one.outcome())[0]["sku"], format!("N{sku}"));
    }
    assert_eq!(front.hits(), 1);
}

#[test]
fn of_eight_instances_one_asks_for_all() {
    let shared = Rc::new(Common::default());
    let world = World::new(tokens(|outgoing, _| echo(outgoing)));
    let fronts: Vec<_> = (0..8).map(|_| Front::in_world(&world, Some(&shared), wholesale())).collect();
    let target = format!("/availability?sku={}", skus("S", 100).join(","));
    let all: Vec<_> = fronts.iter().flat_map(|front| (0..125).map(|_| front.send(request("GET", &target)))).collect();
    let first = text(&all[0].outcome());
    assert!(all[1..].iter().all(|one| text(&one.outcome()) == first));
    assert_eq!(fronts[0].hits(), 1, "one in all");
    assert!(world.passed() < SECOND, "{}", world.passed());
}

#[test]
fn a_leader_that_fails_or_leaves_nothing_is_waited_for_no_longer_than_its_lead() {
    // It fails.
    let shared = Rc::new(Common::default());
    let mut turn = 0;
    let world = World::new(tokens(move |outgoing, _| {
        turn += 1;
        if turn == 1 { Reply::Answer(5, response(404, "")) } else { echo(outgoing) }
    }));
    let fronts: Vec<_> = (0..8).map(|_| Front::in_world(&world, Some(&shared), wholesale())).collect();
    let all: Vec<_> = fronts.iter().map(|front| front.send(request("GET", BADGE))).collect();
    let statuses: Vec<u16> = all.iter().map(|one| one.outcome().status).collect();
    assert_eq!(statuses, [404, 200, 200, 200, 200, 200, 200, 200]);
    assert!(all.iter().all(|one| one.done_after() < 6 * SECOND));
    // What it leaves does not arrive.
    let shared = Rc::new(Common::default());
    shared.deaf.set(true);
    let world = World::new(tokens(|outgoing, _| echo(outgoing)));
    let fronts: Vec<_> = (0..8).map(|_| Front::in_world(&world, Some(&shared), wholesale())).collect();
    let all: Vec<_> = fronts.iter().map(|front| front.send(request("GET", BADGE))).collect();
    assert!(all.iter().all(|one| one.outcome().status == 200));
    assert!(all.iter().all(|one| one.done_after() < 6 * SECOND));
    assert!(fronts[0].hits() <= 8);
}

#[test]
fn a_leader_that_vanishes_is_followed_by_another_in_time() {
    // An instance is gone while it asks for all.
    let shared = Rc::new(Common::default());
    let world = World::new(tokens(|outgoing, _| echo(outgoing)));
    let fronts: Vec<_> = (0..4).map(|_| Front::in_world(&world, Some(&shared), wholesale())).collect();
    let all: Vec<_> = fronts.iter().map(|front| front.send(request("GET", BADGE))).collect();
    world.run_for(60);
    let gone = fronts[0].hits();
    all[0].vanish();
    world.run_for(20 * SECOND);
    assert!(gone <= 1);
    for one in &all[1..] {
        assert_eq!(one.taken().expect("it was left waiting").status, 200);
        assert!(one.done_after() < 6 * SECOND, "{}", one.done_after());
    }
    // A request is gone that asked for others of its instance.
    let front = Front::new(wholesale(), |outgoing, _| echo(outgoing));
    let all: Vec<_> = (0..50).map(|_| front.send(request("GET", BADGE))).collect();
    front.world.run_for(60);
    all[0].vanish();
    front.world.run_for(60 * SECOND);
    for one in &all[1..] {
        assert_eq!(one.taken().expect("it was left waiting").status, 200);
        assert!(one.done_after() < 12 * SECOND, "{}", one.done_after());
    }
}

#[test]
fn a_request_that_is_given_up_takes_nobody_with_it() {
    let front = Front::new(wholesale(), |outgoing, _| echo(outgoing));
    let all: Vec<_> = (0..50).map(|_| front.send(request("GET", BADGE))).collect();
    front.world.run_for(60);
    all[0].drop_it();
    assert!(all[1..].iter().all(|one| one.outcome().status == 200));
    assert!(all[1..].iter().all(|one| one.done_after() < SECOND));
}

/// A shop that tells visitors apart.
fn counting(per_minute: u32) -> Front {
    let settings = ProxySettings { addresses: true, visitor_per_minute: Some(per_minute), ..wholesale() };
    Front::new(settings, |outgoing, _| echo(outgoing))
}

fn from(address: &str, target: &str) -> Request {
    Request { address: Some(address.to_owned()), ..request("GET", target) }
}

fn allowed(front: &Front, address: &str, times: usize) -> usize {
    (0..times).filter(|_| front.ask(from(address, BADGE)).status == 200).count()
}

#[test]
fn whoever_asks_too_often_waits_and_nobody_else() {
    let front = counting(60);
    front.get(&staff(), BADGE);
    front.ask(from("198.51.100.1", BADGE));
    assert_eq!(allowed(&front, "192.0.2.1", 100), 30);
    let hits = front.hits();
    let refused = front.ask(from("192.0.2.1", "/availability?sku=NEW"));
    assert_eq!((refused.status, header(&refused, "Retry-After")), (429, Some("1")));
    assert_eq!(read(&refused)["kind"], "rate_limited");
    assert_eq!(front.hits(), hits, "nobody is asked for it");
    for target in ["/offers?sku=A", "/search?q=A", "/widgets/stock?sku=A", "/widgets/quote?sku=A"] {
        assert_eq!(front.ask(from("192.0.2.1", target)).status, 429, "{target}");
    }
    let posted = post("/offers", &json!({"lines": [{"sku": "A", "quantity": 1}]}));
    assert_eq!(front.ask(Request { address: Some("192.0.2.1".to_owned()), ..posted }).status, 429);
    assert_eq!(front.ask(from("192.0.2.2", BADGE)).status, 200);
    assert_eq!(front.ask(request("GET", BADGE)).status, 200);
    // Who has a session is known, and not counted.
    for claims in [buyer(), payer(), staff()] {
        for _ in 0..60 {
            assert_eq!(front.ask(front.by(&claims, from("192.0.2.1", BADGE))).status, 200);
        }
    }
    front.pass(SECOND);
    assert_eq!(allowed(&front, "192.0.2.1", 10), 1);
    front.pass(10 * SECOND);
    assert_eq!(allowed(&front, "192.0.2.1", 100), 10);
}

#[test]
fn a_network_of_version_six_is_one_visitor() {
    let front = counting(60);
    let within =
        (0..100).filter(|host| front.ask(from(&format!("2001:db8:1:2:{host:x}::{host:x}"), BADGE)).status == 200);
    assert_eq!(within.count(), 30);
    assert_eq!(front.ask(from("2001:db8:1:3::1", BADGE)).status, 200);
    assert_eq!(allowed(&front, "::ffff:192.0.2.9", 100), 30);
    assert_eq!(front.ask(from("192.0.2.9", BADGE)).status, 429);
}

#[test]
fn where_nobody_can_be_told_apart_all_are_one() {
    let settings = ProxySettings { visitor_per_minute: Some(60), ..wholesale() };
    let front = Front::new(settings, |outgoing, _| echo(outgoing));
    let all = (0..100).filter(|host| front.ask(from(&format!("192.0.2.{host}"), BADGE)).status == 200);
    assert_eq!(all.count(), 30);
    // Without a figure a crowd is let through.
    let front = Front::new(wholesale(), |outgoing, _| echo(outgoing));
    assert_eq!(allowed(&front, "192.0.2.1", 2_000), 2_000);
}

/// Asks for so many different SKUs, a hundred at once; how often that was answered.
fn pages(front: &Front, from_sku: usize, pages: usize) -> usize {
    let page = |page: usize| {
        let skus: Vec<String> = (0..100).map(|at| format!("N{}", from_sku + page * 100 + at)).collect();
        format!("/availability?sku={}", skus.join(","))
    };
    (0..pages).filter(|at| front.ask(from("192.0.2.1", &page(*at))).status == 200).count()
}

#[test]
fn whoever_takes_the_catalogue_shows_that_it_is_a_person() {
    for (challenges, person, expected, asked) in
        [(false, None, 20, 0), (true, Some(true), 30, 1), (true, Some(false), 20, 10), (true, None, 30, 10)]
    {
        let settings = ProxySettings { addresses: true, challenges, visitor_per_minute: Some(6_000), ..wholesale() };
        let front = Front::new(settings, |outgoing, _| echo(outgoing));
        front.edge.person.set(person);
        assert_eq!(pages(&front, 0, 30), expected, "{person:?}");
        assert_eq!(front.edge.challenged.get(), asked, "{person:?}");
        assert_eq!(front.ask(from("192.0.2.2", BADGE)).status, 200, "another has taken nothing");
        if expected == 20 {
            let refused = front.ask(from("192.0.2.1", "/availability?sku=ONEMORE"));
            let after: Ms = header(&refused, "Retry-After").unwrap().parse().unwrap();
            assert!((3_500..=3_600).contains(&after), "{after}");
            front.pass(after * SECOND);
            assert_eq!(front.ask(from("192.0.2.1", "/availability?sku=ONEMORE")).status, 200);
        }
    }
    // The same again is nothing new.
    let settings = ProxySettings { addresses: true, visitor_per_minute: Some(6_000), ..wholesale() };
    let front = Front::new(settings, |outgoing, _| echo(outgoing));
    for _ in 0..5 {
        assert_eq!(pages(&front, 0, 20), 20);
    }
    // Many that cannot be told apart are no thief.
    let front = Front::new(wholesale(), |outgoing, _| echo(outgoing));
    assert_eq!(pages(&front, 0, 40), 40);
    // A session is known.
    let settings = ProxySettings { addresses: true, ..wholesale() };
    let front = Front::new(settings, |outgoing, _| echo(outgoing));
    for page in 0..30 {
        let skus: Vec<String> = (0..100).map(|at| format!("N{}", page * 100 + at)).collect();
        let target = format!("/availability?sku={}", skus.join(","));
        assert_eq!(front.ask(front.by(&buyer(), from("192.0.2.1", &target))).status, 200);
    }
}
