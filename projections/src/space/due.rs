//! Tasks that are not done and wait for somebody, by when they are due.

use event_store::{DbError, Log, args};
use jiff::Timestamp;
use uuid::Uuid;

use super::TaskItem;
use super::tasks::{KEPT, TABLE, TaskRow};

fn due_sql() -> String {
    format!(
        "
    SELECT *
    FROM candidate_tasks
    WHERE owner = $1 AND removed_at IS NULL AND done_at IS NULL AND due_at < $2 AND {KEPT}
    ORDER BY due_at, created_position
    LIMIT $3"
    )
}

/// Those that are due at no time, the newest first.
pub(super) fn any_time_sql() -> String {
    format!(
        "
    SELECT *
    FROM candidate_tasks
    WHERE owner = $1 AND removed_at IS NULL AND done_at IS NULL AND due_at IS NULL AND {KEPT}
    ORDER BY created_position DESC
    LIMIT $2"
    )
}

/// Tasks that are not done, and wait for somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DueTasks {
    /// Those that are due before a time, the longest overdue first.
    pub due: Vec<TaskItem>,
    /// Those that are due at no time, the newest first.
    pub any_time: Vec<TaskItem>,
}

/// The tasks of somebody that are not done and due before this time, and those that are due at no
/// time; `limit` of each. What is archived, or about an application that is put away, is not among
/// them.
pub async fn due_tasks(
    log: &Log,
    owner: Uuid,
    before: Timestamp,
    limit: u32,
) -> Result<DueTasks, DbError> {
    let items = |rows: Vec<TaskRow>| rows.into_iter().filter_map(TaskItem::of_row).collect();
    let due = TABLE.fetch_all(log, &TABLE.by_name(&due_sql()), args![owner, before, limit]).await?;
    let any_time = TABLE.by_name(&any_time_sql());
    let any_time = TABLE.fetch_all(log, &any_time, args![owner, limit]).await?;
    Ok(DueTasks { due: items(due), any_time: items(any_time) })
}

fn from_sql() -> String {
    format!(
        "
    SELECT *
    FROM candidate_tasks
    WHERE owner = $1 AND removed_at IS NULL AND done_at IS NULL AND due_at >= $2 AND {KEPT}
    ORDER BY due_at, created_position
    LIMIT $3"
    )
}

fn overdue_sql() -> String {
    format!(
        "
    SELECT *
    FROM candidate_tasks
    WHERE owner = $1 AND removed_at IS NULL AND done_at IS NULL AND due_at < $2 AND {KEPT}
    ORDER BY due_at DESC, created_position DESC
    LIMIT $3"
    )
}

/// The tasks of somebody that are not done and have a date, `limit` of them: those that are due
/// from this time on, and as there is room for them those before, the latest of them first.
pub async fn dated_tasks(
    log: &Log,
    owner: Uuid,
    from: Timestamp,
    limit: u32,
) -> Result<Vec<TaskItem>, DbError> {
    let args = args![owner, from, limit];
    let mut rows: Vec<TaskRow> = TABLE.fetch_all(log, &TABLE.by_name(&from_sql()), args).await?;
    let room = limit.saturating_sub(u32::try_from(rows.len()).unwrap_or(limit));
    if room > 0 {
        let overdue = TABLE.by_name(&overdue_sql());
        rows.extend(TABLE.fetch_all(log, &overdue, args![owner, from, room]).await?);
    }
    Ok(rows.into_iter().filter_map(TaskItem::of_row).collect())
}
