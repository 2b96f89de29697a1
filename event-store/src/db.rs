//! One façade over two engines, with their native rows. SQL is written once, in the words that both
//! understand: `$1` placeholders, `ON CONFLICT`, `RETURNING`, `CAST(sum(x) AS BIGINT)`; times and
//! ids come as arguments. A row is a struct with `#[derive(sqlx::FromRow)]`, or a tuple.
//!
//! On SQLite a [`Db`] holds one writing connection, for which everyone waits in turn, and a pool of
//! reading ones, so that nobody in this process meets `SQLITE_BUSY`. Another process meets the busy
//! time-out.

mod catalog;
mod copy;
mod delete;
mod error;
mod migrate;
mod place;
mod postgres;
mod probe;
mod redoable;
mod shared;
mod sqlite;
mod tx;
mod upsert;
mod value;
mod words;

use std::time::Duration;

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Postgres, Sqlite};

pub use catalog::{Catalog, ColumnShape, FoundTable, TableShape};
pub use error::DbError;
#[cfg(feature = "testing")]
pub(crate) use migrate::digest_of_migrations;
pub(crate) use postgres::PostgresDb;
pub(crate) use probe::Probe;
pub(crate) use sqlite::SqliteDb;
pub use tx::Tx;
pub use upsert::Upsert;
pub use value::{Nullable, Value};
pub use words::{Matching, Sought, WordIndex, WordQuery};

/// How long one process waits for another's write to a SQLite file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections that read a SQLite file at once.
const READERS: u32 = 8;
/// How long a caller waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// A database; clones share its connections.
#[derive(Clone, Debug)]
pub enum Db {
    /// A SQLite file.
    Sqlite(SqliteDb),
    /// A PostgreSQL database.
    Postgres(PostgresDb),
}

/// A row that both engines can give: any struct with `#[derive(sqlx::FromRow)]` over portable
/// types, or a tuple of them. A column that may be NULL must be an `Option`: SQLite hides the
/// mistake.
pub trait Record:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static
{
}

impl<R> Record for R where
    R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static
{
}

/// Binds the arguments, on either engine: a match by name, so that a new value cannot be forgotten.
macro_rules! bind {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for value in $args {
            query = match value {
                $crate::Value::Bool(it) => query.bind(it),
                $crate::Value::I64(it) => query.bind(it),
                $crate::Value::F64(it) => query.bind(it),
                $crate::Value::Text(it) => query.bind(it),
                $crate::Value::Bytes(it) => query.bind(it),
                $crate::Value::NullBool => query.bind(None::<bool>),
                $crate::Value::NullI64 => query.bind(None::<i64>),
                $crate::Value::NullF64 => query.bind(None::<f64>),
                $crate::Value::NullText => query.bind(None::<String>),
                $crate::Value::NullBytes => query.bind(None::<Vec<u8>>),
            };
        }
        query
    }};
}
use bind;

impl Db {
    /// Connects to `sqlite:PATH` (the file is created) or `postgres://USER:PASSWORD@HOST/NAME`.
    /// SQLite runs in WAL mode with `synchronous=FULL`, so that what was committed survives a power
    /// cut, and with foreign keys on; a file that cannot be written is opened to be read.
    pub async fn connect(url: &str) -> Result<Self, DbError> {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            return PostgresDb::connect(url).await.map(Self::Postgres);
        }
        SqliteDb::connect(url).await.map(Self::Sqlite)
    }

    /// Whether it can only be read: a file on a read-only file system, or without the permission to
    /// write.
    pub const fn is_read_only(&self) -> bool {
        matches!(self, Self::Sqlite(SqliteDb { read_only: true, .. }))
    }

    /// Whether there are schemas, roles and views with native types.
    pub const fn has_schemas(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// What a subquery ends with that picks rows for this transaction alone and passes over those
    /// that another has picked; nothing on SQLite, where one writes at a time.
    pub const fn for_update_skip_locked(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => "FOR UPDATE SKIP LOCKED",
        }
    }

    /// All rows. On SQLite a statement that begins with SELECT or WITH runs on a reading
    /// connection; any other, such as `INSERT .. RETURNING`, on the writing one.
    pub async fn fetch_all<R: Record>(
        &self,
        sql: &str,
        args: Vec<Value>,
    ) -> Result<Vec<R>, DbError> {
        Ok(match self {
            Self::Sqlite(db) => {
                bind!(sqlx::query_as::<Sqlite, R>(sql), args).fetch_all(db.pool_for(sql)?).await?
            }
            Self::Postgres(PostgresDb { pool, .. }) => {
                bind!(sqlx::query_as::<Postgres, R>(sql), args).fetch_all(pool).await?
            }
        })
    }

    /// The first row, or none.
    pub async fn fetch_optional<R: Record>(
        &self,
        sql: &str,
        args: Vec<Value>,
    ) -> Result<Option<R>, DbError> {
        Ok(match self {
            Self::Sqlite(db) => {
                bind!(sqlx::query_as::<Sqlite, R>(sql), args)
                    .fetch_optional(db.pool_for(sql)?)
                    .await?
            }
            Self::Postgres(PostgresDb { pool, .. }) => {
                bind!(sqlx::query_as::<Postgres, R>(sql), args).fetch_optional(pool).await?
            }
        })
    }

    /// The first row; [`DbError::NoRow`] where there is none.
    pub async fn fetch_one<R: Record>(&self, sql: &str, args: Vec<Value>) -> Result<R, DbError> {
        self.fetch_optional(sql, args).await?.ok_or(DbError::NoRow)
    }

    /// Runs a statement in a transaction of its own; answers how many rows it changed.
    pub async fn execute(&self, sql: &str, args: Vec<Value>) -> Result<u64, DbError> {
        Ok(match self {
            Self::Sqlite(db) => bind!(sqlx::query::<Sqlite>(sql), args)
                .execute(db.to_write()?)
                .await?
                .rows_affected(),
            Self::Postgres(PostgresDb { pool, .. }) => {
                bind!(sqlx::query::<Postgres>(sql), args).execute(pool).await?.rows_affected()
            }
        })
    }

    /// Begins a transaction. On SQLite it holds the one writing connection until it ends, so keep
    /// it short, and never wait in it for the world, nor for [`crate::Log::append`], which needs
    /// the same connection.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        Ok(match self {
            Self::Sqlite(db) => sqlite::begin(&db.place, &db.writer).await?,
            Self::Postgres(db) => Tx::postgres(db.pool.begin().await?),
        })
    }

    /// The same for a transaction that may be lost when the machine or the database server stops, because
    /// whoever begins it will notice and do it again: its commit does not wait for the disk.
    pub async fn begin_redoable(&self) -> Result<Tx, DbError> {
        match self {
            Self::Sqlite(db) => sqlite::begin_redoable(&db.place, &db.writer).await,
            Self::Postgres(db) => db.begin_redoable().await,
        }
    }

    /// What is wrong with the file, as SQLite tells (`PRAGMA quick_check`, which reads all of it);
    /// nothing elsewhere.
    pub async fn damage(&self) -> Result<Vec<String>, DbError> {
        let Self::Sqlite(db) = self else { return Ok(vec![]) };
        let rows: Vec<(String,)> =
            sqlx::query_as("PRAGMA quick_check(5)").fetch_all(&db.readers).await?;
        Ok(rows.into_iter().map(|(told,)| told).filter(|told| told != "ok").collect())
    }

    /// How many connections are open, and how many of them nobody uses.
    pub fn connections(&self) -> (u32, usize) {
        match self {
            Self::Sqlite(db) => {
                (db.readers.size() + db.writer.size(), db.readers.num_idle() + db.writer.num_idle())
            }
            Self::Postgres(PostgresDb { pool, .. }) => (pool.size(), pool.num_idle()),
        }
    }

    /// Waits for the running statements and closes all connections. On SQLite the last process to
    /// close also empties the journal into the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(db) => {
                db.readers.close().await;
                db.writer.close().await;
            }
            Self::Postgres(PostgresDb { pool, .. }) => pool.close().await,
        }
    }
}

/// An address that may be shown: what stands before the `@` is cut out.
fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 <= at => {
            format!("{}…{}", &url[..scheme + 3], &url[at..])
        }
        _ => url.to_owned(),
    }
}
