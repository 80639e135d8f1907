//! A world whose time is a number: one thread, callers on timers of their own, and a supplier that is a closure. The clock
//! moves only when nobody has anything left to do, so that hours pass in milliseconds and every run is the same.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use stocklane::clients::{Attempt, Clock, Transport, Watch};
use stocklane::engine::{Failure, Ms, Outgoing};
use stocklane::operation::Response;

/// When the world begins: 2024-06-26T09:00:00Z.
pub const START: Ms = 1_719_392_400_000;

/// What a supplier does with a request.
pub enum Reply {
    /// An answer after so many milliseconds.
    Answer(Ms, Response),
    /// No answer after so many milliseconds.
    Failure(Ms, Failure),
    /// Nothing until the request's deadline.
    Silence,
    /// Nothing ever, the deadline included: the runtime dropped the request without a word.
    Gone,
}

/// A request as it was sent.
#[derive(Clone, Debug)]
pub struct Logged {
    pub at: Ms,
    /// No answer counts after that.
    pub until: Ms,
    pub outgoing: Outgoing,
}

impl Logged {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.outgoing.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

type Task = Pin<Box<dyn Future<Output = ()>>>;
type Supplier = Box<dyn FnMut(&Outgoing, Ms) -> Reply>;

pub struct World {
    now: Cell<Ms>,
    random: RefCell<Box<dyn FnMut() -> f64>>,
    timers: RefCell<BTreeMap<(Ms, u64), Waker>>,
    timer: Cell<u64>,
    supplier: RefCell<Supplier>,
    log: RefCell<Vec<Logged>>,
    flying: Cell<usize>,
    most_flying: Cell<usize>,
    /// Flights that were begun and have not landed.
    flights: RefCell<Vec<u64>>,
    tasks: RefCell<Vec<Option<Task>>>,
    ready: Arc<Mutex<VecDeque<usize>>>,
    attempts: RefCell<Vec<Attempt>>,
    progress: RefCell<Vec<(usize, usize)>>,
}

/// A caller that was set going.
pub struct Caller<T> {
    id: usize,
    world: Rc<World>,
    outcome: Rc<RefCell<Option<T>>>,
    done_at: Rc<Cell<Option<Ms>>>,
}

impl<T> Caller<T> {
    /// Runs the world until everybody is done.
    pub fn outcome(&self) -> T {
        self.world.run();
        self.taken().expect("nobody is left, and this caller is not done")
    }

    /// What came of it by now.
    pub fn taken(&self) -> Option<T> {
        self.outcome.borrow_mut().take()
    }

    pub fn is_done(&self) -> bool {
        self.done_at.get().is_some()
    }

    /// When it was done, in milliseconds since the start.
    pub fn done_after(&self) -> Ms {
        self.done_at.get().expect("not done") - START
    }

    /// Gives up, as a browser's page that is left.
    pub fn drop_it(&self) {
        let task = self.world.tasks.borrow_mut()[self.id].take();
        drop(task);
    }

    /// Is never polled again, and never dropped: as a request that an edge runtime cancelled.
    pub fn vanish(&self) {
        std::mem::forget(self.world.tasks.borrow_mut()[self.id].take());
    }
}

struct TaskWaker {
    id: usize,
    ready: Arc<Mutex<VecDeque<usize>>>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.ready.lock().unwrap().push_back(self.id);
    }
}

impl World {
    pub fn new(supplier: impl FnMut(&Outgoing, Ms) -> Reply + 'static) -> Rc<World> {
        let mut rng = fastrand::Rng::with_seed(7);
        Rc::new(World {
            now: Cell::new(START),
            random: RefCell::new(Box::new(move || rng.f64())),
            timers: RefCell::default(),
            timer: Cell::new(0),
            supplier: RefCell::new(Box::new(supplier)),
            log: RefCell::default(),
            flying: Cell::new(0),
            most_flying: Cell::new(0),
            flights: RefCell::default(),
            tasks: RefCell::default(),
            ready: Arc::default(),
            attempts: RefCell::default(),
            progress: RefCell::default(),
        })
    }

    /// Chance is this number from now on.
    pub fn always(&self, random: f64) {
        *self.random.borrow_mut() = Box::new(move || random);
    }

    pub fn spawn<T: 'static>(self: &Rc<Self>, future: impl Future<Output = T> + 'static) -> Caller<T> {
        let (outcome, done_at) = (Rc::new(RefCell::new(None)), Rc::new(Cell::new(None)));
        let (result, done, world) = (outcome.clone(), done_at.clone(), Rc::downgrade(self));
        let task = async move {
            let value = future.await;
            *result.borrow_mut() = Some(value);
            done.set(world.upgrade().map(|world| world.now.get()));
        };
        let id = self.tasks.borrow().len();
        self.tasks.borrow_mut().push(Some(Box::pin(task)));
        self.ready.lock().unwrap().push_back(id);
        Caller { id, world: self.clone(), outcome, done_at }
    }

    /// Runs until everybody is done.
    pub fn run(&self) {
        self.run_to(Ms::MAX);
        let waiting = self.tasks.borrow().iter().flatten().count();
        assert_eq!(waiting, 0, "callers wait for nothing, for ever");
        assert!(self.flights.borrow().is_empty(), "a flight never landed");
        assert_eq!(self.flying.get(), 0);
    }

    /// Runs until so many milliseconds after the start, or until nobody has anything to do.
    pub fn run_for(&self, after_start: Ms) {
        self.run_to(START + after_start);
        self.now.set(START + after_start);
    }

    fn run_to(&self, end: Ms) {
        let mut turns_at_once = 0;
        loop {
            let next = self.ready.lock().unwrap().pop_front();
            if let Some(id) = next {
                turns_at_once += 1;
                assert!(turns_at_once < 2_000_000, "callers go round in circles");
                let task = self.tasks.borrow_mut()[id].take();
                if let Some(mut task) = task {
                    let waker = Waker::from(Arc::new(TaskWaker { id, ready: self.ready.clone() }));
                    if task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
                        self.tasks.borrow_mut()[id] = Some(task);
                    }
                }
                continue;
            }
            turns_at_once = 0;
            let first = self.timers.borrow().first_key_value().map(|(key, _)| *key);
            let Some(key) = first.filter(|(at, _)| *at <= end) else { return };
            let waker = self.timers.borrow_mut().remove(&key);
            self.now.set(self.now.get().max(key.0));
            waker.into_iter().for_each(Waker::wake);
        }
    }

    /// Every request so far.
    pub fn log(&self) -> Vec<Logged> {
        self.log.borrow().clone()
    }

    /// Requests for tokens so far.
    pub fn tokens(&self) -> usize {
        self.log.borrow().iter().filter(|logged| is_token(&logged.outgoing)).count()
    }

    /// Requests for anything else.
    pub fn calls(&self) -> Vec<Logged> {
        self.log.borrow().iter().filter(|logged| !is_token(&logged.outgoing)).cloned().collect()
    }

    /// Requests that were under way at once, at most.
    pub fn most_flying(&self) -> usize {
        self.most_flying.get()
    }

    /// Milliseconds since the start.
    pub fn passed(&self) -> Ms {
        self.now.get() - START
    }

    pub fn attempts(&self) -> Vec<Attempt> {
        self.attempts.borrow().clone()
    }

    pub fn progress(&self) -> Vec<(usize, usize)> {
        self.progress.borrow().clone()
    }
}

pub fn is_token(outgoing: &Outgoing) -> bool {
    outgoing.url.ends_with("/oauth2/token") || outgoing.url.contains("/connect/api/access_token?")
}

struct Timer<'a> {
    world: &'a World,
    until: Ms,
    key: Option<(Ms, u64)>,
}

impl Future for Timer<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.clear();
        if self.world.now.get() >= self.until {
            return Poll::Ready(());
        }
        let number = self.world.timer.get() + 1;
        self.world.timer.set(number);
        self.key = Some((self.until, number));
        self.world.timers.borrow_mut().insert((self.until, number), context.waker().clone());
        Poll::Pending
    }
}

impl Timer<'_> {
    fn clear(&mut self) {
        if let Some(key) = self.key.take() {
            self.world.timers.borrow_mut().remove(&key);
        }
    }
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        self.clear();
    }
}

struct Flying<'a>(&'a World);

impl Drop for Flying<'_> {
    fn drop(&mut self) {
        self.0.flying.set(self.0.flying.get() - 1);
    }
}

impl Clock for World {
    fn now(&self) -> Ms {
        self.now.get()
    }

    fn random(&self) -> f64 {
        (self.random.borrow_mut())()
    }

    async fn sleep(&self, until: Ms) {
        Timer { world: self, until, key: None }.await;
    }

    fn lead(&self, flight: u64) {
        if !self.flights.borrow().contains(&flight) {
            self.flights.borrow_mut().push(flight);
        }
    }

    fn land(&self, flight: u64) {
        self.flights.borrow_mut().retain(|known| *known != flight);
    }
}

impl Transport for World {
    async fn send(&self, outgoing: Outgoing, until: Ms) -> Result<Response, Failure> {
        let now = self.now.get();
        self.log.borrow_mut().push(Logged { at: now, until, outgoing: outgoing.clone() });
        self.flying.set(self.flying.get() + 1);
        self.most_flying.set(self.most_flying.get().max(self.flying.get()));
        let _flying = Flying(self);
        let reply = (self.supplier.borrow_mut())(&outgoing, now);
        let (after, outcome) = match reply {
            Reply::Answer(after, response) => (after, Ok(response)),
            Reply::Failure(after, failure) => (after, Err(failure)),
            Reply::Silence => (Ms::MAX / 2, Err(Failure::Timeout)),
            Reply::Gone => std::future::pending().await,
        };
        if now + after > until {
            self.sleep(until).await;
            return Err(Failure::Timeout);
        }
        self.sleep(now + after).await;
        outcome
    }
}

/// Notes everything.
pub struct Notes(pub Rc<World>);

impl Watch for Notes {
    fn attempted(&self, attempt: Attempt) {
        self.0.attempts.borrow_mut().push(attempt);
    }

    fn progressed(&self, done: usize, total: usize) {
        self.0.progress.borrow_mut().push((done, total));
    }
}
