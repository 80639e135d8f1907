//! What the supplier says when it says no. How the body looks is not documented: JSON with any of three names, plain text
//! and HTML are read, and told apart by the status and by the six texts that the supplier prints.

use super::auth::TOKEN_REQUEST;
use crate::operation::{Dialect, Error, ErrorKind, Response};
use crate::wire::{Shape, Units, decode, schema};

schema! {
    /// An error, in any of its forms.
    pub ERROR = IncoError {
        /// What happened.
        Optional error: Any,
        /// What happened.
        Optional message: Any,
        /// What happened.
        Optional Message: Any,
        /// A proxy between, RFC 9457: what kind of failure it is.
        Optional kind: Any,
        /// A proxy between: what happened.
        Optional detail: Any,
        /// A proxy between: to be found in its log.
        Optional correlationId: Any,
    }
}

/// How IncoCloud speaks.
pub static DIALECT: Dialect = Dialect {
    supplier: "IncoCloud",
    token: Some(&TOKEN_REQUEST),
    explain,
    skip_headers: &[],
    bad_batch: &[],
    // A shop that moved has another server from now on.
    stale_token: &["Invalid token", "Wrong server"],
    speaks: false,
};

/// The texts that the supplier prints, and what to do.
static KNOWN: [(&str, ErrorKind, &str); 6] = [
    (
        "Insecure connection",
        ErrorKind::Permission,
        "Call by https: the supplier takes nothing else, except from localhost.",
    ),
    (
        "Invalid credentials",
        ErrorKind::Auth,
        "Check appId and appSecret: look for a swapped pair, or an application that was removed.",
    ),
    (
        "Invalid token",
        ErrorKind::Auth,
        "The token was revoked and a new one is refused too: look at the application in IncoCloud.",
    ),
    ("Service disabled", ErrorKind::Permission, "Enable the Web API service in the account's settings in IncoCloud."),
    (
        "Wrong server",
        ErrorKind::Auth,
        "The account is on another server than its token says: try again later, or ask the supplier.",
    ),
    (
        "Permission denied",
        ErrorKind::Permission,
        "The API's user may not do this: check its rights in IncoCloud. Sales cannot be created where the localization is България – СУПТО.",
    ),
];

/// Longest body in which a text is looked for: an error's page is shorter.
const LONGEST: usize = 64 << 10;

/// Reads an answer that is none.
pub fn explain(response: &Response) -> Error {
    let status = response.status;
    let body = &response.body[..response.body.len().min(LONGEST)];
    let tape = decode(body, Shape::One(&ERROR), Units::Bytes).ok();
    let row = tape.as_ref().and_then(|tape| tape.rows(body, &ERROR).next());
    let said = |fields: &[usize]| {
        let row = row?;
        fields.iter().find_map(|&field| Some(row.plain(field)?.trim().to_owned()).filter(|text| !text.is_empty()))
    };
    let text = String::from_utf8_lossy(body);
    let plain = row.is_none() && !text.trim_start().starts_with(['<', '{', '[']);
    let words = said(&[IncoError::error, IncoError::message, IncoError::Message, IncoError::detail])
        .or_else(|| plain.then(|| text.trim().to_owned()))
        .filter(|words| !words.is_empty());

    let lower = text.to_lowercase();
    // A failure is no refusal, whatever stands on its page: it may have come halfway.
    let known = KNOWN.iter().find(|(code, ..)| status < 500 && lower.contains(&code.to_lowercase()));
    let (kind, hint) = match known {
        Some((_, kind, hint)) => (*kind, *hint),
        None => {
            let (kind, hint) = by_status(status);
            (said(&[IncoError::kind]).and_then(|kind| ErrorKind::named(&kind)).unwrap_or(kind), hint)
        }
    };
    let mut message = format!("IncoCloud answered {status}");
    match (known, words) {
        (Some((code, ..)), _) => message.push_str(&format!(": {code}")),
        (None, Some(words)) => {
            message.push_str(": ");
            message.extend(words.chars().filter(|char| !char.is_control()).take(200));
        }
        (None, None) => {}
    }
    Error {
        status: Some(status),
        code: known.map(|(code, ..)| (*code).to_owned()),
        error_id: said(&[IncoError::correlationId]),
        hint: Some(hint),
        ..Error::new(kind, message)
    }
}

fn by_status(status: u16) -> (ErrorKind, &'static str) {
    use ErrorKind::*;
    match status {
        401 => (Auth, "Check appId and appSecret."),
        403 => {
            (Permission, "Check the rights of the API's user in IncoCloud, and that its Web API service is enabled.")
        }
        404 => (NotFound, "The server knows no such resource or identifier."),
        429 => (RateLimited, "Ask for less: fewer calls at once, narrower ranges, answers kept for longer."),
        400..500 => (Validation, "Compare the arguments with the supplier's interactive reference."),
        300..400 => (Upstream, "The supplier sent a redirect, which is not followed."),
        _ => (Upstream, "The supplier failed. Try again later; if it lasts, ask support@incopos.com."),
    }
}
