//! The WebAssembly boundary: fetch, timers, promises, errors. Nobody else knows JavaScript.
//!
//! Exports take data and give data; what is more comfortable stands in `pkg-template/`. A panic traps: the host notices,
//! rejects what is pending and takes a new instance ([`rebuild`]).

#[cfg(feature = "clients")]
mod clients;
#[cfg(feature = "edge")]
mod edge;
#[cfg(any(feature = "clients", feature = "edge"))]
mod fetch;
#[cfg(any(feature = "clients", feature = "edge"))]
mod host;
#[cfg(any(feature = "clients", feature = "edge"))]
mod settings;
#[cfg(any(feature = "clients", feature = "edge"))]
mod task;

use wasm_bindgen::prelude::wasm_bindgen;

/// After a trap: the next call of any export takes a new instance.
#[wasm_bindgen]
pub fn rebuild() {
    wasm_bindgen::handler::schedule_reinit();
}

/// Panics, for the tests of what happens then.
#[cfg(feature = "panic-probe")]
#[wasm_bindgen(js_name = panicProbe)]
pub fn panic_probe() {
    #[allow(clippy::panic)]
    {
        panic!("on purpose");
    }
}
