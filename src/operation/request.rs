//! From checked arguments to what is sent: path, query and body, byte for byte as the suppliers document them.

use std::ops::Range;

use crate::wire::{Kind, Row, Selection, Value, write_text};

use super::{Args, Form, Names, Place};

/// HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
}

impl Method {
    /// As in a request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
        }
    }
}

/// What one request asks, before it has a host or a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// HTTP method.
    pub method: Method,
    /// Path and query after the base.
    pub target: String,
    /// JSON body.
    pub body: Option<Vec<u8>>,
}

impl Args {
    /// The request for the keys in `keys`, counted over the batch's list or lines; all where the operation has no batch.
    /// `base` is the length of the URL before the path: some forms are for short URLs alone.
    pub fn request(&self, keys: Range<usize>, base: usize, names: &Names) -> Request {
        let forms = self.operation().forms;
        for form in forms {
            let request = self.in_form(form, keys.clone(), names);
            if base + request.target.len() <= form.max_url {
                return request;
            }
        }
        // The last form has no limit; `forms` is never empty.
        self.in_form(&forms[forms.len() - 1], keys, names)
    }

    fn in_form(&self, form: &Form, keys: Range<usize>, names: &Names) -> Request {
        let row = self.row();
        let batched = |arg: usize| self.operation().batch.as_ref().is_some_and(|batch| batch.by.contains(&arg));
        let mut target = form.path.to_owned();
        let mut query = String::new();
        let mut body: Option<Vec<u8>> = None;
        for sent in form.sent {
            let part = if batched(sent.arg) { keys.clone() } else { 0..usize::MAX };
            match sent.place {
                Place::Path => {
                    let mut segment = String::new();
                    encode_segment(&mut segment, &row.text(sent.arg).unwrap_or_default());
                    target = target.replacen("{}", &segment, 1);
                }
                Place::Query => {
                    let Some(value) = plain(row, sent.arg, part) else { continue };
                    query.push(if query.is_empty() { '?' } else { '&' });
                    query.push_str(&names.sent(self.operation(), sent.name));
                    query.push('=');
                    encode_query(&mut query, &value);
                }
                Place::Whole => {
                    let mut whole = Vec::new();
                    Selection::all(row.schema()).write(row, &mut whole);
                    let body = Some(names.body(self.operation(), whole));
                    return Request { method: form.method, target, body };
                }
                Place::Body | Place::BodyCommas => {
                    let body = body.get_or_insert_with(|| vec![b'{']);
                    let from = body.len();
                    if from > 1 {
                        body.push(b',');
                    }
                    write_text(body, sent.name);
                    body.push(b':');
                    let written = match sent.place {
                        Place::BodyCommas => match plain(row, sent.arg, part) {
                            Some(value) => {
                                write_text(body, &value);
                                true
                            }
                            None => false,
                        },
                        _ => json(row, sent.arg, part, body),
                    };
                    if !written {
                        body.truncate(from);
                    }
                }
            }
        }
        for (name, value) in self.others() {
            query.push(if query.is_empty() { '?' } else { '&' });
            encode_value(&mut query, name);
            query.push('=');
            encode_value(&mut query, value);
        }
        if let Some(body) = &mut body {
            body.push(b'}');
        }
        Request { method: form.method, target: target + &query, body }
    }
}

/// A value as text, lists by commas; none where there is nothing to send.
fn plain(row: Row<'_>, arg: usize, part: Range<usize>) -> Option<String> {
    if let Kind::Texts = row.schema().fields[arg].kind {
        let texts: Vec<_> = row.texts(arg)?.skip(part.start).take(part.len()).collect();
        return (!texts.is_empty()).then(|| texts.join(","));
    }
    match row.value(arg) {
        Value::Text(text) => Some(text.into_owned()),
        Value::Number(text) => Some(text.to_owned()),
        Value::Json(json) => Some(row.plain(arg).map_or_else(|| json.to_owned(), |text| text.into_owned())),
        Value::Bool(value) => Some(value.to_string()),
        Value::Absent | Value::Null => None,
    }
}

/// A value as JSON; false where there is nothing to send.
fn json(row: Row<'_>, arg: usize, part: Range<usize>, out: &mut Vec<u8>) -> bool {
    let mut first = true;
    let mut comma = |out: &mut Vec<u8>| out.push(if std::mem::take(&mut first) { b'[' } else { b',' });
    match row.schema().fields[arg].kind {
        Kind::Many(schema) => {
            let selection = Selection::all(schema);
            for row in row.rows(arg).into_iter().flatten().skip(part.start).take(part.len()) {
                comma(out);
                selection.write(row, out);
            }
        }
        Kind::Texts => {
            for text in row.texts(arg).into_iter().flatten() {
                comma(out);
                write_text(out, &text);
            }
        }
        _ => {
            match row.value(arg) {
                Value::Text(text) => write_text(out, &text),
                Value::Number(text) | Value::Json(text) => out.extend_from_slice(text.as_bytes()),
                Value::Bool(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
                Value::Absent | Value::Null => return false,
            }
            return true;
        }
    }
    if !first {
        out.push(b']');
    }
    !first
}

/// Percent-encodes a query's value: commas stay bare and a space is `%20`, as the suppliers document it.
pub fn encode_query(out: &mut String, value: &str) {
    encode(out, value, b"-._~,:");
}

/// Percent-encodes a query's value in which nothing has a meaning of its own.
pub fn encode_value(out: &mut String, value: &str) {
    encode(out, value, b"-._~");
}

/// Percent-encodes one path segment, slashes included.
pub fn encode_segment(out: &mut String, value: &str) {
    encode(out, value, b"-._~");
}

fn encode(out: &mut String, value: &str, bare: &[u8]) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || bare.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[(byte >> 4) as usize]));
            out.push(char::from(HEX[(byte & 15) as usize]));
        }
    }
}
