//! Snapshots: the state of a long stream at one of its events, so that a load reads few.
//!
//! A snapshot is a cache, sealed like the events that it stands for. It says which version of the service
//! wrote it, and no other version reads it: what a state looks like, and how events lead to it, may
//! change with every version.

use crate::{DbError, Log, Position, SealedError, StreamId, args};

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

/// What a snapshot is sealed for.
const NAME: &str = "snapshot";

const FORGET: &str = "DELETE FROM snapshots WHERE aggregate_type = $1 AND aggregate_id = $2";

/// Who writes and reads snapshots here.
const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Log {
    /// The stream's snapshot, if this version wrote one.
    pub async fn snapshot(&self, stream: StreamId<'_>) -> Result<Option<Snapshot>, SealedError> {
        let args = args![stream.aggregate_type, stream.aggregate_id, VERSION];
        let row: Option<(i64, i64, String)> = self.db().fetch_optional(READ, args).await?;
        let Some((sequence, position, sealed)) = row else { return Ok(None) };
        let state = self.open_text(stream, NAME, &sealed).await?;
        let position = Position::new(position);
        Ok(state.map(|state| Snapshot { sequence, position, state }))
    }

    /// Keeps the state of a stream, unless it was forgotten.
    pub async fn keep_snapshot(
        &self,
        stream: StreamId<'_>,
        snapshot: &Snapshot,
    ) -> Result<(), SealedError> {
        let Snapshot { sequence, position, state } = snapshot;
        let Some(state) = self.seal_text(stream, NAME, state).await? else { return Ok(()) };
        let StreamId { aggregate_type, aggregate_id } = stream;
        let args = args![aggregate_type, aggregate_id, *sequence, *position, VERSION, state];
        self.db().execute(WRITE, args).await?;
        Ok(())
    }

    /// Deletes the stream's snapshot.
    pub async fn forget_snapshot(&self, stream: StreamId<'_>) -> Result<(), DbError> {
        let args = args![stream.aggregate_type, stream.aggregate_id];
        self.db().execute(FORGET, args).await.map(drop)
    }
}
