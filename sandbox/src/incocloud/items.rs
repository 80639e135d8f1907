//! `GET item`, whose parameters reach beyond the item's row.

use std::collections::HashSet;

use serde_json::Value;

use super::amount::Amount;
use super::books::Books;
use super::errors::Refusal;
use super::goods::is_service;
use super::parameters::Parameters;
use crate::settings::Settings;

/// Of the items that meet all else: those that the tag and the stock let pass, with what there is of each if it is asked.
pub(crate) fn answer(
    books: &Books,
    selected: Vec<&Value>,
    asked: &Parameters,
    settings: &Settings,
) -> Result<Vec<Value>, Refusal> {
    let location = asked.number("location_id")?.map(|id| u64::try_from(id).unwrap_or(u64::MAX));
    let only_available = asked.flag("only_available")?;
    let include = asked.flag("include_availability")? || settings.availability_always;
    let tagged: Option<HashSet<u64>> = asked.number("tag_id")?.map(|tag| {
        let connections = books.of_resource("item_tag_connection").iter();
        connections.filter(|row| row["tag_id"] == tag).filter_map(|row| row["item_id"].as_u64()).collect()
    });
    let free = books.stock.less(books.of_resource("sales_order"));
    let mut rows = Vec::new();
    for item in selected {
        let id = item["id"].as_u64().unwrap_or_default();
        let there = is_service(item) || free.sum(id, location) > Amount::ZERO;
        if tagged.as_ref().is_some_and(|tagged| !tagged.contains(&id)) || (only_available && !there) {
            continue;
        }
        let mut row = item.clone();
        // What a test has written there stays as it is.
        if include
            && row.get("availability").is_none()
            && let Some(availability) = free.json(id, location, settings.availability_form)
        {
            row["availability"] = availability;
        }
        rows.push(row);
    }
    Ok(rows)
}
