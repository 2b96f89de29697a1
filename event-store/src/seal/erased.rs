//! The streams that were erased: whose key was destroyed, and what is still to be cleared away.

use jiff::Timestamp;

use crate::log::OpenLogError;
use crate::{Db, DbError, StreamId, args};

/// A stream whose key was destroyed, while what else is kept of the person may still be there.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Unfinished {
    /// The kind of aggregate.
    pub aggregate_type: String,
    /// Which aggregate.
    pub aggregate_id: String,
}

impl Unfinished {
    /// The stream itself.
    pub fn stream(&self) -> StreamId<'_> {
        StreamId::new(&self.aggregate_type, &self.aggregate_id)
    }
}

const UNFINISHED: &str = "
    SELECT f.aggregate_type, f.aggregate_id
    FROM erased_streams s
    JOIN events f ON f.position = s.position
    WHERE s.cleared_at IS NULL
    ORDER BY s.erased_at, f.aggregate_id
    LIMIT $1";

/// Streams that were forgotten and whose clearing away has not ended, longest waiting first.
pub async fn unfinished(db: &Db, limit: i64) -> Result<Vec<Unfinished>, DbError> {
    db.fetch_all(UNFINISHED, args![limit]).await
}

const CLEARED: &str = "
    UPDATE erased_streams
    SET cleared_at = $3
    WHERE position = (
        SELECT e.position
        FROM events e
        WHERE e.aggregate_type = $1 AND e.aggregate_id = $2 AND e.sequence = 1
    )";

/// Notes that everything else of a forgotten stream is gone, too.
pub async fn cleared(db: &Db, stream: StreamId<'_>, now: Timestamp) -> Result<(), DbError> {
    let args = args![stream.aggregate_type, stream.aggregate_id, now];
    db.execute(CLEARED, args).await.map(drop)
}

/// Erased streams whose key is not destroyed, or that lack the row which says so: the table of keys is
/// from before.
const BACK: &str = "
    SELECT count(*)
    FROM erased_streams s
    LEFT JOIN stream_keys k ON k.position = s.position
    WHERE k.position IS NULL OR k.key IS NOT NULL";

/// How many erased streams have a key again, as after a restore of the keys from before they were erased.
/// It looks at the erased streams alone, not at the log.
pub async fn keys_that_came_back(db: &Db) -> Result<u64, DbError> {
    let (count,): (i64,) = db.fetch_one(BACK, args![]).await?;
    Ok(count.unsigned_abs())
}

const END: &str = "
    INSERT INTO stream_keys (position)
    SELECT s.position
    FROM erased_streams s
    LEFT JOIN stream_keys k ON k.position = s.position
    WHERE k.position IS NULL OR k.key IS NOT NULL
    ORDER BY s.position
    ON CONFLICT (position) DO UPDATE SET key = NULL";

const AHEAD: &str = "
    SELECT count(*)
    FROM stream_keys
    WHERE position > (SELECT coalesce(max(position), 0) FROM events)";

/// Holds the tables of keys against the log: all of them are there, and belong to it. Keys that a restored
/// backup brought back are ended, in one transaction, unless the database can only be read; answers how
/// many those are.
pub async fn check(db: &Db) -> Result<u64, OpenLogError> {
    for table in ["stream_keys", "erased_streams", "root_keys"] {
        if !db.has_table(table).await? {
            return Err(OpenLogError::NoTable(table));
        }
    }
    let (ahead,): (i64,) = db.fetch_one(AHEAD, args![]).await?;
    if ahead > 0 {
        return Err(OpenLogError::Ahead(ahead));
    }
    let back = keys_that_came_back(db).await?;
    if back > 0 && !db.is_read_only() {
        db.execute(END, args![]).await?;
    }
    Ok(back)
}
