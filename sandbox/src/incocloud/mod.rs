//! IncoCloud's Web API, as its page describes it and as the program behind it suggests.

pub mod accounts;
mod amount;
mod books;
mod clerk;
mod errors;
mod goods;
mod hospitality;
mod items;
mod money;
pub(crate) mod operation;
mod papers;
mod parameters;
mod past;
mod people;
mod resources;
mod sales;
mod stock;
mod ties;
mod tokens;

use serde_json::{Value, json};

use self::accounts::{APPLICATIONS, Application};
use self::books::Books;
use self::errors::Refusal;
use self::operation::Operation;
use self::parameters::Parameters;
use self::resources::Resource;
use self::tokens::Tokens;
use crate::http::{Reply, Request};
use crate::journal::Tally;
use crate::settings::{Localization, Settings};

/// A request, recognised: what it calls, with what, and for whom.
pub(crate) struct Recognised {
    pub(crate) operation: Option<Operation>,
    pub(crate) application: Option<&'static Application>,
    asked: Parameters,
}

/// The supplier's state.
#[derive(Debug, Default)]
pub(crate) struct IncoCloud {
    pub(crate) tokens: Tokens,
    /// Each firm's, from when they are first looked at.
    books: [Option<Books>; APPLICATIONS.len()],
    /// How many requests each application made.
    totals: [u64; APPLICATIONS.len()],
    refusals: u64,
    pub(crate) concurrency: Concurrency,
}

/// Requests at one time, as the shell sees them.
#[derive(Debug, Default)]
pub(crate) struct Concurrency {
    now: u64,
    most: u64,
}

impl Concurrency {
    /// One more is under way.
    pub(crate) fn began(&mut self) {
        self.now += 1;
        self.most = self.most.max(self.now);
    }

    /// One is over; after a reset it may be one that was never counted.
    pub(crate) fn ended(&mut self) {
        self.now = self.now.saturating_sub(1);
    }
}

impl IncoCloud {
    /// Sees what a request calls and for whom, and counts it.
    pub(crate) fn recognise(&mut self, request: &Request) -> Recognised {
        let segments = request.segments();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let operation = Operation::at(&request.method, &segments);
        let asked = Parameters::of(request);
        let application = match operation {
            Some(Operation::Token) => tokens::application(&asked),
            _ => self.tokens.owner(&asked),
        };
        if let Some(application) = application {
            self.totals[application.ordinal as usize] += 1;
        }
        Recognised { operation, application, asked }
    }

    /// Answers a request, with all that follows from it.
    pub(crate) fn answer(
        &mut self,
        request: &Request,
        recognised: &Recognised,
        now: u64,
        settings: &Settings,
    ) -> Reply {
        match self.admitted(request, recognised, now, settings) {
            Ok(body) => Reply::json(200, &body),
            Err(refusal) => self.refuse(&refusal, settings),
        }
    }

    /// What a fault says: the words given, or those that belong to the status.
    pub(crate) fn fault(
        &mut self,
        status: u16,
        text: Option<&str>,
        operation: Option<Operation>,
        settings: &Settings,
    ) -> Reply {
        let refusal = match text {
            Some(text) => errors::refusal(status, text),
            None => errors::of_status(status, operation),
        };
        self.refuse(&refusal, settings)
    }

    /// Every sale that was created from outside, whole, by application.
    pub(crate) fn ledger(&self) -> Value {
        let sales: Value = APPLICATIONS
            .iter()
            .zip(&self.books)
            .map(|(application, books)| {
                let sales = books.as_ref().map_or(json!([]), Books::created_sales);
                (application.app_id.to_owned(), sales)
            })
            .collect();
        json!({ "sales": sales })
    }

    /// How much was asked by each application, and what came of it.
    pub(crate) fn counters(&self, asked: &Tally) -> Value {
        let accounts: Value = APPLICATIONS
            .iter()
            .zip(self.totals)
            .map(|(application, total)| (application.app_id.to_owned(), json!({ "total": total })))
            .collect();
        let created: usize = self.books.iter().flatten().map(|books| books.created.len()).sum();
        json!({
            "requests": asked.requests,
            "tokens": self.tokens.issued,
            "byOperation": asked.by_operation,
            "accounts": accounts,
            "maxConcurrent": self.concurrency.most,
            "sales": { "created": created },
        })
    }

    /// A firm's books.
    pub(crate) fn books(&mut self, application: &'static Application) -> &mut Books {
        self.books[application.ordinal as usize].get_or_insert_with(|| Books::of(application))
    }

    fn refuse(&mut self, refusal: &Refusal, settings: &Settings) -> Reply {
        self.refusals += 1;
        refusal.reply(settings.inco_error_form, self.refusals - 1)
    }

    /// The checks, then the service.
    fn admitted(
        &mut self,
        request: &Request,
        recognised: &Recognised,
        now: u64,
        settings: &Settings,
    ) -> Result<Value, Refusal> {
        if settings.secure_only && !tokens::is_secure(request) {
            return Err(errors::insecure());
        }
        let operation = recognised.operation.ok_or_else(errors::not_found)?;
        if let Operation::Token = operation {
            let application = recognised.application.ok_or_else(errors::invalid_credentials)?;
            if settings.service_disabled {
                return Err(errors::disabled());
            }
            return Ok(self.tokens.issue(application, request, settings));
        }
        if settings.wrong_server {
            return Err(errors::wrong_server());
        }
        let application = recognised.application.ok_or_else(errors::invalid_token)?;
        if settings.service_disabled {
            return Err(errors::disabled());
        }
        if settings.rights.iter().any(|name| name == operation.name()) {
            return Err(errors::denied());
        }
        let books = self.books(application);
        match operation {
            Operation::Read(resource) => read(books, resource, &recognised.asked, settings),
            _ if settings.localization == Localization::Sutto => Err(errors::denied()),
            _ => {
                let body = request.json().filter(Value::is_object);
                sales::create(books, &body.ok_or_else(|| errors::invalid("the body must be a JSON object"))?, now)
            }
        }
    }
}

/// `GET` of a resource.
fn read(books: &Books, resource: &Resource, asked: &Parameters, settings: &Settings) -> Result<Value, Refusal> {
    let selected = resource.select(books.of_resource(resource.name), asked)?;
    let mut rows: Vec<Value> = match resource.name {
        "item" => items::answer(books, selected, asked, settings)?,
        _ if resource.has_payments && asked.flag("load_payments")? => books.with_payments(selected),
        _ => selected.into_iter().cloned().collect(),
    };
    for field in settings.hidden_fields.get(resource.name).into_iter().flatten() {
        rows.iter_mut().for_each(|row| hide(row, field));
    }
    Ok(Value::Array(rows))
}

/// Leaves a field out: of the row, or of each of its lines (`details.price_in`).
fn hide(row: &mut Value, field: &str) {
    match (field.split_once('.'), row) {
        (Some((list, field)), row) => {
            let lines = row.get_mut(list).and_then(Value::as_array_mut);
            lines.into_iter().flatten().for_each(|line| hide(line, field));
        }
        (None, Value::Object(row)) => {
            row.shift_remove(field);
        }
        _ => {}
    }
}
