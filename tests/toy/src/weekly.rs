//! In `workers/jobs`: on Monday morning, how many opinions the week brought.

use async_trait::async_trait;
use jiff::SignedDuration;
use workers::World;
use workers::jobs::{Job, JobError, Turn};

use crate::read_model;

pub struct Weekly;

#[async_trait]
impl Job for Weekly {
    fn name(&self) -> &'static str {
        "feedback.weekly"
    }

    fn cron(&self) -> &'static str {
        "0 8 * * 1"
    }

    fn makes_up(&self) -> bool {
        true
    }

    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        let then = turn.due() - SignedDuration::from_hours(7 * 24);
        let given = read_model::since(world.commands.log().db(), then).await;
        turn.count("feedback-weekly-given", given.map_err(|error| JobError::because(&error))?);
        Ok(())
    }
}
