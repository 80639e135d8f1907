//! The suppliers' own paths, for those who have a session: matched by the operation table, never passed through.

use crate::operation::{Args, Error, Form, Operation, Place};
use crate::wire::{Kind, Shape, Tape, Units, Value, decode, write_text};

use super::exchange::Request;
use super::query::{decode as decode_value, invalid, list, pairs};

/// Where a request leads.
pub(super) struct Route {
    pub operation: &'static Operation,
    form: &'static Form,
    /// What the path names, decoded.
    id: Option<String>,
}

impl Route {
    /// The route of a form that has nothing in its path.
    pub(super) fn of(operation: &'static Operation, form: &'static Form) -> Route {
        Route { operation, form, id: None }
    }
}

/// The operation that a method and a path under the mirror name. A fixed path goes before one with an identifier.
pub(super) fn route(table: &'static [&'static Operation], method: &str, path: &str) -> Option<Route> {
    let forms = table.iter().flat_map(|operation| operation.forms.iter().map(move |form| (*operation, form)));
    let matching = forms.filter(|(_, form)| form.method.as_str() == method);
    matching
        .filter_map(|(operation, form)| Some(Route { operation, form, id: captured(form.path, path)? }))
        .min_by_key(|route| route.id.is_some())
}

/// The identifier where `path` has one in the place of the template's `{}`; none within, where the paths are equal.
fn captured(template: &str, path: &str) -> Option<Option<String>> {
    let Some((before, after)) = template.split_once("{}") else { return (template == path).then_some(None) };
    let segment = path.strip_prefix(before)?.strip_suffix(after)?;
    if segment.contains('/') {
        return None;
    }
    let id = decode_value(segment).ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    let sound =
        (1..=64).contains(&id.len()) && id.bytes().all(plain) && !id.split('/').any(|part| part.starts_with('.'));
    sound.then_some(Some(id))
}

/// What a session settles: an argument's name, and its value in JSON.
pub(super) type Fixed = [(&'static str, String)];

/// Arguments out of a request in this form. What is fixed is not for the request to say: it may repeat it, and no more.
pub(super) fn args(route: &Route, request: &Request, fixed: &Fixed) -> Result<Args, Error> {
    let Route { operation, form, id } = route;
    let fields = operation.args.fields;
    let known: Vec<&str> = form.sent.iter().filter(|sent| sent.place == Place::Query).map(|sent| sent.name).collect();
    let settled = |name: &str| fixed.iter().find(|(known, _)| *known == name).map(|(_, json)| json);
    let mut json = vec![b'{'];
    let (_, query) = request.target();
    for (name, value) in pairs(query, &known)? {
        let Some(sent) = form.sent.iter().find(|sent| sent.place == Place::Query && sent.name == name) else {
            continue;
        };
        if let Some(settled) = settled(fields[sent.arg].name) {
            if decode_value(value)? != settled.trim_matches('"') {
                return Err(invalid(&format!("{name} comes from the session")));
            }
            continue;
        }
        field(&mut json, fields[sent.arg].name);
        match fields[sent.arg].kind {
            Kind::Texts => texts(&mut json, &list(value, usize::MAX)?),
            Kind::Text | Kind::TextOrNumber => write_text(&mut json, &decode_value(value)?),
            // Copied into JSON as they are, so that nothing but a number or a flag may stand here.
            Kind::Number
                if !value.is_empty() && value.len() <= 15 && value.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                json.extend_from_slice(value.as_bytes());
            }
            Kind::Bool if matches!(value, "true" | "false") => json.extend_from_slice(value.as_bytes()),
            _ => return Err(invalid("the query has a value of the wrong kind")),
        }
    }
    if let (Some(id), Some(sent)) = (id, form.sent.iter().find(|sent| sent.place == Place::Path)) {
        field(&mut json, fields[sent.arg].name);
        write_text(&mut json, id);
    }
    if let Some(schema) = form.body {
        let Some(body) = &request.body else { return Err(invalid("the body is too long")) };
        let tape: Tape = decode(body, Shape::One(schema), Units::Bytes)
            .map_err(|fault| invalid(&format!("the body is not valid: {fault}")))?;
        if tape.rows(body, schema).any(|row| row.is_strange()) {
            return Err(invalid("the body has an unknown or a repeated field"));
        }
        for row in tape.rows(body, schema) {
            for sent in form.sent {
                let Some(position) = schema.position(sent.name) else { continue };
                if let Some(settled) = settled(fields[sent.arg].name) {
                    match row.value(position) {
                        Value::Absent | Value::Null => continue,
                        Value::Text(text) if text == settled.trim_matches('"') => continue,
                        _ => return Err(invalid(&format!("{} comes from the session", sent.name))),
                    }
                }
                match (sent.place, row.value(position)) {
                    (_, Value::Absent | Value::Null) => {}
                    (Place::BodyCommas, Value::Text(text)) => {
                        field(&mut json, fields[sent.arg].name);
                        texts(&mut json, &text.split(',').map(str::to_owned).collect::<Vec<_>>());
                    }
                    (Place::Body, _) => {
                        field(&mut json, fields[sent.arg].name);
                        row.write_field(position, &mut json);
                    }
                    _ => {}
                }
            }
        }
    }
    for (name, value) in fixed {
        if operation.args.position(name).is_some() {
            field(&mut json, name);
            json.extend_from_slice(value.as_bytes());
        }
    }
    json.push(b'}');
    Args::check(operation, json).map_err(|bad| invalid(&bad.to_string()))
}

fn field(json: &mut Vec<u8>, name: &str) {
    if json.len() > 1 {
        json.push(b',');
    }
    write_text(json, name);
    json.push(b':');
}

fn texts(json: &mut Vec<u8>, texts: &[String]) {
    for (index, text) in texts.iter().enumerate() {
        json.push(if index == 0 { b'[' } else { b',' });
        write_text(json, text);
    }
    json.push(b']');
}
