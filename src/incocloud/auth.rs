//! Tokens: the two steps of signing in, and which server may be trusted with one.

use crate::operation::{Grant, TokenRequest};
use crate::wire::{Shape, Units, decode, schema};

schema! {
    /// A token as it comes.
    pub TOKEN = IncoToken {
        /// What every call carries in its query. A secret.
        Required token: Text,
        /// The server that every call must go to.
        Required server_url: Text,
    }
}

/// Asks for a token: `GET /connect/api/access_token`.
pub static TOKEN_REQUEST: TokenRequest = TokenRequest::Server { read, trusted };

/// A token lasts until it is revoked.
const FOR_EVER: u64 = u64::MAX;
/// Every account's server is under this domain.
const DOMAIN: &str = ".incocloud.com";

fn read(body: &[u8]) -> Option<Grant> {
    let tape = decode(body, Shape::One(&TOKEN), Units::Bytes).ok()?;
    let row = tape.rows(body, &TOKEN).next()?;
    let token = row.text(IncoToken::token).filter(|token| !token.is_empty())?;
    let server = row.text(IncoToken::server_url)?;
    Some(Grant { token: token.into_owned(), life_ms: FOR_EVER, server: Some(server.into_owned()) })
}

/// The base of a server that may be sent a token: https, a plain host name under the supplier's domain, no user
/// information, no port but 443; or exactly one of the origins that the user trusts.
pub fn trusted(server_url: &str, origins: &[String]) -> Option<String> {
    let base = server_url.strip_suffix('/').unwrap_or(server_url);
    if origins.iter().any(|origin| origin == base) {
        return Some(base.to_owned());
    }
    let base = base.to_ascii_lowercase();
    let authority = base.strip_prefix("https://")?;
    let host = authority.strip_suffix(":443").unwrap_or(authority);
    let label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !label.is_empty() && label.bytes().all(plain) && !label.starts_with('-') && !label.ends_with('-')
    };
    (host.strip_suffix(DOMAIN)?.split('.').all(label)).then_some(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_of_the_supplier_are_trusted_and_no_others() {
        let own = ["http://127.0.0.1:8790".to_owned()];
        for good in [
            "https://server-xyz.incocloud.com",
            "https://server-xyz.incocloud.com/",
            "https://a.b.incocloud.com:443",
            "HTTPS://Server-1.IncoCloud.com",
            "http://127.0.0.1:8790",
            "http://127.0.0.1:8790/",
        ] {
            assert!(trusted(good, &own).is_some(), "{good}");
        }
        for bad in [
            "",
            "https://",
            "https://incocloud.com",
            "https://.incocloud.com",
            "https://169.254.169.254",
            "https://[::1]",
            "https://incocloud.com.evil.test",
            "https://evilincocloud.com",
            "https://evil.test#.incocloud.com",
            "https://evil.test?.incocloud.com",
            "https://evil.test/.incocloud.com",
            "https://evil.test\\.incocloud.com",
            "https://evil.test%2f.incocloud.com",
            "https://evil.test\t.incocloud.com",
            "https://a@evil.test",
            "https://a@server.incocloud.com",
            "https://server.incocloud.com@evil.test",
            "https://server.incocloud.com:8443",
            "https://server.incocloud.com:443@evil.test",
            "https://server.incocloud.com.",
            "https://server.incocloud.com/connect",
            "https://server.incocloud.com//evil.test",
            "http://server.incocloud.com",
            "//server.incocloud.com",
            "ftp://server.incocloud.com",
            "https:server.incocloud.com",
            " https://server.incocloud.com",
            "https://sеrver.incocloud.com",
            "https://-.incocloud.com",
            "http://127.0.0.1:8790.evil.test",
            "http://127.0.0.1:87900",
            "http://127.0.0.1",
            "http://localhost:8790",
            "http://127.0.0.1:8790//",
        ] {
            assert_eq!(trusted(bad, &own), None, "{bad}");
        }
    }
}
