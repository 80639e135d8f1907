//! The supplier's quota: never more than so many requests in any minute, whoever asks; orders first.

use std::collections::VecDeque;

use crate::operation::Lane;

use super::Ms;

/// A minute, and what a request may lose on its way to the supplier's own clock.
const WINDOW: Ms = 61_500;
/// A waiting caller that has not come back by then is gone: some runtimes drop a request without a word.
const GRACE: Ms = 2_000;
/// How often a caller asks again that is kept waiting by nothing but another's place.
const LOOK: Ms = 20;
/// Callers that may wait in each lane: a crowd that asks for stock never crowds out an order.
const MAX_WAITING: usize = 10_000;
/// A learned rate never goes below this many a minute.
const LEAST: f64 = 10.0;
/// No rate is known: more than any account sends.
const UNKNOWN: f64 = 1e9;
const LANES: usize = 4;
/// However long a wait the supplier names, after that one request asks whether it still means it.
const LONGEST_BLOCK: Ms = 15 * 60_000;

/// Paces requests within a sliding minute.
#[derive(Debug)]
pub struct Quota {
    limit: f64,
    rate: f64,
    /// When the rate was last changed.
    changed: Ms,
    sent: VecDeque<Ms>,
    waiting: [VecDeque<Waiting>; LANES],
    next: u64,
    blocked_until: Ms,
}

#[derive(Debug)]
struct Waiting {
    ticket: u64,
    due: Ms,
}

/// A place in the queue. Given back by [`Quota::leave`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    number: u64,
    lane: Lane,
}

/// Too many callers wait already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Quota {
    /// At most `limit` requests in any minute; without a figure any number, until the supplier says that it was too much.
    pub fn new(limit: impl Into<Option<u32>>) -> Quota {
        let limit = limit.into().map_or(UNKNOWN, |limit| f64::from(limit.max(1)));
        Quota {
            limit,
            rate: limit,
            changed: 0,
            sent: VecDeque::new(),
            waiting: Default::default(),
            next: 0,
            blocked_until: 0,
        }
    }

    /// Admits a request now, or says when to ask again. A waiting caller keeps its `ticket` and with it its place.
    ///
    /// # Errors
    /// [`Full`] where too many wait already.
    pub fn admit(&mut self, now: Ms, lane: Lane, ticket: &mut Option<Ticket>) -> Result<Result<(), Ms>, Full> {
        self.recover(now);
        let row = lane as usize;
        for queue in &mut self.waiting[..=row] {
            queue.retain(|other| other.due + GRACE >= now || ticket.is_some_and(|mine| mine.number == other.ticket));
        }
        let before: usize = self.waiting[..row].iter().map(VecDeque::len).sum();
        let mine = ticket.and_then(|mine| self.waiting[row].iter().position(|other| other.ticket == mine.number));
        let ahead = before + mine.unwrap_or(self.waiting[row].len());
        let capacity = self.capacity(lane);
        if now >= self.blocked_until && self.sent.len() + ahead < capacity {
            if let Some(mine) = mine {
                self.waiting[row].remove(mine);
            }
            *ticket = None;
            self.sent.push_back(now);
            return Ok(Ok(()));
        }
        // The request that has to leave the window before it is this caller's turn; none where there is room already.
        let leaving = (self.sent.len() + ahead).checked_sub(capacity);
        let leaving = leaving.and_then(|leaving| self.sent.get(leaving).or(self.sent.back()));
        let turn = leaving.map_or(now, |sent| sent + WINDOW);
        let due = Some(turn.max(self.blocked_until)).filter(|due| *due > now).unwrap_or(now + LOOK);
        match mine {
            Some(mine) => self.waiting[row][mine].due = due,
            None => {
                if self.waiting[row].len() >= MAX_WAITING {
                    return Err(Full);
                }
                self.next += 1;
                *ticket = Some(Ticket { number: self.next, lane });
                self.waiting[row].push_back(Waiting { ticket: self.next, due });
            }
        }
        Ok(Err(due))
    }

    /// Gives up a place in the queue.
    pub fn leave(&mut self, ticket: &mut Option<Ticket>) {
        if let Some(ticket) = ticket.take() {
            self.waiting[ticket.lane as usize].retain(|other| other.ticket != ticket.number);
        }
    }

    /// The supplier said that it was too much: of a request sent at `sent`, until `until` if it named a time.
    pub fn throttled(&mut self, sent: Ms, now: Ms, until: Option<Ms>) {
        // Many requests of one burst are one lesson.
        if sent >= self.changed {
            // Where no rate is known, the one that was too much is.
            if self.rate == UNKNOWN {
                self.rate = self.sent.len() as f64;
            }
            self.rate = (self.rate * 0.7).max(LEAST).min(self.limit);
            self.changed = now;
        }
        let until = until.unwrap_or(now).min(now + LONGEST_BLOCK);
        self.blocked_until = self.blocked_until.max(until);
    }

    /// Until when the supplier wants no request at all, as far as it has said so.
    pub fn blocked_until(&self) -> Ms {
        self.blocked_until
    }

    /// Requests that would be admitted now.
    pub fn left(&mut self, now: Ms) -> usize {
        self.recover(now);
        (self.rate as usize).saturating_sub(self.sent.len())
    }

    /// Requests a minute, as learned.
    pub fn rate(&self) -> u32 {
        self.rate as u32
    }

    fn recover(&mut self, now: Ms) {
        while self.sent.front().is_some_and(|&sent| sent + WINDOW <= now) {
            self.sent.pop_front();
        }
        while self.rate < self.limit && now >= self.changed + 60_000 {
            self.rate = (self.rate * 1.05).min(self.limit);
            self.changed += 60_000;
        }
    }

    /// A fiftieth of the window is kept for orders.
    fn capacity(&self, lane: Lane) -> usize {
        let rate = self.rate as usize;
        match lane {
            Lane::Order => rate,
            _ => rate - rate.div_ceil(50).min(rate - 1),
        }
    }
}
