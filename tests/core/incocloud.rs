//! Pieces of a point of sale in the cloud, and clients of it.

use stocklane::engine::{Credentials, Gathered, Ms, Outgoing, Settings};
use stocklane::incocloud::{AUTH_URL, CONCURRENCY, OPERATIONS};
use stocklane::operation::{Names, Operation};
use stocklane::wire::Row;

use super::supplier::{Shop, TOKEN_LATENCY, response};
use super::world::{Reply, is_token};

/// Where an account lives.
pub const SERVER: &str = "https://server-7.incocloud.com";

pub fn settings() -> Settings {
    Settings {
        base_url: "https://nobody.test".to_owned(),
        timeout_ms: 10_000,
        max_retries: 2,
        requests_per_minute: None,
        concurrency: CONCURRENCY,
        leased_as: None,
        names: Names::default(),
        language: "en".to_owned(),
        credentials: Some(Credentials::new(AUTH_URL.to_owned(), "app", "secret")),
    }
}

/// A token, and the server that it is for.
pub fn grant(token: &str, server: &str) -> Reply {
    let body = serde_json::json!({ "token": token, "server_url": server }).to_string();
    Reply::Answer(TOKEN_LATENCY, response(200, body))
}

/// Gives T1, T2 and so on to everybody, and leaves the rest to `rest`.
pub fn after_grant(mut rest: impl FnMut(&Outgoing, Ms) -> Reply + 'static) -> impl FnMut(&Outgoing, Ms) -> Reply {
    let mut grants = 0;
    move |outgoing, now| {
        if is_token(outgoing) {
            grants += 1;
            return grant(&format!("T{grants}"), SERVER);
        }
        rest(outgoing, now)
    }
}

/// A client of a service that gives tokens.
pub fn till(rest: impl FnMut(&Outgoing, Ms) -> Reply + 'static) -> Shop {
    till_with(settings(), rest)
}

pub fn till_with(settings: Settings, rest: impl FnMut(&Outgoing, Ms) -> Reply + 'static) -> Shop {
    Shop::with(OPERATIONS, settings, after_grant(rest))
}

/// Value of a parameter of the query, decoded.
pub fn parameter(outgoing: &Outgoing, name: &str) -> Option<String> {
    let (_, query) = outgoing.url.split_once('?')?;
    let (_, value) = query.split('&').filter_map(|pair| pair.split_once('=')).find(|pair| pair.0 == name)?;
    Some(percent_decoded(value))
}

/// The resource that is asked for.
pub fn resource(outgoing: &Outgoing) -> &str {
    let (path, _) = outgoing.url.split_once('?').unwrap_or((&outgoing.url, ""));
    path.rsplit('/').next().unwrap()
}

pub fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digits = [*high, *low];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// The rows of a call's one answer.
pub fn rows<'a>(operation: &'static Operation, gathered: &'a Gathered) -> Vec<Row<'a>> {
    let [answer] = &gathered.answers[..] else { panic!("one answer") };
    answer.tape.rows(&answer.body, operation.answer.schema()).collect()
}
