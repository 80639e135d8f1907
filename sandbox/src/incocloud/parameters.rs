//! What a call asks with.

use super::errors::{Refusal, invalid};
use crate::clock::parse_day;
use crate::http::Request;

/// A request's query.
#[derive(Debug)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Those of a request. The page's Python sample writes a space as `+`.
    pub(crate) fn of(request: &Request) -> Self {
        Self(Request::new("", &request.target.replace('+', "%20")).query())
    }

    /// A parameter's value; an empty one counts as left out.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(n, v)| n == name && !v.is_empty())?;
        Some(value)
    }

    /// A whole number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.read(name, "an integer", |text| text.parse().ok())
    }

    /// Yes or no, in the spellings of the page's samples and as a digit; no, if left out.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        let read = |text: &str| match text {
            "1" => Some(true),
            "0" => Some(false),
            text => text.to_ascii_lowercase().parse().ok(),
        };
        Ok(self.read(name, "True or False", read)?.unwrap_or(false))
    }

    /// A date `YYYY-MM-DD`.
    pub(crate) fn date(&self, name: &str) -> Result<Option<&str>, Refusal> {
        self.read(name, "a date YYYY-MM-DD", |text| parse_day(text).map(|_| text))
    }

    fn read<'a, T>(
        &'a self,
        name: &str,
        what: &str,
        read: impl Fn(&'a str) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        self.one(name).map(|text| read(text).ok_or_else(|| invalid(format!("{name} must be {what}")))).transpose()
    }
}
