//! What comes to the proxy and what leaves it, without a runtime's own types.

/// A request, as far as the proxy reads it. Headers that are not here never influence an answer.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// In capitals.
    pub method: String,
    /// Whole.
    pub url: String,
    /// `Origin`.
    pub origin: Option<String>,
    /// `Authorization`.
    pub authorization: Option<String>,
    /// `Cookie`.
    pub cookie: Option<String>,
    /// `X-Stocklane`.
    pub marked: Option<String>,
    /// `Sec-Fetch-Site`.
    pub fetch_site: Option<String>,
    /// `Accept-Language`.
    pub language: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// Who asks, as far as limits are concerned: never out of a header that anybody can write.
    pub address: Option<String>,
    /// By which the platform finds the runtime's own request.
    pub ticket: u32,
    /// Whole; none where it was longer than the proxy reads.
    pub body: Option<Vec<u8>>,
}

impl Request {
    /// Path and query of the URL, as the runtime has normalised it.
    pub fn target(&self) -> (&str, &str) {
        let after_scheme = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let target = after_scheme.find('/').map_or("/", |at| &after_scheme[at..]);
        let target = target.split('#').next().unwrap_or_default();
        target.split_once('?').unwrap_or((target, ""))
    }
}

/// An answer's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// None.
    Empty,
    /// `application/json`.
    Json(Vec<u8>),
    /// `application/problem+json`.
    Problem(Vec<u8>),
    /// `text/html`.
    Html(String),
    /// `text/plain`.
    Text(String),
}

/// An answer. Its headers are exactly those that were put here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Names as they are sent.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: Body,
}

impl Response {
    /// An answer that nobody may keep.
    pub fn new(status: u16, body: Body) -> Response {
        let mut headers = vec![
            ("Cache-Control", "private, no-store".to_owned()),
            ("X-Content-Type-Options", "nosniff".to_owned()),
            ("Vary", "Origin".to_owned()),
        ];
        let content_type = match body {
            Body::Empty => None,
            Body::Json(_) => Some("application/json"),
            Body::Problem(_) => Some("application/problem+json"),
            Body::Html(_) => Some("text/html; charset=utf-8"),
            Body::Text(_) => Some("text/plain; charset=utf-8"),
        };
        headers.extend(content_type.map(|value| ("Content-Type", value.to_owned())));
        Response { status, headers, body }
    }

    /// With one more header.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Response {
        // One line, whatever a supplier's own header had in it.
        self.headers.push((name, value.into().replace(['\r', '\n'], " ")));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_one_line_whatever_is_in_it() {
        let response = Response::new(200, Body::Empty).with("X-Stocklane-Skipped", "A\r\nSet-Cookie: b");
        assert!(response.headers.contains(&("X-Stocklane-Skipped", "A  Set-Cookie: b".to_owned())));
    }
}
