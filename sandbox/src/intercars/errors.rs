//! The suppliers' ways to say no: the business errors of the service, and those of the gateway before it.

use serde_json::{Value, json};

use crate::clock;
use crate::http::Reply;
use crate::seeded::roll;
use crate::settings::{ErrorForm, RetryAfter, Settings};

/// Why a call is not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The service's own: an `ICF…` code and what it says.
    Business(&'static str, String),
    /// The gateway's: status, code, message if it has one, description.
    Gateway(u16, &'static str, Option<&'static str>, &'static str),
    /// The gateway's for too many requests; the next is admitted at this time.
    Throttled(u64),
}

/// None of the parameters that name a thing is there.
pub(crate) fn nothing_asked() -> Refusal {
    business("ICF101", "categoryId, sku or index is required")
}

/// No SKU or index of the batch exists.
pub(crate) fn all_invalid() -> Refusal {
    business("ICF201", "All given SKUs are invalid")
}

/// An argument outside its limits. The documents name no code for it; `ICF299` is the one for everything else.
pub(crate) fn invalid(details: impl Into<String>) -> Refusal {
    business("ICF299", details)
}

/// A business error.
pub(crate) fn business(code: &'static str, details: impl Into<String>) -> Refusal {
    Refusal::Business(code, details.into())
}

/// A path that no operation has.
pub(crate) fn no_resource() -> Refusal {
    Refusal::Gateway(404, "404", None, "No matching resource found")
}

/// An id that this customer has nothing under.
pub(crate) fn not_found() -> Refusal {
    Refusal::Gateway(404, "404", None, "Resource not found for given identifier")
}

/// A path that exists for another verb.
pub(crate) fn wrong_method() -> Refusal {
    Refusal::Gateway(405, "405", None, "Method not allowed for given API resource")
}

/// No token, or one that is not valid (any more).
pub(crate) fn unauthorized() -> Refusal {
    Refusal::Gateway(
        401,
        "900901",
        Some("Invalid Credentials"),
        "Access failure for API: /ic, version: 1.0.0. Make sure you have provided the correct security credentials",
    )
}

impl Refusal {
    /// The answer on the wire; `number` counts the errors, so that each has its own id.
    pub(crate) fn reply(&self, settings: &Settings, now: u64, number: u64) -> Reply {
        match self {
            Self::Business(code, details) => {
                let mut error = json!({ "code": code, "details": details });
                if settings.error_id {
                    let id = roll(number, 0xe44) as u32;
                    error["errorId"] = json!(format!("{id:08x}"));
                }
                Reply::json(
                    400,
                    &match settings.error_form {
                        ErrorForm::Array => Value::Array(vec![error]),
                        ErrorForm::Object => error,
                    },
                )
            }
            Self::Gateway(status, code, message, description) => {
                let mut error = json!({ "code": code });
                if let Some(message) = message {
                    error["message"] = json!(message);
                }
                error["description"] = json!(description);
                Reply::json(*status, &error)
            }
            Self::Throttled(until) => throttled(settings.retry_after, now, *until),
        }
    }
}

/// What a fault says: the words given, or those that belong to the status.
pub(crate) fn fault(status: u16, text: Option<&str>) -> Reply {
    let error = match (status, text) {
        (_, Some(text)) => json!({ "code": status.to_string(), "description": text }),
        (429, _) => {
            json!({ "code": "900800", "message": "Message throttled out", "description": "You have exceeded your quota" })
        }
        (401, _) => {
            json!({ "code": "900901", "message": "Invalid Credentials", "description": "Invalid Credentials. Make sure you have provided the correct security credentials" })
        }
        _ => json!({ "message": "Internal Server Error" }),
    };
    Reply::json(status, &error)
}

fn throttled(form: RetryAfter, now: u64, until: u64) -> Reply {
    let mut error = json!({
        "code": "900800",
        "message": "Message throttled out",
        "description": "You have exceeded your quota",
    });
    if form == RetryAfter::NextAccessTime {
        // WSO2's own spelling of the moment.
        let at = clock::timestamp(until).to_zoned(jiff::tz::TimeZone::UTC);
        error["nextAccessTime"] = json!(at.strftime("%Y-%b-%d %H:%M:%S%z UTC").to_string());
    }
    let reply = Reply::json(429, &error);
    let seconds = until.saturating_sub(now).div_ceil(1000);
    match form {
        RetryAfter::Seconds => reply.header("Retry-After", seconds.to_string()),
        // Whole seconds, and never before the moment itself.
        RetryAfter::HttpDate => reply.header("Retry-After", clock::http_date(now + seconds * 1000 + 999)),
        RetryAfter::None | RetryAfter::NextAccessTime => reply,
    }
}
