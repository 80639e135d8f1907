//! What both sides say of one item, at a glance. Unknown is never zero.

use crate::wire::Decimal;

use super::answer::{Availability, Place, Quantity, StockState};

/// Up to so many pieces are few.
const LOW: u32 = 3;

/// What one side says of an item.
pub(super) enum Side {
    /// It does not have it, and never had.
    Without,
    /// It could not be asked, or could not tell; the place stands for it.
    Silent(Place),
    /// It lies there. None: nobody knows how much.
    Places(Vec<(Place, Option<Decimal>)>),
}

/// Pieces of one side.
#[derive(Clone, Copy)]
enum Pieces {
    None,
    Unknown,
    Known { sum: Decimal, at_least: bool },
}

impl Side {
    /// Quantities add up over places; one place at the cap makes the sum a lower bound, and so does one that is unknown.
    fn pieces(&self, cap: Option<Decimal>) -> Pieces {
        let places = match self {
            Side::Without => return Pieces::None,
            Side::Silent(_) => return Pieces::Unknown,
            Side::Places(places) => places,
        };
        let known: Vec<Decimal> = places.iter().filter_map(|(_, pieces)| *pieces).collect();
        // What was sold beyond the stock of one place is not missing in another.
        let sum = known.iter().try_fold(Decimal::ZERO, |sum, pieces| sum.plus((*pieces).max(Decimal::ZERO)));
        let capped = cap.is_some_and(|cap| known.iter().any(|pieces| *pieces >= cap));
        let at_least = capped || known.len() < places.len();
        match sum {
            Some(sum) if !(known.is_empty() || sum.is_zero() && at_least) => Pieces::Known { sum, at_least },
            _ => Pieces::Unknown,
        }
    }

    fn into_places(self) -> Vec<Place> {
        match self {
            Side::Without => Vec::new(),
            Side::Silent(place) => vec![place],
            Side::Places(places) => places.into_iter().map(|(place, _)| place).collect(),
        }
    }
}

/// An item's availability out of what the shop and the supplier say; none for a side that the storefront does not have.
/// `cap` is the figure at which the supplier caps what it tells.
pub(super) fn at_a_glance(sku: String, shop: Option<Side>, supplier: Option<Side>, cap: Decimal) -> Availability {
    let (here, there) = (
        shop.as_ref().map_or(Pieces::None, |side| side.pieces(None)),
        supplier.as_ref().map_or(Pieces::None, |side| side.pieces(Some(cap))),
    );
    let (state, quantity) = match (here, there) {
        (Pieces::Known { sum, at_least }, Pieces::Known { sum: more, at_least: or_more }) => match sum.plus(more) {
            Some(all) => state(all, at_least || or_more, !sum.is_zero()),
            None => (StockState::Unknown, None),
        },
        // Without a shop of its own the storefront sells what the supplier has.
        (Pieces::None, Pieces::Known { sum, at_least }) => state(sum, at_least, shop.is_none()),
        (Pieces::Known { sum, at_least }, Pieces::None) => state(sum, at_least, true),
        (Pieces::Known { sum, .. }, Pieces::Unknown) if !sum.is_zero() => state(sum, true, true),
        (Pieces::Unknown, Pieces::Known { sum, .. }) if !sum.is_zero() => state(sum, true, false),
        _ => (StockState::Unknown, None),
    };
    let places = [shop, supplier].into_iter().flatten().flat_map(Side::into_places).collect();
    Availability { sku, state, quantity, places, partial: false, stale: None }
}

fn state(sum: Decimal, at_least: bool, at_hand: bool) -> (StockState, Option<Quantity>) {
    let state = match () {
        _ if sum.is_zero() => StockState::OutOfStock,
        _ if !at_hand => StockState::Orderable,
        _ if sum <= Decimal::from(LOW) && !at_least => StockState::Low,
        _ => StockState::InStock,
    };
    (state, Some(Quantity { value: sum.to_f64(), at_least }))
}
