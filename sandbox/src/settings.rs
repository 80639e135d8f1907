//! The switches: one for each thing that the documents leave open or that integrations met differently.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::HOUR_MS;

/// What can be set from outside, over HTTP with the same names in camelCase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Settings {
    /// Requests a sliding minute, each customer for itself.
    pub rate: usize,
    /// What a 429 says about when to come back.
    pub retry_after: RetryAfter,
    /// Seconds that a token lives.
    pub token_lifetime_seconds: u64,
    /// Which calls are refused without a known language.
    pub language_required: LanguageRequired,
    /// Above this figure a warehouse's stock is not shown.
    pub availability_cap: u32,
    /// Whether a window's last day is inside of it.
    pub window_last_day: WindowLastDay,
    /// Whether the `brands` parameter of the catalog does anything.
    pub brands_filter: BrandsFilter,
    /// The customer owes money: no order is taken.
    pub overdue: bool,
    /// An order goes out without a confirm call.
    pub automatic_order_confirmation: bool,
    /// After so long, if it is not confirmed before.
    pub auto_confirm_after_ms: u64,
    /// From confirmation to delivery.
    pub ship_after_ms: u64,
    /// From delivery to invoice.
    pub invoice_after_ms: u64,
    /// How a business error is wrapped.
    pub error_form: ErrorForm,
    /// Whether a business error carries an `errorId`.
    pub error_id: bool,
    /// How the header that names bad SKUs is spelt.
    pub skip_header: SkipHeader,
    /// Codes taken as `deliveryMethod`; the customer's default is `DHL`.
    pub delivery_methods: Vec<String>,
    /// Another revision, other prices: those quoted before are stale.
    pub price_revision: u64,
    /// Whether an order is answered as one object or as an array of one.
    pub order_form: OrderForm,
    /// Confirm and cancel also take an order's id.
    pub confirm_by_order_id: bool,
    /// Whose requisitions a search without `shipTo` finds.
    pub search_without_ship_to: SearchWithoutShipTo,
    /// Answer browsers of any origin.
    pub cors: bool,

    /// IncoCloud: the `server_url` that comes with a token; the origin asked at, if none is set.
    pub server_url: Option<String>,
    /// IncoCloud: what tokens are made of.
    pub inco_token_form: IncoTokenForm,
    /// IncoCloud: how an item's availability is given.
    pub availability_form: AvailabilityForm,
    /// IncoCloud: it is given without being asked for.
    pub availability_always: bool,
    /// IncoCloud: requests are refused that do not say `X-Forwarded-Proto: https`.
    pub secure_only: bool,
    /// IncoCloud: the firm has not switched the Web API on.
    pub service_disabled: bool,
    /// IncoCloud: no resource is at the address asked, whatever the address.
    pub wrong_server: bool,
    /// IncoCloud: operations, by name, that the API's user has no right to.
    pub rights: Vec<String>,
    /// IncoCloud: fields, by resource, that are left out for want of rights; `details.price_in` is one of the lines.
    pub hidden_fields: BTreeMap<String, Vec<String>>,
    /// IncoCloud: how an error is wrapped.
    pub inco_error_form: IncoErrorForm,
    /// IncoCloud: the country that the firm's program is made for.
    pub localization: Localization,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rate: 600,
            retry_after: RetryAfter::Seconds,
            token_lifetime_seconds: 3600,
            language_required: LanguageRequired::All,
            availability_cap: 10,
            window_last_day: WindowLastDay::Inclusive,
            brands_filter: BrandsFilter::Working,
            overdue: false,
            automatic_order_confirmation: true,
            auto_confirm_after_ms: HOUR_MS,
            ship_after_ms: 2 * HOUR_MS,
            invoice_after_ms: HOUR_MS,
            error_form: ErrorForm::Array,
            error_id: true,
            skip_header: SkipHeader::Rotate,
            delivery_methods: ["DHL", "UPS", "IC_TRANSPORT"].map(String::from).into(),
            price_revision: 0,
            order_form: OrderForm::Object,
            confirm_by_order_id: false,
            search_without_ship_to: SearchWithoutShipTo::Own,
            cors: false,
            server_url: None,
            inco_token_form: IncoTokenForm::Hex,
            availability_form: AvailabilityForm::Locations,
            availability_always: false,
            secure_only: false,
            service_disabled: false,
            wrong_server: false,
            rights: Vec::new(),
            hidden_fields: BTreeMap::new(),
            inco_error_form: IncoErrorForm::Json,
            localization: Localization::Other,
        }
    }
}

impl Settings {
    /// These settings with some of them replaced; an unknown name or value is refused in words.
    pub fn with(&self, changes: Value) -> Result<Self, String> {
        let Value::Object(changes) = changes else {
            return Err("an object of settings is expected".into());
        };
        let mut all = serde_json::to_value(self).map_err(|e| e.to_string())?;
        for (name, value) in changes {
            all[&name] = value;
        }
        serde_json::from_value(all).map_err(|e| e.to_string())
    }
}

/// What a 429 says about when to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RetryAfter {
    /// A header with seconds.
    Seconds,
    /// A header with a date.
    HttpDate,
    /// Nothing.
    None,
    /// No header, but `nextAccessTime` in the body.
    NextAccessTime,
}

/// Which calls are refused without a known language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LanguageRequired {
    /// Every one.
    All,
    /// The two of the catalog, as the pages say.
    Catalog,
}

/// Whether a window's last day is inside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WindowLastDay {
    /// It is.
    Inclusive,
    /// It is not.
    Exclusive,
}

/// Whether the `brands` parameter of the catalog does anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BrandsFilter {
    /// Only products of these brands, by comma.
    Working,
    /// It is read and forgotten.
    Ignored,
}

/// How a business error is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ErrorForm {
    /// An array of one.
    Array,
    /// The object alone.
    Object,
}

/// How the header that names bad SKUs is spelt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SkipHeader {
    /// Each spelling in its turn.
    Rotate,
    /// `skipSkuList`
    SkipSkuList,
    /// `skpSkuList`
    SkpSkuList,
    /// `skiIndexList`
    SkiIndexList,
    /// It is left out.
    None,
}

/// Whether an order is answered as one object or as an array of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OrderForm {
    /// As the sample.
    Object,
    /// As the prose.
    Array,
}

/// Whose requisitions a search without `shipTo` finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SearchWithoutShipTo {
    /// Those shipped to the customer itself, as the page says.
    Own,
    /// All.
    All,
}

/// What tokens are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IncoTokenForm {
    /// Digits and letters.
    Hex,
    /// Also signs that a query must encode.
    Base64,
}

/// How an item's availability is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AvailabilityForm {
    /// As one number.
    Number,
    /// As a list of `{location_id, quantity}`.
    Locations,
    /// Not at all.
    Absent,
    /// Each item in one of these ways.
    Rotate,
}

/// How an error is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IncoErrorForm {
    /// In an object, as its `error`, `message` or `Message`, each in its turn.
    Json,
    /// Not at all.
    Text,
    /// In a page.
    Html,
}

/// The country that a firm's program is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Localization {
    /// One where sales can be created from outside.
    Other,
    /// "България – СУПТО", where they cannot.
    Sutto,
}
