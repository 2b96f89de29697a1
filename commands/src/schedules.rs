//! Scheduled tasks beside the log: which there are, and their runs. Workers write them, operators see
//! them and ask for runs.
//!
//! A time that is due is a row of `schedule_runs`, whose key lets each be there once, whichever process
//! writes it first.

mod report;
mod runs;

use std::collections::BTreeMap;
use std::convert::Infallible;

use domain::schedule::{Schedule, SwitchSchedule, Timetable};
use event_store::{Db, DbError, Log, args, parse_timestamp};
use jiff::Timestamp;

use crate::facades::Schedules;
use crate::load::Loader;
use crate::{Cause, CommandError};

pub use report::Report;
pub(crate) use runs::clear;
pub use runs::{
    Outcome, Run, STARTED_BY_CLOCK, claim, end, failing, last_success, latest, leave_broken, open,
    request, take_request,
};

/// A task and when it runs, by its own default or by the settings.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its name.
    pub task: String,
    /// When it is due.
    pub timetable: Timetable,
    /// Whether the settings let the clock start it.
    pub enabled: bool,
}

/// A task as a process that runs tasks wrote it down.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The task and when it runs.
    pub plan: Plan,
    /// When it was there for the first time.
    pub first_at: Timestamp,
}

const WRITE: &str = "
    INSERT INTO schedules (task, cron, time_zone, enabled, first_at)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (task) DO UPDATE
    SET cron = excluded.cron, time_zone = excluded.time_zone, enabled = excluded.enabled";

const ALL: &str = "
    SELECT task, cron, time_zone, enabled, first_at
    FROM schedules
    ORDER BY task";

const DROP: &str = "DELETE FROM schedules WHERE task = $1";

/// Writes down which tasks there are, for pages and metrics of other processes. Those that are no more
/// are forgotten; their runs stay for their time.
pub async fn register(db: &Db, plans: &[Plan], now: Timestamp) -> Result<(), DbError> {
    for Plan { task, timetable, enabled } in plans {
        let args = args![task, timetable.cron(), timetable.zone_name(), *enabled, now];
        db.execute(WRITE, args).await?;
    }
    for (task, ..) in rows(db).await? {
        if plans.iter().all(|plan| plan.task != task) {
            db.execute(DROP, args![task]).await?;
        }
    }
    Ok(())
}

async fn rows(db: &Db) -> Result<Vec<(String, String, String, bool, String)>, DbError> {
    db.fetch_all(ALL, args![]).await
}

/// The tasks that were written down, by name. One that this version cannot read is left out.
pub async fn planned(db: &Db) -> Result<Vec<Planned>, DbError> {
    let read = |(task, cron, zone, enabled, first_at): (String, String, String, bool, String)| {
        let timetable = Timetable::parse(&cron, &zone).ok()?;
        let first_at = parse_timestamp(&first_at).ok()?;
        Some(Planned { plan: Plan { task, timetable, enabled }, first_at })
    };
    Ok(rows(db).await?.into_iter().filter_map(read).collect())
}

/// How many times a task was due and did not succeed since it last did, or since it is there; `most` at
/// most. What is due while it is off counts for nothing.
pub fn due_since_success(
    planned: &Planned,
    schedule: Schedule,
    succeeded: &BTreeMap<String, Timestamp>,
    now: Timestamp,
    most: usize,
) -> usize {
    let Plan { task, timetable, enabled } = &planned.plan;
    if !enabled || !schedule.is_on() {
        return 0;
    }
    let since = succeeded.get(task).copied().unwrap_or(planned.first_at);
    let missed = timetable.times(since).take_while(|due| *due <= now);
    missed.filter(|due| schedule.starts(*due)).take(most).count()
}

/// Whether the clock starts the task, by what `log` says.
pub async fn schedule_of(log: &Log, task: &str) -> Result<Schedule, CommandError<Infallible>> {
    Ok(Loader { log }.state::<Schedule>(task).await?.state)
}

/// That somebody switched the schedule of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Whether the clock starts it since.
    pub on: bool,
    /// When.
    pub at: Timestamp,
    /// Who: an operator's id, or `command-line`.
    pub by: Option<String>,
}

impl Schedules<'_> {
    /// Whether the clock starts the task.
    pub async fn find(self, task: &str) -> Result<Schedule, CommandError<Infallible>> {
        schedule_of(&self.log, task).await
    }

    /// When and by whom the schedule of the task was switched last, if it ever was.
    pub async fn schedule_switch(
        self,
        task: &str,
    ) -> Result<Option<Switch>, CommandError<Infallible>> {
        let history = self.loader().history::<Schedule>(task).await?;
        Ok(history.events.last().map(|last| Switch {
            on: history.state.is_on(),
            at: last.event.at(),
            by: last.metadata.actor.id.clone(),
        }))
    }

    /// Has the clock start the task, or not.
    pub async fn switch(
        self,
        task: &str,
        on: bool,
        cause: &Cause,
    ) -> Result<(), CommandError<Infallible>> {
        let decision = SwitchSchedule { on, at: self.clock.now() };
        self.perform(task, &decision, cause).await.map(drop)
    }
}
