use std::sync::Arc;

use event_store::testing::{Engine, TestDb};
use event_store::{AppendError, Db, Log, LogOptions, Position, SystemClock};
use futures::future::join_all;
use futures::{FutureExt, poll};
use rstest::rstest;

use crate::support::{DEADLINE, all, assert_in_order, event, fixture, fixture_with};

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
