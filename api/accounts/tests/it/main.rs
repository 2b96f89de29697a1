//! Accounts of candidates and recruiters, through their routes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod pages;
