//! A run from its beginning to its end: once the lease is held, a time that is due is claimed, the task
//! does its work, and what came of it is written down.

use std::error::Error;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use commands::schedules::{self, Outcome, Report, STARTED_BY_CLOCK};
use event_store::lease::{self, Held, Holder, LeaseError, LeaseOptions};
use event_store::{Db, DbError};
use futures::FutureExt as _;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{Job, JobError, Turn};
use crate::reaction::World;

/// How often the end of a run is written where the database does not take it.
const ATTEMPTS: u32 = 5;

/// A turn could not be taken: the task is tried again soon.
pub(super) type TurnError = Box<dyn Error + Send + Sync>;

/// What runs tasks in this process.
#[derive(Clone)]
pub(super) struct Runner {
    pub(super) world: World,
    pub(super) holder: Holder,
    pub(super) lease: LeaseOptions,
    /// How long a task may go on once it was asked to end.
    pub(super) drain: Duration,
    pub(super) stop: CancellationToken,
}

/// Who looks on while a task runs.
pub(super) type Watch<'a> = &'a (dyn Fn(&Report) + Send + Sync);

impl Runner {
    fn db(&self) -> &Db {
        self.world.commands.log().db()
    }

    fn now(&self) -> Timestamp {
        self.world.commands.now()
    }

    /// Does `work` while no other process runs the task; `None` where this one was asked to stop first.
    pub(super) async fn alone<F, Fut, T>(
        &self,
        task: &str,
        work: F,
    ) -> Result<Option<T>, LeaseError>
    where
        F: FnOnce(Held) -> Fut,
        Fut: Future<Output = T>,
    {
        let name = format!("task:{task}");
        let Self { holder, lease, stop, .. } = self;
        lease::once(self.db(), &name, holder, *lease, stop, work).await
    }

    /// Runs the task for a time that is due, unless another process did, and then for whoever asked for
    /// a run. What a process left that died is broken off.
    pub(super) async fn take_turn(
        &self,
        job: &dyn Job,
        due: Option<Timestamp>,
    ) -> Result<(), TurnError> {
        let task = job.name();
        let turn = |held: Held| async move {
            self.leave_broken(task).await?;
            if let Some(due) = due
                && self.world.commands.schedules().find(task).await?.starts(due)
                && schedules::claim(self.db(), task, due, STARTED_BY_CLOCK, self.now()).await?
            {
                self.perform(job, Turn::new(held.clone(), due), &|_| {}).await;
            }
            while held.is_current() {
                let asked = schedules::take_request(self.db(), task, self.now()).await?;
                let Some(asked) = asked else { break };
                let turn = Turn::new(held.clone(), asked).asked();
                self.perform(job, turn, &|_| {}).await;
            }
            Ok(())
        };
        self.alone(task, turn).await?.unwrap_or(Ok(()))
    }

    pub(super) async fn leave_broken(&self, task: &str) -> Result<(), DbError> {
        for _ in 0..schedules::leave_broken(self.db(), task).await? {
            counted(task, Outcome::BrokenOff);
            tracing::warn!(task.name = task, "a run was broken off: its process stopped or died");
        }
        Ok(())
    }

    /// Does the work of a run that was begun, and writes down what came of it.
    pub(super) async fn perform(
        &self,
        job: &dyn Job,
        turn: Turn,
        watch: Watch<'_>,
    ) -> (Outcome, Report) {
        let (task, began) = (job.name(), Instant::now());
        let (due, held) = (turn.due(), turn.held());
        let span = tracing::info_span!("run a task", task.name = task);
        let work = AssertUnwindSafe(job.run(&self.world, &turn).instrument(span)).catch_unwind();
        let ended = tokio::select! {
            ended = work => Some(ended),
            () = overdue(held, self.drain) => None,
            () = looked_on(&turn, watch) => None,
        };
        let mut report = turn.report();
        let outcome = match ended {
            Some(Ok(Ok(()))) => Outcome::Done,
            Some(Ok(Err(JobError::Stopped))) | None => Outcome::BrokenOff,
            Some(Ok(Err(JobError::Failed(why)))) => {
                report.error = Some(why);
                Outcome::Failed
            }
            // What it says may quote anything, and stands on standard error.
            Some(Err(_)) => {
                let why = "it panicked, which is a mistake of ours; standard error says where";
                report.error = Some(why.to_owned());
                Outcome::Failed
            }
        };
        let duration = began.elapsed();
        counted(task, outcome);
        metrics::histogram!("postulo_task_duration_seconds", "task" => task)
            .record(duration.as_secs_f64());
        let duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let (counts, error) = (format!("{:?}", report.counts), report.error.as_deref());
        match outcome {
            Outcome::Done => {
                tracing::info!(task.name = task, duration_ms, counts, "a task ran");
            }
            Outcome::BrokenOff => {
                tracing::warn!(task.name = task, duration_ms, counts, "a task was broken off");
            }
            Outcome::Failed => {
                tracing::error!(task.name = task, duration_ms, counts, error, "a task failed");
            }
        }
        self.write_down(task, due, (outcome, &report), held).await;
        (outcome, report)
    }

    /// Writes the end of a run. One that cannot be written in the end counts as broken off later.
    async fn write_down(&self, task: &str, due: Timestamp, end: (Outcome, &Report), held: &Held) {
        for attempt in 1..=ATTEMPTS {
            match schedules::end(self.db(), task, due, end, self.now()).await {
                Ok(true) => return,
                Ok(false) => {
                    tracing::warn!(
                        task.name = task,
                        "a run ended after another process had taken over"
                    );
                    return;
                }
                Err(error) => {
                    tracing::error!(task.name = task, attempt, %error, "the end of a run was not written");
                }
            }
            if held.is_current() {
                tokio::time::sleep(self.lease.beat).await;
            }
        }
    }
}

fn counted(task: &str, outcome: Outcome) {
    let labels = [("task", task.to_owned()), ("outcome", outcome.as_str().to_owned())];
    metrics::counter!("postulo_task_runs_total", &labels).increment(1);
}

/// When a task that was asked to end has had its time.
async fn overdue(held: &Held, drain: Duration) {
    held.ended().cancelled().await;
    tokio::time::sleep(drain).await;
}

/// Shows what was counted, every second.
async fn looked_on(turn: &Turn, watch: Watch<'_>) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        watch(&turn.report());
    }
}
