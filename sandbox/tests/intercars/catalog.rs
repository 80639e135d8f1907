//! The catalog's tree, its traps, and its rows.

use std::collections::HashSet;

use serde_json::{Value, json};
use stocklane_sandbox::BrandsFilter;

use crate::guest::{Guest, column};

const BULBS: &str = "GenericArticle_255";

fn children(guest: &mut Guest, id: &str) -> Vec<String> {
    column(&guest.got(&format!("/catalog/category?categoryId={id}")), "categoryId")
}

fn total(guest: &mut Guest, query: &str) -> u64 {
    guest.got(&format!("/catalog/products?{query}"))["totalResults"].as_u64().unwrap()
}

#[test]
fn a_leaf_answers_with_its_siblings() {
    let mut guest = Guest::new();
    let siblings = children(&mut guest, "SalesClassificationNode_7200000");
    assert_eq!(siblings, ["GenericArticle_70", "GenericArticle_123"]);
    assert_eq!(children(&mut guest, "GenericArticle_70"), siblings);
}

#[test]
fn an_answer_can_hold_the_parent() {
    let mut guest = Guest::new();
    let brakes = children(&mut guest, "SalesClassificationNode_7000000");
    assert_eq!(brakes[0], "SalesClassificationNode_7000000");
    assert_eq!(children(&mut guest, "NoSuchNode"), Vec::<String>::new());
}

#[test]
fn every_leaf_is_reached_and_leaves_hold_less_than_their_parents() {
    let mut guest = Guest::new();
    let mut todo = column(&guest.got("/catalog/category"), "categoryId");
    let mut seen: HashSet<String> = todo.iter().cloned().collect();
    let mut in_leaves = 0;
    while let Some(id) = todo.pop() {
        if id.starts_with("GenericArticle_") {
            in_leaves += total(&mut guest, &format!("categoryId={id}"));
        }
        todo.extend(children(&mut guest, &id).into_iter().filter(|id| seen.insert(id.clone())));
    }
    assert_eq!(seen.len(), 24);
    assert!(in_leaves > 50_000 && in_leaves < 80_700, "{in_leaves}");
    assert_eq!(total(&mut guest, &format!("categoryId={BULBS}")), 36_000);
}

#[test]
fn brands_filter_or_do_not() {
    let mut guest = Guest::new();
    let query = format!("categoryId={BULBS}&brands=osram,BOSCH&pageSize=100");
    let page = guest.got(&format!("/catalog/products?{query}"));
    assert!(page["totalResults"].as_u64().unwrap() < 10_000);
    let brands: HashSet<String> = column(&page["products"], "brand").into_iter().collect();
    assert_eq!(brands, HashSet::from(["OSRAM".into(), "BOSCH".into()]));
    let mut settings = guest.sandbox.settings().clone();
    settings.brands_filter = BrandsFilter::Ignored;
    guest.sandbox.set_settings(settings);
    assert_eq!(total(&mut guest, &query), 36_000);
}

#[test]
fn an_index_finds_what_bears_it() {
    let mut guest = Guest::new();
    for sku in (1..=80_700).step_by(997).map(|n| format!("SBX{n:06}")) {
        let row = &guest.got(&format!("/catalog/products?sku={sku}"))["products"][0];
        let index = row["index"].as_str().unwrap().replace(' ', "%20");
        let found = guest.got(&format!("/catalog/products?index={index}"));
        assert_eq!(column(&found["products"], "sku"), [sku.as_str()]);
    }
    assert_eq!(total(&mut guest, "sku=SBX080701"), 0);
    assert_eq!(total(&mut guest, "index=NOTHING"), 0);
}

#[test]
fn names_speak_the_language_asked_for() {
    let mut guest = Guest::new();
    for (language, name) in [("pl", "Filtr oleju"), ("bg", "Маслен филтър"), ("en", "Oil filter"), ("de", "Oil filter")]
    {
        guest.language = language;
        let page = guest.got("/catalog/products?sku=SBX000001");
        assert_eq!(page["products"][0]["shortDescription"], name);
    }
}

/// Every oddity that a reader must survive is in the first 600 rows.
#[test]
fn rows_are_as_uneven_as_live_ones() {
    let mut guest = Guest::new();
    let rows: Vec<Value> = (0..6)
        .flat_map(|page| {
            let path = format!("/catalog/products?categoryId=GenericArticle_1280&pageSize=100&pageNumber={page}");
            guest.got(&path)["products"].as_array().unwrap().clone()
        })
        .collect();
    assert_eq!(rows.len(), 600);
    let any = |what: &str, test: &dyn Fn(&Value) -> bool| assert!(rows.iter().any(test), "{what}");
    for key in ["packageWidht", "packageLenght", "packageWidth", "packageLength", "packageDepth", "packagingTax"] {
        any(key, &|row| row.get(key).is_some());
    }
    for absent in ["description", "articleNumber", "blockedReturn", "packageHeight"] {
        any(absent, &|row| row.get(absent).is_none());
    }
    for gtu in [json!(null), json!("GTU_03"), json!("GTU_7")] {
        any("gtuCode", &|row| row["gtuCode"] == gtu);
    }
    any("text", &|row| row["tecDocProd"].is_string());
    any("number", &|row| row["tecDocProd"].is_number());
    any("junk", &|row| row["eans"][0] == ".365100");
    any("no code", &|row| row["eans"] == json!([]));
    any("two codes", &|row| row["eans"].as_array().unwrap().len() == 2);
    any("decimal comma", &|row| row["packageWeight"].as_str().unwrap().contains(','));
    let name = |row: &Value| row["shortDescription"].as_str().unwrap().to_owned();
    any("quote and backslash", &|row| name(row).contains('"') && name(row).contains('\\'));
    any("emoji", &|row| name(row).contains('🔧'));
}
