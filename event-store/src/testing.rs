//! What tests share: a fresh database for each, and waiting.
//!
//! A test that runs on both engines takes its engine from rstest:
//! `#[rstest] #[tokio::test] async fn .. (#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine)`.

use std::env;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, Executor};
use tempfile::TempDir;
use url::Url;
use uuid::Uuid;

use crate::seal::MasterKeys;
use crate::{Db, DbError};

mod template;
mod wait;

pub use wait::{Look, PATIENCE, Wait, checkpoints, until};

/// Names a PostgreSQL server on which tests may create databases: `postgres://USER@HOST:PORT/NAME`.
pub const POSTGRES_VARIABLE: &str = "POSTULO_TEST_POSTGRES_URL";

/// The engines that a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A SQLite file in a folder of its own.
    Sqlite,
    /// A database on the server that [`POSTGRES_VARIABLE`] names.
    Postgres,
}

/// A database of its own for a test. It goes when this is dropped. On PostgreSQL that waits for
/// connections in the making: where tasks of a test make some, run it on a runtime with several
/// threads, which goes on beside the drop.
#[derive(Debug)]
pub struct TestDb {
    db: Db,
    url: String,
    _place: Place,
}

impl TestDb {
    /// A new database with all tables of the migrations. Panics, with what to do, where the engine cannot be
    /// reached.
    pub async fn new(engine: Engine) -> Self {
        Self::made(engine, Some(&Nothing)).await
    }

    /// The same, with what else is prepared: once for all tests that want the same.
    pub async fn prepared(engine: Engine, prepared: &impl Preparation) -> Self {
        Self::made(engine, Some(prepared)).await
    }

    /// A new database without a table.
    pub async fn empty(engine: Engine) -> Self {
        Self::made(engine, None::<&Nothing>).await
    }

    async fn made(engine: Engine, prepared: Option<&impl Preparation>) -> Self {
        let (url, place) = match engine {
            Engine::Sqlite => {
                let folder = TempDir::new().expect("a test may make a temporary folder");
                let file = folder.path().join("log.db");
                if let Some(prepared) = prepared {
                    template::copy_file(&file, prepared).await;
                }
                (format!("sqlite:{}", file.display()), Place::Folder(folder))
            }
            Engine::Postgres => {
                let database = Database::create(prepared).await;
                (database.url_of(&database.name), Place::Server(database))
            }
        };
        let db = Db::connect(&url).await.expect("a fresh database can be connected to");
        Self { db, url, _place: place }
    }

    /// The database.
    pub fn db(&self) -> Db {
        self.db.clone()
    }

    /// Its address, for a second connection as another process would have it.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// What tests find in their databases beside the tables of the migrations.
pub trait Preparation {
    /// Other preparations have others.
    fn digest(&self) -> String;

    /// Prepares a database that is migrated and empty.
    fn prepare(&self, db: &Db) -> impl Future<Output = Result<(), DbError>>;
}

/// Nothing but the tables of the migrations.
struct Nothing;

impl Preparation for Nothing {
    fn digest(&self) -> String {
        String::new()
    }

    async fn prepare(&self, _db: &Db) -> Result<(), DbError> {
        Ok(())
    }
}

/// The master keys of tests.
pub fn master_keys() -> MasterKeys {
    format!("tests:{}", "5e".repeat(32)).parse().expect("an id and 64 hexadecimal digits")
}

/// What is to be cleared away.
#[derive(Debug)]
enum Place {
    #[expect(dead_code, reason = "it is held for its drop")]
    Folder(TempDir),
    #[expect(dead_code, reason = "it is held for its drop")]
    Server(Database),
}

/// A database on the tests' server.
#[derive(Debug)]
struct Database {
    server: Url,
    name: String,
}

impl Database {
    async fn create(prepared: Option<&impl Preparation>) -> Self {
        let url = env::var(POSTGRES_VARIABLE).unwrap_or_else(|_| {
            panic!(
                "{POSTGRES_VARIABLE} is not set: run script/test, or start the services with \
                 script/services and set the variable that it prints"
            )
        });
        let server = Url::parse(&url)
            .unwrap_or_else(|error| panic!("{POSTGRES_VARIABLE} is not an address: {error}"));
        #[expect(clippy::disallowed_methods, reason = "a name that no other test has")]
        let name = format!("postulo_test_{}", Uuid::new_v4().simple());
        let database = Self { server, name };
        let created = if let Some(prepared) = prepared {
            template::copy_database(&database, prepared).await
        } else {
            database.tell(format!("CREATE DATABASE {} {}", database.name, template::EMPTY)).await
        };
        created.unwrap_or_else(|error| {
            panic!("{POSTGRES_VARIABLE}: no database can be created there: {error}")
        });
        database
    }

    /// The address of the database `name` on this server.
    fn url_of(&self, name: &str) -> String {
        let mut url = self.server.clone();
        url.set_path(name);
        url.into()
    }

    async fn server(&self) -> Result<PgConnection, sqlx::Error> {
        let options: PgConnectOptions = self.server.as_str().parse()?;
        PgConnection::connect_with(&options).await
    }

    async fn tell(&self, sql: String) -> Result<(), sqlx::Error> {
        let mut server = self.server().await?;
        server.execute(sql.as_str()).await?;
        server.close().await
    }
}

impl Drop for Database {
    /// In a thread with a runtime of its own, because a test drops this inside of another runtime.
    fn drop(&mut self) {
        let cleared = std::thread::scope(|scope| {
            scope
                .spawn(|| {
                    tokio::runtime::Builder::new_current_thread()
                        .enable_all()
                        .build()
                        .map_err(sqlx::Error::Io)?
                        .block_on(self.tell(format!("DROP DATABASE {} WITH (FORCE)", self.name)))
                })
                .join()
        });
        if !matches!(cleared, Ok(Ok(()))) {
            tracing::warn!(database.name = %self.name, "a test's database could not be dropped");
        }
    }
}
