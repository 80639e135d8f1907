//! Tokens, which last until they are revoked.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::accounts::{APPLICATIONS, Application};
use super::parameters::Parameters;
use crate::http::Request;
use crate::seeded::roll;
use crate::settings::{IncoTokenForm, Settings};

/// The tokens given out.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    alive: HashMap<String, &'static Application>,
    /// How many were ever given out.
    pub(crate) issued: u64,
}

impl Tokens {
    /// `GET /connect/api/access_token`, of an application that showed its secret.
    pub(crate) fn issue(&mut self, application: &'static Application, request: &Request, settings: &Settings) -> Value {
        self.issued += 1;
        let number = roll(self.issued, 0x1c0);
        let token = match settings.inco_token_form {
            IncoTokenForm::Hex => format!("{number:016x}{:016x}", roll(number, 1)),
            // Signs that mean something else in a query, unless they are encoded.
            IncoTokenForm::Base64 => format!("{}+/&=", STANDARD.encode(number.to_be_bytes())),
        };
        self.alive.insert(token.clone(), application);
        let server_url = settings.server_url.clone().unwrap_or_else(|| origin(request));
        json!({ "token": token, "server_url": server_url })
    }

    /// Whose valid token this is.
    pub(crate) fn owner(&self, asked: &Parameters) -> Option<&'static Application> {
        self.alive.get(asked.one("token")?).copied()
    }

    /// From now on no token is valid that was given out before.
    pub(crate) fn revoke_all(&mut self) {
        self.alive.clear();
    }
}

/// The application that the parameters name, if its secret is right.
pub(crate) fn application(asked: &Parameters) -> Option<&'static Application> {
    let (id, secret) = (asked.one("app_id")?, asked.one("app_secret")?);
    APPLICATIONS.iter().find(|application| application.app_id == id && application.app_secret == secret)
}

/// Where the request was sent to.
fn origin(request: &Request) -> String {
    let scheme = if is_secure(request) { "https" } else { "http" };
    format!("{scheme}://{}", request.header_value("Host").unwrap_or("localhost"))
}

/// Whether the request came by HTTPS, as the one in front of the sandbox says who ended it.
pub(crate) fn is_secure(request: &Request) -> bool {
    request.header_value("X-Forwarded-Proto") == Some("https")
}
