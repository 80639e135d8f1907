//! Sessions: who asks, signed by the shop's own backend. `v1.<claims>.<signature>`, both parts base64url without padding;
//! the signature is HMAC-SHA-256 over what stands before it.

use std::future::Future;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::engine::Ms;
use crate::operation::{Error, ErrorKind};

/// Clocks of shop and edge may differ by so much.
const SKEW: Ms = 60_000;
/// Longest life of a session: a stolen one is soon worth nothing.
const LONGEST: u64 = 15 * 60;

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everybody.
    Visitor,
    /// A customer of the shop.
    Buyer,
    /// The shop itself.
    Staff,
}

impl Role {
    /// In lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Visitor => "visitor",
            Role::Buyer => "buyer",
            Role::Staff => "staff",
        }
    }
}

/// Whom goods may be sent to: one, several, or `*`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Ship {
    /// This one.
    One(String),
    /// One of these.
    Several(Vec<String>),
}

/// What a session says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Claims {
    /// Who.
    pub sub: String,
    /// As what.
    pub role: Role,
    /// The pages' origins that may use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Ship>,
    /// The supplier's number of the receiving customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_to: Option<Ship>,
    /// The shop's own number of the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_id: Option<u64>,
    /// Whether customer prices are shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sees_cost: Option<bool>,
    /// Seconds, when it is minted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_seconds: Option<u64>,
    /// Milliseconds since 1970, in the minted session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<u64>,
}

impl Ship {
    fn allows(&self, value: &str) -> bool {
        match self {
            Ship::One(only) => only == value,
            Ship::Several(all) => all.iter().any(|one| one == value),
        }
    }

    /// The only one.
    pub fn one(&self) -> Option<&str> {
        match self {
            Ship::One(only) if only != "*" => Some(only),
            _ => None,
        }
    }

    /// Whether goods may be sent there; `*` allows any.
    pub fn covers(&self, value: &str) -> bool {
        self.allows("*") || self.allows(value)
    }
}

/// Signs and checks, with keys that it keeps to itself.
pub trait SessionKeys {
    /// HMAC-SHA-256 with the current key.
    fn sign(&self, data: &[u8]) -> impl Future<Output = Result<Vec<u8>, Error>>;
    /// Whether the current or the previous key signed this; compared in constant time.
    fn verify(&self, data: &[u8], signature: &[u8]) -> impl Future<Output = bool>;
}

/// A session for these claims, in JSON.
///
/// # Errors
/// [`ErrorKind::Validation`] where the claims are not of their shape or live for longer than 15 minutes.
pub async fn mint(keys: &impl SessionKeys, claims: &[u8], now: Ms) -> Result<String, Error> {
    let invalid = |message: String| Error::new(ErrorKind::Validation, message);
    let mut claims: Claims = serde_json::from_slice(claims).map_err(|error| invalid(format!("claims: {error}")))?;
    let seconds = claims.expires_in_seconds.take().filter(|seconds| (1..=LONGEST).contains(seconds));
    let Some(seconds) = seconds else {
        return Err(invalid("expiresInSeconds must be from 1 to 900".to_owned())
            .hint("Sessions live for minutes: let the page ask the shop's backend for a new one."));
    };
    if claims.role != Role::Staff && claims.ship_to.as_ref().is_some_and(|ship| ship.one().is_none()) {
        return Err(invalid("shipTo of anybody but staff is one customer".to_owned())
            .hint("Only staff may hold a list, or *, and name one in a request."));
    }
    claims.exp = Some(now + seconds * 1_000);
    let claims = serde_json::to_vec(&claims).map_err(|error| invalid(error.to_string()))?;
    let signed = format!("v1.{}", URL_SAFE_NO_PAD.encode(claims));
    let signature = keys.sign(signed.as_bytes()).await?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// The claims of a session that is signed, alive and used by one of its origins.
pub(super) async fn verify(keys: &impl SessionKeys, session: &str, origin: Option<&str>, now: Ms) -> Option<Claims> {
    let (signed, signature) = session.rsplit_once('.')?;
    let claims = signed.strip_prefix("v1.")?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    if !keys.verify(signed.as_bytes(), &signature).await {
        return None;
    }
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let alive = claims.exp.is_some_and(|exp| now < exp + SKEW);
    let here = match (&claims.origin, origin) {
        (Some(bound), Some(origin)) => bound.allows(origin),
        _ => true,
    };
    (alive && here).then_some(claims)
}
