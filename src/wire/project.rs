//! Out of checked rows, the fields that somebody is shown, bytes to bytes. What is not selected does not exist.

use super::scan::begins;
use super::schema::{Kind, Need, Schema};
use super::tape::{ABSENT, ESCAPED, NULL, Row, Value, unpair};
use super::texts::append;

/// Fields of a row that are shown, and of the rows inside it.
#[derive(Clone, Debug)]
pub struct Selection {
    /// In the schema's order.
    fields: Vec<Shown>,
}

#[derive(Clone, Debug)]
struct Shown {
    position: usize,
    /// The name with its quotes and its colon.
    key: &'static [u8],
    /// Sent as 1 where left out.
    one: bool,
    how: How,
}

/// How a value is written that is neither absent nor null.
#[derive(Clone, Debug)]
enum How {
    /// As in the body, with the quotes around its range.
    Quoted,
    /// As in the body.
    AsSent,
    /// Texts: as in the body, but for spaces around them.
    Listed,
    /// A flag, or what may be a list in the place of a number.
    Made,
    /// Rows inside.
    Within(Selection),
}

impl How {
    fn of(kind: Kind) -> How {
        match kind {
            Kind::Text => How::Quoted,
            Kind::Number | Kind::Any | Kind::TextOrNumber => How::AsSent,
            Kind::Texts => How::Listed,
            Kind::Bool | Kind::NumberOrMany(_) => How::Made,
            Kind::One(child) | Kind::Many(child) => How::Within(Selection::all(child)),
        }
    }
}

/// A wire path that a schema does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPath {
    /// As given.
    pub path: String,
    /// Name of the schema.
    pub schema: &'static str,
}

impl Selection {
    /// Everything that the schema names; never what it does not name.
    pub fn all(schema: &'static Schema) -> Selection {
        let mut selection = Selection { fields: Vec::new() };
        for field in schema.fields {
            selection.add(schema, field.name);
        }
        selection
    }

    /// The fields named by wire paths such as `price.listPriceNet`; a path to rows shows them whole.
    ///
    /// # Errors
    /// The first path that the schema does not have.
    pub fn of<'a>(schema: &'static Schema, paths: impl IntoIterator<Item = &'a str>) -> Result<Selection, UnknownPath> {
        let mut selection = Selection { fields: Vec::new() };
        for path in paths {
            if !selection.add(schema, path) {
                return Err(UnknownPath { path: path.to_owned(), schema: schema.name });
            }
        }
        Ok(selection)
    }

    fn add(&mut self, schema: &'static Schema, path: &str) -> bool {
        let (name, rest) = match path.split_once('.') {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        };
        let Some(position) = schema.position(name) else { return false };
        let field = &schema.fields[position];
        let how = match (field.kind, rest) {
            (Kind::One(_) | Kind::Many(_), Some(_)) => How::Within(Selection { fields: Vec::new() }),
            (_, Some(_)) => return false,
            (kind, None) => How::of(kind),
        };
        let at = self.fields.partition_point(|shown| shown.position < position);
        if self.fields.get(at).is_none_or(|shown| shown.position != position) {
            let (key, one) = (field.key.as_bytes(), field.need == Need::OneIfLeftOut);
            self.fields.insert(at, Shown { position, key, one, how });
        } else if rest.is_none() {
            self.fields[at].how = how;
        }
        match (field.kind, rest, &mut self.fields[at].how) {
            (Kind::One(child) | Kind::Many(child), Some(rest), How::Within(selection)) => selection.add(child, rest),
            _ => true,
        }
    }

    /// Writes one row.
    pub fn write(&self, row: Row<'_>, out: &mut Vec<u8>) {
        let (body, slots) = (row.body(), row.slots());
        out.push(b'{');
        let start = out.len();
        // What is still to be copied out of the body.
        let mut run = (0, 0);
        for shown in &self.fields {
            let (slot, key) = (slots[shown.position], shown.key);
            let Some((from, to)) = row.written(slot, &shown.how) else {
                if slot != ABSENT || shown.one {
                    append(out, body, run.0, run.1);
                    run = (0, 0);
                    shown.write(row, slot, out);
                }
                continue;
            };
            if from == run.1 + 1 + key.len() && run.1 > 0 {
                // Nothing but `,"name":` is so short: escapes, spaces or another field would make it longer.
                run.1 = to;
                continue;
            }
            append(out, body, run.0, run.1);
            if out.len() > start {
                out.push(b',');
            }
            run = (from - key.len(), to);
            if !begins(&body[run.0..], key) {
                out.extend_from_slice(key);
                run.0 = from;
            }
        }
        append(out, body, run.0, run.1);
        out.push(b'}');
    }
}

impl Shown {
    /// A member that is not copied as it stands.
    #[inline(never)]
    fn write(&self, row: Row<'_>, slot: u64, out: &mut Vec<u8>) {
        // No value ends so.
        if out.last() != Some(&b'{') {
            out.push(b',');
        }
        out.extend_from_slice(self.key);
        match &self.how {
            _ if matches!(slot, ABSENT | NULL) => out.extend_from_slice(if self.one { b"1" } else { b"null" }),
            How::Within(selection) => write_rows(row, self.position, selection, out),
            _ => write_made(row, self.position, out),
        }
    }
}

impl Row<'_> {
    /// Where a value stands in the body, if it is to be copied from there.
    #[inline(always)]
    fn written(&self, slot: u64, how: &How) -> Option<(usize, usize)> {
        let (start, end) = unpair(slot);
        match (slot, how) {
            (ABSENT | NULL, _) => None,
            (_, How::Quoted) => Some(((start & !ESCAPED) as usize - 1, end as usize + 1)),
            (_, How::AsSent) => Some((start as usize, end as usize)),
            (_, How::Listed) => {
                let (from, to) = self.around_texts(slot)?;
                let (start, end) = (from - 1, to + 1);
                (self.body()[start] == b'[' && self.body()[to] == b']').then_some((start, end))
            }
            _ => None,
        }
    }

    /// Writes one field's value, whole.
    pub fn write_field(&self, position: usize, out: &mut Vec<u8>) {
        let slot = self.slots()[position];
        match How::of(self.schema().fields[position].kind) {
            How::Within(selection) => write_rows(*self, position, &selection, out),
            how => match self.written(slot, &how) {
                Some((from, to)) => append(out, self.body(), from, to),
                None => write_made(*self, position, out),
            },
        }
    }
}

/// The object or the list of objects inside a field.
#[inline(never)]
fn write_rows(row: Row<'_>, position: usize, selection: &Selection, out: &mut Vec<u8>) {
    match row.schema().fields[position].kind {
        Kind::One(_) => row.one(position).into_iter().for_each(|row| selection.write(row, out)),
        _ => {
            out.push(b'[');
            for (index, row) in row.rows(position).into_iter().flatten().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                selection.write(row, out);
            }
            out.push(b']');
        }
    }
}

/// A value of which the body's own text is not all that is written.
#[inline(never)]
fn write_made(row: Row<'_>, position: usize, out: &mut Vec<u8>) {
    match (row.value(position), row.schema().fields[position].kind) {
        (Value::Absent | Value::Null, _) => out.extend_from_slice(b"null"),
        (Value::Bool(true), _) => out.extend_from_slice(b"true"),
        (Value::Bool(false), _) => out.extend_from_slice(b"false"),
        (Value::Json(json), Kind::NumberOrMany(child)) => match json.as_bytes() {
            number @ [b'-' | b'0'..=b'9', ..] => out.extend_from_slice(number),
            other => write_many(other, child, out),
        },
        _ => write_texts(row, position, out),
    }
}

/// Rows in the place of a number: what their schema names, or null where they are none.
#[cold]
fn write_many(json: &[u8], child: &'static Schema, out: &mut Vec<u8>) {
    let Ok(tape) = super::decode(json, super::Shape::Rows(child), super::Units::Bytes) else {
        return out.extend_from_slice(b"null");
    };
    let selection = Selection::all(child);
    out.push(b'[');
    for (index, row) in tape.rows(json, child).enumerate() {
        if index > 0 {
            out.push(b',');
        }
        selection.write(row, out);
    }
    out.push(b']');
}

fn write_texts(row: Row<'_>, position: usize, out: &mut Vec<u8>) {
    out.push(b'[');
    // From the first text's quote to the last one's, with what separates them.
    if let Some((start, end)) = row.around_texts(row.slots()[position]) {
        append(out, row.body(), start, end);
    }
    out.push(b']');
}

/// A JSON text with its quotes.
pub fn write_text(out: &mut Vec<u8>, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0..0x20 => {
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', HEX[(byte >> 4) as usize], HEX[(byte & 15) as usize]])
            }
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}
