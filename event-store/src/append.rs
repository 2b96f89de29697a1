//! Append, group-committed: concurrent appends of a process are collected by one task and written
//! in one transaction, one flush for many. There is no timer: while one batch is being flushed, the
//! next one gathers.
//!
//! A batch is one statement (`append/sqlite.rs`, `append/postgres.rs`). It leaves out the appends
//! whose stream has moved on, so a conflict fails alone. A batch holds a stream once; a second
//! append to the same stream waits for the next batch, unless it is known by then to conflict: what
//! is at a stream's end only grows, so an append that expects less can be refused without asking.

mod appender;
mod encode;
mod postgres;
mod queue;
mod sqlite;
mod waiting;

use jiff::Timestamp;

pub(crate) use appender::Appender;
pub(crate) use queue::Queue;

use crate::seal::{self, FreshKey, KeyChange, MasterKeyError, StreamKey};
use crate::{DbError, Log, NewEvent, Position, StreamId};

/// What was appended, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The position of its first event.
    pub first: Position,
    /// The position of its last event; all between are its own.
    pub last: Position,
    /// When, to the microsecond.
    pub recorded_at: Timestamp,
}

/// Nothing was appended, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The stream holds more events than the caller has seen: load it again, and decide again.
    #[error("the stream has moved on: it holds more events than were seen")]
    Conflict,
    /// The stream holds fewer events than the caller says it has seen: a mistake in the caller.
    #[error("the stream holds fewer events than the append expects")]
    Gap,
    /// Too much waits already: try again in a moment.
    #[error("too many appends wait; try again in a moment")]
    Busy,
    /// The log is closed: the process is shutting down.
    #[error("the log is closed")]
    Closed,
    /// The append has more events or bytes than one transaction takes.
    #[error("the append has more events or bytes than one transaction takes")]
    TooLarge,
    /// An event can not be stored: a mistake in the caller.
    #[error("the event cannot be stored: {0}")]
    Invalid(&'static str),
    /// Personal data cannot be sealed: the master key is missing or another one.
    #[error("personal data cannot be sealed")]
    Sealing(#[source] MasterKeyError),
    /// The database failed. Whether the events are stored is known only from the stream: load it
    /// again. Appending again with the same expectation is safe.
    #[error("the events could not be written")]
    Unavailable(#[source] DbError),
}

impl Log {
    /// Seals the personal data of events and appends them to one stream, all or none. `expected` is the
    /// sequence of the last event that the caller saw, 0 for a new stream. It resolves after the durable
    /// commit. Dropping the future does not take the append back.
    pub async fn append(
        &self,
        aggregate_type: &str,
        aggregate_id: &str,
        expected: i64,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        let stream = StreamId::new(aggregate_type, aggregate_id);
        self.append_with(stream, expected, events, None).await
    }

    /// [`Log::append`], with the key that the stream gets where it has none.
    pub(crate) async fn append_with(
        &self,
        stream: StreamId<'_>,
        expected: i64,
        events: Vec<NewEvent>,
        fresh: Option<&FreshKey>,
    ) -> Result<Appended, AppendError> {
        let codec = self.codec();
        let key = if codec.asks_for_key(expected, &events) {
            self.key_of(stream).await.map_err(AppendError::Unavailable)?
        } else {
            StreamKey::None
        };
        let sealed = codec.seal(stream, &key, fresh, events).map_err(AppendError::Sealing)?;
        let erases = sealed.key == Some(KeyChange::Destroy);
        let appended = self.queue.append(stream, expected, sealed).await;
        if erases {
            self.lately.forget(stream);
        }
        appended
    }

    async fn key_of(&self, stream: StreamId<'_>) -> Result<StreamKey, DbError> {
        if let Some(key) = self.lately.get(stream) {
            return Ok(key);
        }
        let key = seal::read(self.db(), stream).await?;
        self.lately.keep(stream, &key);
        Ok(key)
    }
}
