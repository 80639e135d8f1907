//! What is looked up when a write has failed, so that its error tells more.

use super::{Args, Error, Operation};
use crate::wire::Row;

/// A question asked after a failure, once and without repeats.
#[derive(Debug)]
pub struct Inquiry {
    /// What is asked.
    pub operation: &'static Operation,
    /// Whether it could tell anything about this error.
    pub helps: fn(&Error) -> bool,
    /// Its arguments, in JSON, by those of the write and the time in milliseconds since 1970.
    pub args: fn(&Args, u64) -> String,
    /// Adds what the answer's rows tell to the write's error.
    pub tell: fn(&mut Error, &Args, &mut dyn Iterator<Item = Row<'_>>),
}
