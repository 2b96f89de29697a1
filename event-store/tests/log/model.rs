//! Random appends against a model: a map from stream to its events.

use std::collections::HashMap;
use std::sync::Arc;

use event_store::testing::{Engine, TestDb};
use event_store::{AppendError, Log, LogOptions};
use futures::future::join_all;
use proptest::prelude::*;

use crate::support::{all, assert_in_order, clock, event};

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

async fn run(engine: Engine, waves: Vec<Vec<Try>>) {
    let test_db = TestDb::new(engine).await;
    // Small batches, so that waves are cut.
    let options = LogOptions {
        batch_events: 5,
        ..LogOptions::default()
    };
    let log = Log::open(test_db.db(), Arc::new(clock()), options)
        .await
        .unwrap();
    let mut ends = HashMap::new();
    let mut number = 0;
    for wave in waves {
        let expected: Vec<Outcome> = wave.iter().map(|it| model(&mut ends, it)).collect();
        let appends = wave.iter().map(|it| {
            let events = (0..it.count)
                .map(|_| {
                    number += 1;
                    event("Happened", number)
                })
                .collect();
            let (log, id, expected) = (&log, it.stream.to_string(), it.expected);
            async move { log.append("thing", &id, expected, events).await }
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
    assert_in_order(&all(&log).await);
    for (stream, end) in ends {
        let events = log.stream("thing", &stream.to_string()).await.unwrap();
        assert_eq!(i64::try_from(events.len()).unwrap(), end);
    }
    log.close().await;
    log.db().close().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn concurrent_appends_end_as_if_made_one_after_another_on_sqlite(waves in tries()) {
        tokio::runtime::Runtime::new().unwrap().block_on(run(Engine::Sqlite, waves));
    }
}
