//! Own shop and supplier as one answer, in the module `clients`.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use stocklane::intercars::AVAILABILITY_CAP;
use stocklane::operation::{Error, ErrorKind};
use stocklane::storefront::{ITEMS_MAX_AGE_MS, MatchRule, Storefront as CombinedStorefront, Unmatched};
use wasm_bindgen::prelude::*;

use super::clients::{Client, call_options, watch};
use super::fetch::JsRuntime;
use super::host::{Host, Options};
use super::incocloud::ShopOptions;
use super::probe;
use super::task::Task;

/// What is plain data of a storefront's options.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StorefrontOptions {
    #[serde(default, rename = "match")]
    rules: Vec<MatchRule>,
    shop: Option<ShopOptions>,
    items_max_age_ms: Option<f64>,
}

/// Own shop and supplier as one answer.
#[wasm_bindgen]
pub struct Storefront {
    host: Host,
    storefront: Rc<CombinedStorefront<JsRuntime>>,
}

#[wasm_bindgen]
impl Storefront {
    /// Over the supplier alone.
    pub fn supplier(intercars: &Client) -> Storefront {
        let storefront = CombinedStorefront::new(Some(intercars.client.clone()), intercars.availability_cap);
        Storefront { host: intercars.host.clone(), storefront: Rc::new(storefront) }
    }

    /// Over the shop's own point of sale alone; a `StocklaneError` where the options are not sound.
    pub fn shop(incocloud: &Client, options: &str) -> JsValue {
        with_shop(CombinedStorefront::new(None, AVAILABILITY_CAP), incocloud, options)
    }

    /// Over both; a `StocklaneError` where the options are not sound.
    pub fn both(intercars: &Client, incocloud: &Client, options: &str) -> JsValue {
        let storefront = CombinedStorefront::new(Some(intercars.client.clone()), intercars.availability_cap);
        with_shop(storefront, incocloud, options)
    }

    /// `Availability[]`, as JSON.
    pub fn availability(&self, query: String, options: &Options) -> Task {
        let (storefront, host, watch) = (self.storefront.clone(), self.host.clone(), watch(options));
        let options = call_options(options);
        Task::new(async move {
            probe(&query);
            json(&host, storefront.availability(query.into_bytes(), options, &watch).await)
        })
    }

    /// `Offer[]`, as JSON.
    pub fn offers(&self, query: String, options: &Options) -> Task {
        let (storefront, host, watch) = (self.storefront.clone(), self.host.clone(), watch(options));
        let options = call_options(options);
        Task::new(async move { json(&host, storefront.offers(query.into_bytes(), options, &watch).await) })
    }

    /// Items without a partner, or with several, as JSON.
    pub fn unmatched(&self, options: &Options) -> Task {
        let (storefront, host, watch) = (self.storefront.clone(), self.host.clone(), watch(options));
        let options = call_options(options);
        Task::new(async move {
            let found = storefront.unmatched(options, &watch).await.and_then(|Unmatched { items, ambiguous }| {
                let ambiguous: Result<Vec<String>, Error> = ambiguous
                    .iter()
                    .map(|(item, skus)| Ok(format!("{{\"item\":{item},\"sku\":{}}}", to_json(skus)?)))
                    .collect();
                Ok(format!("{{\"items\":[{}],\"ambiguous\":[{}]}}", items.join(","), ambiguous?.join(",")))
            });
            text(&host, found)
        })
    }
}

fn with_shop(storefront: CombinedStorefront<JsRuntime>, incocloud: &Client, options: &str) -> JsValue {
    let host = incocloud.host.clone();
    let made = serde_json::from_str::<StorefrontOptions>(options)
        .map_err(|error| Error::new(ErrorKind::Validation, format!("Storefront options: {error}")))
        .and_then(|options| {
            let prices = options.shop.map(ShopOptions::prices);
            let max_age = options.items_max_age_ms.map_or(ITEMS_MAX_AGE_MS, |ms| ms as u64);
            Ok(storefront.with_shop(incocloud.client.clone(), options.rules, prices.transpose()?, max_age))
        });
    match made {
        Ok(storefront) => Storefront { host, storefront: Rc::new(storefront) }.into(),
        Err(error) => host.reject(error),
    }
}

pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))
}

fn json<T: Serialize>(host: &Host, outcome: Result<T, Error>) -> Result<JsValue, JsValue> {
    text(host, outcome.and_then(|answer| to_json(&answer)))
}

pub(super) fn text(host: &Host, outcome: Result<String, Error>) -> Result<JsValue, JsValue> {
    outcome.map(JsValue::from).map_err(|error| host.reject(error))
}
