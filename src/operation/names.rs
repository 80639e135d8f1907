//! Corrections to names that were inferred, where the real service calls a field otherwise.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::wire::{Kind, Schema, rename};

use super::{Error, ErrorKind, Operation};

/// By operation: paths in our names (`regular_price`, `details.price_out`), each with the service's name of its last part.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<String, BTreeMap<String, String>>);

impl Names {
    /// # Errors
    /// [`ErrorKind::Validation`] where an operation or a field is unknown.
    pub fn new(
        table: &[&'static Operation],
        given: BTreeMap<String, BTreeMap<String, String>>,
    ) -> Result<Names, Error> {
        let invalid = |message: String| {
            Error::new(ErrorKind::Validation, message)
                .hint("Name a resource, a field of it as its type does, and what the service calls it.")
        };
        for (operation, names) in &given {
            let Some(known) = table.iter().find(|known| known.name == operation) else {
                return Err(invalid(format!("fieldNames: no resource is named {operation}")));
            };
            for (path, name) in names {
                if !has(known.answer.schema(), path) && !has(known.args, path) {
                    return Err(invalid(format!("fieldNames.{operation}: no field is named {path}")));
                }
                if name.is_empty() {
                    return Err(invalid(format!("fieldNames.{operation}.{path}: the name is empty")));
                }
            }
        }
        Ok(Names(given))
    }

    /// A parameter's or a root field's name at the service.
    pub fn sent<'a>(&'a self, operation: &Operation, name: &'a str) -> Cow<'a, str> {
        let theirs = self.0.get(operation.name).and_then(|names| names.get(name));
        Cow::Borrowed(theirs.map_or(name, String::as_str))
    }

    /// A body of ours as the service reads it.
    pub fn body(&self, operation: &Operation, body: Vec<u8>) -> Vec<u8> {
        match self.0.get(operation.name) {
            // What stands above a field has been given its other name by then.
            Some(names) => rename(&body, |path, key| {
                let theirs = |(ours, theirs): (&String, &String)| {
                    let (at, last) = ours.rsplit_once('.').unwrap_or(("", ours));
                    (last == key && sent_path(names, at) == path).then(|| theirs.clone())
                };
                names.iter().find_map(theirs)
            }),
            None => body,
        }
    }

    /// An answer as if the service had our names. Where a field of our name comes too, the two change names.
    pub fn answer(&self, operation: &Operation, body: Vec<u8>) -> Vec<u8> {
        let Some(names) = self.0.get(operation.name) else { return body };
        rename(&body, |path, key| {
            let ours = names.iter().find_map(|(ours, theirs)| {
                let (at, last) = ours.rsplit_once('.').unwrap_or(("", ours));
                (at == path && theirs == key).then(|| last.to_owned())
            });
            ours.or_else(|| names.get(&joined(path, key)).cloned())
        })
    }
}

/// A path of ours in the service's names.
fn sent_path(names: &BTreeMap<String, String>, path: &str) -> String {
    let (mut ours, mut theirs) = (String::new(), String::new());
    for name in path.split('.') {
        ours = joined(&ours, name);
        theirs = joined(&theirs, names.get(&ours).map_or(name, String::as_str));
    }
    theirs
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn has(schema: &Schema, path: &str) -> bool {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let Some(position) = schema.position(name) else { return false };
    match (schema.fields[position].kind, rest) {
        (Kind::One(child) | Kind::Many(child), Some(rest)) => has(child, rest),
        (_, rest) => rest.is_none(),
    }
}
