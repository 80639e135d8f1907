//! How much there is.

use serde_json::{Value, json};

use crate::caller::Caller;

fn sum(availability: &Value) -> f64 {
    availability.as_array().unwrap().iter().map(|row| row["quantity"].as_f64().unwrap()).sum()
}

#[test]
fn it_comes_in_several_forms_where_it_is_asked_for() {
    let mut caller = Caller::new();
    assert!(caller.rows("item").iter().all(|item| item.get("availability").is_none()));
    let by_location = caller.rows("item?include_availability=True");
    assert!(by_location.iter().all(|item| item["availability"].is_array()));
    caller.control("PUT", "settings", &json!({ "availabilityForm": "number" }));
    let numbers = caller.rows("item?include_availability=true");
    for (list, number) in by_location.iter().zip(&numbers) {
        assert!((sum(&list["availability"]) - number["availability"].as_f64().unwrap()).abs() < 1e-6, "{number}");
    }
    caller.control("PUT", "settings", &json!({ "availabilityForm": "rotate", "availabilityAlways": true }));
    let mixed = caller.rows("item");
    let count = |is: fn(&Value) -> bool| mixed.iter().filter(|item| is(item)).count();
    assert_eq!(count(|item| item["availability"].is_number()), 400);
    assert_eq!(count(|item| item["availability"].is_array()), 400);
    assert_eq!(count(|item| item.get("availability").is_none()), 400);
    caller.control("PUT", "settings", &json!({ "availabilityForm": "absent" }));
    assert!(caller.rows("item").iter().all(|item| item.get("availability").is_none()));
}

#[test]
fn there_are_fractions_and_less_than_nothing() {
    let mut caller = Caller::new();
    caller.control("PUT", "settings", &json!({ "availabilityForm": "number" }));
    let items = caller.rows("item?include_availability=1");
    let quantity = |item: &Value| item["availability"].as_f64().unwrap();
    assert!(items.iter().any(|item| quantity(item).fract() != 0.0));
    assert!(items.iter().any(|item| quantity(item) < 0.0));
    assert!(items.iter().any(|item| quantity(item) == 0.0));
}

#[test]
fn only_what_is_there_and_services() {
    let mut caller = Caller::new();
    caller.control("PUT", "settings", &json!({ "availabilityForm": "number" }));
    let is_service = |item: &Value| item["type"].as_u64().unwrap() & 8 != 0;
    for more in ["", "&location_id=2"] {
        let expected: Vec<u64> = caller
            .rows(&format!("item?include_availability=1{more}"))
            .iter()
            .filter(|item| is_service(item) || item["availability"].as_f64() > Some(0.0))
            .map(|item| item["id"].as_u64().unwrap())
            .collect();
        assert_eq!(caller.ids(&format!("item?only_available=True{more}")), expected);
    }
    assert!(caller.rows("item?only_available=true").iter().any(is_service));
}

#[test]
fn orders_reserve() {
    let mut caller = Caller::new();
    let available = |caller: &mut Caller| {
        let rows = caller.rows("item?id=5&include_availability=true&location_id=1");
        rows[0]["availability"].clone()
    };
    let stock = json!({ "resource": "stock", "set": [{ "item_id": 5, "location_id": 1, "quantity": 10 }] });
    caller.control("POST", "incocloud/rows", &stock);
    let orders = caller.rows("sales_order");
    let ids: Vec<&Value> = orders.iter().map(|order| &order["id"]).collect();
    caller.control("POST", "incocloud/rows", &json!({ "resource": "sales_order", "remove": ids }));
    assert_eq!(available(&mut caller), json!([{ "location_id": 1, "quantity": 10 }]));
    let order = json!({ "id": 1, "location_id": 1, "details": [{ "item_id": 5, "quantity": 2.25 }] });
    caller.control("POST", "incocloud/rows", &json!({ "resource": "sales_order", "set": [order] }));
    assert_eq!(available(&mut caller), json!([{ "location_id": 1, "quantity": 7.75 }]));
}
