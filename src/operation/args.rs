//! What a call is asked with: JSON, checked against the operation's arguments before anything is sent.

use std::fmt;
use std::ops::Range;

use crate::wire::{Fault, Row, Shape, Tape, Units, decode};

use super::{Operation, Rule};

/// Checked arguments of one operation.
#[derive(Clone)]
pub struct Args {
    operation: &'static Operation,
    json: Vec<u8>,
    tape: Tape,
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
        let tape = decode(&json, Shape::One(operation.args), Units::Bytes).map_err(BadArgs::Shape)?;
        let args = Args { operation, json, tape };
        for rule in operation.rules {
            args.keeps(rule)?;
        }
        Ok(args)
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
                }
            }
            Rule::AtMost(list, most) => {
                let texts = row.texts(list).map_or(0, Iterator::count);
                if texts > most {
                    return broken(format!("{} takes {most} entries at most, not {texts}", name(list)));
                }
            }
            Rule::Lines(list) => {
                let Some(lines) = row.rows(list) else { return broken(format!("{} is required", name(list))) };
                for (index, line) in lines.enumerate() {
                    let [sku, by_index] = [0, 1].map(|key| line.text(key).filter(|text| !text.trim().is_empty()));
                    if sku.is_some() == by_index.is_some() {
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

    /// The keys' ranges, a request each.
    pub fn parts(&self) -> Vec<Range<usize>> {
        let Some(batch) = &self.operation.batch else { return vec![0..0] };
        let keys = self.keys().len();
        (0..keys).step_by(batch.max).map(|from| from..(from + batch.max).min(keys)).collect()
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

/// What one item was asked for by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AskedKey {
    /// By its index, not its SKU.
    pub by_index: bool,
    /// The SKU or index as asked.
    pub text: String,
}
