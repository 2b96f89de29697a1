//! The key of a stream, as it is stored: by the position of the stream's first event.

use std::fmt;

use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Type};

use super::Secrets;
use super::data_key::DataKey;
use super::master::MasterKeyError;
use super::root::SALT;
use crate::{Db, DbError, StreamId, args};

/// The first byte of a stored key: it is `MASTER:WRAPPED`, text of an earlier version.
const BY_MASTER: u8 = 1;
/// The first byte of a stored key: a salt follows.
const SALTED: u8 = 2;
/// The first byte of a stored key: the key follows, wrapped by a root key.
const BY_ROOT: u8 = 3;

/// The bytes of a stored salt.
pub(crate) const STORED_SALT: usize = 1 + SALT;

/// Every key that a master key wraps, and no other: from the first on, before the second.
pub(super) const WRAPPED_BY_MASTERS: [&[u8]; 2] = [&[BY_MASTER], &[SALTED]];

/// What is known of the key of an event's stream.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum StreamKey {
    /// Nobody has looked yet: the event comes from the topic, for instance.
    #[default]
    Unknown,
    /// There is none.
    None,
    /// It follows from this salt and a root key of the database.
    Salt([u8; SALT]),
    /// It lies in the table, wrapped; the first byte says how.
    Wrapped(Vec<u8>),
    /// It was destroyed: what it sealed is forgotten.
    Destroyed,
}

impl fmt::Debug for StreamKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "Unknown",
            Self::None => "None",
            Self::Salt(_) => "Salt(…)",
            Self::Wrapped(_) => "Wrapped(…)",
            Self::Destroyed => "Destroyed",
        })
    }
}

/// SQL that reads the key of the stream of this type and id, both expressions in SQL that name their
/// tables: a column that [`StreamKey`] decodes.
pub fn stream_key_sql(aggregate_type: &str, aggregate_id: &str) -> String {
    format!(
        "(SELECT coalesce(stream_keys.key, '')
          FROM stream_keys
          WHERE stream_keys.position = (
              SELECT first_event.position
              FROM events AS first_event
              WHERE first_event.aggregate_type = {aggregate_type}
                AND first_event.aggregate_id = {aggregate_id}
                AND first_event.sequence = 1
          ))"
    )
}

impl<DB: Database> Type<DB> for StreamKey
where
    [u8]: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        <[u8]>::type_info()
    }

    fn compatible(ty: &DB::TypeInfo) -> bool {
        <[u8]>::compatible(ty)
    }
}

impl<'r, DB: Database> Decode<'r, DB> for StreamKey
where
    Option<&'r [u8]>: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Option::<&[u8]>::decode(value).map(Self::from)
    }
}

/// As the log's statements read it: nothing where there is no row, no bytes for a destroyed key.
impl From<Option<&[u8]>> for StreamKey {
    fn from(stored: Option<&[u8]>) -> Self {
        match stored {
            None => Self::None,
            Some([]) => Self::Destroyed,
            Some([SALTED, salt @ ..]) if salt.len() == SALT => {
                let mut bytes = [0; SALT];
                bytes.copy_from_slice(salt);
                Self::Salt(bytes)
            }
            Some(wrapped) => Self::Wrapped(wrapped.to_vec()),
        }
    }
}

/// What an append does to the key of its stream, in the same transaction.
#[derive(Clone, PartialEq, Eq)]
pub enum KeyChange {
    /// The stream gets one, which is stored so.
    New([u8; STORED_SALT]),
    /// It is destroyed.
    Destroy,
}

impl fmt::Debug for KeyChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New(_) => "New(…)",
            Self::Destroy => "Destroy",
        })
    }
}

impl KeyChange {
    /// A new key, which follows from this salt.
    pub(super) fn new(salt: [u8; SALT]) -> Self {
        let mut stored = [SALTED; STORED_SALT];
        stored[1..].copy_from_slice(&salt);
        Self::New(stored)
    }
}

/// The key of one stream.
pub(crate) async fn read(db: &Db, stream: StreamId<'_>) -> Result<StreamKey, DbError> {
    let args = args![stream.aggregate_type, stream.aggregate_id];
    let sql = format!("SELECT {}", stream_key_sql("$1", "$2"));
    let (key,): (StreamKey,) = db.fetch_one(&sql, args).await?;
    Ok(key)
}

/// What a wrapped key is bound to.
pub(super) fn key_context(stream: StreamId<'_>) -> Vec<u8> {
    let StreamId { aggregate_type, aggregate_id } = stream;
    format!("data key\0{aggregate_type}\0{aggregate_id}").into_bytes()
}

/// The master key that wraps a stored key, and the wrapped key, where one does.
pub(super) fn by_master(stored: &[u8]) -> Option<(&str, &str)> {
    let text = stored.strip_prefix(&[BY_MASTER])?;
    std::str::from_utf8(text).ok()?.split_once(':')
}

/// The first byte and the id of a master key: what the keys it wraps begin with, and what lies behind
/// the last of them.
pub(super) fn wrapped_by(master_key: &str) -> [Vec<u8>; 2] {
    [b':', b':' + 1].map(|end| [&[BY_MASTER], master_key.as_bytes(), &[end]].concat())
}

/// A key as it is stored, wrapped by the root key.
pub(super) fn by_root(secrets: &Secrets, stream: StreamId<'_>, key: &DataKey) -> Vec<u8> {
    let wrapped = secrets.roots().wrap(&key_context(stream), key);
    [&[BY_ROOT], wrapped.as_slice()].concat()
}

impl StreamKey {
    /// The key itself; `None` where there is none, any more or at all.
    pub(super) fn unwrap(
        &self,
        secrets: &Secrets,
        stream: StreamId<'_>,
    ) -> Result<Option<DataKey>, MasterKeyError> {
        match self {
            Self::Salt(salt) => Ok(Some(secrets.roots().of_stream(stream, salt))),
            Self::Wrapped(stored) => {
                let context = key_context(stream);
                if let Some((master_key, wrapped)) = by_master(stored) {
                    return secrets.keys.unwrap(master_key, &context, wrapped).map(Some);
                }
                let wrapped = stored.strip_prefix(&[BY_ROOT]);
                let key = wrapped.and_then(|it| secrets.roots().unwrap(&context, it));
                key.map(Some).ok_or(MasterKeyError::Altered)
            }
            Self::Unknown | Self::None | Self::Destroyed => Ok(None),
        }
    }
}
