//! Stock, quotes and prices of generated products.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use crate::guest::{Guest, SECOND, code, column};

fn batch(numbers: std::ops::RangeInclusive<u32>) -> String {
    numbers.map(|n| format!("SBX{n:06}")).collect::<Vec<_>>().join(",")
}

fn hundred(guest: &mut Guest) -> Vec<Value> {
    let path = format!("/inventory/stock?sku={}", batch(1..=100));
    guest.got(&path).as_array().unwrap().clone()
}

#[test]
fn stock_is_capped_and_uneven() {
    let mut guest = Guest::new();
    let rows = hundred(&mut guest);
    let pieces = |row: &Value| row["availability"].as_u64().unwrap();
    assert!(rows.iter().all(|row| pieces(row) <= 10));
    assert!(rows.iter().any(|row| pieces(row) == 10) && rows.iter().any(|row| pieces(row) == 0));
    assert!(rows.iter().any(|row| row.get("latestDeliveryDate") == Some(&Value::Null)));
    assert!(rows.iter().any(|row| row.get("latestDeliveryDate").is_none()));
    assert!(rows.iter().any(|row| row.get("storageClass").is_some()));
    for ending in ["Z", "+02:00", ".000"] {
        assert!(rows.iter().any(|row| row["orderDateTimeTo"].as_str().unwrap().ends_with(ending)));
    }
    guest.control("PUT", "settings", &json!({ "availabilityCap": 1000 }));
    assert!(hundred(&mut guest).iter().any(|row| pieces(row) > 10));
}

#[test]
fn stock_is_of_the_customers_warehouses() {
    let mut guest = Guest::new();
    let places = |rows: &[Value]| column(&json!(rows), "location").into_iter().collect::<HashSet<_>>();
    let first = places(&hundred(&mut guest));
    assert_eq!(first, HashSet::from(["KOM", "HSN", "POZ", "HZA", "LAZ"].map(String::from)));
    let asked = guest.got(&format!("/inventory/stock?sku={}&location=POZ,VAR", batch(1..=50)));
    assert_eq!(places(asked.as_array().unwrap()), HashSet::from(["POZ".into(), "VAR".into()]));
    guest.sign_in(SECOND);
    let second = places(&hundred(&mut guest));
    assert_eq!(second, HashSet::from(["HSN", "SOF", "VAR"].map(String::from)));
}

#[test]
fn bad_skus_are_named_in_a_header_of_three_spellings() {
    let mut guest = Guest::new();
    for header in ["skipSkuList", "skpSkuList", "skiIndexList", "skipSkuList"] {
        let reply = guest.get("/inventory/stock?sku=BAD1,SBX000001,NOSUCH");
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header_value(header), Some("BAD1,NOSUCH"));
    }
    guest.control("PUT", "settings", &json!({ "skipHeader": "none" }));
    let reply = guest.get("/inventory/stock?sku=BAD1,SBX000001");
    assert_eq!(reply.headers.len(), 1);
    assert_eq!(guest.refused("/inventory/stock?sku=BAD1,BAD2"), "ICF201");
    assert_eq!(guest.refused("/inventory/stock?sku=SBX000001,POISON1,SBX000002"), "ICF201");
    let asked = json!({ "lines": [{ "sku": "SBX000001", "quantity": 1 }, { "sku": "POISON", "quantity": 1 }] });
    assert_eq!(code(&guest.post("/pricing/quote", &asked)), "ICF201");
    assert_eq!(code(&guest.post("/inventory/quote", &asked)), "ICF201");
}

#[test]
fn quotes_come_whole_or_by_warehouse_and_leave_out_what_is_not_sold() {
    let mut guest = Guest::new();
    let request = guest.request("POST", &format!("/inventory/quote?sku={}", batch(31..=60)));
    let entries = crate::guest::good(&guest.send(&request));
    let mut of_sku: HashMap<String, usize> = HashMap::new();
    for sku in column(&entries, "sku") {
        *of_sku.entry(sku).or_default() += 1;
    }
    assert!(of_sku.values().any(|entries| *entries > 1));
    // 53 is in the catalog and cannot be bought.
    assert!(!of_sku.contains_key("SBX000053"));
    let lines = |entry: &Value| entry["lines"].as_array().unwrap().len();
    assert!(entries.as_array().unwrap().iter().any(|entry| lines(entry) > 1));
    assert!(entries.as_array().unwrap().iter().all(|entry| lines(entry) > 0));
}

#[test]
fn prices_are_exact() {
    let mut guest = Guest::new();
    let asked: Value = (1..=100).map(|n| json!({ "sku": format!("SBX{n:06}"), "quantity": 3 })).collect();
    let answer = guest.posted("/pricing/quote", &json!({ "lines": asked }));
    let mut spellings = HashSet::new();
    for line in answer["lines"].as_array().unwrap() {
        let cents = |name: &str| {
            let text = line["price"][name].to_string();
            let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
            assert!(part.len() <= 2, "{name} {text}");
            format!("{whole}{part:0<2}").parse::<i64>().unwrap()
        };
        let (net, gross) = (cents("listPriceNet"), cents("listPriceGross"));
        assert_eq!(gross, (net * 123 + 50) / 100);
        assert_eq!(cents("vatAmount"), gross - net);
        assert!(cents("customerPriceNet") <= net);
        assert_eq!(line["quantity"], 3);
        spellings.insert(line["price"].get("refundableAmount").is_some());
    }
    assert_eq!(spellings.len(), 2);
    assert_eq!(answer["lines"][96]["price"]["customerPriceNet"], json!(9999.99));
}

#[test]
fn another_customer_pays_another_price() {
    let mut guest = Guest::new();
    let asked = json!({ "lines": [{ "sku": "SBX000001", "quantity": 1 }] });
    let first = guest.posted("/pricing/quote", &asked);
    guest.sign_in(SECOND);
    let second = guest.posted("/pricing/quote", &asked);
    assert_eq!(second["lines"][0]["price"]["currencyCode"], "EUR");
    let customer = |answer: &Value| answer["lines"][0]["price"]["customerPriceNet"].clone();
    assert_ne!(customer(&first), customer(&second));
}
