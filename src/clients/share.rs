//! One request for many callers: the answers of a [`Desk`], asked for by whoever came first.

use std::cell::RefCell;
use std::hash::Hash;

use crate::engine::{Desk, Ms, Turn};
use crate::operation::{Error, ErrorKind};

use super::Clock;

/// How soon a leader that is held back looks again: nobody wakes it.
const LOOK: Ms = 20;

/// Answers to questions that others may be asking too, within `wait_ms`. `ask` asks for many at once; of one group questions are gathered.
///
/// # Errors
/// Those of `ask`, also where another caller asked.
pub async fn shared<C: Clock, G, K, V>(
    clock: &C,
    desk: &RefCell<Desk<G, K, V>>,
    group: &G,
    keys: &[K],
    wait_ms: Ms,
    ask: impl AsyncFn(&[K]) -> Result<Vec<V>, Error>,
) -> Result<Vec<V>, Error>
where
    G: Clone + Eq + Hash,
    K: Clone + Eq + Hash,
    V: Clone,
{
    let mut joined = None;
    let until = clock.now() + wait_ms;
    loop {
        let turn = desk.borrow_mut().turn(clock.now(), group, keys, joined);
        match turn {
            Turn::Have(answers) => return Ok(answers),
            Turn::Failed(error) => return Err(error),
            // What is there by now counts, however long it took.
            turn if clock.now() >= until => {
                if let Turn::Lead { flight, .. } = turn {
                    desk.borrow_mut().abandon(flight);
                }
                return Err(Error::new(ErrorKind::Timeout, "no answer in time")
                    .hint("Many ask at once: ask again a little later."));
            }
            Turn::Join { flight, until: lost } => {
                joined = Some(flight);
                clock.join(flight, lost.min(until)).await;
            }
            Turn::Lead { flight, gather_until } => {
                clock.lead(flight);
                let lead = Lead { desk, clock, flight };
                clock.sleep(gather_until).await;
                while desk.borrow_mut().holds(flight, clock.now()) && clock.now() < until {
                    clock.sleep(clock.now() + LOOK).await;
                }
                let keys = desk.borrow_mut().depart(flight);
                let outcome = ask(&keys).await;
                let failed = outcome.as_ref().err().cloned();
                let answers = outcome.map(|answers| keys.into_iter().zip(answers).collect());
                desk.borrow_mut().land(flight, clock.now(), answers);
                drop(lead);
                if let Some(error) = failed {
                    return Err(error);
                }
            }
        }
    }
}

/// A leader that is gone, for whatever reason, has landed.
struct Lead<'a, C: Clock, G: Clone + Eq + Hash, K: Clone + Eq + Hash, V: Clone> {
    desk: &'a RefCell<Desk<G, K, V>>,
    clock: &'a C,
    flight: u64,
}

impl<C: Clock, G: Clone + Eq + Hash, K: Clone + Eq + Hash, V: Clone> Drop for Lead<'_, C, G, K, V> {
    fn drop(&mut self) {
        self.desk.borrow_mut().abandon(self.flight);
        self.clock.land(self.flight);
    }
}
