//! The decoding pass: one walk over a body's bytes, led by a schema, that checks everything and copies nothing.

use super::fault::{Fault, Step};
use super::scan;
use super::schema::{Kind, Need, Schema};
use super::tape::{ABSENT, ESCAPED, HEADER, Key, NULL, Root, Tape, pair, status, unescape};

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
    /// Bytes, and numbers as written: for readers in Rust.
    Bytes,
    /// UTF-16 code units of the decoded text, and numbers as doubles: for JavaScript.
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
    match units {
        Units::Bytes => Pass::<false>::new(body, mark).run(shape),
        Units::Utf16 => Pass::<true>::new(body, mark).run(shape),
    }
    .map_err(|fault| *fault)
}

type Checked<T> = Result<T, Box<Fault>>;

struct Pass<'a, const UTF16: bool> {
    bytes: &'a [u8],
    at: usize,
    /// Bytes so far that are no UTF-16 unit of their own; nothing in [`Units::Bytes`].
    surplus: u32,
    tape: Tape,
}

/// A text's content, without its quotes.
struct Span {
    start: u32,
    end: u32,
    bytes: (usize, usize),
    escaped: bool,
}

impl<'a, const UTF16: bool> Pass<'a, UTF16> {
    fn new(bytes: &'a [u8], mark: usize) -> Self {
        let mut tape = Tape::default();
        tape.slots.reserve(bytes.len() / 24 + 64);
        // The decoded text has no mark, so that what is cut from it counts from behind the mark.
        Pass { bytes, at: mark, surplus: if UTF16 { mark as u32 } else { 0 }, tape }
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

    /// Where we are, in the tape's units.
    #[inline(always)]
    fn unit(&self) -> u32 {
        self.at as u32 - self.surplus
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
        self.tape.slots.resize(record + HEADER + schema.fields.len(), ABSENT);
        let start = self.unit();
        self.expect(b'{', "expected an object")?;
        self.space();
        let mut found = 0;
        let mut status = status::REGULAR;
        if self.peek() == b'}' {
            self.at += 1;
        } else {
            let mut likely = 0;
            loop {
                self.space();
                match self.key(schema, likely)? {
                    Some(field) => {
                        likely = field + 1;
                        let slot = record + HEADER + field;
                        if self.tape.slots[slot] != ABSENT {
                            // The last of repeated fields counts, as in JSON.parse.
                            status = status::RAW;
                        } else {
                            found += 1;
                        }
                        let how = self
                            .field(schema, field, slot, row)
                            .map_err(|fault| fault.within(Step::Field(schema.fields[field].name)))?;
                        status = status.max(how);
                    }
                    None => {
                        status = status::RAW;
                        self.skip(MAX_DEPTH)?;
                    }
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
        if found < schema.fields.len() {
            status = status.max(status::SPARSE);
            for (position, field) in schema.fields.iter().enumerate() {
                if field.need.is_required() && self.tape.slots[record + HEADER + position] == ABSENT {
                    return Err(Fault::new("required, but missing", self.at).within(Step::Field(field.name)));
                }
            }
        }
        self.tape.slots[record] = pair(self.tape.slots.len() as u32, status);
        self.tape.slots[record + 1] = pair(start, self.unit());
        Ok(record as u32)
    }

    /// From a key's quote to its value; the field's position, or none where the schema does not know it.
    #[inline(always)]
    fn key(&mut self, schema: &'static Schema, likely: usize) -> Checked<Option<usize>> {
        self.expect(b'"', "expected a field's name")?;
        let rest = &self.bytes[self.at..];
        let is = |name: &str| rest.len() > name.len() && rest[name.len()] == b'"' && same(rest, name.as_bytes());
        let field = match schema.fields.get(likely) {
            Some(field) if is(field.name) => Some(likely),
            // What may be absent is often absent: the field behind it is the next guess.
            _ => schema.fields.iter().position(|field| is(field.name)),
        };
        let field = match field {
            Some(position) => {
                self.at += schema.fields[position].name.len() + 1;
                Some(position)
            }
            None => self.strange_key(schema)?,
        };
        self.space();
        self.expect(b':', "expected a colon")?;
        self.space();
        Ok(field)
    }

    /// A key that the schema does not know by its bytes. With escapes it may still be one that it knows.
    #[cold]
    fn strange_key(&mut self, schema: &'static Schema) -> Checked<Option<usize>> {
        let span = self.text()?;
        if !span.escaped {
            return Ok(None);
        }
        let raw = std::str::from_utf8(&self.bytes[span.bytes.0..span.bytes.1]).unwrap_or_default();
        Ok(schema.position(&unescape(raw)))
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
                let mark = if span.escaped { ESCAPED } else { 0 };
                self.put(slot, span.start | mark, span.end);
                if let (true, Some(row)) = (field.need.is_key(), row) {
                    let (start, end) = (span.bytes.0 as u32 | mark, span.bytes.1 as u32);
                    self.tape.keys.push(Key { row: row as u32, field: position as u32, start, end });
                }
                return Ok(if span.escaped { status::SPARSE } else { status::REGULAR });
            }
            Kind::Number => return self.number_field(slot),
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
                let count = self.list(|pass, _| pass.object(child, None).map(drop))?;
                self.put(slot, first, count);
            }
            Kind::Any | Kind::TextOrNumber => {
                if matches!(field.kind, Kind::TextOrNumber) && matches!(self.peek(), b'{' | b'[' | b't' | b'f') {
                    return Err(self.fault("expected a text or a number"));
                }
                let start = self.unit();
                self.skip(MAX_DEPTH)?;
                let end = self.unit();
                self.put(slot, start, end);
            }
        }
        Ok(status::REGULAR)
    }

    #[inline(always)]
    fn put(&mut self, slot: usize, first: u32, second: u32) {
        self.tape.slots[slot] = pair(first, second);
    }

    /// Texts stand one behind the other on the tape.
    fn texts(&mut self, slot: usize) -> Checked<u32> {
        let first = self.tape.slots.len() as u32;
        let mut status = status::REGULAR;
        let count = self.list(|pass, _| {
            let span = pass.quoted()?;
            if span.escaped {
                status = status::SPARSE;
            }
            pass.tape.slots.push(pair(span.start | if span.escaped { ESCAPED } else { 0 }, span.end));
            Ok(())
        })?;
        self.put(slot, first, count);
        Ok(status)
    }

    #[inline(always)]
    fn quoted(&mut self) -> Checked<Span> {
        self.expect(b'"', "expected a text")?;
        self.text()
    }

    /// From behind a text's first quote to behind its last.
    #[inline(always)]
    fn text(&mut self) -> Checked<Span> {
        let (from, start) = (self.at, self.unit());
        let Some(mut text) = scan::text(self.bytes, from) else {
            return Err(self.bad_text());
        };
        if text.escape {
            let before = text.surplus;
            match scan::slowly(self.bytes, text.end) {
                Some(slow) => text = slow,
                None => return Err(self.bad_text()),
            }
            text.surplus = text.surplus.wrapping_add(before);
        }
        if UTF16 {
            self.surplus = self.surplus.wrapping_add(text.surplus);
        }
        self.at = text.end;
        let end = self.unit();
        self.at += 1;
        Ok(Span { start, end, bytes: (from, text.end), escaped: text.escape })
    }

    #[cold]
    fn bad_text(&self) -> Box<Fault> {
        Fault::new("a text that does not end, or with a control character or a bad escape", self.at)
    }

    fn number_field(&mut self, slot: usize) -> Checked<u32> {
        let (from, start) = (self.at, self.unit());
        let value = self.number()?;
        if UTF16 {
            let Some(value) = value else {
                // Present, but not for the tape to tell.
                self.put(slot, 0, 0);
                return Ok(status::RAW);
            };
            self.tape.slots[slot] = value.to_bits();
        } else {
            self.put(slot, start, start + (self.at - from) as u32);
        }
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

/// Short names are compared faster here than by a call.
#[inline(always)]
fn same(bytes: &[u8], name: &[u8]) -> bool {
    name.iter().zip(bytes).all(|(a, b)| a == b)
}

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];
