//! What was asked and answered, for tests to look at.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use crate::clock::iso;
use crate::http::{Ending, Reply, Request};

/// Requests kept; older ones are forgotten.
const KEPT: usize = 20_000;
/// Bytes of a request's body kept.
const BODY: usize = 8_192;
/// Headers that are noted as they came.
const HEADERS: [&str; 8] =
    ["accept", "accept-language", "content-length", "content-type", "host", "origin", "user-agent", "idempotency-key"];

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Supplier {
    InterCars,
    IncoCloud,
}

/// Who asks whom for what, as far as that was recognised.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) supplier: Supplier,
    pub(crate) operation: Option<&'static str>,
    pub(crate) account: Option<&'static str>,
}

/// How much a supplier was asked.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) requests: u64,
    pub(crate) by_operation: BTreeMap<String, u64>,
}

/// The requests seen, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: VecDeque<Value>,
    seen: u64,
    tallies: [Tally; 2],
}

impl Journal {
    /// Notes a request and how it was answered. Of `Authorization` only its scheme is kept, but the target is kept
    /// whole: what IncoCloud is asked with stands in there, credentials too, and tests are to see it.
    pub(crate) fn note(&mut self, now: u64, request: &Request, caller: &Caller, fault: Option<String>, reply: &Reply) {
        let Caller { supplier, operation, account } = *caller;
        self.seen += 1;
        let tally = &mut self.tallies[supplier as usize];
        tally.requests += 1;
        if let Some(operation) = operation {
            *tally.by_operation.entry(operation.to_owned()).or_default() += 1;
        }
        let mut headers = serde_json::Map::new();
        for (name, value) in &request.headers {
            let name = name.to_ascii_lowercase();
            if HEADERS.contains(&name.as_str()) {
                headers.insert(name, json!(value));
            } else if name == "authorization" {
                let scheme = value.split(' ').next().unwrap_or_default();
                headers.insert(name, json!(scheme));
            }
        }
        let mut entry = json!({
            "seq": self.seen,
            "at": iso(now),
            "atMs": now,
            "method": request.method,
            "path": request.target,
            "operation": operation,
            "account": account,
            "headers": headers,
            "fault": fault,
            "status": reply.status,
            "ending": match reply.ending {
                Ending::Complete => "complete",
                Ending::Stall(_) => "stalled",
                Ending::CutBody(_) | Ending::CutAll => "cut",
            },
            "delayMs": reply.delay_ms,
        });
        if operation != Some("token") && !request.body.is_empty() {
            let kept = &request.body[..request.body.len().min(BODY)];
            entry["body"] = json!(String::from_utf8_lossy(kept));
        }
        self.entries.push_back(entry);
        if self.entries.len() > KEPT {
            self.entries.pop_front();
        }
    }

    /// The requests after the one of that number.
    pub(crate) fn since(&self, seq: u64) -> Value {
        let forgotten = self.seen - self.entries.len() as u64;
        let skip = seq.saturating_sub(forgotten) as usize;
        self.entries.iter().skip(skip).cloned().collect()
    }

    /// How much a supplier was asked.
    pub(crate) fn tally(&self, supplier: Supplier) -> &Tally {
        &self.tallies[supplier as usize]
    }
}
