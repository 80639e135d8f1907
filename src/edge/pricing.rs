//! What the shop asks, out of what a supplier recommends, what the shop pays, or what its own books say: exactly.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::operation::{Error, ErrorKind};
use crate::storefront::{Bid, Money, Offer, Source};
use crate::wire::Decimal;

/// As users write it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Given {
    /// What the price is made of.
    pub base: Base,
    /// Percent on top, a decimal in text; below zero it is a discount.
    pub markup_percent: Option<String>,
    /// The same for items of one of the shop's groups, by the group's number or name.
    #[serde(default)]
    pub groups: BTreeMap<String, String>,
    /// To the nearest multiple of this amount, halves up; a hundredth if left out.
    pub round: Option<String>,
}

/// What a price is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Base {
    /// The supplier's list price.
    #[default]
    List,
    /// What the shop pays.
    Customer,
    /// The shop's own price.
    Shop,
}

/// A shop's way to make prices.
#[derive(Debug)]
pub(super) struct Pricing {
    base: Base,
    markup: Decimal,
    groups: BTreeMap<String, Decimal>,
    step: Decimal,
}

impl Pricing {
    /// # Errors
    /// [`ErrorKind::Validation`] where a number is none.
    pub fn new(given: &Given) -> Result<Pricing, Error> {
        let number = |place: &str, text: &str| {
            Decimal::parse(text).ok_or_else(|| {
                Error::new(
                    ErrorKind::Validation,
                    format!("pricing.{place} must be a decimal in text, such as \"12.5\""),
                )
            })
        };
        let markup = |place: &str, text: &str| match number(place, text)?.plus(Decimal::from(100)) {
            Some(factor) if factor > Decimal::ZERO => Ok(factor),
            _ => Err(Error::new(ErrorKind::Validation, format!("pricing.{place}: nothing would be left of the price"))),
        };
        let step = number("round", given.round.as_deref().unwrap_or("0.01"))?;
        if step <= Decimal::ZERO {
            return Err(Error::new(ErrorKind::Validation, "pricing.round must be more than nothing"));
        }
        let groups = given.groups.iter().map(|(group, text)| Ok((group.clone(), markup("groups", text)?)));
        Ok(Pricing {
            base: given.base,
            markup: markup("markupPercent", given.markup_percent.as_deref().unwrap_or("0"))?,
            groups: groups.collect::<Result<_, Error>>()?,
            step,
        })
    }

    /// What is asked for a line: one offer, of the side that the price is made of. None where nobody has such a price, or
    /// it is too long to be exact.
    pub fn offer(&self, bids: &[Bid]) -> Option<Offer> {
        let source = if self.base == Base::Shop { Source::Incocloud } else { Source::Intercars };
        let bid = bids.iter().find(|bid| bid.offer.source == source)?;
        let base = if self.base == Base::Customer { bid.cost.clone()? } else { bid.offer.unit.clone() };
        let pieces = Decimal::parse(&bid.offer.quantity.to_string())?;
        let mut offer = bid.offer.clone();
        // A placeholder is no price to reckon with.
        if bid.offer.price_on_request != Some(true) {
            let factor = bid.groups.iter().find_map(|group| self.groups.get(group)).unwrap_or(&self.markup);
            let hundredth = Decimal::parse("0.01")?;
            let unit = Decimal::parse(&base.amount)?.times(*factor)?.times(hundredth)?.round_to(self.step)?;
            let money = |amount: Decimal| Money { amount: amount.to_amount(), ..base.clone() };
            offer.unit = money(unit);
            offer.total = money(unit.times(pieces)?);
        }
        Some(Offer { cost: bid.cost.clone(), cheapest: None, soonest: None, ..offer })
    }
}
