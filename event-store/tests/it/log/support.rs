//! What the tests share: a log on a fresh database, and events that mean nothing.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use event_store::testing::{Engine, TestDb};
use event_store::{
    Actor, ActorKind, FixedClock, Log, LogOptions, Metadata, NewEvent, Position, RawEvent,
};
use uuid::Uuid;

pub(crate) use event_store::testing::PATIENCE as DEADLINE;

pub(crate) struct Fixture {
    pub(crate) test_db: TestDb,
    pub(crate) log: Log,
    pub(crate) clock: FixedClock,
}

pub(crate) async fn fixture(engine: Engine) -> Fixture {
    fixture_with(engine, LogOptions::default()).await
}

pub(crate) async fn fixture_with(engine: Engine, options: LogOptions) -> Fixture {
    let test_db = TestDb::new(engine).await;
    let clock = clock();
    let log = Log::open(test_db.db(), Arc::new(clock.clone()), options).await.unwrap();
    Fixture { test_db, log, clock }
}

pub(crate) fn clock() -> FixedClock {
    FixedClock::new("2026-11-20T22:24:14Z".parse().unwrap())
}

/// An event of this kind; its id follows from the number.
pub(crate) fn event(kind: &str, number: u64) -> NewEvent {
    let event_id = Uuid::from_u64_pair(0x0192_0000_0000_7000, 0x8000_0000_0000_0000 | number);
    NewEvent {
        event_id,
        event_type: kind.to_owned(),
        event_version: "1.0".to_owned(),
        payload: format!(r#"{{"type":"{kind}","number":{number}}}"#),
        metadata: Metadata {
            event_id,
            correlation_id: event_id,
            causation_id: event_id,
            actor: Actor::named(ActorKind::System, "tests"),
            trace_id: None,
            span_id: None,
        },
    }
}

pub(crate) async fn all(log: &Log) -> Vec<RawEvent> {
    log.read_after(Position::START, i64::MAX).await.unwrap()
}

/// One order without a gap, streams without a gap, no event twice, time that never runs back.
pub(crate) fn assert_in_order(events: &[RawEvent]) {
    let positions: Vec<i64> = events.iter().map(|event| event.position.get()).collect();
    let expected: Vec<i64> = (1..).take(events.len()).collect();
    assert_eq!(positions, expected);
    assert!(events.is_sorted_by_key(|event| event.recorded_at));
    let ids: HashSet<Uuid> = events.iter().map(|event| event.metadata.event_id).collect();
    assert_eq!(ids.len(), events.len(), "an event is in the log twice");
    let mut ends = HashMap::new();
    for event in events {
        let stream = (&event.aggregate_type, &event.aggregate_id);
        let end = ends.entry(stream).or_insert(0);
        *end += 1;
        assert_eq!(event.sequence, *end, "stream {}", event.aggregate_id);
    }
}
