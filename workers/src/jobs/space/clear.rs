//! `applications.clear`: what people removed from their spaces, and may restore no more, is erased.

use async_trait::async_trait;
use commands::Cause;
use domain::cqrs_es::Aggregate as _;
use domain::erasure::RecordRef;
use domain::space::{CandidateTask, RESTORABLE, TrackedApplication};
use event_store::ActorKind;
use jiff::Timestamp;
use projections::space;

use super::super::retention::is_doubted;
use super::super::{Job, JobError, Turn};
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
        for kind in [TrackedApplication::TYPE, CandidateTask::TYPE] {
            clear(world, turn, kind, before, &cause).await?;
        }
        Ok(())
    }
}

/// Erases what was removed before this of one kind.
async fn clear(
    world: &World,
    turn: &Turn,
    kind: &'static str,
    before: Timestamp,
    cause: &Cause,
) -> Result<(), JobError> {
    let db = world.commands.log().db();
    let mut after = None;
    loop {
        let found = if kind == CandidateTask::TYPE {
            space::tasks_removed_before(db, before, after, A_PAGE).await
        } else {
            space::removed_before(db, before, after, A_PAGE).await
        };
        let found = found.map_err(|error| JobError::because(&error))?;
        let Some(last) = found.last() else { return Ok(()) };
        after = Some(*last);
        for (removed_at, id) in found {
            if turn.is_over() {
                return Err(JobError::Stopped);
            }
            let Ok(record) = RecordRef::new(kind, &id.to_string()) else { continue };
            let erased = world.commands.people().forget_expired(&record, removed_at, cause).await;
            if erased.map_err(|error| JobError::because(&error))? {
                turn.count("space-erased", 1);
            }
        }
    }
}
