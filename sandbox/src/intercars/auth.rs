//! Tokens for client credentials, and who a token belongs to.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::accounts::{ACCOUNTS, Account};
use crate::http::{Reply, Request};
use crate::seeded::roll;

/// The tokens given out.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    alive: HashMap<String, (&'static Account, u64)>,
    /// How many were ever given out.
    pub(crate) issued: u64,
}

impl Tokens {
    /// `POST /oauth2/token`
    pub(crate) fn issue(&mut self, request: &Request, now: u64, lifetime_seconds: u64) -> Reply {
        if request.method != "POST" {
            return failure(405, "invalid_request", "Only POST is supported");
        }
        let Some(account) = client(request) else {
            return failure(401, "invalid_client", "Client Authentication failed.")
                .header("WWW-Authenticate", "Basic realm=sandbox");
        };
        let content_type = request.header_value("Content-Type").unwrap_or_default();
        if !content_type.starts_with("application/x-www-form-urlencoded") {
            return failure(400, "invalid_request", "The body must be a form");
        }
        let form = form(&request.body);
        let field = |name| form.iter().find(|(n, _)| n == name).map(|(_, v)| &v[..]);
        match field("grant_type") {
            Some("client_credentials") => {}
            Some(_) => {
                return failure(400, "unsupported_grant_type", "Unsupported grant_type value");
            }
            None => return failure(400, "invalid_request", "Missing grant_type parameter value"),
        }
        if field("scope") != Some("allinone") {
            return failure(400, "invalid_scope", "The scope allinone is required");
        }
        self.alive.retain(|_, (_, until)| *until > now);
        self.issued += 1;
        let token = format!("sandbox-{:016x}", roll(self.issued, 0x70ce));
        let until = now.saturating_add(lifetime_seconds.saturating_mul(1000));
        self.alive.insert(token.clone(), (account, until));
        Reply::json(
            200,
            &json!({ "access_token": token, "scope": "allinone", "token_type": "Bearer", "expires_in": lifetime_seconds }),
        )
        .header("Cache-Control", "no-store")
    }

    /// Whose valid token the request bears.
    pub(crate) fn bearer(&self, request: &Request, now: u64) -> Option<&'static Account> {
        let token = credentials(request, "Bearer")?;
        let (account, until) = self.alive.get(token)?;
        (*until > now).then_some(*account)
    }

    /// From now on no token is valid that was given out before.
    pub(crate) fn revoke_all(&mut self) {
        self.alive.clear();
    }
}

/// The account that HTTP Basic names, if its secret is right.
pub(crate) fn client(request: &Request) -> Option<&'static Account> {
    let decoded = STANDARD.decode(credentials(request, "Basic")?).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    ACCOUNTS.iter().find(|account| account.client_id == id && account.client_secret == secret)
}

fn credentials<'a>(request: &'a Request, scheme: &str) -> Option<&'a str> {
    let (sent, rest) = request.header_value("Authorization")?.split_once(' ')?;
    sent.eq_ignore_ascii_case(scheme).then_some(rest.trim())
}

fn form(body: &[u8]) -> Vec<(String, String)> {
    // A form is a query, but for its `+`; none of its values here may hold one.
    Request::new("", &format!("?{}", String::from_utf8_lossy(body))).query()
}

fn failure(status: u16, error: &str, description: &str) -> Reply {
    Reply::json(status, &json!({ "error": error, "error_description": description }))
}
