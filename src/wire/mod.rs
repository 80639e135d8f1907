//! JSON bytes ↔ typed rows. Schemas are data, and one interpreter reads them.
//!
//! [`decode`] checks a body against a [`Schema`] in one pass and notes on a [`Tape`] where each value stands; nothing is
//! copied. From the tape a row is cut into JavaScript values, read in Rust ([`Row`]), or projected to bytes
//! ([`Selection`]).

mod decimal;
mod decode;
mod fault;
mod project;
mod rename;
mod scan;
mod schema;
mod tape;
mod texts;

pub use decimal::Decimal;
pub use decode::{Shape, Units, decode};
pub use fault::{Fault, Step};
pub use project::{Selection, UnknownPath, write_text};
pub use rename::rename;
pub use schema::{Certainty, Field, Kind, Need, Schema, name_within};
pub use tape::{Row, Rows, Tape, Value};
