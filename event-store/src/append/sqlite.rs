//! A batch on SQLite: one statement, which is its own transaction; several in one transaction where
//! streams get or lose a key.

use std::collections::HashMap;

use futures::TryStreamExt as _;
use serde_json::Value;
use sqlx::Executor as _;
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteQueryResult};

use super::appender::{Placed, Written};
use super::encode::Encoded;
use super::queue::Pending;
use crate::db::SqliteDb;
use crate::seal::{KeyChange, STORED_SALT};
use crate::{DbError, Position, parse_timestamp};

/// The statement that appends. `$1` is a JSON array with an element an event, `$2` the bytes of all
/// payloads, metadata and sealed parts, end to end: to carry them in the JSON would cost more than to write
/// them. `$3` is the time.
///
/// The statement takes the write lock before it reads (SQLite begins a writing statement so), hence
/// the head, the streams' ends and the last time are those of the moment. An event whose stream has
/// moved on is left out.
macro_rules! append {
    () => {
        "INSERT INTO events (
            position, aggregate_type, aggregate_id, sequence,
            event_type, event_version, payload, sealed, metadata, recorded_at
        )
        SELECT
            coalesce((SELECT max(position) FROM events), 0) + row_number() OVER (ORDER BY given.key),
            given.value ->> 0,
            given.value ->> 1,
            given.value ->> 2,
            given.value ->> 4,
            given.value ->> 5,
            CAST(substr($2, given.value ->> 9, given.value ->> 6) AS TEXT),
            substr(
                $2,
                (given.value ->> 9) + (given.value ->> 6) + (given.value ->> 7),
                given.value ->> 8
            ),
            CAST(substr($2, (given.value ->> 9) + (given.value ->> 6), given.value ->> 7) AS TEXT),
            max($3, coalesce((SELECT recorded_at FROM events ORDER BY position DESC LIMIT 1), ''))
        FROM json_each($1) AS given
        WHERE given.value ->> 3 = coalesce((
            SELECT max(sequence)
            FROM events
            WHERE aggregate_type = given.value ->> 0 AND aggregate_id = given.value ->> 1
        ), 0)"
    };
}

const APPEND: &str = append!();

/// The same and the keys of streams that begin with the batch, in one transaction and one call: to ask
/// the engine's thread four times takes longer than to write them. `$4` is a JSON array of the numbers
/// (from 1) of their first events in the batch, `$5` the keys, end to end, `$6` the number of events.
///
/// Where every event got in, they lie one after another at the end of the log; otherwise those that did
/// are looked up. `changes()` tells of the statement before.
const APPEND_WITH_KEYS: &str = concat!(
    "BEGIN IMMEDIATE; ",
    append!(),
    "; INSERT INTO stream_keys (position, key)
    SELECT begun.position, begun.key
    FROM (
        SELECT
            CASE
                WHEN changes() = $6 THEN (SELECT max(position) FROM events) - $6 + given.value
                ELSE (
                    SELECT e.position
                    FROM events AS e
                    WHERE e.aggregate_type = $1 ->> ('$[' || (given.value - 1) || '][0]')
                      AND e.aggregate_id = $1 ->> ('$[' || (given.value - 1) || '][1]')
                      AND e.sequence = 1
                      AND e.position > (SELECT max(position) FROM events) - changes()
                )
            END AS position,
            substr($5, given.key * 33 + 1, 33) AS key
        FROM json_each($4) AS given
    ) AS begun
    WHERE begun.position IS NOT NULL;
    COMMIT"
);

// The statement cuts the keys at their length.
const _: () = assert!(STORED_SALT == 33);

/// The second of the statements, after the beginning of the transaction.
const APPENDED: usize = 1;

/// Where an append is that got in, and when it was recorded.
const PLACE: &str = "
    SELECT (SELECT f.position
            FROM events AS f
            WHERE f.aggregate_type = $1 AND f.aggregate_id = $2 AND f.sequence = 1),
           e.recorded_at
    FROM events AS e
    WHERE e.aggregate_type = $1 AND e.aggregate_id = $2 AND e.sequence = $3 AND e.position > $4";

/// A stream that has a key, which its appender must have seen, fails the batch.
const NEW_KEY: &str = "INSERT INTO stream_keys (position, key) VALUES ($1, $2)";

const DESTROY_KEY: &str = "
    INSERT INTO stream_keys (position)
    VALUES ($1)
    ON CONFLICT (position) DO UPDATE SET key = NULL";

const ERASED: &str = "
    INSERT INTO erased_streams (position, erased_at)
    VALUES ($1, $2)
    ON CONFLICT (position) DO UPDATE SET erased_at = excluded.erased_at";

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
    erasing: &[String],
    tail: &mut Tail,
) -> Result<Written, DbError> {
    let (elements, bodies) = arguments(batch);
    let changes = || batch.iter().filter(|pending| pending.key.is_some());
    let result = if changes().next().is_none() {
        let statement = sqlx::query(APPEND).bind(elements).bind(bodies).bind(now);
        statement.execute(db.to_write()?).await?
    } else if changes().all(|pending| pending.begins_with_key().is_some()) {
        let statement = sqlx::query(APPEND_WITH_KEYS).bind(elements).bind(bodies).bind(now);
        begun(db, statement, batch).await?
    } else {
        let statement = sqlx::query(APPEND).bind(elements).bind(bodies).bind(now);
        changed(db, statement, batch, erasing).await?
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

type Statement<'q> = Query<'q, Sqlite, SqliteArguments<'q>>;

/// The events and the keys of the streams that begin with them.
async fn begun(
    db: &SqliteDb,
    statement: Statement<'_>,
    batch: &[Pending],
) -> Result<SqliteQueryResult, DbError> {
    let (mut numbers, mut keys, mut number) = (vec![], vec![], 1);
    for pending in batch {
        if let Some(key) = pending.begins_with_key() {
            numbers.push(number);
            keys.extend_from_slice(key);
        }
        number += pending.count;
    }
    let count = i64::try_from(number - 1).unwrap_or(i64::MAX);
    let statement = statement.bind(Value::from(numbers).to_string()).bind(keys).bind(count);
    let mut connection = db.to_write()?.acquire().await?;
    let results: Result<Vec<_>, _> = connection.execute_many(statement).try_collect().await;
    match results {
        Ok(results) => results
            .into_iter()
            .nth(APPENDED)
            .ok_or_else(|| DbError::Statement(sqlx::Error::RowNotFound)),
        Err(error) => {
            // The transaction may be open: it ends with its connection.
            connection.close().await?;
            Err(error.into())
        }
    }
}

/// The events and whatever becomes of their streams' keys, in one transaction.
async fn changed(
    db: &SqliteDb,
    statement: Statement<'_>,
    batch: &[Pending],
    erasing: &[String],
) -> Result<SqliteQueryResult, DbError> {
    let mut tx = db.to_write()?.begin_with("BEGIN IMMEDIATE").await?;
    let result = statement.execute(&mut *tx).await?;
    let added = i64::try_from(result.rows_affected()).unwrap_or(i64::MAX);
    let before = result.last_insert_rowid() - added;
    for pending in batch.iter().filter(|_| added > 0) {
        let Some(change) = &pending.key else { continue };
        let (aggregate_type, aggregate_id) = &pending.stream;
        let place: Option<(i64, String)> = sqlx::query_as(PLACE)
            .bind(aggregate_type)
            .bind(aggregate_id)
            .bind(pending.expected + 1)
            .bind(before)
            .fetch_optional(&mut *tx)
            .await?;
        let Some((first, recorded_at)) = place else { continue };
        match change {
            KeyChange::New(stored) => {
                let key = stored.as_slice();
                sqlx::query(NEW_KEY).bind(first).bind(key).execute(&mut *tx).await?;
            }
            KeyChange::Destroy => {
                sqlx::query(DESTROY_KEY).bind(first).execute(&mut *tx).await?;
                sqlx::query(ERASED).bind(first).bind(recorded_at).execute(&mut *tx).await?;
                for sql in erasing {
                    let erase = sqlx::query(sql).bind(aggregate_type).bind(aggregate_id);
                    erase.bind(first).execute(&mut *tx).await?;
                }
            }
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
            bodies.extend_from_slice(&element.body);
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
