//! The emulated IncoCloud Web API, asked as a client would ask it, in virtual time and without a socket.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod availability;
mod caller;
mod control;
mod errors;
mod faults;
mod filters;
mod resources;
mod sales;
mod ties;
mod token;
