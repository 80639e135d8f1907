//! How many requests a minute a supplier takes: what it allows, and what its refusals have taught.

use crate::operation::Lane;

use super::Ms;

/// A minute, and what a request may lose on its way to the supplier's own clock.
pub(super) const WINDOW: Ms = 61_500;
/// A waiting caller that has not come back by then is gone: some runtimes drop a request without a word.
pub(super) const GRACE: Ms = 2_000;
pub(super) const LANES: usize = 4;
/// A learned rate never goes below this many a minute.
const LEAST: f64 = 10.0;
/// No rate is known: more than any account sends.
const UNKNOWN: f64 = 1e9;
/// However long a wait the supplier names, after that one request asks whether it still means it.
const LONGEST_BLOCK: Ms = 15 * 60_000;

#[derive(Debug)]
pub(super) struct Rate {
    limit: f64,
    pub(super) learned: f64,
    /// When it was last changed.
    pub(super) changed: Ms,
    pub(super) blocked_until: Ms,
}

impl Rate {
    pub(super) fn new(limit: Option<u32>) -> Rate {
        let limit = limit.map_or(UNKNOWN, |limit| f64::from(limit.max(1)));
        Rate { limit, learned: limit, changed: 0, blocked_until: 0 }
    }

    /// The rate was too much, while so many were sent in a minute.
    pub(super) fn lower(&mut self, now: Ms, sent: usize) {
        // Where no rate is known, the one that was too much is.
        if self.learned == UNKNOWN {
            self.learned = sent as f64;
        }
        self.learned = (self.learned * 0.7).max(LEAST).min(self.limit);
        self.changed = now;
    }

    pub(super) fn block(&mut self, now: Ms, until: Option<Ms>) {
        let until = until.unwrap_or(now).min(now + LONGEST_BLOCK);
        self.blocked_until = self.blocked_until.max(until);
    }

    /// A twentieth more for each clean minute.
    pub(super) fn recover(&mut self, now: Ms) {
        while self.learned < self.limit && now >= self.changed + 60_000 {
            self.learned = (self.learned * 1.05).min(self.limit);
            self.changed += 60_000;
        }
    }

    pub(super) fn a_minute(&self) -> usize {
        self.learned as usize
    }

    /// A fiftieth of the window is kept for orders.
    pub(super) fn capacity(&self, lane: Lane) -> usize {
        let rate = self.a_minute();
        match lane {
            Lane::Order => rate,
            _ => rate - rate.div_ceil(50).min(rate - 1),
        }
    }
}
