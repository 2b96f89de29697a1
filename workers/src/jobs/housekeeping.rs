//! `housekeeping`: what no longer counts is cleared away.

use async_trait::async_trait;

use super::{Job, JobError, Turn};
use crate::reaction::World;

pub(super) struct Housekeeping;

#[async_trait]
impl Job for Housekeeping {
    fn name(&self) -> &'static str {
        "housekeeping"
    }

    fn cron(&self) -> &'static str {
        "13 * * * *"
    }

    fn makes_up(&self) -> bool {
        true
    }

    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        let tidied = world.commands.tidy().await;
        let tidied = tidied.map_err(|error| JobError::because(&error))?;
        for (what, number) in [
            ("posts", tidied.posts),
            ("limits", tidied.allotments),
            ("early-reports", tidied.early_reports),
            ("sessions", tidied.sessions),
            ("people", tidied.forgotten as u64),
            ("unfinished", tidied.unfinished as u64),
            ("runs", tidied.runs),
            ("collections", tidied.collections),
        ] {
            turn.count(what, number);
        }
        Ok(())
    }
}
