//! Transactions that need not wait for the disk: those after them do again.

use event_store::Db;
use event_store::testing::{Engine, TestDb};
use rstest::rstest;

/// What of SQLite's `synchronous` the writing connection has: 1 is NORMAL, 2 is FULL.
async fn synchronous(db: &Db) -> i64 {
    let mut tx = db.begin().await.unwrap();
    let (level,): (i64,) = tx.fetch_one("PRAGMA synchronous", vec![]).await.unwrap();
    tx.rollback().await.unwrap();
    level
}

#[tokio::test]
async fn whatever_ends_it_the_next_one_waits_for_the_disk() {
    let test_db = TestDb::new(Engine::Sqlite).await;
    let db = test_db.db();
    db.execute("CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY)", vec![]).await.unwrap();
    for end in ["committed", "rolled back", "dropped"] {
        let mut tx = db.begin_redoable().await.unwrap();
        let (level,): (i64,) = tx.fetch_one("PRAGMA synchronous", vec![]).await.unwrap();
        assert_eq!(level, 1);
        tx.execute("INSERT INTO notes SELECT count(*) + 1 FROM notes", vec![]).await.unwrap();
        match end {
            "committed" => tx.commit().await.unwrap(),
            "rolled back" => tx.rollback().await.unwrap(),
            _ => drop(tx),
        }
        assert_eq!(synchronous(&db).await, 2, "{end}");
    }
    let mut tx = db.begin_redoable().await.unwrap();
    let refused = tx.execute("INSERT INTO notes VALUES (1)", vec![]).await;
    refused.unwrap_err();
    drop(tx);
    assert_eq!(synchronous(&db).await, 2, "after a failure");
}

#[rstest]
#[tokio::test]
async fn what_is_committed_is_there_and_nothing_else(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    db.execute("CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY)", vec![]).await.unwrap();
    for (id, commits) in [(1_i64, true), (2, false), (3, true)] {
        let mut tx = db.begin_redoable().await.unwrap();
        tx.execute("INSERT INTO notes VALUES ($1)", event_store::args![id]).await.unwrap();
        if commits {
            tx.commit().await.unwrap();
        }
    }
    let notes: Vec<(i64,)> =
        db.fetch_all("SELECT id FROM notes ORDER BY id", vec![]).await.unwrap();
    assert_eq!(notes, [(1,), (3,)]);
}
