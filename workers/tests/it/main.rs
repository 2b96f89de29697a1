//! What the engine does with events, from the log to the wire.

#![expect(clippy::unwrap_used, reason = "what a test cannot have ends it")]

mod permits;
mod reactions;
