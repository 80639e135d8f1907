//! One request for many callers, driven: who asks, who waits, and for how long.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "core/mod.rs"]
mod common;

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::rc::Rc;

use common::world::{Caller, Reply, World};
use stocklane::clients::{Clock, shared};
use stocklane::engine::{Desk, Ms};
use stocklane::operation::{Error, ErrorKind};

type Answers = Rc<RefCell<Desk<(), u32, u32>>>;
type Asked = Rc<RefCell<Vec<usize>>>;

fn desk() -> (Rc<World>, Answers, Asked) {
    let desk = Desk::new(60_000, 30_000, 100, NonZeroUsize::new(1_000).unwrap());
    (World::new(|_, _| Reply::Silence), Rc::new(RefCell::new(desk)), Asked::default())
}

/// A caller for one key that waits so long; whoever asks needs `takes`.
fn caller(
    (world, desk, asked): &(Rc<World>, Answers, Asked),
    key: u32,
    wait_ms: Ms,
    takes: Ms,
) -> Caller<Result<Vec<u32>, Error>> {
    let (here, desk, asked) = (world.clone(), desk.clone(), asked.clone());
    world.spawn(async move {
        let ask = async |keys: &[u32]| {
            asked.borrow_mut().push(keys.len());
            here.sleep(here.now() + takes).await;
            Ok(keys.iter().map(|key| key * 10).collect())
        };
        shared(&*here, &desk, &(), &[key], wait_ms, ask).await
    })
}

#[test]
fn what_a_leader_has_got_counts_however_long_it_took_and_others_wait_no_longer_than_they_may() {
    let shop = desk();
    let leader = caller(&shop, 7, 1_000, 5_000);
    let follower = caller(&shop, 7, 1_000, 5_000);
    assert_eq!(leader.outcome().unwrap(), [70]);
    assert_eq!(follower.outcome().unwrap_err().kind, ErrorKind::Timeout);
    assert_eq!((leader.done_after(), follower.done_after()), (5_003, 1_000));
    assert_eq!(*shop.2.borrow(), [1]);
}

#[test]
fn while_four_are_under_way_more_questions_fill_up_the_next() {
    let shop = desk();
    let mut callers = Vec::new();
    for number in 0..104 {
        callers.push(caller(&shop, number, 30_000, 2_000));
        // One after the other, each too late to be gathered with the one before.
        shop.0.run_for(10 * (Ms::from(number) + 1));
    }
    for (number, caller) in callers.iter().enumerate() {
        assert_eq!(caller.outcome().unwrap(), [number as u32 * 10]);
    }
    assert_eq!(*shop.2.borrow(), [1, 1, 1, 1, 100]);
}
