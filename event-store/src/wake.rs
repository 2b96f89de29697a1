//! Followers are woken when the log grows: at once by appends of this process and, where the engine
//! can tell, of others; a slow poll is the safety net.

mod postgres;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{Db, DbError, Position};

/// Waits for the log to grow. Each follower has its own.
#[derive(Clone, Debug)]
pub struct Wake {
    heads: watch::Receiver<Position>,
}

impl Wake {
    pub(crate) fn new(heads: watch::Receiver<Position>) -> Self {
        Self { heads }
    }

    /// The log is known to reach up to here at least.
    pub(crate) fn known(&self) -> Position {
        *self.heads.borrow()
    }

    /// Returns when the log may hold more than `after`: at once where it is known to, when it
    /// grows, or after `poll` at the latest. It may return for nothing.
    pub async fn wait(&mut self, after: Position, poll: Duration) {
        // What `wait_for` lends is not `Send`, so only the news leaves this block.
        let grown = async { self.heads.wait_for(|head| *head > after).await.is_ok() };
        if let Ok(false) = tokio::time::timeout(poll, grown).await {
            // The log is closed: nothing will come any more, so do not return in a tight loop.
            tokio::time::sleep(poll).await;
        }
    }
}

/// Listens for appends of other processes, where the engine can tell; on SQLite none can, and the
/// poll finds them.
pub(crate) async fn listen(
    db: &Db,
    heads: Arc<watch::Sender<Position>>,
    stop: CancellationToken,
) -> Result<Option<impl Future<Output = ()> + Send + 'static + use<>>, DbError> {
    match db {
        Db::Sqlite(_) => Ok(None),
        Db::Postgres(db) => postgres::listen(&db.pool, heads, stop).await.map(Some),
    }
}
