//! The credential proxy: secrets, quota and wholesale prices stay at the edge. Whatever is not in the operation table or
//! among the combined answers does not exist.

mod browser;
mod exchange;
mod mirror;
mod problem;
mod proxy;
mod query;
mod session;
mod visitor;

pub use exchange::{Body, Request, Response};
pub use problem::problem;
pub use proxy::{Platform, Proxy, ProxySettings};
pub use session::{Claims, Role, SessionKeys, Ship, mint};
