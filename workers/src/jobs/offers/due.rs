//! `offers.due`: sources with a schedule of their own are asked for when it says so, and whatever was asked for and
//! waits has a run of the task that collects.

use async_trait::async_trait;
use commands::collecting::AskedBy;
use commands::schedules;

use super::COLLECT;
use crate::jobs::{Job, JobError, Turn};
use crate::reaction::World;

pub(in crate::jobs) struct SourcesDue;

#[async_trait]
impl Job for SourcesDue {
    fn name(&self) -> &'static str {
        "offers.due"
    }

    fn cron(&self) -> &'static str {
        "*/15 * * * *"
    }

    fn makes_up(&self) -> bool {
        true
    }

    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        let (collecting, now) = (world.commands.collecting(), world.commands.now());
        let failed = |error: event_store::DbError| JobError::because(&error);
        let mut due = collecting.sources().await.map_err(failed)?;
        due.retain(|source| source.is_due(now));
        turn.count("offers-sources-asked", due.len() as u64);
        let db = world.commands.log().db();
        if due.is_empty() {
            // A run that is under way takes what waits; one that was broken off left it.
            let open = schedules::open(db).await.map_err(failed)?;
            let is_left = collecting.is_any_waiting().await.map_err(failed)?;
            if !is_left || open.iter().any(|task| task == COLLECT) {
                return Ok(());
            }
        }
        // Asked for first: who is cut off in between asks once more for what waits already.
        collecting.ask(&due, AskedBy::Clock).await.map_err(failed)?;
        for source in &due {
            collecting.kept_schedule(&source.name).await.map_err(failed)?;
        }
        schedules::request(db, COLLECT, self.name(), now).await.map_err(failed).map(drop)
    }
}
