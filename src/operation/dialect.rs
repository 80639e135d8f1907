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
    /// Codes, beside the status 401, by which a token is refused: another may do.
    pub stale_token: &'static [&'static str],
    /// Whether the supplier wants the language of each call.
    pub speaks: bool,
}

/// How a token is asked for, and how it is sent.
#[derive(Debug)]
pub enum TokenRequest {
    /// OAuth2, client credentials: a form posted with HTTP Basic. The token is sent as `Authorization: Bearer …`.
    OAuth2 {
        /// Body of the request.
        form: &'static str,
        /// Reads the answer.
        read: fn(&[u8]) -> Option<Grant>,
    },
    /// A GET with id and secret in its query. The answer names the server to be asked; the token is sent in the query.
    Server {
        /// Reads the answer.
        read: fn(&[u8]) -> Option<Grant>,
        /// The server's base, if it may be trusted with a token: by itself, or as one of those that the user trusts.
        trusted: fn(&str, &[String]) -> Option<String>,
    },
}

/// What an account was granted.
#[derive(Clone, PartialEq, Eq)]
pub struct Grant {
    /// A secret.
    pub token: String,
    /// In milliseconds.
    pub life_ms: u64,
    /// The server to be asked with it, where the supplier names one. Not trusted for that.
    pub server: Option<String>,
}

impl std::fmt::Debug for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
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
