//! `applications.clear`: what people removed from their spaces, and may restore no more, is erased.

use async_trait::async_trait;
use commands::{Cause, advice};
use domain::cqrs_es::Aggregate as _;
use domain::erasure::RecordRef;
use domain::space::{CandidateTask, RESTORABLE, TrackedApplication};
use event_store::ActorKind;
use jiff::Timestamp;
use projections::space;

use super::super::retention::is_doubted;
use super::super::{Job, JobError, Turn, is_database_away};
use crate::reaction::World;

/// Records that are looked at at once.
const A_PAGE: u32 = 500;

pub(crate) struct Clear;

#[async_trait]
impl Job for Clear {
    fn name(&self) -> &'static str {
        "applications.clear"
    }

    fn cron(&self) -> &'static str {
        "20 3 * * *"
    }

    fn makes_up(&self) -> bool {
        true
    }

    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
        let db = world.commands.log().db();
        let now = world.commands.now();
        if is_doubted(db, now).await.map_err(|error| JobError::because(&error))? {
            turn.note("clock-doubted");
            return Ok(());
        }
        turn.count("space-erased", 0);
        let before = now - RESTORABLE;
        let name = Some(self.name().to_owned());
        let cause = Cause::request(ActorKind::System, name, world.commands.fresh_id());
        let mut left = 0;
        for kind in [TrackedApplication::TYPE, CandidateTask::TYPE] {
            left += clear(world, turn, kind, before, &cause).await?;
        }
        if left > 0 {
            return Err(JobError::Failed(format!(
                "{left} could not be erased; the log says why, and the next run tries again"
            )));
        }
        Ok(())
    }
}

/// Erases what was removed before this of one kind; says how many could not be.
async fn clear(
    world: &World,
    turn: &Turn,
    kind: &'static str,
    before: Timestamp,
    cause: &Cause,
) -> Result<u64, JobError> {
    let db = world.commands.log().db();
    let (mut after, mut left) = (None, 0);
    loop {
        let found = if kind == CandidateTask::TYPE {
            space::tasks_removed_before(db, before, after, A_PAGE).await
        } else {
            space::removed_before(db, before, after, A_PAGE).await
        };
        let found = found.map_err(|error| JobError::because(&error))?;
        let Some(last) = found.last() else { return Ok(left) };
        after = Some(*last);
        for (removed_at, id) in found {
            if turn.is_over() {
                return Err(JobError::Stopped);
            }
            let Ok(record) = RecordRef::new(kind, &id.to_string()) else { continue };
            let erased = world.commands.people().forget_expired(&record, removed_at, cause).await;
            match erased {
                Ok(erased) => turn.count("space-erased", u64::from(erased)),
                Err(error) if is_database_away(&error) => return Err(JobError::because(&error)),
                Err(error) => {
                    left += 1;
                    let error = advice::told(&error);
                    tracing::error!(error, %id, "what was removed was not erased; it is tried again");
                }
            }
        }
    }
}
