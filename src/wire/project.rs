//! Out of checked rows, the fields that somebody is shown, bytes to bytes. What is not selected does not exist.

use super::schema::{Kind, Need, Schema};
use super::tape::{Row, Value};
use super::texts::append;

/// Fields of a row that are shown, and of the rows inside it.
#[derive(Clone, Debug)]
pub struct Selection {
    fields: Vec<Shown>,
    /// Each field's name as it is written: `"name":`, one behind the other.
    names: Vec<u8>,
    /// Where each ends.
    name_ends: Vec<usize>,
}

#[derive(Clone, Debug)]
enum Shown {
    No,
    Yes,
    Within(Selection),
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
        let shown = |kind: Kind| match kind {
            Kind::One(child) | Kind::Many(child) => Shown::Within(Selection::all(child)),
            _ => Shown::Yes,
        };
        Selection::new(schema, schema.fields.iter().map(|field| shown(field.kind)).collect())
    }

    /// The fields named by wire paths such as `price.listPriceNet`; a path to rows shows them whole.
    ///
    /// # Errors
    /// The first path that the schema does not have.
    pub fn of<'a>(schema: &'static Schema, paths: impl IntoIterator<Item = &'a str>) -> Result<Selection, UnknownPath> {
        let mut selection = Selection::none(schema);
        for path in paths {
            if !selection.add(schema, path) {
                return Err(UnknownPath { path: path.to_owned(), schema: schema.name });
            }
        }
        Ok(selection)
    }

    fn none(schema: &'static Schema) -> Selection {
        Selection::new(schema, vec![Shown::No; schema.fields.len()])
    }

    fn new(schema: &'static Schema, fields: Vec<Shown>) -> Selection {
        let (mut names, mut name_ends) = (Vec::new(), Vec::new());
        for field in schema.fields {
            names.extend_from_slice(field.key.as_bytes());
            name_ends.push(names.len());
        }
        // The copying by blocks reads beyond the last.
        names.resize(names.len() + 16, 0);
        Selection { fields, names, name_ends }
    }

    fn add(&mut self, schema: &'static Schema, path: &str) -> bool {
        let (name, rest) = match path.split_once('.') {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        };
        let Some(position) = schema.position(name) else { return false };
        let shown = &mut self.fields[position];
        match (schema.fields[position].kind, rest) {
            (Kind::One(child) | Kind::Many(child), Some(rest)) => {
                if let Shown::No = shown {
                    *shown = Shown::Within(Selection::none(child));
                }
                match shown {
                    Shown::Within(selection) => selection.add(child, rest),
                    _ => false,
                }
            }
            (Kind::One(child) | Kind::Many(child), None) => {
                *shown = Shown::Within(Selection::all(child));
                true
            }
            (_, None) => {
                *shown = Shown::Yes;
                true
            }
            (_, Some(_)) => false,
        }
    }

    /// Writes one row.
    pub fn write(&self, row: Row<'_>, out: &mut Vec<u8>) {
        out.push(b'{');
        let start = out.len();
        let mut name_start = 0;
        for (position, (shown, &name_end)) in self.fields.iter().zip(&self.name_ends).enumerate() {
            let name = (name_start, name_end);
            name_start = name_end;
            if matches!(shown, Shown::No) {
                continue;
            }
            let one = row.schema().fields[position].need == Need::OneIfLeftOut;
            let there = row.is_there(position);
            if there.is_none() && !one {
                continue;
            }
            if out.len() > start {
                out.push(b',');
            }
            append(out, &self.names, name.0, name.1);
            match shown {
                _ if there != Some(true) => out.extend_from_slice(if one { b"1" } else { b"null" }),
                Shown::Within(selection) => write_rows(row, position, selection, out),
                _ => write_value(row, position, out),
            }
        }
        out.push(b'}');
    }
}

impl Row<'_> {
    /// Writes one field's value, whole.
    pub fn write_field(&self, position: usize, out: &mut Vec<u8>) {
        match self.schema().fields[position].kind {
            Kind::One(child) | Kind::Many(child) => write_rows(*self, position, &Selection::all(child), out),
            _ => write_value(*self, position, out),
        }
    }
}

/// The object or the list of objects inside a field.
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

/// A value that has no rows inside: copied as it was written.
#[inline(always)]
fn write_value(row: Row<'_>, position: usize, out: &mut Vec<u8>) {
    match row.written(position) {
        Some((start, end)) => match row.schema().fields[position].kind {
            Kind::NumberOrMany(child) if row.body()[start] != b'-' && !row.body()[start].is_ascii_digit() => {
                write_many(&row.body()[start..end], child, out);
            }
            _ => append(out, row.body(), start, end),
        },
        None => match row.value(position) {
            Value::Absent | Value::Null => out.extend_from_slice(b"null"),
            Value::Bool(true) => out.extend_from_slice(b"true"),
            Value::Bool(false) => out.extend_from_slice(b"false"),
            _ => write_texts(row, position, out),
        },
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
    if let Some((start, end)) = row.within_texts(position) {
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
