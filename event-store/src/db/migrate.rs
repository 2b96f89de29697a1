//! The tables: one folder of migrations an engine, embedded in the binary; they only go forward.

use std::collections::HashSet;

use sqlx::migrate::{MigrateError, Migrator};

use super::{Db, DbError};
use crate::lease;

static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");

const TABLE_OF_APPLIED: [&str; 2] = [
    "SELECT CAST(count(*) AS BIGINT) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'",
    "SELECT CAST(count(*) AS BIGINT) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = '_sqlx_migrations'",
];

const APPLIED: &str = "
    SELECT version
    FROM _sqlx_migrations
    WHERE success
    ORDER BY version";

/// What the migrations of an engine are, in 16 characters: other migrations have others.
#[cfg(feature = "testing")]
pub(crate) fn digest_of_migrations(engine: crate::testing::Engine) -> String {
    use sha2::{Digest as _, Sha256};

    let migrator = match engine {
        crate::testing::Engine::Sqlite => &SQLITE,
        crate::testing::Engine::Postgres => &POSTGRES,
    };
    let mut digest = Sha256::new();
    for migration in migrator.iter() {
        digest.update(migration.version.to_be_bytes());
        digest.update(&migration.checksum);
    }
    hex::encode(&digest.finalize()[..8])
}

#[cfg(feature = "testing")]
impl Db {
    /// Applies the migrations before this one alone, as an earlier version did.
    pub async fn migrate_before(&self, version: i64) -> Result<(), DbError> {
        let all = match self {
            Self::Sqlite(_) => &SQLITE,
            Self::Postgres(_) => &POSTGRES,
        };
        let before = all.iter().filter(|it| it.version < version).cloned().collect();
        let migrator =
            Migrator { migrations: std::borrow::Cow::Owned(before), ..Migrator::DEFAULT };
        match self {
            Self::Sqlite(db) => migrator.run(&db.writer).await,
            Self::Postgres(db) => migrator.run(&db.pool).await,
        }
        .map_err(sorted)
    }
}

impl Db {
    /// Applies the migrations that are pending, each in a transaction. Several processes may do so at
    /// once: one does, the others wait for it.
    pub async fn migrate(&self) -> Result<(), DbError> {
        let _alone = match self {
            Self::Sqlite(db) if db.read_only => {
                let is_current = self.pending_migrations().await?.is_empty();
                return if is_current { Ok(()) } else { Err(DbError::ReadOnly) };
            }
            // SQLite has no lock that lasts for several transactions.
            Self::Sqlite(db) => Some(lease::lock(db.place.path(), "migrate").await?),
            Self::Postgres(_) => None,
        };
        self.migrate_once().await.map_err(sorted)
    }

    async fn migrate_once(&self) -> Result<(), MigrateError> {
        match self {
            Self::Sqlite(db) => SQLITE.run(&db.writer).await,
            Self::Postgres(db) => POSTGRES.run(&db.pool).await,
        }
    }

    /// The names of the migrations that this version knows and the database lacks, in order. A
    /// database that has some which this version does not know is [`DbError::Newer`].
    pub async fn pending_migrations(&self) -> Result<Vec<String>, DbError> {
        let (migrator, table) = match self {
            Self::Sqlite(_) => (&SQLITE, TABLE_OF_APPLIED[0]),
            Self::Postgres(_) => (&POSTGRES, TABLE_OF_APPLIED[1]),
        };
        let (there,): (i64,) = self.fetch_one(table, vec![]).await?;
        let applied: Vec<(i64,)> =
            if there > 0 { self.fetch_all(APPLIED, vec![]).await? } else { vec![] };
        let applied: HashSet<i64> = applied.into_iter().map(|(version,)| version).collect();
        let known: HashSet<i64> = migrator.iter().map(|migration| migration.version).collect();
        if let Some(newer) = applied.iter().filter(|version| !known.contains(version)).max() {
            return Err(DbError::Newer { version: *newer });
        }
        Ok(migrator
            .iter()
            .filter(|migration| !applied.contains(&migration.version))
            .map(|migration| format!("{:04}_{}", migration.version, migration.description))
            .collect())
    }
}

/// A database that does not answer is no fault of the migrations.
fn sorted(error: MigrateError) -> DbError {
    match error {
        MigrateError::Execute(error) => DbError::from(error),
        other => DbError::Migration(other),
    }
}
