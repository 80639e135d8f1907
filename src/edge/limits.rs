//! How much one visitor may ask.

use std::cell::RefCell;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroUsize;

use lru::LruCache;

use crate::engine::Ms;

/// Visitors who are remembered; whoever is forgotten begins anew.
const VISITORS: NonZeroUsize = NonZeroUsize::new(5_000).unwrap();
/// Different SKUs that one visitor may ask for in an hour before it must show that it is a person.
const SKUS: usize = 2_000;
const HOUR: Ms = 3_600_000;
const MINUTE: Ms = 60_000;

/// The visitors of one shop.
pub(super) struct Limits {
    per_minute: Ms,
    visitors: RefCell<LruCache<String, Visitor>>,
    hasher: RandomState,
}

struct Visitor {
    /// Time that its requests have cost, ahead of the clock.
    spent_until: Ms,
    hour: Ms,
    skus: HashSet<u64>,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Go on.
    Go,
    /// Too many requests: not before then.
    Later(Ms),
    /// Too much of the catalogue: only for a person. Until when it counts.
    Suspicious(Ms),
}

impl Limits {
    pub fn new(per_minute: u32) -> Limits {
        let visitors = RefCell::new(LruCache::new(VISITORS));
        Limits { per_minute: Ms::from(per_minute).clamp(1, MINUTE), visitors, hasher: RandomState::new() }
    }

    /// Counts a visitor's request for these SKUs.
    pub fn admit<'a>(&self, address: Option<&str>, skus: impl Iterator<Item = &'a str>, now: Ms) -> Verdict {
        let mut visitors = self.visitors.borrow_mut();
        let visitor =
            visitors.get_or_insert_mut(bucket(address), || Visitor { spent_until: 0, hour: now, skus: HashSet::new() });
        // Each request costs its share of a minute; half a minute's worth may come at once.
        let cost = MINUTE / self.per_minute;
        let from = visitor.spent_until.max(now.saturating_sub(MINUTE / 2));
        if from + cost > now {
            return Verdict::Later(from + cost);
        }
        if now >= visitor.hour + HOUR {
            visitor.hour = now;
            visitor.skus.clear();
        }
        // Nobody is counted for having come at all: an address of many people asks for the same things.
        visitor.skus.extend(skus.map(|sku| self.hasher.hash_one(sku)));
        if visitor.skus.len() > SKUS {
            return Verdict::Suspicious(visitor.hour + HOUR);
        }
        visitor.spent_until = from + cost;
        Verdict::Go
    }

    /// It is a person.
    pub fn trust(&self, address: Option<&str>) {
        if let Some(visitor) = self.visitors.borrow_mut().get_mut(&bucket(address)) {
            visitor.skus.clear();
        }
    }
}

/// Whom an address counts as: of IPv6 the network, for a household has as many addresses as it likes.
fn bucket(address: Option<&str>) -> String {
    use std::net::IpAddr;
    match address.map(|address| address.trim().parse::<IpAddr>()) {
        None => String::new(),
        Some(Ok(IpAddr::V6(v6))) if v6.to_ipv4_mapped().is_none() => {
            let network = v6.segments();
            format!("{:x}:{:x}:{:x}:{:x}", network[0], network[1], network[2], network[3])
        }
        Some(Ok(ip)) => ip.to_canonical().to_string(),
        Some(Err(_)) => address.unwrap_or_default().chars().take(64).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn go(limits: &Limits, address: &str, now: Ms) -> bool {
        limits.admit(Some(address), std::iter::empty(), now) == Verdict::Go
    }

    #[test]
    fn a_visitor_has_its_share_of_a_minute_and_others_have_theirs() {
        let limits = Limits::new(60);
        let now = 1_000_000;
        assert_eq!((0..100).filter(|_| go(&limits, "192.0.2.1", now)).count(), 30);
        assert_eq!((0..100).filter(|_| go(&limits, "192.0.2.2", now)).count(), 30);
        assert_eq!((0..600).filter(|tenth| go(&limits, "192.0.2.1", now + tenth * 100)).count(), 59);
    }

    #[test]
    fn a_network_of_version_six_is_one_visitor_and_a_mapped_address_is_its_own() {
        let limits = Limits::new(2);
        assert!(go(&limits, "2001:db8:1:2::1", 100_000));
        assert!(!go(&limits, "2001:db8:1:2:ffff::9", 100_000));
        assert!(go(&limits, "2001:db8:1:3::1", 100_000));
        assert!(go(&limits, "::ffff:192.0.2.7", 100_000));
        assert!(!go(&limits, "192.0.2.7", 100_000));
    }

    #[test]
    fn whoever_asks_for_the_whole_catalogue_must_be_a_person() {
        let limits = Limits::new(6_000);
        let ask = |from: usize, now| {
            let skus: Vec<String> = (from..from + 100).map(|number| format!("S{number}")).collect();
            limits.admit(None, skus.iter().map(String::as_str), now)
        };
        for page in 0..20 {
            assert_eq!(ask(page * 100, 100_000 + page as u64), Verdict::Go);
            assert_eq!(ask(page * 100, 100_500 + page as u64), Verdict::Go, "the same again is nothing new");
        }
        assert_eq!(ask(2_000, 101_000), Verdict::Suspicious(100_000 + HOUR));
        limits.trust(None);
        assert_eq!(ask(2_000, 101_100), Verdict::Go);
        assert_eq!(ask(5_000, 100_000 + HOUR), Verdict::Go);
    }
}
