//! Drives one call from its first request to its last answer.

use std::cell::RefCell;
use std::pin::pin;

use futures_util::future::{Either, select};
use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::engine::{Account, Call, Failure, Gathered, Leased, Ms, Part, Secrets, Step};
use crate::operation::{Error, Response};

use super::{Clock, Transport};

/// One attempt, as a caller may be told of it; without a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which operation.
    pub operation: &'static str,
    /// GET or POST.
    pub method: &'static str,
    /// Where to.
    pub url: String,
    /// From 1.
    pub attempt: u32,
    /// HTTP status, where an answer came.
    pub status: Option<u16>,
    /// From sending to the last byte.
    pub duration_ms: Ms,
    /// Why no answer came.
    pub error: Option<String>,
}

/// Looks on while a call is driven.
pub trait Watch {
    /// Asked before an operation is called: how often its requests may be repeated, if otherwise than always.
    ///
    /// # Errors
    /// It may not be called now.
    fn admits(&self, _operation: &'static str) -> Result<Option<u32>, Error> {
        Ok(None)
    }
    /// Told when a request of the call's own leaves.
    fn sending(&self) {}
    /// Told of every attempt.
    fn attempted(&self, _attempt: Attempt) {}
    /// Told when a part of the call is done.
    fn progressed(&self, _done: usize, _total: usize) {}
}

/// Nobody looks on.
pub struct Quiet;

impl Watch for Quiet {}

/// What has come back of something that a call set going.
enum Back {
    Answered(Part, Result<Response, Failure>),
    Leased(u64, Option<Leased>),
}

/// What a call holds is given back even when its caller gives up and drops it.
struct Driven<'a, R: Transport + Clock> {
    call: Option<Call>,
    account: &'a RefCell<Account>,
    runtime: &'a R,
}

impl<R: Transport + Clock> Driven<'_, R> {
    fn release(&mut self) -> Option<Call> {
        let mut call = self.call.take()?;
        let flights = call.abandon(&mut self.account.borrow_mut());
        flights.for_each(|flight| self.runtime.land(flight));
        settle(self.runtime, self.account);
        Some(call)
    }
}

/// Tells the store what the account has noted for it.
fn settle(runtime: &impl Transport, account: &RefCell<Account>) {
    let noted = account.borrow_mut().settled();
    if let Some((account, settled)) = noted {
        settled.into_iter().for_each(|settled| runtime.settle(&account, settled));
    }
}

impl<R: Transport + Clock> Drop for Driven<'_, R> {
    fn drop(&mut self) {
        self.release();
    }
}

/// Drives `call` to its end.
pub(super) async fn drive<R: Transport + Clock>(
    runtime: &R,
    account: &RefCell<Account>,
    call: Call,
    watch: &dyn Watch,
) -> Result<Gathered, Error> {
    let operation = call.operation().name;
    let mut driven = Driven { call: Some(call), account, runtime };
    let mut flying = FuturesUnordered::new();
    while let Some(call) = &mut driven.call {
        let step = call.poll(&mut account.borrow_mut(), runtime.now());
        settle(runtime, account);
        let back: Option<Back> = match step {
            Step::Done => break,
            Step::Send(send) => {
                match send.part {
                    Part::Token(flight) => runtime.lead(flight),
                    Part::Own(_) => watch.sending(),
                }
                flying.push(Either::Left(async move {
                    let since = runtime.now();
                    let (method, url) = (send.outgoing.method, Secrets::shown(&send.outgoing.url));
                    let words = |words| send.secrets.words(words);
                    let outcome = runtime.send(send.outgoing, send.until).await.map_err(|failure| match failure {
                        Failure::Network(said) => Failure::Network(words(said)),
                        Failure::Unsendable(said) => Failure::Unsendable(words(said)),
                        failure => failure,
                    });
                    let attempt = Attempt {
                        operation: if matches!(send.part, Part::Token(_)) { "token" } else { operation },
                        method,
                        url,
                        attempt: send.attempt,
                        status: outcome.as_ref().ok().map(|response| response.status),
                        duration_ms: runtime.now().saturating_sub(since),
                        error: outcome.as_ref().err().map(ToString::to_string),
                    };
                    runtime.attempted(&attempt);
                    watch.attempted(attempt);
                    Back::Answered(send.part, outcome)
                }));
                None
            }
            Step::Lease(lease) => {
                runtime.lead(lease.flight);
                flying.push(Either::Right(async move {
                    let leased = pin!(runtime.lease(&lease.account, lease.ask));
                    match select(leased, pin!(runtime.sleep(lease.until))).await {
                        Either::Left((leased, _)) => Back::Leased(lease.flight, leased),
                        Either::Right(_) => Back::Leased(lease.flight, None),
                    }
                }));
                None
            }
            Step::Wait { until, flight } => {
                let until_or_never = async {
                    match (flight, until) {
                        (Some(flight), Some(until)) => runtime.join(flight, until).await,
                        (_, Some(until)) => runtime.sleep(until).await,
                        (_, None) => std::future::pending().await,
                    }
                };
                if flying.is_empty() {
                    until_or_never.await;
                    None
                } else {
                    match select(flying.next(), pin!(until_or_never)).await {
                        Either::Left((back, _)) => back,
                        Either::Right(_) => None,
                    }
                }
            }
        };
        let (part, outcome) = match back {
            None => continue,
            Some(Back::Leased(flight, leased)) => {
                call.leased(&mut account.borrow_mut(), flight, leased, runtime.now());
                runtime.land(flight);
                continue;
            }
            Some(Back::Answered(part, outcome)) => (part, outcome),
        };
        let landed = call.answered(&mut account.borrow_mut(), part, outcome, runtime.now(), runtime.random());
        if let Some(flight) = landed {
            runtime.land(flight);
        }
        if matches!(part, Part::Own(_)) {
            let (done, total) = call.progress();
            watch.progressed(done, total);
        }
    }
    match driven.release() {
        Some(call) => call.finish(),
        // Released at the end of this function or by dropping it, and nowhere else.
        None => unreachable!(),
    }
}
