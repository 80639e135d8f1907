//! A supplier's calls, driven over a transport and a clock.

mod client;
mod drive;
mod page;
mod pages;
mod runtime;
mod walk;
mod write;

pub use client::{Client, Table, requests};
pub use drive::{Attempt, Quiet, Watch};

pub use page::Page;
pub use pages::Pages;
pub use runtime::{Clock, Transport};
