//! The credential proxy: secrets, quota and wholesale prices stay at the edge. Whatever is not in the operation table or
//! among the combined answers does not exist.

mod breaker;
mod browser;
mod cache;
mod combined;
mod documents;
mod exchange;
mod limits;
mod metrics;
mod mirror;
mod policy;
mod pricing;
mod problem;
mod proxy;
mod query;
mod session;
mod visitor;

pub use exchange::{Body, Request, Response};
pub use policy::{Given as PolicyGiven, HIT, Show};
pub use pricing::{Base, Given as PricingGiven};
pub use problem::problem;
pub use proxy::{Platform, Proxy, ProxySettings};
pub use session::{Claims, Role, SessionKeys, Ship, mint};
