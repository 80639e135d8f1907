//! How calls are made, out of the options that the JavaScript side has checked.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::host::ClientOptions;
use stocklane::engine::{Credentials, Settings};
use stocklane::operation::{Error, ErrorKind, Names};
use stocklane::storefront::ShopPrices;
use stocklane::{incocloud, intercars};

/// Of Inter Cars, or of a proxy in its place.
pub fn settings(options: &ClientOptions) -> Settings {
    let base_url = options.base_url().unwrap_or_else(|| intercars::BASE_URL.to_owned());
    let credentials = match (options.client_id(), options.client_secret()) {
        (Some(id), Some(secret)) => {
            let token_url = options.token_url().unwrap_or_else(|| intercars::TOKEN_URL.to_owned());
            Some(Credentials::new(token_url, &id, &secret))
        }
        _ => None,
    };
    let requests_per_minute = options.requests_per_minute().unwrap_or(intercars::REQUESTS_PER_MINUTE);
    Settings { requests_per_minute: Some(requests_per_minute), credentials, ..common(options, base_url) }
}

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

fn common(options: &ClientOptions, base_url: String) -> Settings {
    Settings {
        base_url: base_url.trim_end_matches('/').to_owned(),
        timeout_ms: options.timeout_ms().map_or(30_000, |ms| ms as u64),
        max_retries: options.max_retries().unwrap_or(3),
        requests_per_minute: options.requests_per_minute(),
        concurrency: usize::MAX,
        language: options.language().unwrap_or_else(|| "en".to_owned()),
        names: Names::default(),
        credentials: None,
        leased_as: None,
    }
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
