//! HTTP, through the whole router over a real log: one folder per audience.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod admin;
mod pages;
mod partner;
