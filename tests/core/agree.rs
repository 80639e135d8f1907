//! Whether the decoding pass sees in a body what is there, no more and no less, in both units.

use std::collections::BTreeMap;

use stocklane::wire::{Kind, Need, Row, Schema, Shape, Tape, Units, Value, decode};

use super::json::{self, Node, Text, What};

/// Levels of values that the pass reads in what no schema leads.
const DEEPEST: usize = 128;
/// Layout of the tape, as its own documentation has it.
const HEADER: usize = 2;
const ABSENT: u64 = u64::MAX;
const NULL: u64 = u64::MAX - 1;
const REGULAR: u32 = 0;
const SPARSE: u32 = 1;
const RAW: u32 = 2;

/// Decodes `body` and checks that the outcome is the right one; answers whether it was accepted.
pub fn agree(body: &[u8], shape: Shape) -> bool {
    let node = expected(body, shape);
    let (bytes, utf16) = (decode(body, shape, Units::Bytes), decode(body, shape, Units::Utf16));
    let shown = String::from_utf8_lossy(body);
    match (node, bytes, utf16) {
        (Some(node), Ok(bytes), Ok(utf16)) => {
            let rows: Vec<&Node> = match &node.what {
                What::List(items) => items.iter().collect(),
                _ => vec![&node],
            };
            assert_eq!(bytes.is_list(), matches!(node.what, What::List(_)), "{shown}");
            assert_eq!(bytes.len(), rows.len(), "{shown}");
            assert_eq!(bytes.is_empty(), rows.is_empty(), "{shown}");
            let schema = shape.schema();
            keys(body, &bytes, schema, &rows);
            keys(body, &utf16, schema, &rows);
            let read = bytes.rows(body, schema);
            assert_eq!(read.len(), rows.len());
            for (row, node) in read.zip(&rows) {
                same_row(body, row, schema, node);
            }
            let (plain, wide) = utf16.texts();
            assert!(plain.is_ascii(), "{shown}");
            let units = |text: &[u8]| std::str::from_utf8(text).unwrap().encode_utf16().collect();
            let cut = Cut { body, plain: units(plain), wide: units(wide), slots: utf16.slots() };
            assert_eq!(utf16.len(), rows.len());
            let end = rows.iter().fold(0, |at, node| cut.record(at, schema, node));
            assert_eq!(end, utf16.slots().len(), "the tape has more than the body: {shown}");
            true
        }
        (None, Err(bytes), Err(utf16)) => {
            assert_eq!(bytes, utf16, "{shown}");
            assert!(bytes.at <= body.len());
            assert!(!bytes.to_string().is_empty());
            false
        }
        (node, bytes, _) => panic!(
            "{} by serde_json and the schema, but the pass says {:?}:\n{shown}",
            if node.is_some() { "accepted" } else { "refused" },
            bytes.map(|_| "accepted"),
        ),
    }
}

/// The body where it is to be accepted.
pub fn expected(body: &[u8], shape: Shape) -> Option<Node> {
    if !json::is_json(body) || json::depth(body) > 2 * DEEPEST {
        return None;
    }
    let node = json::read(body);
    let fits = match (shape, &node.what) {
        (Shape::Rows(schema) | Shape::OneOrRows(schema), What::List(rows)) => {
            rows.iter().all(|row| fits_schema(schema, row))
        }
        (Shape::One(schema) | Shape::OneOrRows(schema), What::Object(_)) => fits_schema(schema, &node),
        _ => false,
    };
    fits.then_some(node)
}

fn fits_schema(schema: &'static Schema, node: &Node) -> bool {
    let What::Object(members) = &node.what else { return false };
    let all = members.iter().all(|(name, node)| match field(schema, name) {
        Some(position) => fits(schema, position, node),
        None => node.height() <= DEEPEST,
    });
    all && schema.fields.iter().all(|field| {
        let required = matches!(field.need, Need::Required | Need::Key | Need::Rows);
        !required || members.iter().any(|(name, _)| name.is(field.name))
    })
}

fn field(schema: &'static Schema, name: &Text) -> Option<usize> {
    schema.fields.iter().position(|field| name.is(field.name))
}

fn fits(schema: &'static Schema, position: usize, node: &Node) -> bool {
    let field = &schema.fields[position];
    match (field.kind, &node.what) {
        (_, What::Null) => !matches!(field.need, Need::Required | Need::Key | Need::Rows),
        (Kind::Text, What::Text(_)) | (Kind::Number, What::Number) | (Kind::Bool, What::Bool(_)) => true,
        (Kind::TextOrNumber, What::Text(_) | What::Number) => true,
        (Kind::Texts, What::List(items)) => items.iter().all(|item| matches!(item.what, What::Text(_))),
        (Kind::One(child), _) => fits_schema(child, node),
        (Kind::Many(child), What::List(items)) => items.iter().all(|item| fits_schema(child, item)),
        (Kind::Any | Kind::NumberOrMany(_), _) => node.height() <= DEEPEST,
        _ => false,
    }
}

/// The last value of each field that the schema knows, and whether there was anything else.
fn members<'a>(schema: &'static Schema, node: &'a Node) -> (BTreeMap<usize, &'a Node>, bool) {
    let What::Object(members) = &node.what else { panic!("no object") };
    let mut known = BTreeMap::new();
    let mut strange = false;
    for (name, node) in members {
        match field(schema, name) {
            Some(position) => strange |= known.insert(position, node).is_some(),
            None => strange = true,
        }
    }
    (known, strange)
}

fn keys(body: &[u8], tape: &Tape, schema: &'static Schema, rows: &[&Node]) {
    let mut expected = Vec::new();
    for (row, node) in rows.iter().enumerate() {
        keys_of(row, schema, node, &mut expected);
    }
    let mut found: Vec<_> = tape.keys(body).map(|(row, field, text)| (row, field, text.into_owned())).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected, "{}", String::from_utf8_lossy(body));
}

fn keys_of(row: usize, schema: &'static Schema, node: &Node, keys: &mut Vec<(usize, usize, String)>) {
    for (position, node) in members(schema, node).0 {
        let field = &schema.fields[position];
        match (field.need, field.kind, &node.what) {
            (Need::Key | Need::OptionalKey, _, What::Text(text)) => keys.push((row, position, text.lossy())),
            (Need::Rows, Kind::Many(child), What::List(items)) => {
                items.iter().enumerate().for_each(|(row, item)| keys_of(row, child, item, keys));
            }
            _ => {}
        }
    }
}

fn same_row(body: &[u8], row: Row<'_>, schema: &'static Schema, node: &Node) {
    assert_eq!(row.json(), node.raw(body));
    assert_eq!(row.schema().name, schema.name);
    let (known, _) = members(schema, node);
    for (position, field) in schema.fields.iter().enumerate() {
        let value = row.value(position);
        let Some(node) = known.get(&position) else {
            assert_eq!(value, Value::Absent, "{}", field.name);
            assert!(nothing(row, position), "{}", field.name);
            continue;
        };
        match (field.kind, &node.what) {
            (_, What::Null) => {
                assert_eq!(value, Value::Null, "{}", field.name);
                assert!(nothing(row, position), "{}", field.name);
            }
            (Kind::Text, What::Text(text)) => {
                assert_eq!(value, Value::Text(text.lossy().into()));
                assert_eq!(row.text(position).unwrap(), text.lossy());
                assert_eq!(row.plain(position).unwrap(), text.lossy());
            }
            (Kind::Number, _) => {
                assert_eq!(value, Value::Number(node.raw(body)));
                assert_eq!(row.plain(position).unwrap(), node.raw(body));
            }
            (Kind::Bool, What::Bool(bool)) => assert_eq!(row.bool(position), Some(*bool)),
            (Kind::Texts, What::List(items)) => {
                let expected = items.iter().map(|item| match &item.what {
                    What::Text(text) => text.lossy(),
                    _ => panic!("no text"),
                });
                assert!(row.texts(position).unwrap().eq(expected), "{}", field.name);
            }
            (Kind::One(child), _) => same_row(body, row.one(position).unwrap(), child, node),
            (Kind::Many(child), What::List(items)) => {
                let rows = row.rows(position).unwrap();
                assert_eq!(rows.len(), items.len());
                rows.zip(items).for_each(|(row, node)| same_row(body, row, child, node));
            }
            (Kind::Any | Kind::TextOrNumber | Kind::NumberOrMany(_), what) => {
                assert_eq!(value, Value::Json(node.raw(body)));
                let plain = match what {
                    What::Text(text) => Some(text.lossy()),
                    What::Number => Some(node.raw(body).to_owned()),
                    _ => None,
                };
                assert_eq!(row.plain(position).map(|text| text.into_owned()), plain);
            }
            _ => panic!("{} does not fit", field.name),
        }
    }
}

/// What is not there reads as nothing by every reader.
fn nothing(row: Row<'_>, position: usize) -> bool {
    row.text(position).is_none()
        && row.plain(position).is_none()
        && row.decimal(position).is_none()
        && row.bool(position).is_none()
        && row.texts(position).is_none()
        && row.one(position).is_none()
        && row.rows(position).is_none()
}

/// The tape as JavaScript reads it.
struct Cut<'a> {
    body: &'a [u8],
    plain: Vec<u16>,
    wide: Vec<u16>,
    slots: &'a [u64],
}

impl Cut<'_> {
    /// Where the record's successor begins.
    fn record(&self, at: usize, schema: &'static Schema, node: &Node) -> usize {
        let (next, status) = unpair(self.slots[at]);
        if status == RAW {
            // The fields are of no interest: JavaScript parses the object's own text.
            assert!(self.text(self.slots[at + 1]).iter().copied().eq(node.raw(self.body).encode_utf16()));
            assert!(self.must_be_parsed(schema, node), "{}", node.raw(self.body));
            return next as usize;
        }
        let (known, strange) = members(schema, node);
        assert!(!strange, "what the schema does not know is lost: {}", node.raw(self.body));
        let mut irregular = REGULAR;
        for (position, field) in schema.fields.iter().enumerate() {
            let slot = self.slots[at + HEADER + position];
            let Some(node) = known.get(&position) else {
                assert_eq!(slot, ABSENT, "{}", field.name);
                irregular = irregular.max(SPARSE);
                continue;
            };
            irregular = irregular.max(match (field.kind, &node.what) {
                (_, What::Null) => {
                    assert_eq!(slot, NULL, "{}", field.name);
                    if field.need == Need::Nullable { REGULAR } else { SPARSE }
                }
                (Kind::Text, What::Text(text)) => {
                    assert_eq!(self.text(slot), text.units);
                    REGULAR
                }
                (Kind::Number, _) => {
                    let raw = node.raw(self.body);
                    assert!(is_exact(raw), "one division does not round {raw} once");
                    assert_eq!(slot, raw.parse::<f64>().unwrap().to_bits());
                    REGULAR
                }
                (Kind::Bool, What::Bool(value)) => {
                    assert_eq!(unpair(slot), (u32::from(*value), 0));
                    REGULAR
                }
                (Kind::Texts, What::List(items)) => {
                    let (first, count) = unpair(slot);
                    assert_eq!(count as usize, items.len());
                    for (item, slot) in items.iter().zip(&self.slots[first as usize..]) {
                        let What::Text(text) = &item.what else { panic!("no text") };
                        assert_eq!(self.text(*slot), text.units);
                    }
                    REGULAR
                }
                (Kind::One(child), _) => {
                    let (first, count) = unpair(slot);
                    assert_eq!(count, 1);
                    self.record(first as usize, child, node);
                    REGULAR
                }
                (Kind::Many(child), What::List(items)) => {
                    let (first, count) = unpair(slot);
                    assert_eq!(count as usize, items.len());
                    items.iter().fold(first as usize, |at, item| self.record(at, child, item));
                    REGULAR
                }
                _ => {
                    assert!(self.text(slot).iter().copied().eq(node.raw(self.body).encode_utf16()), "{}", field.name);
                    REGULAR
                }
            });
        }
        assert_eq!(status, irregular, "status of {}", node.raw(self.body));
        next as usize
    }

    /// Whether the tape cannot tell an object: for what it has of its own, not for what the objects in it have.
    fn must_be_parsed(&self, schema: &'static Schema, node: &Node) -> bool {
        let What::Object(all) = &node.what else { panic!("no object") };
        members(schema, node).1
            || all.iter().any(|(name, node)| match (field(schema, name).map(|at| schema.fields[at].kind), &node.what) {
                (Some(Kind::Text), What::Text(text)) => is_doubtful(text),
                (Some(Kind::Texts), What::List(items)) => {
                    items.iter().any(|item| matches!(&item.what, What::Text(text) if is_doubtful(text)))
                }
                (Some(Kind::Number), What::Number) => !is_exact(node.raw(self.body)),
                _ => false,
            })
    }

    /// What a range is of: its start is inverted where it is of the wide text.
    fn text(&self, slot: u64) -> &[u16] {
        let (start, end) = unpair(slot);
        match start as i32 {
            0.. => &self.plain[start as usize..end as usize],
            _ => &self.wide[!start as usize..end as usize],
        }
    }
}

/// An escape may stand for a lone surrogate, which Rust's texts cannot hold.
fn is_doubtful(text: &Text) -> bool {
    text.escaped && text.lossy().contains(char::REPLACEMENT_CHARACTER)
}

/// Fifteen significant digits and twenty-two places, without an exponent.
fn is_exact(raw: &str) -> bool {
    let (_, places) = raw.split_once('.').unwrap_or((raw, ""));
    let digits: String = raw.chars().filter(char::is_ascii_digit).collect();
    !raw.contains(['e', 'E']) && digits.trim_start_matches('0').len() <= 15 && places.len() <= 22
}

fn unpair(slot: u64) -> (u32, u32) {
    (slot as u32, (slot >> 32) as u32)
}
