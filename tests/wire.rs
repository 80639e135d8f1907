//! The decoding pass and the projection, against a plain reader and `serde_json`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "core/mod.rs"]
mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use common::agree::{agree, expected};
use common::document::{Dice, document};
use common::json::{self, Plain, What};
use common::sample;
use proptest::prelude::*;
use stocklane::intercars::{
    OPERATIONS, QUOTE_LINE, QUOTE_QUERY, QuoteLine, STOCK_LINE, STOCK_QUERY, StockLine, TOKEN, explain,
};
use stocklane::operation::{ErrorKind, Headers, Response};
use stocklane::storefront::{AVAILABILITY, OFFER};
use stocklane::wire::{Kind, Schema, Selection, Shape, Step, Tape, Units, UnknownPath, decode, schema, write_text};

schema! {
    /// Every kind of value, needed or not.
    pub ALL_KINDS = AllKinds {
        /// A text.
        Key key: Text,
        /// A number.
        Required number: Number,
        /// True or false.
        Required bool: Bool,
        /// Texts.
        Required texts: Texts,
        /// An object.
        Required one: One(STOCK_LINE),
        /// Objects.
        Required many: Many(ALL_OPTIONAL),
        /// Anything.
        Required any: Any,
        /// Either.
        Required either: TextOrNumber,
    }

    /// Nothing of it has to be there.
    pub ALL_OPTIONAL = AllOptional {
        /// A text.
        OptionalKey key: Text,
        /// A number.
        Optional number: Number,
        /// True or false.
        Nullable bool: Bool,
        /// Texts.
        Nullable texts: Texts,
        /// An object.
        Nullable one: One(TOKEN),
        /// Objects.
        Optional many: Many(TOKEN),
        /// Anything.
        Optional any: Any,
        /// Either.
        OneIfLeftOut either: TextOrNumber,
    }
}

/// Every shape that is sent or answered, and some that never are.
static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    let table = OPERATIONS.iter().flat_map(|operation| [operation.answer, Shape::One(operation.args)]);
    OTHERS.into_iter().chain(table).collect()
});

const OTHERS: [Shape; 12] = [
    Shape::Rows(&STOCK_LINE),
    Shape::Rows(&QUOTE_LINE),
    Shape::Rows(&ALL_KINDS),
    Shape::Rows(&ALL_OPTIONAL),
    Shape::One(&ALL_KINDS),
    Shape::One(&ALL_OPTIONAL),
    Shape::OneOrRows(&TOKEN),
    Shape::OneOrRows(&ALL_OPTIONAL),
    Shape::One(&STOCK_QUERY),
    Shape::One(&QUOTE_QUERY),
    Shape::Rows(&AVAILABILITY),
    Shape::Rows(&OFFER),
];

/// A shape that prints as its number.
fn shape() -> impl Strategy<Value = usize> {
    0..SHAPES.len()
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() }
}

fn entropy() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..1_500)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_value_of_a_valid_body_is_found_where_it_stands(entropy in entropy(), shape in shape()) {
        let body = document(&mut Dice(&entropy), SHAPES[shape]);
        prop_assert!(agree(&body, SHAPES[shape]), "refused: {}", String::from_utf8_lossy(&body));
    }

    #[test]
    fn what_serde_json_reads_is_what_the_rows_say(entropy in entropy(), shape in shape()) {
        let body = document(&mut Dice(&entropy), SHAPES[shape]);
        // Lone surrogates and numbers beyond a double are JSON, but not for serde_json's own values.
        if let Ok(value) = serde_json::from_slice::<serde_json::Value>(&body[json::mark(&body)..]) {
            same_as_serde(&json::read(&body).plain(&body), &value);
        }
    }

    #[test]
    fn a_truncated_body_is_refused(entropy in entropy(), shape in shape(), at in any::<prop::sample::Index>()) {
        let body = document(&mut Dice(&entropy), SHAPES[shape]);
        let text = String::from_utf8_lossy(&body);
        let whole = text.trim_end().len();
        let cut = &body[..at.index(whole)];
        prop_assert!(!agree(cut, SHAPES[shape]));
    }

    #[test]
    fn a_changed_body_is_accepted_exactly_where_it_is_json_of_the_shape(
        entropy in entropy(),
        shape in shape(),
        changes in changes(),
    ) {
        agree(&changed(document(&mut Dice(&entropy), SHAPES[shape]), &changes), SHAPES[shape]);
    }

    #[test]
    fn a_body_is_read_alike_however_it_is_spaced(
        entropy in entropy(),
        shape in shape(),
        changes in changes(),
        at in any::<prop::sample::Index>(),
    ) {
        let shape = SHAPES[shape];
        let body = tight(&document(&mut Dice(&entropy), shape));
        read_alike(&body, shape);
        read_alike(&body[..at.index(body.len())], shape);
        for changed in [changed(body.clone(), &changes[..1]), changed(body, &changes)] {
            read_alike(&changed, shape);
            if agree(&changed, shape) {
                let schema = shape.schema();
                projected(&changed, shape, &Selection::all(schema), &leaves(schema, &paths(schema, "")));
            }
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..200), shape in shape()) {
        agree(&body, SHAPES[shape]);
    }

    #[test]
    fn arbitrary_text_never_panics(body in "[\\[\\]{}\",:0-9eE.+\\-\\\\a-u \\n\u{feff}żф😀]{0,60}", shape in shape()) {
        agree(body.as_bytes(), SHAPES[shape]);
    }

    #[test]
    fn numbers_are_the_doubles_that_rust_reads(text in "-?(0|[1-9][0-9]{0,18})(\\.[0-9]{1,24})?([eE][+-]?[0-9]{1,3})?") {
        let body = format!("{{\"key\":\"k\",\"number\":{text}}}");
        prop_assert!(agree(body.as_bytes(), Shape::One(&ALL_OPTIONAL)));
    }

    #[test]
    fn what_is_no_number_is_refused(text in "[-+.eE0-9]{1,8}") {
        agree(format!("{{\"number\":{text}}}").as_bytes(), Shape::One(&ALL_OPTIONAL));
        agree(format!("{{\"unknown\":{text}}}").as_bytes(), Shape::One(&ALL_OPTIONAL));
    }

    #[test]
    fn a_written_text_is_read_back(text in any::<String>()) {
        let mut out = Vec::new();
        write_text(&mut out, &text);
        prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
    }

    #[test]
    fn a_projection_holds_what_was_picked_and_nothing_else(
        entropy in entropy(),
        shape in shape(),
        picks in prop::collection::vec(any::<u16>(), 0..10),
    ) {
        let body = document(&mut Dice(&entropy), SHAPES[shape]);
        let shape = SHAPES[shape];
        let schema = shape.schema();
        let all = paths(schema, "");
        let picks = picks.iter().filter(|_| !all.is_empty());
        let picked: Vec<&str> = picks.map(|pick| all[*pick as usize % all.len()].as_str()).collect();
        for body in [tight(&body), spaced(&body).0, body] {
            projected(&body, shape, &Selection::of(schema, picked.iter().copied()).unwrap(), &leaves(schema, &picked));
            projected(&body, shape, &Selection::all(schema), &leaves(schema, &all));
        }
    }
}

/// The quick way reads members that stand as they mostly do, the long way all others: with spaces around everything no member
/// is left to the quick one.
fn read_alike(body: &[u8], shape: Shape) {
    let (spaced, at) = spaced(body);
    let shown = || format!("{}\n{}", String::from_utf8_lossy(body), String::from_utf8_lossy(&spaced));
    for units in [Units::Bytes, Units::Utf16] {
        match (decode(body, shape, units), decode(&spaced, shape, units)) {
            (Ok(quick), Ok(long)) => {
                let keys = |tape: &Tape, body: &[u8]| -> Vec<(usize, usize, String)> {
                    tape.keys(body).map(|(row, field, text)| (row, field, text.into_owned())).collect()
                };
                assert_eq!(keys(&quick, body), keys(&long, &spaced), "{}", shown());
                if units == Units::Bytes {
                    let rows = quick.rows(body, shape.schema()).zip(long.rows(&spaced, shape.schema()));
                    rows.for_each(|(quick, long)| assert_eq!(quick.is_strange(), long.is_strange(), "{}", shown()));
                }
            }
            (Err(quick), Err(long)) => {
                assert_eq!((quick.what, &quick.path), (long.what, &long.path), "{}", shown());
                // Before the byte at fault, or behind the one before it.
                let behind = quick.at.checked_sub(1).map(|before| at[before] + 1);
                let somewhere = quick.what != "not UTF-8";
                assert!(!somewhere || long.at == at[quick.at] || Some(long.at) == behind, "{quick} {long} {}", shown());
            }
            (quick, long) => panic!("{quick:?} {long:?} {}", shown()),
        }
    }
}

/// The same with a space on both sides of all that is no value, and where each byte stands then.
fn spaced(body: &[u8]) -> (Vec<u8>, Vec<usize>) {
    each_apart(body, |out, byte| match byte {
        b':' | b',' | b'{' | b'}' | b'[' | b']' => {
            out.extend([b' ', byte]);
            out.push(b' ');
            out.len() - 2
        }
        _ => {
            out.push(byte);
            out.len() - 1
        }
    })
}

/// The same without a space, as suppliers send it.
fn tight(body: &[u8]) -> Vec<u8> {
    let tight = |out: &mut Vec<u8>, byte: u8| {
        if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
            out.push(byte);
        }
        out.len()
    };
    each_apart(body, tight).0
}

/// Copies texts, and what is between them by a rule that answers with a byte's new place.
fn each_apart(body: &[u8], mut rule: impl FnMut(&mut Vec<u8>, u8) -> usize) -> (Vec<u8>, Vec<usize>) {
    let (mut out, mut places) = (Vec::new(), Vec::new());
    let (mut within, mut escaped) = (false, false);
    for &byte in body {
        if within || byte == b'"' {
            places.push(out.len());
            out.push(byte);
            within = escaped || !(within && byte == b'"');
            escaped = within && !escaped && byte == b'\\';
        } else {
            places.push(rule(&mut out, byte));
        }
    }
    places.push(out.len());
    (out, places)
}

/// One to five bytes changed.
fn changed(mut body: Vec<u8>, changes: &[(prop::sample::Index, u8, u8)]) -> Vec<u8> {
    for &(at, byte, how) in changes {
        let at = at.index(body.len() + 1).min(body.len());
        match how {
            0 => body.insert(at, byte),
            1 => body.insert(at, b"{}[]\",:0-\\nut. \xef"[byte as usize % 16]),
            _ if at == body.len() => {}
            2 => body[at] = byte,
            _ => drop(body.remove(at)),
        }
    }
    body
}

fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, u8, u8)>> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4u8), 1..6)
}

fn same_as_serde(plain: &Plain, value: &serde_json::Value) {
    use serde_json::Value::{Array, Bool, Null, Number, Object, String};
    match (plain, value) {
        (Plain::Null, Null) => {}
        (Plain::Bool(a), Bool(b)) => assert_eq!(a, b),
        (Plain::Text(a), String(b)) => assert_eq!(a, b),
        (Plain::Number(a), Number(b)) => {
            // serde_json may be off by a unit in the last place.
            let (a, b) = (a.parse::<f64>().unwrap(), b.as_f64().unwrap());
            assert!((a - b).abs() <= a.abs() * 1e-15, "{a} {b}");
        }
        (Plain::List(a), Array(b)) => {
            assert_eq!(a.len(), b.len());
            a.iter().zip(b).for_each(|(a, b)| same_as_serde(a, b));
        }
        (Plain::Object(a), Object(b)) => {
            assert_eq!(a.len(), b.len());
            a.iter().for_each(|(name, a)| same_as_serde(a, &b[name]));
        }
        _ => panic!("{plain:?} is not {value:?}"),
    }
}

/// Every path that a schema has.
fn paths(schema: &'static Schema, before: &str) -> Vec<String> {
    let mut all = Vec::new();
    for field in schema.fields {
        all.push(format!("{before}{}", field.name));
        if let Kind::One(child) | Kind::Many(child) = field.kind {
            all.extend(paths(child, &format!("{before}{}.", field.name)));
        }
    }
    all
}

/// Paths to plain fields that the given paths show.
fn leaves(schema: &'static Schema, picked: &[impl AsRef<str>]) -> BTreeSet<String> {
    let all = paths(schema, "");
    let is_leaf = |path: &String| !all.iter().any(|other| other.starts_with(&format!("{path}.")));
    let shown = |path: &str| {
        picked.iter().any(|pick| path == pick.as_ref() || path.starts_with(&format!("{}.", pick.as_ref())))
    };
    all.iter().filter(|path| is_leaf(path) && shown(path)).cloned().collect()
}

fn projected(body: &[u8], shape: Shape, selection: &Selection, leaves: &BTreeSet<String>) {
    let tape = decode(body, shape, Units::Bytes).unwrap();
    let node = expected(body, shape).unwrap();
    let nodes: Vec<_> = match &node.what {
        What::List(items) => items.iter().collect(),
        _ => vec![&node],
    };
    for (row, node) in tape.rows(body, shape.schema()).zip(nodes) {
        let mut out = Vec::new();
        selection.write(row, &mut out);
        assert!(json::is_json(&out), "{}", String::from_utf8_lossy(&out));
        let expected = pick(shape.schema(), &node.plain(body), leaves, "");
        let written = json::read(&out).plain(&out);
        assert_eq!(written, expected, "{}", String::from_utf8_lossy(&out));
        if let Ok(value) = serde_json::from_slice::<serde_json::Value>(&out) {
            same_as_serde(&expected, &value);
        }
    }
}

/// What is left of a row, by the paths to its plain fields.
fn pick(schema: &'static Schema, row: &Plain, leaves: &BTreeSet<String>, before: &str) -> Plain {
    let Plain::Object(row) = row else { panic!("no object") };
    let mut picked = BTreeMap::new();
    for field in schema.fields {
        let path = format!("{before}{}", field.name);
        let within = format!("{path}.");
        if !leaves.contains(&path) && !leaves.iter().any(|leaf| leaf.starts_with(&within)) {
            continue;
        }
        let left_out = field.need == stocklane::wire::Need::OneIfLeftOut;
        let value = match (row.get(field.name), field.kind) {
            (None | Some(Plain::Null), _) if left_out => Plain::Number("1".to_owned()),
            (None, _) => continue,
            (Some(Plain::Null), _) => Plain::Null,
            (Some(row), Kind::One(child)) => pick(child, row, leaves, &within),
            (Some(Plain::List(rows)), Kind::Many(child)) => {
                Plain::List(rows.iter().map(|row| pick(child, row, leaves, &within)).collect())
            }
            (Some(value), _) => value.clone(),
        };
        picked.insert(field.name.to_owned(), value);
    }
    Plain::Object(picked)
}

#[test]
fn a_text_of_any_length_is_measured_whatever_its_characters() {
    let fillers = ["a", "ż", "ф", "€", "\u{10ffff}", "\\n", "\\ud83d\\ude00", "\\\"", "\\ud800"];
    for filler in fillers {
        for length in 0..=40 {
            // The odd one stands at every place, so that a four-byte character straddles each border of sixteen.
            for at in 0..=length {
                for odd in ["", "😀", "ł", "€", "\\\\"] {
                    let text = format!("{}{odd}{}", "a".repeat(at), filler.repeat(length - at));
                    let body = format!("[{{\"location\":\"{text}\",\"sku\":\"{odd}\",\"availability\":1}}]");
                    assert!(agree(body.as_bytes(), Shape::Rows(&STOCK_LINE)), "{body}");
                }
            }
        }
    }
}

#[test]
fn one_byte_more_less_or_otherwise_is_read_alike_at_every_place_of_a_row() {
    let shape = Shape::Rows(&STOCK_LINE);
    let row = r#"{"location":"K","sku":"ż","availability":10,"index":null,"blockedReturn":true,"eans":["1","2"]}"#;
    let body = format!("[{row},{row}]").into_bytes();
    let check = |body: &[u8]| {
        read_alike(body, shape);
        agree(body, shape)
    };
    assert!(check(&body));
    for at in row.len() + 2..body.len() {
        for byte in *b"\"\\[]{},:. -01eEntf\x1f\xc5" {
            let (before, rest) = body.split_at(at);
            check(&[before, &[byte], rest].concat());
            check(&[before, &[byte], &rest[1..]].concat());
            check(&[before, &rest[1..]].concat());
        }
    }
}

#[test]
fn a_control_character_is_refused_at_every_place_of_a_text() {
    for byte in 0..0x20u8 {
        for at in 0..40 {
            let text = format!("{}{}{}", "x".repeat(at), char::from(byte), "y".repeat(40 - at));
            let body = format!("{{\"key\":\"{text}\"}}");
            assert!(!agree(body.as_bytes(), Shape::One(&ALL_OPTIONAL)));
        }
    }
}

#[test]
fn a_bad_escape_is_refused() {
    for text in ["\\", "\\x", "\\u", "\\u12", "\\u12g4", "\\u+123", "\\U0041", "\\'", "\\u00e", "a\\"] {
        let body = format!("{{\"key\":\"{text}\"}}");
        assert!(!agree(body.as_bytes(), Shape::One(&ALL_OPTIONAL)), "{text}");
        let body = format!("{{\"{text}\":1}}");
        assert!(!agree(body.as_bytes(), Shape::One(&ALL_OPTIONAL)), "{text}");
    }
}

#[test]
fn bad_utf8_is_refused_wherever_it_stands() {
    for bad in [&b"\xff"[..], b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80"] {
        let body = [b"{\"key\":\"", bad, b"\"}"].concat();
        assert!(!agree(&body, Shape::One(&ALL_OPTIONAL)));
        let body = [b"{\"", bad, b"\":1}"].concat();
        assert!(!agree(&body, Shape::One(&ALL_OPTIONAL)));
        assert!(!agree(bad, Shape::One(&ALL_OPTIONAL)));
    }
}

#[test]
fn depth_is_bounded_and_never_exhausts_the_stack() {
    for levels in [1, 2, 100, 126, 127, 128, 129, 130, 200, 300] {
        for name in ["any", "unknown"] {
            for (open, inner, close) in
                [("[", "", "]"), ("[", "1", "]"), ("{\"a\":", "1", "}"), ("[{\"a\":", "[]", "}]")]
            {
                let body = format!("{{\"{name}\":{}{inner}{}}}", open.repeat(levels), close.repeat(levels));
                let height = levels * if open.len() == 6 { 2 } else { 1 } + usize::from(!inner.is_empty());
                assert_eq!(agree(body.as_bytes(), Shape::One(&ALL_OPTIONAL)), height <= 128, "{name} {open} {levels}");
            }
        }
    }
    let deep = 100_000;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let whole = format!("{}1{}", open.repeat(deep), close.repeat(deep));
        for body in [
            whole.clone(),
            open.repeat(deep),
            format!("{{\"any\":{whole}}}"),
            format!("{{\"unknown\":{whole}}}"),
            format!("[{{\"any\":{}", open.repeat(deep)),
        ] {
            for &shape in SHAPES.iter() {
                assert!(decode(body.as_bytes(), shape, Units::Bytes).is_err());
                assert!(decode(body.as_bytes(), shape, Units::Utf16).is_err());
            }
        }
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    let plain = b"[{\"location\":\"POZ\",\"sku\":\"A\xc5\xbc\",\"availability\":1}]".to_vec();
    let marked = [b"\xef\xbb\xbf", &plain[..]].concat();
    assert!(agree(&marked, Shape::Rows(&STOCK_LINE)));
    let slots = |body: &[u8]| decode(body, Shape::Rows(&STOCK_LINE), Units::Utf16).unwrap().slots().to_vec();
    assert_eq!(slots(&marked), slots(&plain));
    assert!(!agree(&[b"\xef\xbb\xbf", &marked[..]].concat(), Shape::Rows(&STOCK_LINE)), "one mark is enough");
    assert!(!agree(b"\xef\xbb\xbf", Shape::Rows(&STOCK_LINE)));
    assert!(!agree(b"\xef\xbb", Shape::Rows(&STOCK_LINE)));
}

#[test]
fn lone_surrogates_are_read_as_the_replacement_character() {
    let body = br#"{"key":"a\ud800b\udc00\ud83d\ude00\ud83d"}"#;
    assert!(agree(body, Shape::One(&ALL_OPTIONAL)));
    let tape = decode(body, Shape::One(&ALL_OPTIONAL), Units::Bytes).unwrap();
    let row = tape.rows(body, &ALL_OPTIONAL).next().unwrap();
    assert_eq!(row.text(AllOptional::key).unwrap(), "a\u{fffd}b\u{fffd}😀\u{fffd}");
}

#[test]
fn unknown_repeated_and_escaped_names_lose_nothing() {
    for body in [
        &br#"{"__proto__":{"key":"x"},"key":"k","constructor":1,"toString":null}"#[..],
        br#"{"\u006bey":"k","nu\u006dber":1}"#,
        br#"{"key":"first","key":"second","\u006bey":"third"}"#,
        br#"{"key":"first","key":null}"#,
        br#"{"key":null,"key":"second"}"#,
        br#"{"texts":["a","b"],"texts":["c"],"many":[{"access_token":"t"}],"many":[]}"#,
        br#"{"":1,"ke":2,"keyy":3,"KEY":4,"key ":5}"#,
        br#"{"any":{"key":1,"key":2},"either":"5"}"#,
    ] {
        assert!(agree(body, Shape::One(&ALL_OPTIONAL)), "{}", String::from_utf8_lossy(body));
    }
    // What a repeated field said first must fit, too, and must not be null where the field is required.
    assert!(!agree(br#"{"key":1,"key":"second"}"#, Shape::One(&ALL_OPTIONAL)));
}

#[test]
fn of_repeated_keys_the_last_is_what_was_answered() {
    let body = br#"[{"location":"POZ","sku":"A","sku":"B","availability":1,"index":"I","index":null}]"#;
    let tape = decode(body, Shape::Rows(&STOCK_LINE), Units::Bytes).unwrap();
    let keys: Vec<_> = tape.keys(body).map(|(row, field, text)| (row, field, text.into_owned())).collect();
    assert_eq!(keys, [(0, StockLine::sku, "B".to_owned())]);
}

#[test]
fn what_is_wrong_is_named_by_its_place() {
    let fault = |body: &str, shape| decode(body.as_bytes(), shape, Units::Bytes).unwrap_err();
    let rows = Shape::Rows(&QUOTE_LINE);
    let line =
        |price: &str, lines: &str| format!("[{{\"sku\":\"A\",\"quantity\":1,\"price\":{price},\"lines\":{lines}}}]");
    let price = r#"{"currencyCode":"PLN","listPriceNet":1,"listPriceGross":1,"vatPercentage":23}"#;
    assert!(agree(line(price, "[]").as_bytes(), rows));
    let missing = fault(&line(price, r#"[{"sku":"A","location":"X"}]"#), rows);
    assert!(missing.to_string().starts_with("[0].lines[0].availability: required, but missing at byte "), "{missing}");
    assert_eq!(missing.path, [Step::Field("availability"), Step::Index(0), Step::Field("lines"), Step::Index(0)]);
    let null = fault(&line(&price.replace("\"PLN\"", "null"), "[]"), rows);
    assert!(null.to_string().starts_with("[0].price.currencyCode: required, but null at byte "), "{null}");
    let text = fault(&line(&price.replace("23", "\"23\""), "[]"), rows);
    assert!(text.to_string().starts_with("[0].price.vatPercentage: expected a digit at byte "), "{text}");
    assert_eq!(fault("{}", rows).to_string(), "expected a list at byte 0");
    assert_eq!(fault("[]", Shape::One(&TOKEN)).to_string(), "expected an object at byte 0");
    assert_eq!(fault("3", Shape::OneOrRows(&TOKEN)).to_string(), "expected an object or a list at byte 0");
    assert_eq!(fault("", rows).to_string(), "ended too early at byte 0");
    assert_eq!(fault("[", rows).to_string(), "[0]: ended too early at byte 1");
    assert_eq!(fault("[] x", rows).to_string(), "something follows the JSON at byte 3");
    assert_eq!(fault("[1]", rows).to_string(), "[0]: expected an object at byte 1");
    let shown = fault(r#"{"access_token":"secret","expires_in":"secret"}"#, Shape::One(&TOKEN)).to_string();
    assert!(!shown.contains("secret"), "a fault holds nothing of the body: {shown}");
}

#[test]
fn the_samples_of_the_suppliers_pages_are_read() {
    for name in ["stock_get", "stock_post", "stock_text"] {
        assert!(agree(&sample(name), Shape::Rows(&STOCK_LINE)), "{name}");
    }
    for name in ["quote", "quote_text"] {
        assert!(agree(&sample(name), Shape::Rows(&QUOTE_LINE)), "{name}");
    }
    let body = sample("quote_text");
    let tape = decode(&body, Shape::Rows(&QUOTE_LINE), Units::Bytes).unwrap();
    let places: Vec<String> = tape
        .rows(&body, &QUOTE_LINE)
        .flat_map(|row| row.rows(QuoteLine::lines).unwrap())
        .map(|line| line.text(StockLine::location).unwrap().into_owned())
        .collect();
    assert_eq!(places, ["HSN", "HZA"]);
}

#[test]
fn an_unknown_path_is_named() {
    let unknown = |path: &str| Selection::of(&QUOTE_LINE, ["sku", path]).unwrap_err();
    for path in ["cost", "price.cost", "sku.length", "price.", ".sku", "", "price.listPriceNet.x", "Sku", "lines.lines"]
    {
        let expected = UnknownPath { path: path.to_owned(), schema: "QuoteLine" };
        assert_eq!(unknown(path), expected);
    }
    for path in paths(&QUOTE_LINE, "") {
        assert!(Selection::of(&QUOTE_LINE, [path.as_str()]).is_ok(), "{path}");
    }
}

#[test]
fn a_visitors_projection_never_holds_what_was_not_listed() {
    let body = br#"[{"sku":"A","secret":1,"quantity":1,"price":{"currencyCode":"PLN","customerPriceNet":80,"secret":
        {"customerPriceNet":80},"listPriceNet":100,"listPriceGross":123,"vatPercentage":23},"__proto__":{"secret":1},
        "lines":[{"location":"POZ","sku":"A","availability":3,"secret":"x"}],"name":"\u017cel \"x\"\n"}]"#;
    let project = |paths: &[&str]| {
        let selection = Selection::of(&QUOTE_LINE, paths.iter().copied()).unwrap();
        let tape = decode(body, Shape::Rows(&QUOTE_LINE), Units::Bytes).unwrap();
        let mut out = Vec::new();
        selection.write(tape.rows(body, &QUOTE_LINE).next().unwrap(), &mut out);
        String::from_utf8(out).unwrap()
    };
    assert_eq!(project(&[]), "{}");
    assert_eq!(project(&["sku", "price.listPriceNet"]), r#"{"sku":"A","price":{"listPriceNet":100}}"#);
    assert_eq!(
        project(&["lines.availability", "lines.location"]),
        r#"{"lines":[{"location":"POZ","availability":3}]}"#
    );
    assert_eq!(project(&["lines"]), r#"{"lines":[{"location":"POZ","sku":"A","availability":3}]}"#);
    assert_eq!(project(&["price.vatPercentage", "price", "price.vatPercentage"]), project(&["price"]));
    assert_eq!(project(&["name"]), r#"{"name":"\u017cel \"x\"\n"}"#, "as it was written");
    assert_eq!(project(&["description", "eans"]), "{}");
    let all: Vec<String> = paths(&QUOTE_LINE, "");
    let all = project(&all.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(!all.contains("secret") && !all.contains("__proto__"), "{all}");
}

#[test]
fn a_list_of_rows_keeps_absent_and_null_apart() {
    let body = br#"[{"location":"A","sku":"S","availability":1,"gtuCode":null,"name":null}]"#;
    let tape = decode(body, Shape::Rows(&STOCK_LINE), Units::Bytes).unwrap();
    let mut out = Vec::new();
    Selection::all(&STOCK_LINE).write(tape.rows(body, &STOCK_LINE).next().unwrap(), &mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        r#"{"location":"A","sku":"S","availability":1,"name":null,"gtuCode":null}"#
    );
}

#[test]
fn an_error_in_any_shape_is_read_without_a_panic() {
    for body in ["", "null", "[]", "[[]]", "[{}]", "{}", "{\"code\":{}}", "\u{feff}{\"code\":1}", "<html>"] {
        let response = Response { status: 500, headers: Headers::default(), body: body.into() };
        assert_eq!(explain(&response).kind, ErrorKind::Upstream);
    }
}
