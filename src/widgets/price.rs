//! Amounts and counts, exactly as their digits say, written the way a language writes them.

use super::{Lang, escape};
use crate::storefront::Money;

/// Appends an amount with its currency; false, and nothing appended, where the amount is no decimal.
pub(super) fn push(out: &mut String, money: &Money, lang: Lang) -> bool {
    let Some((whole, fraction)) = decimal(&money.amount) else {
        return false;
    };
    let sign = currency_sign(&money.currency, lang);
    out.push_str("<data value=\"");
    out.push_str(&money.amount);
    out.push_str("\">");
    if lang == Lang::En {
        escape::push(out, sign);
        if sign.len() == 3 && sign.is_ascii() {
            out.push('\u{a0}');
        }
    }
    push_grouped(out, whole, lang);
    out.push(lang.words().decimal);
    out.push_str(fraction);
    for _ in fraction.len()..2 {
        out.push('0');
    }
    if lang != Lang::En {
        out.push('\u{a0}');
        escape::push(out, sign);
    }
    out.push_str("</data>");
    true
}

/// Whether the amount is a decimal and none of its digits says anything but zero.
pub(super) fn is_zero(money: &Money) -> bool {
    decimal(&money.amount) == Some(("0", ""))
}

/// A count of pieces (or a percentage), to the thousandth; false where it is none: negative, too large, no number.
pub(super) fn push_count(out: &mut String, count: f64, lang: Lang) -> bool {
    push_thousandths(out, count, |out, whole| push_grouped(out, whole, lang), lang.words().decimal)
}

/// The same for a machine: `1200`, `1.5`.
pub(super) fn push_plain(out: &mut String, count: f64) -> bool {
    push_thousandths(out, count, |out, whole| out.push_str(whole), '.')
}

fn push_thousandths(out: &mut String, count: f64, push_whole: impl Fn(&mut String, &str), point: char) -> bool {
    if !(0.0..=1e12).contains(&count) {
        return false;
    }
    let thousandths = (count * 1000.0 + 0.5) as u64;
    let mut digits = [b'0'; 20];
    let mut rest = thousandths;
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    let text = str::from_utf8(&digits).unwrap_or_default();
    let (whole, fraction) = text.split_at_checked(17).unwrap_or_default();
    let whole = whole.trim_start_matches('0');
    push_whole(out, if whole.is_empty() { "0" } else { whole });
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        out.push(point);
        out.push_str(fraction);
    }
    true
}

/// The digits before and after the point, without idle zeros; None for what is not plainly a decimal (a sign included:
/// nothing here is sold below zero).
fn decimal(text: &str) -> Option<(&str, &str)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let short = whole.trim_start_matches('0');
    Some((if short.is_empty() { "0" } else { short }, fraction.trim_end_matches('0')))
}

fn push_grouped(out: &mut String, digits: &str, lang: Lang) {
    let words = lang.words();
    let grouped = digits.len() >= 3 + words.group_from;
    for (at, digit) in digits.chars().enumerate() {
        if grouped && at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(words.group);
        }
        out.push(digit);
    }
}

/// The sign where everybody reads it, or the language is the currency's own; else the code.
fn currency_sign(code: &str, lang: Lang) -> &str {
    match (code, lang) {
        ("EUR", _) => "€",
        ("GBP", _) => "£",
        ("PLN", Lang::Pl) => "zł",
        ("CZK", Lang::Cs) => "Kč",
        ("HUF", Lang::Hu) => "Ft",
        ("UAH", Lang::Uk) => "₴",
        ("RON", Lang::Ro) => "lei",
        ("BGN", Lang::Bg) => "лв.",
        ("BAM", Lang::Bs | Lang::Sr) => "KM",
        _ => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storefront::Vat;
    use proptest::prelude::*;

    fn shown(amount: &str, currency: &str, lang: Lang) -> Option<String> {
        let mut out = String::new();
        let money = Money { amount: amount.into(), currency: currency.into(), vat: Vat::Net };
        push(&mut out, &money, lang).then(|| out[out.find('>').unwrap_or(0) + 1..].replace("</data>", ""))
    }

    fn count(value: f64, lang: Lang) -> Option<String> {
        let mut out = String::new();
        push_count(&mut out, value, lang).then_some(out)
    }

    /// As the Unicode CLDR has it (`Intl.NumberFormat`), with `_` for a non-breaking space.
    #[test]
    fn amounts_are_written_as_each_language_writes_them() {
        let wanted = [
            (Lang::Bg, "1234,50_€", "1_234_567,50_€"),
            (Lang::Bs, "1.234,50_€", "1.234.567,50_€"),
            (Lang::Cs, "1_234,50_€", "1_234_567,50_€"),
            (Lang::De, "1.234,50_€", "1.234.567,50_€"),
            (Lang::El, "1.234,50_€", "1.234.567,50_€"),
            (Lang::En, "€1,234.50", "€1,234,567.50"),
            (Lang::Et, "1234,50_€", "1_234_567,50_€"),
            (Lang::Hu, "1234,50_€", "1_234_567,50_€"),
            (Lang::Hr, "1.234,50_€", "1.234.567,50_€"),
            (Lang::Lt, "1_234,50_€", "1_234_567,50_€"),
            (Lang::Lv, "1234,50_€", "1_234_567,50_€"),
            (Lang::Pl, "1234,50_€", "1_234_567,50_€"),
            (Lang::Ro, "1.234,50_€", "1.234.567,50_€"),
            (Lang::Sk, "1_234,50_€", "1_234_567,50_€"),
            (Lang::Sl, "1234,50_€", "1.234.567,50_€"),
            (Lang::Sr, "1.234,50_€", "1.234.567,50_€"),
            (Lang::Uk, "1_234,50_€", "1_234_567,50_€"),
        ];
        assert_eq!(wanted.len(), Lang::ALL.len());
        for (lang, thousand, million) in wanted {
            assert_eq!(shown("1234.5", "EUR", lang).as_deref(), Some(&*thousand.replace('_', "\u{a0}")), "{lang:?}");
            assert_eq!(shown("1234567.50", "EUR", lang).as_deref(), Some(&*million.replace('_', "\u{a0}")), "{lang:?}");
        }
    }

    #[test]
    fn a_currency_is_a_sign_where_it_is_at_home() {
        assert_eq!(shown("123", "PLN", Lang::Pl).as_deref(), Some("123,00\u{a0}zł"));
        assert_eq!(shown("123", "PLN", Lang::De).as_deref(), Some("123,00\u{a0}PLN"));
        assert_eq!(shown("123", "PLN", Lang::En).as_deref(), Some("PLN\u{a0}123.00"));
        assert_eq!(shown("1", "<b>", Lang::Pl).as_deref(), Some("1,00\u{a0}&lt;b&gt;"));
    }

    #[test]
    fn digits_are_kept_exactly() {
        assert_eq!(shown("0.1", "EUR", Lang::Pl).as_deref(), Some("0,10\u{a0}€"));
        assert_eq!(shown("15.685", "EUR", Lang::Pl).as_deref(), Some("15,685\u{a0}€"));
        assert_eq!(shown("15.6800", "EUR", Lang::Pl).as_deref(), Some("15,68\u{a0}€"));
        assert_eq!(shown("007", "EUR", Lang::Pl).as_deref(), Some("7,00\u{a0}€"));
        let long = "123456789012345678901234567890.12345678901234567891";
        assert_eq!(
            shown(long, "EUR", Lang::De).as_deref(),
            Some("123.456.789.012.345.678.901.234.567.890,12345678901234567891\u{a0}€")
        );
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for amount in ["", ".", "1.", ".5", "-1", "+1", "1e3", "NaN", "1,5", "1 000", "<img onerror>", "١"] {
            assert_eq!(shown(amount, "EUR", Lang::En), None, "{amount}");
        }
    }

    #[test]
    fn counts_are_whole_or_to_the_thousandth() {
        assert_eq!(count(0.0, Lang::Pl).as_deref(), Some("0"));
        assert_eq!(count(10.0, Lang::Pl).as_deref(), Some("10"));
        assert_eq!(count(1.5, Lang::Pl).as_deref(), Some("1,5"));
        assert_eq!(count(12345.0, Lang::En).as_deref(), Some("12,345"));
        for none in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 1e300] {
            assert_eq!(count(none, Lang::Pl), None);
        }
    }

    proptest! {
        #[test]
        fn an_amount_loses_no_digit(whole in "[1-9][0-9]{0,30}", fraction in "[0-9]{0,12}[1-9]", at in 0..17usize) {
            let lang = Lang::ALL[at];
            let html = shown(&[&*whole, ".", &*fraction].concat(), "EUR", lang).unwrap_or_default();
            let digits = html.chars().filter(char::is_ascii_digit).collect::<String>();
            let padding = if fraction.len() == 1 { "0" } else { "" };
            prop_assert_eq!(digits, [&*whole, &*fraction, padding].concat());
        }

        #[test]
        fn a_count_is_what_rust_prints(value in 0u32..4_000_000) {
            let mut out = String::new();
            push_plain(&mut out, f64::from(value) / 1000.0);
            prop_assert_eq!(out, (f64::from(value) / 1000.0).to_string());
        }
    }
}
