//! Calls in virtual time: tokens, deadlines, repeats, the quota, batches, and the errors that end a call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "core/mod.rs"]
mod common;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use common::supplier::*;
use common::world::*;
use proptest::prelude::*;
use stocklane::clients::{Clock, Table};
use stocklane::engine::{CallOptions, Failure, Ms, Settings};
use stocklane::intercars::{OPERATIONS, STOCK, STOCK_LINE, STOCK_QUERY, StockLine, StockQuery};
use stocklane::operation::{Audience, Batch, Error, ErrorKind, Form, Lane, Method, Operation, Place, Response, Sent};
use stocklane::wire::{Shape, schema};

const SECOND: Ms = 1_000;

fn kind(outcome: Outcome) -> ErrorKind {
    outcome.unwrap_err().kind
}

// Tokens.

#[test]
fn fifty_cold_callers_ask_for_one_token() {
    let shop = Shop::new(after_token(plenty));
    let callers: Vec<_> = (0..50).map(|number| shop.stock_of(&format!("S{number}"))).collect();
    shop.world.run();
    assert_eq!((shop.world.tokens(), shop.world.calls().len()), (1, 50));
    for (number, caller) in callers.iter().enumerate() {
        assert_eq!(answered(&caller.taken().unwrap().unwrap()), [format!("S{number}")]);
        assert!(caller.done_after() <= TOKEN_LATENCY + LATENCY + 50, "{}", caller.done_after());
    }
    assert!(shop.world.calls().iter().all(|logged| logged.header("Authorization") == Some("Bearer T1")));
}

#[test]
fn a_token_is_asked_for_with_trimmed_credentials_and_one_scope() {
    let shop = Shop::new(after_token(plenty));
    shop.stock_of("A").outcome().unwrap();
    let log = shop.world.log();
    let token = &log[0];
    assert_eq!((token.outgoing.method, token.outgoing.url.as_str()), ("POST", "https://id.supplier.test/oauth2/token"));
    assert_eq!(token.outgoing.body.as_deref(), Some(&b"grant_type=client_credentials&scope=allinone"[..]));
    // id:secret
    assert_eq!(token.header("Authorization"), Some("Basic aWQ6c2VjcmV0"));
    assert_eq!(token.header("Content-Type"), Some("application/x-www-form-urlencoded"));
    let call = &log[1];
    assert_eq!(call.header("Accept-Language"), Some("en"));
    assert!(call.header("User-Agent").unwrap().starts_with("stocklane/"));
    assert_eq!((call.header("X-Stocklane"), call.header("Cache-Control")), (None, None));
}

#[test]
fn nothing_secret_is_ever_printed() {
    let shop = Shop::new(after_token(plenty));
    shop.stock_of("A").outcome().unwrap();
    let printed = format!("{:?} {:?} {:?}", shop.client.account(), shop.world.log(), shop.world.attempts());
    for secret in ["secret", "aWQ6c2VjcmV0", "T1", "Bearer"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
    let names: Vec<_> = shop.world.attempts().iter().map(|attempt| (attempt.operation, attempt.attempt)).collect();
    assert_eq!(names, [("token", 1), ("stock", 1)]);
}

#[test]
fn without_credentials_a_proxy_is_asked() {
    let settings = Settings { credentials: None, ..settings() };
    let shop = Shop::with(OPERATIONS, settings, plenty);
    let options = CallOptions { fresh: true, language: Some("pl".to_owned()), ..CallOptions::default() };
    shop.call("stock", r#"{"sku":["A"]}"#, options).outcome().unwrap();
    let [logged] = &shop.world.log()[..] else { panic!("one request") };
    assert_eq!((logged.header("X-Stocklane"), logged.header("Authorization")), (Some("1"), None));
    assert_eq!((logged.header("Accept-Language"), logged.header("Cache-Control")), (Some("pl"), Some("no-cache")));
}

#[test]
fn a_token_is_renewed_before_its_end() {
    let shop = Shop::new(after_token(plenty));
    shop.stock_of("A").outcome().unwrap();
    shop.world.run_for(3_539 * SECOND);
    shop.stock_of("B").outcome().unwrap();
    assert_eq!(shop.world.tokens(), 1);
    shop.world.run_for(3_541 * SECOND);
    shop.stock_of("C").outcome().unwrap();
    assert_eq!(shop.world.tokens(), 2);
    assert_eq!(shop.world.calls()[2].header("Authorization"), Some("Bearer T2"));
}

#[test]
fn a_token_of_any_life_is_used_and_never_asked_for_in_circles() {
    for life in ["0", "-5", "1", "0.001", "1e18", "null", "1e300"] {
        let mut tokens = 0;
        let shop = Shop::new(move |outgoing, now| {
            if is_token(outgoing) {
                tokens += 1;
                assert!(tokens < 100, "expires_in {life}: one token after the other");
                return answer(200, format!("{{\"access_token\":\"T\",\"expires_in\":{life}}}"));
            }
            plenty(outgoing, now)
        });
        let callers: Vec<_> = (0..10).map(|number| shop.stock_of(&format!("S{number}"))).collect();
        shop.world.run();
        assert!(callers.iter().all(|caller| caller.taken().unwrap().is_ok()), "{life}");
        assert_eq!(shop.world.tokens(), 1, "expires_in {life}");
    }
}

#[test]
fn a_refused_token_is_fetched_anew_once_for_all() {
    let mut refusals = 0;
    let shop = Shop::new(after_token(move |outgoing, now| {
        let refused = outgoing.headers.iter().any(|(_, value)| value == "Bearer T1") && now > START + 1_000;
        if refused {
            // Most are refused when the new token is there already: it is not to be thrown away with the old one.
            refusals += 1;
            let body = r#"{"code":"900901","message":"Invalid Credentials"}"#;
            return Reply::Answer(50 + refusals * 10, response(401, body));
        }
        plenty(outgoing, now)
    }));
    shop.stock_of("A").outcome().unwrap();
    shop.world.run_for(5 * SECOND);
    let callers: Vec<_> = (0..50).map(|number| shop.stock_of(&format!("S{number}"))).collect();
    shop.world.run();
    assert!(callers.iter().all(|caller| caller.taken().unwrap().is_ok()));
    assert_eq!((shop.world.tokens(), shop.world.calls().len()), (2, 1 + 50 + 50));
}

#[test]
fn a_second_refusal_is_final() {
    let shop = Shop::new(after_token(|_, _| answer(401, r#"{"code":"900901","message":"Invalid Credentials"}"#)));
    let error = shop.stock_of("A").outcome().unwrap_err();
    assert_eq!((error.kind, error.status, error.code.as_deref()), (ErrorKind::Auth, Some(401), Some("900901")));
    assert_eq!((shop.world.tokens(), shop.world.calls().len()), (2, 2));
}

#[test]
fn a_failed_token_fails_all_who_wait_for_it_with_one_request() {
    let shop = Shop::new(|_, _| answer(401, r#"{"error":"invalid_client","error_description":"unknown client"}"#));
    let callers: Vec<_> = (0..50).map(|number| shop.stock_of(&format!("S{number}"))).collect();
    shop.world.run();
    for caller in &callers {
        let error = caller.taken().unwrap().unwrap_err();
        assert_eq!((error.kind, error.code.as_deref()), (ErrorKind::Auth, Some("invalid_client")));
        assert!(error.message.contains("unknown client"), "{}", error.message);
    }
    assert_eq!(shop.world.log().len(), 1);
    // Who comes later tries anew.
    assert_eq!(kind(shop.stock_of("A").outcome()), ErrorKind::Auth);
    assert_eq!(shop.world.log().len(), 2);
}

#[test]
fn a_token_host_that_is_down_is_asked_thrice_for_all() {
    for down in [|| answer(503, ""), || Reply::Failure(30, Failure::Network("refused".to_owned())), || Reply::Silence] {
        let shop = Shop::new(move |_, _| down());
        let callers: Vec<_> = (0..50).map(|number| shop.stock_of(&format!("S{number}"))).collect();
        shop.world.run();
        let slowest = callers.iter().map(|caller| caller.done_after()).max().unwrap();
        assert!(callers.iter().all(|caller| caller.taken().unwrap().is_err()));
        assert_eq!(shop.world.log().len(), 3, "one leader and two repeats");
        assert!(slowest < 33 * SECOND, "the last caller heard after {slowest} ms");
    }
}

#[test]
fn a_token_that_fails_once_is_asked_for_again() {
    let mut requests = 0;
    let shop = Shop::new(move |outgoing, now| {
        requests += 1;
        match requests {
            1 => answer(502, "<html>"),
            2 => Reply::Silence,
            _ if is_token(outgoing) => token("T", 3_600),
            _ => plenty(outgoing, now),
        }
    });
    let callers: Vec<_> = (0..20).map(|number| shop.stock_of(&format!("S{number}"))).collect();
    shop.world.run();
    assert!(callers.iter().all(|caller| caller.taken().unwrap().is_ok()));
    assert_eq!((shop.world.tokens(), shop.world.calls().len()), (3, 20));
}

#[test]
fn what_is_no_token_is_a_decode_error() {
    for body in ["", "<html>", "{}", r#"{"access_token":""}"#, r#"{"access_token":5}"#, "[]"] {
        let shop = Shop::new(move |_, _| answer(200, body));
        assert_eq!(kind(shop.stock_of("A").outcome()), ErrorKind::Decode, "{body}");
        assert_eq!(shop.world.log().len(), 1);
    }
}

#[test]
fn a_leader_that_is_dropped_lets_a_follower_lead() {
    let shop = Shop::new(after_token(plenty));
    let leader = shop.stock_of("L");
    let followers: Vec<_> = (0..10).map(|number| shop.stock_of(&format!("S{number}"))).collect();
    shop.world.run_for(40);
    leader.drop_it();
    shop.world.run();
    assert!(!leader.is_done());
    assert!(followers.iter().all(|caller| caller.taken().unwrap().is_ok()));
    assert!(followers.iter().all(|caller| caller.done_after() < 400), "a follower leads at once");
    assert_eq!((shop.world.tokens(), shop.world.calls().len()), (2, 10));
}

#[test]
fn a_leader_that_is_gone_without_a_word_is_overtaken_after_its_deadline() {
    let mut tokens = 0;
    let shop = Shop::new(move |outgoing, now| {
        if is_token(outgoing) {
            tokens += 1;
            return if tokens == 1 { Reply::Gone } else { token("T2", 3_600) };
        }
        plenty(outgoing, now)
    });
    let leader = shop.stock_of("L");
    shop.world.run_for(10);
    leader.vanish();
    let followers: Vec<_> = (0..10).map(|number| shop.stock_of(&format!("S{number}"))).collect();
    shop.world.run_for(9 * SECOND);
    assert_eq!(shop.world.tokens(), 1);
    shop.world.run_for(15 * SECOND);
    assert!(followers.iter().all(|caller| caller.taken().unwrap().is_ok()));
    assert_eq!((shop.world.tokens(), shop.world.calls().len()), (2, 10));
}

// Repeats and deadlines.

/// The first so many answers are this one.
fn first(times: usize, reply: impl Fn(Ms) -> Reply + 'static) -> Shop {
    let mut calls = 0;
    Shop::new(after_token(move |outgoing, now| {
        calls += 1;
        if calls <= times { reply(now) } else { plenty(outgoing, now) }
    }))
}

/// Milliseconds from an answer to the next request.
fn pauses(shop: &Shop, latency: Ms) -> Vec<Ms> {
    shop.world.calls().windows(2).map(|pair| pair[1].at - pair[0].at - latency).collect()
}

#[test]
fn retry_after_in_seconds_is_honoured() {
    for status in [429, 503] {
        let shop = first(1, move |_| Reply::Answer(LATENCY, with(response(status, ""), "retry-after", " 3 ")));
        shop.world.always(0.0);
        shop.stock_of("A").outcome().unwrap();
        assert_eq!(pauses(&shop, LATENCY), [3 * SECOND], "{status}");
    }
}

#[test]
fn retry_after_as_a_date_is_honoured() {
    for (date, pause) in [
        ("Wed, 26 Jun 2024 09:00:07 GMT", 7 * SECOND - TOKEN_LATENCY - LATENCY),
        ("Wednesday, 26-Jun-24 09:00:07 GMT", 7 * SECOND - TOKEN_LATENCY - LATENCY),
        ("Wed, 26 Jun 2024 08:00:00 GMT", 0),
    ] {
        let shop = first(1, move |_| Reply::Answer(LATENCY, with(response(429, ""), "retry-after", date)));
        shop.world.always(0.5);
        shop.stock_of("A").outcome().unwrap();
        assert_eq!(pauses(&shop, LATENCY), [pause], "{date}");
    }
}

#[test]
fn the_gateways_own_word_for_when_to_come_again_is_honoured() {
    let pause_after = |time: &str, header: Option<&'static str>| {
        let body = format!(r#"{{"code":"900804","message":"Message throttled out","nextAccessTime":"{time}"}}"#);
        let shop = first(1, move |_| {
            let response = response(429, body.as_str());
            Reply::Answer(
                LATENCY,
                if let Some(after) = header { with(response, "retry-after", after) } else { response },
            )
        });
        shop.world.always(0.0);
        shop.stock_of("A").outcome().unwrap();
        pauses(&shop, LATENCY)[0]
    };
    let until_07 = 7 * SECOND - TOKEN_LATENCY - LATENCY;
    assert_eq!(pause_after("2024-Jun-26 09:00:07+0000 UTC", None), until_07);
    assert_eq!(pause_after("2024-Jun-26 08:00:00+0000 UTC", None), 0);
    assert_eq!(pause_after("2024-Jun-26 09:00:07+0000 UTC", Some("3")), 3 * SECOND);
    // What is no time of the gateway's is met by backing off.
    for strange in ["2024-Jul-26", "2024-Foo-26 09:00:07+0000 UTC", "2024-Jun-31 09:00:07+0000 UTC", "soon", ""] {
        let pause = pause_after(strange, None);
        assert!(pause < until_07, "{strange}: {pause}");
    }
}

#[test]
fn a_longer_wait_than_a_minute_is_told_at_once() {
    for (after, until) in [("61", START + 61 * SECOND), ("Wed, 26 Jun 2024 10:00:00 GMT", START + 3_600 * SECOND)] {
        for status in [429, 503] {
            let shop = first(9, move |_| Reply::Answer(LATENCY, with(response(status, ""), "retry-after", after)));
            let error = shop.stock_of("A").outcome().unwrap_err();
            let expected = if status == 429 { ErrorKind::RateLimited } else { ErrorKind::Upstream };
            assert_eq!((error.kind, error.status), (expected, Some(status)));
            let retry_at = error.retry_at.unwrap();
            assert!(retry_at.abs_diff(until) <= TOKEN_LATENCY + LATENCY, "{retry_at}");
            assert_eq!((shop.world.calls().len(), shop.world.passed()), (1, TOKEN_LATENCY + LATENCY));
            if status == 429 && after.len() > 2 {
                // It is the account that has to wait: the next call is told so without asking the supplier again.
                let next = shop.stock_of("B").outcome().unwrap_err();
                assert_eq!((next.kind, next.status), (ErrorKind::RateLimited, None));
                assert!(next.retry_at.unwrap() > START + 10 * 60 * SECOND);
                assert_eq!(shop.world.calls().len(), 1);
            }
        }
    }
    let shop = first(1, |_| Reply::Answer(LATENCY, with(response(429, ""), "retry-after", "60")));
    shop.stock_of("A").outcome().unwrap();
    assert_eq!(pauses(&shop, LATENCY), [60 * SECOND]);
    // What is no time, and one that no clock can show.
    for after in ["soon", "-1", "", "18446744073709551615", "99999999999999999999"] {
        let shop = first(1, move |_| Reply::Answer(LATENCY, with(response(429, ""), "retry-after", after)));
        let outcome = shop.stock_of("A").outcome();
        assert_eq!(outcome.is_err(), after.starts_with("18"), "{after}");
    }
}

#[test]
fn pauses_are_spread_from_nothing_to_a_bound_that_doubles() {
    let bounds = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000];
    for random in [0.0, 0.5, 1.0] {
        let settings = Settings { max_retries: 8, ..settings() };
        let shop = Shop::with(OPERATIONS, settings, after_token(|_, _| answer(500, "")));
        shop.world.always(random);
        assert_eq!(kind(shop.stock_of("A").outcome()), ErrorKind::Upstream);
        let expected: Vec<Ms> = bounds.iter().map(|bound| (f64::from(*bound) * random) as Ms).collect();
        assert_eq!(pauses(&shop, LATENCY), expected);
    }
}

#[test]
fn what_may_heal_is_repeated_and_nothing_else() {
    let twice: [fn() -> Reply; 6] = [
        || answer(500, ""),
        || answer(502, "<html>Bad Gateway</html>"),
        || answer(503, ""),
        || answer(429, ""),
        || Reply::Silence,
        || Reply::Failure(10, Failure::Network("reset".to_owned())),
    ];
    for reply in twice {
        let shop = first(2, move |_| reply());
        assert!(shop.stock_of("A").outcome().is_ok());
        assert_eq!(shop.world.calls().len(), 3);
        let shop = first(3, move |_| reply());
        assert!(shop.stock_of("A").outcome().is_err(), "two repeats, no more");
        assert_eq!(shop.world.calls().len(), 3);
    }
    let never: [fn() -> Reply; 7] = [
        || answer(400, r#"[{"code":"ICF101","details":"x"}]"#),
        || answer(403, r#"{"code":"900908"}"#),
        || answer(404, ""),
        || answer(405, ""),
        || answer(200, "{}"),
        || answer(200, "[{\"sku\":"),
        || answer(204, ""),
    ];
    for reply in never {
        let shop = first(1, move |_| reply());
        assert!(shop.stock_of("A").outcome().is_err());
        assert_eq!(shop.world.calls().len(), 1);
    }
}

#[test]
fn an_outage_does_not_eat_the_quota() {
    let settings = Settings { max_retries: 5, requests_per_minute: Some(1_000_000), ..settings() };
    let shop = Shop::with(OPERATIONS, settings, after_token(|_, _| answer(503, "")));
    let mut failed = 0;
    for _ in 0..100 {
        let callers: Vec<_> = (0..10).map(|number| shop.stock_of(&format!("S{number}"))).collect();
        shop.world.run();
        failed += callers.iter().filter(|caller| caller.taken().unwrap().is_err()).count();
    }
    let requests = shop.world.calls().len();
    assert_eq!(failed, 1_000);
    assert!(requests <= 1_000 + 10 + 1_000 / 5, "{requests}");
    assert!(requests >= 1_000 + 1_000 / 5, "the budget is earned again: {requests}");
}

#[test]
fn a_request_has_its_own_deadline() {
    let shop = Shop::new(after_token(|_, _| Reply::Silence));
    shop.world.always(1.0);
    let error = shop.stock_of("A").outcome().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout);
    let log = shop.world.log();
    assert!(log.iter().all(|logged| logged.until == logged.at + 10 * SECOND), "the token's request too");
    assert_eq!(shop.world.passed(), TOKEN_LATENCY + 3 * 10 * SECOND + 500 + 1_000);

    let shop = Shop::new(after_token(|_, _| Reply::Silence));
    let options = CallOptions { timeout_ms: Some(700), ..CallOptions::default() };
    let error = shop.call("stock", r#"{"sku":["A"]}"#, options).outcome().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout);
    assert!(shop.world.log().iter().all(|logged| logged.until == logged.at + 700));
}

#[test]
fn the_whole_call_has_a_deadline() {
    let options = CallOptions { overall_timeout_ms: Some(3_000), ..CallOptions::default() };
    let shop = Shop::new(after_token(|_, _| Reply::Silence));
    let error = shop.call("stock", r#"{"sku":["A"]}"#, options.clone()).outcome().unwrap_err();
    assert_eq!((error.kind, shop.world.passed(), shop.world.calls().len()), (ErrorKind::Timeout, 3_000, 1));

    // What the last attempt said is not lost.
    let shop = Shop::new(after_token(|_, _| answer(500, r#"[{"code":"ICF999","details":"broken","errorId":"00b2"}]"#)));
    shop.world.always(1.0);
    let options_of = |overall| CallOptions { overall_timeout_ms: Some(overall), ..CallOptions::default() };
    let error = shop.call("stock", r#"{"sku":["A"]}"#, options_of(500)).outcome().unwrap_err();
    assert_eq!((error.kind, error.status), (ErrorKind::Timeout, Some(500)));
    assert_eq!((error.code.as_deref(), error.error_id.as_deref()), (Some("ICF999"), Some("00b2")));
    assert!(error.message.contains("broken"), "{}", error.message);

    // Also while it waits for another's token, and for the quota.
    let shop = Shop::new(|_, _| Reply::Silence);
    let leader = shop.stock_of("L");
    let follower = shop.call("stock", r#"{"sku":["A"]}"#, options);
    shop.world.run();
    assert_eq!((kind(follower.taken().unwrap()), follower.done_after()), (ErrorKind::Timeout, 3_000));
    assert!(leader.taken().unwrap().is_err());
}

#[test]
fn five_thousand_skus_are_fifty_requests_of_which_six_fly() {
    let mut number = 0;
    let shop = Shop::new(after_token(move |outgoing, _| {
        number += 1;
        // Answers come in another order than they were asked.
        Reply::Answer(50 + (number * 37) % 200, response(200, rows(&asked(outgoing))))
    }));
    let wanted = skus("SKU", 5_000);
    let gathered = shop.stock(&wanted).outcome().unwrap();
    assert_eq!(answered(&gathered), wanted, "in the order of what was asked");
    assert!(gathered.skipped.is_empty());
    assert_eq!((shop.world.calls().len(), shop.world.most_flying()), (50, 6));
    let progress = shop.world.progress();
    assert_eq!(progress.len(), 50);
    assert!(progress.is_sorted() && progress.last() == Some(&(50, 50)), "{progress:?}");
}

#[test]
fn bad_arguments_are_refused_before_anything_is_sent() {
    let shop = Shop::new(after_token(plenty));
    let none = CallOptions::default;
    for (operation, args) in
        [("stock", "{}"), ("stock", "["), ("quote", r#"{"lines":[{}]}"#), ("stoke", r#"{"sku":["A"]}"#)]
    {
        let error = shop.call(operation, args, none()).outcome().unwrap_err();
        assert_eq!(error.kind, ErrorKind::Validation, "{operation} {args}");
    }
    let options = CallOptions { language: Some("de-DE,de;q=0.9".to_owned()), ..none() };
    assert_eq!(kind(shop.call("stock", r#"{"sku":["A"]}"#, options).outcome()), ErrorKind::Validation);
    assert!(shop.world.log().is_empty());
}

// What must not be done twice.

schema! {
    /// What comes of it.
    pub DONE = Done {
        /// Its number.
        Required id: Text,
    }
}

/// As an order will be: sent once.
static ORDER: Operation = Operation {
    name: "order",
    dialect: STOCK.dialect,
    source: "none",
    forms: &[Form { method: Method::Post, path: "/order", sent: &[], body: None, max_url: usize::MAX }],
    args: &STOCK_QUERY,
    rules: &[],
    answer: Shape::One(&DONE),
    safe: false,
    lane: Lane::Order,
    batch: None,
    window: None,
    others: None,
    inquiry: None,
    pages: None,
    audience: Audience::Buyer,
    fresh_ms: 0,
};

/// A request for each key.
static SINGLES: Operation = Operation {
    name: "singles",
    dialect: STOCK.dialect,
    source: "none",
    forms: &[Form {
        method: Method::Get,
        path: "/single",
        sent: &[Sent { arg: StockQuery::sku, name: "sku", place: Place::Query }],
        body: None,
        max_url: usize::MAX,
    }],
    args: &STOCK_QUERY,
    rules: &[],
    answer: Shape::Rows(&STOCK_LINE),
    safe: true,
    lane: Lane::Stock,
    batch: Some(Batch { by: &[StockQuery::sku], max: 1, keys: [StockLine::sku, StockLine::index] }),
    window: None,
    others: None,
    inquiry: None,
    pages: None,
    audience: Audience::Buyer,
    fresh_ms: 0,
};

static TABLE: Table = &[&STOCK, &ORDER, &SINGLES];

fn ordered(reply: fn() -> Reply, options: CallOptions) -> (Shop, Outcome) {
    let shop = Shop::with(TABLE, settings(), after_token(move |_, _| reply()));
    let outcome = shop.call("order", "{}", options).outcome();
    (shop, outcome)
}

#[test]
fn what_is_not_safe_is_sent_once_and_says_what_nobody_knows() {
    let unknown: [fn() -> Reply; 7] = [
        || answer(500, ""),
        || answer(503, ""),
        || answer(502, "<html>"),
        || Reply::Silence,
        || Reply::Failure(10, Failure::Network("reset".to_owned())),
        || Reply::Failure(10, Failure::TooLong),
        || answer(200, "{\"id\":"),
    ];
    for reply in unknown {
        let (shop, outcome) = ordered(reply, CallOptions::default());
        let error = outcome.unwrap_err();
        assert_eq!((error.kind, shop.world.calls().len()), (ErrorKind::UnknownOutcome, 1), "{error:?}");
        assert!(!error.kind.is_retryable());
    }
    for (reply, expected) in [
        ((|| answer(400, r#"[{"code":"ICF299"}]"#)) as fn() -> Reply, ErrorKind::Business),
        (|| answer(429, ""), ErrorKind::RateLimited),
        (|| answer(404, ""), ErrorKind::NotFound),
    ] {
        let (shop, outcome) = ordered(reply, CallOptions::default());
        assert_eq!((kind(outcome), shop.world.calls().len()), (expected, 1));
    }
    assert!(ordered(|| answer(200, r#"{"id":"1"}"#), CallOptions::default()).1.is_ok());
}

#[test]
fn a_deadline_over_an_order_under_way_does_not_say_that_nothing_was_done() {
    let options = CallOptions { overall_timeout_ms: Some(2_000), ..CallOptions::default() };
    let (shop, outcome) = ordered(|| Reply::Silence, options.clone());
    assert_eq!((kind(outcome), shop.world.calls().len()), (ErrorKind::UnknownOutcome, 1));
    // Before it was sent, it is known that it was not.
    let shop = Shop::with(TABLE, settings(), |_, _| Reply::Silence);
    assert_eq!(kind(shop.call("order", "{}", options).outcome()), ErrorKind::Timeout);
}

#[test]
fn a_refused_token_is_no_order_and_is_repeated_once() {
    let (shop, outcome) = ordered(|| answer(401, ""), CallOptions::default());
    assert_eq!((kind(outcome), shop.world.calls().len(), shop.world.tokens()), (ErrorKind::Auth, 2, 2));
}

// The quota.

/// Most requests in any so many milliseconds.
fn most_within(times: &[Ms], span: Ms) -> usize {
    let mut from = 0;
    let mut most = 0;
    for (to, at) in times.iter().enumerate() {
        while times[from] + span <= *at {
            from += 1;
        }
        most = most.max(to + 1 - from);
    }
    most
}

fn singles(shop: &Shop, start: &str, count: usize) -> Caller<Outcome> {
    shop.call("singles", serde_json::json!({ "sku": skus(start, count) }).to_string(), CallOptions::default())
}

fn sent_at(shop: &Shop) -> Vec<Ms> {
    shop.world.calls().iter().map(|logged| logged.at).collect()
}

#[test]
fn five_thousand_requests_keep_to_the_quota_and_use_it() {
    let shop = Shop::with(TABLE, settings(), after_token(plenty));
    let callers: Vec<_> = (0..20).map(|number| singles(&shop, &format!("C{number}K"), 250)).collect();
    shop.world.run();
    assert!(callers.iter().all(|caller| caller.taken().unwrap().is_ok()));
    let times = sent_at(&shop);
    assert_eq!(times.len(), 5_000);
    assert_eq!(most_within(&times, 61_500), 588, "two in a hundred are kept for orders");
    // 588 at once and 588 more with each window: the last of 5,000 cannot leave before eight windows have passed.
    let (taken, least) = (times[4_999] - times[0], 8 * 61_500);
    assert!(taken * 95 <= least * 100, "{taken} ms, of which {least} are needed");
}

#[test]
fn an_order_does_not_wait_where_others_do() {
    let order_at = Rc::new(RefCell::new(Vec::new()));
    let noted = order_at.clone();
    let shop = Shop::with(
        TABLE,
        settings(),
        after_token(move |outgoing, now| {
            if outgoing.url.ends_with("/order") {
                noted.borrow_mut().push(now);
                return answer(200, r#"{"id":"1"}"#);
            }
            plenty(outgoing, now)
        }),
    );
    let stock = [singles(&shop, "A", 700), singles(&shop, "B", 700)];
    shop.world.run_for(20 * SECOND);
    assert_eq!(shop.world.calls().len(), 588, "the others wait by now");
    let orders: Vec<_> = (0..14)
        .map(|_| shop.call("order", "{}", CallOptions { overall_timeout_ms: None, ..CallOptions::default() }))
        .collect();
    shop.world.run();
    assert!(orders.iter().all(|order| order.taken().unwrap().is_ok()));
    assert!(stock.iter().all(|stock| stock.taken().unwrap().is_ok()));
    let at_once = order_at.borrow().iter().filter(|at| **at == START + 20 * SECOND).count();
    assert_eq!(at_once, 12, "the reserve");
    assert!(order_at.borrow().iter().all(|at| *at <= START + 63 * SECOND), "the rest go first when the window opens");
    assert_eq!(most_within(&sent_at(&shop), 60_000), 600);
}

#[test]
fn callers_that_give_up_or_vanish_do_not_hold_up_the_rest() {
    for vanish in [false, true] {
        let shop = Shop::with(TABLE, settings(), after_token(plenty));
        let callers: Vec<_> = (0..120).map(|number| singles(&shop, &format!("C{number}K"), 10)).collect();
        shop.world.run_for(10 * SECOND);
        // 588 are under way or done. Most of those who wait go.
        let mut left = Vec::new();
        for (number, caller) in callers.iter().enumerate() {
            match caller.is_done() || number % 20 == 0 {
                true => left.push(caller),
                false if vanish => caller.vanish(),
                false => caller.drop_it(),
            }
        }
        shop.world.run_for(70 * SECOND);
        let waiting = left.iter().filter(|caller| !caller.is_done()).count();
        assert_eq!(waiting, 0, "vanished: {vanish}");
        assert!(most_within(&sent_at(&shop), 60_000) <= 600);
    }
}

#[test]
fn when_too_many_wait_the_next_is_told_so() {
    let settings = Settings { requests_per_minute: Some(1), timeout_ms: 600_000, ..settings() };
    let shop = Shop::with(TABLE, settings, after_token(plenty));
    shop.stock_of("FIRST").outcome().unwrap();
    let callers: Vec<_> = (0..10_050).map(|number| shop.stock_of(&format!("S{number}"))).collect();
    shop.world.run_for(SECOND);
    let refused: Vec<Error> = callers.iter().filter_map(|caller| caller.taken()).filter_map(Result::err).collect();
    assert_eq!(refused.len(), 50);
    assert!(refused.iter().all(|error| error.kind == ErrorKind::RateLimited && error.hint.is_some()));
    assert_eq!(shop.world.calls().len(), 1);
    for caller in &callers[..100] {
        caller.drop_it();
    }
    let late = shop.stock_of("LATE");
    shop.world.run_for(2 * SECOND);
    assert!(!late.is_done(), "there is room again");
}

fn rate(shop: &Shop) -> u32 {
    let mut account = shop.client.account().borrow_mut();
    account.quota.left(shop.world.now());
    account.quota.rate()
}

#[test]
fn many_refusals_of_one_burst_are_one_lesson() {
    let refuse = Rc::new(RefCell::new(true));
    let refusing = refuse.clone();
    let mut number = 0;
    let shop = Shop::with(
        TABLE,
        Settings { max_retries: 0, ..settings() },
        after_token(move |outgoing, now| {
            number += 1;
            // Answers to one burst come one after the other.
            if *refusing.borrow() { Reply::Answer(100 + number * 7, response(429, "")) } else { plenty(outgoing, now) }
        }),
    );
    let burst = |shop: &Shop| {
        let callers: Vec<_> = (0..30).map(|number| shop.stock_of(&format!("S{number}"))).collect();
        shop.world.run();
        assert!(callers.iter().all(|caller| kind(caller.taken().unwrap()) == ErrorKind::RateLimited));
    };
    assert_eq!(rate(&shop), 600);
    burst(&shop);
    assert_eq!(rate(&shop), 420);
    burst(&shop);
    assert_eq!(rate(&shop), 294);
    for _ in 0..20 {
        burst(&shop);
    }
    assert_eq!(rate(&shop), 10, "it never goes below ten");

    *refuse.borrow_mut() = false;
    let since = shop.world.passed();
    shop.world.run_for(since + 59 * SECOND);
    let before = rate(&shop);
    shop.world.run_for(since + 62 * SECOND + 240 * SECOND);
    assert_eq!(before, 10);
    // 10 × 1.05⁵ = 12.76
    assert_eq!(rate(&shop), 12);
    shop.world.run_for(since + 100 * 60 * SECOND);
    assert_eq!(rate(&shop), 600, "and never above what was agreed");
}

#[test]
fn a_supplier_that_asks_for_a_pause_is_left_alone_by_all() {
    let mut number = 0;
    let shop = Shop::with(
        TABLE,
        settings(),
        after_token(move |outgoing, now| {
            number += 1;
            if number == 1 {
                return Reply::Answer(LATENCY, with(response(429, ""), "retry-after", "20"));
            }
            plenty(outgoing, now)
        }),
    );
    let first = shop.stock_of("A");
    shop.world.run_for(SECOND);
    let others: Vec<_> = (0..20).map(|number| shop.stock_of(&format!("S{number}"))).collect();
    shop.world.run();
    assert!(first.taken().unwrap().is_ok() && others.iter().all(|caller| caller.taken().unwrap().is_ok()));
    let times = sent_at(&shop);
    assert!(times[1..].iter().all(|at| *at == times[0] + LATENCY + 20 * SECOND), "no sooner and no later: {times:?}");
}

#[test]
fn a_learned_rate_paces_what_follows() {
    let shop = Shop::with(
        TABLE,
        Settings { requests_per_minute: Some(30), max_retries: 5, ..settings() },
        after_token(plenty),
    );
    let caller = singles(&shop, "K", 100);
    shop.world.run();
    assert!(caller.taken().unwrap().is_ok());
    assert_eq!(most_within(&sent_at(&shop), 61_500), 29);
}

// Batches.

/// Fails every batch that has one of these, and knows the rest.
fn refuses(bad: Vec<String>) -> impl FnMut(&stocklane::engine::Outgoing, Ms) -> Reply {
    after_token(move |outgoing, now| {
        if asked(outgoing).iter().any(|sku| bad.contains(sku)) {
            return answer(400, r#"[{"code":"ICF201","details":"All SKUs are invalid","errorId":"00b23d57"}]"#);
        }
        plenty(outgoing, now)
    })
}

#[test]
fn one_bad_sku_in_a_batch_is_left_out_and_all_others_are_answered() {
    for at in [0, 1, 49, 50, 98, 99] {
        let wanted = skus("SKU", 100);
        let shop = Shop::new(refuses(vec![wanted[at].clone()]));
        let gathered = shop.stock(&wanted).outcome().unwrap();
        let good: Vec<String> = wanted.iter().filter(|sku| **sku != wanted[at]).cloned().collect();
        assert_eq!(answered(&gathered), good, "in the order of what was asked");
        let [skipped] = &gathered.skipped[..] else { panic!("{:?}", gathered.skipped) };
        assert_eq!((skipped.key.text.as_str(), skipped.code.as_deref()), (wanted[at].as_str(), Some("ICF201")));
        assert!(shop.world.calls().len() <= 15, "{}", shop.world.calls().len());
    }
}

#[test]
fn several_bad_skus_and_nothing_but_bad_ones_end_as_well() {
    let wanted = skus("SKU", 250);
    let bad: Vec<String> = [3, 4, 99, 100, 249].iter().map(|at| wanted[*at].clone()).collect();
    let shop = Shop::new(refuses(bad.clone()));
    let gathered = shop.stock(&wanted).outcome().unwrap();
    let skipped: Vec<String> = gathered.skipped.iter().map(|skipped| skipped.key.text.clone()).collect();
    assert_eq!(skipped, bad, "in the order of what was asked");
    assert_eq!(answered(&gathered).len(), 245);

    let wanted = skus("SKU", 100);
    let shop = Shop::new(refuses(wanted.clone()));
    let gathered = shop.stock(&wanted).outcome().unwrap();
    assert!(gathered.answers.is_empty());
    assert_eq!(gathered.skipped.len(), 100);
}

#[test]
fn skus_that_a_header_names_are_left_out_whatever_its_spelling() {
    for header in ["skipskulist", "skpskulist", "skiindexlist"] {
        let shop = Shop::new(after_token(move |outgoing, _| {
            let (bad, good): (Vec<_>, Vec<_>) = asked(outgoing).into_iter().partition(|sku| sku.starts_with("BAD"));
            Reply::Answer(LATENCY, with(response(200, rows(&good)), header, bad.join(", ").to_lowercase()))
        }));
        let wanted = ["A", "BAD1", "B", "BAD2", "C"].map(str::to_owned);
        let gathered = shop.stock(&wanted).outcome().unwrap();
        assert_eq!(answered(&gathered), ["A", "B", "C"]);
        let skipped: Vec<_> =
            gathered.skipped.iter().map(|skipped| (skipped.key.text.as_str(), skipped.reason)).collect();
        let reason = "the supplier does not know it";
        assert_eq!(skipped, [("BAD1", reason), ("BAD2", reason)], "{header}");
        assert_eq!(shop.world.calls().len(), 1);
    }
}

#[test]
fn what_an_answer_leaves_out_without_a_word_is_skipped() {
    let shop = Shop::new(after_token(|_, _| answer(200, rows(&["a ".to_owned(), "OTHER".to_owned()]))));
    let gathered = shop.stock(&["A".to_owned(), "B".to_owned()]).outcome().unwrap();
    let skipped: Vec<&str> = gathered.skipped.iter().map(|skipped| skipped.key.text.as_str()).collect();
    assert_eq!(skipped, ["B"], "case and white space do not tell SKUs apart");
    assert!(gathered.skipped[0].reason.contains("not in the supplier's answer"));
}

#[test]
fn by_index_only_an_index_answers() {
    let row = r#"[{"location":"POZ","sku":"S1","availability":5,"index":"op 520"},{"location":"POZ","sku":"HU 7","availability":5}]"#;
    let shop = Shop::new(after_token(move |_, _| answer(200, row)));
    let gathered = shop.call("stock", r#"{"index":["OP 520","HU 7"]}"#, CallOptions::default()).outcome().unwrap();
    let [skipped] = &gathered.skipped[..] else { panic!("{:?}", gathered.skipped) };
    assert_eq!((skipped.key.text.as_str(), skipped.key.by_index), ("HU 7", true));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_key_is_answered_or_skipped_whatever_the_supplier_does(
        seed in any::<u64>(),
        count in 1..350usize,
        bad in 0..6u8,
        faults in 0..20u8,
        callers in 1..5usize,
    ) {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut tokens = 0;
        let fate = move |sku: &str| {
            let mut rng = fastrand::Rng::with_seed(seed ^ sku.bytes().fold(7, |sum, byte| sum * 31 + u64::from(byte)));
            rng.u8(..100)
        };
        let shop = Shop::with(OPERATIONS, Settings { max_retries: 10, ..settings() }, move |outgoing, _| {
            let latency = rng.u64(1..900);
            if rng.u8(..100) < faults {
                return match rng.u8(..6) {
                    0 => Reply::Silence,
                    1 => Reply::Failure(latency, Failure::Network("reset".to_owned())),
                    2 => Reply::Answer(latency, with(response(429, ""), "retry-after", "2")),
                    3 => Reply::Answer(latency, response(429, "")),
                    4 => Reply::Answer(latency, response(401, "")),
                    _ => Reply::Answer(latency, response(503, "<html>")),
                };
            }
            if is_token(outgoing) {
                tokens += 1;
                return token(&format!("T{tokens}"), [1, 30, 3_600][rng.usize(..3)]);
            }
            let wanted = asked(outgoing);
            if wanted.iter().any(|sku| fate(sku) < bad) {
                return Reply::Answer(latency, response(400, r#"{"code":"ICF201"}"#));
            }
            let (mut known, unknown): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|sku| fate(sku) < 95);
            rng.shuffle(&mut known);
            let answer = response(200, rows(&known));
            Reply::Answer(latency, if rng.bool() { with(answer, "skipskulist", unknown.join(",")) } else { answer })
        });
        let wanted: Vec<Vec<String>> = (0..callers).map(|caller| skus(&format!("C{caller}K"), count)).collect();
        let calls: Vec<_> = wanted.iter().map(|wanted| shop.stock(wanted)).collect();
        shop.world.run();
        for (wanted, call) in wanted.iter().zip(calls) {
            match call.taken().unwrap() {
                Ok(gathered) => {
                    let mut seen: HashMap<String, usize> = HashMap::new();
                    for sku in answered(&gathered) {
                        prop_assert!(fate(&sku) >= bad && fate(&sku) < 95);
                        *seen.entry(sku).or_default() += 1;
                    }
                    for skipped in &gathered.skipped {
                        prop_assert!(fate(&skipped.key.text) < bad || fate(&skipped.key.text) >= 95);
                        *seen.entry(skipped.key.text.clone()).or_default() += 1;
                    }
                    prop_assert_eq!(seen.len(), wanted.len());
                    prop_assert!(wanted.iter().all(|sku| seen.get(sku) == Some(&1)));
                    let skipped = gathered.skipped.iter().map(|skipped| wanted.iter().position(|sku| *sku == skipped.key.text));
                    prop_assert!(skipped.is_sorted());
                }
                Err(error) => prop_assert!(faults > 0 && (error.kind.is_retryable() || error.kind == ErrorKind::Auth)),
            }
        }
        prop_assert!(shop.world.most_flying() <= 6 * callers + 1);
        prop_assert!(most_within(&sent_at(&shop), 60_000) <= 600);
    }
}

// Errors.

#[test]
fn an_error_is_read_in_every_form_that_was_seen() {
    use ErrorKind::*;
    let business = r#"[{"code":"ICF299","details":"Unknown error","errorId":"00b23d57"}]"#;
    // Status, body, then kind, code, errorId, and a word of the message and of the hint.
    type Case = (u16, &'static str, ErrorKind, Option<&'static str>, Option<&'static str>, &'static str, &'static str);
    let cases: [Case; 25] = [
        (400, business, Business, Some("ICF299"), Some("00b23d57"), "Unknown error", "overdue"),
        (400, r#"{"code":"ICF101","details":"x"}"#, Validation, Some("ICF101"), None, "x", "categoryId"),
        (400, r#"[{"code":"ICF209"},{"code":"ICF101"}]"#, Business, Some("ICF209"), None, "ICF209", "delivery method"),
        (400, r#"[{"code":"ICF230"}]"#, Business, Some("ICF230"), None, "400", "quote"),
        (400, r#"[{"code":"ICF306"}]"#, Validation, Some("ICF306"), None, "400", "10,000"),
        (400, r#"[{"code":"ICF311"}]"#, Validation, Some("ICF311"), None, "400", "pl"),
        (
            400,
            r#"[{"code":"ICF777","details":"new one","errorId":77}]"#,
            Validation,
            Some("ICF777"),
            Some("77"),
            "new one",
            "documentation",
        ),
        (
            403,
            r#"{"code":"900908","message":"Forbidden","description":"no subscription"}"#,
            Permission,
            Some("900908"),
            None,
            "no subscription",
            "supplier",
        ),
        (403, r#"{"code":900910}"#, Permission, Some("900910"), None, "900910", "supplier"),
        (
            404,
            r#"{"code":"404","description":"No matching resource found"}"#,
            NotFound,
            Some("404"),
            None,
            "No matching",
            "identifier",
        ),
        (403, "<html><h1>Access Denied</h1></html>", Upstream, None, None, "403", "blocked"),
        (403, "", Upstream, None, None, "403", "blocked"),
        (403, "{}", Permission, None, None, "403", "supplier"),
        (302, "", Upstream, None, None, "302", "redirect"),
        (405, r#"{"code":"405"}"#, Validation, Some("405"), None, "405", "form"),
        (400, "", Validation, None, None, "400", "documentation"),
        (400, "[]", Validation, None, None, "400", "documentation"),
        (400, "[{\"code\":", Validation, None, None, "400", "documentation"),
        (400, r#"{"code":{"nested":1}}"#, Validation, None, None, "400", "documentation"),
        (400, r#"{"code":null,"details":null,"errorId":"e"}"#, Validation, None, Some("e"), "400", "documentation"),
        (200, "", Decode, None, None, "stock: ended too early", "documents"),
        (200, "[{\"sku\":\"A\"", Decode, None, None, "stock: [0]: ended too early", "documents"),
        (200, "{}", Decode, None, None, "stock: expected a list", "documents"),
        (200, "\n <html>", Upstream, None, None, "a page", "baseUrl"),
        (
            200,
            r#"[{"sku":"A","location":"X"}]"#,
            Decode,
            None,
            None,
            "stock: [0].availability: required, but missing",
            "documents",
        ),
    ];
    for (status, body, kind, code, error_id, message, hint) in cases {
        let shop = Shop::new(after_token(move |_, _| answer(status, body)));
        let error = shop.stock_of("A").outcome().unwrap_err();
        assert_eq!((error.kind, error.status), (kind, Some(status)), "{status} {body}: {error:?}");
        assert_eq!((error.code.as_deref(), error.error_id.as_deref()), (code, error_id), "{body}");
        assert!(error.message.contains(message), "{message} is not in {}", error.message);
        assert!(error.hint.unwrap().contains(hint), "{hint} is not in {:?}", error.hint);
    }
}

#[test]
fn what_may_heal_is_told_as_the_supplier_said_it() {
    let settings = || Settings { max_retries: 0, ..settings() };
    for (status, body, kind, code) in [
        (429, r#"{"code":"900803","message":"Message throttled out"}"#, ErrorKind::RateLimited, Some("900803")),
        (429, "", ErrorKind::RateLimited, None),
        (500, "<html>", ErrorKind::Upstream, None),
        (500, r#"[{"code":"ICF999","details":"boom","errorId":"e"}]"#, ErrorKind::Upstream, Some("ICF999")),
        (503, "", ErrorKind::Upstream, None),
    ] {
        let shop = Shop::with(OPERATIONS, settings(), after_token(move |_, _| answer(status, body)));
        let error = shop.stock_of("A").outcome().unwrap_err();
        assert_eq!((error.kind, error.status, error.code.as_deref()), (kind, Some(status), code));
        assert!(error.kind.is_retryable() && error.hint.is_some());
    }
    for (failure, kind) in [
        (Failure::Network("connection refused".to_owned()), ErrorKind::Network),
        (Failure::TooLong, ErrorKind::Upstream),
        (Failure::Timeout, ErrorKind::Timeout),
    ] {
        let shop = Shop::with(OPERATIONS, settings(), after_token(move |_, _| Reply::Failure(5, failure.clone())));
        let error = shop.stock_of("A").outcome().unwrap_err();
        assert_eq!((error.kind, error.status), (kind, None));
    }
}

#[test]
fn an_error_never_holds_a_whole_body() {
    let long = format!("{{\"code\":\"ICF777\",\"details\":\"{}\\n\\u0007end\"}}", "ż".repeat(5_000));
    let shop = Shop::new(after_token(move |_, _| answer(400, long.clone())));
    let error = shop.stock_of("A").outcome().unwrap_err();
    assert!(error.message.chars().count() < 300);
    let page = format!("<html>{}</html>", "secret ".repeat(100));
    let shop = Shop::new(after_token(move |_, _| answer(403, page.clone())));
    assert!(!shop.stock_of("A").outcome().unwrap_err().message.contains("secret"));
}

#[test]
fn every_error_kind_has_a_name_of_its_own() {
    for kind in ErrorKind::ALL {
        assert_eq!(ErrorKind::named(kind.as_str()), Some(kind));
    }
    assert_eq!(ErrorKind::named("none"), None);
    let _: Response = Response::default();
}
