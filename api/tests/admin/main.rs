//! The admin, through the router: who may what, what is refused, and what each page does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod acts;
mod audit;
mod looks;
mod people;
mod pseudo;
mod reports;
mod roles;
mod security;
mod support;
