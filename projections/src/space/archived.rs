//! What the schedule archived in a month, and whose owners want to be told of it.

use event_store::{Db, DbError, args};
use jiff::Timestamp;
use uuid::Uuid;

/// A month: from its beginning to that of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its beginning.
    pub from: Timestamp,
    /// The beginning of the next.
    pub up_to: Timestamp,
}

const OWNERS: &str = "
    SELECT DISTINCT t.owner
    FROM tracked_applications AS t
    JOIN accounts AS u ON u.id = t.owner
    WHERE t.archived_by = 'schedule' AND t.archived_at >= $1 AND t.archived_at < $2
      AND t.removed_at IS NULL
      AND u.archive_letters_since < $2
      AND (u.archive_told_up_to IS NULL OR u.archive_told_up_to < $2)
      AND u.email_confirmed = TRUE AND u.disabled = FALSE
      AND t.owner > $3
    ORDER BY t.owner
    LIMIT $4";

/// Those who wanted the letter before the month ended, were not told yet, and of whose applications some were archived:
/// a page of them after one, in the order of their ids.
pub async fn owners_to_tell(
    db: &Db,
    month: Month,
    after: Uuid,
    limit: u32,
) -> Result<Vec<Uuid>, DbError> {
    let args = args![month.from, month.up_to, after, limit];
    let rows: Vec<(String,)> = db.fetch_all(OWNERS, args).await?;
    Ok(rows.into_iter().filter_map(|(owner,)| owner.parse().ok()).collect())
}

const ARCHIVED: &str = "
    SELECT id
    FROM tracked_applications
    WHERE owner = $1 AND archived_by = 'schedule' AND archived_at >= $2 AND archived_at < $3
      AND removed_at IS NULL
    ORDER BY archived_at DESC, id";

/// What the schedule archived of somebody in a month, and is archived still; the latest first.
pub async fn archived_in(db: &Db, owner: Uuid, month: Month) -> Result<Vec<Uuid>, DbError> {
    let args = args![owner, month.from, month.up_to];
    let rows: Vec<(String,)> = db.fetch_all(ARCHIVED, args).await?;
    Ok(rows.into_iter().filter_map(|(id,)| id.parse().ok()).collect())
}
