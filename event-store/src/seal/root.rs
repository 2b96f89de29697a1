//! The root keys: one of the whole database, from which the keys of its streams follow, and one that
//! names texts. Each lies in the table `root_keys`, wrapped by a master key.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

use super::Secrets;
use super::data_key::DataKey;
use super::keys::{know, try_keys};
use super::master::MasterKeys;
use super::stream_key::{WRAPPED_BY_MASTERS, key_context};
use crate::log::OpenLogError;
use crate::{Db, DbError, StreamId, args};

/// The bytes of a stream's salt.
pub(super) const SALT: usize = 32;

/// The root keys of a database, unwrapped.
#[derive(Clone)]
pub(crate) struct Roots {
    /// HMAC under the root key of streams: keyed once, for its key is hashed each time else.
    streams: Hmac<Sha256>,
    /// Wraps keys that follow from no salt: those of earlier versions.
    wraps: DataKey,
    /// Names texts.
    pub(crate) blind: DataKey,
    /// Seals what belongs to no stream.
    pub(crate) of_none: DataKey,
}

impl Roots {
    fn new(streams: &DataKey, blind: DataKey) -> Self {
        Self {
            streams: Hmac::new_from_slice(streams.bytes()).expect("HMAC takes keys of any length"),
            wraps: streams.derived("wraps keys of streams"),
            of_none: blind.derived("sealed beside the log"),
            blind,
        }
    }

    /// The key of a stream: HKDF-Expand with HMAC-SHA256 (RFC 5869 2.3), a single block of it, whose
    /// `info` names the stream and holds its salt. A salt is of no use for another stream.
    pub(super) fn of_stream(&self, stream: StreamId<'_>, salt: &[u8; SALT]) -> DataKey {
        let StreamId { aggregate_type, aggregate_id } = stream;
        let mut mac = self.streams.clone();
        // No name of a stream holds a zero byte.
        for part in [b"stream key", aggregate_type.as_bytes(), aggregate_id.as_bytes()] {
            mac.update(part);
            mac.update(&[0]);
        }
        mac.update(salt);
        mac.update(&[1]);
        DataKey::new(mac.finalize().into_bytes().into())
    }

    /// A key that follows from no salt, wrapped for this `context`.
    pub(super) fn wrap(&self, context: &[u8], key: &DataKey) -> Vec<u8> {
        self.wraps.seal(context, key.bytes())
    }

    /// What [`Roots::wrap`] wrapped.
    pub(super) fn unwrap(&self, context: &[u8], wrapped: &[u8]) -> Option<DataKey> {
        self.wraps.open(context, wrapped)?.try_into().ok().map(DataKey::new)
    }
}

/// The names of the root keys.
const STREAMS: &str = "streams";
const BLIND: &str = "blind";

/// What a wrapped root key is bound to. That of texts lay among the keys of streams once.
pub(super) fn root_context(name: &str) -> Vec<u8> {
    if name == BLIND {
        return key_context(StreamId::new("Index", "blind"));
    }
    format!("root key\0{name}").into_bytes()
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) master_key: String,
    pub(super) wrapped: String,
}

const ALL: &str = "SELECT name, master_key, wrapped FROM root_keys ORDER BY name";

pub(super) async fn all(db: &Db) -> Result<Vec<Row>, DbError> {
    db.fetch_all(ALL, args![]).await
}

/// Whether a key of a stream can have followed from a root key, or be wrapped by one; and whether there
/// is any at all.
const IN_USE: &str = "
    SELECT
        (SELECT count(*) FROM (SELECT 1 AS one FROM stream_keys WHERE key >= $1 LIMIT 1) AS k) AS of_root,
        (SELECT count(*) FROM (SELECT 1 AS one FROM stream_keys LIMIT 1) AS k) AS any_at_all";

/// Makes one; of several processes that do, one's is kept.
const MAKE: &str = "
    INSERT INTO root_keys (name, master_key, wrapped, created_at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (name) DO NOTHING";

/// The root keys of the database, which are made where nothing was sealed yet.
pub(super) async fn open(
    db: &Db,
    secrets: &Secrets,
    now: Timestamp,
) -> Result<Roots, OpenLogError> {
    let keys = &secrets.keys;
    let mut rows = all(db).await?;
    let is_there = |rows: &[Row], name| rows.iter().any(|row| row.name == name);
    if ![STREAMS, BLIND].into_iter().all(|name| is_there(&rows, name)) {
        // First what is sealed, then the keys: another process may make them, and seal, meanwhile.
        let (of_root, any): (i64, i64) = db.fetch_one(IN_USE, args![WRAPPED_BY_MASTERS[1]]).await?;
        rows = all(db).await?;
        for (name, in_use) in [(STREAMS, of_root), (BLIND, any)] {
            if is_there(&rows, name) {
                continue;
            }
            if in_use != 0 {
                return Err(OpenLogError::Root(name));
            }
            let wrapped = keys.wrap(&root_context(name), &DataKey::draw());
            db.execute(MAKE, args![name, keys.current(), wrapped, now]).await?;
        }
        rows = all(db).await?;
    }
    let root = |name| match rows.iter().find(|row| row.name == name) {
        Some(row) => unwrapped(keys, row),
        None => Err(OpenLogError::Root(name)),
    };
    Ok(Roots::new(&root(STREAMS)?, root(BLIND)?))
}

pub(super) fn unwrapped(keys: &MasterKeys, row: &Row) -> Result<DataKey, OpenLogError> {
    Ok(keys.unwrap(&row.master_key, &root_context(&row.name), &row.wrapped)?)
}

/// Holds the settings against the database: every master key under which something may be sealed is
/// there, and is the right one. Notes the current one, and answers the root keys.
pub(crate) async fn prepare(
    db: &Db,
    secrets: &Secrets,
    now: Timestamp,
) -> Result<Roots, OpenLogError> {
    // Who only reads need not wait for the right to write.
    if !try_keys(db, &secrets.keys).await?.iter().any(|id| id == secrets.keys.current()) {
        know(db, secrets, now).await?;
    }
    open(db, secrets, now).await
}
