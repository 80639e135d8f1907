//! Whatever a runtime or a service says, and in whatever way it repeats a secret: nobody is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "core/mod.rs"]
mod common;

use std::rc::Rc;

use common::incocloud::*;
use common::supplier::{LATENCY, Outcome, Shop, answer, response, with};
use common::world::*;
use serde_json::json;
use stocklane::clients::Clock;
use stocklane::engine::{Account, Call, CallOptions, Credentials, Failure, Outgoing, Settings, Step};
use stocklane::incocloud::{AUTH_URL, ITEMS, OPERATIONS};
use stocklane::operation::{Args, ErrorKind, encode_value};
use stocklane::wire::Units;

/// Id, secret and token of one account.
type Account3 = [&'static str; 3];

/// No part of one of them is a word that anybody says by chance.
const ACCOUNTS: [Account3; 4] = [
    // As most services make them.
    ["7f3e9b1c2d4a", "Zk8Qw3Xv9Lm2Np5Rt7Yb1Hc4Jd6Fg0SaEuIoPlKjMnBvCxZqWeRtYuIoPaSd", "tok7f3e9b1c2d4a5b6c7d8e9f"],
    // Signs that mean something to somebody, between parts that tell something.
    ["id&Kx7Zq+9", "p&Q7vt+\"Wz8Ks<Hj3Lm%41 Vb5Nc>/=", "t%26Xy9Zw&a=b+Gh4Jk \"<Lp6Mq>"],
    // Nothing but short parts.
    ["q7&k+z9<w", "Zq7&kP+w\"x<Yv%41 mN/j=9", "a&b+7c\"Zd<9e%f Xg"],
    // Sixty letters that are not ASCII, and signs between.
    [
        "Жълтата&дюля+9",
        "ЩастливатаЖабаСкачаПрезПлетаИПяТихаПесенЗаЛунатаИЗаЗвездитеХ",
        "беше \"Щъркел<Ютия%Ябълка&Фенер+Цирк",
    ],
];

fn escaped_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// As many writers of JSON escape it.
fn escaped_json(text: &str) -> String {
    let mut out = String::new();
    for unit in text.encode_utf16() {
        match char::from_u32(unit.into()) {
            Some(char) if char == '"' || char == '\\' => out.extend(['\\', char]),
            Some(char) if char.is_ascii() && !matches!(char, '<' | '>' | '&') => out.push(char),
            _ => out.push_str(&format!("\\u{unit:04x}")),
        }
    }
    out
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    encode_value(&mut out, text);
    out
}

/// Every way in which a secret may be repeated.
fn ways(secret: &str) -> Vec<String> {
    vec![
        secret.to_owned(),
        encoded(secret),
        encoded(secret).to_lowercase(),
        encoded(secret).replace("%20", "+"),
        escaped_html(secret),
        escaped_json(secret),
        encoded(&encoded(secret)),
    ]
}

/// A part of a secret that tells too much of it.
const PART: usize = 10;

/// What nobody may be told of an account.
struct Untold(Vec<String>);

impl Untold {
    fn of(account: Account3) -> Untold {
        let mut all: Vec<String> = account.iter().flat_map(|secret| ways(secret)).collect();
        for secret in account {
            let letters: Vec<char> = secret.chars().collect();
            all.extend(letters.windows(PART.min(letters.len())).step_by(3).map(String::from_iter));
        }
        // What holds a shorter one is found by that.
        all.sort_by_key(String::len);
        let mut untold: Vec<String> = Vec::new();
        for way in all {
            if !untold.iter().any(|known| way.contains(known)) {
                untold.push(way);
            }
        }
        Untold(untold)
    }

    fn assert_not_in(&self, told: &str, context: &str) {
        let found = self.0.iter().find(|way| told.contains(*way));
        assert!(found.is_none(), "{context}\n{found:?}\nis in\n{told}");
    }
}

fn credentials([id, secret, _]: Account3) -> Credentials {
    Credentials::new(AUTH_URL.to_owned(), id, secret)
}

fn account(known: Account3) -> Settings {
    Settings { credentials: Some(credentials(known)), max_retries: 1, ..settings() }
}

type Said = Rc<dyn Fn(&Outgoing) -> Reply>;

/// Every way to fail, repeating `echo`.
fn failures(echo: &str) -> Vec<(String, Said)> {
    let mut all: Vec<(String, Said)> = Vec::new();
    let mut add = |name: String, said: Said| all.push((name, said));
    let words = [
        echo.to_owned(),
        format!("Failed to parse URL from https://x.test/?token={echo}&app_secret={echo}"),
        format!("error sending request for url (https://x.test/?a={echo})"),
    ];
    for words in words {
        let (network, unsendable) = (words.clone(), words);
        add("network".into(), Rc::new(move |_| Reply::Failure(9, Failure::Network(network.clone()))));
        add("unsendable".into(), Rc::new(move |_| Reply::Failure(9, Failure::Unsendable(unsendable.clone()))));
    }
    add("the URL itself".into(), Rc::new(|outgoing| Reply::Failure(9, Failure::Network(outgoing.url.clone()))));
    let bodies = [
        echo.to_owned(),
        // So that the end of what is told of a body cuts it.
        format!("{} {echo}", "the call was refused for this reason ".repeat(5).split_at(170).0),
        json!({ "error": echo }).to_string(),
        json!({ "message": format!("no such token: {echo}") }).to_string(),
        format!(r#"{{"Message":"{}"}}"#, escaped_json(echo)),
        json!({"kind": echo, "detail": echo, "correlationId": echo, "code": echo}).to_string(),
        json!({"correlationId": echo}).to_string(),
        json!({"error": format!("Invalid token: {echo}"), "correlationId": format!("x-{echo}")}).to_string(),
        format!("<html><body>Invalid credentials {echo}</body></html>"),
        format!("[{{\"operation_number\":\"{}\"}}]", escaped_json(echo)),
        format!("{{\"token\":\"{}\"", escaped_json(echo)),
    ];
    for body in bodies {
        for status in [200, 400, 401, 500] {
            let body = body.clone();
            add(format!("{status} {body}"), Rc::new(move |_| answer(status, body.clone())));
        }
    }
    let location = echo.to_owned();
    add(
        "redirect".into(),
        Rc::new(move |_| Reply::Answer(LATENCY, with(response(307, ""), "location", location.clone()))),
    );
    all
}

/// Everything that anybody can see of a call that failed.
fn told(shop: &Shop, outcome: &Outcome) -> String {
    let error = outcome.as_ref().unwrap_err();
    let account = shop.client.account().borrow();
    let settings = &account.settings;
    format!(
        "{error:?}\n{error}\n{:?}\n{:?}\n{account:?}\n{settings:?}\n{:?}",
        shop.world.attempts(),
        shop.world.log(),
        settings.credentials
    )
}

const CALLS: [(&str, &str); 3] = [
    ("item", "{}"),
    ("sale", r#"{"from_date":"2024-01-01"}"#),
    ("createSale", r#"{"location_id":1,"partner_id":2,"details":[{"item_id":1,"quantity":1,"price_out":1}]}"#),
];

#[test]
fn no_failure_of_a_call_tells_a_secret() {
    for known in ACCOUNTS {
        let ([.., token], untold) = (known, Untold::of(known));
        for secret in known {
            for (turn, echo) in ways(secret).into_iter().enumerate() {
                for (number, (name, said)) in failures(&echo).into_iter().enumerate() {
                    let (operation, args) = CALLS[(turn + number) % CALLS.len()];
                    let shop = Shop::with(OPERATIONS, account(known), move |outgoing, _| {
                        if is_token(outgoing) { grant(token, SERVER) } else { said(outgoing) }
                    });
                    let outcome = shop.call(operation, args, CallOptions::default()).outcome();
                    assert!(shop.world.attempts().len() >= 2);
                    untold.assert_not_in(&told(&shop, &outcome), &format!("{operation}: {name}"));
                }
            }
        }
    }
}

#[test]
fn no_failure_of_a_token_tells_a_secret() {
    for known in ACCOUNTS {
        let untold = Untold::of(known);
        for secret in &known[..2] {
            for echo in ways(secret) {
                for (name, said) in failures(&echo) {
                    let shop = Shop::with(OPERATIONS, account(known), move |outgoing, _| said(outgoing));
                    let outcome = shop.call("item", "{}", CallOptions::default()).outcome();
                    assert!(shop.world.attempts().iter().all(|attempt| attempt.operation == "token"));
                    untold.assert_not_in(&told(&shop, &outcome), &name);
                }
            }
        }
    }
}

#[test]
fn a_server_that_holds_a_secret_is_not_named() {
    for known in ACCOUNTS {
        let untold = Untold::of(known);
        for secret in known {
            for echo in ways(secret) {
                for server in [
                    format!("https://evil.test/{echo}"),
                    format!("https://{echo}.evil.test"),
                    format!("https://{echo}@evil.test"),
                    format!("https://evil.test?token={echo}"),
                    echo.clone(),
                ] {
                    let shop = Shop::with(OPERATIONS, account(known), move |_, _| grant(known[2], &server));
                    let outcome = shop.call("item", "{}", CallOptions::default()).outcome();
                    assert_eq!(outcome.as_ref().unwrap_err().kind, ErrorKind::Policy);
                    untold.assert_not_in(&told(&shop, &outcome), &echo);
                }
            }
        }
    }
}

#[test]
fn a_call_without_an_answer_tells_no_secret() {
    for known in ACCOUNTS {
        let ([.., token], untold) = (known, Untold::of(known));
        for (operation, args) in CALLS {
            let shop = Shop::with(OPERATIONS, account(known), move |outgoing, _| match is_token(outgoing) {
                true => grant(token, SERVER),
                false => Reply::Silence,
            });
            let outcome = shop.call(operation, args, CallOptions::default()).outcome();
            let kind = outcome.as_ref().unwrap_err().kind;
            let write = operation == "createSale";
            assert_eq!(kind, if write { ErrorKind::UnknownOutcome } else { ErrorKind::Timeout });
            untold.assert_not_in(&told(&shop, &outcome), operation);
            let urls: Vec<String> = shop.world.attempts().into_iter().map(|attempt| attempt.url).collect();
            assert_eq!(urls[0], format!("{AUTH_URL}?app_id=***&app_secret=***"));
            assert!(urls[1].ends_with("token=***"), "{}", urls[1]);
        }
    }
}

#[test]
fn what_is_to_be_sent_is_printed_without_its_secrets() {
    for known in ACCOUNTS {
        let ([.., token], untold) = (known, Untold::of(known));
        let mut account = Account::new(account(known));
        let args = Args::check(&ITEMS, br#"{"code":"A&token=1"}"#.to_vec()).unwrap();
        let mut call = Call::new(args, CallOptions::default(), Units::Bytes, START);
        let mut sent = 0;
        loop {
            let step = call.poll(&mut account, START);
            untold.assert_not_in(&format!("{step:?} {account:?}"), "step");
            let Step::Send(send) = step else { break };
            untold.assert_not_in(&format!("{send:?} {:?} {:?}", send.outgoing, send.secrets), "send");
            sent += 1;
            let reply = if sent == 1 { grant(token, SERVER) } else { answer(200, "[]") };
            let Reply::Answer(_, response) = reply else { panic!("an answer") };
            call.answered(&mut account, send.part, Ok(response), START, 0.5);
        }
        assert_eq!(sent, 2);
        untold.assert_not_in(&format!("{account:?}"), "account");
    }
}

#[test]
fn words_without_a_secret_are_told_as_they_are() {
    for known in ACCOUNTS {
        let [.., token] = known;
        for words in ["Missing location_id", "Липсва обект 7", "100 % <sure> & \"quoted\"", "Нет такого кода: 7f3"]
        {
            let shop = Shop::with(OPERATIONS, account(known), move |outgoing, _| match is_token(outgoing) {
                true => grant(token, SERVER),
                false => answer(400, json!({ "message": words }).to_string()),
            });
            let error = shop.call("item", "{}", CallOptions::default()).outcome().unwrap_err();
            assert_eq!(error.message, format!("IncoCloud answered 400: {words}"));
            assert!(shop.world.now() > START);
        }
    }
}
