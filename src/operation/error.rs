//! The one error of the package: typed, in plain words, without a secret in it.

use std::fmt;

/// What kind of failure it is; what a program branches on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Credentials or token refused.
    Auth,
    /// Known, but not allowed.
    Permission,
    /// The request was wrong.
    Validation,
    /// The supplier's business rules say no.
    Business,
    /// No such thing.
    NotFound,
    /// The quota is used up.
    RateLimited,
    /// A deadline passed.
    Timeout,
    /// No answer came.
    Network,
    /// The caller gave up.
    Aborted,
    /// The answer is not what the supplier documents.
    Decode,
    /// The supplier failed.
    Upstream,
    /// The proxy's policy says no.
    Policy,
    /// Another call has the same key.
    Conflict,
    /// Something may have been ordered: ask, do not repeat.
    UnknownOutcome,
    /// This runtime cannot do it.
    Unsupported,
    /// A defect here.
    Internal,
}

impl ErrorKind {
    /// As in the declarations.
    pub const fn as_str(self) -> &'static str {
        match self {
            ErrorKind::Auth => "auth",
            ErrorKind::Permission => "permission",
            ErrorKind::Validation => "validation",
            ErrorKind::Business => "business",
            ErrorKind::NotFound => "not_found",
            ErrorKind::RateLimited => "rate_limited",
            ErrorKind::Timeout => "timeout",
            ErrorKind::Network => "network",
            ErrorKind::Aborted => "aborted",
            ErrorKind::Decode => "decode",
            ErrorKind::Upstream => "upstream",
            ErrorKind::Policy => "policy",
            ErrorKind::Conflict => "conflict",
            ErrorKind::UnknownOutcome => "unknown_outcome",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::Internal => "internal",
        }
    }

    /// By its name in the declarations.
    pub fn named(name: &str) -> Option<ErrorKind> {
        ErrorKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Every kind.
    pub const ALL: [ErrorKind; 16] = [
        ErrorKind::Auth,
        ErrorKind::Permission,
        ErrorKind::Validation,
        ErrorKind::Business,
        ErrorKind::NotFound,
        ErrorKind::RateLimited,
        ErrorKind::Timeout,
        ErrorKind::Network,
        ErrorKind::Aborted,
        ErrorKind::Decode,
        ErrorKind::Upstream,
        ErrorKind::Policy,
        ErrorKind::Conflict,
        ErrorKind::UnknownOutcome,
        ErrorKind::Unsupported,
        ErrorKind::Internal,
    ];

    /// Whether the same call may succeed a little later.
    pub const fn is_retryable(self) -> bool {
        matches!(self, ErrorKind::RateLimited | ErrorKind::Timeout | ErrorKind::Network | ErrorKind::Upstream)
    }
}

/// Why a call was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    /// What happened.
    pub message: String,
    /// HTTP status, where there was one.
    pub status: Option<u16>,
    /// The supplier's own code, such as `ICF201`.
    pub code: Option<String>,
    /// The supplier's number of this very failure, for a support ticket.
    pub error_id: Option<String>,
    /// When to try again, in milliseconds since 1970, where the supplier or the quota named a time.
    pub retry_at: Option<u64>,
    /// Of an order: what to ask again with.
    pub idempotency_key: Option<String>,
    /// What to do about it.
    pub hint: Option<&'static str>,
}

impl Error {
    /// An error of this kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error {
            kind,
            message: message.into(),
            status: None,
            code: None,
            error_id: None,
            retry_at: None,
            idempotency_key: None,
            hint: None,
        }
    }

    /// With what to do about it.
    pub fn hint(mut self, hint: &'static str) -> Error {
        self.hint = Some(hint);
        self
    }

    /// With when to try again.
    pub fn retry_at(mut self, at: Option<u64>) -> Error {
        self.retry_at = at;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
