//! A page of rows, and who looks on while it is fetched.

use crate::engine::Answer;
use crate::operation::Error;

use super::Watch;

/// One answer, and which of its rows are new.
pub struct Page {
    /// As it came.
    pub answer: Answer,
    /// Positions of the rows that are new.
    pub new: Vec<usize>,
}

/// Passes on attempts: progress is told by something larger than requests.
pub struct AttemptsOnly<'a>(pub &'a dyn Watch);

impl Watch for AttemptsOnly<'_> {
    fn admits(&self, operation: &'static str) -> Result<Option<u32>, Error> {
        self.0.admits(operation)
    }

    fn attempted(&self, attempt: super::Attempt) {
        self.0.attempted(attempt);
    }

    fn progressed(&self, _done: usize, _total: usize) {}
}
