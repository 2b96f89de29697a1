//! The runs of scheduled tasks, a row each.

use std::collections::BTreeMap;

use event_store::{Db, DbError, args, parse_timestamp, timestamp_text};
use jiff::{SignedDuration, Timestamp};

use super::Report;

/// Who starts what is due.
pub const STARTED_BY_CLOCK: &str = "clock";
/// How long runs are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it should.
    Done,
    /// With an error, which its report tells.
    Failed,
    /// Its process was stopped or died, or lost the lease, before the end.
    BrokenOff,
}

impl Outcome {
    /// The name as stored and shown to programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::BrokenOff => "broken_off",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Done, Self::Failed, Self::BrokenOff].into_iter().find(|it| it.as_str() == name)
    }
}

/// A run of a task, or that one is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Which task.
    pub task: String,
    /// When it was due or asked for.
    pub due_at: Timestamp,
    /// Who started or asked for it: [`STARTED_BY_CLOCK`], an operator's id, or `command-line`.
    pub started_by: String,
    /// When it began; `None` while it is asked for.
    pub started_at: Option<Timestamp>,
    /// When it ended; nobody knows of one whose process died.
    pub ended_at: Option<Timestamp>,
    /// How; `None` while it is under way.
    pub outcome: Option<Outcome>,
    /// What it did.
    pub report: Report,
}

#[derive(sqlx::FromRow)]
struct Row {
    task: String,
    due_at: String,
    started_by: String,
    started_at: Option<String>,
    ended_at: Option<String>,
    outcome: Option<String>,
    report: Option<String>,
}

impl Row {
    /// `None` where something else than this service wrote the row.
    fn run(self) -> Option<Run> {
        let time = |text: Option<String>| text.and_then(|text| parse_timestamp(&text).ok());
        Some(Run {
            due_at: parse_timestamp(&self.due_at).ok()?,
            task: self.task,
            started_by: self.started_by,
            started_at: time(self.started_at),
            ended_at: time(self.ended_at),
            outcome: self.outcome.as_deref().and_then(Outcome::named),
            report: Report::read(self.report.as_deref()),
        })
    }
}

const CLAIM: &str = "
    INSERT INTO schedule_runs (task, due_at, started_by, started_at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (task, due_at) DO NOTHING";

/// Begins the run of a task that is due at this time; `false` where it was begun before.
pub async fn claim(
    db: &Db,
    task: &str,
    due: Timestamp,
    started_by: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    Ok(db.execute(CLAIM, args![task, due, started_by, now]).await? == 1)
}

const REQUEST: &str = "
    INSERT INTO schedule_runs (task, due_at, started_by)
    SELECT $1, $2, $3
    WHERE NOT EXISTS (
        SELECT 1
        FROM schedule_runs
        WHERE task = $1 AND outcome IS NULL AND started_at IS NULL)
    ON CONFLICT (task, due_at) DO NOTHING";

/// Asks for a run now, in whichever process runs tasks; `false` where one is asked for already.
pub async fn request(db: &Db, task: &str, asked_by: &str, now: Timestamp) -> Result<bool, DbError> {
    Ok(db.execute(REQUEST, args![task, now, asked_by]).await? == 1)
}

const NEXT_REQUEST: &str = "
    SELECT due_at
    FROM schedule_runs
    WHERE task = $1 AND outcome IS NULL AND started_at IS NULL
    ORDER BY due_at
    LIMIT 1";

const TAKE: &str = "
    UPDATE schedule_runs
    SET started_at = $3
    WHERE task = $1 AND due_at = $2 AND outcome IS NULL AND started_at IS NULL";

/// Begins a run that was asked for; says which.
pub async fn take_request(
    db: &Db,
    task: &str,
    now: Timestamp,
) -> Result<Option<Timestamp>, DbError> {
    let asked: Option<(String,)> = db.fetch_optional(NEXT_REQUEST, args![task]).await?;
    let due = asked.and_then(|(due,)| parse_timestamp(&due).ok());
    let Some(due) = due else { return Ok(None) };
    let taken = db.execute(TAKE, args![task, due, now]).await? == 1;
    Ok(taken.then_some(due))
}

const OPEN: &str = "
    SELECT DISTINCT task
    FROM schedule_runs
    WHERE outcome IS NULL";

/// The tasks of which a run is asked for, under way, or left behind by a process that died.
pub async fn open(db: &Db) -> Result<Vec<String>, DbError> {
    let tasks: Vec<(String,)> = db.fetch_all(OPEN, args![]).await?;
    Ok(tasks.into_iter().map(|(task,)| task).collect())
}

const LEAVE_BROKEN: &str = "
    UPDATE schedule_runs
    SET outcome = $2
    WHERE task = $1 AND outcome IS NULL AND started_at IS NOT NULL";

/// Marks runs without an end as broken off. Only whoever holds the task's lease knows that nobody is at
/// them.
pub async fn leave_broken(db: &Db, task: &str) -> Result<u64, DbError> {
    db.execute(LEAVE_BROKEN, args![task, Outcome::BrokenOff.as_str()]).await
}

const END: &str = "
    UPDATE schedule_runs
    SET ended_at = $3, outcome = $4, report = $5
    WHERE task = $1 AND due_at = $2 AND outcome IS NULL";

/// Ends a run; `false` where it counts as broken off, since another process took the lease over.
pub async fn end(
    db: &Db,
    task: &str,
    due: Timestamp,
    (outcome, report): (Outcome, &Report),
    now: Timestamp,
) -> Result<bool, DbError> {
    let args = args![task, due, now, outcome.as_str(), report.stored()];
    Ok(db.execute(END, args).await? == 1)
}

const LATEST: &str = "
    SELECT task, due_at, started_by, started_at, ended_at, outcome, report
    FROM schedule_runs
    WHERE task = $1
    ORDER BY due_at DESC
    LIMIT $2";

/// The latest runs of a task, last first.
pub async fn latest(db: &Db, task: &str, most: u32) -> Result<Vec<Run>, DbError> {
    let rows: Vec<Row> = db.fetch_all(LATEST, args![task, most]).await?;
    Ok(rows.into_iter().filter_map(Row::run).collect())
}

const LAST_SUCCESS: &str = "
    SELECT task, max(ended_at)
    FROM schedule_runs
    WHERE outcome = $1
    GROUP BY task";

/// When each task last succeeded.
pub async fn last_success(db: &Db) -> Result<BTreeMap<String, Timestamp>, DbError> {
    let done = Outcome::Done.as_str();
    let rows: Vec<(String, Option<String>)> = db.fetch_all(LAST_SUCCESS, args![done]).await?;
    let read = |(task, at): (String, Option<String>)| Some((task, parse_timestamp(&at?).ok()?));
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Of the runs of each task that came to an end of their own, whether the last two failed.
const FAILING: &str = "
    SELECT task
    FROM (
        SELECT task, outcome,
               row_number() OVER (PARTITION BY task ORDER BY due_at DESC) AS nth
        FROM schedule_runs
        WHERE outcome IN ($1, $2) AND task IN (SELECT task FROM schedules)) AS ended
    WHERE nth <= 2 AND outcome = $2
    GROUP BY task
    HAVING count(*) = 2
    ORDER BY task";

/// The tasks of today that failed twice in a row.
pub async fn failing(db: &Db) -> Result<Vec<String>, DbError> {
    let args = args![Outcome::Done.as_str(), Outcome::Failed.as_str()];
    let tasks: Vec<(String,)> = db.fetch_all(FAILING, args).await?;
    Ok(tasks.into_iter().map(|(task,)| task).collect())
}

/// The last one that the clock started stays: it says up to when nothing was missed. So does the last
/// success.
const CLEAR: &str = "
    DELETE FROM schedule_runs
    WHERE due_at < $1
      AND EXISTS (
          SELECT 1
          FROM schedule_runs AS later
          WHERE later.task = schedule_runs.task AND later.due_at > schedule_runs.due_at
            AND later.started_by = $2)
      AND EXISTS (
          SELECT 1
          FROM schedule_runs AS later
          WHERE later.task = schedule_runs.task AND later.due_at > schedule_runs.due_at
            AND later.outcome = $3)";

/// Clears away the runs of long ago; says how many.
pub(crate) async fn clear(db: &Db, now: Timestamp) -> Result<u64, DbError> {
    let before = now.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
    let args = args![timestamp_text(before), STARTED_BY_CLOCK, Outcome::Done.as_str()];
    db.execute(CLEAR, args).await
}
