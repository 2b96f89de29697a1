//! The pages for people, through the whole router over a real log.

#![expect(clippy::unwrap_used, reason = "what the tests share lies outside of their functions")]

mod candidate;
mod mailbox;
mod people;
mod pseudo;
mod recruiter;
mod support;
