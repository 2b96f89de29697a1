//! A fresh database for each test.

use tempfile::TempDir;

use crate::Db;

/// The engines that a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A SQLite file in a folder of its own.
    Sqlite,
}

/// A migrated, empty database. It goes when this is dropped.
#[derive(Debug)]
pub struct TestDb {
    db: Db,
    url: String,
    _folder: Option<TempDir>,
}

impl TestDb {
    /// A new database. Panics, with what to do, where the engine cannot be reached.
    pub async fn new(engine: Engine) -> Self {
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
        db.migrate()
            .await
            .expect("a fresh database can be migrated");
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
