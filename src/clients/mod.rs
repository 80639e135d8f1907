//! A supplier's calls, driven over a transport and a clock.

mod client;
mod drive;
mod page;
mod pages;
mod runtime;
mod share;
mod sync;
mod walk;
mod write;

pub use client::{Client, Table, requests};
pub use drive::{Attempt, Quiet, Watch};

pub use page::{AttemptsOnly, Page};
pub use pages::Pages;
pub use runtime::{Clock, Transport};
pub use share::shared;
pub use sync::{Changes, Digests, Snapshot};
