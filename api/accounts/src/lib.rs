//! Accounts of candidates and recruiters: the pages on which they register, sign in and keep their account, and the
//! audience that other contexts add their pages to.

mod pages;

pub use pages::{
    ACCOUNT, CurrentUser, Entry, OWN, Permission, Users, audience, entries, frame, page_routes,
};
