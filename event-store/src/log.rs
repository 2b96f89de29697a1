//! The log: one appender task a process, any number of readers and followers.

use std::fmt;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::append::{Appender, Queue};
use crate::{Clock, Db, DbError, Position, Wake, wake};

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
}

impl Default for LogOptions {
    fn default() -> Self {
        Self {
            queued_appends: 4096,
            queued_bytes: 64 << 20,
            batch_events: 1024,
            batch_bytes: 8 << 20,
        }
    }
}

/// The log; clones are the same log.
#[derive(Clone)]
pub struct Log {
    db: Db,
    pub(crate) queue: Queue,
    heads: watch::Receiver<Position>,
    tasks: TaskTracker,
    stop_wake: CancellationToken,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

impl Log {
    /// Opens the log of a migrated database and starts its appender. Open it once a process: a
    /// second one is correct, but shares no flush with the first.
    pub async fn open(db: Db, clock: Arc<dyn Clock>, options: LogOptions) -> Result<Self, DbError> {
        let (heads_in, heads) = watch::channel(Position::START);
        let heads_in = Arc::new(heads_in);
        let tasks = TaskTracker::new();
        let stop_wake = CancellationToken::new();
        if let Some(listener) = wake::listen(&db, Arc::clone(&heads_in), stop_wake.clone()).await? {
            tasks.spawn(listener);
        }
        let (sender, receiver) = mpsc::channel(options.queued_appends);
        let queue = Queue::new(sender, &options, matches!(db, Db::Sqlite(_)));
        tasks.spawn(
            Appender::new(db.clone(), clock, options, heads_in, receiver, queue.closing()).run(),
        );
        tasks.close();
        let log = Self { db, queue, heads, tasks, stop_wake };
        Ok(log)
    }

    /// The database that the log lies in.
    pub fn db(&self) -> &Db {
        &self.db
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
