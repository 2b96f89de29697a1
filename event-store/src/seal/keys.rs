//! The table of data keys: read beside the events, changed beside them, and never otherwise.

use jiff::Timestamp;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Type};

use super::Secrets;
use super::data_key::DataKey;
use super::master::{MasterKeyError, MasterKeys};
use crate::log::OpenLogError;
use crate::{Db, DbError, Position, StreamId, args, timestamp_text};

/// What is known of the data key of an event's stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum StreamKey {
    /// Nobody has looked yet: the event comes from the topic, for instance.
    #[default]
    Unknown,
    /// There is none.
    None,
    /// It lies in the table, wrapped.
    Wrapped {
        /// The id of the master key that wraps it.
        master_key: String,
        /// The wrapped key, base64.
        wrapped: String,
    },
    /// It was destroyed: what it sealed is forgotten.
    Destroyed,
}

/// SQL that reads the key of the stream of this type and id, both expressions in SQL: a column that
/// [`StreamKey`] decodes.
pub fn stream_key_sql(aggregate_type: &str, aggregate_id: &str) -> String {
    format!(
        "(SELECT coalesce(k.master_key || ':' || k.wrapped, '')
          FROM data_keys AS k
          WHERE k.aggregate_type = {aggregate_type} AND k.aggregate_id = {aggregate_id})"
    )
}

impl<DB: Database> Type<DB> for StreamKey
where
    String: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        String::type_info()
    }

    fn compatible(ty: &DB::TypeInfo) -> bool {
        String::compatible(ty)
    }
}

impl<'r, DB: Database> Decode<'r, DB> for StreamKey
where
    Option<String>: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Option::<String>::decode(value).map(Self::from)
    }
}

/// As the log's statements read it: nothing where there is no row, an empty text for a destroyed key.
impl From<Option<String>> for StreamKey {
    fn from(text: Option<String>) -> Self {
        let Some(text) = text else { return Self::None };
        match text.split_once(':') {
            Some((master_key, wrapped)) => {
                Self::Wrapped { master_key: master_key.to_owned(), wrapped: wrapped.to_owned() }
            }
            None => Self::Destroyed,
        }
    }
}

/// What an append does to the key of its stream, in the same transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyChange {
    /// The stream gets one.
    New {
        /// The id of the master key that wraps it.
        master_key: String,
        /// The wrapped key, base64.
        wrapped: String,
    },
    /// It is destroyed.
    Destroy,
}

const READ: &str = "
    SELECT coalesce(master_key || ':' || wrapped, '')
    FROM data_keys
    WHERE aggregate_type = $1 AND aggregate_id = $2";

/// The key of one stream.
pub(crate) async fn read(db: &Db, stream: StreamId<'_>) -> Result<StreamKey, DbError> {
    let args = args![stream.aggregate_type, stream.aggregate_id];
    let row: Option<(String,)> = db.fetch_optional(READ, args).await?;
    Ok(row.map(|(text,)| text).into())
}

/// A stream whose key was destroyed, while what else is kept of the person may still be there.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Unfinished {
    /// The kind of aggregate.
    pub aggregate_type: String,
    /// Which aggregate.
    pub aggregate_id: String,
    /// When its key was destroyed.
    pub destroyed_at: String,
    /// Where its last event is: who has seen that one knows that it is forgotten.
    #[sqlx(try_from = "i64")]
    pub last_position: Position,
}

impl Unfinished {
    /// The stream itself.
    pub fn stream(&self) -> StreamId<'_> {
        StreamId::new(&self.aggregate_type, &self.aggregate_id)
    }
}

const UNFINISHED: &str = "
    SELECT aggregate_type, aggregate_id, destroyed_at,
           (SELECT coalesce(max(e.position), 0)
            FROM events e
            WHERE e.aggregate_type = k.aggregate_type AND e.aggregate_id = k.aggregate_id) AS last_position
    FROM data_keys k
    WHERE destroyed_at IS NOT NULL AND cleared_at IS NULL
    ORDER BY destroyed_at, aggregate_id
    LIMIT $1";

/// Streams that were forgotten and whose clearing away has not ended, longest waiting first.
pub async fn unfinished(db: &Db, limit: i64) -> Result<Vec<Unfinished>, DbError> {
    db.fetch_all(UNFINISHED, args![limit]).await
}

const CLEARED: &str = "
    UPDATE data_keys
    SET cleared_at = $3
    WHERE aggregate_type = $1 AND aggregate_id = $2 AND destroyed_at IS NOT NULL";

/// Notes that everything else of a forgotten stream is gone, too.
pub async fn cleared(db: &Db, stream: StreamId<'_>, now: Timestamp) -> Result<(), DbError> {
    let args = args![stream.aggregate_type, stream.aggregate_id, now];
    db.execute(CLEARED, args).await.map(drop)
}

const MASTER_KEYS: &str = "SELECT id, proof FROM master_keys ORDER BY id";

const KNOW: &str = "
    INSERT INTO master_keys (id, proof, first_used_at)
    VALUES ($1, $2, $3)
    ON CONFLICT (id) DO NOTHING";

/// The stream of the key that indexes blindly; it has no event.
const INDEX: StreamId<'_> = StreamId::new("Index", "blind");

const MAKE: &str = "
    INSERT INTO data_keys (aggregate_type, aggregate_id, master_key, wrapped, created_at)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (aggregate_type, aggregate_id) DO NOTHING";

/// What proves that a master key is the one by its name.
fn proof_context(id: &str) -> Vec<u8> {
    format!("master key\0{id}").into_bytes()
}

/// Holds the settings against the database: every master key under which something may be sealed is
/// there, and is the right one. Notes the current one, and answers the key of the blind index.
pub(crate) async fn prepare(
    db: &Db,
    secrets: &Secrets,
    now: Timestamp,
) -> Result<DataKey, OpenLogError> {
    let (keys, current) = (&secrets.keys, secrets.keys.current());
    // Who only reads need not wait for the right to write.
    if !try_keys(db, keys).await?.iter().any(|id| id == current) {
        know(db, secrets, now).await?;
    }
    let context = key_context(INDEX);
    if read(db, INDEX).await? == StreamKey::None {
        // Of several processes that make it, one's is kept.
        let wrapped = keys.wrap(&context, &DataKey::draw());
        let args = args![INDEX.aggregate_type, INDEX.aggregate_id, current, wrapped, now];
        db.execute(MAKE, args).await?;
    }
    match read(db, INDEX).await? {
        StreamKey::Wrapped { master_key, wrapped } => {
            Ok(keys.unwrap(&master_key, &context, &wrapped)?)
        }
        _ => Err(OpenLogError::Index),
    }
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

/// Master keys that wrap nothing, and will not be used by this process.
const FORGET: &str = "
    DELETE FROM master_keys
    WHERE id <> $1 AND NOT EXISTS (SELECT 1 FROM data_keys k WHERE k.master_key = master_keys.id)";

/// Forgets master keys that wrap nothing any more.
pub(super) async fn forget(db: &Db, current: &str) -> Result<u64, DbError> {
    db.execute(FORGET, args![current]).await
}

/// What a wrapped data key is bound to.
pub(super) fn key_context(stream: StreamId<'_>) -> Vec<u8> {
    let StreamId { aggregate_type, aggregate_id } = stream;
    format!("data key\0{aggregate_type}\0{aggregate_id}").into_bytes()
}

impl StreamKey {
    /// The key itself; `None` where there is none, any more or at all.
    pub(super) fn unwrap(
        &self,
        secrets: &Secrets,
        stream: StreamId<'_>,
    ) -> Result<Option<DataKey>, MasterKeyError> {
        match self {
            Self::Wrapped { master_key, wrapped } => {
                let context = key_context(stream);
                secrets.keys.unwrap(master_key, &context, wrapped).map(Some)
            }
            Self::Unknown | Self::None | Self::Destroyed => Ok(None),
        }
    }
}
