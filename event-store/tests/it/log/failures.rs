use std::sync::Arc;

use event_store::testing::{Engine, TestDb};
use event_store::{AppendError, Db, Log, LogOptions, Position, SystemClock};
use futures::future::join_all;
use futures::{FutureExt, poll};
use rstest::rstest;

use super::support::{DEADLINE, all, assert_in_order, event, fixture, fixture_with};

#[tokio::test]
async fn a_full_disk_fails_the_appends_it_meets_and_no_later_one() {
    let it = fixture(Engine::Sqlite).await;
    let mut large = event("Happened", 1);
    large.payload = format!("\"{}\"", "x".repeat(1 << 20));
    let limit = |pages: u32| format!("PRAGMA max_page_count = {pages}");
    it.log.db().execute(&limit(40), vec![]).await.unwrap();

    let refused = it.log.append("thing", "one", 0, vec![large.clone()]).await;
    let Err(AppendError::Unavailable(error)) = refused else {
        panic!("{refused:?}");
    };
    assert!(error.is_temporary(), "{error:?}");
    let small = it.log.append("thing", "two", 0, vec![event("Happened", 2)]).await;
    assert_eq!(small.unwrap().first, Position::new(1), "a failure leaves no gap");

    it.log.db().execute(&limit(100_000), vec![]).await.unwrap();
    let later = it.log.append("thing", "one", 0, vec![large]).await;
    assert_eq!(later.unwrap().first, Position::new(2));
}

/// What may become of a transaction in which the disk ran full.
#[derive(Clone, Copy, Debug)]
enum Ended {
    Committed,
    RolledBack,
    Dropped,
}

/// SQLite has ended the transaction by itself then, and the one writing connection must not be
/// taken for one that is in it.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_met_a_full_disk_is_the_only_one_that_fails(
    #[values(Ended::Committed, Ended::RolledBack, Ended::Dropped)] ended: Ended,
) {
    let it = fixture(Engine::Sqlite).await;
    let db = it.log.db();
    db.execute("CREATE TABLE filler (bytes BLOB)", vec![]).await.unwrap();
    for _ in 0..3 {
        db.execute("PRAGMA max_page_count = 40", vec![]).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let refused = tx.execute("INSERT INTO filler VALUES (zeroblob(4000000))", vec![]).await;
        assert!(matches!(&refused, Err(error) if error.is_temporary()), "{refused:?}");
        match ended {
            Ended::Committed => tx.commit().await.unwrap_err(),
            Ended::RolledBack => tx.rollback().await.unwrap_err(),
            Ended::Dropped => {
                drop(tx);
                continue;
            }
        };
    }
    let mut tx = db.begin().await.unwrap();
    tx.execute("INSERT INTO filler VALUES (zeroblob(4000000))", vec![]).await.unwrap();
    tx.commit().await.unwrap();
    it.log.append("thing", "one", 0, vec![event("Happened", 1)]).await.unwrap();
    it.log.can_be_written().await.unwrap();
    let (rows,): (i64,) = db.fetch_one("SELECT count(*) FROM filler", vec![]).await.unwrap();
    assert_eq!(rows, 1, "nothing was done by half");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_beginning_that_nobody_waits_for_leaves_nothing_open(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let db = it.log.db();
    for polls in 0..40 {
        let mut begin = db.begin().boxed();
        for _ in 0..polls % 8 {
            if let std::task::Poll::Ready(tx) = poll!(&mut begin) {
                drop(tx.unwrap());
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    it.log.append("thing", "one", 0, vec![event("Happened", 1)]).await.unwrap();
    db.begin().await.unwrap().commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_locked_or_full_cannot_be_written_and_can_again_afterwards() {
    let it = fixture(Engine::Sqlite).await;
    it.log.can_be_written().await.unwrap();
    let other = Db::connect(it.test_db.url()).await.unwrap();
    let locked = other.begin().await.unwrap();
    // What was found a second ago is no longer trusted, and nothing waits for ever.
    let found = async {
        while tokio::time::timeout(std::time::Duration::from_millis(500), it.log.can_be_written())
            .await
            .is_ok_and(|found| found.is_ok())
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, found).await.unwrap();
    locked.rollback().await.unwrap();
    let again = async { while it.log.can_be_written().await.is_err() {} };
    tokio::time::timeout(DEADLINE, again).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_only_reads_cannot_be_written() {
    let it = fixture(Engine::Postgres).await;
    it.log.can_be_written().await.unwrap();
    let mut url = url::Url::parse(it.test_db.url()).unwrap();
    url.query_pairs_mut().append_pair("options", "-c default_transaction_read_only=on");
    let db = Db::connect(url.as_str()).await.unwrap();
    let log = Log::open(db, Arc::new(SystemClock), LogOptions::default()).await.unwrap();
    let error = log.can_be_written().await.unwrap_err();
    assert!(error.is_temporary(), "{error:?}");
    let refused = log.append("thing", "one", 0, vec![event("Happened", 1)]).await;
    assert!(matches!(refused, Err(AppendError::Unavailable(error)) if error.is_temporary()));
}

/// What happens to the files of a database that is in use.
#[derive(Clone, Copy, Debug)]
enum Loss {
    Deleted,
    Replaced,
    JournalDeleted,
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_to_a_file_that_nobody_finds_again(
    #[values(Loss::Deleted, Loss::Replaced, Loss::JournalDeleted)] loss: Loss,
) {
    let it = fixture(Engine::Sqlite).await;
    it.log.append("thing", "one", 0, vec![event("Happened", 1)]).await.unwrap();
    let path = it.test_db.url().strip_prefix("sqlite:").unwrap();
    let (journal, away) = (format!("{path}-wal"), format!("{path}-away"));
    let lost = match loss {
        Loss::Deleted => {
            std::fs::rename(path, &away).unwrap();
            path
        }
        Loss::Replaced => {
            std::fs::copy(path, format!("{path}-copy")).unwrap();
            std::fs::rename(path, &away).unwrap();
            std::fs::rename(format!("{path}-copy"), path).unwrap();
            path
        }
        Loss::JournalDeleted => {
            std::fs::rename(&journal, &away).unwrap();
            &journal
        }
    };
    let mut taken = 1;
    let mut append = async || {
        let appended = it.log.append("thing", "one", taken, vec![event("Happened", 2)]).await;
        taken += i64::from(appended.is_ok());
        appended
    };
    // A look is trusted for a second.
    let refused = async {
        loop {
            if let Err(error) = append().await {
                return error;
            }
        }
    };
    let refused = tokio::time::timeout(DEADLINE, refused).await.unwrap();
    let AppendError::Unavailable(error) = &refused else { panic!("{refused:?}") };
    assert!(error.is_temporary() && error.to_string().contains(lost), "{error}");
    it.log.can_be_written().await.unwrap_err();
    it.log.db().begin().await.map(drop).unwrap_err();
    it.log.db().execute("DELETE FROM leases", vec![]).await.unwrap_err();

    std::fs::rename(&away, lost).unwrap();
    append().await.unwrap();
    let found = async { while it.log.can_be_written().await.is_err() {} };
    tokio::time::timeout(DEADLINE, found).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn an_append_that_the_database_refuses_fails_alone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let refusal = match engine {
        Engine::Sqlite => {
            "CREATE TRIGGER refuses BEFORE INSERT ON events WHEN new.event_type = 'Poison'
             BEGIN SELECT RAISE(ABORT, 'refused'); END"
        }
        Engine::Postgres => {
            "ALTER TABLE events ADD CONSTRAINT refuses CHECK (event_type <> 'Poison')"
        }
    };
    it.log.db().execute(refusal, vec![]).await.unwrap();

    // All are queued before the appender runs: one batch.
    let streams = ["a", "b", "c"].map(|id| {
        let kind = if id == "b" { "Poison" } else { "Happened" };
        it.log.append("thing", id, 0, vec![event(kind, u64::from(id.as_bytes()[0]))])
    });
    let results = join_all(streams).await;

    assert!(results[0].is_ok() && results[2].is_ok(), "{results:?}");
    assert!(matches!(&results[1], Err(AppendError::Unavailable(error)) if !error.is_temporary()));
    assert_in_order(&all(&it.log).await);
}

#[rstest]
#[tokio::test]
async fn a_caller_that_gives_up_changes_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let mut given_up = it.log.append("thing", "one", 0, vec![event("Happened", 1)]).boxed();
    assert!(poll!(&mut given_up).is_pending());
    drop(given_up);

    let next = it.log.append("thing", "two", 0, vec![event("Happened", 2)]).await;
    assert_eq!(next.unwrap().first, Position::new(2));
    assert_eq!(it.log.stream("thing", "one").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_full_queue_pushes_back_and_takes_more_once_it_is_drained() {
    let options = LogOptions { queued_appends: 4, ..LogOptions::default() };
    let it = fixture_with(Engine::Sqlite, options).await;
    // While this transaction is open nothing can be written.
    let tx = it.log.db().begin().await.unwrap();
    let mut waiting = vec![];
    let refused = loop {
        assert!(waiting.len() < 100, "the queue has no bound");
        let id = format!("{}", waiting.len());
        let log = it.log.clone();
        let number = u64::try_from(waiting.len()).unwrap();
        let mut append =
            async move { log.append("thing", &id, 0, vec![event("Happened", number)]).await }
                .boxed();
        match poll!(&mut append) {
            std::task::Poll::Ready(result) => break result,
            std::task::Poll::Pending => waiting.push(append),
        }
    };
    assert!(matches!(refused, Err(AppendError::Busy)), "{refused:?}");
    drop(tx);
    for result in join_all(waiting).await {
        result.unwrap();
    }
    it.log.append("thing", "later", 0, vec![event("Happened", 1000)]).await.unwrap();
    assert_in_order(&all(&it.log).await);
}

#[tokio::test]
async fn more_bytes_than_may_wait_are_pushed_back() {
    let options = LogOptions { queued_bytes: 2048, ..LogOptions::default() };
    let it = fixture_with(Engine::Sqlite, options).await;
    let mut large = event("Happened", 1);
    large.payload = format!("\"{}\"", "x".repeat(4096));
    let refused = it.log.append("thing", "one", 0, vec![large]).await;
    assert!(matches!(refused, Err(AppendError::Busy)), "{refused:?}");
    let small = it.log.append("thing", "one", 0, vec![event("Happened", 2)]).await;
    assert!(small.is_ok());
}

#[rstest]
#[tokio::test]
async fn closing_writes_what_waits_and_takes_nothing_more(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let ids: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    let mut waiting = join_all(
        ids.iter()
            .zip(0..)
            .map(|(id, number)| it.log.append("thing", id, 0, vec![event("Happened", number)])),
    );
    assert!(poll!(&mut waiting).is_pending());

    it.log.close().await;

    for result in waiting.await {
        result.unwrap();
    }
    let late = it.log.append("thing", "late", 0, vec![event("Happened", 1000)]).await;
    assert!(matches!(late, Err(AppendError::Closed)), "{late:?}");
    assert_eq!(all(&it.log).await.len(), 100);
}

/// The process dies at any moment: its runtime goes, with the appender in whatever it was doing.
#[test]
fn after_a_crash_every_acknowledged_append_is_there_and_no_half_one() {
    let keeper = tokio::runtime::Runtime::new().unwrap();
    let test_db = keeper.block_on(TestDb::new(Engine::Sqlite));
    for life in 0..5_u64 {
        let process = tokio::runtime::Runtime::new().unwrap();
        let (sender, acknowledged) = std::sync::mpsc::channel();
        let url = test_db.url().to_owned();
        process.spawn(async move {
            let db = Db::connect(&url).await.unwrap();
            let log = Log::open(db, Arc::new(SystemClock), LogOptions::default()).await.unwrap();
            for writer in 0..32_u64 {
                let (log, sender) = (log.clone(), sender.clone());
                tokio::spawn(async move {
                    for round in 0.. {
                        let number = ((life * 32 + writer) * 1_000_000 + round) * 2;
                        let id = format!("{life}-{writer}-{round}");
                        let events = vec![event("Happened", number), event("Happened", number + 1)];
                        if log.append("thing", &id, 0, events).await.is_ok() {
                            drop(sender.send(id));
                        }
                    }
                });
            }
        });
        let mut seen = vec![];
        while seen.len() < 300 {
            seen.push(acknowledged.recv_timeout(DEADLINE).unwrap());
        }
        process.shutdown_background();
        seen.extend(acknowledged.try_iter());

        keeper.block_on(async {
            let log = Log::open(test_db.db(), Arc::new(SystemClock), LogOptions::default())
                .await
                .unwrap();
            let events = all(&log).await;
            assert_in_order(&events);
            for id in &seen {
                let there = events.iter().filter(|event| event.aggregate_id == *id).count();
                assert_eq!(there, 2, "{id} was acknowledged");
            }
            assert_eq!(events.len() % 2, 0, "an append is whole or not there");
            log.close().await;
        });
    }
}
