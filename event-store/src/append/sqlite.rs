//! A batch on SQLite: one statement, which is its own transaction.

use sqlx::SqlitePool;

use super::appender::{Placed, Written};
use super::encode::Encoded;
use super::queue::Pending;
use crate::{DbError, Position};

/// The statement takes the write lock before it reads (SQLite begins a writing statement so), hence
/// the head, the streams' ends and the last time are those of the moment. An event whose stream has
/// moved on is left out.
const APPEND: &str = "
    INSERT INTO events (
        position, aggregate_type, aggregate_id, sequence,
        event_type, event_version, payload, metadata, recorded_at
    )
    SELECT
        coalesce((SELECT max(position) FROM events), 0) + row_number() OVER (ORDER BY given.key),
        given.value ->> 0,
        given.value ->> 1,
        given.value ->> 2,
        given.value ->> 4,
        given.value ->> 5,
        given.value ->> 6,
        given.value ->> 7,
        max($2, coalesce((SELECT recorded_at FROM events ORDER BY position DESC LIMIT 1), ''))
    FROM json_each($1) AS given
    WHERE given.value ->> 3 = coalesce((
        SELECT max(sequence)
        FROM events
        WHERE aggregate_type = given.value ->> 0 AND aggregate_id = given.value ->> 1
    ), 0)
    RETURNING position, aggregate_type, aggregate_id, recorded_at";

/// Writes the batch; answers where the appends are that got in.
pub(super) async fn append(
    writer: &SqlitePool,
    batch: &[Pending],
    now: &str,
) -> Result<Written, DbError> {
    let mut text = String::with_capacity(batch.iter().map(|it| it.bytes * 2).sum::<usize>() + 2);
    text.push('[');
    for pending in batch {
        if let Encoded::Json(elements) = &pending.encoded {
            if text.len() > 1 {
                text.push(',');
            }
            text.push_str(elements);
        }
    }
    text.push(']');
    let rows: Vec<(i64, String, String, String)> = sqlx::query_as(APPEND)
        .bind(text)
        .bind(now)
        .fetch_all(writer)
        .await?;
    let mut written = Written::default();
    for (position, aggregate_type, aggregate_id, recorded_at) in rows {
        let position = Position::new(position);
        let placed = written
            .places
            .entry((aggregate_type, aggregate_id))
            .or_insert(Placed {
                first: position,
                recorded_at,
            });
        placed.first = placed.first.min(position);
    }
    Ok(written)
}
