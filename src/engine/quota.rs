//! The supplier's quota: never more than so many requests in any minute, whoever asks; orders first.

use std::collections::VecDeque;

use crate::operation::Lane;

use super::Ms;
use super::rate::{GRACE, LANES, Rate, WINDOW};

/// How often a caller asks again that is kept waiting by nothing but another's place.
const LOOK: Ms = 20;
/// Callers that may wait in each lane: a crowd that asks for stock never crowds out an order.
pub(super) const MAX_WAITING: usize = 10_000;

/// Paces requests within a sliding minute.
#[derive(Debug)]
pub struct Quota {
    rate: Rate,
    sent: VecDeque<Ms>,
    waiting: [VecDeque<Waiting>; LANES],
    next: u64,
}

#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) ticket: u64,
    pub(super) due: Ms,
}

/// A place in the queue. Given back by [`Quota::leave`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub(super) number: u64,
    pub(super) lane: Lane,
}

/// Too many callers wait already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Quota {
    /// At most `limit` requests in any minute; without a figure any number, until the supplier says that it was too much.
    pub fn new(limit: impl Into<Option<u32>>) -> Quota {
        Quota { rate: Rate::new(limit.into()), sent: VecDeque::new(), waiting: Default::default(), next: 0 }
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
        let capacity = self.rate.capacity(lane);
        if now >= self.rate.blocked_until && self.sent.len() + ahead < capacity {
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
        let due = Some(turn.max(self.rate.blocked_until)).filter(|due| *due > now).unwrap_or(now + LOOK);
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
        if sent >= self.rate.changed {
            self.rate.lower(now, self.sent.len());
        }
        self.rate.block(now, until);
    }

    /// Until when the supplier wants no request at all, as far as it has said so.
    pub fn blocked_until(&self) -> Ms {
        self.rate.blocked_until
    }

    /// Requests that would be admitted now.
    pub fn left(&mut self, now: Ms) -> usize {
        self.recover(now);
        self.rate.a_minute().saturating_sub(self.sent.len())
    }

    /// Requests a minute, as learned.
    pub fn rate(&self) -> u32 {
        self.rate.a_minute() as u32
    }

    fn recover(&mut self, now: Ms) {
        while self.sent.front().is_some_and(|&sent| sent + WINDOW <= now) {
            self.sent.pop_front();
        }
        self.rate.recover(now);
    }
}
