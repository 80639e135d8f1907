//! A supplier's calls, driven over a transport and a clock.

mod client;
mod drive;
mod pages;
mod runtime;
mod walk;
mod write;

pub use client::{Client, Table, requests};
pub use drive::{Attempt, Quiet, Watch};

pub use pages::{Page, Pages};
pub use runtime::{Clock, Transport};
