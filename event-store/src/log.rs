//! The log: one appender task a process, any number of readers and followers.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::append::{Appender, Queue};
use crate::begun::Begun;
use crate::db::Probe;
use crate::follow::Tail;
use crate::seal::{self, LatelyRead, MasterKeyError, Roots};
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
    /// What else goes with a stream's key, in the same transaction: statements that are run for each
    /// stream that is erased, with its type as `$1`, its id as `$2` and the position of its first event
    /// as `$3`. Where one fails, the stream is not erased.
    pub erasing: Vec<String>,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self {
            queued_appends: 4096,
            queued_bytes: 64 << 20,
            batch_events: 1024,
            batch_bytes: 8 << 20,
            codec: Codec::default(),
            erasing: vec![],
        }
    }
}

/// The log cannot be opened. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenLogError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A key of the whole database is gone, although something is sealed: something other than this
    /// service took it away.
    #[error("the key {0} is gone from the table root_keys: restore that table from a backup")]
    Root(&'static str),
    /// A table of keys is not there.
    #[error("the table {0} is missing: restore it from a backup")]
    NoTable(&'static str),
    /// The keys are newer than the log.
    #[error(
        "the table stream_keys holds the keys of {0} streams whose events are not in the log: restore both from backups of one time, or, where those events are lost, delete what lies behind the log's last position there"
    )]
    Ahead(i64),
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
    pub(crate) lately: LatelyRead,
    pub(crate) begun: Begun,
    pub(crate) tail: Tail,
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
        let ended = seal::check(&db).await?;
        if ended > 0 {
            tracing::warn!(
                keys = ended,
                database.read_only = db.is_read_only(),
                "keys of erased streams are in the table stream_keys again, as after a restore of an \
                 older backup of it: wherever the database can be written they are ended again"
            );
        }
        let codec = match codec.secrets() {
            Some(secrets) => {
                let roots = seal::prepare(&db, secrets, clock.now()).await?;
                codec.with(roots)
            }
            None => codec,
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
        let (lately, begun) = (LatelyRead::new(), Begun::start(db.clone()));
        let tail = Tail::default();
        Ok(Self { db, queue, heads, tasks, stop_wake, codec, lately, begun, tail, probe })
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
        match self.roots() {
            Some(roots) => seal::named(&roots.blind, text),
            None => hex::encode(Sha256::digest(text)),
        }
    }

    /// The keys of the whole database; none where nothing is sealed.
    pub(crate) fn roots(&self) -> Option<&Roots> {
        self.codec.secrets().map(seal::Secrets::roots)
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
