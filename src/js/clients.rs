//! Module `clients`: what a page downloads.

use std::rc::Rc;

use js_sys::{Array, Object};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::fetch::JsRuntime;
use super::host::{ClientOptions, Host, Options};
use super::settings::settings;
use super::task::Task;
use crate::clients::{Attempt, Client as SupplierClient, Table, Watch, requests};
use crate::engine::{Answer, CallOptions, Gathered, Skipped};
use crate::intercars::{AVAILABILITY_CAP, BASE_URL, OPERATIONS};
use crate::operation::{Error, ErrorKind, Operation};
use crate::storefront::{REMOTE, Storefront};

use crate::wire::{Shape, Units, decode as decode_body};

/// Who looks on: the user's functions.
struct JsWatch {
    host: Host,
    on_progress: Option<js_sys::Function>,
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

fn call_options(options: &Options) -> CallOptions {
    CallOptions {
        timeout_ms: options.timeout_ms().map(|ms| ms as u64),
        overall_timeout_ms: options.overall_timeout_ms().map(|ms| ms as u64),
        language: options.language(),
        fresh: options.fresh().unwrap_or(false),
    }
}

/// A supplier's client, or a proxy's: its quota and its token live as long as it does.
#[wasm_bindgen]
pub struct Client {
    host: Host,
    table: Table,
    client: Rc<SupplierClient<JsRuntime>>,
    storefront: Rc<Storefront<JsRuntime>>,
}

#[wasm_bindgen]
impl Client {
    /// `system` is `intercars`, or `remote` for a proxy's own answers.
    #[wasm_bindgen(constructor)]
    pub fn new(host: Host, options: &ClientOptions, system: &str) -> Client {
        let table = if system == "remote" { REMOTE } else { OPERATIONS };
        let client = Rc::new(SupplierClient::new(table, Rc::new(JsRuntime::new(host.clone())), settings(options)));
        let cap = options.availability_cap().unwrap_or(AVAILABILITY_CAP);
        Client { host, table, storefront: Rc::new(Storefront::new(client.clone(), cap)), client }
    }

    /// Rows of an operation, as `[a list of rows for each request, skipped]`.
    pub fn call(&self, operation: String, args: String, options: &Options) -> Task {
        let (client, host, table, watch) = (self.client.clone(), self.host.clone(), self.table, self.watch(options));
        let options = call_options(options);
        Task::new(async move {
            let outcome = client.call(&operation, args.into_bytes(), options, Units::Utf16, &watch).await;
            match (outcome, Operation::named(table, &operation)) {
                (Ok(gathered), Some(operation)) => Ok(rows(&host, operation, &gathered)),
                (Ok(_), None) => Err(host.reject(unknown(&operation))),
                (Err(error), _) => Err(host.reject(error)),
            }
        })
    }

    /// `Availability[]`, as JSON.
    pub fn availability(&self, query: String, options: &Options) -> Task {
        let (storefront, host, watch) = (self.storefront.clone(), self.host.clone(), self.watch(options));
        let options = call_options(options);
        Task::new(async move { json(&host, storefront.availability(query.into_bytes(), options, &watch).await) })
    }

    /// `Offer[]`, as JSON.
    pub fn offers(&self, query: String, options: &Options) -> Task {
        let (storefront, host, watch) = (self.storefront.clone(), self.host.clone(), self.watch(options));
        let options = call_options(options);
        Task::new(async move { json(&host, storefront.offers(query.into_bytes(), options, &watch).await) })
    }

    fn watch(&self, options: &Options) -> JsWatch {
        JsWatch { host: self.host.clone(), on_progress: options.on_progress() }
    }
}

fn json<T: Serialize>(host: &Host, outcome: Result<T, Error>) -> Result<JsValue, JsValue> {
    let text = outcome.and_then(|answer| {
        serde_json::to_string(&answer).map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))
    });
    text.map(JsValue::from).map_err(|error| host.reject(error))
}

fn rows(host: &Host, operation: &Operation, gathered: &Gathered) -> JsValue {
    let lists: Array = gathered.answers.iter().map(|answer| cut(host, operation.answer, answer)).collect();
    let skipped: Array = gathered.skipped.iter().map(skipped).collect();
    Array::of2(&lists, &skipped).into()
}

fn skipped(skipped: &Skipped) -> Object {
    let object = Object::new();
    let set = |name: &str, value: &str| {
        // Setting a field of a plain object cannot fail.
        let _ = js_sys::Reflect::set(&object, &name.into(), &value.into());
    };
    set(if skipped.key.by_index { "index" } else { "sku" }, &skipped.key.text);
    if let Some(code) = &skipped.code {
        set("code", code);
    }
    set("reason", skipped.reason);
    object
}

fn cut(host: &Host, shape: Shape, answer: &Answer) -> JsValue {
    let body = answer.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&answer.body);
    // The pass has found it to be UTF-8.
    let text = std::str::from_utf8(body).unwrap_or_default();
    let list = if answer.tape.is_list() { answer.tape.len() as i32 } else { -1 };
    host.cut(shape.schema().name, text, bytemuck::cast_slice(answer.tape.slots()), list)
}

/// An operation's answer out of a body; a `StocklaneError` where it is none.
#[wasm_bindgen]
pub fn decode(host: &Host, operation: &str, body: Vec<u8>) -> JsValue {
    let Some(operation) = Operation::named(OPERATIONS, operation) else {
        return host.reject(unknown(operation));
    };
    match decode_body(&body, operation.answer, Units::Utf16) {
        Ok(tape) => cut(host, operation.answer, &Answer { body, tape }),
        Err(fault) => host.reject(Error::new(ErrorKind::Decode, format!("{}: {fault}", operation.name))),
    }
}

/// What would be sent, as a list of `[method, url, headers, body]`; a `StocklaneError` where the arguments are wrong.
#[wasm_bindgen(js_name = buildRequests)]
pub fn build_requests(host: &Host, operation: &str, args: String, base_url: Option<String>, language: &str) -> JsValue {
    let base_url = base_url.as_deref().unwrap_or(BASE_URL);
    match requests(OPERATIONS, operation, args.into_bytes(), base_url, language) {
        Ok(requests) => requests
            .into_iter()
            .map(|request| {
                let headers: Array =
                    request.headers.iter().map(|(name, value)| Array::of2(&(*name).into(), &value.into())).collect();
                let body = request.body.map(|body| JsValue::from(String::from_utf8_lossy(&body).into_owned()));
                Array::of4(&request.method.into(), &request.url.into(), &headers, &body.into())
            })
            .collect::<Array>()
            .into(),
        Err(error) => host.reject(error),
    }
}

fn unknown(operation: &str) -> Error {
    Error::new(ErrorKind::Validation, format!("no operation is named {operation}"))
}
