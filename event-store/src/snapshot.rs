//! Snapshots: the state of a long stream at one of its events, so that a load reads few.
//!
//! A snapshot is a cache. It says which version of the service wrote it, and no other version reads
//! it: what a state looks like, and how events lead to it, may change with every version.

use crate::{DbError, Log, Position, args};

/// The state of a stream after one of its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The event's number in its stream.
    pub sequence: i64,
    /// Where that event is in the log.
    pub position: Position,
    /// The state, as JSON.
    pub state: String,
}

const READ: &str = "
    SELECT sequence, position, state
    FROM snapshots
    WHERE aggregate_type = $1 AND aggregate_id = $2 AND written_by = $3";

/// A slower writer never puts an older state in the place of a newer one.
const WRITE: &str = "
    INSERT INTO snapshots (aggregate_type, aggregate_id, sequence, position, written_by, state)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (aggregate_type, aggregate_id) DO UPDATE
    SET sequence = excluded.sequence, position = excluded.position,
        written_by = excluded.written_by, state = excluded.state
    WHERE snapshots.sequence < excluded.sequence OR snapshots.written_by <> excluded.written_by";

/// Who writes and reads snapshots here.
const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Log {
    /// The stream's snapshot, if this version wrote one.
    pub async fn snapshot(
        &self,
        aggregate_type: &str,
        aggregate_id: &str,
    ) -> Result<Option<Snapshot>, DbError> {
        let row: Option<(i64, i64, String)> =
            self.db().fetch_optional(READ, args![aggregate_type, aggregate_id, VERSION]).await?;
        Ok(row.map(|(sequence, position, state)| Snapshot {
            sequence,
            position: Position::new(position),
            state,
        }))
    }

    /// Keeps the state of a stream.
    pub async fn keep_snapshot(
        &self,
        aggregate_type: &str,
        aggregate_id: &str,
        snapshot: &Snapshot,
    ) -> Result<(), DbError> {
        let Snapshot { sequence, position, state } = snapshot;
        let args = args![aggregate_type, aggregate_id, *sequence, *position, VERSION, state];
        self.db().execute(WRITE, args).await?;
        Ok(())
    }
}
