//! Writes: sent once. What a key stands for is remembered for as long as the client lives; protection across a crash needs
//! a store of one's own.

use std::cell::Cell;

use crate::engine::{Begun, CallOptions, Gathered};
use crate::operation::{Args, Error, ErrorKind, Inquiry};
use crate::wire::{Units, decode};

use super::drive::Attempt;
use super::{Client, Clock, Quiet, Transport, Watch};
use crate::engine::Answer;

/// Notes whether something has left, for the case that the caller gives up.
struct Noting<'a> {
    watch: &'a dyn Watch,
    sent: Cell<bool>,
}

impl Watch for Noting<'_> {
    fn admits(&self, operation: &'static str) -> Result<Option<u32>, Error> {
        self.watch.admits(operation)
    }

    fn sending(&self) {
        self.sent.set(true);
        self.watch.sending();
    }

    fn attempted(&self, attempt: Attempt) {
        self.watch.attempted(attempt);
    }

    fn progressed(&self, done: usize, total: usize) {
        self.watch.progressed(done, total);
    }
}

/// A key whose caller is gone: if anything has left, nobody knows what came of it.
struct Open<'a, R> {
    client: &'a Client<R>,
    key: &'a str,
    sent: &'a Cell<bool>,
    settled: bool,
}

impl<R> Drop for Open<'_, R> {
    fn drop(&mut self) {
        if !self.settled {
            let mut intents = self.client.intents.borrow_mut();
            if self.sent.get() { intents.unknown(self.key) } else { intents.forget(self.key) }
        }
    }
}

impl<R: Transport + Clock> Client<R> {
    pub(super) async fn written(
        &self,
        args: Args,
        mut options: CallOptions,
        units: Units,
        watch: &dyn Watch,
    ) -> Result<Gathered, Error> {
        let operation = args.operation();
        let key = options.idempotency_key.get_or_insert_with(|| self.new_key()).clone();
        let begun = self.intents.borrow_mut().begin(&key, &args.fingerprint())?;
        if let Begun::Done(body) = begun {
            let tape = decode(&body, operation.answer, units)
                .map_err(|fault| Error::new(ErrorKind::Internal, fault.to_string()))?;
            return Ok(Gathered { answers: vec![Answer { body, tape, next: None }], skipped: Vec::new() });
        }
        let noting = Noting { watch, sent: Cell::new(false) };
        let mut open = Open { client: self, key: &key, sent: &noting.sent, settled: false };
        let asked = args.clone();
        // What is looked up after a failure is worth no more than the call itself.
        let look = CallOptions { max_retries: Some(0), idempotency_key: None, ..options.clone() };
        let outcome = self.driven(args, options, units, &noting).await;
        open.settled = true;
        {
            let mut intents = self.intents.borrow_mut();
            match &outcome {
                Ok(gathered) => {
                    intents.done(&key, gathered.answers.first().map(|answer| answer.body.clone()).unwrap_or_default());
                }
                Err(error) if error.kind == ErrorKind::UnknownOutcome => intents.unknown(&key),
                Err(_) => intents.forget(&key),
            }
        }
        match (outcome, operation.inquiry) {
            (Err(error), Some(inquiry)) if (inquiry.helps)(&error) => {
                Err(Box::pin(self.inquired(error, inquiry, &asked, look)).await)
            }
            (outcome, _) => outcome,
        }
    }

    /// The error with what an inquiry adds to it.
    async fn inquired(&self, mut error: Error, inquiry: &Inquiry, written: &Args, look: CallOptions) -> Error {
        let args = (inquiry.args)(written, self.runtime().now());
        let Ok(args) = Args::check(inquiry.operation, args.into_bytes()) else { return error };
        let Ok(found) = self.driven(args, look, Units::Bytes, &Quiet).await else { return error };
        let schema = inquiry.operation.answer.schema();
        let mut rows = found.answers.iter().flat_map(|answer| answer.tape.rows(&answer.body, schema));
        (inquiry.tell)(&mut error, written, &mut rows);
        error
    }

    fn new_key(&self) -> String {
        let half = || (self.runtime().random() * (1u64 << 53) as f64) as u64;
        format!("{:014x}{:014x}", half(), half())
    }
}
