//! Wrapping the root keys anew, under another master key. Events stay as they are, and so do the salts
//! of streams: nothing of them is wrapped by a master key.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::Secrets;
use super::keys::{forget, know};
use super::master::MasterKeyError;
use super::root::{self, root_context};
#[cfg(feature = "testing")]
use super::stream_key::StreamKey;
use super::stream_key::{WRAPPED_BY_MASTERS, by_master, by_root, key_context};
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

/// A key that was wrapped anew since it was read stays as it is.
const WRAP_ROOT: &str = "
    UPDATE root_keys
    SET master_key = $1, wrapped = $2
    WHERE name = $3 AND wrapped = $4";

#[derive(sqlx::FromRow)]
struct Row {
    position: i64,
    key: Vec<u8>,
    aggregate_type: String,
    aggregate_id: String,
}

/// Keys of streams that a master key wraps, in the order of the log.
const AFTER: &str = "
    SELECT k.position, k.key, e.aggregate_type, e.aggregate_id
    FROM stream_keys k
    JOIN events e ON e.position = k.position
    WHERE k.position > $1 AND k.key >= $2 AND k.key < $3
    ORDER BY k.position
    LIMIT $4";

/// A key that was destroyed since it was read stays so.
const WRAP: &str = "
    UPDATE stream_keys
    SET key = given.column3
    FROM (VALUES {rows}) AS given
    WHERE stream_keys.position = given.column1 AND stream_keys.key = given.column2";

/// Wraps the root keys under the current master key, while everything runs; and the keys of streams
/// that a master key wraps, as earlier versions kept them, under a root key, once and for all. A master
/// key that wraps nothing any more need not be configured from then on.
pub async fn rotate(log: &Log, now: Timestamp) -> Result<Rotated, RotateError> {
    let db = log.db();
    let secrets = log.codec().secrets().ok_or(RotateError::NoMasterKey)?;
    let current = secrets.keys.current();
    know(db, secrets, now).await?;
    let mut rotated = Rotated::default();
    for row in root::all(db).await? {
        if row.master_key != current {
            let key = root::unwrapped(&secrets.keys, &row)?;
            let anew = secrets.keys.wrap(&root_context(&row.name), &key);
            let args = args![current, anew, row.name, row.wrapped];
            rotated.wrapped += db.execute(WRAP_ROOT, args).await?;
        }
    }
    let [from, to] = WRAPPED_BY_MASTERS;
    let mut after = 0;
    loop {
        let rows: Vec<Row> = db.fetch_all(AFTER, args![after, from, to, PAGE]).await?;
        let Some(last) = rows.last() else { break };
        after = last.position;
        rotated.wrapped += under_root(db, secrets, rows).await?;
    }
    rotated.retired = forget(db, current).await?;
    Ok(rotated)
}

async fn under_root(db: &Db, secrets: &Secrets, rows: Vec<Row>) -> Result<u64, RotateError> {
    let mut args: Vec<Value> = Vec::with_capacity(rows.len() * 3);
    for row in rows {
        let stream = StreamId::new(&row.aggregate_type, &row.aggregate_id);
        let (master_key, wrapped) = by_master(&row.key).ok_or(MasterKeyError::Altered)?;
        let key = secrets.keys.unwrap(master_key, &key_context(stream), wrapped)?;
        let anew = by_root(secrets, stream, &key);
        args.extend(args![row.position, row.key, anew]);
    }
    Ok(db.execute(&WRAP.replace("{rows}", &rows_of(args.len())), args).await?)
}

#[cfg(feature = "testing")]
const SALTED: &str = "
    SELECT k.position, k.key, e.aggregate_type, e.aggregate_id
    FROM stream_keys k
    JOIN events e ON e.position = k.position
    WHERE k.key >= $1
    ORDER BY k.position";

/// Stores the keys of streams as earlier versions did: each wrapped by the current master key. Answers how
/// many those are.
#[cfg(feature = "testing")]
pub async fn wrap_as_before(log: &Log) -> Result<u64, RotateError> {
    let (db, secrets) = (log.db(), log.codec().secrets().ok_or(RotateError::NoMasterKey)?);
    let rows: Vec<Row> = db.fetch_all(SALTED, args![WRAPPED_BY_MASTERS[1]]).await?;
    let mut wrapped = 0;
    for page in rows.chunks(100) {
        let mut args: Vec<Value> = vec![];
        for row in page {
            let stream = StreamId::new(&row.aggregate_type, &row.aggregate_id);
            let Some(key) = StreamKey::from(Some(row.key.as_slice())).unwrap(secrets, stream)?
            else {
                continue;
            };
            let text = secrets.keys.wrap(&key_context(stream), &key);
            let before = [&[1], secrets.keys.current().as_bytes(), b":", text.as_bytes()].concat();
            args.extend(args![row.position, row.key.as_slice(), before]);
        }
        wrapped += db.execute(&WRAP.replace("{rows}", &rows_of(args.len())), args).await?;
    }
    Ok(wrapped)
}

/// The places of so many values, three a row.
fn rows_of(values: usize) -> String {
    let mut rows = String::new();
    for first in (1..values).step_by(3) {
        let comma = if rows.is_empty() { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(rows, "{comma}(${first}, ${}, ${})", first + 1, first + 2);
    }
    rows
}
