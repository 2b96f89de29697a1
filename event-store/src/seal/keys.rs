//! The master keys that something is wrapped by: noted, tried and forgotten.

use jiff::Timestamp;

use super::Secrets;
use super::data_key::DataKey;
use super::master::MasterKeys;
use super::stream_key::wrapped_by;
use crate::log::OpenLogError;
use crate::{Db, DbError, args, timestamp_text};

const MASTER_KEYS: &str = "SELECT id, proof FROM master_keys ORDER BY id";

const KNOW: &str = "
    INSERT INTO master_keys (id, proof, first_used_at)
    VALUES ($1, $2, $3)
    ON CONFLICT (id) DO NOTHING";

/// What proves that a master key is the one by its name.
fn proof_context(id: &str) -> Vec<u8> {
    format!("master key\0{id}").into_bytes()
}

/// Holds the settings against the database, and changes nothing: whether everything that is sealed
/// can be opened with these keys. Answers the ids of the master keys that are in use.
pub async fn try_keys(db: &Db, keys: &MasterKeys) -> Result<Vec<String>, OpenLogError> {
    let noted: Vec<(String, String)> = db.fetch_all(MASTER_KEYS, args![]).await?;
    for (id, proof) in &noted {
        keys.unwrap(id, &proof_context(id), proof)?;
    }
    Ok(noted.into_iter().map(|(id, _)| id).collect())
}

/// Notes the current master key; another one by its name is refused.
pub(super) async fn know(db: &Db, secrets: &Secrets, now: Timestamp) -> Result<(), OpenLogError> {
    let current = secrets.keys.current();
    let proof = secrets.keys.wrap(&proof_context(current), &DataKey::new([0; 32]));
    if db.execute(KNOW, args![current, proof, timestamp_text(now)]).await? == 0 {
        try_keys(db, &secrets.keys).await?;
    }
    Ok(())
}

/// How many keys a master key wraps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyStatus {
    /// The master key's id.
    pub id: String,
    /// Since when it is known here.
    pub first_used_at: String,
    /// How many keys it wraps: those of the whole database, and of streams that an earlier version
    /// sealed.
    pub wraps: i64,
}

const KNOWN: &str = "
    SELECT id, first_used_at
    FROM master_keys
    ORDER BY first_used_at, id";

const WRAPS: &str = "
    SELECT (SELECT count(*) FROM root_keys WHERE master_key = $1)
         + (SELECT count(*) FROM stream_keys WHERE key >= $2 AND key < $3) AS wraps";

/// Every master key that something may be wrapped by.
pub async fn status(db: &Db) -> Result<Vec<KeyStatus>, DbError> {
    let known: Vec<(String, String)> = db.fetch_all(KNOWN, args![]).await?;
    let mut all = Vec::with_capacity(known.len());
    for (id, first_used_at) in known {
        let [from, to] = wrapped_by(&id);
        let (wraps,): (i64,) = db.fetch_one(WRAPS, args![&id, from, to]).await?;
        all.push(KeyStatus { id, first_used_at, wraps });
    }
    Ok(all)
}

/// A master key that wraps nothing.
const FORGET: &str = "
    DELETE FROM master_keys
    WHERE id = $1
      AND NOT EXISTS (SELECT 1 FROM root_keys WHERE master_key = $1)
      AND NOT EXISTS (SELECT 1 FROM stream_keys WHERE key >= $2 AND key < $3)";

/// Forgets master keys that wrap nothing any more, but for the current one.
pub(super) async fn forget(db: &Db, current: &str) -> Result<u64, DbError> {
    let mut forgotten = 0;
    for KeyStatus { id, wraps, .. } in status(db).await? {
        if wraps == 0 && id != current {
            let [from, to] = wrapped_by(&id);
            forgotten += db.execute(FORGET, args![id, from, to]).await?;
        }
    }
    Ok(forgotten)
}
