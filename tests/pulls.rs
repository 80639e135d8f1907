//! Everything that a service without pages holds, each row once, and what changed in it: against a service that is modelled
//! after the few words that its supplier prints.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "core/mod.rs"]
mod common;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use common::incocloud::*;
use common::supplier::{LATENCY, Shop, answer};
use common::world::*;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use stocklane::clients::{Changes, Quiet, Snapshot};
use stocklane::engine::{CallOptions, Failure, Outgoing, Settings};
use stocklane::operation::{Error, ErrorKind, day, written};
use stocklane::wire::Units;

// Windows.

/// How a service writes when a sale was made.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stamp {
    Day,
    Local,
    /// Of a shop that is three hours ahead.
    Utc,
    Offset,
    Missing,
}

#[derive(Clone, Copy, Debug)]
struct Sold {
    /// In the shop's own time.
    day: i64,
    minute: i64,
    stamp: Stamp,
}

impl Sold {
    fn stamp(&self) -> Option<String> {
        let at = |minute: i64| {
            let (day, minute) = (self.day + minute.div_euclid(1_440), minute.rem_euclid(1_440));
            format!("{}T{:02}:{:02}:07", written(day), minute / 60, minute % 60)
        };
        match self.stamp {
            Stamp::Day => Some(written(self.day)),
            Stamp::Local => Some(at(self.minute)),
            Stamp::Utc => Some(at(self.minute - 180) + "Z"),
            Stamp::Offset => Some(at(self.minute) + "+03:00"),
            Stamp::Missing => None,
        }
    }

    /// The day that it says.
    fn says(&self) -> Option<i64> {
        self.stamp().and_then(|stamp| day(&stamp[..10]))
    }
}

/// How a service fails that is asked for too much.
#[derive(Clone, Copy, Debug)]
enum TooMuch {
    Fails,
    NeverEnds,
    IsTooLong,
}

#[derive(Clone, Debug)]
struct Service {
    sales: Vec<Sold>,
    /// Whether `to_date` is inside.
    inclusive: bool,
    /// Whether it takes heed of days.
    heeds: bool,
    /// Rows of an answer at most.
    limit: Option<(usize, TooMuch)>,
}

impl Service {
    fn reply(&self, outgoing: &Outgoing) -> Reply {
        let edge = |name| day(&parameter(outgoing, name).unwrap()).unwrap();
        let (from, to) = (edge("from_date"), edge("to_date"));
        let within = |day: i64| from <= day && (day < to || self.inclusive && day == to);
        let found = self.sales.iter().enumerate().filter(|(_, sold)| !self.heeds || within(sold.day));
        let rows: Vec<String> = found
            .map(|(number, sold)| match sold.stamp() {
                Some(stamp) => format!(r#"{{"operation_number":{number},"total":1,"date":"{stamp}"}}"#),
                None => format!(r#"{{"operation_number":{number},"total":1}}"#),
            })
            .collect();
        match self.limit {
            Some((most, how)) if rows.len() > most => match how {
                TooMuch::Fails => answer(500, "out of memory"),
                TooMuch::NeverEnds => Reply::Silence,
                TooMuch::IsTooLong => Reply::Failure(LATENCY, Failure::TooLong),
            },
            _ => answer(200, format!("[{}]", rows.join(","))),
        }
    }
}

/// The numbers of all sales of these days, in the order in which they came, and how many requests it took.
fn pulled(service: Service, first: i64, last: i64) -> (Result<Vec<usize>, Error>, usize) {
    let settings = Settings { max_retries: 0, ..settings() };
    let shop = till_with(settings, move |outgoing, _| service.reply(outgoing));
    let found = pull(&shop, &json!({"from_date": written(first), "to_date": written(last), "location_id": 3}));
    let calls = shop.world.calls();
    assert!(calls.iter().all(|logged| parameter(&logged.outgoing, "location_id").unwrap() == "3"));
    (found, calls.len())
}

fn pull(shop: &Shop, args: &Json) -> Result<Vec<usize>, Error> {
    let (client, args) = (shop.client.clone(), args.to_string().into_bytes());
    let pulling = async move {
        let mut pages = client.pages("sale", args)?;
        let mut numbers = Vec::new();
        while let Some(page) = pages.next(&client, &CallOptions::default(), Units::Bytes, &Quiet).await? {
            assert!(!page.new.is_empty(), "a page has something new");
            let rows: Vec<_> = page.answer.tape.rows(&page.answer.body, pages.shape().schema()).collect();
            numbers.extend(
                page.new.iter().map(|&position| -> usize { rows[position].plain(0).unwrap().parse().unwrap() }),
            );
        }
        Ok(numbers)
    };
    shop.world.spawn(pulling).outcome()
}

/// Days of the longest window.
const LONGEST: i64 = 366;

/// A window succeeds or is cut to a quarter: from the longest to a single day five times, and each that succeeds goes on by
/// a day at least.
fn most_requests(days: i64) -> usize {
    6 * (days as usize + 2)
}

fn check(service: &Service, first: i64, last: i64) -> Result<(), TestCaseError> {
    let (found, requests) = pulled(service.clone(), first, last);
    let found = found.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
    let once: BTreeSet<usize> = found.iter().copied().collect();
    prop_assert_eq!(once.len(), found.len(), "a sale came twice");
    let range = first..=last;
    for (number, sold) in service.sales.iter().enumerate() {
        let got = once.contains(&number);
        match sold.says() {
            Some(says) => {
                prop_assert!(!got || range.contains(&says), "{sold:?} is outside");
                let must = range.contains(&says) && range.contains(&sold.day);
                prop_assert!(got || !must, "{sold:?} is missing");
            }
            // Without a day of its own only the service's word counts: and whether its last day is inside cannot be seen.
            None if service.heeds => {
                prop_assert!(!got || range.contains(&sold.day), "{sold:?} is outside");
                let must = range.contains(&sold.day) && (service.inclusive || sold.day < last);
                prop_assert!(got || !must, "{sold:?} is missing");
            }
            None => prop_assert!(got, "{sold:?} is missing"),
        }
    }
    let days = last - first + 1;
    prop_assert!(requests <= most_requests(days), "{requests} requests for {days} days");
    if service.limit.is_none() {
        // Hundreds of rows are few: windows grow to the longest, and the last day may be asked for once more.
        let most = (days / LONGEST) as usize + 6;
        prop_assert!(requests <= most, "{requests} requests for {days} days");
    }
    Ok(())
}

const FIRST: i64 = 19_700;

fn stamps() -> impl Strategy<Value = Stamp> {
    prop_oneof![
        3 => Just(Stamp::Day),
        3 => Just(Stamp::Local),
        2 => Just(Stamp::Utc),
        2 => Just(Stamp::Offset),
        1 => Just(Stamp::Missing),
    ]
}

/// Sales from a month before a span to a month after it: here and there, and many on a few days.
fn sales(days: i64) -> impl Strategy<Value = Vec<Sold>> {
    let somewhere = (-40..days + 40, 0..1_440i64);
    let crowd = (-2..days + 2, 0..20usize).prop_map(|(day, count)| vec![day; count]);
    let edges = prop::sample::subsequence(vec![-1, 0, days - 1, days], 0..=4);
    let spread = prop::collection::vec(somewhere, 0..200);
    (spread, prop::collection::vec(crowd, 0..6), edges, stamps(), any::<bool>()).prop_map(
        |(spread, crowds, edges, stamp, some_missing)| {
            let crowds = crowds.into_iter().flatten().chain(edges).enumerate();
            let crowds = crowds.map(|(number, day)| (day, (number as i64 * 97) % 1_440));
            let all = spread.into_iter().chain(crowds).enumerate();
            all.map(|(number, (day, minute))| {
                let stamp = if some_missing && number % 3 == 0 { Stamp::Missing } else { stamp };
                Sold { day: FIRST + day, minute, stamp }
            })
            .collect()
        },
    )
}

fn spans() -> impl Strategy<Value = (i64, Vec<Sold>)> {
    prop_oneof![1..6i64, 1..70i64, 1..1_500i64].prop_flat_map(|days| (Just(days), sales(days)))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn every_sale_of_a_span_comes_once_whether_or_not_its_last_day_counts(
        (days, sales) in spans(), inclusive in any::<bool>(), heeds in prop::bool::weighted(0.8),
    ) {
        check(&Service { sales, inclusive, heeds, limit: None }, FIRST, FIRST + days - 1)?;
    }

    #[test]
    fn every_sale_comes_once_from_a_service_that_cannot_answer_much(
        (days, sales) in spans(),
        inclusive in any::<bool>(),
        more in 0..6usize,
        how in prop_oneof![Just(TooMuch::Fails), Just(TooMuch::NeverEnds), Just(TooMuch::IsTooLong)],
    ) {
        let mut of_day: BTreeMap<i64, usize> = BTreeMap::new();
        sales.iter().for_each(|sold| *of_day.entry(sold.day).or_default() += 1);
        // One day can be answered, and what the question for the last day may hold.
        let last = FIRST + days - 1;
        let around = of_day.get(&last).unwrap_or(&0) + of_day.get(&(last + 1)).unwrap_or(&0);
        let least = of_day.values().copied().max().unwrap_or(0).max(around);
        let limit = Some((least + more, how));
        check(&Service { sales, inclusive, heeds: true, limit }, FIRST, last)?;
    }
}

fn on(days: impl IntoIterator<Item = i64>) -> Vec<Sold> {
    days.into_iter().map(|day| Sold { day: FIRST + day, minute: 700, stamp: Stamp::Local }).collect()
}

#[test]
fn windows_share_their_boundary_day() {
    for inclusive in [true, false] {
        let service = Service { sales: on(0..100), inclusive, heeds: true, limit: None };
        let (found, requests) = pulled(service, FIRST, FIRST + 99);
        let expected: Vec<usize> = (0..100).collect();
        assert_eq!(found.unwrap(), expected);
        assert_eq!(
            requests,
            if inclusive { 2 } else { 3 },
            "the last day is asked for once more where it did not come"
        );
    }
}

#[test]
fn a_crowded_day_is_reached_by_narrower_windows_and_left_by_wider_ones() {
    for how in [TooMuch::Fails, TooMuch::NeverEnds, TooMuch::IsTooLong] {
        let sales = on((0..300).chain(vec![150; 40]));
        let service = Service { sales: sales.clone(), inclusive: true, heeds: true, limit: Some((41, how)) };
        let (found, requests) = pulled(service, FIRST, FIRST + 299);
        assert_eq!(found.unwrap().len(), sales.len());
        assert!(requests < 60, "{requests} requests for 300 days");
    }
}

#[test]
fn a_day_that_cannot_be_answered_is_an_error_and_not_a_gap() {
    for inclusive in [true, false] {
        for how in [TooMuch::Fails, TooMuch::NeverEnds, TooMuch::IsTooLong] {
            let sales = on((0..40).chain([20; 30]));
            let service = Service { sales, inclusive, heeds: true, limit: Some((15, how)) };
            let (found, requests) = pulled(service, FIRST, FIRST + 39);
            let kind = found.unwrap_err().kind;
            assert!(matches!(kind, ErrorKind::Upstream | ErrorKind::Timeout), "{kind:?}");
            assert!(requests <= most_requests(40), "{requests}");
        }
    }
}

#[test]
fn a_service_that_is_down_is_not_asked_for_ever() {
    let shop = till(|_, _| answer(500, ""));
    let args = json!({"from_date": "2020-01-01", "to_date": "2024-01-01"});
    assert_eq!(pull(&shop, &args).unwrap_err().kind, ErrorKind::Upstream);
    // 31, 7, 1 and no day more, each thrice as long as the budget of repeats lasts.
    assert!(shop.world.calls().len() <= 4 * 3, "{}", shop.world.calls().len());
}

#[test]
fn what_is_no_question_of_size_ends_a_pull_at_once() {
    for (status, kind) in [(403, ErrorKind::Permission), (400, ErrorKind::Validation), (404, ErrorKind::NotFound)] {
        let shop = till(move |_, _| answer(status, ""));
        let args = json!({"from_date": "2020-01-01", "to_date": "2024-01-01"});
        assert_eq!(pull(&shop, &args).unwrap_err().kind, kind);
        assert_eq!(shop.world.calls().len(), 1);
    }
}

#[test]
fn a_pull_that_failed_goes_on_where_it_was() {
    let service = Service { sales: on(0..200), inclusive: true, heeds: true, limit: None };
    let mut calls = 0;
    let shop = till(move |outgoing, _| {
        calls += 1;
        if calls == 2 { answer(403, "Permission denied") } else { service.reply(outgoing) }
    });
    let client = shop.client.clone();
    let args = json!({"from_date": written(FIRST), "to_date": written(FIRST + 199)}).to_string().into_bytes();
    let pulling = async move {
        let mut pages = client.pages("sale", args).unwrap();
        let (mut rows, mut errors) = (0, 0);
        loop {
            match pages.next(&client, &CallOptions::default(), Units::Bytes, &Quiet).await {
                Ok(Some(page)) => rows += page.new.len(),
                Ok(None) => return (rows, errors),
                Err(_) => errors += 1,
            }
        }
    };
    assert_eq!(shop.world.spawn(pulling).outcome(), (200, 1));
}

#[test]
fn without_a_whole_span_all_is_asked_for_at_once() {
    for args in
        [json!({}), json!({"from_date": "2024-01-01"}), json!({"to_date": "2024-01-01"}), json!({"partner_id": 5})]
    {
        let shop = till(|_, _| answer(200, r#"[{"operation_number":1,"total":1},{"operation_number":1,"total":1}]"#));
        assert_eq!(pull(&shop, &args).unwrap(), [1, 1], "nothing says that a number is there once");
        assert_eq!(shop.world.calls().len(), 1);
    }
}

#[test]
fn sales_of_one_number_at_two_locations_are_two() {
    let shop = till(|_, _| {
        let row = |location: u32| {
            format!(r#"{{"operation_number":1,"total":1,"location_id":{location},"date":"2024-01-02"}}"#)
        };
        answer(200, format!("[{},{}]", row(1), row(2)))
    });
    assert_eq!(pull(&shop, &json!({"from_date": "2024-01-01", "to_date": "2024-01-02"})).unwrap(), [1, 1]);
}

// What changed.

fn synced(shop: &Shop, resource: &'static str, query: &'static str, since: Option<Snapshot>) -> Result<Changes, Error> {
    let client = shop.client.clone();
    let syncing = async move { client.sync(resource, query.into(), since, CallOptions::default(), &Quiet).await };
    shop.world.spawn(syncing).outcome()
}

/// A service whose rows can be changed.
fn shelf(rows: &[Json]) -> (Shop, Rc<RefCell<String>>) {
    let body = Rc::new(RefCell::new(String::new()));
    put(&body, rows);
    let held = body.clone();
    (till(move |_, _| answer(200, held.borrow().clone())), body)
}

fn put(body: &Rc<RefCell<String>>, rows: &[Json]) {
    *body.borrow_mut() = Json::Array(rows.to_vec()).to_string();
}

/// As a store would keep it.
fn stored(snapshot: &Snapshot) -> Snapshot {
    let again: Snapshot = serde_json::from_str(&serde_json::to_string(snapshot).unwrap()).unwrap();
    assert_eq!(&again, snapshot);
    again
}

fn parsed(rows: &[String]) -> Vec<Json> {
    let mut rows: Vec<Json> = rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect();
    rows.sort_by_key(|row| (row["id"].to_string(), row["operation_number"].to_string(), row["total"].to_string()));
    rows
}

/// A partner by its number, with so many fields, in the order of `turn`, written by hand: a map would sort them.
#[derive(Clone, Debug, PartialEq)]
struct Partner {
    name: u8,
    nested: Option<u8>,
}

fn text(number: u8, partner: &Partner, turn: usize) -> String {
    let mut fields = vec![format!(r#""id":{number}"#), format!(r#""name":"n{}""#, partner.name)];
    fields.extend(partner.nested.map(|value| format!(r#""unknown":{{"a":[{value}],"b":null}}"#)));
    let places = fields.len();
    fields.rotate_left(turn % places);
    format!("{{{}}}", fields.join(if turn.is_multiple_of(2) { "," } else { " , " }))
}

fn shelves() -> impl Strategy<Value = BTreeMap<u8, Partner>> {
    let partner = (0..3u8, prop::option::of(0..2u8)).prop_map(|(name, nested)| Partner { name, nested });
    prop::collection::btree_map(0..12u8, partner, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn what_changed_is_the_difference_of_two_pulls(states in prop::collection::vec(shelves(), 1..6), turn in 0..7usize) {
        let (shop, body) = shelf(&[]);
        let mut before: BTreeMap<u8, Partner> = BTreeMap::new();
        let mut since = None;
        for (round, state) in states.into_iter().enumerate() {
            let mut rows: Vec<String> =
                state.iter().map(|(number, partner)| text(*number, partner, turn + round)).collect();
            if round % 2 == 1 {
                rows.reverse();
            }
            *body.borrow_mut() = format!("[{}]", rows.join(","));
            let changes = synced(&shop, "partner", "{}", since).unwrap();
            let rows_of = |fits: &dyn Fn(&u8, &Partner) -> bool| {
                let rows = state.iter().filter(|(number, partner)| fits(number, partner));
                parsed(&rows.map(|(number, partner)| text(*number, partner, 0)).collect::<Vec<_>>())
            };
            prop_assert_eq!(parsed(&changes.added), rows_of(&|number, _| !before.contains_key(number)));
            let other = |number: &u8, partner: &Partner| before.get(number).is_some_and(|known| known != partner);
            prop_assert_eq!(parsed(&changes.changed), rows_of(&other));
            let removed: BTreeSet<String> = before.keys().filter(|number| !state.contains_key(number)).map(u8::to_string).collect();
            prop_assert_eq!(changes.removed.iter().cloned().collect::<BTreeSet<_>>(), removed);
            prop_assert!(changes.added.iter().chain(&changes.changed).all(|row| rows.contains(row)), "as sent");
            // The same again: nothing.
            let snapshot = stored(&changes.snapshot);
            let again = synced(&shop, "partner", "{}", Some(snapshot.clone())).unwrap();
            prop_assert!(again.added.is_empty() && again.changed.is_empty() && again.removed.is_empty());
            prop_assert_eq!(&again.snapshot.rows, &snapshot.rows);
            since = Some(snapshot);
            before = state;
        }
    }
}

#[test]
fn a_snapshot_of_something_else_is_refused_before_anything_is_asked() {
    let (shop, _) = shelf(&[json!({"id": 1})]);
    let snapshot = synced(&shop, "partner", r#"{"group_id":1}"#, None).unwrap().snapshot;
    let asked = shop.world.calls().len();
    for (resource, query) in
        [("partner_group", r#"{"group_id":1}"#), ("partner", "{}"), ("partner", r#"{"group_id":2}"#)]
    {
        let error = synced(&shop, resource, query, Some(snapshot.clone())).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Validation);
        assert!(error.hint.is_some());
    }
    assert_eq!(shop.world.calls().len(), asked);
    assert!(synced(&shop, "partner", r#"{"group_id":1}"#, Some(snapshot)).is_ok());
    assert_eq!(synced(&shop, "parner", "{}", None).unwrap_err().kind, ErrorKind::Validation);
    assert_eq!(synced(&shop, "createSale", "{}", None).unwrap_err().kind, ErrorKind::Validation);
}

#[test]
fn a_snapshot_is_plain_data_and_says_when_it_was_taken() {
    let (shop, _) = shelf(&[json!({"id": 7, "name": "secret name"})]);
    let snapshot = synced(&shop, "partner", r#"{"code":"ü"}"#, None).unwrap().snapshot;
    let json = serde_json::to_value(&snapshot).unwrap();
    assert_eq!(json["resource"], "partner");
    assert_eq!(json["rows"]["key"], "id");
    assert_eq!(json["rows"]["query"], r#"{"code":"ü"}"#);
    assert_eq!(json["takenAt"], START);
    assert!(json["rows"]["digests"]["7"].as_str().is_some_and(|digest| digest.len() == 32));
    assert!(!json.to_string().contains("secret"), "a store need not be told what rows say");
}

#[test]
fn rows_without_a_number_of_their_own_are_known_by_their_operation() {
    let sale = |number: u32, total: u32| json!({"operation_number": number, "total": total});
    let (shop, body) = shelf(&[sale(1, 5), sale(2, 5), sale(3, 5)]);
    let snapshot = synced(&shop, "sale", "{}", None).unwrap().snapshot;
    assert_eq!(snapshot.rows.key, "operation_number");
    put(&body, &[sale(2, 6), sale(3, 5), sale(4, 5)]);
    let changes = synced(&shop, "sale", "{}", Some(stored(&snapshot))).unwrap();
    assert_eq!(parsed(&changes.added), [sale(4, 5)]);
    assert_eq!(parsed(&changes.changed), [sale(2, 6)]);
    assert_eq!(changes.removed, ["1"]);
    // One of them without: the other number is asked of all.
    put(&body, &[json!({"id": 9, "operation_number": 2, "total": 6}), sale(3, 5)]);
    assert_eq!(synced(&shop, "sale", "{}", None).unwrap().snapshot.rows.key, "operation_number");
    put(&body, &[json!({"id": 9, "operation_number": 2, "total": 6})]);
    assert_eq!(synced(&shop, "sale", "{}", None).unwrap().snapshot.rows.key, "id");
}

#[test]
fn what_was_known_by_its_operation_is_removed_when_nothing_is_left() {
    let (shop, body) = shelf(&[json!({"operation_number": 1, "total": 5}), json!({"operation_number": 2, "total": 5})]);
    let snapshot = synced(&shop, "sale", "{}", None).unwrap().snapshot;
    put(&body, &[]);
    let changes = synced(&shop, "sale", "{}", Some(snapshot)).unwrap();
    assert_eq!(changes.removed, ["1", "2"]);
    assert!(changes.snapshot.rows.digests.is_empty());
}

#[test]
fn rows_without_any_number_are_unsupported() {
    for row in [json!({"name": "x"}), json!({"id": "five", "name": "x"}), json!({"id": null})] {
        let (shop, _) = shelf(&[json!({"id": 1}), row]);
        let error = synced(&shop, "partner", "{}", None).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unsupported);
        assert!(error.hint.unwrap().contains("fieldNames"));
    }
}

#[test]
fn rows_of_one_number_are_told_together() {
    let row = |name: &str| json!({"id": 5, "name": name});
    let (shop, body) = shelf(&[row("a"), row("b"), json!({"id": 6})]);
    let changes = synced(&shop, "partner", "{}", None).unwrap();
    assert_eq!(parsed(&changes.added).len(), 3);
    let snapshot = changes.snapshot;
    assert_eq!(snapshot.rows.digests.len(), 2);
    for (rows, changed) in [
        (vec![row("a"), row("b")], 0),
        (vec![row("b"), row("a")], 0),
        (vec![row("a"), row("c")], 2),
        (vec![row("a")], 1),
        (vec![row("a"), row("a"), row("b")], 3),
    ] {
        put(&body, &[rows.clone(), vec![json!({"id": 6})]].concat());
        let changes = synced(&shop, "partner", "{}", Some(snapshot.clone())).unwrap();
        assert_eq!((changes.changed.len(), changes.added.len(), changes.removed.len()), (changed, 0, 0), "{rows:?}");
    }
}

#[test]
fn a_row_that_no_parser_holds_is_still_told_when_it_changes() {
    let (shop, body) = shelf(&[]);
    for (one, other) in [
        (r#"[{"id":1,"name":"\ud83d x"}]"#, r#"[{"id":1,"name":"\ud83d y"}]"#),
        (r#"[{"id":1,"odd":1e999}]"#, r#"[{"id":1,"odd":2e999}]"#),
    ] {
        *body.borrow_mut() = one.to_owned();
        let snapshot = synced(&shop, "partner", "{}", None).unwrap().snapshot;
        *body.borrow_mut() = other.to_owned();
        assert_eq!(synced(&shop, "partner", "{}", Some(snapshot)).unwrap().changed.len(), 1, "{other}");
    }
}

#[test]
fn what_changed_in_a_span_of_days_is_pulled_window_by_window() {
    let sales = Rc::new(RefCell::new(on(0..150)));
    let held = sales.clone();
    let shop = till(move |outgoing, _| {
        Service { sales: held.borrow().clone(), inclusive: false, heeds: true, limit: None }.reply(outgoing)
    });
    // 2023-12-09 is FIRST.
    const QUERY: &str = r#"{"from_date":"2023-12-09","to_date":"2024-05-06"}"#;
    assert_eq!((written(FIRST), written(FIRST + 149)), ("2023-12-09".into(), "2024-05-06".into()));
    let changes = synced(&shop, "sale", QUERY, None).unwrap();
    assert_eq!(changes.added.len(), 150);
    sales.borrow_mut().truncate(149);
    sales.borrow_mut()[70].minute += 1;
    let changes = synced(&shop, "sale", QUERY, Some(stored(&changes.snapshot))).unwrap();
    assert_eq!((changes.added.len(), changes.changed.len(), &changes.removed[..]), (0, 1, &["149".to_owned()][..]));
}

#[test]
fn a_pull_that_fails_is_no_difference() {
    let (shop, body) = shelf(&[json!({"id": 1})]);
    let snapshot = synced(&shop, "partner", "{}", None).unwrap().snapshot;
    *body.borrow_mut() = r#"[{"id":1},"#.to_owned();
    assert_eq!(synced(&shop, "partner", "{}", Some(snapshot)).unwrap_err().kind, ErrorKind::Decode);
}
