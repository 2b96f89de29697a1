//! Reactions: what turns an event into an effect on the world, with retry and delay.
//!
//! A reaction asks the aggregate whether its outcome is there already, does its effect, and records
//! the outcome by a command. To add one: its file in `reactions/`, its `mod` and its line in
//! `reactions::all`. What is done by the clock instead is a task: see [`jobs`].

mod engine;
pub mod jobs;
pub mod mail;
mod reaction;
mod reactions;
mod settings;
pub mod webhooks;
pub mod witness;

pub use engine::{ReactorStatus, StartError, Workers, status};
pub use integrations::Circuit;
pub use reaction::{AnyReaction, Failure, Outcome, Reaction, ReactionError, Start, World};
pub use reactions::{all, events_of_reactors, names};
pub use settings::{Feed, OfferSettings, Override, PermitSettings, Settings};
