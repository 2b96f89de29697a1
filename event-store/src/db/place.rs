//! The place of a SQLite file. A file that is deleted, moved away or replaced while it is open goes on
//! taking writes that nobody finds again (<https://sqlite.org/howtocorrupt.html>, 1.4): so its device
//! and inode are compared with those at the opening.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::DbError;
use super::sqlite::beside;

/// A look at the file is trusted for so long.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// Which file it is: its device and its inode.
type Identity = (u64, u64);

/// Where a database's file is, and which file it was when it was opened.
#[derive(Debug)]
pub(crate) struct Place {
    path: PathBuf,
    file: Identity,
    seen: Mutex<Seen>,
}

/// What was seen at the last look.
#[derive(Debug)]
struct Seen {
    /// The journal, once there is one.
    journal: Option<Identity>,
    /// When the file was last seen in its place; none while it is not.
    at: Option<Instant>,
}

fn identity(path: &Path) -> io::Result<Identity> {
    let of = |it: Metadata| (it.dev(), it.ino());
    std::fs::metadata(path).map(of)
}

impl Place {
    /// The place of a file that is open.
    pub(super) fn of(path: PathBuf) -> Result<Self, DbError> {
        let file = identity(&path).map_err(|error| DbError::from(sqlx::Error::Io(error)))?;
        let journal = identity(&beside(&path, "-wal")).ok();
        let seen = Mutex::new(Seen { journal, at: Some(Instant::now()) });
        Ok(Self { path, file, seen })
    }

    /// The path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file and its journal still are those that were opened. It looks once a second at
    /// most while they are, and says once in the log when they are not.
    pub(crate) fn check(&self) -> Result<(), DbError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.at.is_some_and(|at| at.elapsed() < TRUSTED_FOR) {
            return Ok(());
        }
        let journal = beside(&self.path, "-wal");
        let found = identity(&journal).ok();
        let gone = if identity(&self.path).ok() != Some(self.file) {
            Some(self.path.clone())
        } else if seen.journal.is_some() && found != seen.journal {
            Some(journal)
        } else {
            None
        };
        let Some(path) = gone else {
            if seen.at.is_none() {
                tracing::info!(path = %self.path.display(), "the database file is in its place again");
            }
            *seen = Seen { journal: found, at: Some(Instant::now()) };
            return Ok(());
        };
        let error = DbError::Moved(path);
        if seen.at.take().is_some() {
            tracing::error!(
                "{error}: nothing is written, since nobody would find it again; put the file back, or \
                 restart to work with what is there now"
            );
        }
        Err(error)
    }
}
