//! The scheduler: watches the clock for every task, and whether somebody asks for a run.
//!
//! Every process that runs tasks watches. When one is due, each asks for the task's lease; whoever has
//! it first claims the time, and the others find it claimed. So a process that dies is made good by any
//! other, and nobody needs to know who is there.

use std::sync::Arc;

use commands::schedules::{self, Plan};
use event_store::lease::Holder;
use event_store::{Db, DbError};
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::Job;
use super::runner::{Runner, TurnError};
use crate::reaction::World;
use crate::settings::Settings;

/// How late a time may be noticed to count as on time: longer than the lease of a process that died.
const ON_TIME: SignedDuration = SignedDuration::from_mins(1);
/// How long a task rests whose turn could not be taken.
const REST: std::time::Duration = std::time::Duration::from_secs(5);

/// The tasks of a process, with what runs them.
pub(crate) struct Scheduler {
    runner: Runner,
    tasks: Vec<Watched>,
}

/// A task, as its process watches it.
struct Watched {
    job: Arc<dyn Job>,
    plan: Plan,
    /// When to look what is due; the first time at once.
    next: Timestamp,
    turn: Option<JoinHandle<Result<(), TurnError>>>,
    /// Not before.
    rests: Option<Instant>,
}

impl Scheduler {
    /// Those of `jobs` that the settings have a plan for.
    pub(crate) fn new(
        jobs: Vec<Box<dyn Job>>,
        world: &World,
        settings: &Settings,
        stop: &CancellationToken,
    ) -> Self {
        let plan = |job: &dyn Job| {
            let mut plans = settings.schedules.iter();
            plans.find(|plan| plan.task == job.name()).cloned()
        };
        let watched = |job: Box<dyn Job>| {
            let plan = plan(job.as_ref())?;
            let job = Arc::from(job);
            Some(Watched { job, plan, next: Timestamp::MIN, turn: None, rests: None })
        };
        let runner = Runner {
            world: world.clone(),
            holder: Holder::new(),
            lease: settings.lease,
            drain: settings.drain,
            stop: stop.clone(),
        };
        Self { runner, tasks: jobs.into_iter().filter_map(watched).collect() }
    }

    /// Runs what is due and what is asked for until it is stopped; then what is under way ends.
    pub(crate) async fn run(mut self) {
        if self.tasks.is_empty() {
            return;
        }
        let (stop, look) = (self.runner.stop.clone(), self.runner.lease.look);
        let db = self.runner.world.commands.log().db().clone();
        let (mut is_known, mut seen, mut failing) = (false, Timestamp::MIN, false);
        loop {
            let looked = tokio::select! {
                looked = self.look(&db, &mut is_known, &mut seen) => looked,
                () = stop.cancelled() => break,
            };
            if let Err(error) = &looked
                && !failing
                && !matches!(error, DbError::Moved(_))
            {
                tracing::warn!(%error, "scheduled tasks wait: the database does not answer");
            }
            failing = looked.is_err();
            tokio::select! {
                () = stop.cancelled() => break,
                () = sleep(look) => {}
            }
        }
        for task in &mut self.tasks {
            if let Some(turn) = task.turn.take() {
                ended(&task.plan.task, turn).await;
            }
        }
    }

    /// Looks once.
    async fn look(
        &mut self,
        db: &Db,
        is_known: &mut bool,
        seen: &mut Timestamp,
    ) -> Result<(), DbError> {
        let now = self.runner.world.commands.now();
        if !*is_known {
            let plans: Vec<_> = self.tasks.iter().map(|task| task.plan.clone()).collect();
            schedules::register(db, &plans, now).await?;
            *is_known = true;
        }
        let open = schedules::open(db).await?;
        let set_back = now < *seen;
        *seen = now;
        for task in &mut self.tasks {
            task.look(&self.runner, now, set_back, &open).await;
        }
        Ok(())
    }
}

impl Watched {
    /// Begins a turn where one is due or asked for, or where one was left behind.
    async fn look(&mut self, runner: &Runner, now: Timestamp, set_back: bool, open: &[String]) {
        if let Some(turn) = self.turn.take_if(|turn| turn.is_finished())
            && !ended(&self.plan.task, turn).await
        {
            self.next = Timestamp::MIN;
            self.rests = Some(Instant::now() + REST);
        }
        if set_back {
            // What was the next time by the wrong clock may be years away.
            self.next = Timestamp::MIN;
        }
        if self.turn.is_some() || self.rests.is_some_and(|until| Instant::now() < until) {
            return;
        }
        let due = self.due(now);
        if due.is_some() || open.contains(&self.plan.task) {
            let (runner, job) = (runner.clone(), self.job.clone());
            self.turn =
                Some(tokio::spawn(async move { runner.take_turn(job.as_ref(), due).await }));
        }
    }

    /// What is due now, of the times that passed since the last look: the last of them, if that is only
    /// just over, or if the task makes up for what it missed.
    fn due(&mut self, now: Timestamp) -> Option<Timestamp> {
        if now < self.next {
            return None;
        }
        let timetable = &self.plan.timetable;
        self.next = timetable.next(now).unwrap_or(Timestamp::MAX);
        let due = timetable.last(now).filter(|_| self.plan.enabled)?;
        let is_on_time = now.duration_since(due) <= ON_TIME;
        (is_on_time || self.job.makes_up()).then_some(due)
    }
}

/// Whether a turn could be taken.
async fn ended(task: &str, turn: JoinHandle<Result<(), TurnError>>) -> bool {
    let error: TurnError = match turn.await {
        Ok(Ok(())) => return true,
        Ok(Err(error)) => error,
        Err(error) => error.into(),
    };
    let error = error.as_ref() as &dyn std::error::Error;
    tracing::warn!(task.name = task, error, "a task's turn could not be taken; it is tried again");
    false
}
