//! Inter Cars' IC API and IncoCloud's Web API, emulated: modelled on the suppliers' documents, not on the live services.
//!
//! [`Sandbox::handle`] is the whole of it: a request and the time go in, a reply comes out. There is no socket, no clock
//! and no chance in here but a seeded one, so the same requests at the same times always get the same answers. The
//! server of this crate is a shell around it, and tests may do without the shell.
//!
//! It shares no type with the clients that it tests: what both read wrong alike, no test would find.

mod clock;
mod control;
mod faults;
mod http;
mod incocloud;
mod intercars;
mod journal;
mod seeded;
#[cfg(feature = "server")]
pub mod server;
mod settings;

use serde_json::{Value, json};

pub use self::clock::Clock;
pub use self::faults::{Fault, Match, Rule};
pub use self::http::{Ending, Reply, Request};
pub use self::incocloud::accounts::{APPLICATIONS, Application};
pub use self::intercars::accounts::{ACCOUNTS, Account, WAREHOUSES};
pub use self::settings::{
    AvailabilityForm, BrandsFilter, ErrorForm, IncoErrorForm, IncoTokenForm, LanguageRequired, Localization, OrderForm,
    RetryAfter, SearchWithoutShipTo, Settings, SkipHeader, WindowLastDay,
};

use self::faults::{Faults, Struck};
use self::incocloud::IncoCloud;
use self::incocloud::operation::Operation;
use self::intercars::InterCars;
use self::journal::{Caller, Journal, Supplier};

/// The suppliers' state and all that a test can set.
#[derive(Debug, Default)]
pub struct Sandbox {
    /// How its time follows from the time handed in.
    pub clock: Clock,
    faults: Faults,
    settings: Settings,
    /// What `reset` goes back to.
    initial: Settings,
    incocloud: IncoCloud,
    intercars: InterCars,
    journal: Journal,
}

impl Sandbox {
    /// A sandbox as new, with settings that a reset keeps.
    pub fn new(settings: Settings) -> Self {
        Self { settings: settings.clone(), initial: settings, ..Self::default() }
    }

    /// Answers one request that came in at `now_ms` (Unix, milliseconds).
    pub fn handle(&mut self, now_ms: u64, request: &Request) -> Reply {
        if self.settings.cors && request.method == "OPTIONS" {
            return self.allow_browsers(request, Reply::new(204, "text/plain", ""));
        }
        let segments = request.segments();
        if segments.first().is_some_and(|first| first == "_sandbox") {
            let reply = control::handle(self, now_ms, request);
            return self.allow_browsers(request, reply);
        }

        let now = self.clock.now(now_ms);
        if segments.first().is_some_and(|first| first == "connect") {
            self.ask_incocloud(now, request)
        } else {
            self.ask_intercars(now, request)
        }
    }

    /// The switches.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Sets the switches.
    pub fn set_settings(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// Sets one more fault.
    pub fn add_fault(&mut self, rule: Rule) {
        self.faults.add(rule);
    }

    /// Clears all faults.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// From now on no token is valid that was given out before.
    pub fn revoke_tokens(&mut self) {
        self.intercars.tokens.revoke_all();
        self.incocloud.tokens.revoke_all();
    }

    /// The requests seen after the one of that number, oldest first.
    pub fn log(&self, since: u64) -> Value {
        self.journal.since(since)
    }

    /// How much was asked, by operation and by account: of Inter Cars, and below `incocloud` of IncoCloud.
    pub fn counters(&self) -> Value {
        let (submitted, confirmed, cancelled) = self.intercars.requisitions.counts();
        let accounts: Value = ACCOUNTS
            .iter()
            .zip(&self.intercars.quotas)
            .map(|(account, quota)| {
                let counts = json!({
                    "total": quota.total,
                    "throttled": quota.throttled,
                    "maxInAnyMinute": quota.max_in_any_minute,
                });
                (account.client_id.to_owned(), counts)
            })
            .collect();
        let asked = self.journal.tally(Supplier::InterCars);
        json!({
            "requests": asked.requests,
            "tokens": self.intercars.tokens.issued,
            "byOperation": asked.by_operation,
            "accounts": accounts,
            "requisitions": { "submitted": submitted, "confirmed": confirmed, "cancelled": cancelled },
            "incocloud": self.incocloud.counters(self.journal.tally(Supplier::IncoCloud)),
        })
    }

    /// Every requisition, delivery and invoice that exists, and below `incocloud` every sale that was created, as truth
    /// to compare with.
    pub fn ledger(&mut self, now_ms: u64) -> Value {
        let now = self.clock.now(now_ms);
        self.intercars.settle(now, &self.settings);
        let mut ledger = self.intercars.ledger(now);
        ledger["incocloud"] = self.incocloud.ledger();
        ledger
    }

    /// The rows of one of IncoCloud's resources, or of its `stock`, as an application's books hold them.
    pub fn incocloud_rows(&mut self, application: &'static Application, resource: &str) -> Option<Value> {
        self.incocloud.books(application).kept(resource)
    }

    /// Lays rows over those of the same ids in an application's books, adds those that are new, and removes others.
    pub fn change_incocloud_rows(
        &mut self,
        application: &'static Application,
        resource: &str,
        set: Vec<Value>,
        remove: &[Value],
    ) -> Result<(), String> {
        self.incocloud.books(application).change(resource, set, remove)
    }

    /// The shell has begun with one more of IncoCloud's requests.
    pub fn incocloud_began(&mut self) {
        self.incocloud.concurrency.began();
    }

    /// The shell has delivered the answer to one of them, or given up on it.
    pub fn incocloud_ended(&mut self) {
        self.incocloud.concurrency.ended();
    }

    /// As new, with the settings of the start and the time handed in.
    pub fn reset(&mut self) {
        *self = Self::new(self.initial.clone());
    }

    fn ask_intercars(&mut self, now: u64, request: &Request) -> Reply {
        self.intercars.settle(now, &self.settings);
        let recognised = self.intercars.recognise(request, now);
        let caller = Caller {
            supplier: Supplier::InterCars,
            operation: recognised.operation.as_ref().ok().map(|operation| operation.name()),
            account: recognised.account.map(|account| account.client_id),
        };
        self.attend(
            now,
            request,
            caller,
            |sandbox| sandbox.intercars.answer(request, recognised, now, &sandbox.settings),
            |_, status, text| intercars::errors::fault(status, text),
        )
    }

    fn ask_incocloud(&mut self, now: u64, request: &Request) -> Reply {
        let recognised = self.incocloud.recognise(request);
        let operation = recognised.operation;
        let caller = Caller {
            supplier: Supplier::IncoCloud,
            operation: operation.map(Operation::name),
            account: recognised.application.map(|application| application.app_id),
        };
        self.attend(
            now,
            request,
            caller,
            |sandbox| sandbox.incocloud.answer(request, &recognised, now, &sandbox.settings),
            |sandbox, status, text| sandbox.incocloud.fault(status, text, operation, &sandbox.settings),
        )
    }

    /// What the suppliers have in common: the faults that befall a request, and the note that is taken of it.
    fn attend(
        &mut self,
        now: u64,
        request: &Request,
        caller: Caller,
        answer: impl FnOnce(&mut Self) -> Reply,
        refuse: impl FnOnce(&mut Self, u16, Option<&str>) -> Reply,
    ) -> Reply {
        let struck = self.faults.strike(caller.operation, caller.account, request);
        // A request that a fault keeps from taking effect is not even looked at.
        let mut reply =
            if struck.as_ref().is_none_or(Struck::commits) { answer(self) } else { Reply::json(200, &Value::Null) };
        let fault = struck.as_ref().map(Struck::kind);
        if let Some(struck) = struck {
            struck.spoil(&mut reply, |status, text| refuse(self, status, text));
        }
        self.journal.note(now, request, &caller, fault, &reply);
        self.allow_browsers(request, reply)
    }

    fn allow_browsers(&self, request: &Request, reply: Reply) -> Reply {
        if !self.settings.cors {
            return reply;
        }
        let asked = request.header_value("Access-Control-Request-Headers").unwrap_or("*");
        reply
            .header("Access-Control-Allow-Origin", "*")
            .header("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")
            .header("Access-Control-Allow-Headers", asked)
            .header("Access-Control-Expose-Headers", "*")
    }
}
