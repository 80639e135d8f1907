//! Where and why a body was refused.

use std::fmt;

/// A step on the way from the root of a body to the place at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into a field.
    Field(&'static str),
    /// Into a list.
    Index(usize),
}

/// Why a body was refused, and where. Holds nothing of the body itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What was wrong.
    pub what: &'static str,
    /// Byte offset.
    pub at: usize,
    /// The way there, innermost step first.
    pub path: Vec<Step>,
}

impl Fault {
    #[cold]
    pub(super) fn new(what: &'static str, at: usize) -> Box<Fault> {
        Box::new(Fault { what, at, path: Vec::new() })
    }

    #[cold]
    pub(super) fn within(mut self: Box<Self>, step: Step) -> Box<Fault> {
        self.path.push(step);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, step) in self.path.iter().rev().enumerate() {
            match step {
                Step::Field(name) if depth == 0 => f.write_str(name)?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        if !self.path.is_empty() {
            f.write_str(": ")?;
        }
        write!(f, "{} at byte {}", self.what, self.at)
    }
}

impl std::error::Error for Fault {}
