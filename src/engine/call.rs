//! One call: its arguments split into requests, each admitted, sent, repeated where that is safe, decoded, and gathered.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::time::UNIX_EPOCH;

use crate::operation::{
    Args, AskedKey, Error, ErrorKind, Grant, Lane, Names, Operation, Request, Response, TokenRequest, encode_value,
};
use crate::wire::{Fault, Tape, Units, decode};

use super::Ms;
use super::account::Account;
use super::leases::Admission;
use super::lessor::{Ask, Leased};
use super::quota::Ticket;
use super::secrets::Secrets;
use super::token::Turn;

/// Requests of one call that are under way at once: what a browser or an edge runtime grants a host.
const MAX_FLYING: usize = 6;
/// Longest wait that a supplier may ask for; past it the call ends at once and says when to come again.
const LONGEST_RETRY_AFTER: Ms = 60_000;
/// First pause before a repeat; it doubles with each, up to the longest, and is spread evenly from nothing to that.
const FIRST_PAUSE: Ms = 500;
const LONGEST_PAUSE: Ms = 20_000;

/// What a caller may say of one call.
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    /// Bound of one request, in milliseconds.
    pub timeout_ms: Option<u64>,
    /// Bound of the whole call, in milliseconds.
    pub overall_timeout_ms: Option<u64>,
    /// Language of texts.
    pub language: Option<String>,
    /// Past any cache on the way.
    pub fresh: bool,
    /// Of a write: at most one order comes of it.
    pub idempotency_key: Option<String>,
    /// Repeats of one request, where other than the account's.
    pub max_retries: Option<u32>,
    /// Its place when the quota is short, where other than the operation's.
    pub lane: Option<Lane>,
}

/// What is to be done next.
#[derive(Debug)]
pub enum Step {
    /// Send this, and feed back what comes.
    Send(Send),
    /// Ask the store for this, and feed back what it says to [`Call::leased`].
    Lease(Lease),
    /// Ask again at this time, or when a request under way has come back, or when the flight has landed.
    Wait {
        /// None: only when a request has come back.
        until: Option<Ms>,
        /// Somebody else's request for a token or a lease.
        flight: Option<u64>,
    },
    /// [`Call::finish`].
    Done,
}

/// A request to be sent now.
#[derive(Debug)]
pub struct Send {
    /// Whose answer it is to be.
    pub part: Part,
    /// What to send.
    pub outgoing: Outgoing,
    /// No answer counts after that.
    pub until: Ms,
    /// Which attempt of this part, from 1.
    pub attempt: u32,
    /// What must not be told of it.
    pub secrets: Secrets,
}

/// A lease to be asked for now.
#[derive(Debug)]
pub struct Lease {
    /// By which others wait for it.
    pub flight: u64,
    /// Whose quota it is of, as the store knows it.
    pub account: String,
    /// How much.
    pub ask: Ask,
    /// No answer counts after that.
    pub until: Ms,
}

/// Which part of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The token, of this flight.
    Token(u64),
    /// A request of the operation's own.
    Own(usize),
}

/// A whole request.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// GET or POST.
    pub method: &'static str,
    /// Absolute, or relative to the page.
    pub url: String,
    /// Names as they are sent.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: Option<Vec<u8>>,
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, Secrets::shown(&self.url))
    }
}

/// Why no answer came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Not by the deadline.
    Timeout,
    /// The connection failed; in the runtime's words.
    Network(String),
    /// The answer is longer than may be read.
    TooLong,
    /// The runtime refused to make a request of it; in its words.
    Unsendable(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Failure::Timeout => "no whole answer in time",
            Failure::Network(words) | Failure::Unsendable(words) => words,
            Failure::TooLong => "the answer is longer than is read",
        })
    }
}

/// One request's answer, checked.
#[derive(Debug)]
pub struct Answer {
    /// As it came.
    pub body: Vec<u8>,
    /// Where its values stand.
    pub tape: Tape,
    /// Where a proxy says that the next page begins, or that there is none.
    pub next: Option<String>,
}

/// What a call came to.
#[derive(Debug)]
pub struct Gathered {
    /// One for each request, in the order of what was asked.
    pub answers: Vec<Answer>,
    /// What was asked for and is in none of them.
    pub skipped: Vec<Skipped>,
}

/// A key that was asked for and could not be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// As asked.
    pub key: AskedKey,
    /// The supplier's code, where it gave one.
    pub code: Option<String>,
    /// Whether the supplier says that it does not know it.
    pub unknown: bool,
    /// Why.
    pub reason: &'static str,
}

const UNKNOWN: &str = "the supplier does not know it";

/// A call under way.
pub struct Call {
    args: Args,
    options: CallOptions,
    units: Units,
    keys: Vec<AskedKey>,
    parts: Vec<OwnPart>,
    /// By their place in what was asked.
    skipped: BTreeMap<usize, Skipped>,
    until: Option<Ms>,
    token: TokenPart,
    /// The flight of a lease that this call asks for.
    lease: Option<u64>,
    failed: Option<Error>,
    last: Option<Error>,
}

struct OwnPart {
    keys: Range<usize>,
    attempt: u32,
    renewed: bool,
    state: State,
}

enum State {
    Waiting { not_before: Ms, ticket: Option<Ticket> },
    Flying { since: Ms, token: Option<String>, slot: u64 },
    Answered(Answer),
    Dropped,
}

#[derive(Default)]
struct TokenPart {
    joined: Option<u64>,
    leads: Option<u64>,
    flying: bool,
    attempt: u32,
    not_before: Ms,
}

impl Call {
    /// A call with checked arguments; its answers are decoded in `units`.
    pub fn new(args: Args, options: CallOptions, units: Units, now: Ms) -> Call {
        let keys = args.keys();
        let waiting = |keys| OwnPart {
            keys,
            attempt: 0,
            renewed: false,
            state: State::Waiting { not_before: now, ticket: None },
        };
        let parts = args.parts().into_iter().map(waiting).collect();
        Call {
            until: options.overall_timeout_ms.map(|bound| now + bound),
            args,
            options,
            units,
            keys,
            parts,
            skipped: BTreeMap::new(),
            token: TokenPart::default(),
            lease: None,
            failed: None,
            last: None,
        }
    }

    /// What is called.
    pub fn operation(&self) -> &'static Operation {
        self.args.operation()
    }

    /// Requests answered, and in all as far as is known.
    pub fn progress(&self) -> (usize, usize) {
        (self.parts.iter().filter(|part| part.is_settled()).count(), self.parts.len())
    }

    /// What to do now.
    pub fn poll(&mut self, account: &mut Account, now: Ms) -> Step {
        if let Some(until) = self.until
            && now >= until
            && self.failed.is_none()
        {
            let error = self.timed_out();
            self.failed = Some(self.settled(error));
        }
        if self.failed.is_some() || self.parts.iter().all(OwnPart::is_settled) {
            return Step::Done;
        }
        let mut wake = self.until;
        let mut flight = None;
        let mut lead = None;
        let sooner = |wake: &mut Option<Ms>, at: Ms| *wake = Some(wake.map_or(at, |wake| wake.min(at)));
        let mut flying = self.parts.iter().filter(|part| matches!(part.state, State::Flying { .. })).count();
        for index in 0..self.parts.len() {
            if flying >= MAX_FLYING {
                break;
            }
            let State::Waiting { not_before, .. } = self.parts[index].state else { continue };
            if not_before > now {
                sooner(&mut wake, not_before);
                continue;
            }
            let token = match self.token(account, now) {
                Ok(token) => token,
                Err(step) => match step {
                    Step::Wait { until, flight: joined } => {
                        if let Some(until) = until {
                            sooner(&mut wake, until);
                        }
                        flight = joined;
                        break;
                    }
                    step => return step,
                },
            };
            // The supplier has named a time that is too far to wait for: nobody asks until then.
            let blocked_until = account.blocked_until();
            if blocked_until > now + LONGEST_RETRY_AFTER {
                self.failed = Some(
                    Error::new(
                        ErrorKind::RateLimited,
                        "the supplier asked to be left alone for longer than a call waits",
                    )
                    .hint("Come again at retryAt.")
                    .retry_at(Some(blocked_until)),
                );
                return Step::Done;
            }
            if let Some(at) = account.slots.full(now) {
                sooner(&mut wake, at);
                break;
            }
            let lane = self.options.lane.unwrap_or(self.operation().lane);
            let State::Waiting { ticket, .. } = &mut self.parts[index].state else { continue };
            match account.admit(now, lane, ticket) {
                Ok(Admission::Go) => match self.send(account, index, token, now) {
                    Ok(send) => return Step::Send(send),
                    Err(error) => {
                        self.failed = Some(error);
                        return Step::Done;
                    }
                },
                Ok(Admission::Wait(at)) => sooner(&mut wake, at),
                // Its own comes back by itself.
                Ok(Admission::Join { flight: other, .. }) if self.lease == Some(other) => {}
                Ok(Admission::Join { flight: other, until }) => {
                    flight = Some(other);
                    sooner(&mut wake, until);
                }
                // Asked for when all parts stand in the queue, so that it is enough for them.
                Ok(Admission::Lead(flight)) => {
                    self.lease = Some(flight);
                    lead = Some(flight);
                }
                Err(super::Full) => {
                    self.failed = Some(
                        Error::new(ErrorKind::RateLimited, "too many calls wait for the quota already")
                            .hint("Ask for less at once, or later."),
                    );
                    return Step::Done;
                }
            }
            flying += 1;
        }
        if let Some(flight) = lead
            && let Some(lease) = account.lease(now, flight)
        {
            return Step::Lease(lease);
        }
        Step::Wait { until: wake, flight }
    }

    /// The token to send with, or what has to be done for it.
    fn token(&mut self, account: &mut Account, now: Ms) -> Result<Option<Grant>, Step> {
        let Some(how) = self.operation().dialect.token else { return Ok(None) };
        let Some(credentials) = &account.settings.credentials else { return Ok(None) };
        let bound = self.bound(account);
        let lead = match self.token.leads {
            Some(_) if self.token.flying => return Err(Step::Wait { until: None, flight: None }),
            Some(flight) => flight,
            None => match account.token.turn(now, now + bound, self.token.joined) {
                Turn::Have(grant) => return Ok(Some(grant)),
                Turn::Join { flight, until } => {
                    self.token.joined = Some(flight);
                    return Err(Step::Wait { until: Some(until), flight: Some(flight) });
                }
                Turn::Failed(error) => {
                    self.failed = Some(error);
                    return Err(Step::Done);
                }
                Turn::Lead(flight) => {
                    self.token = TokenPart { leads: Some(flight), ..TokenPart::default() };
                    flight
                }
            },
        };
        if self.token.not_before > now {
            return Err(Step::Wait { until: Some(self.token.not_before), flight: None });
        }
        self.token.flying = true;
        self.token.attempt += 1;
        Err(Step::Send(Send {
            part: Part::Token(lead),
            outgoing: credentials.request(how),
            until: now + bound,
            attempt: self.token.attempt,
            secrets: Secrets::new(credentials.secrets()),
        }))
    }

    /// Of one request.
    fn repeats(&self, account: &Account) -> u32 {
        self.options.max_retries.unwrap_or(account.settings.max_retries)
    }

    /// Of one request.
    fn bound(&self, account: &Account) -> Ms {
        self.options.timeout_ms.unwrap_or(account.settings.timeout_ms)
    }

    fn send(&mut self, account: &mut Account, index: usize, grant: Option<Grant>, now: Ms) -> Result<Send, Error> {
        let until = now + self.bound(account);
        // At every use, not only when the token came.
        let server = match &grant {
            Some(grant) => trusted_server(self.operation(), account, grant)?,
            None => None,
        };
        let settings = &account.settings;
        let part = &mut self.parts[index];
        part.attempt += 1;
        if part.attempt == 1 {
            account.budget.earn();
        }
        let language = self.options.language.as_ref().unwrap_or(&settings.language);
        let base = server.as_deref().unwrap_or(&settings.base_url);
        let mut outgoing = outgoing(&self.args, part.keys.clone(), base, language, &settings.names);
        let headers = &mut outgoing.headers;
        let token = grant.map(|grant| grant.token);
        match &token {
            Some(token) => {
                headers.push(("User-Agent", USER_AGENT.to_owned()));
                match server {
                    Some(_) => {
                        outgoing.url.push_str(if outgoing.url.contains('?') { "&token=" } else { "?token=" });
                        encode_value(&mut outgoing.url, token);
                    }
                    None => headers.push(("Authorization", format!("Bearer {token}"))),
                }
            }
            // Without secrets of our own we speak to a proxy: by this header, which no form can send, it knows a script.
            None => headers.push(("X-Stocklane", "1".to_owned())),
        }
        if let (None, Some(key)) = (&token, &self.options.idempotency_key) {
            outgoing.headers.push(("Idempotency-Key", key.clone()));
        }
        if self.options.fresh {
            outgoing.headers.push(("Cache-Control", "no-cache".to_owned()));
        }
        let secrets = secrets(account, token.as_deref());
        part.state = State::Flying { since: now, token, slot: account.slots.take(until) };
        Ok(Send { part: Part::Own(index), outgoing, until, attempt: part.attempt, secrets })
    }

    /// Feeds back what came of a [`Send`]. `random` is a number from 0 to 1. Answers with the flight that has landed by it,
    /// for those who wait.
    pub fn answered(
        &mut self,
        account: &mut Account,
        part: Part,
        outcome: Result<Response, Failure>,
        now: Ms,
        random: f64,
    ) -> Option<u64> {
        match part {
            Part::Token(flight) => {
                self.token_answered(account, flight, outcome, now, random);
                (self.token.leads != Some(flight)).then_some(flight)
            }
            Part::Own(index) => {
                self.own_answered(account, index, outcome, now, random);
                None
            }
        }
    }

    /// Feeds back what the store said to a [`Lease`]; nothing where it could not be reached.
    pub fn leased(&mut self, account: &mut Account, flight: u64, leased: Option<Leased>, now: Ms) {
        if let Some(leases) = &mut account.leases {
            leases.landed(now, flight, leased);
        }
        self.lease = None;
    }

    fn token_answered(
        &mut self,
        account: &mut Account,
        flight: u64,
        outcome: Result<Response, Failure>,
        now: Ms,
        random: f64,
    ) {
        self.token.flying = false;
        let error = match outcome {
            Ok(response) if response.is_success() => match self.read_token(&response.body) {
                // A token whose server is not trusted is not even kept.
                Some(grant) => match trusted_server(self.operation(), account, &grant) {
                    Ok(_) => {
                        account.token.landed(flight, grant, now);
                        self.token = TokenPart::default();
                        return;
                    }
                    Err(error) => error,
                },
                None => Error::new(ErrorKind::Decode, "the token's answer holds no token")
                    .hint("Check where tokens are asked for: tokenUrl or authUrl."),
            },
            Ok(response) => explained(self.operation(), &response, &secrets(account, None)),
            Err(failure) => self.failure(failure),
        };
        let retry = error.kind.is_retryable() && self.token.attempt <= self.repeats(account);
        if retry && account.budget.spend() {
            self.token.not_before = now + pause(self.token.attempt, random);
            account.token.prolong(flight, self.token.not_before + self.bound(account));
            return;
        }
        account.token.failed(flight, error.clone());
        self.token = TokenPart::default();
        self.failed = Some(error);
    }

    fn read_token(&self, body: &[u8]) -> Option<Grant> {
        match self.operation().dialect.token? {
            TokenRequest::OAuth2 { read, .. } | TokenRequest::Server { read, .. } => read(body),
        }
    }

    fn own_answered(
        &mut self,
        account: &mut Account,
        index: usize,
        outcome: Result<Response, Failure>,
        now: Ms,
        random: f64,
    ) {
        let waiting = |not_before| State::Waiting { not_before, ticket: None };
        let State::Flying { since, token, slot } = std::mem::replace(&mut self.parts[index].state, waiting(now)) else {
            return;
        };
        account.slots.give_back(slot);
        let operation = self.operation();
        let mut hopeless = false;
        let error = match outcome {
            Ok(mut response) if response.is_success() => {
                response.body = account.settings.names.answer(operation, response.body);
                match decode(&response.body, operation.answer, self.units) {
                    Ok(tape) => {
                        self.note_skipped(index, &response, &tape);
                        let next = response.headers.get("x-stocklane-next").map(str::to_owned);
                        self.parts[index].state = State::Answered(Answer { body: response.body, tape, next });
                        return;
                    }
                    Err(fault) => {
                        Error { status: Some(response.status), ..unreadable(operation, &response.body, &fault) }
                    }
                }
            }
            Ok(response) => {
                let mut error = explained(operation, &response, &secrets(account, token.as_deref()));
                let code = error.code.as_deref().unwrap_or_default();
                if (response.status == 401 || operation.dialect.stale_token.contains(&code))
                    && let Some(token) = &token
                {
                    account.token.refused(token);
                    // A refused token means that nothing was done: this one repeat is safe for every operation.
                    if !std::mem::replace(&mut self.parts[index].renewed, true) {
                        self.token.joined = None;
                        return;
                    }
                }
                if error.kind == ErrorKind::RateLimited {
                    error.retry_at = retry_after(&response, now).or(error.retry_at.map(|at| at.max(now)));
                    account.throttled(since, now, error.retry_at);
                } else if response.status == 503 {
                    error.retry_at = retry_after(&response, now);
                }
                if self.split(index, &error, now) {
                    return;
                }
                error
            }
            Err(failure) => {
                hopeless = failure == Failure::TooLong;
                self.failure(failure)
            }
        };
        let attempt = self.parts[index].attempt;
        let patient = error.retry_at.is_none_or(|at| at <= now + LONGEST_RETRY_AFTER);
        let repeatable = operation.safe && !hopeless && error.kind.is_retryable() && patient;
        if repeatable && attempt <= self.repeats(account) && account.budget.spend() {
            let not_before = error.retry_at.unwrap_or(now + pause(attempt, random));
            self.parts[index].state = waiting(not_before);
            self.last = Some(error);
            return;
        }
        self.failed = Some(self.settled_of(error));
    }

    /// A batch that fails for one bad key is halved, until the bad one is alone and can be left out.
    fn split(&mut self, index: usize, error: &Error, now: Ms) -> bool {
        let code = error.code.as_deref().unwrap_or_default();
        if !self.operation().dialect.bad_batch.contains(&code) {
            return false;
        }
        let keys = self.parts[index].keys.clone();
        match keys.len() {
            0 => false,
            1 => {
                let key = self.keys[keys.start].clone();
                let code = error.code.clone();
                self.skipped.insert(keys.start, Skipped { key, code, unknown: true, reason: UNKNOWN });
                self.parts[index].state = State::Dropped;
                true
            }
            _ => {
                let middle = keys.start + keys.len() / 2;
                let half = |keys| OwnPart {
                    keys,
                    attempt: 0,
                    renewed: false,
                    state: State::Waiting { not_before: now, ticket: None },
                };
                self.parts[index] = half(keys.start..middle);
                // At the end, since requests under way are known by their position; `finish` puts them in order.
                self.parts.push(half(middle..keys.end));
                true
            }
        }
    }

    /// Every key that was asked for is in the rows or is named as skipped.
    fn note_skipped(&mut self, index: usize, response: &Response, tape: &Tape) {
        let operation = self.operation();
        let Some(batch) = &operation.batch else { return };
        let fold = |text: &str| text.trim().to_ascii_uppercase();
        let answered: HashSet<(usize, String)> =
            tape.keys(&response.body).map(|(_, field, text)| (field, fold(&text))).collect();
        let named: HashSet<String> = operation
            .dialect
            .skip_headers
            .iter()
            .filter_map(|name| response.headers.get(name))
            .flat_map(|list| list.split([',', ';']))
            .map(fold)
            .collect();
        for place in self.parts[index].keys.clone() {
            let key = &self.keys[place];
            let text = fold(&key.text);
            if answered.contains(&(batch.keys[key.by_index as usize], text.clone())) {
                continue;
            }
            let unknown = named.contains(&text);
            let reason =
                if unknown { UNKNOWN } else { "not in the supplier's answer: it cannot be bought at these places" };
            self.skipped.insert(place, Skipped { key: key.clone(), code: None, unknown, reason });
        }
    }

    /// The error that ends the call at once: of a write that is under way nobody knows what will come of it.
    fn settled(&self, error: Error) -> Error {
        if self.parts.iter().any(|part| matches!(part.state, State::Flying { .. })) {
            self.settled_of(error)
        } else {
            error
        }
    }

    /// The error of something that was sent: of a write, whatever leaves its end open is told so.
    fn settled_of(&self, mut error: Error) -> Error {
        use ErrorKind::{Decode, Network, Timeout, Upstream};
        // What was refused by its status was not done.
        let refused = error.status.is_some_and(|status| (300..500).contains(&status));
        if !self.operation().safe && !refused && matches!(error.kind, Timeout | Network | Upstream | Decode) {
            error.kind = ErrorKind::UnknownOutcome;
            error.hint = Some("It may have been done: look for it before you send it again.");
            error.idempotency_key = self.options.idempotency_key.clone();
        }
        error
    }

    fn failure(&self, failure: Failure) -> Error {
        let (kind, hint) = match failure {
            Failure::Timeout => (ErrorKind::Timeout, "Try again, or allow more with timeoutMs."),
            Failure::Network(_) => (
                ErrorKind::Network,
                "Check the connection and baseUrl; in a browser, whether the server allows this origin (CORS).",
            ),
            Failure::TooLong => (ErrorKind::Upstream, "Ask for less at once."),
            Failure::Unsendable(_) => (ErrorKind::Validation, "Nothing was sent: check baseUrl and tokenUrl."),
        };
        Error::new(kind, format!("{}: {failure}", self.operation().name)).hint(hint)
    }

    fn timed_out(&mut self) -> Error {
        let name = self.operation().name;
        let mut error = Error::new(ErrorKind::Timeout, format!("{name}: not done by its overall deadline"))
            .hint("Ask for less at once, or allow more with overallTimeoutMs.");
        if let Some(last) = self.last.take() {
            error.message = format!("{}; the last attempt: {}", error.message, last.message);
            (error.status, error.code, error.error_id) = (last.status, last.code, last.error_id);
        }
        error
    }

    /// Gives back what this call holds for itself: its places in the queue, and its leads. Answers with the flights that it
    /// led.
    pub fn abandon(&mut self, account: &mut Account) -> impl Iterator<Item = u64> + use<> {
        for part in &mut self.parts {
            match &mut part.state {
                State::Waiting { ticket, .. } => account.leave(ticket),
                State::Flying { slot, .. } => account.slots.give_back(*slot),
                _ => {}
            }
        }
        let flight = self.token.leads.take();
        if let Some(flight) = flight {
            account.token.end(flight);
        }
        let lease = self.lease.take();
        if let (Some(lease), Some(leases)) = (lease, &mut account.leases) {
            leases.end(lease);
        }
        flight.into_iter().chain(lease)
    }

    /// What the call came to, once it is done.
    ///
    /// # Errors
    /// What ended it.
    pub fn finish(mut self) -> Result<Gathered, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.parts.sort_by_key(|part| part.keys.start);
        let answers = self.parts.into_iter().filter_map(|part| match part.state {
            State::Answered(answer) => Some(answer),
            _ => None,
        });
        Ok(Gathered { answers: answers.collect(), skipped: self.skipped.into_values().collect() })
    }
}

impl OwnPart {
    fn is_settled(&self) -> bool {
        matches!(self.state, State::Answered(_) | State::Dropped)
    }
}

/// One request of an operation, without its credentials.
pub fn outgoing(args: &Args, keys: Range<usize>, base_url: &str, language: &str, names: &Names) -> Outgoing {
    let Request { method, target, body } = args.request(keys, base_url.len(), names);
    let mut headers = vec![("Accept", "application/json".to_owned())];
    if args.operation().dialect.speaks {
        headers.push(("Accept-Language", language.to_owned()));
    }
    if body.is_some() {
        headers.push(("Content-Type", "application/json".to_owned()));
    }
    Outgoing { method: method.as_str(), url: format!("{base_url}{target}"), headers, body }
}

/// The server that a token is for; none where the supplier names none.
fn trusted_server(operation: &Operation, account: &Account, grant: &Grant) -> Result<Option<String>, Error> {
    let Some(TokenRequest::Server { trusted, .. }) = operation.dialect.token else { return Ok(None) };
    let pinned = account.settings.credentials.as_ref().map_or(&[][..], |credentials| &credentials.trusted);
    let server = grant.server.as_deref().unwrap_or_default();
    match trusted(server, pinned) {
        Some(base) => Ok(Some(base)),
        None => Err(Error::new(ErrorKind::Policy, "the token's answer names a server that is not trusted; nothing was sent there")
            .hint("Only the supplier's own hosts are trusted with a token. If it is a server of yours, name its origin in trustedServers.")),
    }
}

fn secrets(account: &Account, token: Option<&str>) -> Secrets {
    let credentials = account.settings.credentials.as_ref().map(|credentials| credentials.secrets());
    Secrets::new(credentials.into_iter().flatten().chain(token.map(str::to_owned)))
}

/// What the supplier says, unless it repeats a secret.
fn explained(operation: &Operation, response: &Response, secrets: &Secrets) -> Error {
    let mut error = (operation.dialect.explain)(response);
    if secrets.are_in(&error.message) {
        error.message = format!(
            "{} answered {}; its words are left out: they hold a secret",
            operation.dialect.supplier, response.status
        );
    }
    error.code = error.code.and_then(|code| secrets.free(code));
    error.error_id = error.error_id.and_then(|id| secrets.free(id));
    error
}

/// Says who asks: some gateways answer unknown agents with a page.
pub(super) const USER_AGENT: &str = concat!("stocklane/", env!("CARGO_PKG_VERSION"));

/// An answer that says 200 and is none.
fn unreadable(operation: &Operation, body: &[u8], fault: &Fault) -> Error {
    if body.trim_ascii_start().starts_with(b"<") {
        return Error::new(ErrorKind::Upstream, format!("{}: a page came in the place of data", operation.name))
            .hint("Something between here and the supplier answered: check baseUrl, or ask the supplier to allow your address.");
    }
    Error::new(ErrorKind::Decode, format!("{}: {fault}", operation.name))
        .hint("The answer is not what the supplier documents: tell its support, or update this package.")
}

/// Full jitter: evenly between nothing and a bound that doubles with each attempt.
fn pause(attempt: u32, random: f64) -> Ms {
    let bound = (FIRST_PAUSE << (attempt - 1).min(16)).min(LONGEST_PAUSE);
    (bound as f64 * random) as Ms
}

/// `Retry-After`, in seconds or as a date.
fn retry_after(response: &Response, now: Ms) -> Option<Ms> {
    let value = response.headers.get("retry-after")?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(now.saturating_add(seconds.saturating_mul(1_000)));
    }
    let at = httpdate::parse_http_date(value).ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((at.as_millis() as Ms).max(now))
}
