//! Tasks that their owner removed and may restore.

use event_store::{DbError, Log, args};
use jiff::Timestamp;
use uuid::Uuid;

use super::tasks::{TABLE, TaskRow};
use super::{Cursor, TaskItem};

const REMOVED: &str = "
    SELECT *
    FROM candidate_tasks
    WHERE owner = $1 AND removed_at > $2 AND (removed_at, id) < ($3, $4)
    ORDER BY removed_at DESC, id DESC
    LIMIT $5";

/// A page of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemovedTasks {
    /// What is on it, the latest first.
    pub items: Vec<TaskItem>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

/// Those that were removed after this time: `limit` of them at most, after the end of an earlier
/// page.
pub async fn removed_tasks(
    log: &Log,
    owner: Uuid,
    since: Timestamp,
    after: Option<Cursor>,
    limit: u32,
) -> Result<RemovedTasks, DbError> {
    let Cursor { at, id } = after.unwrap_or(Cursor::as_old_as(Timestamp::MAX));
    let args = args![owner, since, at, id, limit.saturating_add(1)];
    let mut rows: Vec<TaskRow> = TABLE.fetch_all(log, &TABLE.by_name(REMOVED), args).await?;
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > shown;
    rows.truncate(shown);
    let next = rows.last().filter(|_| more);
    let next = next.and_then(|last| Some(Cursor { at: last.removed_at?, id: last.id }));
    Ok(RemovedTasks { items: rows.into_iter().filter_map(TaskItem::of_row).collect(), next })
}
