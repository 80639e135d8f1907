//! Items that are products of the emulated Inter Cars.

use std::collections::HashMap;

use serde_json::Value;
use stocklane_sandbox::Request;

use crate::caller::{Caller, good};

const BASIC: &str = "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1zZWNyZXQ=";

/// The products of the emulated Inter Cars, asked for as its own customers would.
fn products(caller: &mut Caller, by: &str, keys: &[String]) -> Vec<Value> {
    let request = Request::new("POST", "/oauth2/token")
        .header("Authorization", BASIC)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials&scope=allinone");
    let token = good(&caller.send(&request))["access_token"].as_str().unwrap().to_owned();
    let mut rows = Vec::new();
    for keys in keys.chunks(30) {
        let lines: Vec<Value> = keys.iter().map(|key| serde_json::json!({ by: key, "quantity": 1 })).collect();
        let request = Request::new("POST", "/ic/pricing/quote")
            .header("Authorization", &format!("Bearer {token}"))
            .header("Accept-Language", "en")
            .body(serde_json::json!({ "lines": lines }).to_string());
        rows.extend(good(&caller.send(&request))["lines"].as_array().unwrap().iter().cloned());
    }
    rows
}

fn filled(item: &Value, fields: [&str; 3]) -> Vec<String> {
    fields.iter().filter_map(|field| item[*field].as_str()).filter(|text| *text != " ").map(String::from).collect()
}

fn plain(index: &str) -> String {
    index.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_lowercase()
}

#[test]
fn by_code() {
    let mut caller = Caller::new();
    let items = caller.rows("item");
    let codes: Vec<String> = items.iter().filter_map(|item| item["code"].as_str()).map(String::from).collect();
    let skus: Vec<String> = codes.into_iter().filter(|code| code.starts_with("SBX")).collect();
    assert_eq!(skus.len(), 200);
    assert_eq!(products(&mut caller, "sku", &skus).len(), 200);
}

#[test]
fn by_bar_code() {
    let mut caller = Caller::new();
    let items = caller.rows("item");
    // Those from 3,010 on belong to one item each, those from 5,000 on to two.
    let skus: Vec<String> = (3_010..5_200).map(|n| format!("SBX{n:06}")).collect();
    let mut owners: HashMap<String, String> = HashMap::new();
    for product in products(&mut caller, "sku", &skus) {
        for ean in product["eans"].as_array().unwrap() {
            owners.insert(ean.as_str().unwrap().into(), product["sku"].as_str().unwrap().into());
        }
    }
    let mut by_product: HashMap<&str, usize> = HashMap::new();
    for item in &items {
        for code in filled(item, ["bar_code", "bar_code2", "bar_code3"]) {
            if let Some(sku) = owners.get(&code) {
                *by_product.entry(sku).or_default() += 1;
            }
        }
    }
    let times = |n: usize| by_product.values().filter(|count| **count == n).count();
    assert_eq!((times(1), times(2), by_product.len()), (100, 20, 120));
}

#[test]
fn by_a_catalogue_field_in_another_spelling() {
    let mut caller = Caller::new();
    let items = caller.rows("item");
    let skus: Vec<String> = (2_003..8_010).map(|n| format!("SBX{n:06}")).collect();
    let mut owners: HashMap<String, String> = HashMap::new();
    for product in products(&mut caller, "sku", &skus) {
        let index = product["index"].as_str().unwrap();
        assert!(owners.insert(plain(index), index.to_owned()).is_none());
    }
    let matches = |item: &Value| -> Vec<(String, String)> {
        let fields = filled(item, ["catalog", "catalog2", "catalog3"]);
        fields.into_iter().filter_map(|text| Some((owners.get(&plain(&text))?.clone(), text))).collect()
    };
    let all: Vec<Vec<(String, String)>> = items.iter().map(matches).collect();
    let count = |n: usize| all.iter().filter(|matches| matches.len() == n).count();
    // One product, and for eight of these items two of them share it; two products.
    assert_eq!((count(1), count(2)), (108, 10));
    let respelt = all.iter().flatten().filter(|(index, text)| index != text).count();
    // All but the first fields of the ten that name two.
    assert_eq!(respelt, 118);
    assert_eq!(caller.rows("item?catalog=op-570").len(), 1);
}
