//! An instance's side of a quota that is shared by a fleet: what it holds, who waits for it, and who asks for more.

use std::collections::VecDeque;

use crate::operation::Lane;

use super::Ms;
use super::lessor::{Ask, Leased, Lessor, Settled, Throttled};
use super::quota::{Full, MAX_WAITING, Ticket, Waiting};
use super::rate::{GRACE, LANES, LONGEST_BLOCK, WINDOW};

/// Whatever a store says, a lease is used for so long at most.
const LONGEST_VALID: Ms = 1_500;
/// How long an instance waits for the store's answer: what comes later is hardly worth anything.
const PATIENCE: Ms = 1_000;
/// How soon the store is asked again at least.
const LOOK: Ms = 50;
/// Who stands further back than a lease reaches looks again so much later for each that goes before: nobody wakes it, and
/// thousands must not look at once.
const FAR_LOOK: Ms = 100;
/// A pause that is longer by so much is worth telling the store again.
const LONGER: Ms = 1_000;
/// Requests asked for at once.
const MOST_WANTED: usize = 32;
/// While the store cannot be reached, an instance sends this part of the quota by itself: a fleet of so many then still
/// keeps to the whole.
pub const OWN_SHARE: u32 = 64;
/// The store is asked again after so long, twice as long each time.
const FIRST_PAUSE: Ms = 250;
const LONGEST_PAUSE: Ms = 5_000;
/// Flights of one runtime have one number each: those of tokens and desks are below.
const FLIGHTS: u64 = 1 << 50;

/// What a waiting caller has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Send.
    Go,
    /// Ask again then.
    Wait(Ms),
    /// Somebody asks the store already: ask again when that flight has landed.
    Join {
        /// Which.
        flight: u64,
        /// It counts as lost after that.
        until: Ms,
    },
    /// Ask the store, for all who wait: [`Leases::ask`].
    Lead(u64),
}

/// Admits requests against leases.
#[derive(Debug)]
pub struct Leases {
    lanes: [Leasing; LANES],
    blocked_until: Ms,
    /// When the supplier's last refusal was taken for a lesson.
    lesson: Ms,
    flights: u64,
    tickets: u64,
    dark: Option<Dark>,
    /// In the store's place while it cannot be reached.
    own: Lessor,
    settled: Vec<Settled>,
}

/// One lane's.
#[derive(Debug, Default)]
struct Leasing {
    waiting: VecDeque<Waiting>,
    blocks: VecDeque<Block>,
    flight: Option<Flight>,
    /// The store has nothing before that.
    not_before: Ms,
    /// In the store's queue, and in that of the own share.
    place: Option<u64>,
    own_place: Option<u64>,
    /// Requests admitted lately.
    lately: VecDeque<Ms>,
}

#[derive(Debug)]
struct Block {
    left: u32,
    until: Ms,
    ticket: Option<u64>,
}

#[derive(Debug)]
struct Flight {
    number: u64,
    asked: Ms,
}

impl Flight {
    fn until(&self) -> Ms {
        self.asked + PATIENCE
    }
}

/// The store cannot be reached.
#[derive(Clone, Copy, Debug)]
struct Dark {
    since: Ms,
    ask_at: Ms,
    pause: Ms,
}

impl Leases {
    /// Of an account that may send `limit` requests a minute, all instances together.
    pub fn new(limit: Option<u32>) -> Leases {
        Leases {
            lanes: Default::default(),
            blocked_until: 0,
            lesson: 0,
            flights: FLIGHTS,
            tickets: 0,
            dark: None,
            own: Lessor::new(limit.unwrap_or(0) / OWN_SHARE),
            settled: Vec::new(),
        }
    }

    pub(super) fn number_from(&mut self, first: u64) {
        self.flights = FLIGHTS + first;
    }

    /// Admits a request now, or says what to do. A waiting caller keeps its `ticket` and with it its place.
    ///
    /// # Errors
    /// [`Full`] where too many wait already.
    pub fn admit(&mut self, now: Ms, lane: Lane, ticket: &mut Option<Ticket>) -> Result<Admission, Full> {
        self.expire(now);
        let row = lane as usize;
        let waiting = &mut self.lanes[row].waiting;
        waiting.retain(|other| other.due + GRACE >= now || ticket.is_some_and(|mine| mine.number == other.ticket));
        let mine = ticket.and_then(|mine| waiting.iter().position(|other| other.ticket == mine.number));
        let ahead = mine.unwrap_or(waiting.len());
        if now >= self.blocked_until && self.held(row) > ahead {
            if let Some(mine) = mine {
                self.lanes[row].waiting.remove(mine);
            }
            *ticket = None;
            self.spend(now, row);
            return Ok(Admission::Go);
        }
        if mine.is_none() {
            if self.lanes[row].waiting.len() >= MAX_WAITING {
                return Err(Full);
            }
            self.tickets += 1;
            *ticket = Some(Ticket { number: self.tickets, lane });
            self.lanes[row].waiting.push_back(Waiting { ticket: self.tickets, due: now });
        }
        let admission = self.turn(now, lane, ahead);
        if let Admission::Go = admission {
            self.leave(ticket);
            return Ok(admission);
        }
        let due = match admission {
            Admission::Wait(due) => due,
            Admission::Join { until, .. } => until,
            _ => now + PATIENCE,
        };
        if let Some(mine) = self.lanes[row].waiting.get_mut(ahead) {
            mine.due = due;
        }
        Ok(admission)
    }

    /// What there is to do for somebody for whom nothing is at hand.
    fn turn(&mut self, now: Ms, lane: Lane, ahead: usize) -> Admission {
        let row = lane as usize;
        let leasing = &self.lanes[row];
        let wait_until = self.blocked_until.max(leasing.not_before);
        let far = FAR_LOOK * (ahead.saturating_sub(self.held(row)) / MOST_WANTED) as Ms;
        if now < wait_until || far > 0 {
            return Admission::Wait(wait_until.max(now) + far);
        }
        if let Some(flight) = leasing.flight.as_ref().filter(|flight| now < flight.until()) {
            return Admission::Join { flight: flight.number, until: flight.until() };
        }
        if let Some(dark) = self.dark.filter(|dark| now < dark.ask_at) {
            // What the fleet was leased before must have left the window first. An order does not wait for that: the
            // reserve is there for it.
            if lane != Lane::Order && now < dark.since + WINDOW {
                return Admission::Wait(dark.ask_at);
            }
            let ticket = leasing.own_place;
            let leased = self.own.lease(now, Ask { lane, wanted: 1, ticket });
            if leased.granted == 0 {
                self.lanes[row].own_place = leased.ticket;
                let due = (now + leased.retry_after_ms).min(dark.ask_at);
                self.lanes[row].not_before = due;
                return Admission::Wait(due);
            }
            self.lanes[row].lately.push_back(now);
            return Admission::Go;
        }
        self.flights += 1;
        self.lanes[row].flight = Some(Flight { number: self.flights, asked: now });
        Admission::Lead(self.flights)
    }

    /// What the leader of a flight asks the store for, and until when it waits.
    pub fn ask(&mut self, now: Ms, flight: u64) -> Option<(Ask, Ms)> {
        let (row, lane) = self.lane_of(flight)?;
        // Before it leases again the store must know what went without it; while it is out of reach, this is lost with
        // the question.
        let unleased = self.dark.map_or(0, |_| self.own.granted(now));
        if unleased > 0 {
            self.settled.push(Settled { unleased, ..Settled::default() });
        }
        let until = self.lanes[row].flight.as_ref()?.until();
        let waiting = self.lanes[row].waiting.len().saturating_sub(self.held(row)).max(1);
        // In steady traffic those who come within a lease's life are asked for too; where many wait, they are plenty.
        let coming = self.lanes[row].lately.len().saturating_sub(waiting);
        let wanted = (waiting + coming).min(MOST_WANTED) as u32;
        Some((Ask { lane, wanted, ticket: self.lanes[row].place }, until))
    }

    /// What the store said; nothing where it could not be reached.
    pub fn landed(&mut self, now: Ms, flight: u64, leased: Option<Leased>) {
        let Some((row, _)) = self.lane_of(flight) else {
            // Too late for anybody.
            if let Some(leased) = leased {
                self.give_back(leased.granted, leased.ticket);
            }
            return;
        };
        let Some(Flight { asked, .. }) = self.lanes[row].flight.take() else { return };
        let Some(leased) = leased else {
            // A failure long after the last one is a new one: in between nobody asked.
            self.dark = self.dark.filter(|dark| now < dark.ask_at + LONGEST_PAUSE + PATIENCE);
            let dark = self.dark.get_or_insert(Dark { since: now, ask_at: 0, pause: FIRST_PAUSE / 2 });
            // Flights of several lanes that fail together are one failure.
            if now >= dark.ask_at {
                dark.pause = (dark.pause * 2).min(LONGEST_PAUSE);
                dark.ask_at = now + dark.pause;
            }
            return;
        };
        if self.dark.take().is_some() {
            self.own.forget();
        }
        let until = asked + leased.valid_for_ms.min(LONGEST_VALID);
        let leasing = &mut self.lanes[row];
        if leased.granted > 0 {
            leasing.place = None;
            leasing.blocks.push_back(Block { left: leased.granted, until, ticket: leased.ticket });
            return;
        }
        leasing.place = leased.ticket;
        leasing.not_before = now + leased.retry_after_ms.clamp(LOOK, LONGEST_BLOCK);
        // Longer than any window: the supplier wants to be left alone.
        if leased.retry_after_ms > WINDOW {
            self.blocked_until = self.blocked_until.max(leasing.not_before);
        }
    }

    /// The leader is gone.
    pub(super) fn end(&mut self, flight: u64) {
        if let Some((row, _)) = self.lane_of(flight) {
            self.lanes[row].flight = None;
        }
    }

    /// Gives up a place in the queue.
    pub fn leave(&mut self, ticket: &mut Option<Ticket>) {
        if let Some(ticket) = ticket.take() {
            self.lanes[ticket.lane as usize].waiting.retain(|other| other.ticket != ticket.number);
        }
    }

    /// The supplier said that it was too much: of a request sent at `sent`, until `until` if it named a time.
    pub fn throttled(&mut self, sent: Ms, now: Ms, until: Option<Ms>) {
        let until = until.map(|until| until.min(now + LONGEST_BLOCK));
        // Many requests of one burst are one lesson; a longer pause is told in any case.
        if sent >= self.lesson || until.is_some_and(|until| until > self.blocked_until + LONGER) {
            self.lesson = now;
            let throttled = Throttled { retry_after_ms: until.map(|until| until.saturating_sub(now)) };
            let settled = Settled { throttled: Some(throttled), ..Settled::default() };
            self.own.settle(now, settled);
            self.settled.push(settled);
        }
        self.blocked_until = self.blocked_until.max(until.unwrap_or(0));
    }

    /// Until when the supplier wants no request at all, as far as it has said so.
    pub fn blocked_until(&self) -> Ms {
        self.blocked_until
    }

    /// What the store has to be told.
    pub fn settled(&mut self) -> Vec<Settled> {
        std::mem::take(&mut self.settled)
    }

    fn lane_of(&self, flight: u64) -> Option<(usize, Lane)> {
        let is = |leasing: &Leasing| leasing.flight.as_ref().is_some_and(|known| known.number == flight);
        let row = self.lanes.iter().position(is)?;
        Some((row, [Lane::Order, Lane::Price, Lane::Stock, Lane::Background][row]))
    }

    /// Requests that a lane may send now. What was leased to a lane is for those above it too, never for those below.
    fn held(&self, row: usize) -> usize {
        self.lanes[row..].iter().flat_map(|leasing| &leasing.blocks).map(|block| block.left as usize).sum()
    }

    fn spend(&mut self, now: Ms, row: usize) {
        if let Some(block) =
            self.lanes[row..].iter_mut().flat_map(|leasing| &mut leasing.blocks).find(|block| block.left > 0)
        {
            block.left -= 1;
        }
        self.lanes[row].lately.push_back(now);
    }

    /// Requests that have been leased and may be sent now.
    pub(super) fn left(&mut self, now: Ms) -> usize {
        self.expire(now);
        self.lanes.iter().flat_map(|lane| &lane.blocks).map(|block| block.left as usize).sum()
    }

    fn expire(&mut self, now: Ms) {
        for row in 0..LANES {
            while let Some(block) = self.lanes[row].blocks.front().filter(|block| block.left == 0 || now >= block.until)
            {
                let (left, ticket) = (block.left, block.ticket);
                self.lanes[row].blocks.pop_front();
                self.give_back(left, ticket);
            }
            let lately = &mut self.lanes[row].lately;
            while lately.front().is_some_and(|at| at + PATIENCE <= now) {
                lately.pop_front();
            }
        }
    }

    fn give_back(&mut self, unused: u32, ticket: Option<u64>) {
        if unused > 0 {
            self.settled.push(Settled { unused, ticket, ..Settled::default() });
        }
    }
}
