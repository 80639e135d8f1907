//! What can be asked with.

use serde_json::{Value, json};

use crate::caller::{Caller, text};

/// A resource and all its rows.
type Whole<'a> = (&'a str, Vec<Value>);

fn whole<'a>(caller: &mut Caller, resource: &'a str) -> Whole<'a> {
    (resource, caller.rows(resource))
}

/// The query leaves just the rows that pass, and some do.
fn check(caller: &mut Caller, (resource, all): &Whole, query: &str, passes: impl Fn(&&Value) -> bool) {
    let expected: Vec<&Value> = all.iter().filter(passes).collect();
    assert!(!expected.is_empty(), "{resource}?{query}");
    assert!(caller.rows(&format!("{resource}?{query}")).iter().eq(expected), "{resource}?{query}");
}

#[test]
fn items() {
    let mut caller = Caller::new();
    let all = whole(&mut caller, "item");
    check(&mut caller, &all, "id=456", |item| item["id"] == 456);
    check(&mut caller, &all, "code=SKU-001", |item| item["code"] == "SKU-001");
    check(&mut caller, &all, "group_id=22", |item| item["group_id"] == 22);
    check(&mut caller, &all, "group_id=22&code=SKU-001&nonsense=1", |item| item["code"] == "SKU-001");
    check(&mut caller, &all, "catalog=OP%20520", |item| item["catalog"] == "OP 520");
    check(&mut caller, &all, "catalog=OP+520", |item| item["catalog"] == "OP 520");
    // The one field or the other; the exact group, not those below it.
    let in_third = all.1.iter().find(|item| item["catalog3"] != " ").unwrap();
    let index = in_third["catalog3"].as_str().unwrap().replace(' ', "%20").replace('/', "%2F");
    assert_eq!(caller.rows(&format!("item?catalog={index}")), std::slice::from_ref(in_third));
    assert_eq!(caller.rows("item?group_id=1"), [json!(null); 0]);
    assert_eq!(caller.rows("item?code=NOSUCH"), [json!(null); 0]);
    let connected: Vec<Value> =
        caller.rows("item_tag_connection").into_iter().filter(|row| row["tag_id"] == 4).collect();
    check(&mut caller, &all, "tag_id=4", |item| connected.iter().any(|row| row["item_id"] == item["id"]));
}

#[test]
fn operations() {
    let mut caller = Caller::new();
    for resource in ["sale", "purchase", "sales_order"] {
        let all = whole(&mut caller, resource);
        check(&mut caller, &all, "operation_number=7", |row| row["operation_number"] == 7);
        check(&mut caller, &all, "location_id=3", |row| row["location_id"] == 3);
        let partner = all.1[0]["partner_id"].clone();
        check(&mut caller, &all, &format!("partner_id={partner}"), |row| row["partner_id"] == partner);
    }
    let days = |row: &Value, field: &str| row[field].as_str().unwrap()[..10].to_owned();
    for (resource, field) in
        [("sale", "date"), ("invoice", "date"), ("payment", "date"), ("cash_receipt", "receipt_date")]
    {
        let all = whole(&mut caller, resource);
        let within = |row: &&Value| ("2025-12-01".."2026-01-01").contains(&days(row, field).as_str());
        check(&mut caller, &all, "from_date=2025-12-01&to_date=2025-12-31", within);
        check(&mut caller, &all, "to_date=2025-12-31", |row| *days(row, field) <= *"2025-12-31");
    }
    let one_day = caller.rows("sale?from_date=2026-06-25&to_date=2026-06-25");
    assert!(!one_day.is_empty() && one_day.iter().all(|sale| days(sale, "date") == "2026-06-25"));
}

#[test]
fn payments_come_where_they_are_asked_for() {
    let mut caller = Caller::new();
    for spelling in ["True", "true", "1"] {
        let sales = caller.rows(&format!("sale?load_payments={spelling}&from_date=2026-06-01"));
        let modes = |sale: &Value| -> Vec<i64> {
            sale["payments"].as_array().unwrap().iter().map(|row| row["mode"].as_i64().unwrap()).collect()
        };
        assert!(sales.iter().any(|sale| modes(sale) == [-1, 1]));
        assert!(sales.iter().any(|sale| modes(sale) == [-1]));
    }
    for spelling in ["False", "false", "0", ""] {
        let sales = caller.rows(&format!("sale?load_payments={spelling}&from_date=2026-06-25"));
        assert!(sales.iter().all(|sale| sale.get("payments").is_none()));
    }
}

#[test]
fn what_cannot_be_read_is_refused() {
    let mut caller = Caller::new();
    for bad in [
        "item?id=one",
        "item?include_availability=yes",
        "item?only_available=2",
        "item?tag_id=1.5",
        "sale?from_date=01.02.2026",
        "sale?from_date=2026-02-30",
        "sale?to_date=2026-06-25T00:00:00",
        "sale?load_payments=on",
        "partner?group_id=x",
    ] {
        let reply = caller.get(bad);
        assert_eq!(reply.status, 400, "{bad}");
        assert!(text(&reply).contains("Invalid parameters"), "{}", text(&reply));
    }
    // What a resource does not know it does not look at.
    assert_eq!(caller.get("vat_group?from_date=never&load_payments=on").status, 200);
    assert_eq!(caller.ids("vat_group?id=2"), [2]);
    assert_eq!(caller.ids("partner?code=P0007&group_id="), [7]);
}
