//! The accounts of candidates and recruiters, as programs and people reach them.
//!
//! `calls` is what programs call with JSON: registering, signing in for tokens, one's own account, and the same
//! as two earlier services had it. The frame of such calls is [`web::api`]. `pages` is the same for people, and the
//! audience that other contexts add their pages to.

mod calls;
mod pages;

pub use calls::{description, routes as call_routes};
pub use pages::{
    ACCOUNT, CurrentUser, Entry, OWN, Permission, Users, audience, entries, frame, page_routes,
};
