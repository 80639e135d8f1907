//! What the supplier says when it says no, in plain words. Every form that was seen is read: a list of business errors, one
//! alone, the gateway's own, an HTML page, nothing at all.

use super::auth::TOKEN_REQUEST;
use crate::operation::{Dialect, Error, ErrorKind, Response, day};
use crate::wire::{Shape, Units, decode, schema};

schema! {
    /// An error, in any of its forms.
    pub ERROR = ErrorBody {
        /// `ICF…` of the business, 9… of the gateway.
        Optional code: TextOrNumber,
        /// What the business says.
        Optional details: Any,
        /// Number of this very failure.
        Optional errorId: TextOrNumber,
        /// What the gateway says.
        Optional message: Any,
        /// What the gateway says at length.
        Optional description: Any,
        /// The gateway's, of a quota that is used up: when it takes requests again.
        Optional nextAccessTime: Any,
        /// OAuth2: which error.
        Optional error: Any,
        /// OAuth2: what it means.
        Optional error_description: Any,
        /// A proxy between, RFC 9457: what kind of failure it is.
        Optional kind: Any,
        /// A proxy between: what happened.
        Optional detail: Any,
        /// A proxy between: to be found in its log.
        Optional correlationId: Any,
    }
}

/// How Inter Cars speaks.
pub static DIALECT: Dialect = Dialect {
    supplier: "Inter Cars",
    token: Some(&TOKEN_REQUEST),
    explain,
    skip_headers: &["skipskulist", "skpskulist", "skiindexlist", "x-stocklane-skipped"],
    bad_batch: &["ICF201"],
    stale_token: &[],
    speaks: true,
};

/// Reads an answer that is none.
pub fn explain(response: &Response) -> Error {
    let status = response.status;
    let tape = decode(&response.body, Shape::OneOrRows(&ERROR), Units::Bytes).ok();
    let row = tape.as_ref().and_then(|tape| tape.rows(&response.body, &ERROR).next());
    let said = |fields: &[usize]| {
        let row = row?;
        fields.iter().find_map(|&field| Some(row.plain(field)?.trim().to_owned()).filter(|text| !text.is_empty()))
    };

    let code = said(&[ErrorBody::code, ErrorBody::error]);
    let (kind, hint) = match code.as_deref().and_then(known) {
        Some(known) => known,
        None => {
            let (kind, hint) = by_status(status, row.is_none());
            (said(&[ErrorBody::kind]).and_then(|kind| ErrorKind::named(&kind)).unwrap_or(kind), hint)
        }
    };
    let details = said(&[
        ErrorBody::details,
        ErrorBody::detail,
        ErrorBody::description,
        ErrorBody::error_description,
        ErrorBody::message,
    ]);
    let mut message = format!("Inter Cars answered {status}");
    if let Some(code) = &code {
        message.push_str(&format!(" {code}"));
    }
    if let Some(details) = details {
        // Long enough for any of the supplier's sentences; a body is never copied whole into an error.
        message.push_str(": ");
        message.extend(details.chars().filter(|char| !char.is_control()).take(200));
    }
    Error {
        status: Some(status),
        code,
        error_id: said(&[ErrorBody::errorId, ErrorBody::correlationId]),
        hint: Some(hint),
        retry_at: said(&[ErrorBody::nextAccessTime]).and_then(|text| next_access(&text)),
        ..Error::new(kind, message)
    }
}

/// Milliseconds since 1970 out of `2026-Feb-10 16:20:00+0000 UTC`, as the gateway writes times.
fn next_access(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (date, time) = text.strip_suffix("+0000 UTC")?.split_once(' ')?;
    let (year, rest) = date.split_once('-')?;
    let (name, of_month) = rest.split_once('-')?;
    let month = MONTHS.iter().position(|month| *month == name)? + 1;
    let days = day(&format!("{year}-{month:02}-{of_month}"))?;
    let seconds = time.split(':').try_fold(0, |sum, part| Some(sum * 60 + part.parse::<u64>().ok()?))?;
    Some((u64::try_from(days).ok()? * 86_400 + seconds) * 1_000)
}

/// The codes that were seen, and what to do.
fn known(code: &str) -> Option<(ErrorKind, &'static str)> {
    use ErrorKind::*;
    Some(match code {
        "ICF101" => (Validation, "Give a categoryId, a sku or an index."),
        "ICF201" => (Validation, "None of the SKUs or indexes of this request exists: check how they are written."),
        "ICF209" => (
            Business,
            "The delivery method is not valid: take a code from the supplier's list for your market, or have your default changed.",
        ),
        "ICF230" => (Business, "None of the items can be ordered: ask for a quote and order what it lists."),
        "ICF299" => (
            Business,
            "The supplier does not say why. A stale unit price is the usual cause: ask for a new quote; and see whether payments are overdue.",
        ),
        "ICF306" => (Validation, "Pages end at 10,000 rows a query: ask for a narrower category."),
        "ICF311" => (Validation, "The language must be one bare code of two letters, such as pl."),
        "invalid_client" | "unauthorized_client" | "invalid_grant" => {
            (Auth, "Client id or secret is wrong: look for a swapped pair, or a sandbox key used on production.")
        }
        "900900" | "900901" | "900902" | "900904" => (Auth, "The token was refused: check client id and secret."),
        "900903" => (Auth, "The token has ended."),
        "900906" | "900907" | "900908" | "900909" | "900910" => {
            (Permission, "This customer may not call this part of the API: ask the supplier to open it.")
        }
        "900800" | "900801" | "900802" | "900803" | "900804" | "900805" | "900806" | "900807" => {
            (RateLimited, "The customer's quota is used up: lower requestsPerMinute, or let one process ask for all.")
        }
        _ => return None,
    })
}

fn by_status(status: u16, foreign: bool) -> (ErrorKind, &'static str) {
    use ErrorKind::*;
    match status {
        401 => (Auth, "Check client id and secret."),
        403 if foreign => (
            Upstream,
            "The supplier's network blocked the request before its API saw it: ask the supplier to allow your address.",
        ),
        403 => (Permission, "This customer may not call this part of the API: ask the supplier to open it."),
        404 => (NotFound, "Check the identifier."),
        405 | 406 | 415 => (Validation, "The supplier does not take the request in this form."),
        429 => {
            (RateLimited, "The customer's quota is used up: lower requestsPerMinute, or let one process ask for all.")
        }
        400..500 => (Validation, "Compare the arguments with the supplier's documentation."),
        300..400 => (Upstream, "The supplier sent a redirect, which is not followed: check baseUrl."),
        _ => (Upstream, "The supplier failed. Try again later; with the errorId its support can find the cause."),
    }
}
