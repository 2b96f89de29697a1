//! A batch on PostgreSQL: one call of the function `append_events`, which locks, numbers, inserts
//! and notifies. The migration that defines it says how.

use std::io::ErrorKind;
use std::time::Duration;

use sqlx::{PgConnection, PgPool};

use super::appender::{Placed, Written};
use super::encode::Encoded;
use super::queue::{Pending, Stream};
use crate::seal::KeyChange;
use crate::{DbError, Position, parse_timestamp};

/// How long a batch may take.
const PATIENCE: Duration = Duration::from_secs(30);

const APPEND: &str = "
    SELECT head, recorded_at, refused
    FROM append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

const FIRST: &str = "
    SELECT position
    FROM events
    WHERE aggregate_type = $1 AND aggregate_id = $2 AND sequence = 1";

/// Writes the batch; answers where the appends are that got in.
pub(super) async fn append(
    pool: &PgPool,
    batch: &[Pending],
    now: &str,
    erasing: &[String],
) -> Result<Written, DbError> {
    let count = batch.iter().map(|it| it.count).sum();
    let mut aggregate_types = Vec::with_capacity(count);
    let mut aggregate_ids = Vec::with_capacity(count);
    let mut sequences = Vec::with_capacity(count);
    let mut expecteds = Vec::with_capacity(count);
    let mut event_types = Vec::with_capacity(count);
    let mut event_versions = Vec::with_capacity(count);
    let mut payloads = Vec::with_capacity(count);
    let mut sealeds: Option<Vec<Option<&[u8]>>> = None;
    let mut metadatas = Vec::with_capacity(count);
    let mut keys: Option<Vec<Option<&[u8]>>> = None;
    for pending in batch {
        let Encoded::Rows(rows) = &pending.encoded else {
            continue;
        };
        if let Some(change) = &pending.key {
            // With the first event of the append.
            let keys = keys.get_or_insert_with(|| vec![None; count]);
            keys[payloads.len()] = Some(match change {
                KeyChange::New(stored) => stored,
                KeyChange::Destroy => &[],
            });
        }
        for row in rows {
            aggregate_types.push(pending.stream.0.as_str());
            aggregate_ids.push(pending.stream.1.as_str());
            sequences.push(row.sequence);
            expecteds.push(pending.expected);
            event_types.push(row.event_type.as_str());
            event_versions.push(row.event_version.as_str());
            if let Some(sealed) = &row.sealed {
                sealeds.get_or_insert_with(|| vec![None; count])[payloads.len()] = Some(sealed);
            }
            payloads.push(row.payload.as_str());
            metadatas.push(row.metadata.as_str());
        }
    }
    let changes = batch.iter().filter(|it| it.key.is_some());
    let begun = keys.is_some() && changes.clone().all(|it| it.begins_with_key().is_some());
    let call = sqlx::query_as(APPEND)
        .bind(aggregate_types)
        .bind(aggregate_ids)
        .bind(sequences)
        .bind(expecteds)
        .bind(event_types)
        .bind(event_versions)
        .bind(payloads)
        .bind(sealeds)
        .bind(metadatas)
        .bind(now)
        .bind(keys)
        .bind(begun);
    let called = async {
        if erasing.is_empty() || !batch.iter().any(Pending::erases) {
            return Ok(placed(batch, &call.fetch_one(pool).await?));
        }
        let mut tx = pool.begin().await?;
        let written = placed(batch, &call.fetch_one(&mut *tx).await?);
        for (pending, placed) in batch.iter().zip(&written) {
            if placed.is_some() && pending.erases() {
                erase(&mut tx, &pending.stream, erasing).await?;
            }
        }
        tx.commit().await?;
        Ok(written)
    };
    // A server that went silent: the events are looked for by key afterwards.
    tokio::time::timeout(PATIENCE, called)
        .await
        .map_err(|_| sqlx::Error::Io(ErrorKind::TimedOut.into()))?
}

/// What else goes with the key of a stream.
async fn erase(
    tx: &mut PgConnection,
    (aggregate_type, aggregate_id): &Stream,
    erasing: &[String],
) -> Result<(), sqlx::Error> {
    let (first,): (i64,) =
        sqlx::query_as(FIRST).bind(aggregate_type).bind(aggregate_id).fetch_one(&mut *tx).await?;
    for sql in erasing {
        let statement = sqlx::query(sql).bind(aggregate_type).bind(aggregate_id).bind(first);
        statement.execute(&mut *tx).await?;
    }
    Ok(())
}

/// What the function answers: the head before the batch, when it was recorded, and the numbers of the
/// events that were refused.
type Answer = (i64, String, Vec<i64>);

fn placed(batch: &[Pending], (head, recorded_at, refused): &Answer) -> Written {
    let recorded_at = parse_timestamp(recorded_at).ok();
    let (mut written, mut number, mut position) = (Written::with_capacity(batch.len()), 1, *head);
    for pending in batch {
        let count = i64::try_from(pending.count).unwrap_or(i64::MAX);
        let refused = refused.contains(&number);
        written
            .push((!refused).then_some(Placed { first: Position::new(position + 1), recorded_at }));
        position += if refused { 0 } else { count };
        number += count;
    }
    written
}
