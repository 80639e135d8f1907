//! The suppliers' own paths, for those who have a session: matched by the operation table, never passed through.

use crate::operation::{Args, Error, Form, Operation, Place};
use crate::wire::{Kind, Shape, Tape, Units, Value, decode, write_text};

use super::exchange::Request;
use super::query::{decode as decode_value, invalid, list, pairs};

/// The operation and form that a method and a path under the mirror name.
pub(super) fn route(
    table: &'static [&'static Operation],
    method: &str,
    path: &str,
) -> Option<(&'static Operation, &'static Form)> {
    table.iter().find_map(|operation| {
        let form = operation.forms.iter().find(|form| form.method.as_str() == method && form.path == path)?;
        Some((*operation, form))
    })
}

/// Arguments out of a request in this form. `ship_to`, where the session settles it, stands in for the request's own.
pub(super) fn args(
    operation: &'static Operation,
    form: &Form,
    request: &Request,
    ship_to: Option<&str>,
) -> Result<Args, Error> {
    let fields = operation.args.fields;
    let known: Vec<&str> = form.sent.iter().filter(|sent| sent.place == Place::Query).map(|sent| sent.name).collect();
    let mut json = vec![b'{'];
    let (_, query) = request.target();
    for (name, value) in pairs(query, &known)? {
        let Some(sent) = form.sent.iter().find(|sent| sent.place == Place::Query && sent.name == name) else {
            continue;
        };
        if fields[sent.arg].name == "shipTo" && ship_to.is_some() {
            continue;
        }
        field(&mut json, fields[sent.arg].name);
        match fields[sent.arg].kind {
            Kind::Texts => texts(&mut json, &list(value, usize::MAX)?),
            Kind::Text => write_text(&mut json, &decode_value(value)?),
            // Copied into JSON as they are, so that nothing but a number or a flag may stand here.
            Kind::Number
                if !value.is_empty() && value.len() <= 9 && value.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                json.extend_from_slice(value.as_bytes());
            }
            Kind::Bool if matches!(value, "true" | "false") => json.extend_from_slice(value.as_bytes()),
            _ => return Err(invalid("the query has a value of the wrong kind")),
        }
    }
    if let Some(schema) = form.body {
        let Some(body) = &request.body else { return Err(invalid("the body is too long")) };
        let tape: Tape = decode(body, Shape::One(schema), Units::Bytes)
            .map_err(|fault| invalid(&format!("the body is not valid: {fault}")))?;
        if tape.has_strange_fields() {
            return Err(invalid("the body has an unknown or a repeated field"));
        }
        for row in tape.rows(body, schema) {
            for sent in form.sent {
                let Some(position) = schema.position(sent.name) else { continue };
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
    if let Some(ship_to) = ship_to
        && operation.args.position("shipTo").is_some()
    {
        field(&mut json, "shipTo");
        write_text(&mut json, ship_to);
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
