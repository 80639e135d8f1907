//! A supplier's calls, driven over a transport and a clock.

mod client;
mod drive;
mod runtime;

pub use client::{Client, Table, requests};
pub use drive::{Attempt, Quiet, Watch};

pub use runtime::{Clock, Transport};
