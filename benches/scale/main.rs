//! A thousand shops and a million visitors a minute, in virtual time: `cargo bench --bench scale`.
//!
//! What decides is real: `Desk`, `Leases`, `Lessor` and `Quota` of the engine. What carries is a model: visitors, instances,
//! ways to coordinator and supplier; and the lines between, which follow `src/edge/proxy.rs`. `docs/scale.md` says what is
//! assumed. The same seed gives the same table.

mod draw;
mod shop;
mod tally;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use stocklane::engine::Ms;

use draw::Zipf;
use shop::{Event, Shop};
use tally::Tally;

const SEED: u64 = 20_26;
const SHOPS: usize = 1_000;
/// Pages opened a minute, over all shops.
const VISITORS: u64 = 1_000_000;
const MINUTE: Ms = 60_000;
/// Caches fill before anything is counted.
const WARM: Ms = 3 * MINUTE;
const MEASURED: Ms = 3 * MINUTE;
const START: Ms = 1_800_000_000_000;

/// What happens, and when; of equal times in the order in which they were put here.
#[derive(Default)]
pub struct Agenda {
    due: BinaryHeap<Reverse<(Ms, u64, usize, Event)>>,
    next: u64,
}

impl Agenda {
    fn at(&mut self, time: Ms, shop: usize, event: Event) {
        self.next += 1;
        self.due.push(Reverse((time, self.next, shop, event)));
    }

    fn take(&mut self, now: Ms) -> Option<(usize, Event)> {
        if self.due.peek().is_some_and(|Reverse((time, ..))| *time <= now) {
            return self.due.pop().map(|Reverse((_, _, shop, event))| (shop, event));
        }
        None
    }
}

/// How the instances of a shop stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fleet {
    /// Each for itself.
    Alone,
    /// With a coordinator for quota and answers.
    Coordinated,
}

fn run(fleet: Fleet) -> Vec<Tally> {
    let mut rng = fastrand::Rng::with_seed(SEED);
    let sizes = Zipf::new(SHOPS, 1.0);
    let parts = Zipf::new(shop::CATALOGUE, 1.0);
    let mut agenda = Agenda::default();
    let mut shops: Vec<Shop> = (0..SHOPS)
        .map(|number| {
            let visitors = VISITORS as f64 * sizes.share(number);
            Shop::new(number, fleet, visitors, START, &mut rng, &mut agenda)
        })
        .collect();
    let a_ms = VISITORS as f64 / MINUTE as f64;
    let mut owed = 0.0;
    for now in START..START + WARM + MEASURED {
        if now == START + WARM {
            shops.iter_mut().for_each(|shop| shop.tally = Tally::default());
        }
        while let Some((number, event)) = agenda.take(now) {
            shops[number].happen(now, event, &mut rng, &mut agenda);
        }
        owed += a_ms;
        while owed >= 1.0 {
            owed -= 1.0;
            let number = sizes.draw(&mut rng);
            shops[number].visit(now, &parts, &mut rng, &mut agenda);
        }
    }
    shops.into_iter().map(Shop::finish).collect()
}

fn main() {
    // `cargo bench` hands its own arguments on.
    for fleet in [Fleet::Coordinated, Fleet::Alone] {
        let tallies = run(fleet);
        tally::print(fleet, &tallies, MEASURED / MINUTE);
    }
}
