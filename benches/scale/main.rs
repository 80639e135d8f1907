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

const SEED: u64 = 2026;
const SHOPS: usize = 1_000;
/// Pages opened a minute, over all shops.
const VISITORS: u64 = 1_000_000;
const MINUTE: Ms = 60_000;
/// Caches fill before anything is counted.
const WARM: Ms = 2 * MINUTE;
const MEASURED: Ms = 2 * MINUTE;
const START: Ms = 1_800_000_000_000;

/// What happens, and when; of equal times in the order in which they were put here.
#[derive(Default)]
pub struct Agenda {
    due: BinaryHeap<Reverse<(Ms, u64, Event)>>,
    next: u64,
}

impl Agenda {
    fn at(&mut self, time: Ms, event: Event) {
        self.next += 1;
        self.due.push(Reverse((time, self.next, event)));
    }

    fn take(&mut self, now: Ms) -> Option<Event> {
        if self.due.peek().is_some_and(|Reverse((time, ..))| *time <= now) {
            return self.due.pop().map(|Reverse((_, _, event))| event);
        }
        None
    }
}

/// What is tried.
#[derive(Clone, Copy)]
pub struct Rules {
    /// Heads its table.
    pub name: &'static str,
    /// Instances have a coordinator for quota and answers; else each is for itself.
    pub coordinated: bool,
    /// A renewal asks anew for all parts of a page, not only for those that are no longer fresh.
    pub renews_all: bool,
    /// A flight departs 3 ms after its first question, however many are under way.
    pub alone_each: bool,
    /// Prices go before stock; else whoever came first goes first.
    pub lanes: bool,
    /// A flight departs and then waits for the quota; else it takes others aboard until the quota admits it.
    pub crowds_the_queue: bool,
    /// The largest shop that is played: in larger ones thousands wait in each instance, which takes hours and says no more.
    pub largest: usize,
}

const AS_IT_IS: Rules = Rules {
    name: "With the coordinator",
    coordinated: true,
    renews_all: false,
    alone_each: false,
    lanes: false,
    crowds_the_queue: true,
    largest: 1,
};
const TRIED: [Rules; 5] = [
    AS_IT_IS,
    Rules { name: "Each instance for itself", coordinated: false, ..AS_IT_IS },
    Rules { name: "If no flight were held back", alone_each: true, largest: 16, ..AS_IT_IS },
    Rules { name: "If prices went before stock", lanes: true, ..AS_IT_IS },
    Rules { name: "If flights waited for the quota before they depart", crowds_the_queue: false, ..AS_IT_IS },
];

/// Shops do not meet: of each band of sizes one is played, and counts for all.
fn bands() -> Vec<(usize, u64)> {
    let (mut from, mut bands) = (1, Vec::new());
    while from <= SHOPS {
        let to = (from * 8 / 5).clamp(from, SHOPS);
        let middle = ((from * to) as f64).sqrt().round() as usize;
        bands.push((middle - 1, (to - from + 1) as u64));
        from = to + 1;
    }
    bands
}

fn play(rules: Rules, rank: usize, visitors: f64, parts: &Zipf) -> Tally {
    let mut rng = fastrand::Rng::with_seed(SEED + rank as u64);
    let mut agenda = Agenda::default();
    let mut shop = Shop::new(rules, visitors, START, &mut rng, &mut agenda);
    // Visitors come one by one, independent of each other.
    let gap = MINUTE as f64 / visitors;
    let wait = |rng: &mut fastrand::Rng| -gap * (1.0 - rng.f64()).ln();
    let mut next = START as f64 + wait(&mut rng);
    for now in START..START + WARM + MEASURED {
        if now == START + WARM {
            shop.tally = Tally::default();
        }
        while let Some(event) = agenda.take(now) {
            shop.happen(now, event, &mut rng, &mut agenda);
        }
        while next <= now as f64 {
            shop.visit(now, parts, &mut rng, &mut agenda);
            next += wait(&mut rng);
        }
    }
    shop.finish(START + WARM + MEASURED)
}

fn main() {
    let sizes = Zipf::new(SHOPS, 1.0);
    let parts = Zipf::new(shop::CATALOGUE, 1.0);
    for rules in TRIED {
        let played: Vec<(usize, u64, Tally)> = bands()
            .into_iter()
            .filter(|(rank, _)| rank + 1 >= rules.largest)
            .map(|(rank, shops)| (rank + 1, shops, play(rules, rank, VISITORS as f64 * sizes.share(rank), &parts)))
            .collect();
        tally::print(rules, &played, MEASURED / MINUTE);
    }
}
