//! `applications.archive`: applications that people track, and of which nothing is heard any more, go into
//! their archives. One that its owner took out of the archive stays out until it moves.

use async_trait::async_trait;
use commands::{Cause, CommandError, Commands, advice};
use domain::space::{ArchiveStale, SpaceRefusal};
use event_store::ActorKind;
use jiff::{SignedDuration, Timestamp};
use projections::space;
use uuid::Uuid;

use super::super::{Job, JobError, Turn, is_database_away};
use crate::reaction::World;

/// Applications that are looked at at once.
const A_PAGE: u32 = 500;

pub(crate) struct Archive;

#[async_trait]
impl Job for Archive {
    fn name(&self) -> &'static str {
        "applications.archive"
    }

    fn cron(&self) -> &'static str {
        "0 3 * * *"
    }

    fn makes_up(&self) -> bool {
        true
    }

    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        let commands = &world.commands;
        turn.count("applications-archived", 0);
        let before = stale_before(commands, world.space.archived_after_days);
        let name = Some(self.name().to_owned());
        let cause = Cause::request(ActorKind::System, name, commands.fresh_id());
        let (mut after, mut left) = (None, 0);
        loop {
            let page = space::stale(commands.log().db(), before, after, A_PAGE).await;
            let page = page.map_err(|error| JobError::because(&error))?;
            let Some(last) = page.last() else { break };
            after = Some(*last);
            for (_, id) in page {
                if turn.is_over() {
                    return Err(JobError::Stopped);
                }
                let decision = ArchiveStale { before, at: commands.now() };
                match commands.perform(&id.to_string(), &decision, &cause).await {
                    Ok(receipt) => {
                        turn.count("applications-archived", receipt.events.len() as u64);
                    }
                    // Its owner removed it, or was forgotten, meanwhile.
                    Err(CommandError::Refused(SpaceRefusal::NotFound | SpaceRefusal::Erased)) => {}
                    Err(error) if is_database_away(&error) => {
                        return Err(JobError::because(&error));
                    }
                    Err(error) => {
                        left += 1;
                        let error = advice::told(&error);
                        tracing::error!(error, %id, "an application was not archived; it is tried again");
                    }
                }
            }
        }
        if left > 0 {
            return Err(JobError::Failed(format!(
                "{left} could not be archived; the log says why, and the next run tries again"
            )));
        }
        Ok(())
    }
}

/// Whoever applied before this and heard nothing hears nothing any more.
fn stale_before(commands: &Commands, after_days: u32) -> Timestamp {
    commands.now() - SignedDuration::from_hours(24 * i64::from(after_days))
}

/// What the task would archive now: a dry run.
pub async fn would_archive(commands: &Commands, after_days: u32) -> Result<Vec<Uuid>, JobError> {
    let before = stale_before(commands, after_days);
    let (mut after, mut found) = (None, vec![]);
    loop {
        let page = space::stale(commands.log().db(), before, after, A_PAGE).await;
        let page = page.map_err(|error| JobError::because(&error))?;
        let Some(last) = page.last() else { return Ok(found) };
        after = Some(*last);
        found.extend(page.into_iter().map(|(_, id)| id));
    }
}
