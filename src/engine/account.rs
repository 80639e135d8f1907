//! What all calls with the same credentials share.

use std::hash::Hasher;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use siphasher::sip::SipHasher13;

use crate::operation::{Lane, Names, TokenRequest, encode_value};

use super::Ms;
use super::budget::Budget;
use super::call::{Lease, Outgoing, USER_AGENT};
use super::leases::{Admission, Leases};
use super::lessor::Settled;
use super::quota::{Full, Quota, Ticket};
use super::slots::Slots;
use super::token::TokenCell;

/// How calls are made.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Base of the supplier or of a proxy, without a slash at its end. A server that a token names goes before it.
    pub base_url: String,
    /// Bound of one request, from its admission to its last byte, in milliseconds.
    pub timeout_ms: u64,
    /// Repeats of a request where a repeat is safe.
    pub max_retries: u32,
    /// Requests a minute; without a figure only a 429 slows down.
    pub requests_per_minute: Option<u32>,
    /// Requests under way at once.
    pub concurrency: usize,
    /// Language of texts.
    pub language: String,
    /// Corrections to the names of fields.
    pub names: Names,
    /// Who fetches tokens; without, the transport or a proxy knows who we are.
    pub credentials: Option<Credentials>,
    /// The account's name at the store from which a fleet leases its quota; without, the quota is this value's own.
    pub leased_as: Option<String>,
}

impl Settings {
    /// A name for this account at this supplier, the same in all instances, that tells neither of its secrets.
    pub fn account(&self) -> Option<String> {
        self.credentials.as_ref().map(|credentials| credentials.account(&self.base_url))
    }
}

/// Secrets of an account: never printed.
#[derive(Clone)]
pub struct Credentials {
    /// Where tokens come from.
    url: String,
    id: String,
    secret: String,
    /// Servers that a token may name beside the supplier's own.
    pub(super) trusted: Vec<String>,
}

impl Credentials {
    /// A pair of id and secret. White space around them, the commonest mistake of all, is trimmed.
    pub fn new(token_url: String, id: &str, secret: &str) -> Credentials {
        Credentials { url: token_url, id: id.trim().to_owned(), secret: secret.trim().to_owned(), trusted: Vec::new() }
    }

    /// With origins that a token may name as its server, exactly so, beside the supplier's own.
    pub fn trusting(mut self, origins: Vec<String>) -> Credentials {
        self.trusted = origins;
        self
    }

    fn account(&self, base_url: &str) -> String {
        let mut hasher = SipHasher13::new_with_keys(0, 0);
        hasher.write(base_url.as_bytes());
        hasher.write(b"\n");
        hasher.write(self.id.as_bytes());
        format!("{:016x}", hasher.finish())
    }

    /// Asks for a token.
    pub(super) fn request(&self, how: &TokenRequest) -> Outgoing {
        let mut headers = vec![("Accept", "application/json".to_owned()), ("User-Agent", USER_AGENT.to_owned())];
        match how {
            TokenRequest::OAuth2 { form, .. } => {
                let pair = STANDARD.encode(format!("{}:{}", self.id, self.secret));
                headers.push(("Authorization", format!("Basic {pair}")));
                headers.push(("Content-Type", "application/x-www-form-urlencoded".to_owned()));
                Outgoing { method: "POST", url: self.url.clone(), headers, body: Some(form.as_bytes().to_vec()) }
            }
            TokenRequest::Server { .. } => {
                let mut url = self.url.clone();
                url.push_str(if url.contains('?') { "&app_id=" } else { "?app_id=" });
                encode_value(&mut url, &self.id);
                url.push_str("&app_secret=");
                encode_value(&mut url, &self.secret);
                Outgoing { method: "GET", url, headers, body: None }
            }
        }
    }

    pub(super) fn secrets(&self) -> [String; 2] {
        [self.id.clone(), self.secret.clone()]
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// What all calls with the same credentials share.
#[derive(Debug)]
pub struct Account {
    /// How calls are made.
    pub settings: Settings,
    /// The supplier's quota, where it is this account's own.
    pub quota: Quota,
    pub(super) leases: Option<Leases>,
    pub(super) token: TokenCell,
    pub(super) slots: Slots,
    pub(super) budget: Budget,
}

impl Account {
    /// An account that has not called yet.
    pub fn new(settings: Settings) -> Account {
        Account {
            quota: Quota::new(settings.requests_per_minute),
            leases: settings.leased_as.as_ref().map(|_| Leases::new(settings.requests_per_minute)),
            token: TokenCell::default(),
            slots: Slots::new(settings.concurrency),
            budget: Budget::new(),
            settings,
        }
    }

    /// Numbers flights from here on, so that they are not taken for another account's of the same runtime.
    pub fn numbered_from(mut self, first: u64) -> Account {
        self.token.number_from(first);
        if let Some(leases) = &mut self.leases {
            leases.number_from(first);
        }
        self
    }

    pub(super) fn admit(&mut self, now: Ms, lane: Lane, ticket: &mut Option<Ticket>) -> Result<Admission, Full> {
        match &mut self.leases {
            Some(leases) => leases.admit(now, lane, ticket),
            None => Ok(match self.quota.admit(now, lane, ticket)? {
                Ok(()) => Admission::Go,
                Err(due) => Admission::Wait(due),
            }),
        }
    }

    /// Requests that would be admitted now: of a leased quota those in hand; none where no rate is known.
    pub fn quota_left(&mut self, now: Ms) -> Option<usize> {
        match &mut self.leases {
            Some(leases) => Some(leases.left(now)),
            None => self.settings.requests_per_minute.map(|_| self.quota.left(now)),
        }
    }

    pub(super) fn leave(&mut self, ticket: &mut Option<Ticket>) {
        match &mut self.leases {
            Some(leases) => leases.leave(ticket),
            None => self.quota.leave(ticket),
        }
    }

    pub(super) fn throttled(&mut self, sent: Ms, now: Ms, until: Option<Ms>) {
        match &mut self.leases {
            Some(leases) => leases.throttled(sent, now, until),
            None => self.quota.throttled(sent, now, until),
        }
    }

    pub(super) fn blocked_until(&self) -> Ms {
        self.leases.as_ref().map_or_else(|| self.quota.blocked_until(), Leases::blocked_until)
    }

    /// What the leader of this flight asks the store for.
    pub(super) fn lease(&mut self, now: Ms, flight: u64) -> Option<Lease> {
        let (ask, until) = self.leases.as_mut()?.ask(now, flight)?;
        Some(Lease { flight, account: self.settings.leased_as.clone()?, ask, until })
    }

    /// What the store has to be told, and by which name it knows this account.
    pub fn settled(&mut self) -> Option<(String, Vec<Settled>)> {
        let settled = self.leases.as_mut()?.settled();
        self.settings.leased_as.clone().filter(|_| !settled.is_empty()).map(|account| (account, settled))
    }
}
