//! The supplier's ways to say no. Their texts are documented, the form around them is not.

use serde_json::json;

use super::operation::Operation;
use crate::http::Reply;
use crate::settings::IncoErrorForm;

/// Why a call is not answered: a status and a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: u16,
    text: String,
}

/// A refusal in any words.
pub(crate) fn refusal(status: u16, text: impl Into<String>) -> Refusal {
    Refusal { status, text: text.into() }
}

/// A parameter or body that is not as it must be.
pub(crate) fn invalid(what: impl std::fmt::Display) -> Refusal {
    refusal(400, format!("Invalid parameters: {what}"))
}

/// Neither is the page's `app_id` known, nor its secret right.
pub(crate) fn invalid_credentials() -> Refusal {
    refusal(401, "Invalid credentials")
}

/// No token, or one that is not valid (any more).
pub(crate) fn invalid_token() -> Refusal {
    refusal(401, "Invalid token")
}

/// HTTP where HTTPS is required.
pub(crate) fn insecure() -> Refusal {
    refusal(403, "Insecure connection")
}

/// The firm has not switched the Web API on.
pub(crate) fn disabled() -> Refusal {
    refusal(403, "Service disabled")
}

/// Asked at another address than the token's `server_url`.
pub(crate) fn wrong_server() -> Refusal {
    refusal(403, "Wrong server")
}

/// The API's user may not do this.
pub(crate) fn denied() -> Refusal {
    refusal(403, "Permission denied")
}

/// A path that nothing is at, or an id that nothing has.
pub(crate) fn not_found() -> Refusal {
    refusal(404, "Resource not found")
}

/// What a fault of that status says of itself.
pub(crate) fn of_status(status: u16, operation: Option<Operation>) -> Refusal {
    match (status, operation) {
        (401, Some(Operation::Token)) => invalid_credentials(),
        (401, _) => invalid_token(),
        (403, _) => denied(),
        (404, _) => not_found(),
        (429, _) => refusal(429, "Too many requests"),
        _ => refusal(status, "Internal server error"),
    }
}

impl Refusal {
    /// The answer on the wire; `number` counts the refusals, so that each way has its turn.
    pub(crate) fn reply(&self, form: IncoErrorForm, number: u64) -> Reply {
        let Self { status, text } = self;
        match form {
            IncoErrorForm::Json => {
                let key = ["error", "message", "Message"][(number % 3) as usize];
                Reply::json(*status, &json!({ key: text }))
            }
            IncoErrorForm::Text => Reply::new(*status, "text/plain; charset=utf-8", text.as_str()),
            IncoErrorForm::Html => {
                let page = format!(
                    "<!DOCTYPE html><html><head><title>Error {status}</title></head>\
                     <body><h1>Error {status}</h1><p>{text}</p></body></html>"
                );
                Reply::new(*status, "text/html; charset=utf-8", page)
            }
        }
    }
}
