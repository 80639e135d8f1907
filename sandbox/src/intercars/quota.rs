//! The supplier's limit: so many requests in any sliding minute, one count for all processes of a customer.

use std::collections::VecDeque;

const WINDOW_MS: u64 = 60_000;

/// One customer's requests of the last minute.
#[derive(Debug, Default)]
pub(crate) struct Quota {
    arrived: VecDeque<u64>,
    admitted: VecDeque<u64>,
    /// Requests in all.
    pub(crate) total: u64,
    /// Requests that got a 429 from here.
    pub(crate) throttled: u64,
    /// The most that ever arrived in one sliding minute, refused ones too.
    pub(crate) max_in_any_minute: usize,
}

impl Quota {
    /// Counts a request, whatever comes of it.
    pub(crate) fn arrive(&mut self, now: u64) {
        forget_old(&mut self.arrived, now);
        self.arrived.push_back(now);
        self.total += 1;
        self.max_in_any_minute = self.max_in_any_minute.max(self.arrived.len());
    }

    /// Lets a request in, or says when the next one may come. Refused ones do not count against the limit.
    pub(crate) fn admit(&mut self, now: u64, rate: usize) -> Result<(), u64> {
        forget_old(&mut self.admitted, now);
        if self.admitted.len() < rate {
            self.admitted.push_back(now);
            return Ok(());
        }
        self.throttled += 1;
        // A rate of 0 admits nobody, ever.
        Err(self.admitted.front().map_or(now, |first| *first) + WINDOW_MS)
    }
}

fn forget_old(times: &mut VecDeque<u64>, now: u64) {
    while times.front().is_some_and(|first| first + WINDOW_MS <= now) {
        times.pop_front();
    }
    // A test may have set the time back.
    while times.back().is_some_and(|last| *last > now) {
        times.pop_back();
    }
}
