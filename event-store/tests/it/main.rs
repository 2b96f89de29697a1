//! The log on real databases, and on real and failing Kafka brokers.

#![expect(clippy::unwrap_used, reason = "what the tests share lies outside of their functions")]

mod kafka;
mod log;
