//! A run that somebody starts on the command line, in this process.

use commands::schedules::{self, Outcome, Report};
use event_store::DbError;
use event_store::lease::{Held, Holder, LeaseError, LeaseOptions};
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use super::runner::Runner;
use super::{Job, Turn, all};
use crate::reaction::World;
use crate::settings::Settings;

/// Who started such a run.
pub(super) const BY_COMMAND_LINE: &str = "command-line";
/// What times are written down to.
const INSTANT: SignedDuration = SignedDuration::from_micros(1);

/// A run could not begin.
#[derive(Debug, thiserror::Error)]
pub enum ByHandError {
    /// There is no such task.
    #[error("there is no task {0:?}")]
    Unknown(String),
    /// It was asked to stop while the task ran elsewhere.
    #[error("the task runs in another process, and this one was stopped before that ended")]
    Elsewhere,
    /// The lease cannot be asked for.
    #[error("whether another process runs the task cannot be told")]
    Lease(#[from] LeaseError),
    /// The database failed.
    #[error("the run cannot be written down")]
    Db(#[from] DbError),
}

/// Runs a task here and now, once no other process does, whether or not its schedule is on. `watch` is
/// shown what it counts, every second.
pub async fn run_by_hand(
    task: &str,
    world: &World,
    stop: &CancellationToken,
    watch: &(dyn Fn(&Report) + Send + Sync),
) -> Result<(Outcome, Report), ByHandError> {
    let job = all().into_iter().find(|job| job.name() == task);
    let Some(job) = job else { return Err(ByHandError::Unknown(task.to_owned())) };
    run_here(job.as_ref(), world, stop, watch).await
}

/// The same of a task that was asked for something of its own.
pub(super) async fn run_here(
    job: &dyn Job,
    world: &World,
    stop: &CancellationToken,
    watch: &(dyn Fn(&Report) + Send + Sync),
) -> Result<(Outcome, Report), ByHandError> {
    let task = job.name();
    let runner = Runner {
        world: world.clone(),
        holder: Holder::new(),
        lease: LeaseOptions::default(),
        drain: Settings::default().drain,
        stop: stop.clone(),
    };
    let db = world.commands.log().db();
    let run = |held: Held| {
        let runner = &runner;
        async move {
            runner.leave_broken(task).await?;
            let now = world.commands.now();
            let mut due = now;
            // Something else was due then, by a clock that stands still or was set back.
            while !schedules::claim(db, task, due, BY_COMMAND_LINE, now).await? {
                due += INSTANT;
            }
            Ok(runner.perform(job, Turn::new(held, due).asked(), watch).await)
        }
    };
    runner.alone(task, run).await?.unwrap_or(Err(ByHandError::Elsewhere))
}
