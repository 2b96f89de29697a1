//! The databases that those of tests are copied from, one for each version of what they hold.
//!
//! Whoever needs one first makes it under another name; it gets its own, which holds the digest of the
//! migrations and of what was prepared after them, once it is whole. So tests in many processes, and those of several versions, may share a
//! server and a folder. What is made stays there: a server of tests is deleted with all that it has, a
//! file lies in the folder that Cargo builds into.

use std::path::{Path, PathBuf};
use std::{env, fs};

use sha2::{Digest as _, Sha256};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _};
use tempfile::TempDir;

use super::{Database, Engine, Preparation};
use crate::db::digest_of_migrations;
use crate::{Db, args};

/// The advisory lock under which the template of a server is made.
const LOCK: i64 = 0x706f_7374_756c_6f00;

/// Ends the connections to a database, and waits for their end for a minute.
const END_CONNECTIONS: &str = "
    SELECT pg_terminate_backend(pid, 60000)
    FROM pg_stat_activity
    WHERE datname = $1";

/// PostgreSQL's code for a database that is not there.
const UNDEFINED_DATABASE: &str = "3D000";

/// Sorted as a dictionary does: a column that lacks its collation "C" shows in a test.
pub(super) const EMPTY: &str =
    "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'";

/// Makes a SQLite file with all tables, and with what is prepared, at `to`.
pub(super) async fn copy_file(to: &Path, prepared: &impl Preparation) {
    let template = file(prepared);
    if !template.exists() {
        make_file(&template, prepared).await;
    }
    fs::copy(template, to).expect("a template can be copied");
}

/// Where the file lies: beside the executable of the test, in the folder that Cargo builds into.
fn file(prepared: &impl Preparation) -> PathBuf {
    let executable = env::current_exe().expect("a test knows its own executable");
    executable.with_file_name(format!("postulo-template-{}.db", digest(Engine::Sqlite, prepared)))
}

fn digest(engine: Engine, prepared: &impl Preparation) -> String {
    let mut digest = Sha256::new();
    digest.update(digest_of_migrations(engine));
    digest.update(prepared.digest());
    hex::encode(&digest.finalize()[..8])
}

/// Migrates a fresh database, and prepares it.
async fn fill(db: &Db, prepared: &impl Preparation) {
    db.migrate().await.expect("a fresh database can be migrated");
    prepared.prepare(db).await.expect("a fresh database can be prepared");
}

async fn make_file(template: &Path, prepared: &impl Preparation) {
    let folder = template.parent().expect("an executable lies in a folder");
    let folder =
        TempDir::new_in(folder).expect("a test may write into the folder of its executable");
    let made = folder.path().join("log.db");
    let db = Db::connect(&format!("sqlite:{}", made.display())).await;
    let db = db.expect("a fresh database can be connected to");
    fill(&db, prepared).await;
    // What is in the journal goes into the file, whenever the last connection is closed.
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    let (busy, _, _): (i64, i64, i64) =
        db.fetch_one(checkpoint, args![]).await.expect("the journal can be emptied");
    assert_eq!(busy, 0, "nobody else uses a file in the making");
    db.close().await;
    // Two may have made one; either is as good.
    fs::rename(&made, template).expect("a template can be renamed");
}

/// Makes the database `name` with all tables, and with what is prepared, on the server that `database` is to
/// be on.
pub(super) async fn copy_database(
    database: &Database,
    prepared: &impl Preparation,
) -> Result<(), sqlx::Error> {
    let template = format!("postulo_template_{}", digest(Engine::Postgres, prepared));
    let copy = format!("CREATE DATABASE {} TEMPLATE {template}", database.name);
    let mut server = database.server().await?;
    match server.execute(copy.as_str()).await {
        Err(sqlx::Error::Database(error))
            if error.code().as_deref() == Some(UNDEFINED_DATABASE) =>
        {
            make_database(database, &mut server, &template, prepared).await?;
            server.execute(copy.as_str()).await?;
        }
        done => {
            done?;
        }
    }
    server.close().await
}

async fn make_database(
    database: &Database,
    server: &mut PgConnection,
    template: &str,
    prepared: &impl Preparation,
) -> Result<(), sqlx::Error> {
    // It goes with the connection, also where a test ends in the middle.
    sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut *server).await?;
    let there = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1").bind(template);
    if there.fetch_optional(&mut *server).await?.is_none() {
        let making = format!("{template}_making");
        server.execute(format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)").as_str()).await?;
        server.execute(format!("CREATE DATABASE {making} {EMPTY}").as_str()).await?;
        let db = Db::connect(&database.url_of(&making)).await;
        let db = db.expect("a fresh database can be connected to");
        fill(&db, prepared).await;
        db.close().await;
        // On a busy server what was closed lingers, and nothing that is in use gets another name.
        sqlx::query(END_CONNECTIONS).bind(&making).execute(&mut *server).await?;
        server.execute(format!("ALTER DATABASE {making} RENAME TO {template}").as_str()).await?;
    }
    sqlx::query("SELECT pg_advisory_unlock($1)").bind(LOCK).execute(server).await?;
    Ok(())
}
