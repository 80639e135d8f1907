//! The decoding pass: one walk over a body's bytes, led by a schema, that checks everything and copies nothing.

use std::hint::black_box;

use super::fault::{Fault, Step};
use super::scan;
use super::schema::{Certainty, Kind, Need, Schema};
use super::tape::{ABSENT, ESCAPED, HEADER, Key, NULL, Root, Tape, pair, status, unescape};
use super::texts::Mark;

/// Deepest nesting that is read. Deeper JSON is refused, so that no body can exhaust the stack.
const MAX_DEPTH: usize = 128;

/// What the whole body must be.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A list of rows.
    Rows(&'static Schema),
    /// One object.
    One(&'static Schema),
    /// One object, or a list: suppliers print the one and send the other.
    OneOrRows(&'static Schema),
}

impl Shape {
    /// Schema of a row.
    pub const fn schema(self) -> &'static Schema {
        match self {
            Shape::Rows(schema) | Shape::One(schema) | Shape::OneOrRows(schema) => schema,
        }
    }
}

/// What the tape's ranges count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
    /// Bytes of the body, and numbers as written: for readers in Rust.
    Bytes,
    /// UTF-16 code units of the tape's own texts, and numbers as doubles: for JavaScript.
    Utf16,
}

/// Checks `body` against `shape` and says where its values stand.
///
/// # Errors
/// A [`Fault`] where the body is not UTF-8, not JSON, nested deeper than 128, or not of the shape. An unknown field is no
/// fault, nor is null in a field that may be absent.
pub fn decode(body: &[u8], shape: Shape, units: Units) -> Result<Tape, Fault> {
    // A byte order mark is no part of the text.
    let mark = if body.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    if body.len() >= ESCAPED as usize {
        return Err(*Fault::new("body too long", 0));
    }
    if simdutf8::basic::from_utf8(body).is_err() {
        return Err(*Fault::new("not UTF-8", 0));
    }
    Pass::new(body, mark, units).run(shape).map_err(|fault| *fault)
}

type Checked<T> = Result<T, Box<Fault>>;

struct Pass<'a> {
    bytes: &'a [u8],
    at: usize,
    /// [`Units::Utf16`].
    utf16: bool,
    tape: Tape,
}

/// How far the pass has come.
struct Place {
    at: usize,
    slots: usize,
    texts: Mark,
    keys: usize,
}

/// What an object's members came to so far.
struct Members {
    found: usize,
    /// Position of the field that is expected next.
    likely: usize,
    status: u32,
}

/// What an object goes on with.
enum Next {
    /// A name.
    Key,
    /// The value of the field at this position.
    Value(usize),
    /// A comma or the end, behind a value.
    Delimiter,
    /// Nothing.
    End,
}

/// A text's content, without its quotes.
struct Span {
    start: usize,
    end: usize,
    /// Bytes that are no UTF-16 unit of their own.
    surplus: u32,
    escaped: bool,
}

impl<'a> Pass<'a> {
    fn new(bytes: &'a [u8], mark: usize, units: Units) -> Self {
        let utf16 = units == Units::Utf16;
        let mut tape = Tape { doubles: utf16, ..Tape::default() };
        tape.slots.reserve(bytes.len() / 24 + 64);
        if utf16 {
            // Names and punctuation are about half of a body.
            tape.texts.plain.reserve(bytes.len() / 2);
        }
        Pass { bytes, at: mark, utf16, tape }
    }

    fn run(mut self, shape: Shape) -> Checked<Tape> {
        self.space();
        match (shape, self.peek()) {
            (Shape::Rows(schema) | Shape::OneOrRows(schema), b'[') => {
                let count = self.list(|pass, index| pass.object(schema, Some(index)).map(drop))?;
                self.tape.root = Root::Rows(count);
            }
            (Shape::One(schema) | Shape::OneOrRows(schema), b'{') => {
                self.object(schema, Some(0))?;
            }
            (Shape::Rows(_), _) => return Err(self.fault("expected a list")),
            (Shape::One(_), _) => return Err(self.fault("expected an object")),
            (Shape::OneOrRows(_), _) => return Err(self.fault("expected an object or a list")),
        }
        self.space();
        if self.at < self.bytes.len() {
            return Err(self.fault("something follows the JSON"));
        }
        Ok(self.tape)
    }

    #[cold]
    fn fault(&self, what: &'static str) -> Box<Fault> {
        Fault::new(if self.at >= self.bytes.len() { "ended too early" } else { what }, self.at)
    }

    /// The next byte; zero, which is no JSON, at the end.
    #[inline(always)]
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    #[inline(always)]
    fn space(&mut self) {
        if self.peek() <= b' ' {
            self.spaces();
        }
    }

    fn spaces(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    #[inline(always)]
    fn expect(&mut self, byte: u8, what: &'static str) -> Checked<()> {
        if self.peek() != byte {
            return Err(self.fault(what));
        }
        self.at += 1;
        Ok(())
    }

    /// From `[` to behind `]`.
    #[inline(always)]
    fn list(&mut self, mut item: impl FnMut(&mut Self, usize) -> Checked<()>) -> Checked<u32> {
        self.expect(b'[', "expected a list")?;
        self.space();
        if self.peek() == b']' {
            self.at += 1;
            return Ok(0);
        }
        let mut index = 0;
        loop {
            self.space();
            item(self, index).map_err(|fault| fault.within(Step::Index(index)))?;
            index += 1;
            self.space();
            match self.peek() {
                b',' => self.at += 1,
                b']' => {
                    self.at += 1;
                    return Ok(index as u32);
                }
                _ => return Err(self.fault("expected a comma or the list's end")),
            }
        }
    }

    /// From `{` to behind `}`; answers with the record's position on the tape. `row` counts the rows of the root, whose
    /// keys are noted.
    fn object(&mut self, schema: &'static Schema, row: Option<usize>) -> Checked<u32> {
        let record = self.tape.slots.len();
        // Such a loop costs less than the call that would be made of it if the value were known.
        self.tape.slots.resize(record + HEADER + schema.fields.len(), black_box(ABSENT));
        let (start, texts) = (self.at, self.tape.texts.mark());
        self.expect(b'{', "expected an object")?;
        self.space();
        let mut so_far = Members { found: 0, likely: 0, status: status::REGULAR };
        if self.peek() == b'}' {
            self.at += 1;
        } else {
            loop {
                let next = match self.utf16 {
                    true => self.usual::<true>(schema, record, row, &mut so_far),
                    false => self.usual::<false>(schema, record, row, &mut so_far),
                };
                if let Next::End = next {
                    break;
                }
                self.space();
                let field = match next {
                    Next::End | Next::Delimiter => None,
                    Next::Value(field) => Some(field),
                    Next::Key => {
                        let known = self.key(schema, so_far.likely)?;
                        if known.is_none() {
                            so_far.status = status::RAW;
                            self.skip(MAX_DEPTH)?;
                        }
                        known
                    }
                };
                if let Some(field) = field {
                    self.member(schema, field, record, row, &mut so_far)?;
                }
                self.space();
                match self.peek() {
                    b',' => self.at += 1,
                    b'}' => {
                        self.at += 1;
                        break;
                    }
                    _ => return Err(self.fault("expected a comma or the object's end")),
                }
            }
        }
        let Members { found, mut status, .. } = so_far;
        if found < schema.fields.len() {
            status = status.max(status::SPARSE);
            for (position, field) in schema.fields.iter().enumerate() {
                if field.need.is_required() && self.tape.slots[record + HEADER + position] == ABSENT {
                    return Err(Fault::new("required, but missing", self.at).within(Step::Field(field.name)));
                }
            }
        }
        self.tape.slots[record] = pair(self.tape.slots.len() as u32, status);
        self.tape.slots[record + 1] = self.whole(start, texts, status);
        Ok(record as u32)
    }

    /// Over members as they mostly are: in the schema's order, with plain values, without spaces or escapes. What is
    /// otherwise is left for the long way.
    fn usual<const UTF16: bool>(
        &mut self,
        schema: &'static Schema,
        record: usize,
        row: Option<usize>,
        so_far: &mut Members,
    ) -> Next {
        let bytes = self.bytes;
        let Tape { slots, keys, texts, .. } = &mut self.tape;
        let fields = record + HEADER;
        if so_far.found > 0
            && slots[fields..][..schema.fields.len()][so_far.likely..].iter().any(|slot| *slot != ABSENT)
        {
            return Next::Key;
        }
        let (mut at, mut found) = (self.at, 0);
        let mut next = Next::Key;
        for position in so_far.likely..schema.fields.len() {
            let field = &schema.fields[position];
            // What may be absent is often absent: the fields behind it are the next guesses.
            if !scan::begins(&bytes[at..], field.key.as_bytes()) {
                continue;
            }
            at += field.key.len();
            next = Next::Value(position);
            let Some(&first) = bytes.get(at) else { break };
            let start = at;
            // Where the value of a key stands.
            let mut range = None;
            if let (Kind::Text, b'"') = (field.kind, first) {
                let start = at + 1;
                let Some(scan::Text { end, surplus, escape: false }) = scan::text(bytes, start, UTF16) else { break };
                slots[fields + position] = match UTF16 {
                    true => texts.keep(bytes, start, end, surplus),
                    false => pair(start as u32, end as u32),
                };
                range = Some((start, end));
                at = end + 1;
            } else if first == b'n' {
                if field.need.is_required() || !bytes[at..].starts_with(b"null") {
                    break;
                }
                if field.need != Need::Nullable {
                    so_far.status = so_far.status.max(status::SPARSE);
                }
                slots[fields + position] = NULL;
                at += 4;
            } else if let Kind::Number = field.kind {
                let Some(number) = usual_number(bytes, &mut at) else { break };
                slots[fields + position] = if UTF16 { number.to_bits() } else { pair(start as u32, at as u32) };
                range = Some((start, at));
            } else if let Kind::Bool = field.kind {
                let word: &[u8] = if first == b't' { b"true" } else { b"false" };
                if !bytes[at..].starts_with(word) {
                    break;
                }
                slots[fields + position] = pair((first == b't') as u32, 0);
                at += word.len();
            } else if !UTF16 && let Kind::Texts = field.kind {
                let before = slots.len();
                let mut opening = b"[\"";
                while bytes[at..].starts_with(opening) {
                    let start = at + 2;
                    let Some(scan::Text { end, escape: false, .. }) = scan::text(bytes, start, UTF16) else { break };
                    slots.push(pair(start as u32, end as u32));
                    at = end + 1;
                    opening = b",\"";
                }
                if slots.len() == before || bytes.get(at) != Some(&b']') {
                    slots.truncate(before);
                    at = start;
                    break;
                }
                at += 1;
                slots[fields + position] = pair(before as u32, (slots.len() - before) as u32);
            } else {
                break;
            }
            if let (true, Some(row), Some((start, end))) = (field.need.is_key(), row, range) {
                keys.push(Key { row: row as u32, field: position as u32, start: start as u32, end: end as u32 });
            }
            found += 1;
            so_far.likely = position + 1;
            next = match bytes.get(at) {
                Some(b',') => Next::Key,
                Some(b'}') => Next::End,
                _ => Next::Delimiter,
            };
            match next {
                Next::Key => at += 1,
                Next::End => {
                    at += 1;
                    break;
                }
                _ => break,
            }
        }
        self.at = at;
        so_far.found += found;
        next
    }

    /// A known field's value.
    fn member(
        &mut self,
        schema: &'static Schema,
        field: usize,
        record: usize,
        row: Option<usize>,
        so_far: &mut Members,
    ) -> Checked<()> {
        so_far.likely = field + 1;
        let slot = record + HEADER + field;
        if self.tape.slots[slot] != ABSENT {
            // The last of repeated fields counts, as in JSON.parse.
            so_far.status = status::RAW;
            self.forget_keys(schema, field, row);
        } else {
            so_far.found += 1;
        }
        let certain = schema.fields[field].certainty == Certainty::Literal;
        let before = (!certain).then(|| self.place());
        let how = match (self.field(schema, field, slot, row), before) {
            (Ok(how), _) => how,
            (Err(_), Some(before)) => {
                so_far.found -= 1;
                self.tape.slots[slot] = ABSENT;
                self.as_sent(before)?
            }
            (Err(fault), None) => return Err(fault.within(Step::Field(schema.fields[field].name))),
        };
        so_far.status = so_far.status.max(how);
        Ok(())
    }

    fn place(&self) -> Place {
        Place { at: self.at, slots: self.tape.slots.len(), texts: self.tape.texts.mark(), keys: self.tape.keys.len() }
    }

    /// A value that is not what its schema expects, where nobody is certain of it: JavaScript has it as sent.
    #[cold]
    fn as_sent(&mut self, before: Place) -> Checked<u32> {
        self.at = before.at;
        self.tape.slots.truncate(before.slots);
        self.tape.texts.rewind(before.texts);
        self.tape.keys.truncate(before.keys);
        self.skip(MAX_DEPTH)?;
        Ok(status::RAW)
    }

    /// The range of an object's own text. JavaScript asks for it only where it must parse the object: instead of what was
    /// kept of its fields.
    #[inline(always)]
    fn whole(&mut self, start: usize, texts: Mark, how: u32) -> u64 {
        if !self.utf16 {
            return pair(start as u32, self.at as u32);
        }
        if how != status::RAW {
            return 0;
        }
        self.tape.texts.rewind(texts);
        self.tape.texts.keep_any(&self.bytes[start..self.at])
    }

    /// What a repeated field said before is no key of the row.
    #[cold]
    fn forget_keys(&mut self, schema: &'static Schema, field: usize, row: Option<usize>) {
        let Some(row) = row else { return };
        match schema.fields[field].need {
            // An answer that holds its rows in a field has no keys of its own.
            Need::Rows => return self.tape.keys.clear(),
            need if !need.is_key() => return,
            _ => {}
        }
        let mine = self.tape.keys.iter().rposition(|key| key.row as usize != row).map_or(0, |before| before + 1);
        if let Some(key) = self.tape.keys[mine..].iter().position(|key| key.field as usize == field) {
            self.tape.keys.remove(mine + key);
        }
    }

    /// From a key's quote to its value; the field's position, or none where the schema does not know it.
    fn key(&mut self, schema: &'static Schema, likely: usize) -> Checked<Option<usize>> {
        let rest = &self.bytes[self.at..];
        let is = |position: &usize| rest.starts_with(schema.fields[*position].key.as_bytes());
        let fields = schema.fields.len();
        if let Some(position) = (likely..fields).chain(0..likely.min(fields)).find(is) {
            self.at += schema.fields[position].key.len();
            self.space();
            return Ok(Some(position));
        }
        self.other_key(schema)
    }

    /// A key that the schema does not know by its bytes. With a space before its colon, or with escapes, it may still be one
    /// that it knows.
    #[cold]
    fn other_key(&mut self, schema: &'static Schema) -> Checked<Option<usize>> {
        self.expect(b'"', "expected a field's name")?;
        let span = self.text()?;
        let raw = std::str::from_utf8(&self.bytes[span.start..span.end]).unwrap_or_default();
        let field = if span.escaped { schema.position(&unescape(raw)) } else { schema.position(raw) };
        self.space();
        self.expect(b':', "expected a colon")?;
        self.space();
        Ok(field)
    }

    /// A known field's value into its slot; answers with the record's status as far as this field goes.
    #[inline(always)]
    fn field(&mut self, schema: &'static Schema, position: usize, slot: usize, row: Option<usize>) -> Checked<u32> {
        let field = &schema.fields[position];
        if self.peek() == b'n' {
            self.literal(b"null")?;
            if field.need.is_required() {
                return Err(Fault::new("required, but null", self.at));
            }
            self.tape.slots[slot] = NULL;
            return Ok(if field.need == Need::Nullable { status::REGULAR } else { status::SPARSE });
        }
        match field.kind {
            Kind::Text => {
                let span = self.quoted()?;
                if let (true, Some(row)) = (field.need.is_key(), row) {
                    let start = span.start as u32 | if span.escaped { ESCAPED } else { 0 };
                    self.tape.keys.push(Key { row: row as u32, field: position as u32, start, end: span.end as u32 });
                }
                let (range, how) = self.keep(&span);
                self.tape.slots[slot] = range;
                return Ok(how);
            }
            Kind::Number => {
                let start = self.at as u32;
                let how = self.number_field(slot)?;
                if let (true, Some(row)) = (field.need.is_key(), row) {
                    self.tape.keys.push(Key { row: row as u32, field: position as u32, start, end: self.at as u32 });
                }
                return Ok(how);
            }
            Kind::Bool => {
                let value = self.peek() == b't';
                self.literal(if value { b"true" } else { b"false" })?;
                self.put(slot, value as u32, 0);
            }
            Kind::Texts => return self.texts(slot),
            Kind::One(child) => {
                let record = self.object(child, None)?;
                self.put(slot, record, 1);
            }
            Kind::Many(child) => {
                let first = self.tape.slots.len() as u32;
                let rows = field.need == Need::Rows;
                let count = self.list(|pass, index| pass.object(child, rows.then_some(index)).map(drop))?;
                self.put(slot, first, count);
            }
            Kind::Any | Kind::TextOrNumber | Kind::NumberOrMany(_) => {
                if matches!(field.kind, Kind::TextOrNumber) && matches!(self.peek(), b'{' | b'[' | b't' | b'f') {
                    return Err(self.fault("expected a text or a number"));
                }
                let start = self.at;
                self.skip(MAX_DEPTH)?;
                self.tape.slots[slot] = match self.utf16 {
                    true => self.tape.texts.keep_any(&self.bytes[start..self.at]),
                    false => pair(start as u32, self.at as u32),
                };
            }
        }
        Ok(status::REGULAR)
    }

    #[inline(always)]
    fn put(&mut self, slot: usize, first: u32, second: u32) {
        self.tape.slots[slot] = pair(first, second);
    }

    /// A text's range, and the record's status as far as this text goes.
    #[inline(always)]
    fn keep(&mut self, span: &Span) -> (u64, u32) {
        if self.utf16 {
            if span.escaped {
                return self.keep_unescaped(span);
            }
            return (self.tape.texts.keep(self.bytes, span.start, span.end, span.surplus), status::REGULAR);
        }
        let mark = if span.escaped { ESCAPED } else { 0 };
        (pair(span.start as u32 | mark, span.end as u32), status::REGULAR)
    }

    #[cold]
    fn keep_unescaped(&mut self, span: &Span) -> (u64, u32) {
        let text = unescape(std::str::from_utf8(&self.bytes[span.start..span.end]).unwrap_or_default());
        // It may stand for a lone surrogate, which JavaScript's texts can hold and ours cannot.
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return (0, status::RAW);
        }
        (self.tape.texts.keep_any(text.as_bytes()), status::REGULAR)
    }

    /// Texts stand one behind the other on the tape.
    fn texts(&mut self, slot: usize) -> Checked<u32> {
        let first = self.tape.slots.len() as u32;
        let mut status = status::REGULAR;
        let count = self.list(|pass, _| {
            let span = pass.quoted()?;
            let (range, how) = pass.keep(&span);
            pass.tape.slots.push(range);
            status = status.max(how);
            Ok(())
        })?;
        self.put(slot, first, count);
        Ok(status)
    }

    fn quoted(&mut self) -> Checked<Span> {
        self.expect(b'"', "expected a text")?;
        self.text()
    }

    /// From behind a text's first quote to behind its last.
    #[inline(never)]
    fn text(&mut self) -> Checked<Span> {
        let start = self.at;
        let Some(mut text) = scan::text(self.bytes, start, self.utf16) else {
            return Err(self.bad_text());
        };
        if text.escape {
            text = match scan::slowly(self.bytes, text.end) {
                Some(text) => text,
                None => return Err(self.bad_text()),
            };
        }
        self.at = text.end + 1;
        Ok(Span { start, end: text.end, surplus: text.surplus, escaped: text.escape })
    }

    #[cold]
    fn bad_text(&self) -> Box<Fault> {
        Fault::new("a text that does not end, or with a control character or a bad escape", self.at)
    }

    fn number_field(&mut self, slot: usize) -> Checked<u32> {
        let start = self.at;
        let value = self.number()?;
        self.tape.slots[slot] = match (self.utf16, value) {
            (false, _) => pair(start as u32, self.at as u32),
            (true, Some(value)) => value.to_bits(),
            (true, None) => {
                // Present, but not for the tape to tell.
                self.tape.slots[slot] = 0;
                return Ok(status::RAW);
            }
        };
        Ok(status::REGULAR)
    }

    /// A number by JSON's grammar. Its double where that is exact: digits and power of ten each fit a double, and one
    /// division rounds once; else none.
    fn number(&mut self) -> Checked<Option<f64>> {
        let negative = self.peek() == b'-';
        if negative {
            self.at += 1;
        }
        let (mut mantissa, mut digits, mut scale) = (0u64, 0, 0);
        let leading_zero = self.peek() == b'0';
        let whole = self.digits(&mut mantissa, &mut digits)?;
        if leading_zero && whole > 1 {
            return Err(self.fault("a number with a leading zero"));
        }
        if self.peek() == b'.' {
            self.at += 1;
            scale = self.digits(&mut mantissa, &mut digits)?;
        }
        let mut exact = digits <= 15 && scale <= 22;
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            if matches!(self.peek(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits(&mut 0, &mut 0)?;
            exact = false;
        }
        if !exact {
            return Ok(None);
        }
        let value = mantissa as f64 / POWERS[scale as usize];
        Ok(Some(if negative { -value } else { value }))
    }

    #[inline(always)]
    fn digits(&mut self, value: &mut u64, significant: &mut u32) -> Checked<u32> {
        let from = self.at;
        while let digit @ b'0'..=b'9' = self.peek() {
            *value = value.wrapping_mul(10).wrapping_add((digit - b'0') as u64);
            if *value != 0 {
                *significant += 1;
            }
            self.at += 1;
        }
        if self.at == from {
            return Err(self.fault("expected a digit"));
        }
        Ok((self.at - from) as u32)
    }

    #[inline(always)]
    fn literal(&mut self, word: &'static [u8]) -> Checked<()> {
        if !self.bytes[self.at..].starts_with(word) {
            return Err(self.fault(match word {
                b"null" => "expected null",
                _ => "expected true or false",
            }));
        }
        self.at += word.len();
        Ok(())
    }

    /// Over any value, checking it.
    fn skip(&mut self, depth: usize) -> Checked<()> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(self.fault("nested too deep"));
        };
        match self.peek() {
            b'"' => self.quoted().map(drop),
            b'{' => {
                self.at += 1;
                self.space();
                if self.peek() == b'}' {
                    self.at += 1;
                    return Ok(());
                }
                loop {
                    self.space();
                    self.expect(b'"', "expected a field's name")?;
                    self.text()?;
                    self.space();
                    self.expect(b':', "expected a colon")?;
                    self.space();
                    self.skip(depth)?;
                    self.space();
                    match self.peek() {
                        b',' => self.at += 1,
                        b'}' => {
                            self.at += 1;
                            return Ok(());
                        }
                        _ => return Err(self.fault("expected a comma or the object's end")),
                    }
                }
            }
            b'[' => self.list(|pass, _| pass.skip(depth)).map(drop),
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            b'-' | b'0'..=b'9' => self.number().map(drop),
            _ => Err(self.fault("expected a value")),
        }
    }
}

/// From `at` to behind a number of at most fifteen digits, without a sign or an exponent; none for any other.
#[inline(always)]
fn usual_number(bytes: &[u8], at: &mut usize) -> Option<f64> {
    let start = *at;
    let (mut end, mut mantissa, mut point) = (start, 0u64, None);
    loop {
        match bytes.get(end) {
            Some(digit @ b'0'..=b'9') => mantissa = mantissa.wrapping_mul(10).wrapping_add((digit - b'0') as u64),
            Some(b'.') if point.is_none() => point = Some(end),
            _ => break,
        }
        end += 1;
    }
    let (whole, places) = point.map_or((end - start, 0), |point| (point - start, end - point - 1));
    let cut_short = whole == 0 || point.is_some() && places == 0;
    let leading_zero = whole > 1 && bytes[start] == b'0';
    if cut_short || leading_zero || whole + places > 15 || matches!(bytes.get(end), Some(b'e' | b'E')) {
        return None;
    }
    *at = end;
    Some(mantissa as f64 / POWERS[places])
}

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];
