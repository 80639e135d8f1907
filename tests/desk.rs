//! The desk: many callers, few requests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashSet;
use std::num::NonZeroUsize;

use proptest::prelude::*;
use stocklane::engine::{Desk, Ms, Turn};
use stocklane::operation::{Error, ErrorKind};

type Keys = Desk<&'static str, u32, String>;

const FRESH: Ms = 1_000;
const FLIGHT: Ms = 500;

fn desk(most: usize) -> Keys {
    Desk::new(FRESH, FLIGHT, most, NonZeroUsize::new(1_000).unwrap())
}

fn lead(turn: Turn<String>) -> (u64, Ms) {
    match turn {
        Turn::Lead { flight, gather_until } => (flight, gather_until),
        other => panic!("not to lead: {other:?}"),
    }
}

fn join(turn: Turn<String>) -> (u64, Ms) {
    match turn {
        Turn::Join { flight, until } => (flight, until),
        other => panic!("not to join: {other:?}"),
    }
}

fn have(turn: Turn<String>) -> Vec<String> {
    match turn {
        Turn::Have(answers) => answers,
        other => panic!("no answer: {other:?}"),
    }
}

fn failed(turn: Turn<String>) -> ErrorKind {
    match turn {
        Turn::Failed(error) => error.kind,
        other => panic!("no failure: {other:?}"),
    }
}

fn answers(keys: &[u32]) -> Result<Vec<(u32, String)>, Error> {
    Ok(keys.iter().map(|key| (*key, format!("answer {key}"))).collect())
}

#[test]
fn what_is_asked_at_the_same_moment_is_asked_in_one_request() {
    let mut desk = desk(100);
    let (flight, gather_until) = lead(desk.turn(0, &"g", &[1, 2], None));
    assert!(gather_until > 0 && gather_until < 20);
    for keys in [&[2, 3][..], &[1], &[4, 4, 1], &[3]] {
        assert_eq!(join(desk.turn(1, &"g", keys, None)).0, flight);
    }
    assert_eq!(desk.depart(flight), [1, 2, 3, 4]);
    desk.land(flight, 100, answers(&[1, 2, 3, 4]));
    assert_eq!(have(desk.turn(100, &"g", &[3, 1, 3], Some(flight))), ["answer 3", "answer 1", "answer 3"]);
}

#[test]
fn what_is_being_asked_is_not_asked_twice() {
    let mut desk = desk(100);
    let (first, _) = lead(desk.turn(0, &"g", &[1, 2], None));
    desk.depart(first);
    // Nobody gets aboard any more, but what is aboard is waited for.
    assert_eq!(join(desk.turn(10, &"g", &[2, 1], None)).0, first);
    let (second, _) = lead(desk.turn(10, &"g", &[2, 3], None));
    assert_ne!(first, second);
    assert_eq!(desk.depart(second), [3]);
    desk.land(second, 50, answers(&[3]));
    assert_eq!(join(desk.turn(50, &"g", &[2, 3], Some(second))).0, first, "the first is still under way");
    desk.land(first, 60, answers(&[1, 2]));
    assert_eq!(have(desk.turn(60, &"g", &[2, 3], Some(first))).len(), 2);
}

#[test]
fn an_answer_is_served_while_it_is_fresh() {
    let mut desk = desk(100);
    let (flight, _) = lead(desk.turn(0, &"g", &[1], None));
    desk.depart(flight);
    desk.land(flight, 100, answers(&[1]));
    assert_eq!(have(desk.turn(100 + FRESH - 1, &"g", &[1], None)), ["answer 1"]);
    lead(desk.turn(100 + FRESH, &"g", &[1], None));
}

#[test]
fn groups_do_not_share_a_request() {
    let mut desk = desk(100);
    let (one, _) = lead(desk.turn(0, &"pl", &[1], None));
    let (other, _) = lead(desk.turn(0, &"de", &[2], None));
    assert_eq!((desk.depart(one), desk.depart(other)), (vec![1], vec![2]));
}

#[test]
fn a_failure_is_told_to_all_who_waited_and_to_nobody_else() {
    let mut desk = desk(100);
    let (flight, _) = lead(desk.turn(0, &"g", &[1], None));
    join(desk.turn(1, &"g", &[1], None));
    desk.depart(flight);
    desk.land(flight, 50, Err(Error::new(ErrorKind::Upstream, "down")));
    for _ in 0..3 {
        assert_eq!(failed(desk.turn(51, &"g", &[1], Some(flight))), ErrorKind::Upstream);
    }
    let (next, _) = lead(desk.turn(51, &"g", &[1], None));
    assert_ne!(next, flight);
}

#[test]
fn old_failures_are_forgotten() {
    let mut desk = desk(100);
    let mut flights = Vec::new();
    for at in 0..2_000 {
        let (flight, _) = lead(desk.turn(at, &"g", &[1], None));
        desk.land(flight, at, Err(Error::new(ErrorKind::Network, "down")));
        flights.push(flight);
    }
    assert_eq!(failed(desk.turn(2_000, &"g", &[1], flights.last().copied())), ErrorKind::Network);
    lead(desk.turn(2_000, &"g", &[1], flights.first().copied()));
}

#[test]
fn a_leader_that_is_lost_is_followed_by_another() {
    let mut desk = desk(100);
    let (lost, _) = lead(desk.turn(0, &"g", &[1], None));
    let (_, until) = join(desk.turn(1, &"g", &[1, 2], None));
    assert!((FLIGHT..FLIGHT + 20).contains(&until));
    assert_eq!(join(desk.turn(until - 1, &"g", &[1], Some(lost))).0, lost);
    let (next, _) = lead(desk.turn(until, &"g", &[1, 2], Some(lost)));
    assert_eq!(desk.depart(next), [1, 2]);
    // Should the lost one come back after all, its answers count, and it takes nothing from the other.
    desk.land(lost, until + 5, answers(&[1]));
    assert_eq!(join(desk.turn(until + 5, &"g", &[2], None)).0, next);
    desk.land(next, until + 9, answers(&[1, 2]));
    assert_eq!(have(desk.turn(until + 9, &"g", &[1, 2], Some(next))).len(), 2);
}

#[test]
fn a_leader_that_gives_up_lets_the_next_lead_at_once() {
    let mut desk = desk(100);
    let (gone, _) = lead(desk.turn(0, &"g", &[1], None));
    join(desk.turn(1, &"g", &[1], None));
    desk.abandon(gone);
    let (next, _) = lead(desk.turn(2, &"g", &[1], Some(gone)));
    desk.depart(next);
    desk.land(next, 3, answers(&[1]));
    desk.abandon(next);
    assert_eq!(have(desk.turn(4, &"g", &[1], None)), ["answer 1"], "what has landed is not given up");
}

#[test]
fn more_keys_than_one_request_takes_are_asked_one_flight_after_the_other() {
    let mut desk = desk(10);
    let keys: Vec<u32> = (0..35).collect();
    let mut joined = None;
    let mut asked = Vec::new();
    for round in 0..4 {
        let (flight, _) = lead(desk.turn(round, &"g", &keys, joined));
        let batch = desk.depart(flight);
        assert!(batch.len() <= 10);
        desk.land(flight, round, answers(&batch));
        asked.extend(batch);
        joined = Some(flight);
    }
    assert_eq!(asked, keys);
    assert_eq!(have(desk.turn(5, &"g", &keys, joined)).len(), 35);
}

#[test]
fn a_full_flight_takes_nobody_aboard() {
    let mut desk = desk(3);
    let (first, _) = lead(desk.turn(0, &"g", &[1, 2], None));
    // One fits; for the other there is a flight of its own.
    let (second, _) = lead(desk.turn(0, &"g", &[3, 4], None));
    assert_eq!((desk.depart(first), desk.depart(second)), (vec![1, 2, 3], vec![4]));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Callers come at any time with any keys; leaders answer, fail, give up or vanish.
    #[test]
    fn every_caller_gets_its_answers_or_an_error(
        callers in prop::collection::vec((0..300u64, prop::collection::vec(0..40u32, 1..25)), 1..40),
        fates in prop::collection::vec(0..10u8, 64),
        most in 1..30usize,
    ) {
        struct Caller { keys: Vec<u32>, wake: Ms, joined: Option<u64>, leads: Option<(u64, bool)>, done: bool }
        let mut desk = desk(most);
        let mut callers: Vec<Caller> = callers
            .into_iter()
            .map(|(wake, keys)| Caller { keys, wake, joined: None, leads: None, done: false })
            .collect();
        let mut flying: HashSet<(u32, u64)> = HashSet::new();
        let mut fates = fates.into_iter().cycle();
        for _ in 0..20_000 {
            let Some(caller) = callers.iter_mut().filter(|caller| !caller.done).min_by_key(|caller| caller.wake) else { break };
            let now = caller.wake;
            match caller.leads.take() {
                Some((flight, false)) => {
                    let keys = desk.depart(flight);
                    prop_assert!(!keys.is_empty() && keys.len() <= most);
                    for key in &keys {
                        prop_assert!(!flying.iter().any(|(known, lost_at)| known == key && now < *lost_at), "{key} twice");
                    }
                    match fates.next().unwrap() {
                        0 => {
                            desk.abandon(flight);
                            caller.done = true;
                        }
                        1 => caller.done = true,
                        _ => {
                            caller.leads = Some((flight, true));
                            caller.wake = now + 40;
                            flying.extend(keys.iter().map(|key| (*key, now + 40)));
                        }
                    }
                }
                Some((flight, true)) => {
                    let keys = desk.depart(flight);
                    flying.retain(|(key, _)| !keys.contains(key));
                    if fates.next().unwrap() == 2 {
                        desk.land(flight, now, Err(Error::new(ErrorKind::Upstream, "down")));
                        caller.done = true;
                    } else {
                        desk.land(flight, now, answers(&keys));
                    }
                }
                None => match desk.turn(now, &"g", &caller.keys, caller.joined) {
                    Turn::Have(found) => {
                        let expected: Vec<String> = caller.keys.iter().map(|key| format!("answer {key}")).collect();
                        prop_assert_eq!(found, expected);
                        caller.done = true;
                    }
                    Turn::Failed(_) => {
                        prop_assert!(caller.joined.is_some());
                        caller.done = true;
                    }
                    Turn::Join { flight, until } => {
                        prop_assert!(until > now, "a caller that is to come back at once goes in circles");
                        caller.joined = Some(flight);
                        caller.wake = until.min(now + 20);
                    }
                    Turn::Lead { flight, gather_until } => {
                        prop_assert!(gather_until > now);
                        caller.leads = Some((flight, false));
                        caller.wake = gather_until;
                    }
                },
            }
        }
        prop_assert!(callers.iter().all(|caller| caller.done), "somebody waits for ever");
    }
}
