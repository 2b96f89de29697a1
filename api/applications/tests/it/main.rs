//! The audiences, through their routes over a real log: a folder each.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod pages;
mod partner;
