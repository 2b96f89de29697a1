//! The log: one appender task a process, any number of readers and followers.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::append::{Appender, Queue};
use crate::db::Probe;
use crate::seal::{self, DataKey, MasterKeyError};
use crate::{Clock, Codec, Db, DbError, Position, Wake, wake};

/// How much the log takes at once. The defaults suit a process with some hundred writers.
#[derive(Clone, Debug)]
pub struct LogOptions {
    /// Appends that may wait; the next is told [`crate::AppendError::Busy`].
    pub queued_appends: usize,
    /// Bytes of events that may wait.
    pub queued_bytes: usize,
    /// Events in one transaction. A single append is never split, and may not be longer.
    pub batch_events: usize,
    /// Bytes of events in one transaction. A single append may not be larger.
    pub batch_bytes: usize,
    /// What becomes of events on their way in and out.
    pub codec: Codec,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self {
            queued_appends: 4096,
            queued_bytes: 64 << 20,
            batch_events: 1024,
            batch_bytes: 8 << 20,
            codec: Codec::default(),
        }
    }
}

/// The log cannot be opened. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenLogError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The key of the blind index is gone: something other than this service took it away.
    #[error(
        "the key of the blind index is gone from the table data_keys: restore that row from a backup"
    )]
    Index,
    /// The master keys of the settings are not those of the database.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
}

/// The log; clones are the same log.
#[derive(Clone)]
pub struct Log {
    db: Db,
    pub(crate) queue: Queue,
    heads: watch::Receiver<Position>,
    tasks: TaskTracker,
    stop_wake: CancellationToken,
    codec: Codec,
    /// Keys the blind index; none where nothing is sealed.
    blind: Option<DataKey>,
    /// Whether it can be written.
    probe: Arc<Probe>,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

impl Log {
    /// Opens the log of a migrated database and starts its appender. Open it once a process: a
    /// second one is correct, but shares no flush with the first.
    ///
    /// Where it seals, the master keys must be those that the database was sealed under.
    pub async fn open(
        db: Db,
        clock: Arc<dyn Clock>,
        options: LogOptions,
    ) -> Result<Self, OpenLogError> {
        let codec = options.codec.clone();
        let blind = match codec.secrets() {
            Some(secrets) => Some(seal::prepare(&db, secrets, clock.now()).await?),
            None => None,
        };
        let (heads_in, heads) = watch::channel(Position::START);
        let heads_in = Arc::new(heads_in);
        let tasks = TaskTracker::new();
        let stop_wake = CancellationToken::new();
        if let Some(listener) = wake::listen(&db, Arc::clone(&heads_in), stop_wake.clone()).await? {
            tasks.spawn(listener);
        }
        let (sender, receiver) = mpsc::channel(options.queued_appends);
        let queue = Queue::new(sender, &options, matches!(db, Db::Sqlite(_)));
        let probe = Arc::new(Probe::default());
        let appender = Appender::new(
            db.clone(),
            clock,
            options,
            heads_in,
            receiver,
            queue.closing(),
            Arc::clone(&probe),
        );
        tasks.spawn(appender.run());
        tasks.close();
        Ok(Self { db, queue, heads, tasks, stop_wake, codec, blind, probe })
    }

    /// The database that the log lies in.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Whether it can be appended to: the last append succeeded within the second, or something is
    /// written now that changes nothing, once a second at most.
    pub async fn can_be_written(&self) -> Result<(), DbError> {
        self.probe.ask(&self.db).await
    }

    pub(crate) const fn codec(&self) -> &Codec {
        &self.codec
    }

    /// A name for `text` that tells nothing of it to who has the database alone: its HMAC-SHA256
    /// (RFC 2104) under a key that is sealed there, 64 hexadecimal digits. The same text has the
    /// same name.
    pub fn blind(&self, text: &str) -> String {
        match &self.blind {
            Some(key) => seal::named(key, text),
            None => hex::encode(Sha256::digest(text)),
        }
    }

    /// The key of what belongs to no stream; none where nothing is sealed.
    pub(crate) fn of_none(&self) -> Option<DataKey> {
        self.blind.as_ref().map(|key| key.derived("sealed beside the log"))
    }

    /// Wakes a follower when the log grows.
    pub fn wake(&self) -> Wake {
        Wake::new(self.heads.clone())
    }

    /// Takes no more appends, writes those that wait, and returns when all is durable. Reading goes
    /// on working; the database stays open.
    pub async fn close(&self) {
        self.queue.close();
        self.stop_wake.cancel();
        self.tasks.wait().await;
    }
}
