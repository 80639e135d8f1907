//! Exact decimals, against whole numbers of any length.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use num_bigint::BigInt;
use proptest::prelude::*;
use stocklane::wire::Decimal;

/// `digits` × 10^−`scale`, without a bound.
#[derive(Clone, Debug)]
struct Exact {
    digits: BigInt,
    scale: u32,
}

fn ten(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

impl Exact {
    /// Reads a plain decimal with a small exponent.
    fn read(text: &str) -> Exact {
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().unwrap()),
            None => (text, 0),
        };
        let places = mantissa.split_once('.').map_or(0, |(_, places)| places.len());
        let digits: BigInt = mantissa.replace('.', "").parse().unwrap();
        let scale = places as i32 - exponent;
        if scale < 0 {
            return Exact { digits: digits * ten(scale.unsigned_abs()), scale: 0 };
        }
        Exact { digits, scale: scale as u32 }
    }

    fn at(&self, scale: u32) -> BigInt {
        &self.digits * ten(scale - self.scale)
    }

    fn is(&self, decimal: Decimal) -> bool {
        let other = Exact::read(&decimal.to_string());
        let scale = self.scale.max(other.scale);
        self.at(scale) == other.at(scale)
    }

    fn add(&self, other: &Exact) -> Exact {
        let scale = self.scale.max(other.scale);
        Exact { digits: self.at(scale) + other.at(scale), scale }
    }

    fn mul(&self, other: &Exact) -> Exact {
        Exact { digits: &self.digits * &other.digits, scale: self.scale + other.scale }
    }

    /// Half away from zero, over magnitudes.
    fn round(&self, places: u32) -> Exact {
        if self.scale <= places {
            return self.clone();
        }
        let factor = ten(self.scale - places);
        let magnitude = self.digits.magnitude().clone();
        let rounded = (BigInt::from(magnitude) * 2 + &factor) / (&factor * 2);
        let sign = if self.digits < BigInt::from(0) { -1 } else { 1 };
        Exact { digits: rounded * sign, scale: places }
    }
}

/// Amounts as they occur, and some that nearly do not fit.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "-?(0|[1-9][0-9]{0,8})(\\.[0-9]{1,6})?",
        2 => "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?",
        1 => "-?[0-9]{36,40}",
        1 => "-?[0-9]{18,22}\\.[0-9]{16,19}",
        1 => "-?[0-9]{1,6}(\\.[0-9]{1,4})?[eE][+-]?[0-9]{1,2}",
        1 => Just("170141183460469231731687303715884105727".to_owned()),
        1 => Just("-170141183460469231731.687303715884105727".to_owned()),
        1 => Just("0.5".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_read_is_exact(text in number()) {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        match Decimal::parse(&text) {
            Some(decimal) => prop_assert!(Exact::read(&text).is(decimal), "{text} became {decimal}"),
            None => prop_assert!(digits > 18 || text.contains(['e', 'E']), "{text} was refused"),
        }
    }

    #[test]
    fn what_is_written_is_read_back(text in number()) {
        let Some(decimal) = Decimal::parse(&text) else { return Ok(()) };
        let written = decimal.to_string();
        prop_assert_eq!(Decimal::parse(&written).unwrap(), decimal);
        prop_assert!(!written.contains(['e', 'E']) && !written.starts_with('.') && !written.ends_with('.'));
        let amount = decimal.to_amount();
        prop_assert_eq!(Decimal::parse(&amount), Some(decimal));
    }

    #[test]
    fn sums_and_products_are_exact_or_none(a in number(), b in number()) {
        let (Some(x), Some(y)) = (Decimal::parse(&a), Decimal::parse(&b)) else { return Ok(()) };
        let (exact_x, exact_y) = (Exact::read(&a), Exact::read(&b));
        let places = |text: &str| text.split_once('.').map_or(0, |(_, places)| places.len());
        let few = |text: &str| text.len() <= 16 && places(text) <= 9 && !text.contains(['e', 'E']);
        match x.plus(y) {
            Some(sum) => prop_assert!(exact_x.add(&exact_y).is(sum), "{a} + {b} became {sum}"),
            None => prop_assert!(!(few(&a) && few(&b)), "{a} + {b} was refused"),
        }
        match x.times(y) {
            Some(product) => prop_assert!(exact_x.mul(&exact_y).is(product), "{a} × {b} became {product}"),
            None => prop_assert!(!(few(&a) && few(&b)), "{a} × {b} was refused"),
        }
    }

    #[test]
    fn halves_are_rounded_away_from_zero(text in number(), places in 0..20u32) {
        let Some(decimal) = Decimal::parse(&text) else { return Ok(()) };
        let rounded = decimal.round(places);
        prop_assert!(Exact::read(&decimal.to_string()).round(places).is(rounded), "{text} to {places} became {rounded}");
    }

    #[test]
    fn order_is_the_order_of_the_numbers(a in number(), b in number()) {
        let (Some(x), Some(y)) = (Decimal::parse(&a), Decimal::parse(&b)) else { return Ok(()) };
        let scale = 60;
        let expected = Exact::read(&x.to_string()).at(scale).cmp(&Exact::read(&y.to_string()).at(scale));
        prop_assert_eq!(x.cmp(&y), expected, "{} and {}", a, b);
        prop_assert_eq!(x == y, expected.is_eq());
    }

    #[test]
    fn anything_else_is_refused_without_a_panic(text in any::<String>()) {
        if let Some(decimal) = Decimal::parse(&text) {
            prop_assert!(text.bytes().all(|byte| b"+-.eE0123456789".contains(&byte)), "{text} became {decimal}");
        }
    }

    #[test]
    fn any_spelling_of_digits_is_survived(text in "[-+.eE0-9]{0,14}") {
        if let Some(decimal) = Decimal::parse(&text) {
            let _ = (decimal.round(2), decimal.to_amount(), decimal.to_f64(), decimal.times(decimal), decimal.plus(decimal));
        }
    }

    #[test]
    fn a_count_is_the_nearest_double(digits in -9_007_199_254_740_992i64..9_007_199_254_740_992, scale in 0..15u32) {
        let text = format!("{digits}e-{scale}");
        let Some(decimal) = Decimal::parse(&text) else { return Ok(()) };
        prop_assert_eq!(decimal.to_f64(), text.parse::<f64>().unwrap());
    }
}

#[test]
fn amounts_have_two_places_at_least() {
    for (text, amount) in [
        ("80", "80.00"),
        ("98.4", "98.40"),
        ("15.68", "15.68"),
        ("0.125", "0.125"),
        ("-0.5", "-0.50"),
        ("0", "0.00"),
        ("-0", "0.00"),
        ("1e3", "1000.00"),
        ("12e-1", "1.20"),
        ("100.000", "100.00"),
        ("-0.050", "-0.05"),
    ] {
        assert_eq!(Decimal::parse(text).unwrap().to_amount(), amount);
    }
}

#[test]
fn money_is_not_computed_in_binary() {
    let decimal = |text: &str| Decimal::parse(text).unwrap();
    assert_eq!(decimal("0.1").times(Decimal::from(3)).unwrap().to_amount(), "0.30");
    assert_eq!(decimal("15.68").times(Decimal::from(3)).unwrap().to_amount(), "47.04");
    assert_eq!(decimal("0.1").plus(decimal("0.2")).unwrap().to_string(), "0.3");
    for (text, rounded) in [
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("0.0049", "0"),
        ("2.675", "2.68"),
        ("-2.675", "-2.68"),
        ("1.5", "1.5"),
        ("9.995", "10"),
        ("-9.995", "-10"),
    ] {
        assert_eq!(decimal(text).round(2), decimal(rounded), "{text}");
    }
}

#[test]
fn what_is_no_decimal_is_none() {
    for text in [
        "", "-", "+1", ".", ".5", "1..2", "1.2.3", "1e", "e1", "0x10", " 1", "1 ", "1,5", "١", "NaN", "Infinity",
        "--1", "-.5",
    ] {
        assert_eq!(Decimal::parse(text), None, "{text}");
    }
}

#[test]
fn what_does_not_fit_is_none() {
    let most = "170141183460469231731687303715884105727";
    let largest = Decimal::parse(most).unwrap();
    assert_eq!(largest.to_string(), most);
    assert_eq!(Decimal::parse("170141183460469231731687303715884105728"), None);
    assert_eq!(largest.plus(Decimal::from(1)), None);
    assert_eq!(largest.times(Decimal::from(2)), None);
    assert_eq!(Decimal::parse("1e39"), None);
    assert_eq!(Decimal::parse("1e2147483647"), None);
    assert_eq!(Decimal::parse("1e-2147483648"), None);
    assert_eq!(Decimal::parse("1e99999999999"), None);
    assert_eq!(Decimal::parse("1e-19"), None);
    let near = Decimal::parse("170141183460469231731.687303715884105727").unwrap();
    assert_eq!(near.round(2).to_string(), "170141183460469231731.69");
    assert_eq!(largest.to_amount(), most, "no room for places");
    assert!(largest > near && near > Decimal::parse("-170141183460469231731687303715884105727").unwrap());
}

#[test]
fn nothing_costs_nothing_whatever_its_exponent() {
    let since = std::time::Instant::now();
    for text in
        ["0e-2147483647", "0e2147483647", "-0.000e-2000000000", "0e-19", "0e400", "0.00000000000000000000000000"]
    {
        if let Some(decimal) = Decimal::parse(text) {
            assert!(decimal.is_zero(), "{text}");
        }
    }
    assert!(since.elapsed().as_millis() < 500, "a short text took {:?}", since.elapsed());
}
