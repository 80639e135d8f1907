//! What a browser may do: which origins may read, and how a page proves that it meant to ask.

use crate::operation::{Error, ErrorKind};

use super::exchange::{Body, Request, Response};

/// Origins that may read answers: exact texts, compared as a whole.
#[derive(Debug)]
pub(super) struct Origins(Vec<String>);

impl Origins {
    /// # Errors
    /// An entry that is no origin: scheme and host, no path, no slash at the end, never `*` nor `null`.
    pub(super) fn new(allowed: Vec<String>) -> Result<Origins, Error> {
        for origin in &allowed {
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte);
            if !host.is_some_and(|host| !host.is_empty() && host.bytes().all(plain)) {
                return Err(Error::new(ErrorKind::Validation, "allowedOrigins: an entry is no origin")
                    .hint("Write each as a browser sends it: https://shop.example, in lower case, without a slash at the end."));
            }
        }
        Ok(Origins(allowed))
    }

    fn allows(&self, origin: &str) -> bool {
        self.0.iter().any(|allowed| allowed == origin)
    }

    /// Answers the question that a browser asks before a request.
    pub(super) fn preflight(&self, request: &Request) -> Response {
        let response = Response::new(204, Body::Empty);
        match &request.origin {
            Some(origin) if self.allows(origin) => response
                .with("Access-Control-Allow-Origin", origin)
                .with("Access-Control-Allow-Credentials", "true")
                .with("Access-Control-Allow-Methods", "GET, POST")
                .with(
                    "Access-Control-Allow-Headers",
                    "Authorization, Content-Type, X-Stocklane, Accept-Language, Cache-Control, Idempotency-Key",
                )
                .with("Access-Control-Max-Age", "600"),
            _ => response,
        }
    }

    /// Lets an allowed origin read the answer.
    pub(super) fn expose(&self, request: &Request, response: Response) -> Response {
        match &request.origin {
            Some(origin) if self.allows(origin) => response
                .with("Access-Control-Allow-Origin", origin)
                .with("Access-Control-Allow-Credentials", "true")
                .with(
                    "Access-Control-Expose-Headers",
                    "Retry-After, X-Correlation-Id, X-Stocklane-Skipped, X-Stocklane-Next, X-Stocklane-Stale",
                ),
            _ => response,
        }
    }

    /// Refuses what a foreign page could have made a browser send: everything that is not a public read needs the static
    /// header, which no form and no beacon can send, and an origin that is allowed where the browser names one.
    pub(super) fn check(&self, request: &Request) -> Result<(), Error> {
        let refused = |message: &str| Err(Error::new(ErrorKind::Policy, message));
        if request.marked.as_deref() != Some("1") {
            return refused("the header X-Stocklane: 1 is missing");
        }
        match &request.origin {
            Some(origin) if !self.allows(origin) => return refused("this origin is not allowed"),
            None if request.fetch_site.as_deref() == Some("cross-site") => {
                return refused("another site's page may not ask this");
            }
            _ => {}
        }
        Ok(())
    }
}
