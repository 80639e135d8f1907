//! How a supplier answers, apart from the rows themselves.

use super::Error;

/// A supplier's ways, the same for all its operations.
#[derive(Debug)]
pub struct Dialect {
    /// Name of the supplier.
    pub supplier: &'static str,
    /// How a token is asked for.
    pub token: Option<&'static TokenRequest>,
    /// Reads an answer that is none: any status but 2xx, in whatever form the body has.
    pub explain: fn(&Response) -> Error,
    /// Headers that name the keys which an answer leaves out, as spelt by the supplier, in lower case.
    pub skip_headers: &'static [&'static str],
    /// Codes of a batch that fails whole for the sake of one bad key.
    pub bad_batch: &'static [&'static str],
    /// Whether the supplier wants the language of each call.
    pub speaks: bool,
}

/// OAuth2, client credentials.
#[derive(Debug)]
pub struct TokenRequest {
    /// Body of the request, as a form.
    pub form: &'static str,
    /// The token, and its life in milliseconds.
    pub read: fn(&[u8]) -> Option<(String, u64)>,
}

/// An answer as it came.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Headers,
    /// Whole.
    pub body: Vec<u8>,
}

/// Headers of an answer.
#[derive(Clone, Debug, Default)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// Those that anybody here reads.
    pub const READ: [&'static str; 8] = [
        "content-type",
        "retry-after",
        "skipskulist",
        "skpskulist",
        "skiindexlist",
        "x-stocklane-skipped",
        "x-stocklane-next",
        "x-correlation-id",
    ];

    /// A header's value, by its name in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Response {
    /// 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}
