//! `<stocklane-quote>`: what an item costs here.

use super::{Lang, date, price, push_stale};
use crate::storefront::{Money, Offer, Vat};

pub(super) fn push(out: &mut String, answer: Option<&Offer>, lang: Lang) {
    let words = lang.words();
    out.push_str("<div part=\"quote\" lang=\"");
    out.push_str(words.tag);
    out.push_str("\">");
    match answer {
        Some(offer) if offer.price_on_request == Some(true) => push_words(out, "on-request", words.on_request),
        Some(offer) => push_prices(out, offer, lang),
        None => push_words(out, "no-price", words.no_price),
    }
    if let Some(when) = answer.and_then(|offer| offer.deliver_by.as_deref()) {
        out.push_str("<p part=\"delivery\">");
        out.push_str(words.deliver_by);
        out.push_str(": ");
        date::push(out, when, lang);
        out.push_str("</p>");
    }
    push_stale(out, answer.and_then(|offer| offer.stale), lang);
    out.push_str("</div>");
}

fn push_words(out: &mut String, part: &str, words: &str) {
    out.push_str("<p part=\"state ");
    out.push_str(part);
    out.push_str("\">");
    out.push_str(words);
    out.push_str("</p>");
}

fn push_prices(out: &mut String, offer: &Offer, lang: Lang) {
    let words = lang.words();
    let mut unit = String::new();
    if !price::push(&mut unit, &offer.unit, lang) {
        return push_words(out, "no-price", words.no_price);
    }
    out.push_str("<p part=\"unit\"><span part=\"price\">");
    out.push_str(&unit);
    out.push_str("</span> <span part=\"basis\">");
    out.push_str(words.per_piece);
    out.push_str(", ");
    out.push_str(vat(offer.unit.vat, lang));
    push_percentage(out, offer.vat_percentage, lang);
    out.push_str("</span></p>");
    if offer.quantity > 1.0 {
        push_total(out, offer, lang);
    }
    if let Some(deposit) = offer.deposit.as_ref().filter(|deposit| !price::is_zero(deposit)) {
        push_line(out, "deposit", words.deposit, "", deposit, offer, lang);
    }
}

fn push_total(out: &mut String, offer: &Offer, lang: Lang) {
    let mut count = String::from(" (");
    if price::push_count(&mut count, offer.quantity, lang) {
        count.push('\u{a0}');
        count.push_str(lang.words().pcs);
        count.push(')');
        push_line(out, "total", lang.words().total, &count, &offer.total, offer, lang);
    }
}

/// A line of its own: what the amount is, the amount, and its tax where that is not the unit price's.
fn push_line(out: &mut String, part: &str, what: &str, count: &str, money: &Money, offer: &Offer, lang: Lang) {
    let mut amount = String::new();
    if !price::push(&mut amount, money, lang) {
        return;
    }
    out.push_str("<p part=\"");
    out.push_str(part);
    out.push_str("\">");
    out.push_str(what);
    out.push_str(count);
    out.push_str(": <span part=\"");
    out.push_str(part);
    out.push_str("-price\">");
    out.push_str(&amount);
    out.push_str("</span>");
    if money.vat != offer.unit.vat {
        out.push_str(", ");
        out.push_str(vat(money.vat, lang));
    }
    out.push_str("</p>");
}

fn vat(vat: Vat, lang: Lang) -> &'static str {
    match vat {
        Vat::Net => lang.words().net,
        Vat::Gross => lang.words().gross,
    }
}

fn push_percentage(out: &mut String, percentage: Option<f64>, lang: Lang) {
    let mut text = String::from("\u{a0}(");
    if percentage.is_some_and(|percentage| price::push_count(&mut text, percentage, lang)) {
        text.push_str(lang.words().percent);
        text.push_str("%)");
        out.push_str(&text);
    }
}
