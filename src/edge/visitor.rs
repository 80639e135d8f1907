//! The combined answers as a role is shown them. A visitor's are built anew out of what it may know; nothing is deleted
//! from a supplier's row to make them.

use std::collections::HashMap;

use crate::storefront::{Availability, Place, Quantity, StockState};

use super::Role;

/// The shop's own words for places, by the supplier's codes.
pub(super) type Places = HashMap<String, String>;

/// An availability for this role.
pub(super) fn availability(answer: &Availability, role: Role, places: &Places) -> Availability {
    let label = |place: &Place| place.location.as_ref().and_then(|location| places.get(location)).cloned();
    if role > Role::Visitor {
        let places = answer.places.iter().map(|place| Place { label: label(place), ..place.clone() });
        return Availability { places: places.collect(), ..answer.clone() };
    }
    let places = answer.places.iter().filter(|place| place.quantity.is_some_and(|quantity| quantity.value > 0.0));
    Availability {
        sku: answer.sku.clone(),
        state: answer.state,
        quantity: capped(answer),
        places: places
            .filter_map(|place| {
                Some(Place {
                    source: place.source,
                    location: None,
                    label: Some(label(place)?),
                    quantity: None,
                    order_by: place.order_by.clone(),
                    deliver_by: place.deliver_by.clone(),
                })
            })
            .collect(),
    }
}

/// What everybody may know of a number: that there are many. Seven and nine look alike.
fn capped(answer: &Availability) -> Option<Quantity> {
    const MANY: f64 = 10.0;
    let quantity = answer.quantity.filter(|_| answer.state == StockState::InStock)?;
    (quantity.value >= MANY).then_some(Quantity { value: MANY, at_least: true })
}
