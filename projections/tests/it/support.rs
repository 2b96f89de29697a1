//! What the tests share: a log on a fresh database, ways to fill it, and a look at whole tables.

use std::sync::Arc;
use std::time::Duration;

use domain::application::ApplicationEvent;
use domain::partner::{PartnerEvent, PartnerSettings};
use domain::{Digest, examples};
use event_store::lease::LeaseOptions;
use event_store::testing::Engine;
use event_store::{Actor, ActorKind, Clock, Db, Log, Metadata, NewEvent, Position};
use projections::{Projections, RunnerOptions, columns};
use uuid::Uuid;

pub(crate) use event_store::testing::{PATIENCE as DEADLINE, until};

/// A fixture whose ids repeat, with ways to fill its log and a look at whole tables.
pub(crate) struct Fixture(testing::Fixture);

impl std::ops::Deref for Fixture {
    type Target = testing::Fixture;

    fn deref(&self) -> &testing::Fixture {
        &self.0
    }
}

pub(crate) async fn fixture(engine: Engine) -> Fixture {
    Fixture(testing::Fixture::repeatable(engine).await)
}

/// The example application number `n`.
pub(crate) fn application(n: u128) -> Uuid {
    Uuid::from_u128(0x0195_1111_0000_7000_8000_0000_0000_0000 + n)
}

/// The runner of a test: small batches, so that there are many.
pub(crate) fn options(batch: i64) -> RunnerOptions {
    RunnerOptions {
        batch: Some(batch),
        poll: Duration::from_millis(20),
        gap: Duration::from_millis(1),
        first_pause: Duration::from_millis(5),
        longest_pause: Duration::from_millis(20),
        lease: LeaseOptions {
            beat: Duration::from_millis(30),
            patience: Duration::from_millis(300),
            look: Duration::from_millis(10),
        },
    }
}

impl Fixture {
    pub(crate) fn clock_now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// The same database as another process has it.
    pub(crate) async fn other_process(&self) -> Log {
        let db = Db::connect(self.url()).await.unwrap();
        testing::open_log(db, self.clock.clone()).await
    }

    pub(crate) fn new_event<E: cqrs_es::DomainEvent>(&self, event: &E) -> NewEvent {
        let event_id = self.ids.uuid();
        let metadata = Metadata {
            event_id,
            correlation_id: event_id,
            causation_id: event_id,
            actor: Actor::named(ActorKind::Partner, "demo"),
            trace_id: None,
            span_id: None,
        };
        NewEvent::encode(event, event_id, metadata).unwrap()
    }

    /// Appends to an application that has `expected` events so far.
    pub(crate) async fn append(
        &self,
        id: Uuid,
        expected: i64,
        events: &[ApplicationEvent],
    ) -> Position {
        let new = events.iter().map(|event| self.new_event(event)).collect();
        let appended =
            self.log.append("JobApplication", &id.to_string(), expected, new).await.unwrap();
        appended.last
    }

    pub(crate) async fn register(&self, id: &str, settings: PartnerSettings) -> Position {
        let event = PartnerEvent::ClientRegistered {
            settings,
            secret_digest: Digest::from_bytes([3; 32]),
            at: examples::minutes(0),
        };
        let new = vec![self.new_event(&event)];
        let appended = self.log.append("ClientPlatform", id, 0, new).await.unwrap();
        appended.last
    }

    pub(crate) fn start(&self, batch: i64) -> Projections {
        Projections::start(self.log.clone(), self.clock.clone(), &options(batch))
    }

    /// Projects everything that is in the log.
    pub(crate) async fn project(&self) {
        let running = self.start(1000);
        let head = self.log.head().await.unwrap();
        running.wait_for(&[], head, DEADLINE).await.unwrap();
        running.stop().await;
    }

    pub(crate) async fn rebuild(&self, name: &str) {
        projections::rebuild(&self.log, self.clock.clone(), name).await.unwrap();
    }

    /// Rebuilds all at the same time; the names of those that could not be.
    pub(crate) async fn rebuild_all(&self) -> Vec<&'static str> {
        let clock: Arc<dyn Clock> = self.clock.clone();
        let ended = projections::rebuild_all(&self.log, &clock, projections::all()).await;
        assert_eq!(ended.len(), projections::all().len());
        ended.into_iter().filter(|(_, ended)| ended.is_err()).map(|(name, _)| name).collect()
    }

    /// Every row of every table as text, table by table.
    pub(crate) async fn dump(&self) -> Vec<(&'static str, Vec<String>)> {
        let mut tables = vec![];
        for (_, table) in columns::tables() {
            tables.push((table.name, testing::rows(&self.log, table).await));
        }
        tables
    }

    pub(crate) async fn dump_of(&self, name: &str) -> Vec<String> {
        let (_, table) = columns::tables().find(|(of, _)| *of == name).unwrap();
        testing::rows(&self.log, table).await
    }
}
