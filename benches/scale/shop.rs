//! One shop: its instances, its coordinator and its account at the supplier.

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroUsize;

use stocklane::engine::{Admission, Desk, Leases, Lessor, Ms, Quota, Ticket, Turn};
use stocklane::operation::{Error, ErrorKind, Lane};

use crate::draw::Zipf;
use crate::tally::Tally;
use crate::{Agenda, Rules};

/// Different parts that a shop's pages show.
pub const CATALOGUE: usize = 10_000;
/// Parts on a page.
const ON_A_PAGE: usize = 8;
/// Requests a second for which a shop has one instance more.
const AN_INSTANCE: f64 = 40.0;
const INSTANCES: (f64, f64) = (3.0, 64.0);
/// How long an instance lives, on average.
const LIFE: f64 = 600_000.0;
/// From an instance to the coordinator, one way.
const WAY: Ms = 10;
/// From a question to the supplier's answer.
const ANSWER: std::ops::Range<Ms> = 150..400;
/// Requests a minute that the supplier allows an account.
const RATE: u32 = 600;

// As in src/edge.
const KEPT: usize = 20_000;
const GRACE: Ms = 2;
const LONGEST_STALE: Ms = 3_600_000;
const LONGEST: Ms = 30_000;
const HELD: Ms = 20;
const LEAD: Ms = 5_000;
const LOOK: Ms = 60;
const FLIGHT: Ms = 31_000;

/// Answers that the coordinator keeps at most.
const COORDINATED: usize = 20_000;

/// What is asked for: a widget, its freshness, its batch and its lane.
#[derive(Clone, Copy)]
struct Kind {
    fresh: Ms,
    batch: usize,
    lane: Lane,
}
const KINDS: [Kind; 2] =
    [Kind { fresh: 30_000, batch: 100, lane: Lane::Stock }, Kind { fresh: 60_000, batch: 30, lane: Lane::Price }];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// An instance ends, and another takes its place.
    Ends { instance: usize },
    /// A leader departs.
    Departs { instance: usize, life: u64, kind: usize, flight: u64 },
    /// A trip goes on, unless it has been called since.
    Goes { trip: u64, call: u64 },
    /// The coordinator's answer to a question for quota has arrived.
    Leased { instance: usize, life: u64, flight: u64 },
}

/// A leader on its way.
struct Trip {
    instance: usize,
    life: u64,
    kind: usize,
    flight: u64,
    keys: Vec<u32>,
    missing: Vec<u32>,
    stage: Stage,
    call: u64,
    deadline: Ms,
    lead_until: Ms,
    ticket: Option<Ticket>,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    /// Looks for what others have left.
    Looks,
    /// Asks whether it leads.
    Leads,
    /// Waits for the quota.
    Queues,
    /// Has asked the supplier.
    Asks,
    /// Leaves the answers for others.
    Leaves,
}

struct Caller {
    kind: usize,
    keys: Vec<u32>,
    joined: u64,
    since: Ms,
    held: bool,
}

struct Instance {
    life: u64,
    desks: [Desk<(), u32, ()>; 2],
    quota: Quota,
    leases: Leases,
    callers: Vec<Caller>,
    /// Answers of the coordinator on their way back.
    leased: HashMap<u64, stocklane::engine::Leased>,
    /// Trips that wait for a lease's flight.
    joined: Vec<(u64, u64)>,
}

pub struct Shop {
    rules: Rules,
    capacity: NonZeroUsize,
    instances: Vec<Instance>,
    trips: HashMap<u64, Trip>,
    next: u64,
    /// The coordinator's.
    lessor: Lessor,
    left: [HashMap<u32, Ms>; 2],
    leaders: HashMap<(usize, Vec<u32>), Ms>,
    /// When the supplier was asked, for the latest minute.
    asked: VecDeque<Ms>,
    pub tally: Tally,
}

impl Shop {
    pub fn new(rules: Rules, visitors: f64, now: Ms, rng: &mut fastrand::Rng, agenda: &mut Agenda) -> Shop {
        let count = (visitors * 2.0 / 60.0 / AN_INSTANCE).ceil().clamp(INSTANCES.0, INSTANCES.1);
        // An instance that is asked for less never holds as much as it could.
        let most = (visitors / count * ON_A_PAGE as f64 * 12.0) as usize;
        let capacity = NonZeroUsize::new(most.clamp(64, KEPT)).unwrap_or(NonZeroUsize::MIN);
        let mut shop = Shop {
            rules,
            capacity,
            instances: Vec::new(),
            trips: HashMap::new(),
            next: 0,
            lessor: Lessor::new(RATE),
            left: Default::default(),
            leaders: HashMap::new(),
            asked: VecDeque::new(),
            tally: Tally::default(),
        };
        for instance in 0..count as usize {
            let made = shop.instance(rng, now, instance, agenda);
            shop.instances.push(made);
        }
        shop
    }

    fn instance(&mut self, rng: &mut fastrand::Rng, now: Ms, at: usize, agenda: &mut Agenda) -> Instance {
        self.next += 1;
        let life = (-LIFE * (1.0 - rng.f64()).ln()) as Ms;
        agenda.at(now + life.max(1_000), Event::Ends { instance: at });
        self.tally.started += 1;
        let desk = |kind: Kind| Desk::new(kind.fresh, FLIGHT, kind.batch, self.capacity);
        Instance {
            life: self.next,
            desks: KINDS.map(desk),
            quota: Quota::new(RATE),
            leases: Leases::new(Some(RATE)),
            callers: Vec::new(),
            leased: HashMap::new(),
            joined: Vec::new(),
        }
    }

    /// A page is opened: the widgets of its parts ask for stock, and for prices.
    pub fn visit(&mut self, now: Ms, parts: &Zipf, rng: &mut fastrand::Rng, agenda: &mut Agenda) {
        self.tally.visitors += 1;
        let mut keys: Vec<u32> = Vec::with_capacity(ON_A_PAGE);
        while keys.len() < ON_A_PAGE {
            let key = parts.draw(rng) as u32;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        // A page's requests come over one connection, to one instance.
        let instance = rng.usize(0..self.instances.len());
        for kind in 0..KINDS.len() {
            self.request(now, instance, kind, keys.clone(), agenda);
        }
    }

    /// `Proxy::kept_here`.
    fn request(&mut self, now: Ms, at: usize, kind: usize, keys: Vec<u32>, agenda: &mut Agenda) {
        self.tally.requests += 1;
        let (desk, fresh) = (&mut self.instances[at].desks[kind], KINDS[kind].fresh);
        let oldest = keys.iter().try_fold(0, |oldest: Ms, key| Some(oldest.max(desk.held(key, now)?.1)));
        if let Some(age) = oldest.filter(|age| *age < fresh * (1 + GRACE)) {
            self.tally.at_once += 1;
            if age >= fresh {
                // Renewed while nobody waits.
                self.tally.renewals += 1;
                if self.rules.renews_all {
                    keys.iter().for_each(|key| desk.outdate(key));
                }
                self.turn(now, at, Caller { kind, keys, joined: 0, since: Ms::MAX, held: true }, None, agenda);
            }
            return;
        }
        let held = oldest.is_some_and(|age| age < LONGEST_STALE);
        self.turn(now, at, Caller { kind, keys, joined: 0, since: now, held }, None, agenda);
    }

    /// `shared`: what a caller has to do.
    fn turn(&mut self, now: Ms, at: usize, mut caller: Caller, joined: Option<u64>, agenda: &mut Agenda) {
        let instance = &mut self.instances[at];
        let kind = caller.kind;
        match instance.desks[kind].turn(now, &(), &caller.keys, joined) {
            // The page has given up.
            _ if now >= caller.since.saturating_add(LONGEST) => self.tally.failed(caller.since, caller.held),
            Turn::Have(_) => self.tally.answered(now, caller.since),
            Turn::Failed(_) => self.tally.failed(caller.since, caller.held),
            Turn::Join { flight, .. } => {
                caller.joined = flight;
                instance.callers.push(caller);
            }
            Turn::Lead { flight, gather_until } => {
                caller.joined = flight;
                instance.callers.push(caller);
                let departs = Event::Departs { instance: at, life: instance.life, kind, flight };
                agenda.at(gather_until, departs);
            }
        }
    }

    pub fn happen(&mut self, now: Ms, event: Event, rng: &mut fastrand::Rng, agenda: &mut Agenda) {
        match event {
            Event::Ends { instance } => {
                // The platform lets requests end before it takes an instance away.
                let gone = self.instance(rng, now, instance, agenda);
                let gone = std::mem::replace(&mut self.instances[instance], gone);
                self.trips.retain(|_, trip| trip.life != gone.life);
                gone.callers.iter().for_each(|caller| self.tally.answered(now, caller.since));
            }
            Event::Departs { instance, life, kind, flight } => {
                if self.instances[instance].life != life {
                    return;
                }
                // `shared`: held back while others are under way.
                if !self.rules.alone_each && self.instances[instance].desks[kind].holds(flight, now) {
                    return agenda.at(now + HELD, Event::Departs { instance, life, kind, flight });
                }
                let early = self.rules.crowds_the_queue;
                let keys = if early { self.instances[instance].desks[kind].depart(flight) } else { Vec::new() };
                self.next += 1;
                let stage = if early && self.rules.coordinated { Stage::Looks } else { Stage::Queues };
                let (deadline, lead_until) = (now + LONGEST, now + LEAD);
                let missing = keys.clone();
                let (ticket, trip) = (None, self.next);
                let begun =
                    Trip { instance, life, kind, flight, keys, missing, stage, call: 0, deadline, lead_until, ticket };
                self.trips.insert(trip, begun);
                match stage {
                    // To the coordinator and back.
                    Stage::Looks => {
                        self.tally.looks += 1;
                        agenda.at(now + 2 * WAY, Event::Goes { trip, call: 0 });
                    }
                    _ => self.go(now, trip, rng, agenda),
                }
            }
            Event::Goes { trip, call } => {
                if self.trips.get(&trip).is_some_and(|trip| trip.call == call) {
                    self.go(now, trip, rng, agenda);
                }
            }
            Event::Leased { instance: at, life, flight } => {
                let instance = &mut self.instances[at];
                if instance.life != life {
                    return;
                }
                let leased = instance.leased.remove(&flight);
                instance.leases.landed(now, flight, leased);
                let (mine, others) =
                    std::mem::take(&mut instance.joined).into_iter().partition(|(of, _)| *of == flight);
                instance.joined = others;
                let mine: Vec<(u64, u64)> = mine;
                mine.into_iter().for_each(|(_, trip)| self.go(now, trip, rng, agenda));
            }
        }
    }

    fn go(&mut self, now: Ms, number: u64, rng: &mut fastrand::Rng, agenda: &mut Agenda) {
        let Some(mut trip) = self.trips.remove(&number) else { return };
        trip.call += 1;
        let again = Event::Goes { trip: number, call: trip.call };
        match trip.stage {
            Stage::Looks => {
                if self.is_left(now, &mut trip) {
                    return self.land(now, trip, true, agenda);
                }
                trip.stage = if now >= trip.lead_until { Stage::Queues } else { Stage::Leads };
                if trip.stage == Stage::Leads {
                    self.tally.leads += 1;
                }
                agenda.at(if trip.stage == Stage::Leads { now + 2 * WAY } else { now }, again);
            }
            Stage::Leads => {
                let names = (trip.kind, trip.missing.clone());
                if self.leaders.len() > 10_000 {
                    self.leaders.retain(|_, until| *until > now);
                }
                let leads = self.leaders.get(&names).is_none_or(|until| now >= *until);
                if leads {
                    self.leaders.insert(names, now + LEAD);
                    trip.stage = Stage::Queues;
                    agenda.at(now, again);
                } else {
                    trip.stage = Stage::Looks;
                    self.tally.looks += 1;
                    agenda.at(now + LOOK + 2 * WAY, again);
                }
            }
            Stage::Queues => {
                if now >= trip.deadline {
                    let instance = &mut self.instances[trip.instance];
                    match self.rules.coordinated {
                        true => instance.leases.leave(&mut trip.ticket),
                        false => instance.quota.leave(&mut trip.ticket),
                    }
                    return self.land(now, trip, false, agenda);
                }
                match self.admit(now, &mut trip, number, agenda) {
                    Some(Ok(())) => {
                        let mut departed = now;
                        if !self.rules.crowds_the_queue {
                            trip.keys = self.instances[trip.instance].desks[trip.kind].depart(trip.flight);
                            trip.missing = trip.keys.clone();
                            self.tally.looks += 1;
                            departed += 2 * WAY;
                            if self.is_left(now, &mut trip) {
                                return self.land(now, trip, true, agenda);
                            }
                        }
                        trip.stage = Stage::Asks;
                        self.ask(now, &trip);
                        agenda.at(departed + rng.u64(ANSWER), again);
                    }
                    Some(Err(due)) => agenda.at(due.min(trip.deadline), again),
                    // Too many wait already.
                    None => return self.land(now, trip, false, agenda),
                }
            }
            Stage::Asks => match self.rules.coordinated {
                false => return self.land(now, trip, true, agenda),
                true => {
                    self.tally.leaves += 1;
                    self.tally.batches += 1;
                    for key in &trip.missing {
                        self.left[trip.kind].insert(*key, now + WAY + KINDS[trip.kind].fresh);
                    }
                    self.forget(now);
                    trip.stage = Stage::Leaves;
                    agenda.at(now + 2 * WAY, again);
                }
            },
            Stage::Leaves => return self.land(now, trip, true, agenda),
        }
        self.trips.insert(number, trip);
    }

    /// Whether others have left all that is missing.
    fn is_left(&mut self, now: Ms, trip: &mut Trip) -> bool {
        self.tally.rows_read += trip.missing.len() as u64;
        let left = &self.left[trip.kind];
        trip.missing.retain(|key| left.get(key).is_none_or(|until| now >= *until));
        trip.missing.is_empty()
    }

    /// Admitted, or when to ask again; nothing where too many wait.
    fn admit(&mut self, now: Ms, trip: &mut Trip, number: u64, agenda: &mut Agenda) -> Option<Result<(), Ms>> {
        let lane = if self.rules.lanes { KINDS[trip.kind].lane } else { Lane::Stock };
        let at = trip.instance;
        let instance = &mut self.instances[at];
        if !self.rules.coordinated {
            return instance.quota.admit(now, lane, &mut trip.ticket).ok();
        }
        let admission = instance.leases.admit(now, lane, &mut trip.ticket).ok()?;
        // What is given back reaches the coordinator by itself.
        for settled in instance.leases.settled() {
            self.tally.settles += 1;
            self.tally.states += 1;
            self.lessor.settle(now, settled);
        }
        let instance = &mut self.instances[at];
        Some(match admission {
            Admission::Go => Ok(()),
            Admission::Wait(due) => Err(due),
            Admission::Join { flight, until } => {
                instance.joined.push((flight, number));
                Err(until)
            }
            Admission::Lead(flight) => {
                if let Some((ask, _)) = instance.leases.ask(now, flight) {
                    self.tally.leased += 1;
                    // Within the few milliseconds of the way nobody overtakes: the coordinator decides now.
                    let leased = self.lessor.lease(now, ask);
                    self.tally.states += u64::from(leased.granted > 0);
                    instance.leased.insert(flight, leased);
                    agenda.at(now + 2 * WAY, Event::Leased { instance: at, life: instance.life, flight });
                    instance.joined.push((flight, number));
                }
                Err(now + 1_000)
            }
        })
    }

    /// What has ended goes, then what ends soonest.
    fn forget(&mut self, now: Ms) {
        let count = |left: &[HashMap<u32, Ms>; 2]| left.iter().map(HashMap::len).sum::<usize>();
        if count(&self.left) <= COORDINATED {
            return;
        }
        self.left.iter_mut().for_each(|left| left.retain(|_, until| *until > now));
        let over = count(&self.left).saturating_sub(COORDINATED * 9 / 10);
        if count(&self.left) > COORDINATED {
            let mut ends: Vec<Ms> = self.left.iter().flat_map(HashMap::values).copied().collect();
            let (_, last, _) = ends.select_nth_unstable(over);
            let last = *last;
            self.left.iter_mut().for_each(|left| left.retain(|_, until| *until > last));
        }
    }

    /// The supplier is asked.
    fn ask(&mut self, now: Ms, trip: &Trip) {
        self.tally.upstream += 1;
        self.tally.keys += trip.missing.len() as u64;
        while self.asked.front().is_some_and(|at| at + 60_000 <= now) {
            self.asked.pop_front();
        }
        self.asked.push_back(now);
        self.tally.in_any_minute = self.tally.in_any_minute.max(self.asked.len());
    }

    /// A leader is back.
    fn land(&mut self, now: Ms, trip: Trip, good: bool, agenda: &mut Agenda) {
        let Trip { instance: at, life, kind, flight, keys, .. } = trip;
        let instance = &mut self.instances[at];
        if instance.life != life {
            return;
        }
        let outcome = match good {
            true => Ok(keys.into_iter().map(|key| (key, ())).collect()),
            false => Err(Error::new(ErrorKind::Timeout, "no quota in time")),
        };
        instance.desks[kind].land(flight, now, outcome);
        let callers = std::mem::take(&mut instance.callers);
        let (mine, others) =
            callers.into_iter().partition(|caller: &Caller| (caller.kind, caller.joined) == (kind, flight));
        instance.callers = others;
        let mine: Vec<Caller> = mine;
        for caller in mine {
            self.turn(now, at, caller, Some(flight), agenda);
        }
    }

    pub fn finish(mut self, now: Ms) -> Tally {
        self.tally.rows = self.left.iter().flat_map(HashMap::values).filter(|until| **until > now).count() as u64;
        self.tally.instances = self.instances.len() as u64;
        self.tally.state = self.lessor.save().len() as u64;
        self.tally
    }
}
