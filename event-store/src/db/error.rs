//! What goes wrong with a database, by what the caller can do about it.

use std::path::PathBuf;

use sqlx::error::ErrorKind;

use crate::seal::OpenError;

/// A database refused or could not be reached.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The configured address is not one of ours.
    #[error("{0:?} is not a database: write sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME")]
    Address(String),
    /// The database does not answer now: not reachable, locked by another process, out of
    /// connections, or its disk is full. The same call may work later.
    #[error(
        "the database does not answer now; check that it runs, has disk space, may be written to, and is not locked"
    )]
    Unavailable(#[source] sqlx::Error),
    /// The file of the database, or its journal, is no longer the one that was opened: what is
    /// written now would be lost. It works again once the file is back.
    #[error("{} was deleted, moved away or replaced while it is in use", .0.display())]
    Moved(PathBuf),
    /// The database can only be read now: a file without the permission to write, or a server that
    /// is a standby.
    #[error("the database can only be read: it is a standby, or may not be written to")]
    ReadOnly,
    /// A file that can only be read has a journal, which cannot be read there.
    #[error(
        "the journal {} holds what is not in the database's file yet, and neither can be written: copy both into a folder that can, and open the copy", .0.display()
    )]
    JournalLeft(PathBuf),
    /// The row is there already: a unique key refused it.
    #[error("a row with this key is there already ({key})")]
    Duplicate {
        /// The name of the constraint (PostgreSQL) or its columns (SQLite).
        key: String,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// Exactly one row was asked for and none is there.
    #[error("the row that was asked for is not there")]
    NoRow,
    /// A migration did not apply, or the database was migrated by a newer version.
    #[error(
        "the database could not be migrated; run the version that it was migrated with, or a newer one"
    )]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// A newer version of the service has migrated the database.
    #[error("the database was migrated by a newer version (migration {version})")]
    Newer {
        /// The newest migration that this version does not know.
        version: i64,
    },
    /// Several callers met the same failure.
    #[error(transparent)]
    Shared(std::sync::Arc<DbError>),
    /// What is sealed of a row cannot be opened. Nothing is lost: with the right key it can be.
    #[error("what is sealed of a row cannot be opened")]
    Sealed(#[from] OpenError),
    /// The statement, its arguments or the shape of its rows are wrong: a mistake in the code.
    #[error("the database refused a statement")]
    Statement(#[source] sqlx::Error),
}

impl DbError {
    /// Whether the same call may work later, unchanged.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::Moved(_) | Self::ReadOnly => true,
            Self::Shared(error) => error.is_temporary(),
            _ => false,
        }
    }

    /// Whether two transactions waited for each other, and this one was ended for it.
    pub(super) fn is_deadlock(&self) -> bool {
        /// `deadlock_detected` of PostgreSQL.
        const DEADLOCK: &str = "40P01";
        let Self::Unavailable(sqlx::Error::Database(error)) = self else { return false };
        error.code().is_some_and(|code| code == DEADLOCK)
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Self::NoRow,
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => Self::Unavailable(error),
            sqlx::Error::Database(database) => {
                if database.kind() == ErrorKind::UniqueViolation {
                    let key = database
                        .constraint()
                        .unwrap_or_else(|| key_of(database.message()))
                        .to_owned();
                    return Self::Duplicate { key, source: error };
                }
                if database.code().is_some_and(|code| passes(&code)) {
                    return Self::Unavailable(error);
                }
                Self::Statement(error)
            }
            _ => Self::Statement(error),
        }
    }
}

/// SQLite says "UNIQUE constraint failed: table.column, table.column".
fn key_of(message: &str) -> &str {
    message.rsplit("failed: ").next().unwrap_or(message)
}

/// Whether an error of this code may pass by itself. SQLite's codes are decimal numbers of which
/// the low byte is the primary code (<https://sqlite.org/rescode.html>); PostgreSQL's have five
/// characters (appendix A of its manual).
fn passes(code: &str) -> bool {
    /// BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, FULL, CANTOPEN, PROTOCOL.
    const SQLITE: [u32; 9] = [5, 6, 7, 8, 9, 10, 13, 14, 15];
    /// Connection, transaction rollback (deadlock, serialization), resources (disk full),
    /// operator intervention (shutdown, time-out), system error.
    const POSTGRES: [&str; 5] = ["08", "40", "53", "57", "58"];
    /// Lock not available; read-only, as a standby is during a switch-over.
    const POSTGRES_WHOLE: [&str; 2] = ["55P03", "25006"];
    if code.len() == 5 {
        return POSTGRES.contains(&&code[..2]) || POSTGRES_WHOLE.contains(&code);
    }
    code.parse::<u32>().is_ok_and(|number| SQLITE.contains(&(number & 0xff)))
}
