//! One quota, 64 instances: three minutes of their traffic in virtual time, as the supplier sees it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod core;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use self::core::supplier::{after_token, answer, response, rows, settings, with};
use self::core::world::{Caller, Reply, START, World, is_token};
use stocklane::clients::{Client, Clock, Quiet, Transport};
use stocklane::engine::{Ask, CallOptions, Failure, Leased, Lessor, Ms, Outgoing, Settings, Settled};
use stocklane::intercars::OPERATIONS;
use stocklane::operation::{Error, Response};
use stocklane::wire::Units;

const SECOND: Ms = 1_000;
const INSTANCES: usize = 64;
const RATE: u32 = 600;
/// To the store and back.
const ROUND_TRIP: Ms = 24;

/// How the store fares.
#[derive(Clone, Copy, PartialEq)]
enum Health {
    Well,
    Throws,
    Hangs,
}

/// The store that all share.
struct Store {
    lessor: RefCell<Lessor>,
    calls: RefCell<Vec<Ms>>,
    health: Cell<Health>,
}

impl Store {
    fn restart(&self, now: Ms) {
        let saved = self.lessor.borrow().save();
        *self.lessor.borrow_mut() = Lessor::open(RATE, now, &saved);
    }
}

/// One isolate of the Worker. Its clock is off by so much.
struct Instance {
    world: Rc<World>,
    store: Rc<Store>,
    skew: Ms,
    /// It alone does not reach the store.
    cut_off: Cell<bool>,
}

impl Clock for Instance {
    fn now(&self) -> Ms {
        self.world.now() + self.skew
    }
    fn random(&self) -> f64 {
        self.world.random()
    }
    async fn sleep(&self, until: Ms) {
        self.world.sleep(until.saturating_sub(self.skew)).await;
    }
}

impl Transport for Instance {
    async fn send(&self, outgoing: Outgoing, until: Ms) -> Result<Response, Failure> {
        self.world.send(outgoing, until - self.skew).await
    }

    async fn lease(&self, account: &str, ask: Ask) -> Option<Leased> {
        assert_eq!(account, "shop");
        self.world.sleep(self.world.now() + ROUND_TRIP / 2).await;
        self.store.calls.borrow_mut().push(self.world.now());
        if self.cut_off.get() {
            return None;
        }
        match self.store.health.get() {
            Health::Well => {}
            Health::Throws => return None,
            Health::Hangs => std::future::pending().await,
        }
        let leased = self.store.lessor.borrow_mut().lease(self.world.now(), ask);
        self.world.sleep(self.world.now() + ROUND_TRIP / 2).await;
        Some(leased)
    }

    fn settle(&self, _: &str, settled: Settled) {
        self.store.calls.borrow_mut().push(self.world.now());
        if self.store.health.get() == Health::Well && !self.cut_off.get() {
            self.store.lessor.borrow_mut().settle(self.world.now(), settled);
        }
    }
}

/// What reached the supplier, when, and for how many keys.
#[derive(Clone, Copy)]
struct Arrived {
    at: Ms,
    lane: char,
}

struct Fleet {
    world: Rc<World>,
    store: Rc<Store>,
    instances: Vec<Rc<Client<Instance>>>,
    arrived: Rc<RefCell<Vec<Arrived>>>,
}

type Outcome = Result<(), Error>;

impl Fleet {
    fn new() -> Fleet {
        Fleet::of(INSTANCES, |_| None)
    }

    /// `refuse` may answer in the supplier's place.
    fn of(instances: usize, refuse: impl Fn(Ms) -> Option<Reply> + 'static) -> Fleet {
        let arrived = Rc::new(RefCell::new(Vec::new()));
        let (noted, mut rng) = (arrived.clone(), fastrand::Rng::with_seed(3));
        let world = World::new(after_token(move |outgoing, now| {
            assert!(!is_token(outgoing));
            let lane = match outgoing.url.as_str() {
                url if url.contains("/confirm") => 'o',
                url if url.contains("/quote") => 'q',
                url if url.contains("/stock") => 's',
                _ => 'b',
            };
            // Some ways to the supplier are longer than others.
            let travel = rng.u64(20..400);
            noted.borrow_mut().push(Arrived { at: now + travel, lane });
            if let Some(reply) = refuse(now) {
                return reply;
            }
            let Reply::Answer(after, response) = (match lane {
                'o' => answer(200, r#"[{"id":"1"}]"#),
                's' => answer(200, rows(&[])),
                'q' => answer(200, "[]"),
                _ => answer(200, "{}"),
            }) else {
                unreachable!()
            };
            Reply::Answer(after + travel, response)
        }));
        let store = Rc::new(Store {
            lessor: RefCell::new(Lessor::new(RATE)),
            calls: RefCell::default(),
            health: Cell::new(Health::Well),
        });
        let mut rng = fastrand::Rng::with_seed(5);
        let instances = (0..instances).map(|_| {
            let settings =
                Settings { leased_as: Some("shop".to_owned()), requests_per_minute: Some(RATE), ..settings() };
            let skew = rng.u64(0..1_000);
            let (world, store) = (world.clone(), store.clone());
            Rc::new(Client::new(
                OPERATIONS,
                Rc::new(Instance { world, store, skew, cut_off: Cell::new(false) }),
                settings,
            ))
        });
        let instances = instances.collect();
        Fleet { world, store, instances, arrived }
    }

    /// Calls once.
    fn call(&self, instance: usize, operation: &'static str, args: String) -> Caller<(Outcome, Ms)> {
        let (client, world) = (self.instances[instance].clone(), self.world.clone());
        self.world.spawn(async move {
            let since = world.now();
            let options = CallOptions::default();
            let outcome = client.call(operation, args.into_bytes(), options, Units::Bytes, &Quiet).await;
            (outcome.map(drop), world.now() - since)
        })
    }

    /// A caller that asks again and again until then, pausing so long between its calls, more or less.
    fn keen(&self, instance: usize, operation: &'static str, args: &str, pause: Ms, until: Ms) -> Caller<Vec<Error>> {
        let (client, world, args) = (self.instances[instance].clone(), self.world.clone(), args.to_owned());
        self.world.spawn(async move {
            let mut errors = Vec::new();
            while world.now() < START + until {
                if pause > 0 {
                    let pause = (pause as f64 * (0.5 + world.random())) as Ms;
                    world.sleep(world.now() + pause).await;
                }
                let bound = (START + until).saturating_sub(world.now()) + 1;
                let options = CallOptions { overall_timeout_ms: Some(bound), ..CallOptions::default() };
                let args = args.clone().into_bytes();
                if let Err(error) = client.call(operation, args, options, Units::Bytes, &Quiet).await
                    && world.now() < START + until
                {
                    errors.push(error);
                }
            }
            errors
        })
    }

    fn times(&self, lanes: &str) -> Vec<Ms> {
        let arrived = self.arrived.borrow();
        let of = arrived.iter().filter(|arrived| lanes.contains(arrived.lane));
        let mut times: Vec<Ms> = of.map(|arrived| arrived.at - START).collect();
        times.sort_unstable();
        times
    }

    /// Most that the supplier saw in any minute.
    fn most_in_a_minute(&self) -> usize {
        most_within(&self.times("oqsb"), 60 * SECOND)
    }

    fn calls_a_second(&self, from: Ms, to: Ms) -> f64 {
        let calls = self.store.calls.borrow();
        let within = calls.iter().filter(|at| (START + from..START + to).contains(at)).count();
        within as f64 * 1_000.0 / (to - from) as f64
    }
}

/// Most within any so many milliseconds.
fn most_within(times: &[Ms], span: Ms) -> usize {
    let mut from = 0;
    let mut most = 0;
    for (to, at) in times.iter().enumerate() {
        while times[from] + span <= *at {
            from += 1;
        }
        most = most.max(to + 1 - from);
    }
    most
}

fn between(times: &[Ms], from: Ms, to: Ms) -> usize {
    times.iter().filter(|at| (from..to).contains(*at)).count()
}

/// A hundred parts: what one request takes.
fn hundred() -> String {
    let skus: Vec<String> = (0..100).map(|number| format!("A{number}")).collect();
    serde_json::json!({ "sku": skus }).to_string()
}

const QUOTE: &str = r#"{"lines":[{"sku":"A","quantity":1}]}"#;
const ORDER: &str = r#"{"id":"1"}"#;

#[test]
fn a_crowd_uses_the_quota_up_and_never_more() {
    let fleet = Fleet::new();
    let args = hundred();
    for instance in 0..INSTANCES {
        for _ in 0..8 {
            fleet.keen(instance, "stock", &args, 0, 250 * SECOND);
        }
    }
    fleet.world.run_for(250 * SECOND);
    let times = fleet.times("s");
    assert!(fleet.most_in_a_minute() <= 600, "{}", fleet.most_in_a_minute());
    // From the second window on, which is the first that does not begin empty; two whole windows.
    let (from, to) = (times[588], times[3 * 588]);
    let skus = 2.0 * 588.0 * 100.0 * 1_000.0 / (to - from) as f64;
    let three_minutes = between(&times, 0, 180 * SECOND) as f64 * 100.0 / 180.0;
    println!(
        "saturated: {skus:.1} SKU/s over two windows, {three_minutes:.0} over the first three minutes; most in a minute {}; {:.1} calls of the coordinator a second ({:.1} in the first second)",
        fleet.most_in_a_minute(),
        fleet.calls_a_second(from, to),
        fleet.calls_a_second(0, SECOND),
    );
    assert!(skus >= 950.0, "{skus} SKU/s");
    assert!(fleet.calls_a_second(from, to) <= 20.0);
}

#[test]
fn orders_go_at_once_whatever_else_is_asked() {
    let fleet = Fleet::new();
    let args = hundred();
    for instance in 0..INSTANCES {
        for _ in 0..3 {
            fleet.keen(instance, "stock", &args, 2 * SECOND, 180 * SECOND);
        }
        fleet.keen(instance, "quote", QUOTE, 10 * SECOND, 180 * SECOND);
        fleet.keen(instance, "finances", "{}", 20 * SECOND, 180 * SECOND);
    }
    let mut orders = Vec::new();
    // As many as the reserve of a window: twelve.
    for number in 0..35 {
        let at = (2 + 5 * number) * SECOND + 150 * number;
        fleet.world.run_for(at);
        orders.push(fleet.call((number * 29) as usize % INSTANCES, "confirmRequisition", ORDER.to_owned()));
    }
    fleet.world.run_for(185 * SECOND);
    let longest = orders.iter().map(|order| {
        let (outcome, took) = order.taken().expect("an order waits");
        outcome.unwrap();
        took
    });
    let longest = longest.max().unwrap();
    println!(
        "mixed: {} orders, the longest took {longest} ms; stock {}, quotes {}, background {}; most in a minute {}; {:.1} calls of the coordinator a second",
        orders.len(),
        fleet.times("s").len(),
        fleet.times("q").len(),
        fleet.times("b").len(),
        fleet.most_in_a_minute(),
        fleet.calls_a_second(60 * SECOND, 180 * SECOND),
    );
    assert!(fleet.most_in_a_minute() <= 600, "{}", fleet.most_in_a_minute());
    // Of the token, the lease, the way and the answer, nothing else.
    assert!(longest <= 80 + ROUND_TRIP + 400 + 120 + 25, "{longest}");
    // The lanes below: prices before stock, stock before what nobody waits for.
    assert!(fleet.times("q").len() > 600 && fleet.times("b").len() < fleet.times("s").len());
}

#[test]
fn orders_wait_only_for_orders() {
    let fleet = Fleet::new();
    for instance in 0..INSTANCES {
        fleet.keen(instance, "stock", &hundred(), 0, 100 * SECOND);
    }
    fleet.world.run_for(59 * SECOND);
    let orders: Vec<_> =
        (0..20).map(|number| fleet.call(number % INSTANCES, "confirmRequisition", ORDER.to_owned())).collect();
    fleet.world.run_for(60 * SECOND);
    let at_once = orders.iter().filter(|order| order.is_done()).count();
    assert!((12..20).contains(&at_once), "the reserve: {at_once}");
    fleet.world.run_for(62_500);
    assert!(orders.iter().all(Caller::is_done), "then they are the first");
    assert!(fleet.most_in_a_minute() <= 600);
}

#[test]
fn a_refusal_is_a_lesson_for_all() {
    let refused = Rc::new(Cell::new(0));
    let once = refused.clone();
    let fleet = Fleet::of(INSTANCES, move |now| {
        (now >= START + 70 * SECOND && once.get() == 0).then(|| {
            once.set(now - START);
            Reply::Answer(100, with(response(429, ""), "retry-after", "10"))
        })
    });
    for instance in 0..INSTANCES {
        fleet.keen(instance, "stock", &hundred(), 3 * SECOND, 200 * SECOND);
        fleet.keen(instance, "stock", &hundred(), 3 * SECOND, 200 * SECOND);
    }
    fleet.world.run_for(200 * SECOND);
    let refused = refused.get();
    let times = fleet.times("s");
    // What was leased a moment before may still go.
    let (from, to) = (refused + 1_000 + 400 + 200, refused + 10 * SECOND);
    assert_eq!(between(&times, from, to), 0, "nobody sends while the supplier wants to be left alone");
    let after: Vec<Ms> = times.iter().copied().filter(|at| *at > to).collect();
    let most = most_within(&after, 60 * SECOND);
    assert!((350..=462).contains(&most), "{most}");
    assert!(fleet.store.lessor.borrow().rate() < 470);
}

#[test]
fn without_the_store_nothing_overruns_and_orders_go_on() {
    for health in [Health::Throws, Health::Hangs] {
        let fleet = Fleet::new();
        for instance in 0..INSTANCES {
            fleet.keen(instance, "stock", &hundred(), 0, 360 * SECOND);
        }
        fleet.world.run_for(90 * SECOND);
        fleet.store.health.set(health);
        let mut orders = Vec::new();
        for number in 0..12 {
            fleet.world.run_for((91 + 4 * number) * SECOND);
            orders.push(fleet.call(number as usize, "confirmRequisition", ORDER.to_owned()));
        }
        fleet.world.run_for(240 * SECOND);
        let longest = orders.iter().map(|order| order.taken().expect("an order waits").1).max().unwrap();
        assert!(longest <= 1_000 + 1_000, "{longest}");
        let dark = between(&fleet.times("s"), 153 * SECOND, 213 * SECOND);
        let asked = fleet.calls_a_second(153 * SECOND, 213 * SECOND);
        fleet.store.health.set(Health::Well);
        fleet.world.run_for(360 * SECOND);
        println!(
            "out of reach: {dark} in a minute, orders after {longest} ms at most, asked {asked:.1} times a second"
        );
        assert!(fleet.most_in_a_minute() <= 600, "{}", fleet.most_in_a_minute());
        assert!(dark >= 400, "they go on: {dark}");
        assert!(asked < 40.0, "{asked}");
        // What was sent without the store is in its window when they return.
        let back = between(&fleet.times("s"), 302 * SECOND, 360 * SECOND);
        assert!(back > 400, "and come back: {back}");
    }
}

#[test]
fn who_alone_is_cut_off_adds_no_more_than_its_share() {
    let fleet = Fleet::new();
    for instance in 0..INSTANCES {
        fleet.keen(instance, "stock", &hundred(), 0, 200 * SECOND);
    }
    fleet.world.run_for(30 * SECOND);
    for client in &fleet.instances[..8] {
        client.runtime().cut_off.set(true);
    }
    fleet.world.run_for(200 * SECOND);
    let most = fleet.most_in_a_minute();
    println!("8 of 64 cut off: {most} in a minute");
    assert!(most <= 588 + 8 * 9, "{most}");
}

#[test]
fn a_restart_of_the_store_forgets_nothing() {
    let fleet = Fleet::new();
    for instance in 0..INSTANCES {
        fleet.keen(instance, "stock", &hundred(), 0, 200 * SECOND);
    }
    for at in (1..200).step_by(7) {
        fleet.world.run_for(at * SECOND);
        fleet.store.restart(fleet.world.now());
    }
    fleet.world.run_for(200 * SECOND);
    assert!(fleet.most_in_a_minute() <= 600, "{}", fleet.most_in_a_minute());
    let times = fleet.times("s");
    let skus = 2.0 * 588.0 * 100.0 * 1_000.0 / (times[3 * 588] - times[588]) as f64;
    assert!(skus >= 930.0, "{skus}");
}

#[test]
fn in_steady_traffic_not_each_request_asks_the_store() {
    let mut told = Vec::new();
    for (callers, pause) in [(1, 5 * SECOND), (1, 300), (4, 400)] {
        let fleet = Fleet::of(1, |_| None);
        for _ in 0..callers {
            fleet.keen(0, "stock", &hundred(), pause, 50 * SECOND);
        }
        fleet.world.run_for(50 * SECOND);
        let (requests, calls) = (fleet.times("s").len(), fleet.store.calls.borrow().len());
        told.push((requests as f64 / 50.0, calls as f64 / requests as f64));
    }
    println!("one instance, requests a second and calls of the coordinator for each: {told:.2?}");
    assert!(told[0].1 <= 1.1 && told[2].1 <= 0.5, "{told:?}");
}
