//! What is owed and paid, and the tables around it.

use serde_json::{Value, json};

use super::amount::Amount;
use super::clerk::midnight;
use crate::clock::DAY_MS;

/// How much of an operation is paid at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paid {
    Not,
    Half,
    Whole,
}

const DUE: i64 = -1;
const PAID: i64 = 1;

/// An operation's payments, by ids from `first` on: what is due, and a second row for what was paid.
pub(crate) fn payments(first: u64, operation: &Value, at: u64, paid: Paid) -> Vec<Value> {
    let total = Amount::parse(&operation["total"]).unwrap_or_default();
    let paid = match paid {
        Paid::Not => None,
        Paid::Half => Some(total.share(1, 2)),
        Paid::Whole => Some(total),
    };
    let rows = [Some((DUE, total)), paid.map(|amount| (PAID, amount))];
    (first..)
        .zip(rows.into_iter().flatten())
        .map(|(id, (mode, amount))| {
            let transfer = id.is_multiple_of(6) && mode == PAID;
            json!({
                "id": id,
                "operation_id": operation["id"],
                "operation_type": operation["operation_type"],
                "partner_id": operation["partner_id"],
                "location_id": operation["location_id"],
                "quantity": amount.money(),
                "mode": mode,
                "date": midnight(at, id),
                "end_date": midnight(at + 14 * DAY_MS, id),
                "type_id": if transfer { 2 } else { 1 + id % 3 / 2 * 2 },
                "transaction_number": if transfer { format!("TRX{id}") } else { " ".into() },
                "user_id": operation["user_id"],
            })
        })
        .collect()
}

/// The ways to pay.
pub(crate) fn payment_types() -> Vec<Value> {
    let all = ["В брой", "Банков път", "Карта", "Ваучер", "Аванс"];
    (1..).zip(all).map(|(id, name)| json!({ "id": id, "name": name, "base_type": id })).collect()
}

const VAT: [(&str, &str, i64); 3] = [("Б", "Данъчна група Б", 20), ("Г", "Данъчна група Г", 9), ("А", "Освободени", 0)];

/// The tax rates.
pub(crate) fn vat_groups() -> Vec<Value> {
    (1..)
        .zip(VAT)
        .map(|(id, (code, name, percent))| json!({ "id": id, "code": code, "name": name, "vat_value": percent }))
        .collect()
}

/// The rate of an item's tax, in percent; the first one, where the item does not say.
pub(crate) fn vat_rate(item: &Value) -> i64 {
    let group = item["vat_group_id"].as_u64().unwrap_or(1);
    VAT.get(group.wrapping_sub(1) as usize).unwrap_or(&VAT[0]).2
}

/// Rules by which prices change.
pub(crate) fn price_rules() -> Vec<Value> {
    [
        ("Happy hour", "TIME >= 17:00 && TIME < 19:00 => DISCOUNT 10%", true),
        ("Кафе + вода", "ITEM(\"SKU-011\") && ITEM(\"SKU-012\") => PRICE 4.50", true),
        ("Стара промоция", " ", false),
    ]
    .into_iter()
    .zip(1..)
    .map(|((name, formula, enabled), id)| json!({ "id": id, "name": name, "formula": formula, "enabled": enabled, "priority": 10 * id }))
    .collect()
}

/// What orders can be in.
pub(crate) fn operation_statuses() -> Vec<Value> {
    named(&["Нова", "В обработка", "Готова", "Отказана"])
}

/// Rows of an id and a name.
pub(crate) fn named(names: &[&str]) -> Vec<Value> {
    (1..).zip(names).map(|(id, name)| json!({ "id": id, "name": name })).collect()
}
