//! How calls are made, out of the options that the JavaScript side has checked.

use stocklane::engine::{Credentials, Settings};
use stocklane::intercars;
use stocklane::operation::Names;

use super::host::ClientOptions;

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

/// What is the same for both suppliers.
pub fn common(options: &ClientOptions, base_url: String) -> Settings {
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
