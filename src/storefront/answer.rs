//! What a shop is told: availability and offers, whoever has the goods.
//!
//! These are the answers of [`crate::storefront`], of the proxy's `/availability` and `/offers`, and the data of the widgets.

use serde::{Deserialize, Serialize};

/// An exact amount: a decimal in text, never a float.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_family = "wasm", derive(tsify::Tsify))]
pub struct Money {
    /// A decimal such as `15.68`, in units of the currency.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
    /// Whether value-added tax is in the amount.
    pub vat: Vat,
}

/// Whether value-added tax is in an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_family = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Vat {
    /// Without tax.
    Net,
    /// With tax.
    Gross,
}

/// How many pieces.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_family = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Quantity {
    /// Pieces.
    pub value: f64,
    /// The supplier caps what it tells: there may be more than `value`.
    pub at_least: bool,
}

/// What a buyer wants to know at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_family = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum StockState {
    /// Enough.
    InStock,
    /// A few pieces.
    Low,
    /// None at hand, yet it can be ordered.
    Orderable,
    /// None.
    OutOfStock,
    /// Nobody could tell. Never the same as none.
    Unknown,
}

/// Who has the goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_family = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The wholesaler.
    Intercars,
    /// The shop's own point of sale.
    Incocloud,
}

/// One place where an item lies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_family = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// Who has it.
    pub source: Source,
    /// A supplier's code of the place; for buyer and staff alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_family = "wasm", tsify(optional))]
    pub location: Option<String>,
    /// The shop's own word for the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_family = "wasm", tsify(optional))]
    pub label: Option<String>,
    /// Pieces there; null where unknown or not for this audience.
    #[cfg_attr(target_family = "wasm", tsify(type = "Quantity | null"))]
    pub quantity: Option<Quantity>,
    /// Order until then for `deliver_by`, as the supplier sent it: with a zone, or local to the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_family = "wasm", tsify(optional))]
    pub order_by: Option<String>,
    /// Delivered by then, as the supplier sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_family = "wasm", tsify(optional))]
    pub deliver_by: Option<String>,
}

/// Whether an item can be had, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_family = "wasm", derive(tsify::Tsify))]
pub struct Availability {
    /// As asked for.
    pub sku: String,
    /// At a glance.
    pub state: StockState,
    /// Summed over places; null where unknown or not for this audience.
    #[cfg_attr(target_family = "wasm", tsify(type = "Quantity | null"))]
    pub quantity: Option<Quantity>,
    /// Where.
    pub places: Vec<Place>,
    /// One side could not be asked: not an answer to be kept.
    #[serde(skip)]
    pub partial: bool,
    /// It was so a while ago: nobody could be asked now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_family = "wasm", tsify(optional))]
    pub stale: Option<bool>,
}

/// What an item costs here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_family = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// The seller's product identifier.
    pub sku: String,
    /// Pieces.
    pub quantity: f64,
    /// Who sells.
    pub source: Source,
    /// For one piece.
    pub unit: Money,
    /// For all pieces, without the deposit.
    pub total: Money,
    /// In percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_family = "wasm", tsify(optional))]
    pub vat_percentage: Option<f64>,
    /// Core deposit for one piece, paid back when the old part returns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_family = "wasm", tsify(optional))]
    pub deposit: Option<Money>,
    /// The amount is a placeholder: ask for the price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_family = "wasm", tsify(optional))]
    pub price_on_request: Option<bool>,
    /// Of several offers for one line, the one that costs least, tax counted in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_family = "wasm", tsify(optional))]
    pub cheapest: Option<bool>,
    /// It was so a while ago: nobody could be asked now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_family = "wasm", tsify(optional))]
    pub stale: Option<bool>,
    /// What the shop pays for one piece; for those alone who may know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_family = "wasm", tsify(optional))]
    pub cost: Option<Money>,
    /// Of several offers for one line, the one that is there first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_family = "wasm", tsify(optional))]
    pub soonest: Option<bool>,
    /// Delivered by then, as the supplier sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_family = "wasm", tsify(optional))]
    pub deliver_by: Option<String>,
}
