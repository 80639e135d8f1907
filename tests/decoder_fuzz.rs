//! A mutation fuzz of the decoding pass, in place of cargo-fuzz, which needs a nightly compiler. Bodies come from the
//! suppliers' own samples and from generated documents, are changed by a seeded generator, and the pass must accept exactly
//! what `serde_json` calls JSON and the schema allows, seeing every value where it stands. It runs for two seconds, or for
//! as many as `STOCKLANE_FUZZ_SECONDS` says; `STOCKLANE_FUZZ_SEED` begins elsewhere. A failure prints the seed of its body.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "core/mod.rs"]
mod common;

use std::time::{Duration, Instant};

use common::agree::agree;
use common::document::{Dice, document};
use common::samples;
use fastrand::Rng;
use stocklane::intercars::{OPERATIONS, QUOTE_LINE, QUOTE_QUERY, STOCK_LINE, STOCK_QUERY, TOKEN};
use stocklane::storefront::{AVAILABILITY, OFFER};
use stocklane::wire::Shape;

const OTHERS: [Shape; 8] = [
    Shape::Rows(&STOCK_LINE),
    Shape::Rows(&QUOTE_LINE),
    Shape::One(&STOCK_QUERY),
    Shape::One(&QUOTE_QUERY),
    Shape::OneOrRows(&STOCK_LINE),
    Shape::OneOrRows(&TOKEN),
    Shape::Rows(&AVAILABILITY),
    Shape::Rows(&OFFER),
];

/// What breaks readers of JSON.
const WORDS: [&[u8]; 37] = [
    b"null",
    b"true",
    b"false",
    b"nul",
    b"NaN",
    b"-",
    b"-0",
    b"01",
    b"1.",
    b".5",
    b"1e",
    b"1e+",
    b"1e400",
    b"\"",
    b"\\",
    b"\\u",
    b"\\ud800",
    b"\\udc00",
    b"\\u0000",
    b"\0",
    b"\x1f",
    b"\x7f",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xe2\x82",
    b"\xf0\x9f",
    "😀".as_bytes(),
    "ż".as_bytes(),
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"__proto__\":{}",
    b"\"sku\":\"A\",",
    b"//",
];

fn mutate(rng: &mut Rng, body: &mut Vec<u8>) {
    let at = rng.usize(..=body.len());
    let to = (at + rng.usize(..24)).min(body.len());
    match rng.u8(..9) {
        0 if at < body.len() => body[at] ^= 1 << rng.u8(..8),
        1 if at < body.len() => body[at] = rng.u8(..),
        2 => drop(body.drain(at..to)),
        3 => {
            let piece = body[at..to].to_vec();
            let into = rng.usize(..=body.len());
            body.splice(into..into, piece);
        }
        4 => body.truncate(at),
        5 => body.insert(at, rng.u8(..)),
        6 => {
            let digits: String = (0..rng.usize(1..20)).map(|_| rng.digit(10)).collect();
            body.splice(at..at, digits.bytes());
        }
        _ => {
            let word = WORDS[rng.usize(..WORDS.len())];
            let end = if rng.bool() { to } else { at };
            body.splice(at..end, word.iter().copied());
        }
    }
}

#[test]
fn the_pass_and_serde_json_agree_on_what_is_accepted() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let length = Duration::from_secs(number("STOCKLANE_FUZZ_SECONDS").unwrap_or(2));
    let first = number("STOCKLANE_FUZZ_SEED").unwrap_or(1);
    let samples = samples();

    let table = OPERATIONS.iter().flat_map(|operation| [operation.answer, Shape::One(operation.args)]);
    let shapes: Vec<Shape> = OTHERS.into_iter().chain(table).collect();

    let until = Instant::now() + length;
    let (mut bodies, mut accepted) = (0u64, 0u64);
    let mut seed = first;
    while Instant::now() < until {
        let mut rng = Rng::with_seed(seed);
        let shape = shapes[rng.usize(..shapes.len())];
        let mut body = match rng.u8(..8) {
            0 => (0..rng.usize(..64)).map(|_| rng.u8(..)).collect(),
            1 | 2 => samples[rng.usize(..samples.len())].clone(),
            _ => {
                let decisions: Vec<u8> = (0..rng.usize(..600)).map(|_| rng.u8(..)).collect();
                document(&mut Dice(&decisions), shape)
            }
        };
        for _ in 0..rng.usize(..4) {
            mutate(&mut rng, &mut body);
        }
        let outcome = std::panic::catch_unwind(|| agree(&body, shape));
        match outcome {
            Ok(yes) => accepted += u64::from(yes),
            Err(panic) => {
                eprintln!("STOCKLANE_FUZZ_SEED={seed}: {:?}", String::from_utf8_lossy(&body));
                std::panic::resume_unwind(panic);
            }
        }
        bodies += 1;
        seed += 1;
    }
    println!("{bodies} bodies, {accepted} accepted");
    assert!(accepted > 0 && accepted < bodies, "of {bodies} bodies {accepted} were accepted");
}
