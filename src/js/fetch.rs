//! Transport and clock out of what every runtime has: fetch, streams, timers.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use gloo_net::http::{Headers as GlooHeaders, Method, RequestBuilder};
use gloo_timers::future::sleep;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, ReadableStreamDefaultReader, RequestRedirect};

use super::host::{Host, words};
use stocklane::clients::{Attempt, Clock, Transport};
use stocklane::engine::{Failure, Ms, Outgoing};
use stocklane::operation::{Headers, Response};

/// Longest answer that is read: several times the longest page that a supplier sends.
const MAX_BODY: usize = 32 << 20;

/// Fetch and timers of the runtime.
pub struct JsRuntime {
    host: Host,
}

/// Ends the request when nobody waits for it any more.
struct Abort(Option<AbortController>);

impl Drop for Abort {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

#[wasm_bindgen]
extern "C" {
    type Chunk;
    #[wasm_bindgen(method, getter, structural)]
    fn done(this: &Chunk) -> bool;
    #[wasm_bindgen(method, getter, structural)]
    fn value(this: &Chunk) -> Uint8Array;
}

impl JsRuntime {
    pub fn new(host: Host) -> JsRuntime {
        JsRuntime { host }
    }

    async fn fetch(&self, outgoing: Outgoing, signal: &web_sys::AbortSignal) -> Result<Response, Failure> {
        let network = |thrown: JsValue| Failure::Network(words(&thrown));
        let headers = GlooHeaders::new();
        for (name, value) in &outgoing.headers {
            headers.set(name, value);
        }
        let method = if outgoing.method == "POST" { Method::POST } else { Method::GET };
        let builder = RequestBuilder::new(&outgoing.url)
            .method(method)
            .headers(headers)
            .redirect(RequestRedirect::Manual)
            .abort_signal(Some(signal));
        let request = match outgoing.body {
            Some(body) => builder.body(Uint8Array::from(body.as_slice())),
            None => builder.build(),
        };
        let request: web_sys::Request = request.map_err(|error| Failure::Unsendable(error.to_string()))?.into();
        let sent = self.host.send(&request).map_err(network)?;
        let response: web_sys::Response = JsFuture::from(sent).await.map_err(network)?.unchecked_into();
        if response.status() == 0 {
            return Err(Failure::Network("the server sent a redirect, which is not followed".to_owned()));
        }
        let known = response.headers();
        let headers =
            Headers::READ.iter().filter_map(|name| Some((name.to_string(), known.get(name).ok().flatten()?))).collect();
        let body = match response.body() {
            Some(stream) => read(stream.get_reader().unchecked_into()).await?,
            None => Vec::new(),
        };
        Ok(Response { status: response.status(), headers: Headers(headers), body })
    }
}

async fn read(reader: ReadableStreamDefaultReader) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    loop {
        let chunk = JsFuture::from(reader.read()).await.map_err(|thrown| Failure::Network(words(&thrown)))?;
        let chunk: Chunk = chunk.unchecked_into();
        if chunk.done() {
            return Ok(body);
        }
        let bytes = chunk.value();
        let from = body.len();
        let to = from + bytes.length() as usize;
        if to > MAX_BODY {
            return Err(Failure::TooLong);
        }
        body.resize(to, 0);
        bytes.copy_to(&mut body[from..]);
    }
}

impl Transport for JsRuntime {
    async fn send(&self, outgoing: Outgoing, until: Ms) -> Result<Response, Failure> {
        let Ok(controller) = AbortController::new() else {
            return Err(Failure::Network("this runtime has no AbortController".to_owned()));
        };
        let signal = controller.signal();
        let mut abort = Abort(Some(controller));
        let answer = pin!(self.fetch(outgoing, &signal));
        match select(answer, pin!(self.sleep(until))).await {
            Either::Left((answer, _)) => {
                abort.0 = None;
                answer
            }
            Either::Right(_) => Err(Failure::Timeout),
        }
    }

    fn attempted(&self, attempt: &Attempt) {
        let Attempt { operation, method, url, attempt, status, duration_ms, error } = attempt;
        self.host.attempted(operation, method, url, *attempt, *status, *duration_ms as f64, error.clone());
    }
}

impl Clock for JsRuntime {
    fn now(&self) -> Ms {
        js_sys::Date::now() as Ms
    }

    fn random(&self) -> f64 {
        js_sys::Math::random()
    }

    async fn sleep(&self, until: Ms) {
        // Timers take 31 bits of milliseconds; the caller asks again when one ends early.
        let wait = until.saturating_sub(self.now()).min(i32::MAX as Ms);
        sleep(Duration::from_millis(wait)).await;
    }

    fn lead(&self, flight: u64) {
        self.host.lead(flight as f64);
    }

    async fn join(&self, flight: u64, until: Ms) {
        match self.host.flight(flight as f64) {
            Some(landed) => drop(select(JsFuture::from(landed), pin!(self.sleep(until))).await),
            // Landed or lost by now: the caller asks again, and not in a rush.
            None => self.sleep(until.min(self.now() + 5)).await,
        }
    }

    fn land(&self, flight: u64) {
        self.host.land(flight as f64);
    }
}
