//! The limit of a sliding minute, in virtual time.

use serde_json::json;
use stocklane_sandbox::RetryAfter;

use crate::guest::{Guest, SECOND, body};

/// A guest with three requests a minute, one spent in each of the first three seconds.
fn spent(form: RetryAfter) -> Guest {
    let mut guest = Guest::with(|settings| {
        settings.rate = 3;
        settings.retry_after = form;
    });
    for _ in 0..3 {
        guest.got("/customer");
        guest.now += 1_000;
    }
    guest
}

#[test]
fn it_slides() {
    let mut guest = spent(RetryAfter::Seconds);
    let reply = guest.get("/customer");
    assert_eq!((reply.status, &body(&reply)["code"]), (429, &json!("900800")));
    assert_eq!(reply.header_value("retry-after"), Some("57"));
    guest.now += 56_999;
    assert_eq!(guest.get("/customer").status, 429);
    guest.now += 1;
    guest.got("/customer");
    assert_eq!(guest.get("/customer").status, 429);
    guest.now += 1_000;
    guest.got("/customer");
    let counted = &guest.sandbox.counters()["accounts"]["sandbox-client"];
    assert_eq!(counted["throttled"], 3);
    assert_eq!(counted["total"], 8);
}

#[test]
fn each_customer_has_its_own() {
    let mut guest = spent(RetryAfter::Seconds);
    assert_eq!(guest.get("/customer").status, 429);
    guest.sign_in(SECOND);
    guest.got("/customer");
}

#[test]
fn it_says_when_in_every_way_or_not_at_all() {
    let reply = spent(RetryAfter::HttpDate).get("/customer");
    assert_eq!(reply.header_value("Retry-After"), Some("Fri, 26 Jun 2026 07:01:00 GMT"));
    let reply = spent(RetryAfter::None).get("/customer");
    assert_eq!(reply.header_value("Retry-After"), None);
    assert_eq!(body(&reply).get("nextAccessTime"), None);
    let reply = spent(RetryAfter::NextAccessTime).get("/customer");
    assert_eq!(reply.header_value("Retry-After"), None);
    assert_eq!(body(&reply)["nextAccessTime"], "2026-Jun-26 07:01:00+0000 UTC");
}

#[test]
fn the_fullest_minute_is_remembered() {
    let mut guest = Guest::new();
    for _ in 0..700 {
        guest.get("/customer");
        guest.now += 50;
    }
    guest.now += 60_000;
    guest.got("/customer");
    let counted = &guest.sandbox.counters()["accounts"]["sandbox-client"];
    assert_eq!((&counted["maxInAnyMinute"], &counted["throttled"]), (&json!(700), &json!(100)));
}
