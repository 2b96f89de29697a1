//! The accounts of candidates and recruiters, as programs and people reach them.
//!
//! `calls` is what programs call with JSON: registering, signing in for tokens, one's own account, and the same
//! as two earlier services had it. The frame of such calls is [`web::api`].

mod calls;

pub use calls::{description, routes as call_routes};
