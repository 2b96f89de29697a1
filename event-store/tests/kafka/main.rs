//! The log on a real Kafka broker, and on one that fails on demand.

#![expect(clippy::unwrap_used, reason = "what the tests share lies outside of their functions")]

mod consumer;
mod relay;
mod support;
mod topic;
