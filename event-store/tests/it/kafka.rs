//! The log on a real Kafka broker, and on one that fails on demand.

mod consumer;
mod relay;
mod support;
mod topic;
