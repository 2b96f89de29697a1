//! A SQLite file: its connections, and whether it still is the file that they were opened on.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use rustix::fs::{Access, access};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};

use super::place::Place;
use super::redoable::Redoable;
use super::shared::{Opener, Together};
use super::{ACQUIRE_TIMEOUT, BUSY_TIMEOUT, DbError, READERS, Tx, without_password};

/// The connections to a SQLite file.
#[derive(Clone, Debug)]
pub struct SqliteDb {
    /// Where the file is, and whether it still is there.
    pub(crate) place: Arc<Place>,
    /// One connection; waiting for it is fair. Where the file can only be read, it cannot write.
    pub(crate) writer: SqlitePool,
    /// They cannot write.
    pub(crate) readers: SqlitePool,
    /// Whether the file can only be read.
    pub(crate) read_only: bool,
    /// Where small writes wait to share a transaction.
    pub(super) together: Together,
}

impl SqliteDb {
    /// Opens the file of `sqlite:PATH`, which is made where it is missing.
    pub(super) async fn connect(url: &str) -> Result<Self, DbError> {
        if !url.starts_with("sqlite:") || url.contains(":memory:") || url.contains("mode=memory") {
            return Err(DbError::Address(without_password(url)));
        }
        let options =
            SqliteConnectOptions::from_str(url).map_err(|_| DbError::Address(url.to_owned()))?;
        let path = options.get_filename().to_owned();
        // Asked by name: to open the file beside SQLite would end the locks of this process on it.
        let read_only = path.exists() && access(&path, Access::WRITE_OK).is_err();
        let options = if read_only { readable(options, &path)? } else { writable(options) };
        // It makes the file, and its journal once it reads, before they are looked at.
        let mut first = options.connect().await?;
        sqlx::query("SELECT count(*) FROM sqlite_schema").execute(&mut first).await?;
        let place = Arc::new(Place::of(path)?);
        let options = options.create_if_missing(false);
        let opened = async {
            let writing = options.clone().pragma("cache_size", WRITERS_CACHE);
            // What a statement of many rows would need to be taken back lies in memory, not in a file.
            let writing = writing.pragma("temp_store", "MEMORY");
            let writer = pool(1, &place).connect_with(writing).await?;
            let readers = pool(READERS, &place);
            // A row at a time wakes its reader each time.
            let reading = options.pragma("query_only", "ON").row_buffer_size(ROWS_AT_ONCE);
            let readers = readers.connect_with(reading).await?;
            Ok((writer, readers))
        };
        let opened: Result<_, sqlx::Error> = opened.await;
        first.close().await?;
        let (writer, readers) = opened?;
        let together = Together::start(Opener::Sqlite(Arc::clone(&place), writer.clone()));
        Ok(Self { place, writer, readers, read_only, together })
    }

    /// Which connections a statement runs on.
    pub(super) fn pool_for(&self, sql: &str) -> Result<&SqlitePool, DbError> {
        let word = sql.split_whitespace().next().unwrap_or_default();
        if word.eq_ignore_ascii_case("SELECT") || word.eq_ignore_ascii_case("WITH") {
            Ok(&self.readers)
        } else {
            self.to_write()
        }
    }

    /// The writing connection, while the file is where it was.
    pub(crate) fn to_write(&self) -> Result<&SqlitePool, DbError> {
        self.place.check()?;
        Ok(&self.writer)
    }
}

/// The memory of the writing connection for pages, in KiB (negative, as SQLite has it): the pages of
/// the indexes that grow everywhere at once, those of words for instance, stay in it.
const WRITERS_CACHE: &str = "-24576";

/// So many rows are read ahead of who asked for them.
const ROWS_AT_ONCE: usize = 500;

/// Begins a transaction on the writing connection, while the file is where it was.
pub(super) async fn begin(place: &Place, writer: &SqlitePool) -> Result<Tx, DbError> {
    place.check()?;
    // In a task of its own, which ends even when nobody waits any more: sqlx-sqlite 0.8 cannot be dropped
    // between the beginning and its check without leaving the transaction open in the pool, for ever.
    let writer = writer.clone();
    let begun = tokio::spawn(async move { writer.begin_with("BEGIN IMMEDIATE").await });
    Ok(Tx::sqlite(begun.await.map_err(|_| sqlx::Error::WorkerCrashed)??))
}

/// The same for a transaction that may be redone.
pub(super) async fn begin_redoable(place: &Place, writer: &SqlitePool) -> Result<Tx, DbError> {
    place.check()?;
    let writer = writer.clone();
    let begun = tokio::spawn(async move { Redoable::begin(&writer).await });
    Ok(Tx::redoable(begun.await.map_err(|_| sqlx::Error::WorkerCrashed)??))
}

/// In WAL mode with `synchronous=FULL`, so that what was committed survives a power cut.
fn writable(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What is deleted is overwritten with zeros: people are forgotten here.
        .pragma("secure_delete", "ON")
        .busy_timeout(BUSY_TIMEOUT)
}

/// A file that cannot be written, on a read-only file system for instance. Without the index of its
/// journal SQLite reads it only as one that never changes; a journal that holds something would be
/// passed over then.
fn readable(options: SqliteConnectOptions, path: &Path) -> Result<SqliteConnectOptions, DbError> {
    let journal = beside(path, "-wal");
    let is_whole = std::fs::metadata(&journal).map_or(true, |it| it.len() == 0);
    let has_index = beside(path, "-shm").exists();
    if !is_whole && !has_index {
        return Err(DbError::JournalLeft(journal));
    }
    Ok(options.read_only(true).immutable(!has_index).busy_timeout(BUSY_TIMEOUT))
}

fn pool(connections: u32, place: &Arc<Place>) -> SqlitePoolOptions {
    let place = Arc::clone(place);
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        // A file does not go away like a server.
        .test_before_acquire(false)
        .max_lifetime(None)
        .after_connect(move |_, _| {
            // A connection that is made later must not open what lies there instead by now.
            let there =
                place.check().map_err(|error| sqlx::Error::Io(std::io::Error::other(error)));
            Box::pin(async move { there })
        })
        .after_release(|connection, _| {
            Box::pin(async move {
                if connection.is_in_transaction() {
                    // What was dropped is rolled back in its turn: wait for that.
                    connection.ping().await?;
                }
                // SQLite ends a transaction by itself when the disk is full or fails, and sqlx-sqlite
                // 0.8 takes it for open ever after: such a connection is replaced.
                Ok(!connection.is_in_transaction())
            })
        })
}

/// The path of a file that SQLite keeps beside its own.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
