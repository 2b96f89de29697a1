//! Transactions on SQLite that need not wait for the disk, because whoever makes them would notice that they
//! are lost, and make them again. They lie in the same journal as all others, so that the next one that does
//! wait makes them durable, too.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{Executor as _, Sqlite};

use super::DbError;

const BEGIN: &str = "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE";
const COMMIT: &str = "COMMIT; PRAGMA synchronous = FULL";
const ROLLBACK: &str = "ROLLBACK; PRAGMA synchronous = FULL";

/// Such a transaction. Its connection goes back to the others only once it waits for the disk again;
/// otherwise it is closed, which takes the transaction back.
#[derive(Debug)]
pub(super) struct Redoable(Option<PoolConnection<Sqlite>>);

impl Redoable {
    pub(super) async fn begin(writer: &SqlitePool) -> Result<Self, DbError> {
        let mut tx = Self(Some(writer.acquire().await?));
        tx.execute(BEGIN).await?;
        Ok(tx)
    }

    pub(super) async fn commit(self) -> Result<(), DbError> {
        self.end(COMMIT).await
    }

    pub(super) async fn rollback(self) -> Result<(), DbError> {
        self.end(ROLLBACK).await
    }

    async fn end(mut self, sql: &'static str) -> Result<(), DbError> {
        self.execute(sql).await?;
        drop(self.0.take());
        Ok(())
    }
}

impl Deref for Redoable {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.0.as_deref().expect("it has its connection until it ends")
    }
}

impl DerefMut for Redoable {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.0.as_deref_mut().expect("it has its connection until it ends")
    }
}

impl Drop for Redoable {
    fn drop(&mut self) {
        if let Some(mut connection) = self.0.take() {
            connection.close_on_drop();
        }
    }
}
