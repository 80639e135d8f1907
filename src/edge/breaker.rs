//! A supplier that is down is left alone for a while, operation by operation.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::engine::Ms;
use crate::operation::{Error, ErrorKind};

/// Attempts that are looked back on.
const WINDOW: usize = 10;
/// So many of them at least, before anything is concluded.
const LEAST: usize = 6;
/// How long a supplier is left alone before one request asks whether it is back.
pub(super) const INTERVAL: Ms = 5_000;
/// So many of these answers close the circuit.
const CLOSES: u32 = 2;
/// An answer that takes so long is as good as none.
const SLOW: Ms = 10_000;

/// The circuits of one shop, by operation.
#[derive(Default)]
pub(super) struct Breakers(RefCell<BTreeMap<&'static str, Circuit>>);

#[derive(Default)]
struct Circuit {
    /// Whether each attempt failed, the latest last.
    latest: Vec<bool>,
    open: Option<Open>,
}

#[derive(Clone, Copy)]
struct Open {
    /// Nobody asks before.
    until: Ms,
    good: u32,
}

/// How somebody may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    /// As always.
    Closed,
    /// Once, to see whether the supplier is back.
    Probe,
}

impl Breakers {
    /// Whether an operation may be asked for now.
    ///
    /// # Errors
    /// [`ErrorKind::Upstream`] while it is left alone, with the time of the next try.
    pub fn admit(&self, operation: &'static str, now: Ms) -> Result<Pass, Error> {
        let mut circuits = self.0.borrow_mut();
        let Some(open) = circuits.get_mut(operation).and_then(|circuit| circuit.open.as_mut()) else {
            return Ok(Pass::Closed);
        };
        if now < open.until {
            return Err(Error::new(
                ErrorKind::Upstream,
                "the supplier has failed several times and is left alone for a moment",
            )
            .retry_at(Some(open.until)));
        }
        // A probe that never comes back must not keep the circuit open.
        open.until = now + INTERVAL;
        Ok(Pass::Probe)
    }

    /// What came of an attempt: `failed` of one that got no answer, or one of a broken service.
    pub fn note(&self, operation: &'static str, failed: bool, took: Ms, now: Ms) {
        let mut circuits = self.0.borrow_mut();
        let circuit = circuits.entry(operation).or_default();
        let failed = failed || took >= SLOW;
        match &mut circuit.open {
            Some(open) if failed => *open = Open { until: now + INTERVAL, good: 0 },
            Some(open) => {
                open.good += 1;
                open.until = now;
                if open.good >= CLOSES {
                    *circuit = Circuit::default();
                }
            }
            None => {
                circuit.latest.push(failed);
                if circuit.latest.len() > WINDOW {
                    circuit.latest.remove(0);
                }
                let bad = circuit.latest.iter().filter(|failed| **failed).count();
                if circuit.latest.len() >= LEAST && 2 * bad >= circuit.latest.len() {
                    circuit.open = Some(Open { until: now + INTERVAL, good: 0 });
                }
            }
        }
    }

    /// Operations and whether their circuit is open.
    pub fn states(&self) -> Vec<(&'static str, bool)> {
        self.0.borrow().iter().map(|(name, circuit)| (*name, circuit.open.is_some())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_ten_open_the_circuit_one_probe_an_interval_asks_and_two_good_ones_close_it() {
        let breakers = Breakers::default();
        for at in 0..10 {
            assert_eq!(breakers.admit("stock", at), Ok(Pass::Closed), "{at}");
            breakers.note("stock", at % 2 == 1, 5, at);
            if breakers.states() == [("stock", true)] {
                break;
            }
        }
        assert!(breakers.admit("stock", 100).is_err());
        assert_eq!(breakers.admit("quote", 100), Ok(Pass::Closed), "another operation goes on");
        let opened = 5;
        let back = opened + INTERVAL;
        assert!(breakers.admit("stock", back - 1).is_err());
        assert_eq!(breakers.admit("stock", back), Ok(Pass::Probe));
        assert!(breakers.admit("stock", back + 1).is_err(), "one probe");
        breakers.note("stock", true, 5, back + 10);
        assert!(breakers.admit("stock", back + 10 + INTERVAL - 1).is_err());
        assert_eq!(breakers.admit("stock", back + 10 + INTERVAL), Ok(Pass::Probe));
        breakers.note("stock", false, 5, back + INTERVAL + 20);
        assert_eq!(breakers.admit("stock", back + INTERVAL + 20), Ok(Pass::Probe));
        breakers.note("stock", false, 5, back + INTERVAL + 30);
        assert_eq!(breakers.admit("stock", back + INTERVAL + 30), Ok(Pass::Closed));
    }

    #[test]
    fn a_slow_answer_is_none_and_a_few_failures_are_no_outage() {
        let breakers = Breakers::default();
        for at in 0..5 {
            breakers.note("stock", true, 5, at);
        }
        assert_eq!(breakers.admit("stock", 9), Ok(Pass::Closed), "five are too few to tell");
        breakers.note("stock", false, SLOW, 6);
        assert!(breakers.admit("stock", 9).is_err());
    }

    #[test]
    fn a_probe_that_vanished_is_followed_by_another() {
        let breakers = Breakers::default();
        for _ in 0..6 {
            breakers.note("stock", true, 5, 0);
        }
        assert_eq!(breakers.admit("stock", INTERVAL), Ok(Pass::Probe));
        assert_eq!(breakers.admit("stock", 2 * INTERVAL), Ok(Pass::Probe));
    }
}
