//! The quota by itself: who goes when, and that nobody who is gone stands in the way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use stocklane::engine::{Ms, Quota, Ticket};
use stocklane::operation::Lane;

const WINDOW: Ms = 61_500;

struct Waiting {
    lane: Lane,
    ticket: Option<Ticket>,
    due: Ms,
}

impl Waiting {
    /// Asks for the first time, and has to wait.
    fn new(quota: &mut Quota, now: Ms, lane: Lane) -> Waiting {
        let mut ticket = None;
        let due = quota.admit(now, lane, &mut ticket).unwrap().unwrap_err();
        assert!(ticket.is_some() && due > now);
        Waiting { lane, ticket, due }
    }

    fn is_admitted(&mut self, quota: &mut Quota, now: Ms) -> bool {
        match quota.admit(now, self.lane, &mut self.ticket).unwrap() {
            Ok(()) => {
                assert!(self.ticket.is_none());
                true
            }
            Err(due) => {
                assert!(due > now);
                self.due = due;
                false
            }
        }
    }

    /// Asks whenever it is told to: when it was admitted, and how often it had asked by then.
    fn patient(mut self, quota: &mut Quota) -> (Ms, usize) {
        for asked in 1..100_000 {
            let now = self.due;
            if self.is_admitted(quota, now) {
                return (now, asked);
            }
        }
        panic!("it waits for ever");
    }
}

/// So many requests, a second apart, the first at zero.
fn used(limit: u32, requests: u64) -> Quota {
    let mut quota = Quota::new(limit);
    for second in 0..requests {
        assert_eq!(quota.admit(second * 1_000, Lane::Stock, &mut None), Ok(Ok(())));
    }
    quota
}

#[test]
fn who_waits_is_admitted_when_a_request_leaves_the_window() {
    let mut quota = used(10, 9);
    let first = Waiting::new(&mut quota, 9_000, Lane::Stock);
    let second = Waiting::new(&mut quota, 9_000, Lane::Stock);
    assert_eq!((first.due, second.due), (WINDOW, WINDOW + 1_000));
    assert_eq!(first.patient(&mut quota), (WINDOW, 1));
    assert_eq!(second.patient(&mut quota), (WINDOW + 1_000, 1));
}

#[test]
fn a_lane_goes_before_those_below_it_whoever_came_first() {
    let mut quota = used(10, 9);
    let mut waiting: Vec<Waiting> = [Lane::Background, Lane::Stock, Lane::Price]
        .into_iter()
        .enumerate()
        .map(|(later, lane)| Waiting::new(&mut quota, 9_000 + later as Ms, lane))
        .collect();
    for turn in 0..3 {
        let now = WINDOW + turn * 1_000;
        // Whoever asks first, the turn is the highest lane's.
        let admitted: Vec<Lane> =
            waiting.iter_mut().filter_map(|one| one.is_admitted(&mut quota, now).then_some(one.lane)).collect();
        assert_eq!(admitted, [[Lane::Price, Lane::Stock, Lane::Background][turn as usize]]);
        waiting.retain(|one| one.lane != admitted[0]);
    }
}

#[test]
fn a_lane_keeps_its_order() {
    let mut quota = used(10, 9);
    let mut waiting: Vec<Waiting> = (0..5).map(|_| Waiting::new(&mut quota, 9_000, Lane::Stock)).collect();
    for turn in 0..5 {
        let now = WINDOW + turn * 1_000;
        for later in waiting[1..].iter_mut().rev() {
            assert!(!later.is_admitted(&mut quota, now));
        }
        assert!(waiting[0].is_admitted(&mut quota, now));
        waiting.remove(0);
    }
}

#[test]
fn an_order_may_use_what_is_kept_for_it() {
    let mut quota = Quota::new(600);
    for _ in 0..588 {
        assert_eq!(quota.admit(0, Lane::Price, &mut None), Ok(Ok(())));
    }
    Waiting::new(&mut quota, 1, Lane::Price);
    for _ in 0..12 {
        assert_eq!(quota.admit(1, Lane::Order, &mut None), Ok(Ok(())));
    }
    assert_eq!(Waiting::new(&mut quota, 1, Lane::Order).due, WINDOW);
    assert_eq!(quota.left(1), 0);
}

#[test]
fn even_the_smallest_quota_admits() {
    for limit in 0..4 {
        let mut quota = Quota::new(limit);
        assert_eq!(quota.admit(0, Lane::Background, &mut None), Ok(Ok(())), "{limit}");
    }
}

#[test]
fn who_gives_up_its_place_lets_the_next_go() {
    let mut quota = used(10, 9);
    let mut first = Waiting::new(&mut quota, 9_000, Lane::Stock);
    let mut second = Waiting::new(&mut quota, 9_000, Lane::Stock);
    quota.leave(&mut first.ticket);
    assert!(first.ticket.is_none());
    assert!(second.is_admitted(&mut quota, WINDOW));
}

#[test]
fn who_is_gone_without_a_word_holds_nobody_up_for_long() {
    for lane in [Lane::Order, Lane::Price, Lane::Stock] {
        // One request at a time, so that a place ahead is all that there is.
        let mut quota = Quota::new(if lane == Lane::Order { 1 } else { 2 });
        assert_eq!(quota.admit(0, lane, &mut None), Ok(Ok(())));
        for _ in 0..20 {
            Waiting::new(&mut quota, 1, lane);
        }
        let (at, asked) = Waiting::new(&mut quota, 2, Lane::Stock).patient(&mut quota);
        assert!((WINDOW..WINDOW + 2_500).contains(&at), "{lane:?}: {at}");
        assert!(asked < 200, "it asked {asked} times");
    }
}

#[test]
fn a_pause_that_the_supplier_asks_for_is_kept_by_every_lane() {
    let mut quota = Quota::new(600);
    assert_eq!(quota.admit(0, Lane::Stock, &mut None), Ok(Ok(())));
    quota.throttled(0, 100, Some(30_000));
    // What somebody else was told does not shorten it.
    quota.throttled(0, 200, Some(5_000));
    for lane in [Lane::Order, Lane::Price, Lane::Stock, Lane::Background] {
        assert_eq!(Waiting::new(&mut quota, 300, lane).patient(&mut quota).0, 30_000);
    }
    assert_eq!(quota.rate(), 420, "one burst, one lesson");
}

#[derive(Clone, Debug)]
struct Visit {
    at: Ms,
    lane: Lane,
    /// Asks so often, then gives up with or without a word.
    patience: usize,
    polite: bool,
}

fn visit() -> impl Strategy<Value = Visit> {
    let lanes = prop_oneof![Just(Lane::Order), Just(Lane::Price), Just(Lane::Stock), Just(Lane::Background)];
    let patience = prop_oneof![3 => Just(usize::MAX), 1 => 0..4usize];
    (0..90_000u64, lanes, patience, any::<bool>()).prop_map(|(at, lane, patience, polite)| Visit {
        at,
        lane,
        patience,
        polite,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_window_holds_more_than_the_quota_and_everybody_who_stays_is_admitted(
        limit in 1..60u32,
        visits in prop::collection::vec(visit(), 1..200),
    ) {
        struct Caller { visit: Visit, due: Ms, ticket: Option<Ticket>, asked: usize }
        let mut quota = Quota::new(limit);
        let stay = visits.iter().filter(|visit| visit.patience == usize::MAX).count();
        let mut callers: Vec<Caller> =
            visits.into_iter().map(|visit| Caller { due: visit.at, visit, ticket: None, asked: 0 }).collect();
        let mut sent: Vec<(Ms, Lane)> = Vec::new();
        let mut stayed = 0;
        let mut steps = 0;
        while let Some(next) = (0..callers.len()).min_by_key(|&index| callers[index].due) {
            steps += 1;
            prop_assert!(steps < 200_000, "callers go round in circles");
            let caller = &mut callers[next];
            let now = caller.due;
            if caller.asked > caller.visit.patience {
                if caller.visit.polite {
                    quota.leave(&mut caller.ticket);
                }
                callers.swap_remove(next);
                continue;
            }
            caller.asked += 1;
            match quota.admit(now, caller.visit.lane, &mut caller.ticket).unwrap() {
                Ok(()) => {
                    sent.push((now, caller.visit.lane));
                    stayed += usize::from(caller.visit.patience == usize::MAX);
                    callers.swap_remove(next);
                }
                Err(due) => {
                    prop_assert!(due > now);
                    caller.due = due;
                }
            }
        }
        prop_assert_eq!(stayed, stay);
        for (index, (at, _)) in sent.iter().enumerate() {
            let within = sent[..=index].iter().filter(|(other, _)| other + WINDOW > *at).count();
            prop_assert!(within <= limit as usize, "{within} of {limit} at {at}");
        }
        // Nobody waits where there is room for all that were sent, and a few that only waited.
        let last = sent.last().map_or(0, |(at, _)| *at);
        let capacity = u64::from((limit - limit.div_ceil(50).min(limit - 1)).max(1));
        let windows = (sent.len() as u64).div_ceil(capacity);
        prop_assert!(last <= 90_000 + (windows + 1) * (WINDOW + 2_500), "{last}");
    }
}
