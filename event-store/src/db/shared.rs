//! Small writes that share a transaction, as appends do. One task does them: while one transaction is
//! being committed, those that come gather for the next, and share its flush. On PostgreSQL they share one
//! connection as well, and none waits for a row that a neighbour holds until its commit.

use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use tokio::sync::{mpsc, oneshot};

use super::place::Place;
use super::sqlite::begin;
use super::{Db, DbError, Tx, Value};

/// Writes in one transaction: others wait for the one writing connection meanwhile.
const TOGETHER: usize = 64;
/// Writes that wait; who comes then waits for room.
const WAITING: usize = 1024;

/// What somebody waits for, on its way through the transactions that it is done in.
#[async_trait::async_trait]
trait Write: Send {
    /// Does it in this transaction; again, where an earlier one was rolled back.
    async fn run(&mut self, tx: &mut Tx) -> Result<(), DbError>;
    /// Tells who waits, once it is durable or has failed.
    fn finish(self: Box<Self>, outcome: Result<(), DbError>);
}

struct Job<T, F> {
    work: F,
    made: Option<T>,
    done: oneshot::Sender<Result<T, DbError>>,
}

#[async_trait::async_trait]
impl<T, F> Write for Job<T, F>
where
    T: Send + 'static,
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, DbError>> + Send + 'static,
{
    async fn run(&mut self, tx: &mut Tx) -> Result<(), DbError> {
        let work = (self.work)(tx);
        self.made = Some(work.await?);
        Ok(())
    }

    fn finish(self: Box<Self>, outcome: Result<(), DbError>) {
        let Self { made, done, .. } = *self;
        // It was made where it succeeded. Who waited may have given up.
        drop(done.send(outcome.and_then(|()| made.ok_or(DbError::NoRow))));
    }
}

/// Begins the transactions.
#[derive(Clone)]
pub(super) enum Opener {
    Sqlite(Arc<Place>, SqlitePool),
    Postgres(PgPool),
}

impl Opener {
    async fn begin(&self) -> Result<Tx, DbError> {
        match self {
            Self::Sqlite(place, writer) => begin(place, writer).await,
            Self::Postgres(pool) => Ok(Tx::postgres(pool.begin().await?)),
        }
    }
}

/// Where writes wait for the task that does them; clones are the same.
#[derive(Clone)]
pub(crate) struct Together(mpsc::Sender<Box<dyn Write>>);

impl std::fmt::Debug for Together {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Together")
    }
}

impl Together {
    /// Begins the task, which ends when nobody can bring anything any more.
    pub(super) fn start(opener: Opener) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(serve(receiver, opener));
        Self(sender)
    }
}

async fn serve(mut waiting: mpsc::Receiver<Box<dyn Write>>, opener: Opener) {
    while let Some(first) = waiting.recv().await {
        // Who was answered just now gets to ask again: few large transactions beat many small ones.
        tokio::task::yield_now().await;
        let mut batch = vec![first];
        while batch.len() < TOGETHER {
            let Ok(next) = waiting.try_recv() else { break };
            batch.push(next);
        }
        // A task of its own: where one of them panics, those of the next batch do not suffer.
        let written = tokio::spawn(write(batch, opener.clone()));
        if let Err(error) = written.await {
            tracing::error!(%error, "writes that shared a transaction ended badly");
        }
    }
}

async fn write(mut batch: Vec<Box<dyn Write>>, opener: Opener) {
    match once(&mut batch, &opener).await {
        Ok(()) => batch.into_iter().for_each(|write| write.finish(Ok(()))),
        // One of them is to blame, but which? Each alone; the innocent succeed. So do those of two processes
        // that waited for each other.
        Err(error) if batch.len() > 1 && (!error.is_temporary() || error.is_deadlock()) => {
            for mut write in batch {
                let outcome = once(std::slice::from_mut(&mut write), &opener).await;
                write.finish(outcome);
            }
        }
        Err(error) if batch.len() == 1 => {
            batch.into_iter().zip([error]).for_each(|(write, error)| write.finish(Err(error)));
        }
        // The database does not answer: each would wait for it as long as they all did.
        Err(error) => {
            let error = Arc::new(error);
            for write in batch {
                write.finish(Err(DbError::Shared(Arc::clone(&error))));
            }
        }
    }
}

/// Does all of them in one transaction, or none.
async fn once(batch: &mut [Box<dyn Write>], opener: &Opener) -> Result<(), DbError> {
    let mut tx = opener.begin().await?;
    for write in batch {
        write.run(&mut tx).await?;
    }
    tx.commit().await
}

impl Db {
    /// Writes something small, durable when this returns, in a transaction that it shares with others:
    /// so the work must leave nothing behind where it decides against writing, and fails only where the
    /// database does. It is done again where a neighbour failed. As in [`Db::begin`], it must not wait for
    /// anything but its transaction. Dropping the future does not take it back.
    pub async fn shared<T, F>(&self, work: F) -> Result<T, DbError>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, DbError>> + Send + 'static,
    {
        let together = match self {
            Self::Sqlite(db) => {
                db.to_write()?;
                &db.together
            }
            Self::Postgres(db) => &db.together,
        };
        let (done, answer) = oneshot::channel();
        let job = Box::new(Job { work, made: None, done });
        let crashed = || DbError::Unavailable(sqlx::Error::WorkerCrashed);
        together.0.send(job).await.map_err(|_| crashed())?;
        answer.await.unwrap_or_else(|_| Err(crashed()))
    }

    /// [`Db::shared`] for one statement; answers how many rows it changed.
    pub async fn execute_shared(
        &self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<u64, DbError> {
        self.shared(move |tx| {
            let args = args.clone();
            Box::pin(tx.execute(sql, args))
        })
        .await
    }
}
