//! The 33 resources: that they are there, and that they know each other.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::caller::{Caller, RESOURCES, SECOND};

const OPERATIONS: [&str; 7] =
    ["sale", "sales_order", "return", "credit_note", "purchase", "purchase_return", "restaurant_order_request"];

fn all(caller: &mut Caller) -> HashMap<&'static str, Vec<Value>> {
    RESOURCES.iter().map(|name| (*name, caller.rows(name))).collect()
}

#[test]
fn each_has_rows_with_ids_of_their_own() {
    for (name, rows) in all(&mut Caller::new()) {
        let ids: HashSet<u64> = rows.iter().map(|row| row["id"].as_u64().unwrap()).collect();
        assert!(!rows.is_empty() && ids.len() == rows.len(), "{name}");
    }
}

#[test]
fn what_refers_to_something_finds_it() {
    for credentials in [None, Some(SECOND)] {
        let mut caller = Caller::new();
        credentials.iter().for_each(|credentials| caller.sign_in(credentials));
        let all = all(&mut caller);
        let ids = |name: &str| -> HashSet<u64> { all[name].iter().filter_map(|row| row["id"].as_u64()).collect() };
        let refers = |from: &str, field: &str, to: &str| {
            let known = ids(to);
            let mut seen = 0;
            for row in &all[from] {
                let lines = row["details"].as_array().into_iter().flatten();
                for id in [row].into_iter().chain(lines).filter_map(|row| row[field].as_u64()) {
                    assert!(known.contains(&id), "{from}.{field}: {id}");
                    seen += 1;
                }
            }
            assert!(seen > 0, "{from}.{field}");
        };
        for operation in OPERATIONS {
            refers(operation, "item_id", "item");
            refers(operation, "location_id", "location");
            refers(operation, "partner_id", "partner");
        }
        refers("return", "reference_document_id", "sale");
        refers("sales_order", "status_id", "operation_status");
        refers("restaurant_order_request", "status_id", "restaurant_order_request_status");
        refers("item", "group_id", "item_group");
        refers("item", "vat_group_id", "vat_group");
        refers("item_tag_connection", "item_id", "item");
        refers("item_tag_connection", "tag_id", "item_tag");
        refers("partner", "group_id", "partner_group");
        refers("location", "group_id", "location_group");
        refers("payment", "type_id", "payment_type");
        refers("payment", "partner_id", "partner");
        refers("invoice", "item_id", "item");
        refers("booking", "partner_id", "partner");
        refers("booking", "profile_id", "booking_profile");
        refers("booking", "location_type_id", "booking_location_type");
        refers("booking", "rate_type_id", "booking_rate_type");
        refers("booking", "status_id", "booking_status");
        refers("booking_availability", "location_type_id", "booking_location_type");
        refers("reservation", "location_id", "location");
        refers("reservation", "partner_id", "partner");
        refers("subscription", "partner_id", "partner");
        refers("subscription_event", "subscription_id", "subscription");

        // By id and type for payments, by number and type for papers.
        let key = |row: &Value, name: &str| (row["operation_type"].as_u64(), row[name].as_u64());
        let operations = || OPERATIONS.iter().flat_map(|name| &all[name]);
        let by_id: HashSet<_> = operations().map(|row| key(row, "id")).collect();
        let by_number: HashSet<_> = operations().map(|row| key(row, "operation_number")).collect();
        assert!(all["payment"].iter().all(|row| by_id.contains(&key(row, "operation_id"))));
        for paper in ["invoice", "cash_receipt"] {
            assert!(all[paper].iter().all(|row| by_number.contains(&key(row, "operation_number"))), "{paper}");
        }
        assert!(operations().all(|row| row["id"] != row["operation_number"]));
    }
}

#[test]
fn a_sale_is_the_sum_of_its_lines() {
    for sale in Caller::new().rows("sale") {
        let lines = sale["details"].as_array().unwrap();
        let cents = |value: &Value| (value.as_f64().unwrap() * 100.0).round() as i64;
        let sum: i64 = lines.iter().map(|line| cents(&line["total"])).sum();
        assert_eq!(sum, cents(&sale["total"]), "{sale}");
        for line in lines {
            let product = line["quantity"].as_f64().unwrap() * line["price_out"].as_f64().unwrap();
            assert!((product - line["total"].as_f64().unwrap()).abs() <= 0.005_001, "{line}");
        }
    }
}

#[test]
fn groups_show_their_parents_in_their_codes() {
    let mut caller = Caller::new();
    let groups = caller.rows("item_group");
    let codes: HashSet<&str> = groups.iter().map(|row| row["code"].as_str().unwrap()).collect();
    assert_eq!(codes.len(), groups.len());
    for code in &codes {
        assert!(code.len() % 3 == 0 && (code.len() == 3 || codes.contains(&code[..code.len() - 3])), "{code}");
    }
    assert!(codes.contains("AAA") && codes.contains("AAAAAA") && codes.contains("AAAAAAAAA"));
}

#[test]
fn one_day_is_very_long_and_the_past_is_400_days() {
    let sales = Caller::new().rows("sale");
    let mut by_day: HashMap<&str, usize> = HashMap::new();
    sales.iter().for_each(|sale| *by_day.entry(&sale["date"].as_str().unwrap()[..10]).or_default() += 1);
    assert_eq!((by_day.len(), by_day.values().max()), (400, Some(&300)));
    assert!(by_day.contains_key("2026-06-25") && !by_day.contains_key("2026-06-26"));
}

#[test]
fn the_rows_are_as_uneven_as_live_ones() {
    let mut caller = Caller::new();
    let items = caller.rows("item");
    let some = |what: &dyn Fn(&Value) -> bool| assert!(items.iter().any(what) && !items.iter().all(what));
    some(&|item| item["bar_code"] == " ");
    some(&|item| item.get("description").is_none());
    some(&|item| item.get("custom_fields").is_some());
    some(&|item| item["name"].as_str().unwrap().contains(['"', '<']));
    some(&|item| item["name"].as_str().unwrap().contains('🔧'));
    some(&|item| item["deleted"] == true);
    assert!(caller.rows("sale").iter().all(|sale| !sale["time_stamp"].as_str().unwrap().contains(['Z', '+'])));
}

/// Two sandboxes know the same.
#[test]
fn nothing_is_left_to_chance() {
    let talk = || {
        let mut caller = Caller::new();
        RESOURCES.map(|name| caller.get(name).body)
    };
    assert!(talk() == talk());
}
