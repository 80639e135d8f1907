//! One call's life, as a state machine without I/O. It is told the time, asked what to do next, and fed what came back; it
//! never wakes anybody: each caller sleeps on a timer of its own and asks again, because on an edge runtime a caller that
//! is woken by another's work is cancelled.

mod account;
mod budget;
mod call;
mod cursor;
mod desk;
mod intents;
mod leases;
mod lessor;
mod quota;
mod rate;
mod secrets;
mod slots;
mod stretch;
mod token;

pub use account::{Account, Credentials, Settings};
pub use call::{Answer, Call, CallOptions, Failure, Gathered, Lease, Outgoing, Part, Send, Skipped, Step, outgoing};
pub use cursor::{Cursor, Gap};
pub use desk::{Desk, Turn};
pub use intents::{Begun, Intents};
pub use leases::{Admission, Leases, OWN_SHARE};
pub use lessor::{Ask, Leased, Lessor, Settled, Throttled};
pub use quota::{Full, Quota, Ticket};
pub use secrets::Secrets;
pub use stretch::Stretch;

/// Milliseconds since 1970, UTC.
pub type Ms = u64;
