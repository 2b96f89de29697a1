//! What the engine does with events, from the log to the wire; and tasks by the clock.

#![expect(clippy::unwrap_used, reason = "what a test cannot have ends it")]

mod accounts;
mod alerts;
mod archive_letters;
mod offers;
mod permit_files;
mod permits;
mod reactions;
mod space;
