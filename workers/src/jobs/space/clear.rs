//! `applications.clear`: what people removed from their spaces, and may restore no more, is erased.

use async_trait::async_trait;
use commands::{Cause, ForgetError, advice};
use domain::cqrs_es::Aggregate as _;
use domain::erasure::RecordRef;
use domain::space::{CandidateTask, RESTORABLE, TrackedApplication};
use event_store::ActorKind;
use jiff::Timestamp;
use projections::space::{self, LeftOver};

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
        left += clear_left_over(world, turn, &cause).await?;
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
    let (db, people) = (world.commands.log().db(), world.commands.people());
    let is_task = kind == CandidateTask::TYPE;
    let (mut after, mut left) = (None, 0);
    loop {
        let found = if is_task {
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
            // Its row is gone once it is erased.
            let about = if is_task { Ok(vec![]) } else { space::tasks_about(db, id).await };
            let about = about.map_err(|error| JobError::because(&error))?;
            let erased = people.forget_expired(&record, removed_at, cause).await;
            left += counted(turn, &record, erased)?;
            left += clear_about(world, turn, &about, cause).await?;
        }
    }
}

/// Erases what people keep about applications that are erased: of those that were sent by Postulo,
/// and where an earlier run was cut off.
async fn clear_left_over(world: &World, turn: &Turn, cause: &Cause) -> Result<u64, JobError> {
    let db = world.commands.log().db();
    let mut left = 0;
    for is_task in [true, false] {
        let mut after = String::new();
        loop {
            let found = if is_task {
                space::left_over_tasks(db, &after, A_PAGE).await
            } else {
                space::left_over_notes(db, &after, A_PAGE).await
            };
            let found = found.map_err(|error| JobError::because(&error))?;
            let Some(last) = found.last() else { break };
            after = last.id.to_string();
            left += clear_about(world, turn, &found, cause).await?;
        }
    }
    Ok(left)
}

async fn clear_about(
    world: &World,
    turn: &Turn,
    found: &[LeftOver],
    cause: &Cause,
) -> Result<u64, JobError> {
    let mut left = 0;
    for LeftOver { kind, id, application } in found {
        if turn.is_over() {
            return Err(JobError::Stopped);
        }
        let Ok(record) = RecordRef::new(kind, &id.to_string()) else { continue };
        let people = world.commands.people();
        let erased = people.forget_left_over(&record, *application, cause).await;
        left += counted(turn, &record, erased)?;
    }
    Ok(left)
}

/// Counts what became of a record; 1 where it could not be erased.
fn counted(
    turn: &Turn,
    record: &RecordRef,
    erased: Result<bool, ForgetError>,
) -> Result<u64, JobError> {
    match erased {
        Ok(erased) => {
            turn.count("space-erased", u64::from(erased));
            Ok(0)
        }
        Err(error) if is_database_away(&error) => Err(JobError::because(&error)),
        Err(error) => {
            let error = advice::told(&error);
            let id = record.aggregate_id.as_str();
            tracing::error!(error, id, "what was removed was not erased; it is tried again");
            Ok(1)
        }
    }
}
