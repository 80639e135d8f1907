//! What the JavaScript side lends to the module.

use js_sys::{JsString, Promise};
use wasm_bindgen::prelude::*;

use stocklane::operation::Error;

#[wasm_bindgen]
extern "C" {
    /// `pkg-template/host.js`.
    #[derive(Clone)]
    pub type Host;

    /// `(options.fetch ?? globalThis.fetch)(request)`, with a bearer token where the user supplies one.
    #[wasm_bindgen(method, structural, catch)]
    pub fn send(this: &Host, request: &web_sys::Request) -> Result<Promise, JsValue>;

    /// Told of an attempt; never throws.
    #[wasm_bindgen(method, structural)]
    pub fn attempted(
        this: &Host,
        operation: &str,
        method: &str,
        url: &str,
        attempt: u32,
        status: Option<u16>,
        duration_ms: f64,
        error: Option<String>,
    );

    /// A promise that this call owns, for those who wait for its flight.
    #[wasm_bindgen(method, structural)]
    pub fn lead(this: &Host, flight: f64);

    /// The flight's promise, if its leader is still there.
    #[wasm_bindgen(method, structural)]
    pub fn flight(this: &Host, flight: f64) -> Option<Promise>;

    /// Resolves the flight's promise.
    #[wasm_bindgen(method, structural)]
    pub fn land(this: &Host, flight: f64);

    /// Rows out of a tape and its two texts, by the schema's name.
    #[wasm_bindgen(method, structural)]
    pub fn cut(this: &Host, schema: &str, plain: &[u8], wide: &[u8], tape: &[f64], list: i32) -> JsValue;

    /// A `StocklaneError`.
    #[wasm_bindgen(method, structural)]
    pub fn error(
        this: &Host,
        kind: &str,
        message: &str,
        status: Option<u16>,
        code: Option<String>,
        error_id: Option<String>,
        retry_at: Option<f64>,
        idempotency_key: Option<String>,
        hint: Option<String>,
        retryable: bool,
    ) -> JsValue;
}

#[wasm_bindgen]
extern "C" {
    /// `CallOptions`, checked by the JavaScript side.
    pub type Options;
    #[wasm_bindgen(method, getter, structural, js_name = timeoutMs)]
    pub fn timeout_ms(this: &Options) -> Option<f64>;
    #[wasm_bindgen(method, getter, structural, js_name = overallTimeoutMs)]
    pub fn overall_timeout_ms(this: &Options) -> Option<f64>;
    #[wasm_bindgen(method, getter, structural)]
    pub fn language(this: &Options) -> Option<String>;
    #[wasm_bindgen(method, getter, structural)]
    pub fn fresh(this: &Options) -> Option<bool>;
    #[wasm_bindgen(method, getter, structural, js_name = idempotencyKey)]
    pub fn idempotency_key(this: &Options) -> Option<String>;
    /// Told when a request of the call's own leaves.
    #[wasm_bindgen(method, getter, structural, js_name = onSent)]
    pub fn on_sent(this: &Options) -> Option<js_sys::Function>;
    #[wasm_bindgen(method, getter, structural, js_name = onProgress)]
    pub fn on_progress(this: &Options) -> Option<js_sys::Function>;
}

#[wasm_bindgen]
extern "C" {
    /// `InterCarsOptions` or `IncoCloudOptions`, checked by the JavaScript side.
    pub type ClientOptions;
    #[wasm_bindgen(method, getter, structural, js_name = baseUrl)]
    pub fn base_url(this: &ClientOptions) -> Option<String>;
    #[wasm_bindgen(method, getter, structural, js_name = timeoutMs)]
    pub fn timeout_ms(this: &ClientOptions) -> Option<f64>;
    #[wasm_bindgen(method, getter, structural, js_name = maxRetries)]
    pub fn max_retries(this: &ClientOptions) -> Option<u32>;
    #[wasm_bindgen(method, getter, structural, js_name = requestsPerMinute)]
    pub fn requests_per_minute(this: &ClientOptions) -> Option<u32>;
    #[wasm_bindgen(method, getter, structural)]
    pub fn language(this: &ClientOptions) -> Option<String>;
    #[wasm_bindgen(method, getter, structural, js_name = clientId)]
    pub fn client_id(this: &ClientOptions) -> Option<String>;
    #[wasm_bindgen(method, getter, structural, js_name = clientSecret)]
    pub fn client_secret(this: &ClientOptions) -> Option<String>;
    #[wasm_bindgen(method, getter, structural, js_name = tokenUrl)]
    pub fn token_url(this: &ClientOptions) -> Option<String>;
    #[wasm_bindgen(method, getter, structural, js_name = appId)]
    pub fn app_id(this: &ClientOptions) -> Option<String>;
    #[wasm_bindgen(method, getter, structural, js_name = appSecret)]
    pub fn app_secret(this: &ClientOptions) -> Option<String>;
    #[wasm_bindgen(method, getter, structural, js_name = authUrl)]
    pub fn auth_url(this: &ClientOptions) -> Option<String>;
    #[wasm_bindgen(method, getter, structural, js_name = trustedServers)]
    pub fn trusted_servers(this: &ClientOptions) -> Option<Vec<String>>;
    /// In JSON.
    #[wasm_bindgen(method, getter, structural, js_name = fieldNames)]
    pub fn field_names(this: &ClientOptions) -> Option<String>;
    #[wasm_bindgen(method, getter, structural, js_name = availabilityCap)]
    pub fn availability_cap(this: &ClientOptions) -> Option<u32>;
}

impl Host {
    /// The error as JavaScript has it.
    pub fn reject(&self, error: Error) -> JsValue {
        self.error(
            error.kind.as_str(),
            &error.message,
            error.status,
            error.code,
            error.error_id,
            error.retry_at.map(|at| at as f64),
            error.idempotency_key,
            error.hint.map(str::to_owned),
            error.kind.is_retryable(),
        )
    }
}

/// In a runtime's own words, without its stack.
pub fn words(thrown: &JsValue) -> String {
    let message = js_sys::Reflect::get(thrown, &JsString::from("message")).ok().and_then(|message| message.as_string());
    message.or_else(|| thrown.as_string()).unwrap_or_else(|| "the connection failed".to_owned())
}
