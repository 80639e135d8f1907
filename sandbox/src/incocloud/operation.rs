//! What can be called: the token, the 33 resources, and the one write.

use super::resources::{self, Resource};

/// A call, by the names that logs, counters and faults use.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    Token,
    Read(&'static Resource),
    CreateSale,
}

impl Operation {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Token => "incoToken",
            Self::Read(resource) => resource.name,
            Self::CreateSale => "createSale",
        }
    }

    /// The operation at a path.
    pub(crate) fn at(method: &str, segments: &[&str]) -> Option<Self> {
        let ["connect", "api", name] = segments else {
            return None;
        };
        match (method, *name) {
            ("GET", "access_token") => Some(Self::Token),
            ("GET", name) => resources::find(name).map(Self::Read),
            ("POST", "sale") => Some(Self::CreateSale),
            _ => None,
        }
    }
}
