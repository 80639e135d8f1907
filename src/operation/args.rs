//! What a call is asked with: JSON, checked against the operation's arguments before anything is sent.

use std::fmt;
use std::ops::Range;

use crate::wire::{Fault, Row, Schema, Selection, Shape, Tape, Units, Value, decode, write_text};

use super::{Operation, Rule};

/// Checked arguments of one operation.
#[derive(Clone)]
pub struct Args {
    operation: &'static Operation,
    json: Vec<u8>,
    tape: Tape,
    /// Name and value of what the schema does not name, where the operation is open for that.
    others: Vec<(String, String)>,
}

/// Why arguments were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadArgs {
    /// Not of the arguments' shape.
    Shape(Fault),
    /// Against one of the operation's rules.
    Rule(String),
}

impl fmt::Display for BadArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadArgs::Shape(fault) => fault.fmt(f),
            BadArgs::Rule(rule) => f.write_str(rule),
        }
    }
}

impl std::error::Error for BadArgs {}

impl Args {
    /// Checks arguments in JSON.
    ///
    /// # Errors
    /// What is wrong with them, and where.
    pub fn check(operation: &'static Operation, json: Vec<u8>) -> Result<Args, BadArgs> {
        let args = Args::read(operation, json)?;
        for rule in operation.rules {
            args.keeps(rule)?;
        }
        Ok(args)
    }

    /// Reads arguments of the right shape, whatever the operation's rules say.
    ///
    /// # Errors
    /// What is wrong with their shape.
    pub fn read(operation: &'static Operation, json: Vec<u8>) -> Result<Args, BadArgs> {
        let tape = decode(&json, Shape::One(operation.args), Units::Bytes).map_err(BadArgs::Shape)?;
        let others = operation.others.map_or(Ok(Vec::new()), |others| others(operation.args, &json))?;
        Ok(Args { operation, json, tape, others })
    }

    /// Name and value of what is sent in the query as given.
    pub fn others(&self) -> &[(String, String)] {
        &self.others
    }

    /// The operation that they are for.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The arguments as a row of their schema.
    pub fn row(&self) -> Row<'_> {
        let mut rows = self.tape.rows(&self.json, self.operation.args);
        match rows.next() {
            Some(row) => row,
            // A tape of `Shape::One` has its one record.
            None => unreachable!(),
        }
    }

    fn keeps(&self, rule: &Rule) -> Result<(), BadArgs> {
        let row = self.row();
        let name = |position: usize| self.operation.args.fields[position].name;
        let broken = |text: String| Err(BadArgs::Rule(text));
        match *rule {
            Rule::OneOf(lists) => {
                let given =
                    lists.iter().filter(|&&list| row.texts(list).is_some_and(|mut texts| texts.next().is_some()));
                if given.count() != 1 {
                    let names: Vec<&str> = lists.iter().map(|&list| name(list)).collect();
                    return broken(format!("give one of {}, with at least one entry", names.join(" or ")));
                }
                for &list in lists {
                    if row.texts(list).is_some_and(|mut texts| texts.any(|text| text.trim().is_empty())) {
                        return broken(format!("{} has an empty entry", name(list)));
                    }
                    // The supplier takes lists by commas: one with a comma inside would be asked for as two.
                    if row.texts(list).is_some_and(|mut texts| texts.any(|text| text.contains(','))) {
                        return broken(format!(
                            "{} has an entry with a comma: ask for it by a line of a quote",
                            name(list)
                        ));
                    }
                }
            }
            Rule::AtMost(list, most) => {
                let texts = row.texts(list).map_or(0, Iterator::count);
                if texts > most {
                    return broken(format!("{} takes {most} entries at most, not {texts}", name(list)));
                }
            }
            Rule::Filled(text) => {
                if row.text(text).is_none_or(|text| text.trim().is_empty()) {
                    return broken(format!("{} must not be blank", name(text)));
                }
            }
            Rule::AnyOf(texts) => {
                if texts.iter().all(|&text| row.text(text).is_none()) {
                    let names: Vec<&str> = texts.iter().map(|&text| name(text)).collect();
                    return broken(format!("give one of {}", names.join(", ")));
                }
            }
            Rule::NotBoth(one, other) => {
                if row.text(one).is_some() && row.text(other).is_some() {
                    return broken(format!("give {} or {}, not both", name(one), name(other)));
                }
            }
            Rule::Within(number, least, most) => {
                let given = match row.value(number) {
                    Value::Number(text) => text.parse::<u32>().ok(),
                    _ => Some(least),
                };
                if given.is_none_or(|given| !(least..=most).contains(&given)) {
                    return broken(format!("{} must be a whole number from {least} to {most}", name(number)));
                }
            }
            Rule::DaysIfGiven(from, to) => {
                let given = [from, to].map(|field| row.text(field).map(|text| super::day(&text)));
                match given {
                    [Some(None), _] | [_, Some(None)] => {
                        return broken(format!("{} and {} must be days, YYYY-MM-DD", name(from), name(to)));
                    }
                    [Some(first), Some(last)] if first > last => {
                        return broken(format!("{} is after {}", name(from), name(to)));
                    }
                    _ => {}
                }
            }
            Rule::Some(list) => {
                if row.rows(list).is_none_or(|rows| rows.len() == 0) {
                    return broken(format!("{} must have at least one line", name(list)));
                }
            }
            Rule::Days(from, to) => {
                let day = |field: usize| row.text(field).and_then(|text| super::day(&text));
                match (day(from), day(to)) {
                    (Some(first), Some(last)) if first <= last => {}
                    (Some(_), Some(_)) => return broken(format!("{} is after {}", name(from), name(to))),
                    _ => return broken(format!("{} and {} must be days, YYYY-MM-DD", name(from), name(to))),
                }
            }
            Rule::Lines(list) => {
                let Some(lines) = row.rows(list).filter(|lines| lines.len() > 0) else {
                    return broken(format!("{} must have at least one line", name(list)));
                };
                for (index, line) in lines.enumerate() {
                    let named = match [line.text(0), line.text(1)] {
                        [Some(name), None] | [None, Some(name)] => !name.trim().is_empty(),
                        _ => false,
                    };
                    if !named {
                        return broken(format!(
                            "{}[{index}] must name its item by sku or by index, one of them",
                            name(list)
                        ));
                    }
                }
            }
        }
        Ok(())
    }

    /// The same with some arguments set to other JSON values, which are known to be sound.
    pub fn with(&self, set: &[(usize, String)]) -> Args {
        let row = self.row();
        let mut json = vec![b'{'];
        for (position, field) in self.operation.args.fields.iter().enumerate() {
            let other = set.iter().find(|(known, _)| *known == position);
            if other.is_none() && row.value(position) == Value::Absent {
                continue;
            }
            if json.len() > 1 {
                json.push(b',');
            }
            write_text(&mut json, field.name);
            json.push(b':');
            match other {
                Some((_, value)) => json.extend_from_slice(value.as_bytes()),
                None => row.write_field(position, &mut json),
            }
        }
        json.push(b'}');
        // Made of checked values, so that it reads again.
        let tape = decode(&json, Shape::One(self.operation.args), Units::Bytes).unwrap_or_default();
        Args { operation: self.operation, json, tape, others: self.others.clone() }
    }

    /// One line for each window that the supplier takes; itself where it takes any span.
    pub fn windows(&self) -> Vec<Args> {
        let Some(window) = &self.operation.window else { return vec![self.clone()] };
        let day = |field: usize| self.row().text(field).unwrap_or_default().into_owned();
        let Some(days) = window.days else { return vec![self.clone()] };
        super::windows(&day(window.from), &day(window.to), days)
            .into_iter()
            .map(|(from, to)| self.with(&[(window.from, format!("\"{from}\"")), (window.to, format!("\"{to}\""))]))
            .collect()
    }

    /// The arguments as they would be sent, to tell them from others.
    pub fn fingerprint(&self) -> Vec<u8> {
        let mut out = self.operation.name.as_bytes().to_vec();
        Selection::all(self.operation.args).write(self.row(), &mut out);
        out
    }

    /// The keys' ranges, a request each.
    pub fn parts(&self) -> Vec<Range<usize>> {
        // Without a batch there is one request, for no keys.
        let (keys, max) = match &self.operation.batch {
            Some(batch) => (self.keys().len(), batch.max),
            None => return std::iter::once(0..0).collect(),
        };
        (0..keys).step_by(max).map(|from| from..(from + max).min(keys)).collect()
    }

    /// The keys asked for, in the order given: the texts of the batch's list, or of its lines.
    pub fn keys(&self) -> Vec<AskedKey> {
        let Some(batch) = &self.operation.batch else { return Vec::new() };
        let row = self.row();
        let mut keys = Vec::new();
        for &list in batch.by {
            let by_index = self.operation.args.fields[list].name == "index";
            for text in row.texts(list).into_iter().flatten() {
                keys.push(AskedKey { by_index, text: text.into_owned() });
            }
            for line in row.rows(list).into_iter().flatten() {
                let (by_index, text) = match line.text(0) {
                    Some(sku) => (false, sku),
                    None => (true, line.text(1).unwrap_or_default()),
                };
                keys.push(AskedKey { by_index, text: text.into_owned() });
            }
        }
        keys
    }
}

/// Names and values that a schema does not name, out of arguments in JSON.
pub type Others = fn(&Schema, &[u8]) -> Result<Vec<(String, String)>, BadArgs>;

/// What `schema` does not name: texts, numbers and flags alone. A row's unknown fields do not stand on its tape.
///
/// # Errors
/// A value of another kind, or a name that is reserved.
pub fn others(schema: &Schema, json: &[u8]) -> Result<Vec<(String, String)>, BadArgs> {
    use serde_json::Value;
    // It has been read as JSON before.
    let all: serde_json::Map<String, Value> = serde_json::from_slice(json).unwrap_or_default();
    let mut others = Vec::new();
    for (name, value) in all {
        if schema.position(&name).is_some() {
            continue;
        }
        if RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(BadArgs::Rule(format!("{name} is not for callers to set")));
        }
        others.push(match value {
            Value::String(text) => (name, text),
            Value::Number(number) => (name, number.to_string()),
            Value::Bool(flag) => (name, flag.to_string()),
            Value::Null => continue,
            _ => return Err(BadArgs::Rule(format!("{name} must be a text, a number or a flag"))),
        });
    }
    // Equal questions are equal texts, in whatever order they were written.
    others.sort_unstable();
    Ok(others)
}

/// Parameters that hold secrets.
const RESERVED: [&str; 3] = ["token", "app_id", "app_secret"];

/// What one item was asked for by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AskedKey {
    /// By its index, not its SKU.
    pub by_index: bool,
    /// The SKU or index as asked.
    pub text: String,
}
