//! What all calls with the same credentials share.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::budget::Budget;
use super::quota::Quota;
use super::token::TokenCell;

/// How calls are made.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Base of the supplier or of a proxy, without a slash at its end.
    pub base_url: String,
    /// Bound of one request, from its admission to its last byte, in milliseconds.
    pub timeout_ms: u64,
    /// Repeats of a request where a repeat is safe.
    pub max_retries: u32,
    /// Requests a minute.
    pub requests_per_minute: u32,
    /// Language of texts.
    pub language: String,
    /// Who fetches tokens; without, the transport or a proxy knows who we are.
    pub credentials: Option<Credentials>,
}

/// Secrets of an account: never printed.
#[derive(Clone)]
pub struct Credentials {
    /// Where tokens come from.
    pub token_url: String,
    /// `Authorization` of the token request.
    authorization: String,
}

impl Credentials {
    /// HTTP Basic of a client's id and secret. White space around them, the commonest mistake of all, is trimmed.
    pub fn basic(token_url: String, client_id: &str, client_secret: &str) -> Credentials {
        let pair = format!("{}:{}", client_id.trim(), client_secret.trim());
        Credentials { token_url, authorization: format!("Basic {}", STANDARD.encode(pair)) }
    }

    /// Value of the header.
    pub(super) fn authorization(&self) -> &str {
        &self.authorization
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
    /// The supplier's quota.
    pub quota: Quota,
    pub(super) token: TokenCell,
    pub(super) budget: Budget,
}

impl Account {
    /// An account that has not called yet.
    pub fn new(settings: Settings) -> Account {
        Account {
            quota: Quota::new(settings.requests_per_minute),
            token: TokenCell::default(),
            budget: Budget::new(),
            settings,
        }
    }
}
