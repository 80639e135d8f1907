//! What a call asks with, held to the documented limits.

use serde_json::Value;

use super::errors::{Refusal, all_invalid, invalid};
use super::product::Product;
use crate::clock::{DAY_MS, parse_day};
use crate::settings::WindowLastDay;

/// A request's query.
#[derive(Debug)]
pub(crate) struct Arguments(pub(crate) Vec<(String, String)>);

impl Arguments {
    /// A parameter's value; an empty one counts as left out.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(n, v)| n == name && !v.is_empty())?;
        Some(value)
    }

    /// The values of a list, given by comma, by repetition, or both.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(n, _)| n == name).flat_map(|(_, values)| split(values)).collect()
    }

    /// The warehouses asked for.
    pub(crate) fn locations(&self) -> Result<Vec<String>, Refusal> {
        limited(self.list("location"), 10, "warehouse codes")
    }

    /// A whole number within limits.
    pub(crate) fn number(
        &self,
        name: &str,
        range: std::ops::RangeInclusive<usize>,
        default: usize,
    ) -> Result<usize, Refusal> {
        let Some(text) = self.one(name) else {
            return Ok(default);
        };
        text.parse()
            .ok()
            .filter(|number| range.contains(number))
            .ok_or_else(|| invalid(format!("{name} must be an integer from {} to {}", range.start(), range.end())))
    }

    /// The page of a search: how many rows to leave out, and how many to give.
    pub(crate) fn page(&self, most: usize) -> Result<Page, Refusal> {
        // 1-based, and 0 is allowed and means the same as 1.
        let offset = self.number("offset", 0..=10_000, 1)?.max(1);
        let limit = self.number("limit", 1..=most, 20)?;
        Ok(Page { skip: offset - 1, take: limit })
    }

    /// The window of a search, two days at most.
    pub(crate) fn window(&self, from: &str, to: &str, last_day: WindowLastDay) -> Result<Window, Refusal> {
        let day = |name: &str| {
            let text = self.one(name).ok_or_else(|| invalid(format!("{name} is required")))?;
            parse_day(text).ok_or_else(|| invalid(format!("{name} must be a date yyyy-MM-dd")))
        };
        let (first, last) = (day(from)?, day(to)?);
        if last < first {
            return Err(invalid(format!("{to} must not be before {from}")));
        }
        if last - first > 2 {
            return Err(invalid("Two days maximum windows is supported"));
        }
        let end = match last_day {
            WindowLastDay::Inclusive => last + 1,
            WindowLastDay::Exclusive => last,
        };
        Ok(Window { first, end })
    }
}

/// Which rows of a search to give.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// Rows left out at the start.
    pub(crate) skip: usize,
    /// Rows given at most.
    pub(crate) take: usize,
}

/// UTC days, `end` outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) first: u64,
    pub(crate) end: u64,
}

impl Window {
    /// All days.
    pub(crate) const EVER: Self = Self { first: 0, end: u64::MAX / DAY_MS };

    /// Whether an instant lies inside.
    pub(crate) fn holds(self, ms: u64) -> bool {
        (self.first * DAY_MS..self.end * DAY_MS).contains(&ms)
    }
}

/// A list in one text.
pub(crate) fn split(values: &str) -> impl Iterator<Item = String> + '_ {
    values.split(',').map(str::trim).filter(|value| !value.is_empty()).map(String::from)
}

/// A list of no more than `most`.
pub(crate) fn limited(values: Vec<String>, most: usize, what: &str) -> Result<Vec<String>, Refusal> {
    if values.len() > most {
        return Err(invalid(format!("Maximum of {most} {what} per request is allowed")));
    }
    Ok(values)
}

/// A list in a JSON body: an array of texts, or nothing.
pub(crate) fn texts(value: &Value, name: &str) -> Result<Vec<String>, Refusal> {
    let refused = || invalid(format!("{name} must be an array of strings"));
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(values) => {
            values.iter().map(|value| value.as_str().map(String::from).ok_or_else(refused)).collect()
        }
        _ => Err(refused()),
    }
}

/// How products are named: by SKU or by index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Sku(String),
    Index(String),
}

impl Key {
    /// The text of it.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Sku(text) | Self::Index(text) => text,
        }
    }

    /// The products it means: none if it is bad, and several may share an index.
    pub(crate) fn products(&self) -> Vec<Product> {
        match self {
            Self::Sku(sku) => Product::of_sku(sku).into_iter().collect(),
            Self::Index(index) => Product::of_index(index),
        }
    }

    /// The key of a line in a JSON body: exactly one of the two.
    pub(crate) fn of_line(line: &Value) -> Result<Self, Refusal> {
        let text = |name: &str| line[name].as_str().map(str::trim).filter(|t| !t.is_empty());
        match (text("sku"), text("index")) {
            (Some(sku), None) => Ok(Self::Sku(sku.into())),
            (None, Some(index)) => Ok(Self::Index(index.into())),
            _ => Err(invalid("Each line needs either sku or index")),
        }
    }
}

/// A batch, looked up.
pub(crate) struct Batch<T> {
    /// The products that exist, each with what was asked beside its key.
    pub(crate) good: Vec<(Product, T)>,
    /// The keys that mean nothing.
    pub(crate) bad: Vec<String>,
}

/// Looks a batch up. It is refused as a whole if nothing in it is good, or if something in it is poison.
pub(crate) fn resolve<T: Copy>(asked: &[(Key, T)]) -> Result<Batch<T>, Refusal> {
    let mut batch = Batch { good: Vec::new(), bad: Vec::new() };
    for (key, with) in asked {
        if key.text().starts_with("POISON") {
            return Err(all_invalid());
        }
        let products = key.products();
        if products.is_empty() {
            batch.bad.push(key.text().to_owned());
        }
        batch.good.extend(products.into_iter().map(|product| (product, *with)));
    }
    if batch.good.is_empty() {
        return Err(all_invalid());
    }
    Ok(batch)
}
