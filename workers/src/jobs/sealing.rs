//! `sealing`: what a version before left in plain beside the log is sealed, until nothing is left of it.

use async_trait::async_trait;
use commands::Beside;

use super::{Job, JobError, Turn};
use crate::reaction::World;

pub(super) struct Sealing;

/// What the rows of a table are counted as.
const fn counted_as(beside: Beside) -> &'static str {
    match beside {
        Beside::Reactions => "sealed-reactions",
        Beside::SentEmails => "sealed-emails",
        Beside::Operators => "sealed-operators",
        Beside::WebhookSecrets => "sealed-webhooks",
    }
}

#[async_trait]
impl Job for Sealing {
    fn name(&self) -> &'static str {
        "sealing"
    }

    fn cron(&self) -> &'static str {
        "3 * * * *"
    }

    fn makes_up(&self) -> bool {
        true
    }

    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        for beside in Beside::ALL {
            loop {
                if turn.is_over() {
                    return Err(JobError::Stopped);
                }
                let sealed = world.commands.seal_some(beside).await;
                let sealed = sealed.map_err(|error| JobError::because(&error))?;
                if sealed == 0 {
                    break;
                }
                turn.count(counted_as(beside), sealed);
            }
        }
        Ok(())
    }
}
