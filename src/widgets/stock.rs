//! `<stocklane-stock>`: whether an item can be had, where and until when.

use super::{Lang, date, escape, price, push_stale};
use crate::storefront::{Availability, Place, Quantity, StockState};

/// How many places stand in view; the rest wait behind a summary.
const IN_VIEW: usize = 3;

pub(super) fn push(out: &mut String, answer: Option<&Availability>, lang: Lang) {
    let words = lang.words();
    let state = answer.map_or(StockState::Unknown, |answer| answer.state);
    let (part, text) = match state {
        StockState::InStock => ("in-stock", words.in_stock),
        StockState::Low => ("low", words.low),
        StockState::Orderable => ("orderable", words.orderable),
        StockState::OutOfStock => ("out-of-stock", words.out_of_stock),
        StockState::Unknown => ("unknown", words.unknown),
    };
    out.push_str("<div part=\"stock ");
    out.push_str(part);
    out.push_str("\" lang=\"");
    out.push_str(words.tag);
    out.push_str("\"><p part=\"state\"><span part=\"icon\" aria-hidden=\"true\"></span><span>");
    out.push_str(text);
    out.push_str("</span>");
    let known = answer.filter(|_| state != StockState::Unknown);
    if let Some(answer) = known
        && state != StockState::OutOfStock
    {
        push_quantity(out, "quantity", answer.quantity, lang);
    }
    out.push_str("</p>");
    if let Some(answer) = known {
        push_places(out, answer, lang);
        push_stale(out, answer.stale, lang);
    }
    out.push_str("</div>");
}

fn push_places(out: &mut String, answer: &Availability, lang: Lang) {
    // A single nameless place has no more to say about pieces than the sum has.
    let alone = answer.places.len() == 1 && name(&answer.places[0]).is_none();
    let told = |place: &&Place| {
        place.order_by.is_some()
            || place.deliver_by.is_some()
            || (!alone && (name(place).is_some() || place.quantity.is_some()))
    };
    let count = answer.places.iter().filter(told).count();
    if count == 0 {
        return;
    }
    out.push_str("<ul part=\"places\" role=\"list\">");
    for (at, place) in answer.places.iter().filter(told).enumerate() {
        if at == IN_VIEW {
            out.push_str("</ul><details part=\"more\"><summary>");
            out.push_str(lang.words().more_places);
            out.push_str(": ");
            price::push_count(out, (count - IN_VIEW) as f64, lang);
            out.push_str("</summary><ul part=\"places\" role=\"list\">");
        }
        push_place(out, place, alone, lang);
    }
    out.push_str("</ul>");
    if count > IN_VIEW {
        out.push_str("</details>");
    }
}

fn push_place(out: &mut String, place: &Place, alone: bool, lang: Lang) {
    let words = lang.words();
    out.push_str("<li part=\"place\">");
    if let Some(name) = name(place) {
        // Isolated: a name that runs the other way turns nothing but itself.
        out.push_str("<bdi part=\"label\">");
        escape::push(out, name);
        out.push_str("</bdi>");
    }
    if !alone {
        push_quantity(out, "place-quantity", place.quantity, lang);
    }
    for (part, text, when) in
        [("order-by", words.order_by, &place.order_by), ("deliver-by", words.deliver_by, &place.deliver_by)]
    {
        if let Some(when) = when {
            out.push_str(" <span part=\"");
            out.push_str(part);
            out.push_str("\">");
            out.push_str(text);
            out.push_str(": ");
            date::push(out, when, lang);
            out.push_str("</span>");
        }
    }
    out.push_str("</li>");
}

fn name(place: &Place) -> Option<&str> {
    place.label.as_deref().or(place.location.as_deref()).filter(|name| !name.trim().is_empty())
}

fn push_quantity(out: &mut String, part: &str, quantity: Option<Quantity>, lang: Lang) {
    let Some(quantity) = quantity else { return };
    let words = lang.words();
    let mut count = String::new();
    if !price::push_count(&mut count, quantity.value, lang) {
        return;
    }
    out.push_str(" <span part=\"");
    out.push_str(part);
    out.push_str("\">");
    out.push_str(words.pieces);
    out.push_str(": ");
    out.push_str(&count);
    if quantity.at_least {
        out.push(' ');
        out.push_str(words.or_more);
    }
    out.push_str("</span>");
}
