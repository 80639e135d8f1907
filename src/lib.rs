//! Typed clients, a credential proxy and storefront widgets for two suppliers' systems, Inter Cars and IncoCloud.
//!
//! The rooms, each knowing only those before it: `wire`, `operation`, `engine`, the suppliers, `clients`, `storefront`,
//! `widgets`, `edge`; and `js`, the WebAssembly boundary, a crate of its own.

pub mod clients;
pub mod edge;
pub mod engine;
pub mod incocloud;
pub mod intercars;
pub mod operation;
pub mod storefront;
pub mod widgets;
pub use stocklane_wire as wire;
