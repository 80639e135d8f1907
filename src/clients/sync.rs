//! What changed since a snapshot: a supplier that offers no such question is asked for everything, and the difference is made
//! here.

use std::collections::BTreeMap;
use std::hash::Hasher;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use siphasher::sip128::{Hasher128, SipHasher13};

use crate::engine::{CallOptions, Ms};
use crate::operation::{Error, ErrorKind};
use crate::wire::{Row, Units};

use super::{Client, Clock, Transport, Watch};

/// What a resource was at some time: of each row its number, and a digest of what it said. Plain data, for any store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// Which resource.
    pub resource: String,
    /// When, in milliseconds since 1970.
    pub taken_at: Ms,
    /// The rows.
    pub rows: Digests,
}

/// Digests of rows, by their numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Digests {
    /// The field that holds the number.
    pub key: String,
    /// What was asked for, in JSON.
    pub query: String,
    /// Of each row.
    pub digests: BTreeMap<String, String>,
}

/// What changed.
#[derive(Debug)]
pub struct Changes {
    /// To compare with the next time.
    pub snapshot: Snapshot,
    /// Rows that are new, as sent.
    pub added: Vec<String>,
    /// Rows that say something else than before, as sent.
    pub changed: Vec<String>,
    /// Numbers of rows that are gone.
    pub removed: Vec<String>,
}

/// Fields that number a row, the better one first.
const KEYS: [&str; 2] = ["id", "operation_number"];

impl<R: Transport + Clock> Client<R> {
    /// What changed in a resource since `since`, or everything as added. `query` is what the resource's list takes.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`] for a snapshot of something else; [`ErrorKind::Unsupported`] where rows have no number; and
    /// anything else of [`ErrorKind`].
    pub async fn sync(
        &self,
        resource: &str,
        query: Vec<u8>,
        since: Option<Snapshot>,
        options: CallOptions,
        watch: &dyn Watch,
    ) -> Result<Changes, Error> {
        let asked = String::from_utf8_lossy(&query).into_owned();
        if since.as_ref().is_some_and(|since| since.resource != resource || since.rows.query != asked) {
            return Err(Error::new(
                ErrorKind::Validation,
                format!("sync: the snapshot is not of {resource} as asked for"),
            )
            .hint("Give a snapshot of the same resource and query, or none."));
        }
        let mut pages = self.pages(resource, query)?;
        let taken_at = self.runtime().now();
        let mut rows = Vec::new();
        while let Some(page) = pages.next(self, &options, Units::Bytes, watch).await? {
            let all: Vec<Row<'_>> = page.answer.tape.rows(&page.answer.body, pages.shape().schema()).collect();
            rows.extend(page.new.iter().filter_map(|&position| Some(numbered(*all.get(position)?))));
        }
        // Where nothing is left, what was there is known as before.
        let as_before = |key: &str| !rows.is_empty() || since.as_ref().is_none_or(|since| since.rows.key == key);
        let has = |at: usize| rows.iter().all(|row| row.numbers[at].is_some());
        let key = KEYS.into_iter().enumerate().find(|(at, key)| has(*at) && as_before(key));
        let Some((at, key)) = key else {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!("sync: rows of {resource} have no number to know them by"),
            )
            .hint("If the service calls it otherwise than `id`, say so in fieldNames."));
        };
        // Numbers of another field than before say nothing of what was there.
        let mut before =
            since.filter(|since| since.rows.key == key).map_or_else(BTreeMap::new, |since| since.rows.digests);
        // Nothing says that a number is there once.
        let mut by_number: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for Numbered { mut numbers, json } in rows {
            by_number.entry(numbers[at].take().unwrap_or_default()).or_default().push(json);
        }
        let mut digests = BTreeMap::new();
        let (mut added, mut changed) = (Vec::new(), Vec::new());
        for (number, rows) in by_number {
            let digest = digest(&rows);
            match before.remove(&number) {
                Some(known) if known == digest => {}
                Some(_) => changed.extend(rows),
                None => added.extend(rows),
            }
            digests.insert(number, digest);
        }
        let rows = Digests { key: key.to_owned(), query: asked, digests };
        let snapshot = Snapshot { resource: resource.to_owned(), taken_at, rows };
        Ok(Changes { snapshot, added, changed, removed: before.into_keys().collect() })
    }
}

struct Numbered {
    numbers: [Option<String>; KEYS.len()],
    json: String,
}

fn numbered(row: Row<'_>) -> Numbered {
    let number = |name: &str| Some(row.plain(row.schema().position(name)?)?.into_owned());
    Numbered { numbers: KEYS.map(number), json: row.json().to_owned() }
}

/// The same for the same rows and fields in another order.
fn digest(rows: &[String]) -> String {
    // What no parser holds, such as half a character, is compared as sent.
    let sorted = |row: &String| serde_json::from_str(row).map_or_else(|_| row.clone(), |row| in_order(row).to_string());
    let mut rows: Vec<String> = rows.iter().map(sorted).collect();
    rows.sort_unstable();
    let mut hasher = SipHasher13::new();
    for row in rows {
        hasher.write(row.as_bytes());
        hasher.write(b"\n");
    }
    format!("{:032x}", hasher.finish128().as_u128())
}

/// With the fields of each object by their names.
fn in_order(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> =
                fields.into_iter().map(|(name, value)| (name, in_order(value))).collect();
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(in_order).collect()),
        plain => plain,
    }
}
