//! What the decoding pass leaves: where each value stands.
//!
//! The tape is made of slots of eight bytes: a pair of numbers (`first` in the lower half), or a double. A record is a
//! header of two slots (`next` and [`status`]; the range of the object's text) and a slot a field: the range of its text,
//! a double, a list (position on the tape and length), or one of two marks that are neither a range nor a double that
//! JSON can say. Ranges are of the body, or, for JavaScript, of the tape's own texts ([`Texts`]); then the object's text
//! is there only where JavaScript must parse it. `pkg-template/tape.js` reads the same layout.

use std::borrow::Cow;

use super::schema::{Kind, Schema};
use super::texts::Texts;
use super::{Decimal, Fault};

/// Slots of a record before its fields.
pub(super) const HEADER: usize = 2;
/// A field that is absent.
pub(super) const ABSENT: u64 = u64::MAX;
/// A field that is null.
pub(super) const NULL: u64 = u64::MAX - 1;
/// Bit of a start in the body: the text has escapes.
pub(super) const ESCAPED: u32 = 1 << 31;

/// How a record may be cut.
pub(super) mod status {
    /// Every field is there, as the row literal expects it.
    pub const REGULAR: u32 = 0;
    /// Fields are absent or null.
    pub const SPARSE: u32 = 1;
    /// Something that the tape cannot say: an unknown or repeated field, a number beyond a double's exact digits, a lone
    /// surrogate.
    /// JavaScript parses the object's own text.
    pub const RAW: u32 = 2;
}

/// Two numbers in a slot.
pub(super) const fn pair(first: u32, second: u32) -> u64 {
    first as u64 | (second as u64) << 32
}

/// The two numbers of a slot.
pub(super) const fn unpair(slot: u64) -> (u32, u32) {
    (slot as u32, (slot >> 32) as u32)
}

/// Where the values of one body stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tape {
    pub(super) slots: Vec<u64>,
    pub(super) keys: Vec<Key>,
    pub(super) root: Root,
    pub(super) texts: Texts,
    /// Numbers are doubles, not ranges.
    pub(super) doubles: bool,
}

/// Byte range of a key's text in a row of the root.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Key {
    pub row: u32,
    pub field: u32,
    pub start: u32,
    pub end: u32,
}

/// What the body is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Root {
    /// A list of so many records, the first at the tape's beginning.
    Rows(u32),
    /// One record.
    #[default]
    One,
}

impl Tape {
    /// The slots, for the boundary.
    pub fn slots(&self) -> &[u64] {
        &self.slots
    }

    /// What the ranges of a tape in [`super::Units::Utf16`] count: the ASCII text, and the other, whose starts are inverted.
    pub fn texts(&self) -> (&[u8], &[u8]) {
        (&self.texts.plain, &self.texts.wide)
    }

    /// A number of a root that is one object.
    pub fn number(&self, body: &[u8], field: usize) -> Option<f64> {
        let slot = *self.slots.get(HEADER + field).filter(|slot| !matches!(**slot, ABSENT | NULL))?;
        if self.doubles {
            return Some(f64::from_bits(slot));
        }
        let (start, end) = unpair(slot);
        Decimal::parse(str(&body[start as usize..end as usize])).map(Decimal::to_f64)
    }

    /// Whether a field of a root that is one object is true.
    pub fn flag(&self, field: usize) -> bool {
        self.slots.get(HEADER + field) == Some(&pair(1, 0))
    }

    /// Number of rows in the root; one for a single object.
    pub fn len(&self) -> usize {
        match self.root {
            Root::Rows(count) => count as usize,
            Root::One => 1,
        }
    }

    /// Whether the root is an empty list.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the root is a list.
    pub fn is_list(&self) -> bool {
        matches!(self.root, Root::Rows(_))
    }

    /// The key fields of each row of the root: (row, field, text).
    pub fn keys<'a>(&'a self, body: &'a [u8]) -> impl Iterator<Item = (usize, usize, Cow<'a, str>)> {
        self.keys.iter().map(move |key| {
            let raw = &body[(key.start & !ESCAPED) as usize..key.end as usize];
            (key.row as usize, key.field as usize, text(raw, key.start & ESCAPED != 0))
        })
    }

    /// The rows of the root. Only of a tape in [`super::Units::Bytes`].
    pub fn rows<'a>(&'a self, body: &'a [u8], schema: &'static Schema) -> Rows<'a> {
        Rows { tape: self, body, schema, at: 0, left: self.len() }
    }
}

/// One record, read in Rust.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    tape: &'a Tape,
    body: &'a [u8],
    schema: &'static Schema,
    at: usize,
}

/// A field's value. Absent and null stay apart.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Not there.
    Absent,
    /// Null, as sent.
    Null,
    /// A text, without its escapes.
    Text(Cow<'a, str>),
    /// A number, as written.
    Number(&'a str),
    /// True or false.
    Bool(bool),
    /// Everything else, as written.
    Json(&'a str),
}

impl<'a> Row<'a> {
    /// The row's schema.
    pub fn schema(&self) -> &'static Schema {
        self.schema
    }

    /// Whether it, or a row inside it, has a field that its schema does not know, or one twice.
    pub fn is_strange(&self) -> bool {
        let within = |position: usize| match self.schema.fields[position].kind {
            Kind::One(_) | Kind::Many(_) => self.rows(position).into_iter().flatten().any(|row| row.is_strange()),
            _ => false,
        };
        unpair(self.tape.slots[self.at]).1 == status::RAW || (0..self.schema.fields.len()).any(within)
    }

    /// None where absent or null.
    fn slot(&self, field: usize) -> Option<(u32, u32)> {
        match self.tape.slots[self.at + HEADER + field] {
            ABSENT | NULL => None,
            slot => Some(unpair(slot)),
        }
    }

    fn raw(&self, start: u32, end: u32) -> &'a [u8] {
        &self.body[(start & !ESCAPED) as usize..end as usize]
    }

    pub(super) fn body(&self) -> &'a [u8] {
        self.body
    }

    /// A slot a field.
    pub(super) fn slots(&self) -> &'a [u64] {
        &self.tape.slots[self.at + HEADER..][..self.schema.fields.len()]
    }

    /// Where the texts of a list stand in the body, from the first quote to the last; none where there are none.
    #[inline(always)]
    pub(super) fn around_texts(&self, slot: u64) -> Option<(usize, usize)> {
        let (first, count) = unpair(slot);
        let texts = &self.tape.slots[first as usize..][..count as usize];
        let (start, end) = (unpair(*texts.first()?).0, unpair(*texts.last()?).1);
        Some(((start & !ESCAPED) as usize - 1, end as usize + 1))
    }

    /// The value at a field's position.
    pub fn value(&self, field: usize) -> Value<'a> {
        let (start, end) = match self.tape.slots[self.at + HEADER + field] {
            ABSENT => return Value::Absent,
            NULL => return Value::Null,
            slot => unpair(slot),
        };
        match self.schema.fields[field].kind {
            Kind::Text => Value::Text(text(self.raw(start, end), start & ESCAPED != 0)),
            Kind::Number => Value::Number(str(self.raw(start, end))),
            Kind::Bool => Value::Bool(start == 1),
            Kind::Any | Kind::TextOrNumber | Kind::NumberOrMany(_) => Value::Json(str(self.raw(start, end))),
            Kind::Texts | Kind::One(_) | Kind::Many(_) => Value::Json(""),
        }
    }

    /// A text; none where absent or null.
    pub fn text(&self, field: usize) -> Option<Cow<'a, str>> {
        match self.value(field) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text or number of a field of any kind, as plain text; none where absent, null, or a list or an object.
    pub fn plain(&self, field: usize) -> Option<Cow<'a, str>> {
        match self.value(field) {
            Value::Text(text) => Some(text),
            Value::Number(text) => Some(Cow::Borrowed(text)),
            Value::Json(json) => match json.as_bytes().first()? {
                b'"' => Some(text(&json.as_bytes()[1..json.len() - 1], json.contains('\\'))),
                b'-' | b'0'..=b'9' => Some(Cow::Borrowed(json)),
                _ => None,
            },
            Value::Absent | Value::Null | Value::Bool(_) => None,
        }
    }

    /// An exact number; none where absent, null or beyond 38 digits.
    pub fn decimal(&self, field: usize) -> Option<Decimal> {
        match self.value(field) {
            Value::Number(text) => Decimal::parse(text),
            _ => None,
        }
    }

    /// True or false; none where absent or null.
    pub fn bool(&self, field: usize) -> Option<bool> {
        match self.value(field) {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The texts of a list; none where absent or null.
    pub fn texts(&self, field: usize) -> Option<impl Iterator<Item = Cow<'a, str>>> {
        let Kind::Texts = self.schema.fields[field].kind else { return None };
        let (first, count) = self.slot(field)?;
        let row = *self;
        Some(row.tape.slots[first as usize..][..count as usize].iter().map(move |&slot| {
            let (start, end) = unpair(slot);
            text(row.raw(start, end), start & ESCAPED != 0)
        }))
    }

    /// The row inside a field; none where absent or null.
    pub fn one(&self, field: usize) -> Option<Row<'a>> {
        self.rows(field)?.next()
    }

    /// The rows of a list; none where absent or null.
    pub fn rows(&self, field: usize) -> Option<Rows<'a>> {
        let (Kind::One(schema) | Kind::Many(schema)) = self.schema.fields[field].kind else { return None };
        let (first, count) = self.slot(field)?;
        Some(Rows { tape: self.tape, body: self.body, schema, at: first as usize, left: count as usize })
    }

    /// The row as the supplier wrote it.
    pub fn json(&self) -> &'a str {
        let (start, end) = unpair(self.tape.slots[self.at + 1]);
        str(self.raw(start, end))
    }
}

/// Records, one behind the other.
#[derive(Clone)]
pub struct Rows<'a> {
    tape: &'a Tape,
    body: &'a [u8],
    schema: &'static Schema,
    at: usize,
    left: usize,
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        self.left = self.left.checked_sub(1)?;
        let row = Row { tape: self.tape, body: self.body, schema: self.schema, at: self.at };
        self.at = unpair(self.tape.slots[self.at]).0 as usize;
        Some(row)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Rows<'_> {}

/// The pass has found the whole body to be UTF-8 and cuts only at ASCII characters.
fn str(raw: &[u8]) -> &str {
    std::str::from_utf8(raw).unwrap_or_default()
}

fn text(raw: &[u8], escaped: bool) -> Cow<'_, str> {
    if escaped { Cow::Owned(unescape(str(raw))) } else { Cow::Borrowed(str(raw)) }
}

/// The pass has checked every escape. A lone surrogate, which no Rust text can hold, becomes U+FFFD.
#[cold]
pub(super) fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let kind = rest.as_bytes()[at + 1];
        rest = &rest[at + 2..];
        out.push(match kind {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let (unit, after) = code_unit(rest);
                rest = after;
                let low = rest.strip_prefix("\\u").map(code_unit);
                match (unit, low) {
                    (0xd800..0xdc00, Some((low @ 0xdc00..0xe000, after))) => {
                        rest = after;
                        let point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                        char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER)
                    }
                    _ => char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER),
                }
            }
            other => char::from(other),
        });
    }
    out.push_str(rest);
    out
}

fn code_unit(text: &str) -> (u32, &str) {
    let (digits, rest) = text.split_at(4);
    (u32::from_str_radix(digits, 16).unwrap_or(0xfffd), rest)
}

impl From<Box<Fault>> for Fault {
    fn from(fault: Box<Fault>) -> Fault {
        *fault
    }
}
