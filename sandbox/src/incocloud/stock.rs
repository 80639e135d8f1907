//! How much of an item is there to sell.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::amount::Amount;
use crate::settings::AvailabilityForm;

/// An item's id and a location's.
type Place = (u64, u64);

/// What lies where, and what is spoken for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stock(BTreeMap<Place, Amount>);

impl Stock {
    /// From now on that much lies there.
    pub(crate) fn set(&mut self, place: Place, quantity: Amount) {
        self.0.insert(place, quantity);
    }

    /// Nothing lies there any more, not even nothing.
    pub(crate) fn remove(&mut self, place: Place) {
        self.0.remove(&place);
    }

    /// So much is taken away, down to less than nothing if need be.
    pub(crate) fn take(&mut self, place: Place, quantity: Amount) {
        let there = self.0.entry(place).or_default();
        *there = *there - quantity;
    }

    /// The stock less what the lines of these orders reserve.
    pub(crate) fn less(&self, orders: &[Value]) -> Self {
        let mut free = self.clone();
        for order in orders {
            let lines = order["details"].as_array().into_iter().flatten();
            for line in lines {
                let place = line["item_id"].as_u64().zip(order["location_id"].as_u64());
                if let (Some(place), Some(quantity)) = (place, Amount::parse(&line["quantity"])) {
                    free.take(place, quantity);
                }
            }
        }
        free
    }

    /// An item's quantities by location, of one location alone if that is asked.
    fn of(&self, item: u64, location: Option<u64>) -> impl Iterator<Item = (u64, Amount)> {
        let places = self.0.range((item, 0)..=(item, u64::MAX)).map(|((_, place), quantity)| (*place, *quantity));
        places.filter(move |(place, _)| location.is_none_or(|asked| asked == *place))
    }

    /// How much of an item there is.
    pub(crate) fn sum(&self, item: u64, location: Option<u64>) -> Amount {
        self.of(item, location).map(|(_, quantity)| quantity).sum()
    }

    /// The field `availability` in that form, if it is there at all.
    pub(crate) fn json(&self, item: u64, location: Option<u64>, form: AvailabilityForm) -> Option<Value> {
        let number = || self.sum(item, location).quantity();
        let by_location = || {
            let rows = self.of(item, location);
            rows.map(|(place, quantity)| json!({ "location_id": place, "quantity": quantity.quantity() })).collect()
        };
        match form {
            AvailabilityForm::Number => Some(number()),
            AvailabilityForm::Locations => Some(by_location()),
            AvailabilityForm::Absent => None,
            AvailabilityForm::Rotate => match item % 3 {
                0 => Some(number()),
                1 => Some(by_location()),
                _ => None,
            },
        }
    }

    /// All of it, as rows.
    pub(crate) fn rows(&self) -> Value {
        let row = |((item, place), quantity): (&Place, &Amount)| json!({ "item_id": item, "location_id": place, "quantity": quantity.quantity() });
        self.0.iter().map(row).collect()
    }
}
