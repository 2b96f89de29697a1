//! A fresh database for each test.

use tempfile::TempDir;

use crate::Db;

/// The engines that a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A SQLite file in a folder of its own.
    Sqlite,
}

/// A database of its own for a test. It goes when this is dropped.
#[derive(Debug)]
pub struct TestDb {
    db: Db,
    url: String,
    _folder: Option<TempDir>,
}

impl TestDb {
    /// A new database with all tables. Panics, with what to do, where the engine cannot be reached.
    pub async fn new(engine: Engine) -> Self {
        let test_db = Self::empty(engine).await;
        test_db
            .db
            .migrate()
            .await
            .expect("a fresh database can be migrated");
        test_db
    }

    /// A new database without a table.
    pub async fn empty(engine: Engine) -> Self {
        let (url, folder) = match engine {
            Engine::Sqlite => {
                let folder = TempDir::new().expect("a test may make a temporary folder");
                (
                    format!("sqlite:{}", folder.path().join("log.db").display()),
                    Some(folder),
                )
            }
        };
        let db = Db::connect(&url)
            .await
            .expect("a fresh database can be connected to");
        Self {
            db,
            url,
            _folder: folder,
        }
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
