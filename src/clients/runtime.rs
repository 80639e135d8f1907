//! What a client is handed: something that sends, and something that knows the time.

use std::future::Future;

use crate::engine::{Ask, Failure, Leased, Ms, Outgoing, Settled};
use crate::operation::Response;

use super::Attempt;

/// Sends requests.
pub trait Transport {
    /// The whole answer, or why there is none. No later than `until`; dropping the future ends the request.
    fn send(&self, outgoing: Outgoing, until: Ms) -> impl Future<Output = Result<Response, Failure>>;

    /// Told of every attempt, a token's too.
    fn attempted(&self, _attempt: &Attempt) {}

    /// A part of the quota that a fleet shares, for an account that is leased. Nothing where nobody can be asked: then the
    /// client goes on with a small share of its own.
    fn lease(&self, _account: &str, _ask: Ask) -> impl Future<Output = Option<Leased>> {
        std::future::ready(None)
    }

    /// Tells what became of a lease. Nobody waits for it; where it is lost, what was leased counts as spent.
    fn settle(&self, _account: &str, _settled: Settled) {}
}

/// How often a caller that waits for another's work looks, where it has no better way.
const LOOK: Ms = 20;

/// Knows the time, and waits. Each caller waits on a timer of its own.
pub trait Clock {
    /// Milliseconds since 1970, UTC.
    fn now(&self) -> Ms;

    /// From 0 to 1.
    fn random(&self) -> f64;

    /// Until then.
    fn sleep(&self, until: Ms) -> impl Future<Output = ()>;

    /// This caller begins a flight that others may join.
    fn lead(&self, _flight: u64) {}

    /// Until another caller's flight has landed, and not longer than `until`. May end early: the caller asks again.
    fn join(&self, _flight: u64, until: Ms) -> impl Future<Output = ()> {
        self.sleep(until.min(self.now() + LOOK))
    }

    /// A flight has landed, whatever came of it.
    fn land(&self, _flight: u64) {}
}
