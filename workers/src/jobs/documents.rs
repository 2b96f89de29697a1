//! `documents`: documents that lie in the open, from before they were sealed, are sealed.

use async_trait::async_trait;
use commands::Moved;

use super::{Job, JobError, Turn};
use crate::reaction::World;

pub(super) struct Documents;

#[async_trait]
impl Job for Documents {
    fn name(&self) -> &'static str {
        "documents"
    }

    fn cron(&self) -> &'static str {
        "8,23,38,53 * * * *"
    }

    fn makes_up(&self) -> bool {
        true
    }

    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        let count = |moved| {
            turn.count(
                match moved {
                    Moved::Sealed => "documents-sealed",
                    Moved::Deleted => "documents-gone",
                    Moved::Damaged => "documents-damaged",
                },
                1,
            );
        };
        let applications = world.commands.applications();
        let left = applications.seal_documents(&|| turn.is_over(), &count).await;
        let left = left.map_err(|error| JobError::because(&error))?;
        if turn.is_over() {
            return Err(JobError::Stopped);
        }
        match left {
            None => turn.note("nothing-is-sealed"),
            Some(left) if left.documents == 0 => turn.note("documents-all-sealed"),
            Some(left) => turn.count("documents-left", left.documents),
        }
        Ok(())
    }
}
