//! Small writes that share a transaction: their flushes, their failures, their panics.

use event_store::testing::{Engine, TestDb};
use event_store::{Db, DbError, args};
use futures::future::join_all;
use rstest::rstest;

const NOTE: &str = "INSERT INTO notes (id) VALUES ($1)";

async fn with_notes(engine: Engine) -> (TestDb, Db) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    db.execute("CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY)", vec![]).await.unwrap();
    (test_db, db)
}

async fn notes(db: &Db) -> Vec<i64> {
    let rows: Vec<(i64,)> = db.fetch_all("SELECT id FROM notes ORDER BY id", vec![]).await.unwrap();
    rows.into_iter().map(|(id,)| id).collect()
}

#[rstest]
#[tokio::test]
async fn each_of_many_writes_at_once_is_there_and_gets_its_own_answer(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (_test_db, db) = with_notes(engine).await;
    let write = |id: i64| {
        db.shared(move |tx| {
            Box::pin(async move {
                tx.execute(NOTE, args![id]).await?;
                let (count,): (i64,) =
                    tx.fetch_one("SELECT count(*) FROM notes WHERE id = $1", args![id]).await?;
                Ok(id * 10 + count)
            })
        })
    };
    let answers = join_all((1..=300).map(write)).await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers, (1..=300).map(|id| id * 10 + 1).collect::<Vec<_>>());
    assert_eq!(notes(&db).await, (1..=300).collect::<Vec<_>>());
}

/// The bytes of the journal of a new file after so many writes at once: each transaction adds the pages
/// that it changed.
async fn journal_after(writes: i64, shared: bool) -> u64 {
    let (test_db, db) = with_notes(Engine::Sqlite).await;
    let write = async |id: i64| {
        if shared {
            db.execute_shared(NOTE, args![id]).await.unwrap()
        } else {
            db.execute(NOTE, args![id]).await.unwrap()
        }
    };
    let changed = join_all((0..writes).map(write)).await;
    assert!(changed.iter().all(|rows| *rows == 1));
    let journal = format!("{}-wal", test_db.url().trim_start_matches("sqlite:"));
    std::fs::metadata(journal).unwrap().len()
}

#[tokio::test]
async fn on_sqlite_writes_at_once_share_their_flushes() {
    let none = journal_after(0, false).await;
    let (alone, together) = (journal_after(200, false).await, journal_after(200, true).await);
    assert!((together - none) * 10 < alone - none, "{together} bytes, {alone} one by one, {none}");
}

/// Two processes whose batches take the same rows in another order: one of them is ended by the server.
#[tokio::test]
async fn two_that_wait_for_each_other_both_get_through() {
    let (test_db, one) = with_notes(Engine::Postgres).await;
    let two = Db::connect(test_db.url()).await.unwrap();
    for id in [1, 2] {
        one.execute(NOTE, args![id]).await.unwrap();
    }
    let touch = |db: &Db, id: i64| {
        let db = db.clone();
        async move {
            db.shared(move |tx| {
                Box::pin(async move {
                    let sql = "UPDATE notes SET id = id WHERE id = $1";
                    let rows = tx.execute(sql, args![id]).await?;
                    // The other one gets its first row meanwhile.
                    tx.execute("SELECT pg_sleep(0.2)", args![]).await?;
                    Ok(rows)
                })
            })
            .await
        }
    };
    let outcomes = tokio::join!(touch(&one, 1), touch(&one, 2), touch(&two, 2), touch(&two, 1));
    let outcomes = [outcomes.0, outcomes.1, outcomes.2, outcomes.3].map(Result::unwrap);
    assert_eq!(outcomes, [1; 4]);
}

#[rstest]
#[tokio::test]
async fn one_that_fails_leaves_nothing_and_harms_no_neighbour(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (_test_db, db) = with_notes(engine).await;
    db.execute(NOTE, args![7]).await.unwrap();
    let write = |id: i64| {
        db.shared(move |tx| {
            Box::pin(async move {
                tx.execute(NOTE, args![1000 + id]).await?;
                tx.execute(NOTE, args![id]).await
            })
        })
    };
    let outcomes = join_all((1..=20).map(write)).await;
    for (id, outcome) in (1..).zip(&outcomes) {
        match outcome {
            Err(DbError::Duplicate { key, .. }) => assert!(id == 7 && key.contains("notes")),
            Err(error) => panic!("{id}: {error}"),
            Ok(rows) => assert!(id != 7 && *rows == 1),
        }
    }
    let there = notes(&db).await;
    assert_eq!(there.len(), 39);
    assert!(!there.contains(&1007), "the first half of what failed");
}

#[tokio::test]
async fn one_that_panics_is_told_and_those_after_it_go_on() {
    let (_test_db, db) = with_notes(Engine::Sqlite).await;
    let bad = db.shared(|_| Box::pin(async { panic!("a mistake") }));
    let outcome: Result<(), DbError> = bad.await;
    assert!(matches!(outcome, Err(DbError::Unavailable(_))), "{outcome:?}");
    assert_eq!(db.execute_shared(NOTE, args![1]).await.unwrap(), 1);
    assert_eq!(notes(&db).await, [1]);
}

#[tokio::test]
async fn who_gives_up_does_not_take_a_write_back() {
    let (_test_db, db) = with_notes(Engine::Sqlite).await;
    // The writing connection is taken: it has to wait.
    let tx = db.begin().await.unwrap();
    let waits = db.execute_shared(NOTE, args![1]);
    let gave_up = tokio::time::timeout(std::time::Duration::from_millis(50), waits).await;
    assert!(gave_up.is_err());
    tx.commit().await.unwrap();
    db.execute_shared(NOTE, args![2]).await.unwrap();
    assert_eq!(notes(&db).await, [1, 2]);
}

#[tokio::test]
async fn where_the_database_does_not_answer_all_of_a_batch_are_told_at_once() {
    let (_test_db, db) = with_notes(Engine::Sqlite).await;
    // The writing connection is taken, for longer than anybody waits for it.
    let held = db.begin().await.unwrap();
    let writes = async {
        let outcomes = join_all((1..=40).map(|id| db.execute_shared(NOTE, args![id]))).await;
        for outcome in outcomes {
            let error = outcome.unwrap_err();
            assert!(error.is_temporary(), "{error:?}");
        }
    };
    // Whoever comes after them is told no later than the second batch: each has its turn to wait.
    let after = async {
        let first = db.begin().await.unwrap_err();
        let second = db.begin().await.unwrap_err();
        assert!(first.is_temporary() && second.is_temporary());
        db.begin().await.unwrap_err();
    };
    let ended = tokio::select! {
        () = writes => true,
        () = after => false,
    };
    assert!(ended, "they waited one after the other");
    held.rollback().await.unwrap();
    assert!(notes(&db).await.is_empty());
}
