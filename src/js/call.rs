//! What every call shares at the boundary: its options, who looks on, and how its rows become values.

use wasm_bindgen::prelude::*;

use super::host::{ClientOptions, Host, Options};
use crate::clients::{Attempt, Watch};
use crate::engine::{CallOptions, Credentials, Settings};
use crate::intercars;

/// Who looks on: the user's functions.
pub struct JsWatch {
    pub host: Host,
    pub on_progress: Option<js_sys::Function>,
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Object)]
    type Progress;
    #[wasm_bindgen(constructor, js_class = "Object")]
    fn new() -> Progress;
    #[wasm_bindgen(method, setter, structural)]
    fn set_done(this: &Progress, done: u32);
    #[wasm_bindgen(method, setter, structural)]
    fn set_total(this: &Progress, total: u32);
}

impl Watch for JsWatch {
    fn attempted(&self, attempt: Attempt) {
        let Attempt { operation, method, url, attempt, status, duration_ms, error } = attempt;
        self.host.attempted(operation, method, &url, attempt, status, duration_ms as f64, error);
    }

    fn progressed(&self, done: usize, total: usize) {
        if let Some(on_progress) = &self.on_progress {
            let progress = Progress::new();
            progress.set_done(done as u32);
            progress.set_total(total as u32);
            // The user's function failing is the user's affair, not the call's.
            let _ = on_progress.call1(&JsValue::UNDEFINED, &progress);
        }
    }
}

pub fn call_options(options: &Options) -> CallOptions {
    CallOptions {
        timeout_ms: options.timeout_ms().map(|ms| ms as u64),
        overall_timeout_ms: options.overall_timeout_ms().map(|ms| ms as u64),
        language: options.language(),
        fresh: options.fresh().unwrap_or(false),
    }
}

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
