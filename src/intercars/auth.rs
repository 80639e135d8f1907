//! Tokens: OAuth2 client credentials.

use crate::operation::{Grant, TokenRequest};
use crate::wire::{Decimal, Shape, Units, decode, schema};

schema! {
    /// A token as it comes.
    pub TOKEN = Token {
        /// What to send as `Authorization: Bearer …`. A secret.
        Required access_token: Text,
        /// Always `Bearer`.
        Optional token_type: Text,
        /// Life in seconds, about 3,600.
        Optional expires_in: Number,
    }
}

/// Asks for a token.
pub static TOKEN_REQUEST: TokenRequest =
    TokenRequest::OAuth2 { form: "grant_type=client_credentials&scope=allinone", read };

/// Seconds of a token's life where the answer does not say.
const LIFE: f64 = 3_600.0;

fn read(body: &[u8]) -> Option<Grant> {
    let tape = decode(body, Shape::One(&TOKEN), Units::Bytes).ok()?;
    let row = tape.rows(body, &TOKEN).next()?;
    let token = row.text(Token::access_token).filter(|token| !token.is_empty())?;
    let life = row.decimal(Token::expires_in).map_or(LIFE, Decimal::to_f64);
    Some(Grant { token: token.into_owned(), life_ms: (life * 1_000.0) as u64, server: None })
}
