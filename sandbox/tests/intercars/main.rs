//! The emulated IC API, asked as a client would ask it, in virtual time and without a socket.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod auth;
mod catalog;
mod control;
mod faults;
mod goods;
mod guest;
mod limits;
mod papers;
mod quota;
mod requisitions;
mod samples;
