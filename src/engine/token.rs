//! One token for any number of callers: fetched once, refreshed before it ends, fetched anew when refused.

use crate::operation::{Error, Grant};

use super::Ms;

/// A token is renewed so long before its end.
const MARGIN: Ms = 60_000;
/// Whatever is said of its life, a token is used for so long: else it would be asked for again at once, for ever.
const LEAST_LIFE: Ms = 1_000;
/// How much longer than a leader itself others wait for it: its failure is to be theirs.
const LEEWAY: Ms = 250;

#[derive(Debug, Default)]
pub(super) struct TokenCell {
    held: Option<Held>,
    flight: Option<Flight>,
    flights: u64,
    failed: Option<(u64, Error)>,
}

#[derive(Debug)]
struct Held {
    grant: Grant,
    renew_at: Ms,
}

#[derive(Debug)]
struct Flight {
    number: u64,
    until: Ms,
}

/// What a caller without a token has to do.
pub(super) enum Turn {
    /// Use it.
    Have(Grant),
    /// Fetch it, for all.
    Lead(u64),
    /// Wait for the one who fetches it.
    Join { flight: u64, until: Ms },
    /// The one who fetched it failed.
    Failed(Error),
}

impl TokenCell {
    pub(super) fn number_from(&mut self, first: u64) {
        self.flights = first;
    }

    /// `joined`: the flight that the caller has been waiting for.
    pub(super) fn turn(&mut self, now: Ms, until: Ms, joined: Option<u64>) -> Turn {
        if let Some(held) = &self.held
            && now < held.renew_at
        {
            return Turn::Have(held.grant.clone());
        }
        if let (Some(joined), Some((flight, error))) = (joined, &self.failed)
            && joined == *flight
        {
            return Turn::Failed(error.clone());
        }
        // A leader that is past its own deadline is gone: some runtimes drop a request without a word.
        if let Some(flight) = &self.flight
            && now < flight.until
        {
            return Turn::Join { flight: flight.number, until: flight.until };
        }
        self.flights += 1;
        self.flight = Some(Flight { number: self.flights, until: until + LEEWAY });
        Turn::Lead(self.flights)
    }

    /// The leader tries again, until then.
    pub(super) fn prolong(&mut self, flight: u64, until: Ms) {
        if let Some(current) = self.flight.as_mut().filter(|current| current.number == flight) {
            current.until = until + LEEWAY;
        }
    }

    pub(super) fn landed(&mut self, flight: u64, grant: Grant, now: Ms) {
        let life = grant.life_ms;
        // A life shorter than twice the margin is used by half.
        let used = (life - MARGIN.min(life / 2)).max(LEAST_LIFE);
        let renew_at = now.saturating_add(used);
        self.held = Some(Held { grant, renew_at });
        self.end(flight);
    }

    pub(super) fn failed(&mut self, flight: u64, error: Error) {
        self.failed = Some((flight, error));
        self.end(flight);
    }

    /// The leader is done, or has given up.
    pub(super) fn end(&mut self, flight: u64) {
        if self.flight.as_ref().is_some_and(|current| current.number == flight) {
            self.flight = None;
        }
    }

    /// The supplier refused this token.
    pub(super) fn refused(&mut self, value: &str) {
        if self.held.as_ref().is_some_and(|held| held.grant.token == value) {
            self.held = None;
        }
    }
}
