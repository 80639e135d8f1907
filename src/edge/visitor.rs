//! The combined answers as a role is shown them: built anew out of what it may know. Nothing is deleted from a supplier's
//! row to make them.

use std::collections::HashMap;
use std::rc::Rc;

use crate::operation::{Error, ErrorKind};
use crate::storefront::{Availability, Place, Quantity, StockState};
use crate::wire::{Schema, Selection, Shape, Units, decode};

use super::Role;

/// The shop's own words for places, by the supplier's codes.
pub(super) type Places = HashMap<String, String>;

/// An availability for this role.
pub(super) fn availability(answer: &Availability, role: Role, places: &Places) -> Availability {
    let label = |place: &Place| place.location.as_ref().and_then(|location| places.get(location)).cloned();
    if role > Role::Visitor {
        let places = answer
            .places
            .iter()
            .map(|place| Place { label: label(place).or_else(|| place.label.clone()), ..place.clone() });
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
        partial: false,
        stale: None,
    }
}

/// What everybody may know of a number: that there are many. Seven and nine look alike.
fn capped(answer: &Availability) -> Option<Quantity> {
    const MANY: f64 = 10.0;
    let several = matches!(answer.state, StockState::InStock | StockState::Orderable);
    let quantity = answer.quantity.filter(|_| several)?;
    (quantity.value >= MANY).then_some(Quantity { value: MANY, at_least: true })
}

/// An answer of ours in JSON, with what a role is shown of it.
pub(super) fn shown(
    answer: &impl serde::Serialize,
    schema: &'static Schema,
    selection: &Selection,
) -> Result<Rc<[u8]>, Error> {
    let defect = |error: String| Error::new(ErrorKind::Internal, error);
    let whole = serde_json::to_vec(answer).map_err(|error| defect(error.to_string()))?;
    let tape = decode(&whole, Shape::One(schema), Units::Bytes).map_err(|fault| defect(fault.to_string()))?;
    let mut out = Vec::with_capacity(whole.len());
    for row in tape.rows(&whole, schema) {
        selection.write(row, &mut out);
    }
    Ok(out.into())
}
