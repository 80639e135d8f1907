//! What was sent with which key, for as long as this client lives: at most one order comes of one key.

use std::collections::HashMap;

use crate::operation::{Error, ErrorKind};

/// Keys that are remembered.
const REMEMBERED: usize = 1_000;

/// Intents by their keys.
#[derive(Debug, Default)]
pub struct Intents {
    known: HashMap<String, Intent>,
    order: Vec<String>,
}

#[derive(Debug)]
struct Intent {
    fingerprint: Vec<u8>,
    state: State,
}

#[derive(Debug)]
enum State {
    Running,
    Unknown,
    Done(Vec<u8>),
}

/// What a key means now.
#[derive(Debug, PartialEq, Eq)]
pub enum Begun {
    /// Nothing was sent with it: go on.
    New,
    /// It was done; the answer's body.
    Done(Vec<u8>),
}

impl Intents {
    /// Begins what the key stands for.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] while it is under way, or where the key stands for something else;
    /// [`ErrorKind::UnknownOutcome`] where nobody knows what came of it.
    pub fn begin(&mut self, key: &str, fingerprint: &[u8]) -> Result<Begun, Error> {
        let refused =
            |kind, message: &str| Err(Error { idempotency_key: Some(key.to_owned()), ..Error::new(kind, message) });
        match self.known.get(key) {
            Some(intent) if intent.fingerprint != fingerprint => {
                refused(ErrorKind::Conflict, "this idempotency key was used for something else")
            }
            Some(Intent { state: State::Running, .. }) => refused(ErrorKind::Conflict, "this is being sent already"),
            Some(Intent { state: State::Unknown, .. }) => {
                refused(ErrorKind::UnknownOutcome, "nobody knows what came of the first attempt")
                    .map_err(|error: Error| error.hint("Look for the order before you send it with a new key."))
            }
            Some(Intent { state: State::Done(body), .. }) => Ok(Begun::Done(body.clone())),
            None => {
                if self.order.len() >= REMEMBERED {
                    self.known.remove(&self.order.remove(0));
                }
                self.order.push(key.to_owned());
                self.known.insert(key.to_owned(), Intent { fingerprint: fingerprint.to_vec(), state: State::Running });
                Ok(Begun::New)
            }
        }
    }

    /// It was done, with this answer.
    pub fn done(&mut self, key: &str, body: Vec<u8>) {
        self.set(key, State::Done(body));
    }

    /// It may have been done.
    pub fn unknown(&mut self, key: &str) {
        self.set(key, State::Unknown);
    }

    /// It was certainly not done: the key is free again.
    pub fn forget(&mut self, key: &str) {
        self.known.remove(key);
        self.order.retain(|known| known != key);
    }

    fn set(&mut self, key: &str, state: State) {
        if let Some(intent) = self.known.get_mut(key) {
            intent.state = state;
        }
    }
}
