//! One quota for a fleet: hands out the right to send, in small blocks that end soon. Whoever asks is an instance that
//! speaks for all its callers; it may die at any moment, and what it held then counts as spent.

use std::collections::VecDeque;

use crate::operation::Lane;

use super::Ms;
use super::rate::{GRACE, LANES, Rate, WINDOW};

/// How long a lease may be used, counted from when it was asked for, so that no two clocks need agree. A request leaves up
/// to so much later than its grant; what is left of the window's margin is for its way to the supplier.
const VALID: Ms = 1_000;
/// One block is a second's worth at most: nobody waits long for a greedy instance.
const BLOCKS_A_MINUTE: usize = 60;
/// Who waits for a block waits so much longer than for its first token, rather than for one token after the other.
const GATHER: Ms = 500;
/// How soon anybody may come back.
const LOOK: Ms = 50;
/// Once half of the window is used, what is left is handed out a tenth faster than evenly: else a crowd would spend
/// it in seconds and wait for the rest of the minute.
const PACE: (u64, u64) = (11, 10);
/// Whose turn it is keeps it for so long.
const LATE: Ms = 300;
/// After the store was out of reach, all instances get as long to say what they sent by themselves as they take to ask
/// again.
const RETURNING: Ms = 6_500;
/// Refusals of one burst, told by many instances, are one lesson.
const BURST: Ms = 5_000;
/// Instances that have a place in a lane's queue.
const MAX_WAITING: usize = 1_000;

/// What an instance asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// For whom.
    pub lane: Lane,
    /// Requests that it would send now.
    pub wanted: u32,
    /// Of the refusal before this: keeps its place.
    pub ticket: Option<u64>,
}

/// What it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leased {
    /// Requests that it may send.
    pub granted: u32,
    /// For so long since it asked.
    pub valid_for_ms: Ms,
    /// When to ask again, where nothing is granted.
    pub retry_after_ms: Ms,
    /// Names this answer, when it is given back or asked again.
    pub ticket: Option<u64>,
}

/// What an instance tells of a lease.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Requests that were not sent, and will not be.
    pub unused: u32,
    /// Requests that were sent without a lease, while the store could not be reached.
    pub unleased: u32,
    /// Of the lease; without, of any.
    pub ticket: Option<u64>,
    /// The supplier said that it was too much.
    pub throttled: Option<Throttled>,
}

/// The supplier's refusal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Throttled {
    /// The pause that it named.
    pub retry_after_ms: Option<Ms>,
}

/// Leases within a sliding window, highest lane first.
#[derive(Debug)]
pub struct Lessor {
    rate: Rate,
    /// In the window, oldest first.
    grants: VecDeque<Grant>,
    /// Their sum.
    granted: usize,
    waiting: [VecDeque<Waiting>; LANES],
    next: u64,
    /// Nobody but orders before that, by the pace and by those who return.
    paced: Ms,
    returning: Ms,
    /// The latest time that was told.
    latest: Ms,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Grant {
    ticket: u64,
    at: Ms,
    count: usize,
}

#[derive(Debug)]
struct Waiting {
    ticket: u64,
    count: usize,
    due: Ms,
}

impl Lessor {
    /// At most `limit` requests in any minute.
    pub fn new(limit: u32) -> Lessor {
        Lessor {
            rate: Rate::new(Some(limit)),
            grants: VecDeque::new(),
            granted: 0,
            waiting: Default::default(),
            next: 0,
            paced: 0,
            returning: 0,
            latest: 0,
        }
    }

    /// Gives what is free, or says when to come back.
    pub fn lease(&mut self, now: Ms, ask: Ask) -> Leased {
        self.pass(now);
        let row = ask.lane as usize;
        let wanted = (ask.wanted as usize).clamp(1, (self.rate.a_minute() / BLOCKS_A_MINUTE).max(1));
        let mine = ask.ticket.and_then(|ticket| self.waiting[row].iter().position(|other| other.ticket == ticket));
        let before = || {
            let higher = self.waiting[..row].iter().flatten();
            higher.chain(self.waiting[row].iter().take(mine.unwrap_or(usize::MAX)))
        };
        let ahead: usize = before().map(|other| other.count).sum();
        let capacity = self.rate.capacity(ask.lane);
        let free = capacity.saturating_sub(self.granted + ahead);
        let spacing = |count: usize| WINDOW * PACE.1 * count as u64 / (PACE.0 * capacity as u64);
        let is_paced = ask.lane != Lane::Order && self.granted > capacity / 2;
        let others_turn = || before().any(|other| other.due <= now && now < other.due + LATE);
        let mut not_before = self.rate.blocked_until;
        if ask.lane != Lane::Order {
            not_before = not_before.max(self.returning);
        }
        if is_paced {
            not_before = not_before.max(self.paced);
        }
        if now >= not_before && free > 0 && !(is_paced && others_turn()) {
            if let Some(mine) = mine {
                self.waiting[row].remove(mine);
            }
            let count = wanted.min(free);
            self.grant(now, count);
            if is_paced {
                // Who comes a little late for its turn does not slow down those behind it.
                self.paced = self.paced.max(now.saturating_sub(GATHER)) + spacing(count);
            }
            return Leased { granted: count as u32, valid_for_ms: VALID, retry_after_ms: 0, ticket: Some(self.next) };
        }
        let first = self.leaves(now, (self.granted + ahead + 1).saturating_sub(capacity));
        let due = match ask.lane {
            Lane::Order => first,
            _ => self.leaves(now, (self.granted + ahead + wanted).saturating_sub(capacity)).min(first + GATHER),
        };
        let due = match is_paced {
            true => due.max(not_before.max(now) + spacing(ahead)),
            false => due.max(not_before),
        };
        let due = due.max(now + LOOK);
        // What it will find then: no more is kept for it.
        let left: usize =
            self.grants.iter().take_while(|grant| grant.at + WINDOW <= due).map(|grant| grant.count).sum();
        let count = (capacity + left).saturating_sub(self.granted + ahead).clamp(1, wanted);
        let refused = |ticket| Leased { granted: 0, valid_for_ms: 0, retry_after_ms: due - now, ticket };
        if let Some(mine) = mine {
            let mine = &mut self.waiting[row][mine];
            (mine.count, mine.due) = (count, due);
            return refused(ask.ticket);
        }
        if self.waiting[row].len() >= MAX_WAITING {
            return refused(None);
        }
        self.next += 1;
        self.waiting[row].push_back(Waiting { ticket: self.next, count, due });
        refused(Some(self.next))
    }

    /// Takes back what was not spent, and learns from a refusal.
    pub fn settle(&mut self, now: Ms, settled: Settled) {
        self.pass(now);
        let mut unused = settled.unused as usize;
        // Of an unnamed lease the oldest are taken back: what stays counts for longer than it must, never for less.
        let of = |grant: &&mut Grant| settled.ticket.is_none_or(|ticket| ticket == grant.ticket);
        for grant in self.grants.iter_mut().filter(of) {
            let back = unused.min(grant.count);
            grant.count -= back;
            self.granted -= back;
            unused -= back;
        }
        if settled.unleased > 0 {
            // One pause for all who return.
            if now >= self.returning + WINDOW {
                self.returning = now + RETURNING;
            }
            self.grant(now, settled.unleased as usize);
        }
        if let Some(throttled) = settled.throttled {
            if now >= self.rate.changed + BURST {
                self.rate.lower(now, self.granted);
            }
            self.rate.block(now, throttled.retry_after_ms.map(|after| now.saturating_add(after)));
        }
    }

    fn grant(&mut self, now: Ms, count: usize) {
        self.next += 1;
        self.grants.push_back(Grant { ticket: self.next, at: now, count });
        self.granted += count;
    }

    /// Somebody else counts what was granted, from now on.
    pub(super) fn forget(&mut self) {
        self.grants.clear();
        self.granted = 0;
        self.waiting.iter_mut().for_each(VecDeque::clear);
    }

    /// What is in the window.
    pub(super) fn granted(&mut self, now: Ms) -> u32 {
        self.pass(now);
        self.granted as u32
    }

    /// Requests a minute, as learned.
    pub fn rate(&self) -> u32 {
        self.rate.a_minute() as u32
    }

    /// When so many of those granted have left the window.
    fn leaves(&self, now: Ms, mut count: usize) -> Ms {
        let mut at = None;
        for grant in &self.grants {
            if count == 0 {
                break;
            }
            at = Some(grant.at + WINDOW);
            count = count.saturating_sub(grant.count);
        }
        at.unwrap_or(now)
    }

    fn pass(&mut self, now: Ms) {
        // A clock that was put back must not keep what was granted in the window for as long.
        let back = self.latest.saturating_sub(now);
        self.latest = now;
        if back > 0 {
            self.grants.iter_mut().for_each(|grant| grant.at = grant.at.saturating_sub(back));
            self.waiting.iter_mut().flatten().for_each(|other| other.due = other.due.saturating_sub(back));
            self.rate.changed = self.rate.changed.saturating_sub(back);
            for at in [&mut self.rate.blocked_until, &mut self.returning, &mut self.paced] {
                *at = at.saturating_sub(back);
            }
        }
        while let Some(grant) = self.grants.front().filter(|grant| grant.at + WINDOW <= now) {
            self.granted -= grant.count;
            self.grants.pop_front();
        }
        self.rate.recover(now);
        for lane in &mut self.waiting {
            lane.retain(|other| other.due + GRACE >= now);
        }
    }

    /// Everything that a restart must not forget. Who waits is forgotten: it comes back by itself.
    pub fn save(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        let mut put = |mut number: u64| {
            while number >= 0x80 {
                out.push(number as u8 | 0x80);
                number >>= 7;
            }
            out.push(number as u8);
        };
        put((self.rate.learned * LEARNED_TO) as u64);
        let (changed, blocked_until) = (self.rate.changed, self.rate.blocked_until);
        [self.latest, changed, blocked_until, self.returning, self.paced, self.next].into_iter().for_each(&mut put);
        let (mut at, mut ticket) = (0, 0);
        for grant in &self.grants {
            put(grant.at - at);
            put(grant.ticket - ticket);
            put(grant.count as u64);
            (at, ticket) = (grant.at, grant.ticket);
        }
        out
    }

    /// Out of what [`Lessor::save`] gave. Nobody knows what was granted where it cannot be read: then everything was.
    pub fn open(limit: u32, now: Ms, saved: &[u8]) -> Lessor {
        let fresh = Lessor::new(limit);
        Lessor::read(fresh, saved).unwrap_or_else(|| {
            let mut full = Lessor::new(limit);
            full.granted = full.rate.a_minute();
            full.grants.push_back(Grant { ticket: 0, at: now, count: full.granted });
            full.latest = now;
            full
        })
    }

    fn read(mut self, saved: &[u8]) -> Option<Lessor> {
        let mut rest = saved.strip_prefix(&[VERSION])?;
        let mut take = || {
            let mut number = 0u64;
            for shift in (0..64).step_by(7) {
                let (&byte, tail) = rest.split_first()?;
                rest = tail;
                number |= u64::from(byte & 0x7f) << shift;
                if byte < 0x80 {
                    return Some(number);
                }
            }
            None
        };
        // The account may have been allowed another rate since.
        self.rate.learned = self.rate.learned.min(take()? as f64 / LEARNED_TO);
        self.latest = take()?;
        self.rate.changed = take()?;
        self.rate.blocked_until = take()?;
        self.returning = take()?;
        self.paced = take()?;
        self.next = take()?;
        let (mut at, mut ticket) = (0u64, 0u64);
        while let Some(since) = take() {
            at = at.checked_add(since)?;
            ticket = ticket.checked_add(take()?)?;
            let count = usize::try_from(take()?).ok()?;
            self.granted = self.granted.checked_add(count)?;
            self.grants.push_back(Grant { ticket, at, count });
        }
        Some(self)
    }
}

/// Of the saved form.
const VERSION: u8 = 1;
/// A learned rate is kept to a thousandth.
const LEARNED_TO: f64 = 1_000.0;
