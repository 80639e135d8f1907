//! What an answer depends on, and for how long it may be served again.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use crate::engine::Ms;
use crate::operation::{Error, ErrorKind};
use crate::wire::write_text;

use super::session::Role;

/// After it is no longer fresh an answer is served so many times its freshness again, while it is asked for anew.
const GRACE: Ms = 2;
/// While nobody can be asked, an answer is served so long, and marked.
pub(super) const LONGEST_STALE: Ms = 3_600_000;
/// Says how answers are written: another version's are not read.
const VERSION: &str = "1";

/// For whom an answer is: everything that it depends on beside the question. No key can be made without it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Scope {
    /// The shop, with how it is set up: other prices are another shop's.
    pub tenant: Rc<str>,
    /// The suppliers' accounts.
    pub account: Rc<str>,
    pub role: Role,
    pub sees_cost: bool,
    pub ship_to: Option<String>,
    pub partner: Option<u64>,
    pub language: String,
}

/// Shop and accounts are the same in all keys of a proxy: they are compared, but tell nothing apart.
impl Hash for Scope {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Scope { tenant: _, account: _, role, sees_cost, ship_to, partner, language } = self;
        (role, sees_cost, ship_to, partner, language).hash(state);
    }
}

/// A question, and for whom its answer is.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct CacheKey {
    scope: Rc<Scope>,
    operation: &'static str,
    args: String,
}

impl CacheKey {
    pub fn new(scope: &Rc<Scope>, operation: &'static str, args: String) -> CacheKey {
        CacheKey { scope: scope.clone(), operation, args }
    }

    pub fn args(&self) -> &str {
        &self.args
    }

    /// As a text that no other key has: parts of any content stay apart.
    pub fn text(&self) -> String {
        let CacheKey { scope, operation, args } = self;
        let partner = scope.partner.map(|partner| partner.to_string());
        let parts = [
            Some(VERSION),
            Some(&*scope.tenant),
            Some(&*scope.account),
            Some(scope.role.as_str()),
            Some(if scope.sees_cost { "cost" } else { "" }),
            scope.ship_to.as_deref(),
            partner.as_deref(),
            Some(operation),
            Some(args),
            Some(&scope.language),
        ];
        let mut out = vec![b'['];
        for part in parts {
            if out.len() > 1 {
                out.push(b',');
            }
            match part {
                Some(text) => write_text(&mut out, text),
                None => out.extend_from_slice(b"null"),
            }
        }
        out.push(b']');
        String::from_utf8_lossy(&out).into_owned()
    }
}

/// How new an answer must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// As new as answers are kept.
    Kept,
    /// Fresh, however long it takes.
    Newer,
    /// Asked for now.
    Now,
}

/// Answers to questions, in their order.
pub(super) struct Found<V> {
    pub values: Vec<V>,
    /// How old the oldest is, where nobody could be asked.
    pub stale: Option<Ms>,
    /// They should be asked for again, while nobody waits.
    pub renew: bool,
}

/// Whether an answer of this age may be served without asking first.
pub(super) fn serves(age: Ms, fresh_ms: Ms, wish: Wish) -> bool {
    match wish {
        Wish::Kept => age < fresh_ms * (1 + GRACE),
        Wish::Newer => age < fresh_ms,
        Wish::Now => false,
    }
}

/// Whether an answer from before is better than this.
pub(super) fn may_be_stale(error: &Error) -> bool {
    use ErrorKind::*;
    matches!(error.kind, Upstream | Timeout | Network | RateLimited | Decode | Auth)
}
