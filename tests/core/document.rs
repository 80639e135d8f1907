//! Bodies for a schema, written from a stream of bytes: with every irregularity that JSON and the suppliers know.

use stocklane::wire::{Kind, Need, Schema, Shape};

/// Decisions, read from bytes; zero when they are used up, which is always the plainest choice.
pub struct Dice<'a>(pub &'a [u8]);

impl Dice<'_> {
    /// Below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first as usize % sides
    }

    fn rarely(&mut self) -> bool {
        self.roll(12) == 11
    }
}

/// Characters of one to four bytes, and every kind of escape, lone surrogates too.
const PIECES: [&str; 34] = [
    "a",
    "B",
    "7",
    " ",
    ",",
    "{",
    "]",
    ":",
    "ż",
    "ó",
    "Ł",
    "ф",
    "и",
    "Ю",
    "€",
    "中",
    "\u{2028}",
    "\u{ffff}",
    "😀",
    "𝄞",
    "\u{10ffff}",
    "\u{7f}",
    "\\\"",
    "\\\\",
    "\\/",
    "\\n",
    "\\u0000",
    "\\u017c",
    "\\u20AC",
    "\\ud83d\\ude00",
    "\\ud800",
    "\\udc00",
    "\\ud800\\u0041",
    "\\ud83d\\ud83d\\ude00",
];

/// Numbers in every spelling of JSON.
const NUMBERS: [&str; 35] = [
    "0",
    "10",
    "-1",
    "5",
    "12.75",
    "15.68",
    "-0",
    "-0.0",
    "0.1",
    "98.4",
    "1e2",
    "1E+2",
    "1e-2",
    "-1.5e3",
    "0e0",
    "123456789012345",
    "1234567890123456",
    "9007199254740993",
    "18446744073709551616",
    "0.1234567890123456789",
    "99999999999999.9",
    "0.0000000000000000000001",
    "0.00000000000000000000001",
    "1e400",
    "-1e-400",
    "3.141592653589793",
    "2.2250738585072014e-308",
    "4.9e-324",
    "1.7976931348623157e308",
    "100000000000000.10",
    "0.30000000000000004",
    "7.0",
    "0.000",
    "340282366920938463463374607431768211456",
    "5e-1",
];

const UNKNOWN_NAMES: [&str; 6] = ["later", "__proto__", "", "\\u0061", "constructor", "sku "];
const UNKNOWN: [&str; 8] =
    ["1", "\"x\"", "true", "[]", "{}", "[1,{\"a\":[\"é\",-0.5e1]},false]", "{\"b\":{\"\":[[]]},\"b\":2}", "null"];

/// A body that `shape` accepts.
pub fn document(dice: &mut Dice<'_>, shape: Shape) -> Vec<u8> {
    let mut out = String::new();
    if dice.rarely() {
        out.push('\u{feff}');
    }
    space(dice, &mut out);
    match shape {
        Shape::One(schema) => object(dice, &mut out, schema),
        Shape::OneOrRows(schema) if dice.roll(2) == 1 => object(dice, &mut out, schema),
        Shape::Rows(schema) | Shape::OneOrRows(schema) => {
            let count = dice.roll(5);
            list(dice, &mut out, count, |dice, out| object(dice, out, schema));
        }
    }
    space(dice, &mut out);
    out.into_bytes()
}

fn space(dice: &mut Dice<'_>, out: &mut String) {
    if dice.roll(4) == 3 {
        out.push_str([" ", "\n", "\t", "\r\n  ", "   "][dice.roll(5)]);
    }
}

fn list(dice: &mut Dice<'_>, out: &mut String, count: usize, mut item: impl FnMut(&mut Dice<'_>, &mut String)) {
    out.push('[');
    space(dice, out);
    for index in 0..count {
        if index > 0 {
            out.push(',');
            space(dice, out);
        }
        item(dice, out);
        space(dice, out);
    }
    out.push(']');
}

fn object(dice: &mut Dice<'_>, out: &mut String, schema: &'static Schema) {
    let mut order: Vec<Option<usize>> = (0..schema.fields.len()).map(Some).collect();
    order.retain(|position| {
        let need = position.map(|position| schema.fields[position].need);
        matches!(need, Some(Need::Required | Need::Key | Need::Rows)) || dice.roll(4) != 3
    });
    if dice.rarely() {
        order.insert(dice.roll(order.len() + 1), None);
    }
    if dice.rarely() && !order.is_empty() {
        order.push(order[dice.roll(order.len())]);
    }
    if dice.roll(4) == 3 {
        for at in (1..order.len()).rev() {
            order.swap(at, dice.roll(at + 1));
        }
    }
    out.push('{');
    space(dice, out);
    for (index, position) in order.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
            space(dice, out);
        }
        let name = position.map_or_else(|| UNKNOWN_NAMES[dice.roll(6)], |position| schema.fields[position].name);
        out.push('"');
        // A known name may be written with an escape.
        match name.chars().next().filter(|_| position.is_some() && dice.rarely()) {
            Some(first) => out.push_str(&format!("\\u{:04x}{}", first as u32, &name[first.len_utf8()..])),
            None => out.push_str(name),
        }
        out.push('"');
        space(dice, out);
        out.push(':');
        space(dice, out);
        match position {
            Some(position) => value(dice, out, schema, position),
            None => out.push_str(UNKNOWN[dice.roll(8)]),
        }
        space(dice, out);
    }
    out.push('}');
}

fn value(dice: &mut Dice<'_>, out: &mut String, schema: &'static Schema, position: usize) {
    let field = &schema.fields[position];
    let required = matches!(field.need, Need::Required | Need::Key | Need::Rows);
    if !required && dice.roll(5) == 4 {
        return out.push_str("null");
    }
    match field.kind {
        Kind::Text => text(dice, out),
        Kind::Number => number(dice, out),
        Kind::Bool => out.push_str(["true", "false"][dice.roll(2)]),
        Kind::Texts => {
            let count = dice.roll(4);
            list(dice, out, count, text);
        }
        Kind::One(child) => object(dice, out, child),
        Kind::Many(child) => {
            let count = dice.roll(4);
            list(dice, out, count, |dice, out| object(dice, out, child));
        }
        // The last of them is null.
        Kind::Any | Kind::NumberOrMany(_) => out.push_str(UNKNOWN[dice.roll(if required { 7 } else { 8 })]),
        Kind::TextOrNumber => match dice.roll(2) {
            0 => text(dice, out),
            _ => number(dice, out),
        },
    }
}

fn number(dice: &mut Dice<'_>, out: &mut String) {
    match dice.roll(40) {
        known if known < NUMBERS.len() => out.push_str(NUMBERS[known]),
        _ => {
            let (whole, places) = (dice.roll(256) * 256 + dice.roll(256), dice.roll(256));
            out.push_str(&format!("{whole}.{places}"));
        }
    }
}

fn text(dice: &mut Dice<'_>, out: &mut String) {
    out.push('"');
    let plain = dice.roll(3) < 2;
    for _ in 0..dice.roll(20) {
        out.push_str(PIECES[dice.roll(if plain { 22 } else { PIECES.len() })]);
    }
    out.push('"');
}
