//! Options of IncoCloud and of the shop whose point of sale it is.

use std::collections::BTreeMap;

use serde::Deserialize;
use stocklane::engine::{Credentials, Settings};
use stocklane::incocloud;
use stocklane::operation::{Error, ErrorKind, Names};
use stocklane::storefront::ShopPrices;

use super::host::ClientOptions;
use super::settings::common;

/// Of IncoCloud, or of a proxy in its place.
///
/// # Errors
/// [`ErrorKind::Validation`] where a corrected name is of nothing that is known.
pub fn incocloud_settings(options: &ClientOptions) -> Result<Settings, Error> {
    let base_url = options.base_url().unwrap_or_default();
    let credentials = match (options.app_id(), options.app_secret()) {
        (Some(id), Some(secret)) => {
            let auth_url = options.auth_url().unwrap_or_else(|| incocloud::AUTH_URL.to_owned());
            let trusted = options.trusted_servers().unwrap_or_default();
            Some(Credentials::new(auth_url, &id, &secret).trusting(trusted))
        }
        _ => None,
    };
    let names: BTreeMap<String, BTreeMap<String, String>> = match options.field_names() {
        Some(json) => serde_json::from_str(&json)
            .map_err(|error| Error::new(ErrorKind::Validation, format!("fieldNames: {error}")))?,
        None => BTreeMap::new(),
    };
    Ok(Settings {
        concurrency: incocloud::CONCURRENCY,
        names: Names::new(incocloud::OPERATIONS, names)?,
        credentials,
        ..common(options, base_url)
    })
}

/// What a shop's own prices are.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShopOptions {
    currency: String,
    prices_include_vat: bool,
    price_field: String,
}

impl ShopOptions {
    /// # Errors
    /// [`ErrorKind::Validation`] where they are none.
    pub fn prices(self) -> Result<ShopPrices, Error> {
        ShopPrices::new(self.currency, self.prices_include_vat, &self.price_field)
    }
}
