//! A supplier's client, as the modules `clients` and `page` have it. `page` is what a page downloads first: Inter Cars and a
//! proxy's own answers; `clients` has both suppliers and the storefront over them.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Object};
use stocklane::clients::{Client as SupplierClient, Pages as SupplierPages, Table, Watch, requests};
use stocklane::engine::{Answer, CallOptions, Gap, Gathered, Settings, Skipped};
#[cfg(feature = "clients")]
use stocklane::incocloud;
use stocklane::intercars;
use stocklane::operation::{Error, ErrorKind, Operation};
use stocklane::storefront::REMOTE;
use stocklane::wire::{Decimal, Shape, Units, decode as decode_body};
use wasm_bindgen::prelude::*;

use super::fetch::JsRuntime;
use super::host::{ClientOptions, Host, Options};
#[cfg(feature = "clients")]
use super::incocloud::incocloud_settings;
use super::probe;
use super::settings::settings;
use super::task::Task;

/// Who looks on: the user's functions.
pub(super) struct JsWatch {
    on_progress: Option<js_sys::Function>,
    on_sent: Option<js_sys::Function>,
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
    fn sending(&self) {
        if let Some(on_sent) = &self.on_sent {
            // Our own function: it only notes.
            let _ = on_sent.call0(&JsValue::UNDEFINED);
        }
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

pub(super) fn call_options(options: &Options) -> CallOptions {
    CallOptions {
        timeout_ms: options.timeout_ms().map(|ms| ms as u64),
        overall_timeout_ms: options.overall_timeout_ms().map(|ms| ms as u64),
        language: options.language(),
        fresh: options.fresh().unwrap_or(false),
        idempotency_key: options.idempotency_key(),
        max_retries: None,
        lane: None,
    }
}

/// A supplier's client, or a proxy's: its quota and its token live as long as it does.
#[wasm_bindgen]
pub struct Client {
    pub(super) host: Host,
    table: Table,
    pub(super) client: Rc<SupplierClient<JsRuntime>>,
    #[cfg(feature = "clients")]
    pub(super) availability_cap: u32,
}

#[wasm_bindgen]
impl Client {
    /// A `Client`, or a `StocklaneError` where the options are not sound. `system` is `intercars`, `incocloud`, or `remote`
    /// for a proxy's own answers.
    pub fn create(host: Host, options: &ClientOptions, system: &str) -> JsValue {
        let made: Result<(Table, Settings), Error> = match system {
            "remote" => Ok((REMOTE, settings(options))),
            #[cfg(feature = "clients")]
            "incocloud" => incocloud_settings(options).map(|settings| (incocloud::OPERATIONS, settings)),
            _ => Ok((intercars::OPERATIONS, settings(options))),
        };
        match made {
            Ok((table, settings)) => {
                let client = Rc::new(SupplierClient::new(table, Rc::new(JsRuntime::new(host.clone())), settings));
                Client {
                    host,
                    table,
                    client,
                    #[cfg(feature = "clients")]
                    availability_cap: options.availability_cap().unwrap_or(intercars::AVAILABILITY_CAP),
                }
                .into()
            }
            Err(error) => host.reject(error),
        }
    }

    /// Rows of an operation, as `[a list of rows for each request, skipped]`.
    pub fn call(&self, operation: String, args: String, options: &Options) -> Task {
        let (client, host, table, watch) = (self.client.clone(), self.host.clone(), self.table, watch(options));
        let options = call_options(options);
        Task::new(async move {
            probe(&args);
            let outcome = client.call(&operation, args.into_bytes(), options, Units::Utf16, &watch).await;
            match (outcome, Operation::named(table, &operation)) {
                (Ok(gathered), Some(operation)) => Ok(rows(&host, operation, &gathered)),
                (Ok(_), None) => Err(host.reject(unknown(&operation))),
                (Err(error), _) => Err(host.reject(error)),
            }
        })
    }

    /// Everything that an operation finds: `Pages`, or a `StocklaneError` where the arguments are wrong.
    pub fn pages(&self, operation: &str, args: String) -> JsValue {
        match self.client.pages(operation, args.into_bytes()) {
            Ok(pages) => Pages {
                host: self.host.clone(),
                client: self.client.clone(),
                pages: Rc::new(RefCell::new(Some(pages))),
                gaps: Rc::default(),
            }
            .into(),
            Err(error) => self.host.reject(error),
        }
    }
}

pub(super) fn watch(options: &Options) -> JsWatch {
    JsWatch { on_progress: options.on_progress(), on_sent: options.on_sent() }
}

/// Rows yet to be fetched.
#[wasm_bindgen]
pub struct Pages {
    host: Host,
    client: Rc<SupplierClient<JsRuntime>>,
    /// Away while a page is being fetched.
    pages: Rc<RefCell<Option<SupplierPages>>>,
    gaps: Rc<RefCell<Vec<Gap>>>,
}

/// Gives the pages back when a fetch ends, also when it is given up.
struct Borrowed {
    pages: Option<SupplierPages>,
    home: Rc<RefCell<Option<SupplierPages>>>,
    gaps: Rc<RefCell<Vec<Gap>>>,
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        if let Some(pages) = self.pages.take() {
            *self.gaps.borrow_mut() = pages.gaps().to_vec();
            *self.home.borrow_mut() = Some(pages);
        }
    }
}

#[wasm_bindgen]
impl Pages {
    /// The next page as `[rows, positions of the rows that are new]`; undefined at the end. One at a time.
    pub fn next(&self, options: &Options) -> Task {
        let (client, host, watch) = (self.client.clone(), self.host.clone(), watch(options));
        let options = call_options(options);
        let (home, gaps) = (self.pages.clone(), self.gaps.clone());
        Task::new(async move {
            let taken = home.borrow_mut().take();
            let mut borrowed = Borrowed { pages: taken, home, gaps };
            let Some(pages) = &mut borrowed.pages else {
                let error = Error::new(ErrorKind::Validation, "a page is being fetched already");
                return Err(host.reject(error.hint("Wait for one page before you ask for the next.")));
            };
            match pages.next(&client, &options, Units::Utf16, &watch).await {
                Ok(Some(page)) => {
                    let new: Vec<u32> = page.new.iter().map(|&position| position as u32).collect();
                    let rows = cut(&host, pages.shape(), &page.answer);
                    Ok(Array::of2(&rows, &js_sys::Uint32Array::from(new.as_slice())).into())
                }
                Ok(None) => Ok(JsValue::UNDEFINED),
                Err(error) => Err(host.reject(error)),
            }
        })
    }

    /// What stayed out of reach so far, as a list of `[where, expected, got, reason]`.
    pub fn gaps(&self) -> Array {
        let gaps = self.gaps.borrow();
        gaps.iter()
            .map(|gap| {
                let expected = gap.expected.map_or(JsValue::UNDEFINED, |expected| (expected as f64).into());
                Array::of4(&gap.place.as_str().into(), &expected, &(gap.got as f64).into(), &gap.reason.into())
            })
            .collect()
    }
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
    let (plain, wide) = answer.tape.texts();
    let list = if answer.tape.is_list() { answer.tape.len() as i32 } else { -1 };
    host.cut(shape.schema().name, plain, wide, bytemuck::cast_slice(answer.tape.slots()), list)
}

/// An operation's answer out of a body; a `StocklaneError` where it is none.
#[wasm_bindgen]
pub fn decode(host: &Host, operation: &str, body: Vec<u8>) -> JsValue {
    probe(operation);
    let Some(operation) = supplier_of(operation).and_then(|(table, _)| Operation::named(table, operation)) else {
        return host.reject(unknown(operation));
    };
    match decode_body(&body, operation.answer, Units::Utf16) {
        Ok(tape) => cut(host, operation.answer, &Answer { body, tape, next: None }),
        Err(fault) => host.reject(Error::new(ErrorKind::Decode, format!("{}: {fault}", operation.name))),
    }
}

/// What would be sent, as a list of `[method, url, headers, body]`; a `StocklaneError` where the arguments are wrong.
#[wasm_bindgen(js_name = buildRequests)]
pub fn build_requests(host: &Host, operation: &str, args: String, base_url: Option<String>, language: &str) -> JsValue {
    let Some((table, own)) = supplier_of(operation) else {
        return host.reject(unknown(operation));
    };
    match requests(table, operation, args.into_bytes(), base_url.as_deref().unwrap_or(own), language) {
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

/// Tables of operations, and where they are sent by themselves. Which server an IncoCloud account is on comes with its token.
const SUPPLIERS: &[(Table, &str)] = &[
    (intercars::OPERATIONS, intercars::BASE_URL),
    #[cfg(feature = "clients")]
    (incocloud::OPERATIONS, ""),
];

fn supplier_of(operation: &str) -> Option<(Table, &'static str)> {
    SUPPLIERS.iter().copied().find(|(table, _)| Operation::named(table, operation).is_some())
}

/// Whether this module has the operation.
#[wasm_bindgen]
pub fn knows(operation: &str) -> bool {
    supplier_of(operation).is_some()
}

fn unknown(operation: &str) -> Error {
    Error::new(ErrorKind::Validation, format!("no operation is named {operation}"))
}

/// What exact amounts make together; a `StocklaneError` where one is no amount.
#[wasm_bindgen]
pub fn sum(host: &Host, amounts: Vec<String>) -> JsValue {
    let sum = amounts.iter().try_fold(Decimal::ZERO, |sum, amount| sum.plus(Decimal::parse(amount)?));
    amount(host, sum)
}

/// The product of two exact numbers; a `StocklaneError` where one is none.
#[wasm_bindgen]
pub fn product(host: &Host, one: &str, other: &str) -> JsValue {
    amount(host, Decimal::parse(one).zip(Decimal::parse(other)).and_then(|(one, other)| one.times(other)))
}

fn amount(host: &Host, amount: Option<Decimal>) -> JsValue {
    match amount {
        Some(amount) => amount.to_amount().into(),
        None => host.reject(Error::new(ErrorKind::Validation, "not an exact decimal of 38 digits at most")),
    }
}
