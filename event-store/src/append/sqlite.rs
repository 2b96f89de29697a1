//! A batch on SQLite: one statement, which is its own transaction; three in one where streams get or
//! lose a key.

use std::collections::HashMap;

use serde_json::{Value, json};
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteQueryResult};

use super::appender::{Placed, Written};
use super::encode::Encoded;
use super::queue::Pending;
use crate::db::SqliteDb;
use crate::seal::KeyChange;
use crate::{DbError, Position, parse_timestamp};

/// `$1` is a JSON array with an element an event, `$2` the bytes of all payloads and metadata, end
/// to end: to carry them in the JSON would cost more than to write them. `$3` is the time.
///
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
        CAST(substr($2, given.value ->> 8, given.value ->> 6) AS TEXT),
        CAST(substr($2, (given.value ->> 8) + (given.value ->> 6), given.value ->> 7) AS TEXT),
        max($3, coalesce((SELECT recorded_at FROM events ORDER BY position DESC LIMIT 1), ''))
    FROM json_each($1) AS given
    WHERE given.value ->> 3 = coalesce((
        SELECT max(sequence)
        FROM events
        WHERE aggregate_type = given.value ->> 0 AND aggregate_id = given.value ->> 1
    ), 0)";

/// The new keys of streams whose append got in: `$1` is a JSON array of
/// `[type, id, sequence of its first event, master key, wrapped key]`. A stream that has a key, which
/// its appender must have seen, fails the batch.
const NEW_KEYS: &str = "
    INSERT INTO data_keys (aggregate_type, aggregate_id, master_key, wrapped, created_at)
    SELECT given.value ->> 0, given.value ->> 1, given.value ->> 3, given.value ->> 4, e.recorded_at
    FROM json_each($1) AS given
    JOIN events AS e
      ON e.aggregate_type = given.value ->> 0 AND e.aggregate_id = given.value ->> 1
     AND e.sequence = given.value ->> 2 AND e.position > $2
    WHERE given.value ->> 3 IS NOT NULL";

/// Those that go: the same, without a key.
const DESTROYED_KEYS: &str = "
    INSERT INTO data_keys (aggregate_type, aggregate_id, created_at, destroyed_at)
    SELECT given.value ->> 0, given.value ->> 1, e.recorded_at, e.recorded_at
    FROM json_each($1) AS given
    JOIN events AS e
      ON e.aggregate_type = given.value ->> 0 AND e.aggregate_id = given.value ->> 1
     AND e.sequence = given.value ->> 2 AND e.position > $2
    WHERE given.value ->> 3 IS NULL
    ON CONFLICT (aggregate_type, aggregate_id) DO UPDATE
    SET master_key = NULL, wrapped = NULL, destroyed_at = excluded.destroyed_at";

const WRITTEN: &str = "
    SELECT position, aggregate_type, aggregate_id, recorded_at
    FROM events
    WHERE position > $1 AND position <= $2
    ORDER BY position";

/// The end of the log, as this process last left it. It spares asking for what is known: the time
/// that a batch was recorded at is the later of its own and the last one's.
#[derive(Default)]
pub(super) struct Tail {
    head: i64,
    recorded_at: String,
}

/// Writes the batch; answers where the appends are that got in.
pub(super) async fn append(
    db: &SqliteDb,
    batch: &[Pending],
    now: &str,
    tail: &mut Tail,
) -> Result<Written, DbError> {
    let (elements, bodies) = arguments(batch);
    let statement = sqlx::query(APPEND).bind(elements).bind(bodies).bind(now);
    let result = match keys(batch) {
        None => statement.execute(db.to_write()?).await?,
        Some(keys) => with_keys(db, statement, &keys).await?,
    };
    let added = i64::try_from(result.rows_affected()).unwrap_or(i64::MAX);
    if added == 0 {
        return Ok(vec![None; batch.len()]);
    }
    let head = result.last_insert_rowid();
    let before = head - added;
    let count: usize = batch.iter().map(|it| it.count).sum();
    let all = i64::try_from(count).is_ok_and(|count| count == added);
    let written = if all && before == tail.head {
        let recorded_at = now.max(tail.recorded_at.as_str());
        *tail = Tail { head, recorded_at: recorded_at.to_owned() };
        one_after_another(batch, before, &tail.recorded_at)
    } else {
        read_back(db, batch, before, head, tail).await?
    };
    Ok(written)
}

/// What becomes of streams' keys, as JSON; `None` where nothing does.
fn keys(batch: &[Pending]) -> Option<String> {
    let change = |pending: &Pending| {
        let (stream, first) = (&pending.stream, pending.expected + 1);
        let (master_key, wrapped) = match pending.key.as_ref()? {
            KeyChange::New { master_key, wrapped } => (Some(master_key), Some(wrapped)),
            KeyChange::Destroy => (None, None),
        };
        Some(json!([stream.0, stream.1, first, master_key, wrapped]))
    };
    let changes: Vec<_> = batch.iter().filter_map(change).collect();
    (!changes.is_empty()).then(|| Value::from(changes).to_string())
}

/// The events and their streams' keys, in one transaction.
async fn with_keys<'q>(
    db: &SqliteDb,
    statement: Query<'q, Sqlite, SqliteArguments<'q>>,
    keys: &str,
) -> Result<SqliteQueryResult, DbError> {
    let mut tx = db.to_write()?.begin_with("BEGIN IMMEDIATE").await?;
    let result = statement.execute(&mut *tx).await?;
    let added = i64::try_from(result.rows_affected()).unwrap_or(i64::MAX);
    if added > 0 {
        let before = result.last_insert_rowid() - added;
        for change in [NEW_KEYS, DESTROYED_KEYS] {
            sqlx::query(change).bind(keys).bind(before).execute(&mut *tx).await?;
        }
    }
    tx.commit().await?;
    Ok(result)
}

/// The JSON array and the bytes.
fn arguments(batch: &[Pending]) -> (String, Vec<u8>) {
    let mut elements = String::from("[");
    let mut bodies = Vec::with_capacity(batch.iter().map(|it| it.bytes).sum());
    for pending in batch {
        let Encoded::Elements(given) = &pending.encoded else {
            continue;
        };
        for element in given {
            if elements.len() > 1 {
                elements.push(',');
            }
            elements.push_str(&element.open_array);
            // The first byte of a blob has the number 1.
            let offset = (bodies.len() + 1).to_string();
            elements.extend([",", offset.as_str(), "]"]);
            bodies.extend_from_slice(element.body.as_bytes());
        }
    }
    elements.push(']');
    (elements, bodies)
}

/// Every append got in, in the order of the batch.
fn one_after_another(batch: &[Pending], before: i64, recorded_at: &str) -> Written {
    let recorded_at = parse_timestamp(recorded_at).ok();
    let mut next = before + 1;
    let place = |pending: &Pending| {
        let first = Position::new(next);
        next += i64::try_from(pending.count).unwrap_or(i64::MAX);
        Some(Placed { first, recorded_at })
    };
    batch.iter().map(place).collect()
}

/// Some appends were left out, or another process wrote in between: asks the log. The batch is
/// committed by now, so a failure says nothing about it.
async fn read_back(
    db: &SqliteDb,
    batch: &[Pending],
    before: i64,
    head: i64,
    tail: &mut Tail,
) -> Result<Written, DbError> {
    let rows: Vec<(i64, String, String, String)> = sqlx::query_as(WRITTEN)
        .bind(before)
        .bind(head)
        .fetch_all(&db.readers)
        .await
        .map_err(DbError::Unavailable)?;
    let mut places = HashMap::new();
    for (position, aggregate_type, aggregate_id, recorded_at) in rows {
        places.entry((aggregate_type, aggregate_id)).or_insert(Placed {
            first: Position::new(position),
            recorded_at: parse_timestamp(&recorded_at).ok(),
        });
        *tail = Tail { head, recorded_at };
    }
    Ok(batch.iter().map(|pending| places.get(&pending.stream).copied()).collect())
}
