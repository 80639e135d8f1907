//! How calls are made, out of the options that the JavaScript side has checked.

use super::host::ClientOptions;
use crate::engine::{Credentials, Settings};
use crate::intercars;

pub fn settings(options: &ClientOptions) -> Settings {
    let base_url = options.base_url().unwrap_or_else(|| intercars::BASE_URL.to_owned());
    let credentials = match (options.client_id(), options.client_secret()) {
        (Some(id), Some(secret)) => {
            let token_url = options.token_url().unwrap_or_else(|| intercars::TOKEN_URL.to_owned());
            Some(Credentials::basic(token_url, &id, &secret))
        }
        _ => None,
    };
    Settings {
        base_url: base_url.trim_end_matches('/').to_owned(),
        timeout_ms: options.timeout_ms().map_or(30_000, |ms| ms as u64),
        max_retries: options.max_retries().unwrap_or(3),
        requests_per_minute: options.requests_per_minute().unwrap_or(intercars::REQUESTS_PER_MINUTE),
        language: options.language().unwrap_or_else(|| "en".to_owned()),
        credentials,
    }
}
