//! The read models on real databases, a fresh one for each test.

#![expect(clippy::unwrap_used, reason = "what the tests share lies outside of their functions")]

mod alerts;
mod analytics;
mod audit;
mod columns;
mod export;
mod figures;
mod lists;
mod models;
mod offers;
mod operators;
mod people;
mod periods;
mod permits;
mod property;
mod rebuild;
mod runner;
mod schema;
mod sealed;
mod support;
