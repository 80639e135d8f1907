//! Queries, read strictly: what is unknown, repeated or not well encoded is refused.

use crate::operation::{Error, ErrorKind};

/// Longest value that any parameter has: a hundred SKUs of 32 characters, encoded.
const MAX_QUERY: usize = 8_000;

/// Name and raw value of each parameter.
pub(super) fn pairs<'a>(query: &'a str, known: &[&str]) -> Result<Vec<(&'a str, &'a str)>, Error> {
    if query.len() > MAX_QUERY {
        return Err(invalid("the query is too long"));
    }
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if !known.contains(&name) {
            return Err(invalid("the query has an unknown parameter"));
        }
        if pairs.iter().any(|(other, _)| *other == name) {
            return Err(invalid("the query has a parameter twice"));
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

/// The entries of a comma list, each decoded after it was cut, so that an encoded comma stays one.
pub(super) fn list(value: &str, most: usize) -> Result<Vec<String>, Error> {
    let entries: Vec<String> = value.split(',').map(decode).collect::<Result<_, _>>()?;
    if entries.len() > most {
        return Err(invalid("the query asks for too many at once"));
    }
    if entries.iter().any(|entry| entry.trim().is_empty()) {
        return Err(invalid("the query has an empty entry"));
    }
    Ok(entries)
}

/// One value, decoded. A plus is a plus: suppliers' indexes have them.
pub(super) fn decode(value: &str) -> Result<String, Error> {
    // Almost every value is a SKU.
    if value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(value.to_owned());
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(0), digit(1)) else {
            return Err(invalid("the query is not well encoded"));
        };
        bytes.push((high << 4 | low) as u8);
        rest = &after[2..];
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.chars().any(char::is_control) => Ok(text),
        _ => Err(invalid("the query is not well encoded")),
    }
}

pub(super) fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::Validation, message)
}
