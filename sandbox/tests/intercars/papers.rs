//! Deliveries and invoices: windows, pages, filters, and both readings of a window's last day.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Value, json};
use stocklane_sandbox::SearchWithoutShipTo;

use crate::guest::{DAY, Guest, SECOND, column, date};

/// Everything in a window, page by page.
fn all(guest: &mut Guest, path: &str, limit: usize) -> Vec<Value> {
    let mut rows = Vec::new();
    loop {
        let page = guest.got(&format!("{path}&limit={limit}&offset={}", rows.len() + 1));
        let page = page.as_array().unwrap();
        rows.extend(page.iter().cloned());
        if page.len() < limit {
            return rows;
        }
    }
}

fn deliveries(guest: &mut Guest, first: i64, last: i64) -> Vec<Value> {
    let window = format!("creationDateFrom={}&creationDateTo={}", date(first), date(last));
    all(guest, &format!("/delivery?{window}"), 50)
}

fn invoices(guest: &mut Guest, first: i64, last: i64, more: &str) -> Vec<Value> {
    let window = format!("issueDateFrom={}&issueDateTo={}", date(first), date(last));
    all(guest, &format!("/invoice?{window}{more}"), 200)
}

fn ids(rows: &[Value]) -> Vec<String> {
    column(&json!(rows), "id")
}

/// The truth, by day before the start, of one kind of paper.
fn ledger(guest: &mut Guest, kind: &str) -> BTreeMap<i64, Vec<String>> {
    let ledger = guest.sandbox.ledger(guest.now);
    let mut days: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for row in ledger[kind]["sandbox-client"].as_array().unwrap() {
        let day = row["atMs"].as_u64().unwrap() / DAY;
        let day = day as i64 - (guest.now / DAY) as i64;
        days.entry(day).or_default().push(row["id"].as_str().unwrap().to_owned());
    }
    days
}

#[test]
fn every_paper_is_found_and_none_twice() {
    let mut guest = Guest::with(|settings| settings.rate = 10_000);
    for (kind, found) in [
        ("deliveries", deliveries as fn(&mut Guest, i64, i64) -> Vec<Value>),
        ("invoices", |guest, first, last| invoices(guest, first, last, "")),
    ] {
        let truth: HashSet<String> = ledger(&mut guest, kind).into_values().flatten().collect();
        let mut seen = Vec::new();
        for first in (-122..=0).step_by(3) {
            seen.extend(ids(&found(&mut guest, first, first + 2)));
        }
        let once: HashSet<String> = seen.iter().cloned().collect();
        assert_eq!((seen.len(), truth.len()), (once.len(), once.len()));
        assert!(once == truth, "{kind}");
        assert!(seen.iter().all(|id| id.contains('/')));
    }
}

#[test]
fn past_requisitions_and_their_orders_are_found() {
    let mut guest = Guest::with(|settings| {
        settings.rate = 10_000;
        settings.search_without_ship_to = SearchWithoutShipTo::All;
    });
    let mut seen = Vec::new();
    for first in (-122..=0).step_by(3) {
        let window = format!("creationDateFrom={}&creationDateTo={}", date(first), date(first + 2));
        seen.extend(all(&mut guest, &format!("/sales/requisition?{window}"), 50));
    }
    let truth = guest.sandbox.ledger(guest.now)["pastRequisitions"]["sandbox-client"].clone();
    let set = |ids: Vec<String>| ids.into_iter().collect::<HashSet<String>>();
    assert_eq!(seen.len(), truth.as_array().unwrap().len());
    assert!(set(ids(&seen)) == set(column(&truth, "orderId")));
    for row in seen.iter().step_by(97) {
        let path = |kind: &str, id: &Value| format!("/{kind}/{}", id.as_str().unwrap().replace('/', "%2F"));
        assert_eq!(guest.got(&path("sales/order", &row["id"])), *row);
        let requisition = path("sales/requisition", &row["requisitionId"]);
        assert_eq!(guest.got(&requisition), json!([row]));
        assert_eq!(guest.post(&format!("{requisition}/confirm"), &json!(null)).status, 400);
        let delivery = guest.got(&path("delivery", &row["lines"][0]["deliveryId"][0]));
        assert_eq!(delivery[0]["orderId"], row["id"]);
    }
}

#[test]
fn days_are_quiet_or_busy() {
    let mut guest = Guest::new();
    let days = ledger(&mut guest, "deliveries");
    // The first and the last day are cut off by the hour.
    assert_eq!(days.len(), 120);
    let busy: Vec<usize> = days.values().map(Vec::len).filter(|n| *n > 10).collect();
    assert!(busy.contains(&60) && busy.contains(&230), "{busy:?}");
    assert!(days.values().all(|ids| !ids.is_empty()));

    let (day, _) = days.iter().find(|(_, ids)| ids.len() == 230).unwrap();
    let ledger = guest.sandbox.ledger(guest.now);
    let hours: HashSet<u64> = ledger["deliveries"]["sandbox-client"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["atMs"].as_u64().unwrap())
        .filter(|at| (at / DAY) as i64 - (guest.now / DAY) as i64 == *day)
        .map(|at| at % DAY / 3_600_000)
        .collect();
    assert_eq!(hours.len(), 24);
}

#[test]
fn the_last_day_is_inside_or_not() {
    let mut guest = Guest::new();
    let truth = ledger(&mut guest, "deliveries");
    let of = |days: &[i64]| days.iter().flat_map(|day| truth[day].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&deliveries(&mut guest, -5, -3)), of(&[-5, -4, -3]));
    guest.control("PUT", "settings", &json!({ "windowLastDay": "exclusive" }));
    assert_eq!(ids(&deliveries(&mut guest, -5, -3)), of(&[-5, -4]));
    assert_eq!(ids(&deliveries(&mut guest, -5, -5)), of(&[]));
}

#[test]
fn offset_nought_is_offset_one() {
    let mut guest = Guest::new();
    let window = format!("creationDateFrom={}&creationDateTo={}", date(-4), date(-2));
    let first = guest.got(&format!("/delivery?{window}&limit=3&offset=1"));
    assert_eq!(guest.got(&format!("/delivery?{window}&limit=3&offset=0")), first);
    let second = guest.got(&format!("/delivery?{window}&limit=3&offset=2"));
    assert_eq!(first[1], second[0]);
    let bare = guest.got(&format!("/delivery/metadata?{window}&limit=1"));
    assert_eq!((&bare[0]["id"], bare[0].get("lines")), (&first[0]["id"], None));
}

#[test]
fn each_is_found_by_its_id() {
    let mut guest = Guest::new();
    for row in deliveries(&mut guest, -9, -7) {
        let id = row["id"].as_str().unwrap().replace('/', "%2F");
        assert_eq!(guest.got(&format!("/delivery/{id}")), json!([row]));
        let invoice = row["fiscalDocumentNumber"].as_str().unwrap().replace('/', "%2F");
        let invoice = guest.got(&format!("/invoice/{invoice}"));
        let tech_id = invoice[0]["techId"].as_str().unwrap();
        assert_eq!(guest.got(&format!("/invoice/{tech_id}?techId=true")), invoice);
    }
}

#[test]
fn filters_of_invoices_part_them() {
    let mut guest = Guest::with(|settings| settings.rate = 10_000);
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut two_ids = 0;
    for first in (-60..0).step_by(3) {
        let all = invoices(&mut guest, first, first + 2, "");
        for (field, values) in
            [("invoiceClassification", vec!["INVOICE", "CREDIT_NOTE"]), ("shipTo", vec!["8.0", "000008", "80"])]
        {
            let mut parted = 0;
            for value in values {
                let rows = invoices(&mut guest, first, first + 2, &format!("&{field}={value}"));
                assert!(rows.iter().all(|row| row[field] == value));
                *counts.entry(value.into()).or_default() += rows.len();
                parted += rows.len();
            }
            assert_eq!(parted, all.len());
        }
        let ids = all.iter().map(|row| row["lines"][0]["deliveryId"][0].as_str().unwrap());
        two_ids += ids.filter(|ids| ids.contains(", ")).count();
    }
    assert!(counts.values().all(|count| *count > 0), "{counts:?}");
    assert!(two_ids > 0);
}

#[test]
fn papers_come_and_go_with_time() {
    let mut guest = Guest::new();
    let before = deliveries(&mut guest, 0, 0);
    guest.control("PUT", "time", &json!({ "advance_ms": DAY }));
    let after = deliveries(&mut guest, 0, 0);
    assert!(after.len() > before.len());
    assert_eq!(deliveries(&mut guest, -119, -119), Vec::<Value>::new());
}

#[test]
fn customers_share_no_paper() {
    let mut guest = Guest::new();
    let first: HashSet<String> = ids(&deliveries(&mut guest, -5, -3)).into_iter().collect();
    let foreign = first.iter().next().unwrap().replace('/', "%2F");
    guest.sign_in(SECOND);
    let second = ids(&deliveries(&mut guest, -5, -3));
    assert!(!second.is_empty() && second.iter().all(|id| !first.contains(id)));
    assert_eq!(guest.get(&format!("/delivery/{foreign}")).status, 404);
}
