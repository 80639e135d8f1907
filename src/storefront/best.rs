//! Of several offers for one line: which costs least, and which is there first.

use crate::wire::Decimal;

use super::answer::{Money, Offer, Vat};

/// What one side offers for a line, and what only the shop itself may know of it.
#[derive(Clone, Debug)]
pub struct Bid {
    /// The supplier's list price, or the shop's own.
    pub offer: Offer,
    /// What the shop pays for one piece.
    pub cost: Option<Money>,
    /// Number and name of the shop's group that the item is in, where the shop has it.
    pub groups: Vec<String>,
    /// Whether the pieces lie where they are sold.
    pub at_hand: bool,
}

/// Marks the best of several, and puts what costs least first.
pub(super) fn marked(mut candidates: Vec<Bid>) -> Vec<Offer> {
    if candidates.len() > 1 {
        // The same goods are taxed alike, whoever sells them.
        let rate = candidates.iter().find_map(|candidate| candidate.offer.vat_percentage);
        let costs: Vec<Option<Decimal>> = candidates.iter().map(|candidate| gross(&candidate.offer, rate)).collect();
        let one_currency = candidates.windows(2).all(|pair| pair[0].offer.unit.currency == pair[1].offer.unit.currency);
        let fixed = candidates.iter().all(|candidate| candidate.offer.price_on_request.is_none());
        if one_currency && fixed && costs.iter().all(Option::is_some) {
            let cheapest = (0..costs.len()).min_by_key(|&at| costs[at]).unwrap_or(0);
            candidates[cheapest].offer.cheapest = Some(true);
            candidates.swap(0, cheapest);
        }
        let soonest = (0..candidates.len())
            .filter(|&at| candidates[at].at_hand || candidates[at].offer.deliver_by.is_some())
            .min_by(|&a, &b| {
                let when = |at: usize| (!candidates[at].at_hand, &candidates[at].offer.deliver_by);
                when(a).cmp(&when(b))
            });
        if let Some(soonest) = soonest {
            candidates[soonest].offer.soonest = Some(true);
        }
    }
    candidates.into_iter().map(|candidate| candidate.offer).collect()
}

/// A total with tax; none where nobody knows the tax.
fn gross(offer: &Offer, rate: Option<f64>) -> Option<Decimal> {
    let total = Decimal::parse(&offer.total.amount)?;
    match offer.total.vat {
        Vat::Gross => Some(total),
        // A rate of tax is a count of percent: exact in a double's own text.
        Vat::Net => total
            .times(Decimal::parse(&(offer.vat_percentage.or(rate)? + 100.0).to_string())?)?
            .times(Decimal::parse("0.01")?),
    }
}
