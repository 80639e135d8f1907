//! What the tests of the pure core share.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod agree;
pub mod document;
pub mod edge;
pub mod incocloud;
pub mod json;
pub mod supplier;
pub mod world;

/// A sample of the supplier's own pages, verbatim.
pub fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/contract/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// All of them.
pub fn samples() -> Vec<Vec<u8>> {
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contract")).unwrap();
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}
