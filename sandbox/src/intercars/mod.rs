//! Inter Cars' IC API, as its pages and those who integrated it describe it.

pub mod accounts;
mod arguments;
mod auth;
mod catalog;
mod customer;
mod deliveries;
pub(crate) mod errors;
mod history;
mod invoices;
mod language;
mod operation;
mod pricing;
pub(crate) mod product;
mod quota;
mod requisitions;
mod samples;
mod stock;
mod submission;

use serde_json::{Value, json};

use self::accounts::{ACCOUNTS, Account};
use self::arguments::{Arguments, Window};
use self::auth::Tokens;
use self::errors::Refusal;
use self::language::Language;
use self::operation::Operation;
use self::quota::Quota;
use self::requisitions::Requisitions;
use self::stock::Shelves;
use crate::http::{Reply, Request};
use crate::settings::{Settings, SkipHeader};

/// One admitted call: all that an operation may look at besides the state.
pub(crate) struct Call<'a> {
    pub(crate) now: u64,
    pub(crate) account: &'static Account,
    pub(crate) language: Language,
    pub(crate) settings: &'a Settings,
    pub(crate) request: &'a Request,
    pub(crate) arguments: Arguments,
    /// The id in the path, decoded.
    pub(crate) id: String,
}

impl Call<'_> {
    /// The body, which must be JSON.
    pub(crate) fn body(&self) -> Result<Value, Refusal> {
        self.request.json().filter(Value::is_object).ok_or_else(|| errors::invalid("The body must be a JSON object"))
    }

    /// Whether the id in the path is a printed one. The samples are papers of the first account alone.
    pub(crate) fn is_sample(&self, sample: &Value, field: &str) -> bool {
        let row = sample.get(0).unwrap_or(sample);
        self.account.ordinal == 0 && row[field] == self.id
    }

    /// The printed rows whose field passes.
    pub(crate) fn samples_within(&self, sample: &Value, field: &str, passes: impl Fn(&str) -> bool) -> Vec<Value> {
        samples::rows(sample)
            .filter(|row| self.account.ordinal == 0 && row[field].as_str().is_some_and(&passes))
            .cloned()
            .collect()
    }
}

/// An answer that went well.
pub(crate) struct Answer {
    pub(crate) body: Value,
    /// SKUs or indexes that are named in a header instead of being answered.
    pub(crate) skipped: Vec<String>,
}

impl From<Value> for Answer {
    fn from(body: Value) -> Self {
        Self { body, skipped: Vec::new() }
    }
}

/// A request, recognised: what it calls and for whom.
pub(crate) struct Recognised {
    pub(crate) operation: Result<Operation, Refusal>,
    pub(crate) account: Option<&'static Account>,
}

/// The supplier's state.
#[derive(Debug, Default)]
pub(crate) struct InterCars {
    pub(crate) tokens: Tokens,
    pub(crate) quotas: [Quota; ACCOUNTS.len()],
    pub(crate) requisitions: Requisitions,
    shelves: Shelves,
    refusals: u64,
    skips: usize,
}

impl InterCars {
    /// Lets simulated time pass: orders that are due go out.
    pub(crate) fn settle(&mut self, now: u64, settings: &Settings) {
        self.requisitions.settle(now, settings);
    }

    /// Every paper that exists, by account.
    pub(crate) fn ledger(&self, now: u64) -> Value {
        let by_account = |rows: &dyn Fn(&'static Account) -> Value| -> Value {
            ACCOUNTS.iter().map(|account| (account.client_id.to_owned(), rows(account))).collect()
        };
        let sent = |account| history::all(account, now, &self.requisitions).into_iter();
        json!({
            "requisitions": self.requisitions.ledger(),
            "pastRequisitions": by_account(&|account| {
                history::generated(account, Window::EVER, now)
                    .filter(|s| s.ordered <= now)
                    .map(|s| json!({ "id": s.requisition_id, "orderId": s.order_id, "shipTo": s.ship_to, "atMs": s.ordered }))
                    .collect()
            }),
            "deliveries": by_account(&|account| {
                sent(account)
                    .map(|s| json!({ "id": s.id, "orderId": s.order_id, "atMs": s.sent }))
                    .collect()
            }),
            "invoices": by_account(&|account| {
                sent(account)
                    .filter(|s| s.invoiced <= now)
                    .map(|s| json!({ "id": s.invoice_id, "techId": s.tech_id, "atMs": s.invoiced }))
                    .collect()
            }),
        })
    }

    /// Sees what a request calls and for whom, and counts it.
    pub(crate) fn recognise(&mut self, request: &Request, now: u64) -> Recognised {
        let segments = request.segments();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let operation = Operation::at(&request.method, &segments);
        let account = match operation {
            Ok(Operation::Token) => auth::client(request),
            _ => self.tokens.bearer(request, now),
        };
        if let (Ok(operation), Some(account)) = (&operation, account)
            && *operation != Operation::Token
        {
            self.quotas[account.ordinal as usize].arrive(now);
        }
        Recognised { operation, account }
    }

    /// Answers a request, with all that follows from it.
    pub(crate) fn answer(&mut self, request: &Request, recognised: Recognised, now: u64, settings: &Settings) -> Reply {
        if let Ok(Operation::Token) = recognised.operation {
            return self.tokens.issue(request, now, settings.token_lifetime_seconds);
        }
        match self.admitted(request, recognised, now, settings) {
            Ok(answer) => self.success(answer, settings.skip_header),
            Err(refusal) => {
                self.refusals += 1;
                refusal.reply(settings, now, self.refusals)
            }
        }
    }

    /// The gateway's checks in its order, then the service.
    fn admitted(
        &mut self,
        request: &Request,
        recognised: Recognised,
        now: u64,
        settings: &Settings,
    ) -> Result<Answer, Refusal> {
        let operation = recognised.operation?;
        let account = recognised.account.ok_or_else(errors::unauthorized)?;
        self.quotas[account.ordinal as usize].admit(now, settings.rate).map_err(Refusal::Throttled)?;
        let language = request.header_value("Accept-Language").and_then(Language::parse);
        if language.is_none() && operation.needs_language(settings) {
            return Err(errors::business("ICF311", "Accept-Language header is missing or its value is not supported"));
        }
        let call = Call {
            now,
            account,
            language: language.unwrap_or(Language::ENGLISH),
            settings,
            request,
            arguments: Arguments(request.query()),
            // No operation has its id at any other place but these two.
            id: id(&request.segments()),
        };
        self.run(operation, &call)
    }

    fn run(&mut self, operation: Operation, call: &Call) -> Result<Answer, Refusal> {
        let requisitions = &mut self.requisitions;
        let body = match operation {
            Operation::Stock => return stock::stock(call, &self.shelves),
            Operation::Quote => return pricing::quote(call, &self.shelves),
            Operation::Price => return pricing::price(call),
            Operation::SubmitRequisition => return requisitions.submit(call, &mut self.shelves),
            Operation::Categories => catalog::categories(call)?,
            Operation::Products => catalog::products(call)?,
            Operation::GetDelivery => deliveries::get(call, requisitions)?,
            Operation::SearchDeliveries => deliveries::search(call, requisitions)?,
            Operation::SearchDeliveryMetadata => deliveries::metadata(call, requisitions)?,
            Operation::GetInvoice => invoices::get(call, requisitions)?,
            Operation::SearchInvoices => invoices::search(call, requisitions)?,
            Operation::SearchRequisitions => requisitions.search(call)?,
            Operation::GetRequisition => requisitions.get(call)?,
            Operation::ConfirmRequisition => requisitions.confirm(call)?,
            Operation::CancelRequisition => requisitions.cancel(call, &mut self.shelves)?,
            Operation::GetOrder => requisitions.order(call)?,
            Operation::Customer => customer::customer(call),
            Operation::Finances => customer::finances(call),
            Operation::Token => return Err(errors::no_resource()),
        };
        Ok(body.into())
    }

    fn success(&mut self, answer: Answer, spelling: SkipHeader) -> Reply {
        let reply = Reply::json(200, &answer.body);
        if answer.skipped.is_empty() {
            return reply;
        }
        let spellings = ["skipSkuList", "skpSkuList", "skiIndexList"];
        let name = match spelling {
            SkipHeader::Rotate => spellings[self.skips % spellings.len()],
            SkipHeader::SkipSkuList => spellings[0],
            SkipHeader::SkpSkuList => spellings[1],
            SkipHeader::SkiIndexList => spellings[2],
            SkipHeader::None => return reply,
        };
        self.skips += 1;
        // A header holds no other letters than ASCII's.
        let listed = answer.skipped.join(",");
        let listed: String = listed.chars().map(|c| if matches!(c, ' '..='~') { c } else { '?' }).collect();
        reply.header(name, listed)
    }
}

fn id(segments: &[String]) -> String {
    let at = match segments.get(1).map(String::as_str) {
        Some("sales") => 3,
        _ => 2,
    };
    segments.get(at).cloned().unwrap_or_default()
}
