//! Out of checked rows, the fields that somebody is shown, bytes to bytes. What is not selected does not exist.

use super::schema::{Kind, Need, Schema};
use super::tape::{Row, Value};

/// Fields of a row that are shown, and of the rows inside it.
#[derive(Clone, Debug)]
pub struct Selection {
    fields: Vec<Shown>,
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
        Selection { fields: schema.fields.iter().map(|field| shown(field.kind)).collect() }
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
        Selection { fields: vec![Shown::No; schema.fields.len()] }
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
        for (position, (field, shown)) in row.schema().fields.iter().zip(&self.fields).enumerate() {
            if matches!(shown, Shown::No) {
                continue;
            }
            let value = match (row.value(position), field.need) {
                (Value::Absent | Value::Null, Need::OneIfLeftOut) => Value::Number("1"),
                (Value::Absent, _) => continue,
                (value, _) => value,
            };
            if out.len() > start {
                out.push(b',');
            }
            out.push(b'"');
            out.extend_from_slice(field.name.as_bytes());
            out.extend_from_slice(b"\":");
            match shown {
                Shown::Within(selection) if value != Value::Null => match field.kind {
                    Kind::One(_) => row.one(position).into_iter().for_each(|row| selection.write(row, out)),
                    _ => list(out, row.rows(position).into_iter().flatten(), |out, row| selection.write(row, out)),
                },
                _ => write_value(field.kind, value, row, position, out),
            }
        }
        out.push(b'}');
    }
}

impl Row<'_> {
    /// Writes one field's value, whole.
    pub fn write_field(&self, position: usize, out: &mut Vec<u8>) {
        match self.schema().fields[position].kind {
            Kind::One(child) => self.one(position).into_iter().for_each(|row| Selection::all(child).write(row, out)),
            Kind::Many(child) => {
                let selection = Selection::all(child);
                list(out, self.rows(position).into_iter().flatten(), |out, row| selection.write(row, out));
            }
            kind => write_value(kind, self.value(position), *self, position, out),
        }
    }
}

/// A value that has no rows inside.
fn write_value(kind: Kind, value: Value<'_>, row: Row<'_>, position: usize, out: &mut Vec<u8>) {
    match value {
        Value::Absent | Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
        Value::Number(json) => out.extend_from_slice(json.as_bytes()),
        Value::Text(text) => write_text(out, &text),
        Value::Json(_) if matches!(kind, Kind::Texts) => {
            list(out, row.texts(position).into_iter().flatten(), |out, text| write_text(out, &text));
        }
        Value::Json(json) => out.extend_from_slice(json.as_bytes()),
    }
}

fn list<T>(out: &mut Vec<u8>, items: impl Iterator<Item = T>, mut write: impl FnMut(&mut Vec<u8>, T)) {
    out.push(b'[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(out, item);
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
