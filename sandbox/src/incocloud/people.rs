//! Partners and locations, and the groups of both.

use serde_json::{Value, json};

use super::accounts::Application;
use crate::seeded::pick;

const FIRST_NAMES: [&str; 8] = ["Иван", "Мария", "Георги", "Елена", "Димитър", "Zoë", "Петър", "Søren"];
const LAST_NAMES: [&str; 8] =
    ["Примеров", "Тестова", "Образцов", "Измислена", "O'Connor-Тест", "Демиров", "Мостренска", "Пробов"];
const FIRMS: [&str; 6] = ["Примерен сервиз", "Тест Ауто", "Демо Транспорт", "Образец", "Мостра 99", "Проба и синове"];
const CITIES: [&str; 6] = ["София", "Пловдив", "Варна", "Бургас", "Русе", "Łódź"];

const PARTNER_GROUPS: [(&str, &str); 4] =
    [("Клиенти", "AAA"), ("Сервизи", "AAAAAA"), ("Доставчици", "AAB"), ("Служебни", "AAC")];

/// The first partner that goods come from; from here on every tenth.
const SUPPLIER: u64 = 10;

/// The number of a partner that sells to the firm.
pub(crate) fn supplier(firm: &Application, seed: u64) -> u64 {
    SUPPLIER * (1 + seed % (firm.partners / SUPPLIER))
}

/// A firm's partners, with the personal data of people who do not exist.
pub(crate) fn partners(firm: &Application) -> Vec<Value> {
    (1..=firm.partners).map(|n| partner(firm, n)).collect()
}

fn partner(firm: &Application, n: u64) -> Value {
    let person = format!("{} {}", pick(&FIRST_NAMES, n, 2_040), pick(&LAST_NAMES, n, 2_041));
    let name = match n {
        1 => "Служебен клиент".to_owned(),
        n if n.is_multiple_of(23) => format!("„{} {n}“ ЕООД <script>alert(1)</script>", pick(&FIRMS, n, 2_042)),
        n if n.is_multiple_of(27) => format!("{} 🚗 \"{n}\" ООД", pick(&FIRMS, n, 2_042)),
        n if n.is_multiple_of(2) => format!("{} {n} ЕООД", pick(&FIRMS, n, 2_042)),
        _ => format!("{person} {n}"),
    };
    let rolled = firm.roll(n, 43);
    let mut row = json!({
        "id": firm.partner_id(n),
        "name": name,
        "name2": " ",
        "code": format!("P{n:04}"),
        "liable_person": person,
        "city": pick(&CITIES, n, 2_044),
        "address": format!("ул. Измислена № {}", 1 + rolled % 120),
        "telephone": format!("+359 00 {:06}", rolled % 1_000_000),
        "email": format!("partner{n}@example.com"),
        "bulstat": format!("{:09}", rolled % 1_000_000_000),
        "tax_number": if n.is_multiple_of(2) { format!("BG{:09}", rolled % 1_000_000_000) } else { " ".into() },
        "bank_name": if n.is_multiple_of(4) { "Примерна банка" } else { " " },
        "bank_account": if n.is_multiple_of(4) { format!("BG00TEST{:014}", rolled % 100_000_000) } else { " ".into() },
        "price_group": n % 9,
        "group_id": match n {
            1 => 4,
            n if n.is_multiple_of(SUPPLIER) => 3,
            n => 1 + n % 2,
        },
        "note": if n.is_multiple_of(8) { "обажда се \"преди\" доставка\nвтори ред" } else { " " },
        "payment_days": 7 * (n % 5),
        "order": 0,
        "deleted": n % 60 == 59,
    });
    if n.is_multiple_of(11)
        && let Some(fields) = row.as_object_mut()
    {
        ["email", "bank_name", "bank_account", "payment_days"].iter().for_each(|field| {
            fields.shift_remove(*field);
        });
    }
    if n.is_multiple_of(13) {
        row["birthday"] = json!("1980-02-29");
        row["card_number"] = json!(format!("CARD{n:06}"));
    }
    row
}

/// The groups of partners.
pub(crate) fn partner_groups() -> Vec<Value> {
    groups(&PARTNER_GROUPS)
}

/// Two stores, the warehouse, and a table in the restaurant.
pub(crate) fn locations(firm: &Application) -> Vec<Value> {
    let all = [
        ("Магазин Център", "S1", 1),
        ("Магазин Младост", "S2", 1),
        ("Склад", "W1", 2),
        ("Маса 1 \"до прозореца\"", "T1", 3),
    ];
    let row = |(n, (name, code, group)): (u64, (&str, &str, u64))| {
        json!({
            "id": firm.location_id(n),
            "name": name,
            "name2": " ",
            "code": code,
            "price_group": 0,
            "group_id": group,
            "order": n,
            "deleted": false,
        })
    };
    (1..).zip(all).map(row).collect()
}

/// The groups of locations.
pub(crate) fn location_groups() -> Vec<Value> {
    groups(&[("Магазини", "AAA"), ("Складове", "AAB"), ("Ресторант", "AAC")])
}

fn groups(all: &[(&str, &str)]) -> Vec<Value> {
    (1..).zip(all).map(|(id, (name, code))| json!({ "id": id, "name": name, "code": code })).collect()
}
