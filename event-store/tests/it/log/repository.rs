//! cqrs-es's own stores on the log.

use std::collections::HashMap;
use std::sync::Arc;

use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::{
    PersistedEventRepository, PersistedEventStore, PersistenceError, SemanticVersionEventUpcaster,
};
use cqrs_es::{Aggregate, AggregateError, CqrsFramework, DomainEvent, EventStore};
use event_store::testing::Engine;
use event_store::{
    Actor, ActorKind, Codec, Log, LogOptions, Metadata, NewEvent, Position, Upcasters,
};
use rstest::rstest;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::support::{all, assert_in_order, clock, event, fixture};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
enum Counted {
    Added { by: i64 },
}

impl DomainEvent for Counted {
    fn event_type(&self) -> String {
        "Added".to_owned()
    }

    fn event_version(&self) -> String {
        "2.0".to_owned()
    }
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Counter {
    sum: i64,
}

#[derive(Debug, thiserror::Error)]
#[error("refused")]
struct Refused;

impl Aggregate for Counter {
    const TYPE: &'static str = "counter";
    type Command = Vec<i64>;
    type Event = Counted;
    type Error = Refused;
    type Services = ();

    async fn handle(
        &mut self,
        command: Vec<i64>,
        _services: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Refused> {
        for by in command {
            sink.write(Counted::Added { by }, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Counted) {
        let Counted::Added { by } = event;
        self.sum += by;
    }
}

fn metadata(number: u64) -> Metadata {
    event("Added", number).metadata
}

fn flat(metadata: &Metadata) -> HashMap<String, String> {
    serde_json::from_value(serde_json::to_value(metadata).unwrap())
        .expect("metadata are a flat object of strings, as cqrs-es reads them")
}

#[rstest]
#[tokio::test]
async fn the_framework_of_cqrs_es_runs_on_the_log(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let store = PersistedEventStore::<_, Counter>::new_event_store(it.log.clone());
    let framework = CqrsFramework::new(store, vec![], ());
    framework.execute_with_metadata("one", vec![1, 2], flat(&metadata(1))).await.unwrap();
    framework.execute_with_metadata("one", vec![3], flat(&metadata(9))).await.unwrap();

    let events = all(&it.log).await;
    assert_eq!(events.len(), 3);
    assert_in_order(&events);
    assert_eq!(events[0].metadata, metadata(1));
    let store = PersistedEventStore::<_, Counter>::new_event_store(it.log.clone());
    let context = store.load_aggregate("one").await.unwrap();
    assert_eq!(context.aggregate, Counter { sum: 6 });

    let without = framework.execute("one", vec![4]).await;
    let Err(AggregateError::UnexpectedError(error)) = without else {
        panic!("{without:?}");
    };
    assert!(error.to_string().contains("execute_with_metadata"), "{error}");
}

#[rstest]
#[tokio::test]
async fn what_the_log_appends_the_repositories_of_cqrs_es_read(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let events = (1..=3)
        .map(|by| {
            let number = u64::try_from(by).unwrap();
            NewEvent::encode(
                &Counted::Added { by },
                Uuid::from_u128(number.into()),
                metadata(number),
            )
            .unwrap()
        })
        .collect();
    it.log.append("counter", "one", 0, events).await.unwrap();

    let read = it.log.get_events::<Counter>("one").await.unwrap();
    assert_eq!(read.len(), 3);
    assert_eq!(read[0].payload, json!({"type": "Added", "by": 1}));
    assert_eq!(read[0].metadata["event_id"], json!(Uuid::from_u128(1)));
    assert_eq!(read[0].event_version, "2.0");
    let last = it.log.get_last_events::<Counter>("one", 2).await.unwrap();
    assert_eq!(last, read[2..]);

    let mut stream = it.log.stream_events::<Counter>("one").await.unwrap();
    let mut sum = 0;
    while let Some(event) = stream.next::<Counter>(&[]).await {
        let Counted::Added { by } = event.unwrap().payload;
        sum += by;
    }
    assert_eq!(sum, 6);
}

#[rstest]
#[tokio::test]
async fn a_replay_reads_all_streams_of_a_kind_in_the_order_of_the_log(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    for (number, (kind, id)) in (1..).zip([("counter", "b"), ("other", "x"), ("counter", "a")]) {
        let by = i64::try_from(number).unwrap();
        let one =
            NewEvent::encode(&Counted::Added { by }, metadata(number).event_id, metadata(number));
        it.log.append(kind, id, 0, vec![one.unwrap()]).await.unwrap();
    }
    let mut replay = it.log.stream_all_events::<Counter>().await.unwrap();
    let mut ids = vec![];
    while let Some(event) = replay.next::<Counter>(&[]).await {
        ids.push(event.unwrap().aggregate_id);
    }
    assert_eq!(ids, ["b", "a"]);
}

#[rstest]
#[tokio::test]
async fn a_replay_that_fails_says_so(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let it = fixture(engine).await;
    it.log.close().await;
    it.log.db().close().await;
    let mut replay = it.log.stream_all_events::<Counter>().await.unwrap();
    let first = replay.next::<Counter>(&[]).await;
    assert!(matches!(first, Some(Err(PersistenceError::ConnectionError(_)))), "{first:?}");
}

#[rstest]
#[tokio::test]
async fn snapshots_are_refused_because_they_apply_events_twice(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let read = it.log.get_snapshot::<Counter>("one").await;
    assert!(read.unwrap_err().to_string().contains("snapshots"));
    let written = it.log.persist::<Counter>(&[], Some(("one".to_owned(), json!({}), 1))).await;
    assert!(written.unwrap_err().to_string().contains("new_event_store"));

    let store = PersistedEventStore::<_, Counter>::new_snapshot_store(it.log.clone(), 1);
    let framework = CqrsFramework::new(store, vec![], ());
    let executed = framework.execute_with_metadata("one", vec![1], flat(&metadata(1))).await;
    assert!(executed.is_err());
    assert_eq!(it.log.head().await.unwrap(), Position::START);
}

#[rstest]
#[tokio::test]
async fn a_concurrent_command_meets_an_optimistic_lock(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let one =
        NewEvent::encode(&Counted::Added { by: 1 }, metadata(1).event_id, metadata(1)).unwrap();
    it.log.append("counter", "one", 0, vec![one]).await.unwrap();
    let read = it.log.get_events::<Counter>("one").await.unwrap();
    let again = it.log.persist::<Counter>(&read, None).await;
    assert!(matches!(again, Err(PersistenceError::OptimisticLockError)), "{again:?}");
    let gap = [read[0].clone(), read[0].clone()];
    assert!(it.log.persist::<Counter>(&gap, None).await.is_err());
}

#[rstest]
#[tokio::test]
async fn an_old_event_is_read_in_todays_shape(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let mut old = event("Added", 1);
    old.payload = r#"{"type":"Added","amount":4}"#.to_owned();
    it.log.append("counter", "one", 0, vec![old]).await.unwrap();
    let raw = all(&it.log).await.remove(0);

    let error = it.log.decode::<Counted>(&raw).unwrap_err();
    assert!(error.to_string().contains("Added 1.0 at position 1"), "{error}");

    let rename = SemanticVersionEventUpcaster::new(
        "Added",
        "2.0",
        Box::new(|payload| json!({"type": "Added", "by": payload["amount"]})),
    );
    let double = SemanticVersionEventUpcaster::new(
        "Added",
        "3.0",
        Box::new(|payload| json!({"type": "Added", "by": payload["by"].as_i64().map(|by| by * 2)})),
    );
    let upcasters = Upcasters::new(vec![Box::new(rename), Box::new(double)]);
    let options = LogOptions { codec: Codec::without_keys(upcasters), ..LogOptions::default() };
    let log = Log::open(it.test_db.db(), Arc::new(clock()), options).await.unwrap();
    let read = log.decode::<Counted>(&raw).unwrap();
    assert_eq!(read.event, Counted::Added { by: 8 });
    assert_eq!(read.position, Position::new(1));
    assert_eq!(read.metadata.actor, Actor::named(ActorKind::System, "tests"));
}
