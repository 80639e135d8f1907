//! Problems, RFC 9457: in our own words. What a supplier said in an error never leaves the proxy.

use crate::operation::{Error, ErrorKind};
use crate::wire::write_text;

use super::exchange::{Body, Response};

/// An error as an answer. The log's line with the same correlation id has the supplier's code and number.
pub fn problem(error: &Error, correlation_id: &str, now: u64) -> Response {
    let (status, title) = wording(error);
    let mut body = Vec::with_capacity(256);
    body.extend_from_slice(b"{\"title\":");
    write_text(&mut body, title);
    body.extend_from_slice(format!(",\"status\":{status},\"kind\":\"{}\"", error.kind.as_str()).as_bytes());
    // Only what the proxy itself found wrong with a request is told in full: nothing upstream has had a word in it.
    if matches!(error.status, None | Some(413)) && matches!(error.kind, ErrorKind::Validation | ErrorKind::Policy) {
        body.extend_from_slice(b",\"detail\":");
        write_text(&mut body, &error.message);
    }
    body.extend_from_slice(b",\"correlationId\":");
    write_text(&mut body, correlation_id);
    body.push(b'}');
    let response = Response::new(status, Body::Problem(body)).with("X-Correlation-Id", correlation_id);
    match error.retry_at {
        Some(at) => response.with("Retry-After", at.saturating_sub(now).div_ceil(1_000).max(1).to_string()),
        None => response,
    }
}

fn wording(error: &Error) -> (u16, &'static str) {
    match error.kind {
        ErrorKind::Validation if error.status == Some(413) => (413, "The request is too long"),
        // The supplier is left alone for a moment.
        ErrorKind::Upstream if error.status.is_none() && error.retry_at.is_some() => {
            (503, "The supplier is not asked at the moment: try again later")
        }
        ErrorKind::Validation => (400, "The request is not valid"),
        ErrorKind::Policy => (403, "Not allowed from here"),
        ErrorKind::NotFound | ErrorKind::Permission => (404, "There is nothing here"),
        ErrorKind::RateLimited => (429, "Too many requests: try again later"),
        ErrorKind::Business => (422, "The supplier's rules do not allow it"),
        ErrorKind::Conflict => (409, "The same is being done already"),
        ErrorKind::Timeout => (504, "The supplier did not answer in time"),
        ErrorKind::Auth
        | ErrorKind::Network
        | ErrorKind::Decode
        | ErrorKind::Upstream
        | ErrorKind::UnknownOutcome
        | ErrorKind::Aborted => (502, "The supplier could not be asked"),
        ErrorKind::Unsupported | ErrorKind::Internal => (500, "A defect in the proxy"),
    }
}
