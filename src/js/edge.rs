//! Module `edge`: the proxy, sessions, and widgets rendered on a server.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;
use std::rc::Rc;

use js_sys::{Array, Float64Array, Promise, Uint8Array};
use serde::Deserialize;
use siphasher::sip128::{Hasher128, SipHasher13};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::fetch::JsRuntime;
use super::host::{ClientOptions, Host, words};
use super::incocloud::{ShopOptions, incocloud_settings};
use super::probe;
use super::settings::settings;
use super::task::Task;
use stocklane::clients::{Attempt, Clock, Transport};
use stocklane::edge::{
    Body, Platform, PolicyGiven, PricingGiven, Proxy as EdgeProxy, ProxySettings, Request, Response, SessionKeys, mint,
};
use stocklane::engine::{Ask, Failure, Leased, Lessor, Ms, Outgoing, Settings, Settled, Throttled};
use stocklane::intercars::{AVAILABILITY_CAP, REQUESTS_PER_MINUTE};
use stocklane::operation::{Error, ErrorKind, Lane};
use stocklane::storefront::{Availability, MatchRule, Offer};
use stocklane::widgets::{self, Element, Lang};

#[wasm_bindgen]
extern "C" {
    /// `pkg-template/edge-host.js`: keys stay there.
    #[wasm_bindgen(extends = Host)]
    #[derive(Clone)]
    pub type EdgeHost;

    /// HMAC-SHA-256 with the current key.
    #[wasm_bindgen(method, structural)]
    fn sign(this: &EdgeHost, data: &[u8]) -> Promise;

    /// Whether one of the keys signed this.
    #[wasm_bindgen(method, structural)]
    fn verify(this: &EdgeHost, data: &[u8], signature: &[u8]) -> Promise;

    /// A line of the log; never throws.
    #[wasm_bindgen(method, structural)]
    fn log(this: &EdgeHost, line: &str);

    /// Whether this request is a person's; undefined where nobody can tell.
    #[wasm_bindgen(method, structural)]
    fn challenge(this: &EdgeHost, ticket: u32) -> Promise;

    /// Whether there is a cache that is shared with others.
    #[wasm_bindgen(method, structural)]
    fn shares(this: &EdgeHost) -> bool;

    /// Answers that others have left: a list with bytes or null for each key. Never rejects.
    #[wasm_bindgen(method, structural)]
    fn left(this: &EdgeHost, keys: Vec<String>) -> Promise;

    /// Leaves answers for others. Never rejects.
    #[wasm_bindgen(method, structural)]
    fn leave(this: &EdgeHost, keys: Vec<String>, answers: Array, for_ms: f64) -> Promise;

    /// Whether this instance asks. Never rejects.
    #[wasm_bindgen(method, structural)]
    fn leads(this: &EdgeHost, key: &str, for_ms: f64) -> Promise;

    /// Granted, valid for, retry after and ticket (0: none), as four numbers; rejects where the store cannot be asked.
    #[wasm_bindgen(method, structural)]
    fn lease(this: &EdgeHost, account: &str, lane: &str, wanted: u32, ticket: Option<f64>) -> Promise;

    /// Nobody waits for it; never throws.
    #[wasm_bindgen(method, structural)]
    fn settle(
        this: &EdgeHost,
        account: &str,
        unused: u32,
        unleased: u32,
        ticket: Option<f64>,
        throttled: bool,
        retry_after_ms: Option<f64>,
    );
}

struct EdgeRuntime {
    host: EdgeHost,
    runtime: JsRuntime,
}

impl EdgeRuntime {
    fn new(host: EdgeHost) -> EdgeRuntime {
        let runtime = JsRuntime::new(host.clone().unchecked_into());
        EdgeRuntime { host, runtime }
    }
}

impl Transport for EdgeRuntime {
    async fn send(&self, outgoing: Outgoing, until: Ms) -> Result<stocklane::operation::Response, Failure> {
        self.runtime.send(outgoing, until).await
    }

    fn attempted(&self, attempt: &Attempt) {
        self.runtime.attempted(attempt);
    }

    async fn lease(&self, account: &str, ask: Ask) -> Option<Leased> {
        let asked = self.host.lease(account, lane_name(ask.lane), ask.wanted, ask.ticket.map(|ticket| ticket as f64));
        let [granted, valid_for, retry_after, ticket] = four(&JsFuture::from(asked).await.ok()?)?;
        Some(Leased {
            granted: granted as u32,
            valid_for_ms: valid_for as Ms,
            retry_after_ms: retry_after as Ms,
            ticket: Some(ticket as u64).filter(|ticket| *ticket > 0),
        })
    }

    fn settle(&self, account: &str, settled: Settled) {
        let retry_after_ms = settled.throttled.and_then(|throttled| throttled.retry_after_ms).map(|after| after as f64);
        let ticket = settled.ticket.map(|ticket| ticket as f64);
        let Settled { unused, unleased, throttled, .. } = settled;
        self.host.settle(account, unused, unleased, ticket, throttled.is_some(), retry_after_ms);
    }
}

const LANES: [(&str, Lane); 4] =
    [("order", Lane::Order), ("price", Lane::Price), ("stock", Lane::Stock), ("background", Lane::Background)];

fn lane_name(lane: Lane) -> &'static str {
    LANES[lane as usize].0
}

fn four(value: &JsValue) -> Option<[f64; 4]> {
    value.dyn_ref::<Float64Array>()?.to_vec().try_into().ok()
}

impl Clock for EdgeRuntime {
    fn now(&self) -> Ms {
        self.runtime.now()
    }
    fn random(&self) -> f64 {
        self.runtime.random()
    }
    async fn sleep(&self, until: Ms) {
        self.runtime.sleep(until).await;
    }
    fn lead(&self, flight: u64) {
        self.runtime.lead(flight);
    }
    async fn join(&self, flight: u64, until: Ms) {
        self.runtime.join(flight, until).await;
    }
    fn land(&self, flight: u64) {
        self.runtime.land(flight);
    }
}

impl SessionKeys for EdgeRuntime {
    async fn sign(&self, data: &[u8]) -> Result<Vec<u8>, Error> {
        match JsFuture::from(self.host.sign(data)).await {
            Ok(signature) => Ok(signature.unchecked_into::<Uint8Array>().to_vec()),
            Err(thrown) => {
                Err(Error::new(ErrorKind::Validation, words(&thrown)).hint("Give a key of 32 characters or more."))
            }
        }
    }

    async fn verify(&self, data: &[u8], signature: &[u8]) -> bool {
        JsFuture::from(self.host.verify(data, signature)).await.is_ok_and(|verdict| verdict.is_truthy())
    }
}

impl Platform for EdgeRuntime {
    fn log(&self, line: &str) {
        self.host.log(line);
    }

    async fn challenge(&self, ticket: u32) -> Option<bool> {
        JsFuture::from(self.host.challenge(ticket)).await.ok()?.as_bool()
    }

    fn shares(&self) -> bool {
        self.host.shares()
    }

    async fn left(&self, keys: Vec<String>) -> Vec<Option<Vec<u8>>> {
        let count = keys.len();
        let left = JsFuture::from(self.host.left(keys)).await.map(|left| Array::from(&left)).unwrap_or_default();
        let bytes = |value: JsValue| value.dyn_into::<Uint8Array>().ok().map(|bytes| bytes.to_vec());
        (0..count).map(|at| bytes(left.get(at as u32))).collect()
    }

    async fn leave(&self, answers: Vec<(String, Vec<u8>)>, for_ms: Ms) {
        let (keys, values): (Vec<String>, Vec<Vec<u8>>) = answers.into_iter().unzip();
        let values: Array = values.iter().map(|value| Uint8Array::from(value.as_slice())).collect();
        drop(JsFuture::from(self.host.leave(keys, values, for_ms as f64)).await);
    }

    async fn leads(&self, key: String, for_ms: Ms) -> bool {
        JsFuture::from(self.host.leads(&key, for_ms as f64)).await.is_ok_and(|leads| leads.is_truthy())
    }
}

/// What is plain data of `ProxyOptions`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    allowed_origins: Vec<String>,
    #[serde(default)]
    places: HashMap<String, String>,
    sessions: bool,
    #[serde(default)]
    policy: PolicyGiven,
    #[serde(default)]
    pricing: PricingGiven,
    #[serde(default, rename = "match")]
    rules: Vec<MatchRule>,
    shop: Option<ShopOptions>,
    visitor_requests_per_minute: Option<u32>,
    addresses: bool,
    challenges: bool,
    /// Whether the host has a store to lease from.
    #[serde(default)]
    quota: bool,
}

/// One shop's proxy.
#[wasm_bindgen]
pub struct Proxy {
    proxy: Rc<EdgeProxy<EdgeRuntime>>,
}

#[wasm_bindgen]
impl Proxy {
    /// A `Proxy`, or a `StocklaneError` where the options are not sound. `options` is JSON. By `shop_host` IncoCloud is asked.
    pub fn create(
        host: EdgeHost,
        shop_host: EdgeHost,
        intercars: Option<ClientOptions>,
        incocloud: Option<ClientOptions>,
        options: &str,
    ) -> JsValue {
        let made = serde_json::from_str::<Options>(options)
            .map_err(|error| Error::new(ErrorKind::Validation, format!("EdgeProxy options: {error}")))
            .and_then(|given| {
                let settings = ProxySettings {
                    // Other settings make other answers: what was kept under the ones before is not theirs.
                    tenant: digest(&[options]),
                    account: account(intercars.as_ref(), incocloud.as_ref()),
                    availability_cap: intercars
                        .as_ref()
                        .and_then(ClientOptions::availability_cap)
                        .unwrap_or(AVAILABILITY_CAP),
                    intercars: intercars.as_ref().map(|options| leased(settings(options), given.quota)),
                    incocloud: incocloud.as_ref().map(incocloud_settings).transpose()?,
                    rules: given.rules,
                    shop: given.shop.map(ShopOptions::prices).transpose()?,
                    allowed_origins: given.allowed_origins,
                    places: given.places,
                    sessions: given.sessions,
                    policy: given.policy,
                    pricing: given.pricing,
                    visitor_per_minute: given.visitor_requests_per_minute,
                    addresses: given.addresses,
                    challenges: given.challenges,
                };
                let shop = Rc::new(EdgeRuntime::new(shop_host));
                EdgeProxy::new(Rc::new(EdgeRuntime::new(host.clone())), shop, settings)
            });
        match made {
            Ok(proxy) => Proxy { proxy: Rc::new(proxy) }.into(),
            Err(error) => host.reject(error),
        }
    }

    /// Whether something is to be asked again while nobody waits.
    #[wasm_bindgen(js_name = isDue)]
    pub fn is_due(&self) -> bool {
        self.proxy.is_due()
    }

    /// Asks again for what was served although it was no longer fresh.
    pub fn renew(&self) -> Task {
        let proxy = self.proxy.clone();
        Task::new(async move {
            proxy.renew().await;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Answers as `[status, headers, body]`; a `Task` of the same, where something has to be waited for. A header that the
    /// request does not have is undefined.
    #[allow(clippy::too_many_arguments)]
    pub fn handle(
        &self,
        ticket: u32,
        method: String,
        url: String,
        address: Option<String>,
        origin: Option<String>,
        authorization: Option<String>,
        cookie: Option<String>,
        marked: Option<String>,
        fetch_site: Option<String>,
        language: Option<String>,
        cache_control: Option<String>,
        content_type: Option<String>,
        body: Option<Vec<u8>>,
    ) -> JsValue {
        let request = Request {
            method,
            url,
            origin,
            authorization,
            cookie,
            marked,
            fetch_site,
            language,
            cache_control,
            content_type,
            address,
            ticket,
            body,
        };
        let proxy = self.proxy.clone();
        let task = Task::new(async move {
            probe(&request.url);
            Ok(answer(proxy.handle(request).await))
        });
        match task.ended() {
            Ok(Ok(answer) | Err(answer)) => answer,
            Err(task) => task.into(),
        }
    }
}

/// Names the suppliers' accounts without a secret.
fn account(intercars: Option<&ClientOptions>, incocloud: Option<&ClientOptions>) -> String {
    let text = |option: Option<String>| option.unwrap_or_default();
    let parts = [
        text(intercars.and_then(ClientOptions::base_url)),
        text(intercars.and_then(ClientOptions::client_id)),
        text(incocloud.and_then(ClientOptions::auth_url)),
        text(incocloud.and_then(ClientOptions::app_id)),
    ];
    digest(&parts.each_ref().map(String::as_str))
}

fn digest(parts: &[&str]) -> String {
    let mut hasher = SipHasher13::new();
    parts.hash(&mut hasher);
    format!("{:032x}", hasher.finish128().as_u128())
}

/// An account whose quota is leased, where there is a store to lease it from.
fn leased(settings: Settings, store: bool) -> Settings {
    Settings { leased_as: settings.account().filter(|_| store), ..settings }
}

/// One account's quota for a fleet: the heart of a `QuotaStore`. Times are the store's own, in milliseconds since 1970.
#[wasm_bindgen]
pub struct Coordinator {
    lessor: RefCell<Lessor>,
}

#[wasm_bindgen]
impl Coordinator {
    /// At most `rate` requests a minute; out of what `state` gave before, if there is any.
    pub fn open(rate: Option<u32>, now: f64, state: Option<Vec<u8>>) -> Coordinator {
        let rate = rate.unwrap_or(REQUESTS_PER_MINUTE);
        let lessor = match state {
            Some(state) => Lessor::open(rate, now as Ms, &state),
            None => Lessor::new(rate),
        };
        Coordinator { lessor: RefCell::new(lessor) }
    }

    /// Granted, valid for, retry after and ticket (0: none). An unknown lane is the last.
    pub fn lease(&self, now: f64, lane: &str, wanted: u32, ticket: Option<f64>) -> Vec<f64> {
        let lane = LANES.iter().find(|(name, _)| *name == lane).map_or(Lane::Background, |(_, lane)| *lane);
        let ask = Ask { lane, wanted, ticket: ticket.map(|ticket| ticket as u64) };
        let leased = self.lessor.borrow_mut().lease(now as Ms, ask);
        let ticket = leased.ticket.unwrap_or(0);
        vec![f64::from(leased.granted), leased.valid_for_ms as f64, leased.retry_after_ms as f64, ticket as f64]
    }

    /// What an instance tells of its leases.
    pub fn settle(
        &self,
        now: f64,
        unused: u32,
        unleased: u32,
        ticket: Option<f64>,
        throttled: bool,
        retry_after_ms: Option<f64>,
    ) {
        let throttled = throttled.then(|| Throttled { retry_after_ms: retry_after_ms.map(|after| after as Ms) });
        let ticket = ticket.map(|ticket| ticket as u64);
        self.lessor.borrow_mut().settle(now as Ms, Settled { unused, unleased, ticket, throttled });
    }

    /// Everything that a restart must not forget.
    pub fn state(&self) -> Vec<u8> {
        self.lessor.borrow().save()
    }
}

/// Headers are one text, a line each for names and values: neither has line breaks.
fn answer(response: Response) -> JsValue {
    let headers: Vec<&str> = response.headers.iter().flat_map(|(name, value)| [*name, value]).collect();
    let body = match response.body {
        Body::Empty => JsValue::NULL,
        Body::Json(bytes) | Body::Problem(bytes) => Uint8Array::from(bytes.as_slice()).into(),
        Body::Html(text) => text.into(),
        Body::Text(text) => text.into(),
    };
    Array::of3(&response.status.into(), &headers.join("\n").into(), &body).into()
}

/// A session for these claims, in JSON.
#[wasm_bindgen(js_name = mintSession)]
pub fn mint_session(host: EdgeHost, claims: String) -> Task {
    Task::new(async move {
        let runtime = EdgeRuntime::new(host.clone());
        let minted = mint(&runtime, claims.as_bytes(), runtime.now()).await;
        minted.map(JsValue::from).map_err(|error| host.reject(error))
    })
}

/// A widget's markup out of its data, in JSON: an `Availability` or an `Offer`; null or nothing where unknown.
#[wasm_bindgen(js_name = renderWidget)]
pub fn render_widget(host: &Host, name: &str, data: &str, lang: &str) -> JsValue {
    let Some(lang) = Lang::from_tag(lang) else {
        return host.reject(Error::new(ErrorKind::Validation, "the language is none of the package's"));
    };
    let bad = |error: serde_json::Error| host.reject(Error::new(ErrorKind::Validation, format!("{name}: {error}")));
    match name {
        "stock" => match serde_json::from_str::<Option<Availability>>(data) {
            Ok(answer) => {
                let sku = answer.as_ref().map_or("", |answer| &answer.sku);
                widgets::render(&Element::Stock { sku, answer: answer.as_ref() }, lang).into()
            }
            Err(error) => bad(error),
        },
        "quote" => match serde_json::from_str::<Option<Offer>>(data) {
            Ok(answer) => {
                let (sku, quantity) = answer.as_ref().map_or(("", 1.0), |answer| (&answer.sku, answer.quantity));
                widgets::render(&Element::Quote { sku, quantity, answer: answer.as_ref() }, lang).into()
            }
            Err(error) => bad(error),
        },
        _ => host.reject(Error::new(ErrorKind::Validation, "no widget has this name")),
    }
}
