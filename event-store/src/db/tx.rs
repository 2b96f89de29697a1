//! A transaction: all of its statements happen, or none.

use sqlx::{Postgres, Sqlite, Transaction};

use super::redoable::Redoable;
use super::{DbError, Record, Upsert, Value, bind};

/// A transaction; dropped without [`Tx::commit`], it is rolled back.
#[derive(Debug)]
pub struct Tx(Inner);

#[derive(Debug)]
enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Redoable(Redoable),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub(super) fn sqlite(tx: Transaction<'static, Sqlite>) -> Self {
        Self(Inner::Sqlite(tx))
    }

    pub(super) fn postgres(tx: Transaction<'static, Postgres>) -> Self {
        Self(Inner::Postgres(tx))
    }

    pub(super) const fn redoable(tx: Redoable) -> Self {
        Self(Inner::Redoable(tx))
    }

    /// Whether there are schemas, roles and views with native types.
    pub const fn has_schemas(&self) -> bool {
        matches!(self.0, Inner::Postgres(_))
    }

    /// All rows.
    pub async fn fetch_all<R: Record>(
        &mut self,
        sql: &str,
        args: Vec<Value>,
    ) -> Result<Vec<R>, DbError> {
        Ok(match &mut self.0 {
            Inner::Sqlite(tx) => {
                bind!(sqlx::query_as::<Sqlite, R>(sql), args).fetch_all(&mut **tx).await?
            }
            Inner::Redoable(tx) => {
                bind!(sqlx::query_as::<Sqlite, R>(sql), args).fetch_all(&mut **tx).await?
            }
            Inner::Postgres(tx) => {
                bind!(sqlx::query_as::<Postgres, R>(sql), args).fetch_all(&mut **tx).await?
            }
        })
    }

    /// The first row, or none.
    pub async fn fetch_optional<R: Record>(
        &mut self,
        sql: &str,
        args: Vec<Value>,
    ) -> Result<Option<R>, DbError> {
        Ok(match &mut self.0 {
            Inner::Sqlite(tx) => {
                bind!(sqlx::query_as::<Sqlite, R>(sql), args).fetch_optional(&mut **tx).await?
            }
            Inner::Redoable(tx) => {
                bind!(sqlx::query_as::<Sqlite, R>(sql), args).fetch_optional(&mut **tx).await?
            }
            Inner::Postgres(tx) => {
                bind!(sqlx::query_as::<Postgres, R>(sql), args).fetch_optional(&mut **tx).await?
            }
        })
    }

    /// The first row; [`DbError::NoRow`] where there is none.
    pub async fn fetch_one<R: Record>(
        &mut self,
        sql: &str,
        args: Vec<Value>,
    ) -> Result<R, DbError> {
        self.fetch_optional(sql, args).await?.ok_or(DbError::NoRow)
    }

    /// Runs a statement; answers how many rows it changed.
    pub async fn execute(&mut self, sql: &str, args: Vec<Value>) -> Result<u64, DbError> {
        Ok(match &mut self.0 {
            Inner::Sqlite(tx) => {
                bind!(sqlx::query::<Sqlite>(sql), args).execute(&mut **tx).await?.rows_affected()
            }
            Inner::Redoable(tx) => {
                bind!(sqlx::query::<Sqlite>(sql), args).execute(&mut **tx).await?.rows_affected()
            }
            Inner::Postgres(tx) => {
                bind!(sqlx::query::<Postgres>(sql), args).execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    /// Writes rows into a table, each with a value for every column; a row whose key is there
    /// already is replaced. No two may have the same key.
    pub async fn upsert(
        &mut self,
        upsert: Upsert<'_>,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), DbError> {
        match &mut self.0 {
            Inner::Sqlite(tx) => upsert.sqlite(tx, rows).await,
            Inner::Redoable(tx) => upsert.sqlite(tx, rows).await,
            Inner::Postgres(tx) => upsert.postgres(tx, rows).await,
        }
    }

    /// Makes it happen: durable when this returns, unless it was begun as one that may be redone.
    pub async fn commit(self) -> Result<(), DbError> {
        match self.0 {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Redoable(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Takes it back.
    pub async fn rollback(self) -> Result<(), DbError> {
        match self.0 {
            Inner::Sqlite(tx) => tx.rollback().await?,
            Inner::Redoable(tx) => tx.rollback().await?,
            Inner::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}
