//! Whether a database can be written: known from the last append, or tried with a write that changes
//! nothing.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Db, DbError};

/// What was found is trusted for so long.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// Writes the first page of the file as it is, flushed like any other write.
const SQLITE: &str = "PRAGMA user_version = 0";

/// A transaction with a number of its own is flushed like any other; a server that only reads has
/// none to give.
const POSTGRES: &str = "
    SELECT CASE
        WHEN current_setting('transaction_read_only') = 'on' THEN FALSE
        ELSE pg_current_xact_id() IS NOT NULL
    END";

/// When it was tried, and how that went.
type Tried = (Instant, Result<(), Arc<DbError>>);

/// A cached answer to whether a database can be written.
#[derive(Debug, Default)]
pub(crate) struct Probe {
    /// When an append last succeeded, if none failed since.
    appended: Mutex<Option<Instant>>,
    /// What was tried last, and how it went. One tries, the others wait for what it finds.
    tried: tokio::sync::Mutex<Option<Tried>>,
}

impl Probe {
    /// Notes how an append went.
    pub(crate) fn note(&self, succeeded: bool) {
        *self.appended.lock().unwrap_or_else(PoisonError::into_inner) =
            succeeded.then(Instant::now);
    }

    pub(crate) async fn ask(&self, db: &Db) -> Result<(), DbError> {
        if let Db::Sqlite(sqlite) = db {
            sqlite.place.check()?;
        }
        let appended = *self.appended.lock().unwrap_or_else(PoisonError::into_inner);
        if appended.is_some_and(|at| at.elapsed() < TRUSTED_FOR) {
            return Ok(());
        }
        let mut tried = self.tried.lock().await;
        let found = match &*tried {
            Some((at, found)) if at.elapsed() < TRUSTED_FOR => found.clone(),
            _ => {
                let found = write(db).await.map_err(Arc::new);
                *tried = Some((Instant::now(), found.clone()));
                found
            }
        };
        found.map_err(DbError::Shared)
    }
}

async fn write(db: &Db) -> Result<(), DbError> {
    match db {
        Db::Sqlite(_) => db.execute(SQLITE, vec![]).await.map(drop),
        Db::Postgres(_) => match db.fetch_one::<(bool,)>(POSTGRES, vec![]).await? {
            (true,) => Ok(()),
            (false,) => Err(DbError::ReadOnly),
        },
    }
}
