//! What a fleet's store gives out, and that it is never too much: whoever asks when, dies, or comes back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use stocklane::engine::{Admission, Ask, Leased, Leases, Lessor, Ms, Settled, Throttled, Ticket};
use stocklane::operation::Lane;

const WINDOW: Ms = 61_500;
const VALID: Ms = 1_000;
const START: Ms = 1_719_392_400_000;

fn ask(lane: Lane, wanted: u32) -> Ask {
    Ask { lane, wanted, ticket: None }
}

fn unused(unused: u32, ticket: Option<u64>) -> Settled {
    Settled { unused, ticket, ..Settled::default() }
}

fn refused(retry_after_ms: Option<Ms>) -> Settled {
    Settled { throttled: Some(Throttled { retry_after_ms }), ..Settled::default() }
}

/// Takes all that a lane can have, as soon as it can; when the last was given.
fn drain(lessor: &mut Lessor, mut now: Ms, lane: Lane, count: u32) -> Ms {
    let (mut taken, mut ticket) = (0, None);
    while taken < count {
        let leased = lessor.lease(now, Ask { lane, wanted: count - taken, ticket });
        taken += leased.granted;
        ticket = leased.ticket.filter(|_| leased.granted == 0);
        now += if taken < count { leased.retry_after_ms } else { 0 };
    }
    now
}

/// How many a lane is given at once.
fn at_once(lessor: &mut Lessor, now: Ms, lane: Lane) -> u32 {
    std::iter::from_fn(|| Some(lessor.lease(now, ask(lane, 100)).granted).filter(|granted| *granted > 0)).sum()
}

#[test]
fn one_block_is_a_second_of_the_rate_at_most() {
    for (rate, block) in [(600, 10), (60, 1), (1, 1), (6_000, 100)] {
        let leased = Lessor::new(rate).lease(START, ask(Lane::Stock, 1_000));
        assert_eq!((leased.granted, leased.valid_for_ms, leased.retry_after_ms), (block, VALID, 0));
        assert!(leased.ticket.is_some());
    }
}

#[test]
fn half_goes_at_once_and_the_rest_evenly() {
    let mut lessor = Lessor::new(600);
    assert_eq!(at_once(&mut lessor, START, Lane::Stock), 310);
    let last = drain(&mut lessor, START, Lane::Stock, 588 - 310);
    assert!((24_000..28_500).contains(&(last - START)), "{}", last - START);
}

#[test]
fn a_fiftieth_is_kept_for_orders_which_keep_to_no_pace() {
    let mut lessor = Lessor::new(600);
    let last = drain(&mut lessor, START, Lane::Price, 588);
    assert_eq!(lessor.lease(last, ask(Lane::Price, 1)).granted, 0);
    assert_eq!(at_once(&mut lessor, last, Lane::Order), 12);
    let leased = lessor.lease(last, ask(Lane::Order, 1));
    assert_eq!((leased.granted, last + leased.retry_after_ms), (0, START + WINDOW));
}

#[test]
fn who_is_told_when_to_come_is_given_then_and_not_before() {
    let mut lessor = Lessor::new(60);
    // They leave the window one by one, a second apart.
    for second in 0..60 {
        assert_eq!(lessor.lease(START + second * 1_000, ask(Lane::Order, 1)).granted, 1);
    }
    let now = START + 60_000;
    let mut waiting: Vec<(Ms, Lane, Leased)> = [Lane::Background, Lane::Stock, Lane::Stock, Lane::Price]
        .into_iter()
        .map(|lane| (now, lane, lessor.lease(now, ask(lane, 2))))
        .collect();
    let mut given = Vec::new();
    let mut asked = 0;
    let mut latest = now;
    while let Some(next) = (0..waiting.len()).min_by_key(|one| waiting[*one].0 + waiting[*one].2.retry_after_ms) {
        let (at, lane, leased) = waiting[next];
        let now = at + leased.retry_after_ms;
        asked += 1;
        let leased = lessor.lease(now, Ask { lane, wanted: 2, ticket: leased.ticket });
        waiting[next] = (now, lane, leased);
        latest = now;
        if leased.granted > 0 {
            given.push((lane, leased.granted));
            waiting.swap_remove(next);
        }
    }
    assert_eq!(given, [(Lane::Price, 1), (Lane::Stock, 1), (Lane::Stock, 1), (Lane::Background, 1)]);
    assert!(asked <= 8, "they asked {asked} times");
    // Two go before them, so that two are left for orders.
    assert_eq!(latest, START + WINDOW + 5_000);
}

#[test]
fn whose_turn_it_is_keeps_it_for_a_moment() {
    for (late, kept) in [(12, true), (600, false)] {
        let mut lessor = Lessor::new(600);
        let now = drain(&mut lessor, START, Lane::Stock, 400);
        let mine = lessor.lease(now, ask(Lane::Stock, 1));
        let due = now + mine.retry_after_ms;
        let other = lessor.lease(due + late - 2, ask(Lane::Stock, 1));
        assert_eq!(other.granted, u32::from(!kept), "{late}");
        let mine = lessor.lease(due + late, Ask { lane: Lane::Stock, wanted: 1, ticket: mine.ticket });
        assert_eq!(mine.granted, 1, "{late}");
    }
}

#[test]
fn who_is_gone_holds_nobody_up_for_long() {
    let mut lessor = Lessor::new(600);
    let now = drain(&mut lessor, START, Lane::Stock, 588);
    for _ in 0..10 {
        lessor.lease(now, ask(Lane::Price, 10));
    }
    let last = drain(&mut lessor, now, Lane::Stock, 10);
    // Each for as long as what it asked for would have taken.
    assert!(last <= START + WINDOW + 10 * 930 + 1_000, "{}", last - START);
}

#[test]
fn what_is_given_back_is_given_again() {
    let mut lessor = Lessor::new(60);
    let leased = lessor.lease(START, ask(Lane::Order, 1));
    drain(&mut lessor, START + 1, Lane::Order, 59);
    assert_eq!(lessor.lease(START + 2, ask(Lane::Order, 1)).granted, 0);
    lessor.settle(START + 3, unused(5, leased.ticket));
    assert_eq!(at_once(&mut lessor, START + 2_500, Lane::Order), 1, "no more than it was given");
    lessor.settle(START + 2_600, unused(5, leased.ticket));
    assert_eq!(at_once(&mut lessor, START + 5_000, Lane::Order), 0, "nor twice");
    lessor.settle(START + 5_100, unused(2, None));
    assert_eq!(at_once(&mut lessor, START + 8_000, Lane::Order), 2, "without a name, of any");
}

#[test]
fn a_lease_of_no_name_that_comes_back_makes_room_for_no_longer_than_the_oldest() {
    let mut lessor = Lessor::new(10);
    drain(&mut lessor, START, Lane::Order, 5);
    drain(&mut lessor, START + 60_000, Lane::Order, 5);
    lessor.settle(START + 60_500, unused(5, None));
    assert_eq!(at_once(&mut lessor, START + 61_000, Lane::Order), 5);
    assert_eq!(at_once(&mut lessor, START + WINDOW + 10, Lane::Order), 0, "the oldest five are out already");
}

#[test]
fn refusals_of_one_burst_are_one_lesson_and_a_pause_for_all() {
    let mut lessor = Lessor::new(600);
    for after in 0..20 {
        lessor.settle(START + after * 100, refused(Some(9_000)));
    }
    assert_eq!(lessor.rate(), 420);
    for lane in [Lane::Order, Lane::Price, Lane::Stock, Lane::Background] {
        let leased = lessor.lease(START + 2_000, ask(lane, 1));
        assert_eq!((leased.granted, leased.retry_after_ms), (0, 1_900 + 9_000 - 2_000));
    }
    assert!(at_once(&mut lessor, START + 14_000, Lane::Stock) > 0);
    // Five in a hundred more with each clean minute.
    lessor.settle(START + 60_000 + 1_000, unused(0, None));
    assert_eq!(lessor.rate(), 441);
    for lesson in 0..30 {
        lessor.settle(START + 70_000 + lesson * 5_000, refused(None));
    }
    assert!((10..12).contains(&lessor.rate()), "{}", lessor.rate());
    lessor.settle(START + 10_000_000, refused(Some(Ms::MAX)));
    let leased = lessor.lease(START + 10_000_000, ask(Lane::Order, 1));
    assert_eq!((leased.granted, leased.retry_after_ms), (0, 15 * 60_000), "however long a wait is named");
}

#[test]
fn a_restart_forgets_nothing_that_was_given() {
    let mut lessor = Lessor::new(600);
    drain(&mut lessor, START, Lane::Stock, 400);
    lessor.settle(START + 30_000, refused(Some(2_000)));
    let taken = lessor.lease(START + 33_000, ask(Lane::Stock, 3));
    let mut again = Lessor::open(600, START + 33_000, &lessor.save());
    assert_eq!((again.rate(), again.save()), (420, lessor.save()));
    for at in [33_100, 40_000, 61_400, 61_600, 80_000, 95_000, 200_000] {
        for lane in [Lane::Order, Lane::Stock] {
            assert_eq!(again.lease(START + at, ask(lane, 9)), lessor.lease(START + at, ask(lane, 9)), "{at}");
        }
    }
    lessor.settle(START + 201_000, unused(3, taken.ticket));
    again.settle(START + 201_000, unused(3, taken.ticket));
    assert_eq!(again.save(), lessor.save());
    assert!(lessor.save().len() < 4_000, "{} bytes", lessor.save().len());
}

#[test]
fn where_nobody_knows_what_was_given_everything_was() {
    let mut full = Lessor::new(600);
    drain(&mut full, START, Lane::Order, 600);
    let saved = full.save();
    for unreadable in [&b""[..], b"nonsense", &[2, 0, 0], &saved[..3], &[1, 255, 255, 255]] {
        let mut lessor = Lessor::open(600, START, unreadable);
        assert_eq!(at_once(&mut lessor, START + 61_000, Lane::Order), 0, "{unreadable:?}");
        assert!(at_once(&mut lessor, START + WINDOW + 3_000, Lane::Order) > 0, "{unreadable:?}");
    }
    assert_eq!(Lessor::open(60, START, &saved).rate(), 60, "the account may have been allowed less since");
}

#[test]
fn a_clock_that_is_put_back_stops_nothing() {
    let mut lessor = Lessor::new(600);
    drain(&mut lessor, START, Lane::Order, 600);
    let back = START - 3_600_000;
    assert_eq!(at_once(&mut lessor, back, Lane::Order), 0);
    assert!(at_once(&mut lessor, back + WINDOW, Lane::Order) >= 590);
}

#[test]
fn who_comes_back_from_the_dark_is_counted_and_waited_for() {
    let mut lessor = Lessor::new(600);
    lessor.settle(START, Settled { unleased: 9, ..Settled::default() });
    assert_eq!(at_once(&mut lessor, START + 1, Lane::Stock), 0, "others may have sent too");
    lessor.settle(START + 5_000, Settled { unleased: 500, ..Settled::default() });
    assert!(lessor.lease(START + 5_001, ask(Lane::Order, 1)).granted > 0);
    assert_eq!(lessor.lease(START + 6_400, ask(Lane::Stock, 1)).granted, 0);
    let mut given = 0;
    let (mut at, mut ticket) = (START + 6_600, None);
    while at < START + 61_000 {
        let leased = lessor.lease(at, Ask { lane: Lane::Stock, wanted: 10, ticket });
        given += leased.granted;
        ticket = leased.ticket.filter(|_| leased.granted == 0);
        at += leased.retry_after_ms + 1;
    }
    assert_eq!(given, 588 - 509 - 1);
}

// An instance's side.

fn admitted(leases: &mut Leases, now: Ms, lane: Lane) -> Admission {
    leases.admit(now, lane, &mut None).unwrap()
}

fn grant(granted: u32) -> Option<Leased> {
    Some(Leased { granted, valid_for_ms: VALID, retry_after_ms: 0, ticket: Some(7) })
}

fn leading(admission: Admission) -> u64 {
    let Admission::Lead(flight) = admission else { panic!("{admission:?}") };
    flight
}

#[test]
fn one_asks_for_all_who_wait_in_its_lane() {
    let mut leases = Leases::new(Some(600));
    let mut tickets = [None; 5];
    let flight = leading(leases.admit(START, Lane::Stock, &mut tickets[0]).unwrap());
    for ticket in &mut tickets[1..] {
        let joined = leases.admit(START, Lane::Stock, ticket).unwrap();
        assert_eq!(joined, Admission::Join { flight, until: START + 1_000 });
    }
    let order = leading(admitted(&mut leases, START, Lane::Order));
    assert!(order != flight, "an order asks for itself");
    assert_eq!(leases.ask(START, flight).unwrap().0, ask(Lane::Stock, 5));
    leases.landed(START + 20, flight, grant(3));
    let now = START + 20;
    let gone = tickets.each_mut().map(|ticket| leases.admit(now, Lane::Stock, ticket) == Ok(Admission::Go));
    assert_eq!(gone, [true, true, true, false, false]);
}

#[test]
fn a_lease_ends_with_its_time_since_it_was_asked_for_and_what_is_left_goes_back() {
    let mut leases = Leases::new(Some(600));
    let flight = leading(admitted(&mut leases, START, Lane::Stock));
    leases.landed(START + 900, flight, grant(3));
    assert_eq!(admitted(&mut leases, START + 999, Lane::Price), Admission::Go, "also for those above");
    assert!(
        matches!(admitted(&mut leases, START + 999, Lane::Background), Admission::Lead(_)),
        "never for those below"
    );
    assert!(matches!(admitted(&mut leases, START + 1_000, Lane::Stock), Admission::Lead(_)));
    assert_eq!(leases.settled(), [unused(2, Some(7))]);
    // Whatever a store says, a second and a half.
    let flight = leading(admitted(&mut leases, START + 20_000, Lane::Stock));
    leases.landed(START + 20_100, flight, grant(4).map(|leased| Leased { valid_for_ms: 60_000, ..leased }));
    assert_eq!(admitted(&mut leases, START + 21_499, Lane::Stock), Admission::Go);
    assert!(admitted(&mut leases, START + 21_500, Lane::Stock) != Admission::Go);
}

#[test]
fn an_answer_that_is_too_late_goes_back_whole() {
    let mut leases = Leases::new(Some(600));
    let flight = leading(admitted(&mut leases, START, Lane::Stock));
    let next = leading(admitted(&mut leases, START + 1_000, Lane::Stock));
    leases.landed(START + 1_001, flight, grant(3));
    assert_eq!(leases.settled(), [unused(3, Some(7))]);
    leases.landed(START + 1_002, next, grant(1));
    assert_eq!(admitted(&mut leases, START + 1_003, Lane::Order), Admission::Go);
}

#[test]
fn a_refusal_is_told_once_and_holds_everybody_here() {
    let mut leases = Leases::new(Some(600));
    for after in 0..10 {
        leases.throttled(START - 500, START + after, Some(START + 5_000 + after));
    }
    assert_eq!(leases.settled(), [refused(Some(5_000))]);
    assert!(
        matches!(admitted(&mut leases, START + 100, Lane::Order), Admission::Wait(until) if until >= START + 5_000)
    );
    leases.throttled(START + 4_000, START + 4_100, Some(START + 64_000));
    assert_eq!(leases.settled(), [refused(Some(59_900))], "a longer pause is told");
    assert_eq!(leases.blocked_until(), START + 64_000);
    leases.throttled(START + 70_000, START + 70_100, Some(Ms::MAX));
    assert_eq!(leases.blocked_until(), START + 70_100 + 15 * 60_000, "however long a wait is named");
    let mut leases = Leases::new(Some(600));
    let flight = leading(admitted(&mut leases, START, Lane::Stock));
    leases.landed(START, flight, Some(Leased { granted: 0, valid_for_ms: 0, retry_after_ms: Ms::MAX, ticket: None }));
    assert_eq!(leases.blocked_until(), START + 15 * 60_000, "nor by the store");
}

#[test]
fn nobody_polls_a_store_that_has_nothing_or_is_not_there() {
    for nothing in [Some(Leased { granted: 0, valid_for_ms: 0, retry_after_ms: 0, ticket: None }), None] {
        let mut leases = Leases::new(Some(600));
        let mut ticket = None;
        let (mut now, mut asked) = (START, 0);
        while now < START + 60_000 {
            match leases.admit(now, Lane::Stock, &mut ticket).unwrap() {
                Admission::Lead(flight) => {
                    asked += 1;
                    leases.landed(now, flight, nothing);
                }
                Admission::Wait(until) => {
                    assert!(until > now);
                    now = until;
                }
                other => panic!("{other:?}"),
            }
        }
        assert!(asked <= if nothing.is_some() { 1_200 } else { 20 }, "{asked}");
    }
}

/// A fleet as unkind as can be: every delay is random, instances die with what they hold, answers and reports are lost,
/// clocks differ, and the store starts anew.
struct Unkind {
    rng: fastrand::Rng,
    rate: u32,
    lessor: Lessor,
    instances: Vec<One>,
    /// On their ways: to be done then.
    on_the_way: Vec<(Ms, Way)>,
    sent: Vec<Ms>,
    granted: Vec<(Ms, u32)>,
}

struct One {
    leases: Leases,
    /// Instances that have been here before it: answers to them are lost.
    life: usize,
    skew: Ms,
    callers: Vec<(Lane, Option<Ticket>)>,
}

enum Way {
    Ask { who: usize, life: usize, flight: u64, ask: Ask },
    Answer { who: usize, life: usize, flight: u64, leased: Option<Leased> },
    Report(Settled),
}

impl Unkind {
    fn step(&mut self, now: Ms, lossy: bool) {
        let chance = |rng: &mut fastrand::Rng, of: u32| rng.u32(0..of) == 0;
        while let Some(next) = self.on_the_way.iter().position(|(at, _)| *at <= now) {
            let (_, way) = self.on_the_way.swap_remove(next);
            match way {
                Way::Ask { who, life, flight, ask } => {
                    let leased = self.lessor.lease(now, ask);
                    self.granted.push((now, leased.granted));
                    // It may be lost on its way back: then it counts as spent.
                    let leased = Some(leased).filter(|_| !(lossy && chance(&mut self.rng, 5)));
                    self.on_the_way.push((now + self.rng.u64(0..400), Way::Answer { who, life, flight, leased }));
                }
                Way::Answer { who, life, flight, leased } => {
                    let one = &mut self.instances[who];
                    if one.life == life {
                        one.leases.landed(now + one.skew, flight, leased);
                    }
                }
                Way::Report(settled) => self.lessor.settle(now, settled),
            }
        }
        if chance(&mut self.rng, 200) {
            self.lessor = Lessor::open(self.rate, now, &self.lessor.save());
        }
        let who = self.rng.usize(0..self.instances.len());
        let one = &mut self.instances[who];
        if chance(&mut self.rng, 100) {
            (one.leases, one.life) = (Leases::new(Some(self.rate)), one.life + 1);
            one.callers.clear();
        }
        while one.callers.len() < 6 {
            let lanes = [Lane::Price, Lane::Stock, Lane::Background, Lane::Order];
            one.callers.push((lanes[self.rng.usize(0..if lossy { 3 } else { 4 })], None));
        }
        for caller in 0..one.callers.len() {
            let (lane, ticket) = &mut one.callers[caller];
            match one.leases.admit(now + one.skew, *lane, ticket).unwrap() {
                Admission::Go => self.sent.push(now + self.rng.u64(0..400)),
                Admission::Lead(flight) => {
                    let (ask, _) = one.leases.ask(now + one.skew, flight).unwrap();
                    let way = Way::Ask { who, life: one.life, flight, ask };
                    self.on_the_way.push((now + self.rng.u64(0..400), way));
                }
                _ => {}
            }
        }
        for settled in one.leases.settled() {
            if !(lossy && chance(&mut self.rng, 3)) {
                self.on_the_way.push((now + self.rng.u64(0..5_000), Way::Report(settled)));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn no_minute_holds_more_than_the_rate_whatever_happens(
        seed in any::<u64>(),
        rate in 20..700u32,
        count in 2..20usize,
        lossy in any::<bool>(),
        busy in 5..120u64,
    ) {
        let mut rng = fastrand::Rng::with_seed(seed);
        let instances = (0..count).map(|_| One {
            leases: Leases::new(Some(rate)),
            life: 0,
            skew: rng.u64(0..=1_000),
            callers: Vec::new(),
        });
        let instances = instances.collect();
        let mut fleet = Unkind {
            lessor: Lessor::new(rate), rng, rate, instances, on_the_way: Vec::new(), sent: Vec::new(), granted: Vec::new(),
        };
        let mut now = START;
        while now < START + 200_000 {
            now += fleet.rng.u64(0..busy);
            fleet.step(now, lossy);
        }
        fleet.sent.sort_unstable();
        let most = most_within(fleet.sent.iter().map(|at| (*at, 1)), 60_000);
        prop_assert!(most <= rate, "{most} of {rate} arrived within a minute");
        prop_assert!(fleet.sent.len() as u32 >= rate / 4, "{} of {rate} a minute in three", fleet.sent.len());
    }
}

fn most_within(counts: impl Iterator<Item = (Ms, u32)>, span: Ms) -> u32 {
    let counts: Vec<(Ms, u32)> = counts.collect();
    let (mut from, mut within, mut most) = (0, 0, 0);
    for (at, count) in &counts {
        within += count;
        while counts[from].0 + span <= *at {
            within -= counts[from].1;
            from += 1;
        }
        most = most.max(within);
    }
    most
}
