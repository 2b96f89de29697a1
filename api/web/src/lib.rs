//! The frame of everything that answers over HTTP: what a page looks like, how a request is read and
//! told, what is refused before a handler sees it. It knows no page and no address of its own, besides
//! the stylesheets and scripts.
//!
//! The pages of an audience are a crate of their own beside this one: it depends on this crate and on
//! none of the other audiences, offers its `routes`, and [`layers::around`] makes them a service.

// Templates of other crates extend those of this one, which name its functions by this path.
extern crate self as web;

pub mod address;
pub mod api;
pub mod app;
pub mod assets;
pub mod audience;
pub mod chart;
pub mod download;
pub mod failure;
pub mod host;
pub mod kept;
pub mod lang;
pub mod layers;
pub mod limit;
pub mod networks;
pub mod page;
pub mod problem;
pub mod qr;
pub mod query;
pub mod refusal;
pub mod request;
pub mod security;
pub mod seen;
pub mod timeout;
pub mod upload;

pub use app::{Accounts, App, AppParts, CaughtUp, Demo, Metrics, Settings};
pub use failure::Failure;
pub use kept::Kept;
pub use limit::RequestLimits;
