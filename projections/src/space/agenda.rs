//! Somebody's tasks as a page has them: by when they are due, with how many there are of each kind.

use event_store::{DbError, Log, Value, args};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::TaskItem;
use super::due::any_time_sql;
use super::tasks::{AWAY, KEPT, TABLE, TaskRow};

/// From when to when a page looks ahead.
#[derive(Clone, Copy, Debug)]
pub struct Horizon {
    /// Now: what was due before is overdue.
    pub now: Timestamp,
    /// The day where people are: what is due on a day before is overdue.
    pub today: Date,
    /// The last day of what is due soon.
    pub until: Date,
}

/// Tasks of a kind: those that are shown, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskLot {
    /// Those that are shown.
    pub items: Vec<TaskItem>,
    /// How many there are.
    pub count: u64,
}

/// Somebody's tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agenda {
    /// What should have been done, the longest overdue first.
    pub overdue: TaskLot,
    /// What is due soon, the nearest first.
    pub soon: TaskLot,
    /// What is due later, the nearest first.
    pub later: TaskLot,
    /// What is due at no time, the newest first.
    pub any_time: TaskLot,
    /// What is not done and waits for nobody, the newest first: it is archived, or about an application that is put
    /// away.
    pub away: TaskLot,
    /// What is done, the latest first.
    pub done: TaskLot,
}

/// A day stands in ten characters; a moment in more.
const IS_OVERDUE: &str =
    "(length(due_on) = 10 AND due_on < $3 OR length(due_on) > 10 AND due_at <= $2)";

const IS_SOON: &str = "substr(due_on, 1, 10) <= $4";

fn counts_sql() -> String {
    format!(
        "
    SELECT
      CASE
        WHEN {AWAY} THEN 'away'
        WHEN due_at IS NULL THEN 'any_time'
        WHEN {IS_OVERDUE} THEN 'overdue'
        WHEN {IS_SOON} THEN 'soon'
        ELSE 'later'
      END AS lot,
      count(*)
    FROM candidate_tasks
    WHERE owner = $1 AND removed_at IS NULL AND done_at IS NULL
    GROUP BY 1"
    )
}

const DONE_COUNT: &str = "
    SELECT count(*)
    FROM candidate_tasks
    WHERE owner = $1 AND removed_at IS NULL AND status = 'done'";

/// Those of a kind that are due at a time. Between $6 and $7 all of them are, so that an index finds them.
fn due_sql(lot: &str) -> String {
    format!(
        "
    SELECT *
    FROM candidate_tasks
    WHERE owner = $1 AND removed_at IS NULL AND done_at IS NULL AND due_at >= $6 AND due_at < $7
      AND {KEPT} AND {lot}
    ORDER BY due_at, created_position
    LIMIT $5"
    )
}

fn away_sql() -> String {
    format!(
        "
    SELECT *
    FROM candidate_tasks
    WHERE owner = $1 AND removed_at IS NULL AND done_at IS NULL AND {AWAY}
    ORDER BY created_position DESC
    LIMIT $2"
    )
}

const DONE: &str = "
    SELECT *
    FROM candidate_tasks
    WHERE id IN (
      SELECT id
      FROM candidate_tasks
      WHERE owner = $1 AND removed_at IS NULL AND status = 'done'
      ORDER BY done_at DESC, created_position DESC
      LIMIT $2)
    ORDER BY done_at DESC, created_position DESC";

const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// Somebody's tasks; `limit` of each kind are shown, and `least` of those that wait for nobody: put away, or done.
pub async fn agenda(
    log: &Log,
    owner: Uuid,
    horizon: Horizon,
    limit: u32,
    least: u32,
) -> Result<Agenda, DbError> {
    let Horizon { now, today, until } = horizon;
    let of_horizon = args![owner, now, today.to_string(), until.to_string()];
    let mut agenda = Agenda::default();
    let counts: Vec<(String, i64)> = log.db().fetch_all(&counts_sql(), of_horizon.clone()).await?;
    for (lot, count) in counts {
        let lot = match &*lot {
            "overdue" => &mut agenda.overdue,
            "soon" => &mut agenda.soon,
            "later" => &mut agenda.later,
            "away" => &mut agenda.away,
            _ => &mut agenda.any_time,
        };
        lot.count = count.max(0).unsigned_abs();
    }
    let (count,): (i64,) = log.db().fetch_one(DONE_COUNT, args![owner]).await?;
    agenda.done.count = count.max(0).unsigned_abs();

    // A day begins within a day of its beginning in UTC, wherever somebody is.
    let begins = |day: Date| day.to_zoned(jiff::tz::TimeZone::UTC).map_or(now, |it| it.timestamp());
    let due = |from: Timestamp, before: Timestamp| {
        let mut args = of_horizon.clone();
        args.extend(args![limit, from, before]);
        args
    };
    let (far, end) = (now - A_DAY - A_DAY, begins(until) + A_DAY + A_DAY + A_DAY);
    let overdue = due_sql(&format!("{IS_OVERDUE} AND {IS_SOON}"));
    let soon = due_sql(&format!("NOT {IS_OVERDUE} AND {IS_SOON}"));
    let later = due_sql(&format!("NOT {IS_OVERDUE} AND NOT ({IS_SOON})"));
    fill(log, &mut agenda.overdue, &overdue, due(Timestamp::MIN, now + A_DAY)).await?;
    fill(log, &mut agenda.soon, &soon, due(far, end)).await?;
    fill(log, &mut agenda.later, &later, due(begins(until) - A_DAY, Timestamp::MAX)).await?;
    fill(log, &mut agenda.any_time, &any_time_sql(), args![owner, limit]).await?;
    fill(log, &mut agenda.away, &away_sql(), args![owner, least]).await?;
    fill(log, &mut agenda.done, DONE, args![owner, least]).await?;
    Ok(agenda)
}

/// Takes in those that are shown, where there are any.
async fn fill(log: &Log, lot: &mut TaskLot, sql: &str, args: Vec<Value>) -> Result<(), DbError> {
    if lot.count > 0 {
        let rows: Vec<TaskRow> = TABLE.fetch_all(log, &TABLE.by_name(sql), args).await?;
        lot.items = rows.into_iter().filter_map(TaskItem::of_row).collect();
    }
    Ok(())
}
