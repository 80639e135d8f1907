//! The shop's answers out of the supplier's rows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "core/mod.rs"]
mod common;

use std::rc::Rc;

use common::sample;
use common::supplier::{Shop, after_token, answer};
use serde_json::json;
use stocklane::clients::Quiet;
use stocklane::engine::CallOptions;
use stocklane::intercars::AVAILABILITY_CAP;
use stocklane::operation::{Error, ErrorKind};
use stocklane::storefront::{Availability, Offer, Quantity, StockState, Storefront, Vat};

fn storefront(body: impl Into<Vec<u8>>, cap: u32) -> (Shop, Rc<Storefront<common::world::World>>) {
    let body = body.into();
    let shop = Shop::new(after_token(move |_, _| answer(200, body.clone())));
    let storefront = Rc::new(Storefront::new(Some(shop.client.clone()), cap));
    (shop, storefront)
}

fn asked(body: impl Into<Vec<u8>>, cap: u32, query: serde_json::Value) -> Result<Vec<Availability>, Error> {
    let (shop, storefront) = storefront(body, cap);
    let query = query.to_string().into_bytes();
    shop.world.spawn(async move { storefront.availability(query, CallOptions::default(), &Quiet).await }).outcome()
}

fn availability(body: impl Into<Vec<u8>>, sku: &str) -> Availability {
    asked(body, AVAILABILITY_CAP, json!({ "sku": [sku] })).unwrap().remove(0)
}

fn offers(body: impl Into<Vec<u8>>, lines: serde_json::Value) -> Result<Vec<Offer>, Error> {
    let (shop, storefront) = storefront(body, AVAILABILITY_CAP);
    let query = json!({ "lines": lines }).to_string().into_bytes();
    shop.world.spawn(async move { storefront.offers(query, CallOptions::default(), &Quiet).await }).outcome()
}

/// Stock rows: warehouse, SKU, pieces.
fn stock(rows: &[(&str, &str, &str)]) -> String {
    let rows: Vec<String> = rows
        .iter()
        .map(|(place, sku, pieces)| format!("{{\"location\":\"{place}\",\"sku\":\"{sku}\",\"availability\":{pieces}}}"))
        .collect();
    format!("[{}]", rows.join(","))
}

fn quantity(value: f64, at_least: bool) -> Option<Quantity> {
    Some(Quantity { value, at_least })
}

#[test]
fn the_suppliers_sample_adds_up_over_warehouses() {
    let found = asked(sample("stock_text"), AVAILABILITY_CAP, json!({"sku": ["ADDFFA", "ADDFFF", "NONE"]})).unwrap();
    let [both, one, none] = &found[..] else { panic!("an answer for each, in the order asked") };
    assert_eq!((both.sku.as_str(), both.state, both.quantity), ("ADDFFA", StockState::InStock, quantity(15.0, true)));
    assert_eq!((one.sku.as_str(), one.state, one.quantity), ("ADDFFF", StockState::InStock, quantity(10.0, true)));
    let places: Vec<_> = both.places.iter().map(|place| (place.location.as_deref().unwrap(), place.quantity)).collect();
    assert_eq!(places, [("POZ", quantity(5.0, false)), ("HZA", quantity(10.0, true))]);
    let places: Vec<_> = one.places.iter().map(|place| (place.location.as_deref().unwrap(), place.quantity)).collect();
    assert_eq!(places, [("POZ", quantity(0.0, false)), ("HZA", quantity(10.0, true))]);
    assert_eq!((none.state, none.quantity, none.places.len()), (StockState::Unknown, None, 0));
}

#[test]
fn a_state_is_what_the_sum_says() {
    let state = |rows: &[(&str, &str, &str)]| {
        let found = availability(stock(rows), "A");
        (found.state, found.quantity)
    };
    assert_eq!(state(&[("P", "A", "0")]), (StockState::OutOfStock, quantity(0.0, false)));
    assert_eq!(state(&[("P", "A", "0"), ("Q", "A", "0.0")]), (StockState::OutOfStock, quantity(0.0, false)));
    assert_eq!(state(&[("P", "A", "1"), ("Q", "A", "2")]), (StockState::Low, quantity(3.0, false)));
    assert_eq!(state(&[("P", "A", "3"), ("Q", "A", "1")]), (StockState::InStock, quantity(4.0, false)));
    assert_eq!(state(&[("P", "A", "9"), ("Q", "A", "9")]), (StockState::InStock, quantity(18.0, false)));
    assert_eq!(state(&[("P", "A", "10"), ("Q", "A", "1")]), (StockState::InStock, quantity(11.0, true)));
    assert_eq!(state(&[("P", "A", "0.1"), ("Q", "A", "0.2")]), (StockState::Low, quantity(0.3, false)));
    assert_eq!(state(&[]), (StockState::Unknown, None));
    assert_eq!(state(&[("P", "B", "5")]), (StockState::Unknown, None));
}

#[test]
fn what_nobody_can_read_is_unknown_and_never_none() {
    let beyond = "123456789012345678901234567890123456789012345";
    let found = availability(stock(&[("P", "A", beyond)]), "A");
    assert_eq!((found.state, found.quantity), (StockState::Unknown, None));
    let found = availability(stock(&[("P", "A", "0"), ("Q", "A", beyond)]), "A");
    assert_eq!((found.state, found.quantity), (StockState::Unknown, None), "the other place may have it");
    let found = availability(stock(&[("P", "A", "2"), ("Q", "A", beyond)]), "A");
    assert_eq!((found.state, found.quantity), (StockState::InStock, quantity(2.0, true)));
}

#[test]
fn the_cap_is_a_setting() {
    let rows = stock(&[("P", "A", "10")]);
    let found = asked(rows.clone(), 100, json!({"sku": ["A"]})).unwrap();
    assert_eq!(found[0].quantity, quantity(10.0, false));
    let found = asked(rows, 5, json!({"sku": ["A"]})).unwrap();
    assert_eq!(found[0].quantity, quantity(10.0, true));
}

#[test]
fn names_are_matched_as_the_supplier_matches_them() {
    let found = asked(stock(&[("P", "ADDFFF", "4")]), 10, json!({"sku": [" addfff"]})).unwrap();
    assert_eq!((found[0].sku.as_str(), found[0].state), (" addfff", StockState::InStock));
    let body = r#"[{"location":"P","sku":"X","availability":4,"index":"OP 520"}]"#;
    let found = asked(body, 10, json!({"index": ["OP 520", "X"]})).unwrap();
    assert_eq!((found[0].state, found[1].state), (StockState::InStock, StockState::Unknown));
}

#[test]
fn a_failure_is_no_answer() {
    let shop = Shop::new(after_token(|_, _| answer(404, "")));
    let storefront = Storefront::new(Some(shop.client.clone()), 10);
    let query = br#"{"sku":["A"]}"#.to_vec();
    let outcome =
        shop.world.spawn(async move { storefront.availability(query, CallOptions::default(), &Quiet).await }).outcome();
    assert_eq!(outcome.unwrap_err().kind, ErrorKind::NotFound);
    assert_eq!(asked("[]", 10, json!({})).unwrap_err().kind, ErrorKind::Validation);
}

/// A quote's line: SKU, gross list price, more fields of the price, stock rows.
fn line(sku: &str, gross: &str, more: &str, stock: &str) -> String {
    format!(
        "{{\"sku\":\"{sku}\",\"quantity\":1,\"price\":{{\"currencyCode\":\"PLN\",\"listPriceNet\":1,\
         \"listPriceGross\":{gross},\"vatPercentage\":23{more}}},\"lines\":[{stock}]}}"
    )
}

fn one_offer(line: String, quantity: serde_json::Value) -> Offer {
    offers(format!("[{line}]"), json!([{"sku": "A", "quantity": quantity}])).unwrap().remove(0)
}

#[test]
fn totals_are_exact() {
    for (gross, quantity, total) in [
        ("0.1", json!(3), "0.30"),
        ("15.68", json!(3), "47.04"),
        ("1.005", json!(1000), "1005.00"),
        ("0.07", json!(100), "7.00"),
        ("4.35", json!(100), "435.00"),
        ("1234567890.12", json!(999_999), "1234566655552109.88"),
        ("98.4", json!(1), "98.40"),
        ("10", json!(2.5), "25.00"),
    ] {
        let offer = one_offer(line("A", gross, "", ""), quantity.clone());
        assert_eq!((offer.total.amount.as_str(), offer.total.vat), (total, Vat::Gross), "{gross} × {quantity}");
        assert_eq!(offer.total.currency, "PLN");
    }
}

#[test]
fn the_suppliers_samples_are_offers() {
    let found = offers(sample("quote_text"), json!([{"sku": "ADDFFA", "quantity": 3}, {"sku": "NONE"}])).unwrap();
    let [offer] = &found[..] else { panic!("one offer: what has no quote has none") };
    assert_eq!((offer.unit.amount.as_str(), offer.total.amount.as_str()), ("15.68", "47.04"));
    assert_eq!((offer.sku.as_str(), offer.quantity, offer.vat_percentage), ("ADDFFA", 3.0, Some(23.0)));
    assert_eq!((&offer.deposit, offer.price_on_request), (&None, None));
    assert_eq!(offer.deliver_by.as_deref(), Some("2022-03-26"));
    let found = offers(sample("quote"), json!([{"sku": "ADDFFF", "quantity": 10}])).unwrap();
    assert_eq!((found[0].unit.amount.as_str(), found[0].total.amount.as_str()), ("123.00", "1230.00"));
    assert_eq!(found[0].deliver_by, None, "the printed warehouse is empty: its date promises nothing");
    let shown = serde_json::to_string(&found).unwrap();
    assert!(!shown.contains("98.4") && !shown.contains("80"), "what the customer pays is nobody's business: {shown}");
}

#[test]
fn a_deposit_stands_apart_from_the_price() {
    for (more, deposit) in [
        (r#","refundableAmount":30"#, Some(("30.00", Vat::Net))),
        (r#","refundableAmountNet":30,"refundableAmountGross":36.9"#, Some(("36.90", Vat::Gross))),
        (r#","refundableAmountNet":30,"refundableAmountGross":null"#, Some(("30.00", Vat::Net))),
        (r#","refundableAmount":0,"refundableAmountNet":0.00"#, None),
        ("", None),
    ] {
        let offer = one_offer(line("A", "10", more, ""), json!(2));
        let found = offer.deposit.map(|money| (money.amount, money.vat));
        assert_eq!(found.as_ref().map(|(amount, vat)| (amount.as_str(), *vat)), deposit, "{more}");
        assert_eq!(offer.total.amount, "20.00", "the deposit is not in the total");
    }
}

#[test]
fn a_placeholder_is_no_price() {
    for (gross, on_request) in [
        ("5000.99", true),
        ("99999.99", true),
        ("5000", false),
        ("4999.99", false),
        ("5000.999", false),
        ("12345.90", false),
    ] {
        let offer = one_offer(line("A", gross, "", ""), json!(1));
        assert_eq!(offer.price_on_request, on_request.then_some(true), "{gross}");
    }
}

#[test]
fn of_several_warehouses_the_cheapest_counts_and_then_the_soonest() {
    let at = |place: &str, date: &str| {
        format!("{{\"location\":\"{place}\",\"sku\":\"A\",\"availability\":1,\"latestDeliveryDate\":{date}}}")
    };
    let body = [
        line("A", "12.50", "", &at("P", "\"2024-06-27\"")),
        line("A", "12.5", "", &at("Q", "\"2024-06-26\"")),
        line("A", "12.500", "", &at("R", "null")),
        line("A", "99", "", &at("S", "\"2024-01-01\"")),
        line("B", "1", "", &at("T", "\"2024-01-01\"")),
    ];
    let found =
        offers(format!("[{}]", body.join(",")), json!([{"sku": "A"}, {"sku": "B"}, {"sku": "A", "quantity": 2}]));
    let found = found.unwrap();
    let seen: Vec<_> = found
        .iter()
        .map(|offer| (offer.sku.as_str(), offer.total.amount.as_str(), offer.deliver_by.as_deref()))
        .collect();
    assert_eq!(
        seen,
        [("A", "12.50", Some("2024-06-26")), ("B", "1.00", Some("2024-01-01")), ("A", "25.00", Some("2024-06-26"))]
    );
}

#[test]
fn an_amount_that_cannot_be_exact_is_an_error_and_not_a_guess() {
    let body = format!("[{}]", line("A", "12345678901234567890.123456789", "", ""));
    let error = offers(body, json!([{"sku": "A", "quantity": 1_234_567_890_123u64}])).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Decode);
}
