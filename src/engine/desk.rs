//! Many callers, few requests: what was answered a moment ago is not asked again, what is being asked is not asked twice,
//! and what is asked at the same moment is asked in one request.

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroUsize;

use lru::LruCache;

use crate::operation::Error;

use super::Ms;

/// How long the first caller waits for others to share its request.
const GATHER: Ms = 3;
/// Requests that are under way at once, before others wait to share one.
const MOST_FLYING: usize = 4;
/// Flights whose end is remembered for those who waited.
const REMEMBERED: u64 = 1_000;

/// Where callers meet. `K` says everything that the answer depends on; questions of one `G` may share a request.
pub struct Desk<G, K, V> {
    fresh_ms: Ms,
    flight_ms: Ms,
    most: usize,
    answers: LruCache<K, Held<V>>,
    capacity: NonZeroUsize,
    open: HashMap<G, u64>,
    flights: HashMap<u64, Flight<G, K>>,
    by_key: HashMap<K, u64>,
    failed: HashMap<u64, Error>,
    next: u64,
}

struct Held<V> {
    value: V,
    at: Ms,
    /// Unless somebody wants to know anew.
    fresh: bool,
}

struct Flight<G, K> {
    group: G,
    keys: Vec<K>,
    until: Ms,
    departed: bool,
}

/// What a caller has to do.
#[derive(Debug)]
pub enum Turn<V> {
    /// Answers, in the order of the keys.
    Have(Vec<V>),
    /// Ask again when this flight has landed.
    Join {
        /// Which.
        flight: u64,
        /// It counts as lost after that.
        until: Ms,
    },
    /// Wait until then, take the keys by [`Desk::depart`], ask for all, and report by [`Desk::land`].
    Lead {
        /// Which.
        flight: u64,
        /// For others to join.
        gather_until: Ms,
    },
    /// The flight that this caller waited for failed.
    Failed(Error),
}

impl<G: Clone + Eq + Hash, K: Clone + Eq + Hash, V: Clone> Desk<G, K, V> {
    /// Answers stay fresh for `fresh_ms`; a flight is lost after `flight_ms`; a request takes `most` keys; `capacity`
    /// answers are kept.
    pub fn new(fresh_ms: Ms, flight_ms: Ms, most: usize, capacity: NonZeroUsize) -> Desk<G, K, V> {
        Desk {
            fresh_ms,
            flight_ms,
            most,
            // Grows with what is kept: a bounded one would take its room at once.
            answers: LruCache::unbounded(),
            capacity,
            open: HashMap::new(),
            flights: HashMap::new(),
            by_key: HashMap::new(),
            failed: HashMap::new(),
            next: 0,
        }
    }

    /// Numbers flights from here on, so that they are not taken for another desk's.
    pub fn numbered_from(mut self, first: u64) -> Self {
        self.next = first;
        self
    }

    /// What a caller of these keys has to do. `joined` is the flight that it has been waiting for.
    pub fn turn(&mut self, now: Ms, group: &G, keys: &[K], joined: Option<u64>) -> Turn<V> {
        if let Some(error) = joined.and_then(|joined| self.failed.get(&joined)) {
            return Turn::Failed(error.clone());
        }
        let held: Vec<V> = keys.iter().filter_map(|key| self.fresh(key, now)).collect();
        if held.len() == keys.len() {
            return Turn::Have(held);
        }
        let mut join = None;
        let mut lead = None;
        for key in keys {
            if self.fresh(key, now).is_some() {
                continue;
            }
            let flying = self.by_key.get(key).copied().filter(|flight| self.is_alive(*flight, now));
            let flight = match flying {
                Some(flight) => flight,
                None => {
                    let open = self.open.get(group).copied();
                    let flight = match open.filter(|flight| self.has_room(*flight, now)) {
                        Some(flight) => flight,
                        // One flight at a time: what is left over is asked for when this one has landed.
                        None if lead.is_some() => break,
                        None => {
                            // Leaders that vanished never land: what they had is free again.
                            self.flights.retain(|_, flight| now < flight.until);
                            self.next += 1;
                            let until = now + GATHER + self.flight_ms;
                            self.flights.insert(
                                self.next,
                                Flight { group: group.clone(), keys: Vec::new(), until, departed: false },
                            );
                            self.open.insert(group.clone(), self.next);
                            lead = Some(self.next);
                            self.next
                        }
                    };
                    if let Some(open) = self.flights.get_mut(&flight) {
                        open.keys.push(key.clone());
                    }
                    self.by_key.insert(key.clone(), flight);
                    flight
                }
            };
            join = join.or(self.flights.get(&flight).map(|known| (flight, known.until)));
        }
        match (lead, join) {
            (Some(flight), _) => Turn::Lead { flight, gather_until: now + GATHER },
            (None, Some((flight, until))) => Turn::Join { flight, until },
            // Every key is fresh or has a flight by now.
            (None, None) => Turn::Join { flight: 0, until: now },
        }
    }

    /// Whether the leader has to wait for others to come back, so that more questions share its request; it looks again
    /// then. Requests that wait for a quota one by one would ask for a key each.
    pub fn holds(&mut self, flight: u64, now: Ms) -> bool {
        let flying = self.flights.values().filter(|flight| flight.departed && now < flight.until).count();
        let Some(mine) = self.flights.get_mut(&flight) else { return false };
        // Whoever waits for it waits longer by that.
        mine.until = now + self.flight_ms;
        flying >= MOST_FLYING && mine.keys.len() < self.most
    }

    /// An answer of which it is known that it was true then, and not later.
    pub fn date(&mut self, key: &K, at: Ms) {
        if let Some(held) = self.answers.peek_mut(key) {
            held.at = held.at.min(at);
        }
    }

    /// The leader departs with these keys; nobody joins any more.
    pub fn depart(&mut self, flight: u64) -> Vec<K> {
        let Some(departing) = self.flights.get_mut(&flight) else { return Vec::new() };
        departing.departed = true;
        if self.open.get(&departing.group) == Some(&flight) {
            self.open.remove(&departing.group);
        }
        departing.keys.clone()
    }

    /// The leader is back, with an answer for each key that has one, or without any.
    pub fn land(&mut self, flight: u64, now: Ms, outcome: Result<Vec<(K, V)>, Error>) {
        self.depart(flight);
        if let Some(landed) = self.flights.remove(&flight) {
            for key in landed.keys {
                if self.by_key.get(&key) == Some(&flight) {
                    self.by_key.remove(&key);
                }
            }
        }
        match outcome {
            Ok(answers) => {
                for (key, value) in answers {
                    self.answers.put(key, Held { value, at: now, fresh: true });
                    if self.answers.len() > self.capacity.get() {
                        self.answers.pop_lru();
                    }
                }
            }
            Err(error) => {
                self.failed.insert(flight, error);
                self.failed.retain(|known, _| known + REMEMBERED > flight);
            }
        }
    }

    /// What was answered last, fresh or not, and how long ago.
    pub fn held(&mut self, key: &K, now: Ms) -> Option<(V, Ms)> {
        self.answers.get(key).map(|held| (held.value.clone(), now.saturating_sub(held.at)))
    }

    /// What is known of a key is not fresh enough.
    pub fn outdate(&mut self, key: &K) {
        if let Some(held) = self.answers.peek_mut(key) {
            held.fresh = false;
        }
    }

    /// The leader gave up without a report; nothing, where it has landed.
    pub fn abandon(&mut self, flight: u64) {
        if self.flights.contains_key(&flight) {
            self.land(flight, 0, Ok(Vec::new()));
        }
    }

    fn fresh(&mut self, key: &K, now: Ms) -> Option<V> {
        self.answers
            .get(key)
            .filter(|held| held.fresh && now < held.at.saturating_add(self.fresh_ms))
            .map(|held| held.value.clone())
    }

    fn is_alive(&self, flight: u64, now: Ms) -> bool {
        self.flights.get(&flight).is_some_and(|flight| now < flight.until)
    }

    fn has_room(&self, flight: u64, now: Ms) -> bool {
        self.flights.get(&flight).is_some_and(|flight| now < flight.until && flight.keys.len() < self.most)
    }
}
