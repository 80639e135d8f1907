//! The WebAssembly boundary: fetch, timers, promises, errors. Nobody else knows JavaScript.
//!
//! Exports take data and give data; what is more comfortable stands in `pkg-template/`. A panic traps: the host notices,
//! rejects what is pending and takes a new instance ([`rebuild`]).
#![cfg(target_family = "wasm")]

#[cfg(all(feature = "edge", feature = "bench-probe"))]
mod bench;
#[cfg(any(feature = "clients", feature = "page"))]
mod clients;
#[cfg(feature = "edge")]
mod edge;
mod fetch;
mod host;
#[cfg(any(feature = "clients", feature = "edge"))]
mod incocloud;
mod settings;
#[cfg(feature = "clients")]
mod storefront;
#[cfg(feature = "clients")]
mod sync;
mod task;

use wasm_bindgen::prelude::wasm_bindgen;

/// After a trap: the next call of an export takes a new instance. That call must be [`rebuilt`].
#[wasm_bindgen]
pub fn rebuild() {
    wasm_bindgen::handler::schedule_reinit();
}

/// Takes the new instance. An export with arguments would still write its texts into the memory of the old one.
#[wasm_bindgen]
pub fn rebuilt() {}

/// Goes wrong on purpose where a text says how, for the tests of what happens then. Does nothing in the package.
#[inline(always)]
fn probe(_text: &str) {
    #[cfg(feature = "panic-probe")]
    probe::run(_text);
}

#[cfg(feature = "panic-probe")]
mod probe {
    #[allow(clippy::panic)]
    pub fn run(text: &str) {
        if text.contains("PROBEPANIC") {
            panic!("on purpose");
        }
        if text.contains("PROBESTACK") {
            std::hint::black_box(deeper(0));
        }
        if text.contains("PROBEBOUNDS") {
            // SAFETY: there is none, on purpose: the module's memory never reaches so far, and the read traps.
            std::hint::black_box(unsafe { std::ptr::read_volatile(0xffff_fff0 as *const u64) });
        }
    }

    #[allow(unconditional_recursion)]
    #[inline(never)]
    fn deeper(depth: u64) -> u64 {
        let frame = std::hint::black_box([depth; 64]);
        deeper(depth + 1) + std::hint::black_box(frame)[depth as usize % 64]
    }
}
