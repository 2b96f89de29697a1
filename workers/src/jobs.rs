//! Work that comes back by the clock, one file a task. To add one: its file, its `mod`, its line in
//! `all`, and its words in the catalogue `schedules`.
//!
//! A task runs in one place at a time, however many processes there are, and once for each time that is
//! due. It is written so that running again is harmless: a run may be broken off anywhere. Unlike a
//! reaction it may read read models, since it asks again, later, for what they do not tell yet.

mod accounts;
mod alerts;
mod by_hand;
mod documents;
mod housekeeping;
pub mod offers;
pub mod permits;
pub mod retention;
mod runner;
mod scheduler;
mod sealing;
pub mod space;
#[cfg(test)]
mod tests;
mod turn;

use std::collections::BTreeMap;
use std::error::Error;

use async_trait::async_trait;
use commands::advice;
use commands::schedules::Plan;
use domain::schedule::{Timetable, TimetableError};
use event_store::DbError;

use crate::reaction::World;

use by_hand::BY_COMMAND_LINE;
pub use by_hand::{ByHandError, run_by_hand};
pub(crate) use scheduler::Scheduler;
pub use turn::Turn;

/// A task that the clock starts (cron job, recurring job).
///
/// One process at a time runs it, under a lease; a run that was broken off is not gone on with, the next
/// one begins anew. So it works in steps that may be done twice, and asks [`Turn::is_over`] between them:
///
/// ```text
/// async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError> {
///     for permit in permits::expired(world.commands.log().db(), turn.due()).await.map_err(..)? {
///         if turn.is_over() {
///             return Err(JobError::Stopped);
///         }
///         world.commands.perform(&permit, &Expire { at: world.commands.now() }, &cause).await.map_err(..)?;
///         turn.count("expired", 1);
///     }
///     Ok(())
/// }
/// ```
#[async_trait]
pub trait Job: Send + Sync {
    /// Its name, which never changes once released: it keys the runs and the settings. Parts of it are
    /// parted by dots.
    fn name(&self) -> &'static str;

    /// When it is due, as a cron expression of five fields, unless the settings say otherwise.
    fn cron(&self) -> &'static str;

    /// The time zone of that.
    fn zone(&self) -> &'static str {
        "Europe/Paris"
    }

    /// Whether what was missed while nothing ran is made up for, once.
    fn makes_up(&self) -> bool {
        false
    }

    /// Does the work, and counts what it does; ends soon after [`Turn::is_over`].
    async fn run(&self, world: &World, turn: &Turn) -> Result<(), JobError>;
}

/// Why a run did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// It failed; the text tells an operator why, without personal data.
    #[error("{0}")]
    Failed(String),
    /// It was asked to end before.
    #[error("it was asked to end before it was done")]
    Stopped,
}

impl JobError {
    /// A failure, with what led to it and what to do about it.
    pub fn because(error: &(dyn Error + 'static)) -> Self {
        Self::Failed(advice::told(error))
    }
}

/// Whether an error is that the database is away, so that no other record would fare better.
fn is_database_away(error: &(dyn Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |&error| error.source());
    causes.any(|cause| cause.downcast_ref().is_some_and(DbError::is_temporary))
}

/// Every task.
pub fn all() -> Vec<Box<dyn Job>> {
    vec![
        Box::new(housekeeping::Housekeeping),
        Box::new(retention::Retention::default()),
        Box::new(sealing::Sealing),
        Box::new(documents::Documents),
        Box::new(offers::OfferCollection),
        Box::new(offers::SourcesDue),
        Box::new(permits::PermitSync::default()),
        Box::new(permits::PermitRetention),
        Box::new(permits::Validity),
        Box::new(permits::Statistics),
        Box::new(accounts::AccountRetention),
        Box::new(space::Archive),
        Box::new(space::ArchiveLetters),
        Box::new(space::Clear),
        Box::new(alerts::AlertsSend),
        Box::new(offers::OfferCleaning),
    ]
}

/// The names of all tasks.
pub fn names() -> Vec<&'static str> {
    all().iter().map(|job| job.name()).collect()
}

/// What the settings say of a task; what is `None` stays as its file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// When it is due.
    pub cron: Option<String>,
    /// In which time zone.
    pub time_zone: Option<String>,
    /// Whether the clock starts it.
    pub enabled: Option<bool>,
}

/// When every task runs, given what the settings say of some by their names; or whose timetable cannot
/// be read, and why.
pub fn plans(
    changes: &BTreeMap<String, Change>,
) -> Result<Vec<Plan>, Vec<(&'static str, TimetableError)>> {
    plans_of(&all(), changes)
}

/// The same for these tasks.
pub fn plans_of(
    jobs: &[Box<dyn Job>],
    changes: &BTreeMap<String, Change>,
) -> Result<Vec<Plan>, Vec<(&'static str, TimetableError)>> {
    let (mut plans, mut wrong) = (vec![], vec![]);
    for job in jobs {
        let change = changes.get(job.name()).cloned().unwrap_or_default();
        let cron = change.cron.as_deref().unwrap_or(job.cron());
        match Timetable::parse(cron, change.time_zone.as_deref().unwrap_or(job.zone())) {
            Ok(timetable) => {
                let enabled = change.enabled.unwrap_or(true);
                plans.push(Plan { task: job.name().to_owned(), timetable, enabled });
            }
            Err(error) => wrong.push((job.name(), error)),
        }
    }
    if wrong.is_empty() { Ok(plans) } else { Err(wrong) }
}
