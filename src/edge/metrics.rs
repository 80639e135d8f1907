//! What a shop's staff wants to see of its proxy, in Prometheus' text format. Of one instance: a scraper adds them up.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::clients::{Attempt, Watch};
use crate::engine::Ms;

use crate::operation::Error;

use super::breaker::{Breakers, Pass};

/// Counters of one shop.
#[derive(Default)]
pub(super) struct Metrics(RefCell<Counters>);

#[derive(Default)]
struct Counters {
    /// By route and status.
    requests: BTreeMap<(&'static str, u16), u64>,
    /// By operation and status; 0 where no answer came.
    upstream: BTreeMap<(&'static str, u16), u64>,
    /// By operation and what became of a question.
    cache: BTreeMap<(&'static str, Kept), u64>,
}

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kept {
    /// It was known.
    Hit,
    /// It had to be asked.
    Miss,
    /// It was known from before; nobody could be asked.
    Stale,
}

impl Metrics {
    pub fn answered(&self, route: &'static str, status: u16) {
        *self.0.borrow_mut().requests.entry((route, status)).or_default() += 1;
    }

    pub fn kept(&self, operation: &'static str, kept: Kept, questions: usize) {
        *self.0.borrow_mut().cache.entry((operation, kept)).or_default() += questions as u64;
    }

    /// Everything, with what is known elsewhere: by account the requests that the quota has left.
    pub fn text(&self, quota_left: &[(&str, usize)], breakers: &Breakers) -> String {
        let counters = self.0.borrow();
        let mut out = String::new();
        let mut family = |name: &str, kind: &str, help: &str, lines: Vec<(String, u64)>| {
            out.push_str(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
            for (labels, value) in lines {
                out.push_str(&format!("{name}{{{labels}}} {value}\n"));
            }
        };
        let requests = counters.requests.iter();
        family(
            "stocklane_requests_total",
            "counter",
            "Requests by route and status.",
            requests
                .map(|((route, status), count)| (format!("route=\"{route}\",status=\"{status}\""), *count))
                .collect(),
        );
        let upstream = counters.upstream.iter();
        family(
            "stocklane_upstream_requests_total",
            "counter",
            "Requests to suppliers by operation and status; status 0 is none.",
            upstream
                .map(|((name, status), count)| (format!("operation=\"{name}\",status=\"{status}\""), *count))
                .collect(),
        );
        let kept = |kept: &Kept| match kept {
            Kept::Hit => "hit",
            Kept::Miss => "miss",
            Kept::Stale => "stale",
        };
        family(
            "stocklane_cache_questions_total",
            "counter",
            "Questions by operation, and whether their answers were kept.",
            counters
                .cache
                .iter()
                .map(|((name, became), count)| (format!("operation=\"{name}\",result=\"{}\"", kept(became)), *count))
                .collect(),
        );
        family(
            "stocklane_quota_left",
            "gauge",
            "Requests that the supplier's quota would admit now.",
            quota_left.iter().map(|(supplier, left)| (format!("supplier=\"{supplier}\""), *left as u64)).collect(),
        );
        family(
            "stocklane_breaker_open",
            "gauge",
            "Whether an operation's supplier is left alone.",
            breakers
                .states()
                .into_iter()
                .map(|(name, open)| (format!("operation=\"{name}\""), u64::from(open)))
                .collect(),
        );
        out
    }
}

/// Looks on while a supplier is asked.
pub(super) struct Upstream<'a> {
    pub metrics: &'a Metrics,
    pub breakers: &'a Breakers,
    pub now: &'a dyn Fn() -> Ms,
}

impl Watch for Upstream<'_> {
    fn admits(&self, operation: &'static str) -> Result<Option<u32>, Error> {
        // Whoever only looks whether the supplier is back does not insist.
        Ok(match self.breakers.admit(operation, (self.now)())? {
            Pass::Closed => None,
            Pass::Probe => Some(0),
        })
    }

    fn attempted(&self, attempt: Attempt) {
        let status = attempt.status.unwrap_or(0);
        *self.metrics.0.borrow_mut().upstream.entry((attempt.operation, status)).or_default() += 1;
        let failed = status == 0 || status >= 500;
        self.breakers.note(attempt.operation, failed, attempt.duration_ms, (self.now)());
    }

    fn progressed(&self, _done: usize, _total: usize) {}
}
