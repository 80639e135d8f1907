//! What the tests of the pure core share.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod agree;
pub mod document;
pub mod json;
pub mod supplier;
pub mod world;

/// A sample of the supplier's own pages, verbatim.
pub fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/contract/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
}
