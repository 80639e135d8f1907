//! Items, their groups and tags, and what lies where.

use serde_json::{Value, json};

use super::accounts::Application;
use super::amount::Amount;
use super::stock::Stock;
use super::ties::tie;
use crate::intercars::product::ean;
use crate::seeded::pick;

const NAMES: [&str; 14] = [
    "Масло моторно 5W-30",
    "Маслен филтър",
    "Въздушен филтър",
    "Спирачни накладки",
    "Спирачен диск",
    "Запалителна свещ",
    "Крушка H7 12V 55W",
    "Антифриз G12",
    "Чистачки",
    "Акумулатор 60Ah",
    "Кафе еспресо",
    "Чай билков",
    "Гума 205/55 R16",
    "Ангренажен ремък",
];

const GROUPS: [&str; 5] = ["Авточасти", "Масла и течности", "Гуми", "Услуги", "Храни и напитки"];

const TAGS: [(&str, &str); 8] = [
    ("промоция", "#d32f2f"),
    ("ново", "#388e3c"),
    ("зимни", "#1976d2"),
    ("летни", "#fbc02d"),
    ("разпродажба", "#7b1fa2"),
    ("онлайн", "#0097a7"),
    ("VIP", "#5d4037"),
    ("<b>bold</b> & \"quoted\"", "#000000"),
];

/// An item that is not kept in stock, by its `type`.
const NON_INVENTORY: u64 = 8;

/// Whether an item is a service, of which there is always some.
pub(crate) fn is_service(item: &Value) -> bool {
    item["type"].as_u64().is_some_and(|flags| flags & NON_INVENTORY != 0)
}

/// The numbers of a firm's items.
pub(crate) fn numbers(firm: &Application) -> impl Iterator<Item = u64> {
    firm.items.iter().flat_map(|(first, last)| *first..=*last)
}

/// A firm's items.
pub(crate) fn items(firm: &Application) -> Vec<Value> {
    numbers(firm).map(|n| item(firm, n)).collect()
}

fn item(firm: &Application, n: u64) -> Value {
    let kind = pick(&NAMES, n, 2_000);
    let price = Amount::cents(90 + firm.roll(n, 1) % 30_000);
    let group = 6 + firm.roll(n, 2) % (GROUPS_IN_ALL - 5);
    let fractional = n % 20 == 9;
    let mut row = json!({
        "id": firm.item_id(n),
        "code": format!("SKU-{n:03}"),
        "name": name(kind, n),
        "name2": " ",
        "bar_code": if n.is_multiple_of(13) { " ".to_owned() } else { ean("380", n) },
        "bar_code2": " ",
        "bar_code3": " ",
        "catalog": " ",
        "catalog2": " ",
        "catalog3": " ",
        "description": format!("{kind}, артикул № {n}"),
        "m_unit": if fractional { "кг" } else { "бр." },
        "m_unit2": if n.is_multiple_of(5) { "кашон" } else { " " },
        "m_unit_ratio": if n.is_multiple_of(5) { 12 } else { 1 },
        "minimal_quantity": n % 4,
        "nominal_quantity": 10 * (n % 4),
        "type": match n {
            n if n.is_multiple_of(40) => NON_INVENTORY,
            n if n % 250 == 99 => 32,
            n if n.is_multiple_of(30) => 2,
            _ => 1,
        },
        "trade_in_price": price.share(60, 100).money(),
        "trade_price": price.share(80, 100).money(),
        "regular_price": price.money(),
        "price_group1": price.share(95, 100).money(),
        "price_group2": price.share(90, 100).money(),
    });
    for (group, percent) in (3..=8).zip([85, 82, 80, 78, 76, 0]) {
        row[format!("price_group{group}")] = price.share(percent, 100).money();
    }
    row["group_id"] = json!(group);
    row["group_name"] = json!(group_name(group));
    row["vat_group_id"] = json!(if n.is_multiple_of(12) { 2 } else { 1 });
    row["is_recipe"] = json!(n % 100 == 3);
    row["order"] = json!(n % 7);
    row["deleted"] = json!(n.is_multiple_of(97));
    tie(&mut row, n);
    if let Some(fields) = row.as_object_mut() {
        if n.is_multiple_of(11) {
            fields.shift_remove("description");
            fields.shift_remove("name2");
        }
        if n.is_multiple_of(19) {
            ["trade_price", "price_group7", "price_group8", "is_recipe"].iter().for_each(|field| {
                fields.shift_remove(*field);
            });
        }
    }
    if n.is_multiple_of(17) {
        row["loyalty_points"] = json!(n % 5);
        row["custom_fields"] = json!({ "Рафт": format!("A-{}", n % 9), "tags": ["x", null] });
    }
    row
}

/// An item's name. Some hold what breaks careless writers of HTML, CSV and JSON.
fn name(kind: &str, n: u64) -> String {
    match n {
        n if n.is_multiple_of(29) => format!("{kind} 7/8\" <b>&amp;</b> \\ №{n}"),
        n if n.is_multiple_of(31) => format!("{kind} 🔧 ½\u{a0}л №{n}"),
        n if n.is_multiple_of(37) => format!("  {kind}; \"XL\", №{n} "),
        _ => format!("{kind} №{n}"),
    }
}

const GROUPS_IN_ALL: u64 = 26;

/// The groups: five, three in each, and two in the first of these three (but for the last).
pub(crate) fn groups() -> Vec<Value> {
    (1..=GROUPS_IN_ALL)
        .map(|id| json!({ "id": id, "name": group_name(id), "code": group_code(id) }))
        .map(|mut row| {
            if row["id"] == 3 {
                row["image"] = Value::Null;
            }
            row
        })
        .collect()
}

/// A code by which a group shows the groups above it, three letters each.
fn group_code(id: u64) -> String {
    let three = |nth: u64| format!("AA{}", char::from(b'A' + nth as u8));
    match id {
        1..=5 => three(id - 1),
        6..=20 => three((id - 6) / 3) + &three((id - 6) % 3),
        // Six more, in the first groups of the first three.
        _ => group_code(6 + (id - 21) / 2 * 3) + &three((id - 21) % 2),
    }
}

fn group_name(id: u64) -> String {
    let top = |nth: u64| GROUPS[nth as usize];
    match id {
        1..=5 => top(id - 1).to_owned(),
        6..=20 => format!("{} {}", top((id - 6) / 3), (id - 6) % 3 + 1),
        _ => format!("{} 1.{}", top((id - 21) / 2), (id - 21) % 2 + 1),
    }
}

/// The tags.
pub(crate) fn tags() -> Vec<Value> {
    (1..).zip(TAGS).map(|(id, (name, color))| json!({ "id": id, "name": name, "color": color })).collect()
}

/// Which items have which tags: every third item one, some of these two.
pub(crate) fn connections(firm: &Application) -> Vec<Value> {
    let tagged = numbers(firm).filter(|n| n.is_multiple_of(3));
    let pairs = tagged.flat_map(|n| {
        let first = (n, 1 + n % 8);
        let second = (n.is_multiple_of(9)).then_some((n, 1 + (n + 3) % 8));
        [Some(first), second].into_iter().flatten()
    });
    (1..).zip(pairs).map(|(id, (n, tag))| json!({ "id": id, "item_id": firm.item_id(n), "tag_id": tag })).collect()
}

/// What lies in the two stores and the warehouse: mostly something, some fractions, here and there less than nothing.
pub(crate) fn stock(firm: &Application) -> Stock {
    let mut stock = Stock::default();
    for n in numbers(firm).filter(|n| n % 40 != 0) {
        for place in 1..=3 {
            let rolled = firm.roll(n, 10 + place);
            if rolled.is_multiple_of(6) {
                continue;
            }
            let quantity = match rolled / 6 % 5 {
                _ if n.is_multiple_of(61) => -Amount::cents(100 * (1 + rolled % 3)),
                _ if n % 20 == 9 => Amount::thousandths(rolled / 30 % 40_000),
                0 => Amount::ZERO,
                1 => Amount::cents(100 * (1 + rolled / 30 % 9)),
                _ => Amount::cents(100 * (5 + rolled / 30 % 120)),
            };
            stock.set((firm.item_id(n), firm.location_id(place)), quantity);
        }
    }
    stock
}
