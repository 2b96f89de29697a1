//! Wrapping all data keys anew, under another master key. Events stay as they are.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::keys::{forget, key_context, know};
use super::master::MasterKeyError;
use crate::{Db, DbError, Log, OpenLogError, StreamId, Value, args};

/// Keys wrapped anew in one statement.
const PAGE: i64 = 200;

/// The rotation ended early. What was wrapped anew stays so; the rest is as it was, and a rotation
/// goes on where this one ended.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A master key is missing or another one.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// The settings and the database do not fit.
    #[error(transparent)]
    Keys(#[from] OpenLogError),
    /// The log was opened without master keys.
    #[error("no master key is given")]
    NoMasterKey,
}

/// What a rotation did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotated {
    /// Keys that were wrapped anew.
    pub wrapped: u64,
    /// Master keys that nothing is wrapped by any more.
    pub retired: u64,
}

/// How many data keys a master key wraps.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KeyStatus {
    /// The master key's id.
    pub id: String,
    /// Since when it is known here.
    pub first_used_at: String,
    /// How many keys it wraps.
    pub wraps: i64,
}

const STATUS: &str = "
    SELECT m.id, m.first_used_at,
           (SELECT count(*) FROM data_keys k WHERE k.master_key = m.id) AS wraps
    FROM master_keys m
    ORDER BY m.first_used_at, m.id";

/// Every master key that something may be wrapped by.
pub async fn status(db: &Db) -> Result<Vec<KeyStatus>, DbError> {
    db.fetch_all(STATUS, args![]).await
}

#[derive(sqlx::FromRow)]
struct Row {
    aggregate_type: String,
    aggregate_id: String,
    master_key: Option<String>,
    wrapped: Option<String>,
}

/// The table by its key, from a row on.
const AFTER: &str = "
    SELECT aggregate_type, aggregate_id, master_key, wrapped
    FROM data_keys
    WHERE (aggregate_type, aggregate_id) > ($1, $2)
    ORDER BY aggregate_type, aggregate_id
    LIMIT $3";

/// A key that was destroyed, or wrapped anew, since it was read stays as it is.
const WRAP: &str = "
    UPDATE data_keys
    SET master_key = $1, wrapped = given.column4
    FROM (VALUES {rows}) AS given
    WHERE data_keys.aggregate_type = given.column1
      AND data_keys.aggregate_id = given.column2
      AND data_keys.wrapped = given.column3";

/// Wraps every data key under the current master key, while everything runs. A master key that wraps
/// nothing any more need not be configured from then on.
pub async fn rotate(log: &Log, now: Timestamp) -> Result<Rotated, RotateError> {
    let db = log.db();
    let secrets = log.codec().secrets().ok_or(RotateError::NoMasterKey)?;
    let current = secrets.keys.current();
    know(db, secrets, now).await?;
    let mut rotated = Rotated::default();
    // Processes that still wrap with an older key may add some behind us.
    loop {
        let mut found = 0;
        let mut after = (String::new(), String::new());
        loop {
            let rows: Vec<Row> = db.fetch_all(AFTER, args![&after.0, &after.1, PAGE]).await?;
            let Some(last) = rows.last() else { break };
            after = (last.aggregate_type.clone(), last.aggregate_id.clone());
            let mut args = args![current];
            for row in rows {
                let (Some(master_key), Some(wrapped)) = (row.master_key, row.wrapped) else {
                    continue; // destroyed
                };
                if master_key == current {
                    continue;
                }
                let context = key_context(StreamId::new(&row.aggregate_type, &row.aggregate_id));
                let key = secrets.keys.unwrap(&master_key, &context, &wrapped)?;
                let anew = secrets.keys.wrap(&context, &key);
                args.extend([row.aggregate_type, row.aggregate_id, wrapped, anew].map(Value::from));
            }
            if args.len() > 1 {
                let wrapped =
                    db.execute(&WRAP.replace("{rows}", &rows_of(args.len())), args).await?;
                rotated.wrapped += wrapped;
                found += wrapped;
            }
        }
        if found == 0 {
            break;
        }
    }
    rotated.retired = forget(db, current).await?;
    Ok(rotated)
}

/// The places of so many values after the first, four a row.
fn rows_of(values: usize) -> String {
    let mut rows = String::new();
    for first in (2..values).step_by(4) {
        let comma = if rows.is_empty() { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(rows, "{comma}(${first}, ${}, ${}, ${})", first + 1, first + 2, first + 3);
    }
    rows
}
