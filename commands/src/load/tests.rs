use std::sync::Arc;

use domain::application::{AnswerKind, ApplicationEvent};
use domain::{JobApplication, examples};
use event_store::testing::{Engine, TestDb};
use event_store::{Actor, ActorKind, FixedClock, LogOptions, Metadata, NewEvent, StreamId, args};
use rstest::rstest;
use uuid::Uuid;

use super::*;

const LONG: u128 = 1000;

/// An application about which information is asked again and again.
fn long_history() -> Vec<ApplicationEvent> {
    let ask = |n| {
        let answer = examples::answer(AnswerKind::Info, n % 2 == 0);
        examples::answered(n, answer, None)
    };
    [examples::submitted()].into_iter().chain((2..=LONG).map(ask)).collect()
}

fn withdrawn() -> ApplicationEvent {
    ApplicationEvent::Withdrawn { reason: None, at: examples::minutes(5) }
}

fn encoded(event: &ApplicationEvent, n: u128) -> NewEvent {
    let event_id = Uuid::from_u128(n);
    let metadata = Metadata {
        event_id,
        correlation_id: event_id,
        causation_id: event_id,
        actor: Actor::new(ActorKind::System),
        trace_id: None,
        span_id: None,
    };
    NewEvent::encode(event, event_id, metadata).unwrap()
}

struct Fixture {
    // Deleted when it is dropped.
    _test_db: TestDb,
    log: Log,
}

impl Fixture {
    async fn new(engine: Engine) -> Self {
        let test_db = TestDb::new(engine).await;
        let clock = Arc::new(FixedClock::new(examples::minutes(0)));
        let codec = crate::codec(Some(event_store::testing::master_keys()));
        let options = LogOptions { codec, ..LogOptions::default() };
        let log = Log::open(test_db.db(), clock, options).await.unwrap();
        let events = (1..).zip(&long_history()).map(|(n, event)| encoded(event, n)).collect();
        log.append(JobApplication::TYPE, "one", 0, events).await.unwrap();
        Self { _test_db: test_db, log }
    }

    async fn state(&self) -> Loaded<JobApplication> {
        Loader { log: &self.log }.state("one").await.unwrap()
    }

    async fn change(&self, sql: &str) -> u64 {
        self.log.db().execute(sql, args![]).await.unwrap()
    }
}

#[rstest]
#[tokio::test]
async fn a_long_history_is_loaded_from_its_snapshot(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let whole = examples::state(&long_history());
    let first = it.state().await;
    assert_eq!((first.sequence, first.position), (1000, Position::new(1000)));
    assert_eq!(first.state, whole);

    let again = it.state().await;
    assert_eq!((again.sequence, again.position), (1000, Position::new(1000)));
    assert_eq!(again.state, whole);

    // It is the snapshot that tells, not the events before it.
    let kept = it.log.snapshot(StreamId::of::<JobApplication>("one")).await.unwrap().unwrap();
    assert_eq!(it.change("DELETE FROM snapshots").await, 1);
    let absent = Snapshot { state: "\"Absent\"".to_owned(), ..kept };
    it.log.keep_snapshot(StreamId::of::<JobApplication>("one"), &absent).await.unwrap();
    assert_eq!(it.state().await.state, JobApplication::Absent);
}

#[rstest]
#[tokio::test]
async fn what_happened_since_the_snapshot_is_applied(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    it.state().await;
    let last = encoded(&withdrawn(), LONG + 1);
    it.log.append(JobApplication::TYPE, "one", 1000, vec![last]).await.unwrap();

    let loaded = it.state().await;
    assert_eq!(loaded.sequence, 1001);
    let mut events = long_history();
    events.push(withdrawn());
    assert_eq!(loaded.state, examples::state(&events));
}

#[rstest]
#[case::of_another_version("UPDATE snapshots SET written_by = '0.0.0', state = '{}'")]
#[case::damaged("UPDATE snapshots SET state = '{\"Op'")]
#[case::of_another_shape("UPDATE snapshots SET state = '{\"Open\":{}}'")]
#[tokio::test]
async fn a_snapshot_that_cannot_be_used_counts_as_none(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[case] damage: &str,
) {
    let it = Fixture::new(engine).await;
    let first = it.state().await;
    assert_eq!(it.change(damage).await, 1);
    assert_eq!(it.state().await.state, first.state);
}

#[rstest]
#[tokio::test]
async fn a_short_history_leaves_no_snapshot(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let history = long_history();
    let events = (5001..).zip(&history).take(99).map(|(n, event)| encoded(event, n)).collect();
    it.log.append(JobApplication::TYPE, "short", 0, events).await.unwrap();
    let loader = Loader { log: &it.log };
    assert_eq!(loader.state::<JobApplication>("short").await.unwrap().sequence, 99);
    assert_eq!(it.log.snapshot(StreamId::of::<JobApplication>("short")).await.unwrap(), None);
}
