//! What the proxy asks for a line, against the arithmetic of a school book.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "core/mod.rs"]
mod common;

use common::edge::*;
use common::supplier::answer;
use common::world::World;
use num_bigint::BigInt;
use proptest::prelude::*;
use serde_json::{Value, json};
use stocklane::edge::{PricingGiven, Proxy, ProxySettings};
use stocklane::operation::ErrorKind;

/// A shop whose wholesaler quotes these amounts for A, and which has A itself for 7.77 in the group 3, Brakes.
fn shop(given: Value, list: &str, cost: &str, more: &str) -> Front {
    let settings = ProxySettings { pricing: pricing(given), ..both() };
    let quote = format!(
        "[{{\"sku\":\"A\",\"quantity\":1,\"price\":{{\"currencyCode\":\"PLN\",\"listPriceNet\":1,\"listPriceGross\":{list},\
         \"vatPercentage\":23,\"customerPriceGross\":{cost}{more}}},\"lines\":[]}}]"
    );
    Front::new(settings, move |outgoing, _| match asked_for(outgoing).name {
        "quote" => answer(200, quote.clone()),
        "item" => answer(
            200,
            r#"[{"code":"A","name":"Pad","regular_price":7.77,"group_id":3,"group_name":"Brakes","availability":4}]"#,
        ),
        _ => answer(200, "[]"),
    })
}

fn offer(front: &Front, pieces: u32) -> Value {
    read(&front.get(&visitor(), &format!("/offers?sku=A&quantity={pieces}")))[0].clone()
}

/// Unit and total of a line.
fn asked(given: Value, list: &str, pieces: u32) -> (String, String) {
    let offer = offer(&shop(given, list, "2", ""), pieces);
    let amount = |name: &str| offer[name]["amount"].as_str().unwrap_or_else(|| panic!("{offer}")).to_owned();
    (amount("unit"), amount("total"))
}

#[test]
fn a_price_is_what_the_shop_has_set() {
    for (given, list, pieces, unit, total) in [
        (json!({}), "98.4", 1, "98.40", "98.40"),
        (json!({"base": "list"}), "98.4", 3, "98.40", "295.20"),
        (json!({"base": "customer"}), "98.4", 3, "2.00", "6.00"),
        (json!({"base": "shop"}), "98.4", 3, "7.77", "23.31"),
        (json!({"markupPercent": "10"}), "98.4", 1, "108.24", "108.24"),
        (json!({"markupPercent": "-10"}), "98.4", 1, "88.56", "88.56"),
        (json!({"markupPercent": "-99.99"}), "98.4", 1, "0.01", "0.01"),
        (json!({"markupPercent": "0.1"}), "100", 1, "100.10", "100.10"),
        (json!({"base": "customer", "markupPercent": "25"}), "98.4", 4, "2.50", "10.00"),
        (json!({"base": "shop", "markupPercent": "100"}), "98.4", 1, "15.54", "15.54"),
        // Amounts that no double has.
        (json!({"markupPercent": "200"}), "0.1", 1, "0.30", "0.30"),
        (json!({}), "0.1", 3, "0.10", "0.30"),
        (json!({"markupPercent": "10"}), "1.1", 1, "1.21", "1.21"),
        (json!({"markupPercent": "15"}), "1.1", 1, "1.27", "1.27"),
        (json!({}), "1.005", 1, "1.01", "1.01"),
        (json!({}), "2.675", 2, "2.68", "5.36"),
        (json!({}), "8.285", 1, "8.29", "8.29"),
        (json!({"markupPercent": "0.5"}), "1.00", 1000, "1.01", "1010.00"),
        // Halves go up, and what is just below does not.
        (json!({}), "0.0049999", 1, "0.00", "0.00"),
        (json!({"round": "0.05"}), "1.025", 1, "1.05", "1.05"),
        (json!({"round": "0.05"}), "1.02499", 1, "1.00", "1.00"),
        (json!({"round": "1"}), "98.4", 2, "98.00", "196.00"),
        (json!({"round": "1"}), "98.5", 2, "99.00", "198.00"),
        (json!({"round": "10"}), "94.99", 1, "90.00", "90.00"),
        (json!({"round": "10"}), "95", 1, "100.00", "100.00"),
        (json!({"round": "0.001"}), "1.0005", 2, "1.001", "2.002"),
        (json!({"round": "0.3"}), "1", 1, "0.90", "0.90"),
        // The total is of the rounded unit.
        (json!({"markupPercent": "33.333"}), "10", 3, "13.33", "39.99"),
        (json!({}), "1234567890.12", 999_999, "1234567890.12", "1234566655552109.88"),
        (json!({"markupPercent": "10", "groups": {"3": "20"}}), "100", 1, "120.00", "120.00"),
        (json!({"markupPercent": "10", "groups": {"Brakes": "-20"}}), "100", 1, "80.00", "80.00"),
        (json!({"markupPercent": "10", "groups": {"brakes": "30", "33": "40"}}), "100", 1, "110.00", "110.00"),
        (json!({"base": "shop", "groups": {"Brakes": "100"}}), "100", 1, "15.54", "15.54"),
        (json!({"base": "customer", "groups": {"3": "50"}}), "100", 2, "3.00", "6.00"),
    ] {
        assert_eq!(
            asked(given.clone(), list, pieces),
            (unit.to_owned(), total.to_owned()),
            "{given} {list} × {pieces}"
        );
    }
}

#[test]
fn one_offer_comes_of_the_side_that_the_price_is_made_of() {
    for (given, source, currency) in [
        (json!({}), "intercars", "PLN"),
        (json!({"base": "customer"}), "intercars", "PLN"),
        (json!({"base": "shop"}), "incocloud", "BGN"),
    ] {
        let front = shop(given, "98.4", "2", "");
        let all = read(&front.get(&visitor(), "/offers?sku=A"));
        assert_eq!(all.as_array().unwrap().len(), 1);
        assert_eq!((&all[0]["source"], &all[0]["unit"]["currency"]), (&json!(source), &json!(currency)));
        assert_eq!((all[0].get("cheapest"), all[0].get("cost")), (None, None));
    }
    // What nobody has such a price for is not made up of another.
    let front = shop(json!({"base": "customer"}), "98.4", "null", "");
    assert_eq!(read(&front.get(&visitor(), "/offers?sku=A")), json!([]));
    let front = Front::new(ProxySettings { pricing: pricing(json!({"base": "shop"})), ..wholesale() }, |_, _| {
        answer(
            200,
            r#"[{"sku":"A","quantity":1,"price":{"currencyCode":"PLN","listPriceNet":1,"listPriceGross":2,"vatPercentage":23},"lines":[]}]"#,
        )
    });
    assert_eq!(read(&front.get(&visitor(), "/offers?sku=A")), json!([]));
}

#[test]
fn a_price_on_request_and_a_deposit_are_left_as_they_are() {
    let given = json!({"markupPercent": "50", "round": "10", "groups": {"3": "70"}});
    let found = offer(&shop(given.clone(), "9999.99", "2", ""), 2);
    assert_eq!(found["priceOnRequest"], true);
    assert_eq!((&found["unit"]["amount"], &found["total"]["amount"]), (&json!("9999.99"), &json!("19999.98")));
    let found = offer(&shop(given, "100", "2", r#","refundableAmountGross":36.9"#), 2);
    assert_eq!(found["deposit"], json!({"amount": "36.90", "currency": "PLN", "vat": "gross"}));
    assert_eq!((&found["unit"]["amount"], &found["total"]["amount"]), (&json!("170.00"), &json!("340.00")));
}

#[test]
fn a_price_that_cannot_be_exact_is_no_offer_and_no_guess() {
    let long = "12345678901234567890123456789.5";
    let front = shop(json!({"markupPercent": "12.3456789"}), long, "2", "");
    let response = front.get(&visitor(), "/offers?sku=A&quantity=999999");
    assert!(!text(&response).contains("12345"), "{}", whole(&response));
}

fn is_refused(given: Value) -> bool {
    let Ok(pricing) = serde_json::from_value::<PricingGiven>(with_base(given)) else { return true };
    let world = World::new(|_, _| answer(200, "[]"));
    match Proxy::new(Edge::new(&world, None), Edge::new(&world, None), ProxySettings { pricing, ..both() }) {
        Err(error) => {
            assert_eq!(error.kind, ErrorKind::Validation);
            assert!(error.message.starts_with("pricing."), "{error}");
            true
        }
        Ok(_) => false,
    }
}

#[test]
fn settings_that_make_no_price_are_refused() {
    for given in [
        json!({"base": "retail"}),
        json!({"base": "List"}),
        json!({"markup": "10"}),
        json!({"markupPercent": 10}),
        json!({"markupPercent": "10%"}),
        json!({"markupPercent": ""}),
        json!({"markupPercent": " 10"}),
        json!({"markupPercent": "+10"}),
        json!({"markupPercent": "1,5"}),
        json!({"markupPercent": "NaN"}),
        json!({"markupPercent": "-100"}),
        json!({"markupPercent": "-250"}),
        json!({"round": "0"}),
        json!({"round": "0.00"}),
        json!({"round": "-0.01"}),
        json!({"round": "cent"}),
        json!({"groups": {"3": "x"}}),
        json!({"groups": {"3": "-100"}}),
        json!({"groups": {"3": 5}}),
    ] {
        assert!(is_refused(given.clone()), "{given}");
    }
    for given in [json!({}), json!({"markupPercent": "-99.999"}), json!({"round": "0.001", "groups": {"": "0"}})] {
        assert!(!is_refused(given.clone()), "{given}");
    }
}

/// An amount as a whole number of the smallest unit that any of them has.
fn whole_number(text: &str, places: usize) -> BigInt {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<places$}").parse().unwrap()
}

/// As amounts are written: without zeros at the end, but for two places.
fn written(amount: &BigInt, places: usize) -> String {
    let digits = format!("{:0>width$}", amount.to_string(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    format!("{whole}.{:0<2}", fraction.trim_end_matches('0'))
}

/// What a school book says: with the markup, to the nearest step, halves up; and for all pieces.
fn by_the_book(list: &str, markup: &str, step: &str, pieces: u32) -> (String, String) {
    const PLACES: usize = 6;
    let (list, markup, step) = (whole_number(list, PLACES), whole_number(markup, PLACES), whole_number(step, PLACES));
    let hundred = BigInt::from(100) * BigInt::from(10).pow(PLACES as u32);
    // Times a hundred and the markup's own places.
    let exact = list * (&hundred + markup);
    let step_here = &step * &hundred;
    let steps: BigInt = (exact * 2 + &step_here) / (step_here * 2);
    let unit = steps * step;
    (written(&unit, PLACES), written(&(&unit * pieces), PLACES))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_price_is_exact_whatever_the_numbers(
        list in "(0|[1-9][0-9]{0,6})(\\.[0-9]{1,6})?",
        markup in "-?[0-9]{1,2}(\\.[0-9]{1,6})?|[0-9]{3}(\\.[0-9]{1,4})?",
        step in prop::sample::select(vec!["0.01", "0.05", "1", "10", "0.1", "0.25", "0.003", "7"]),
        pieces in 1..=9_999u32,
        group in prop::option::of(prop::sample::select(vec!["3", "Brakes"])),
    ) {
        let given = match group {
            Some(group) => json!({"markupPercent": "1", "round": step, "groups": { group: markup }}),
            None => json!({"markupPercent": markup, "round": step}),
        };
        let front = shop(given, &list, "2", "");
        let offer = offer(&front, pieces);
        // What looks like a placeholder is not reckoned with.
        prop_assume!(offer.get("priceOnRequest").is_none());
        let found = ["unit", "total"].map(|name| offer[name]["amount"].as_str().unwrap().to_owned());
        prop_assert_eq!((found[0].clone(), found[1].clone()), by_the_book(&list, &markup, step, pieces));
    }
}
