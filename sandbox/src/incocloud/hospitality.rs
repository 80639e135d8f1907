//! Hotel and restaurant, subscriptions and vouchers: no more is known of these than their names, so they are small.

use serde_json::{Value, json};

use super::accounts::Application;
use super::money::named;
use super::past::around as day;

/// The kinds of rooms.
pub(crate) fn location_types() -> Vec<Value> {
    named(&["Единична стая", "Двойна стая", "Апартамент \"Море\""])
}

/// The rates.
pub(crate) fn rate_types() -> Vec<Value> {
    named(&["Стандартна", "Невъзвратима", "Полупансион"])
}

/// What bookings can be in.
pub(crate) fn booking_statuses() -> Vec<Value> {
    named(&["Потвърдена", "Настанена", "Отказана"])
}

/// What orders of the restaurant can be in.
pub(crate) fn order_statuses() -> Vec<Value> {
    named(&["Приета", "Приготвя се", "Сервирана"])
}

/// Where bookings come from.
pub(crate) fn profiles() -> Vec<Value> {
    let mut rows = named(&["Рецепция", "Онлайн"]);
    rows[1]["settings"] = json!({ "currency": "EUR", "colors": ["#fff", "#000"] });
    rows
}

/// Bookings of the days around the end of the past.
pub(crate) fn bookings(firm: &Application) -> Vec<Value> {
    let row = |n: u64| {
        json!({
            "id": n,
            "name": format!("Резервация {n}"),
            "partner_id": firm.partner_id(2 + n % 30),
            "profile_id": 1 + n % 2,
            "location_type_id": 1 + n % 3,
            "rate_type_id": 1 + n % 3,
            "status_id": 1 + n % 3,
            "from": day(n),
            "to": day(n + 2),
        })
    };
    (1..=20).map(row).collect()
}

/// Free rooms by kind and day.
pub(crate) fn availability() -> Vec<Value> {
    let row = |n: u64| {
        json!({
            "id": n,
            "name": " ",
            "location_type_id": 1 + n % 3,
            "date": day(n / 3),
            "available": n % 5,
        })
    };
    (1..=30).map(row).collect()
}

/// Tables that are spoken for.
pub(crate) fn reservations(firm: &Application) -> Vec<Value> {
    let row = |n: u64| {
        json!({
            "id": n,
            "location_id": firm.location_id(4),
            "partner_id": firm.partner_id(2 + n % 30),
            "user_id": 1 + n % 5,
            "persons": 1 + n % 6,
            "date_time": format!("{}T19:30:00", &day(n)[..10]),
            "note": if n.is_multiple_of(4) { "рожден ден 🎂" } else { " " },
        })
    };
    (1..=15).map(row).collect()
}

/// Subscriptions.
pub(crate) fn subscriptions(firm: &Application) -> Vec<Value> {
    let row = |n: u64| json!({ "id": n, "name": format!("Абонамент {n}"), "partner_id": firm.partner_id(2 + n) });
    (1..=10).map(row).collect()
}

/// What befell subscriptions: two things each.
pub(crate) fn subscription_events() -> Vec<Value> {
    let row = |n: u64| json!({ "id": n, "name": "Подновен", "subscription_id": 1 + (n - 1) / 2, "date": day(n) });
    (1..=20).map(row).collect()
}

/// Vouchers.
pub(crate) fn vouchers(firm: &Application) -> Vec<Value> {
    let row = |n: u64| {
        json!({
            "id": n,
            "name": format!("Ваучер {}", 10 * n),
            "code": format!("V-{:06}", firm.roll(n, 90) % 1_000_000),
            "value": 10 * n,
            "used": n.is_multiple_of(3),
        })
    };
    (1..=12).map(row).collect()
}
