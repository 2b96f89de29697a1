//! Things fail in the middle, with real processes and real services: nothing acknowledged is lost or
//! doubled, and what the service derives is as if nothing had happened.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod aftermath;
mod alerts;
mod brokers;
mod crash;
mod databases;
mod disk;
mod first_start;
mod forgotten;
mod load;
mod network;
mod permits;
mod place;
mod processes;
mod seeded;
mod services;
mod signatures;
mod upgrade;
