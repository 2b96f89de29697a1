//! Random appends against a model: a map from stream to its events.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use event_store::testing::{Engine, TestDb};
use event_store::{AppendError, Log, LogOptions};
use futures::future::join_all;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use rstest::rstest;

use super::support::{all, assert_in_order, clock, event};

#[derive(Clone, Debug)]
struct Try {
    stream: u8,
    expected: i64,
    count: usize,
}

#[derive(Debug, PartialEq)]
enum Outcome {
    Appended,
    Conflict,
    Gap,
}

fn tries() -> impl Strategy<Value = Vec<Vec<Try>>> {
    let one = (0..4_u8, 0..6_i64, 1..4_usize).prop_map(|(stream, expected, count)| Try {
        stream,
        expected,
        count,
    });
    // Waves of appends that are made at once.
    prop::collection::vec(prop::collection::vec(one, 1..12), 1..6)
}

fn model(ends: &mut HashMap<u8, i64>, it: &Try) -> Outcome {
    let end = ends.entry(it.stream).or_insert(0);
    match it.expected.cmp(end) {
        std::cmp::Ordering::Less => Outcome::Conflict,
        std::cmp::Ordering::Greater => Outcome::Gap,
        std::cmp::Ordering::Equal => {
            *end += i64::try_from(it.count).unwrap();
            Outcome::Appended
        }
    }
}

async fn run(test_db: &TestDb, case: u64, waves: Vec<Vec<Try>>) {
    // Streams of its own; all cases share one log.
    let kind = format!("case-{case}");
    // Small batches, so that waves are cut.
    let options = LogOptions { batch_events: 5, ..LogOptions::default() };
    let log = Log::open(test_db.db(), Arc::new(clock()), options).await.unwrap();
    let mut ends = HashMap::new();
    let mut number = case * 1_000_000;
    for wave in waves {
        let expected: Vec<Outcome> = wave.iter().map(|it| model(&mut ends, it)).collect();
        let appends = wave.iter().map(|it| {
            let events = (0..it.count)
                .map(|_| {
                    number += 1;
                    event("Happened", number)
                })
                .collect();
            let (log, kind, id, expected) = (&log, &kind, it.stream.to_string(), it.expected);
            async move { log.append(kind, &id, expected, events).await }
        });
        let outcomes: Vec<Outcome> = join_all(appends)
            .await
            .into_iter()
            .map(|result| match result {
                Ok(_) => Outcome::Appended,
                Err(AppendError::Conflict) => Outcome::Conflict,
                Err(AppendError::Gap) => Outcome::Gap,
                Err(error) => panic!("{error:?}"),
            })
            .collect();
        assert_eq!(outcomes, expected, "{wave:?}");
    }
    for (stream, end) in ends {
        let events = log.stream(&kind, &stream.to_string()).await.unwrap();
        assert_eq!(i64::try_from(events.len()).unwrap(), end);
    }
    log.close().await;
}

#[rstest]
fn concurrent_appends_end_as_if_made_one_after_another(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let config =
        ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() };
    // One thread: the appends of a wave are queued in their order.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let test_db = runtime.block_on(TestDb::new(engine));
    let case = Cell::new(0);
    TestRunner::new(config)
        .run(&tries(), |waves| {
            case.set(case.get() + 1);
            runtime.block_on(run(&test_db, case.get(), waves));
            Ok(())
        })
        .unwrap();
    runtime.block_on(async {
        let log = Log::open(test_db.db(), Arc::new(clock()), LogOptions::default()).await.unwrap();
        assert_in_order(&all(&log).await);
    });
}
