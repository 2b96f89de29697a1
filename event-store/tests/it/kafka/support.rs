use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use event_store::kafka::{self, Kafka};
use event_store::lease::LeaseOptions;
use event_store::testing::{Engine, TestDb};
use event_store::{Actor, ActorKind, Log, LogOptions, Metadata, NewEvent, SystemClock};
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::message::{Headers as _, Message as _};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub(crate) use event_store::testing::{PATIENCE, Wait};

pub(crate) fn brokers() -> String {
    std::env::var("POSTULO_TEST_KAFKA_BROKERS").expect(
        "POSTULO_TEST_KAFKA_BROKERS is set: run script/test, or start the services with \
         script/services and set the variables that it prints",
    )
}

/// A topic of its own on the tests' broker.
pub(crate) fn kafka(partitions: i32) -> Kafka {
    #[expect(clippy::disallowed_methods, reason = "a name that no other test has")]
    let topic = format!("test-{}", Uuid::new_v4().simple());
    Kafka { brokers: brokers(), topic, partitions, properties: BTreeMap::new() }
}

/// A log with events of several streams.
pub(crate) struct Fixture {
    _db: TestDb,
    pub(crate) log: Log,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let db = TestDb::new(Engine::Sqlite).await;
        let clock = Arc::new(SystemClock);
        let log = Log::open(db.db(), clock, LogOptions::default()).await.unwrap();
        Self { _db: db, log }
    }

    /// Appends the next event of this stream, which has `before` so far.
    pub(crate) async fn append(&self, stream: u128, before: i64) {
        let event_id = Uuid::from_u128((stream << 64) + u128::try_from(before).unwrap() + 1);
        let event = NewEvent {
            event_id,
            event_type: "Happened".to_owned(),
            event_version: "1.0".to_owned(),
            payload: format!(r#"{{"nth": {before}, "text": "Zoé"}}"#),
            metadata: Metadata {
                event_id,
                correlation_id: Uuid::nil(),
                causation_id: Uuid::nil(),
                actor: Actor::new(ActorKind::System),
                trace_id: None,
                span_id: None,
            },
        };
        let id = Uuid::from_u128(stream).to_string();
        self.log.append("Thing", &id, before, vec![event]).await.unwrap();
    }
}

/// A relay at work.
pub(crate) struct Relay {
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Relay {
    pub(crate) fn start(log: &Log, kafka: &Kafka) -> Self {
        let stop = CancellationToken::new();
        let (log, kafka, stopped) = (log.clone(), kafka.clone(), stop.clone());
        let task = tokio::spawn(async move {
            kafka::relay(&log, &kafka, LeaseOptions::default(), &stopped).await.unwrap();
        });
        Self { stop, task }
    }

    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }

    /// It dies where it stands, with what it has not written down.
    pub(crate) fn abort(self) {
        self.task.abort();
    }
}

/// A record as any reader sees it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) key: String,
    pub(crate) value: serde_json::Value,
    pub(crate) headers: BTreeMap<String, String>,
}

impl Seen {
    pub(crate) fn position(&self) -> i64 {
        self.value["position"].as_i64().unwrap()
    }
}

/// Everything in the topic, once it holds `count` different positions.
pub(crate) async fn read(kafka: &Kafka, count: usize) -> Vec<Seen> {
    let kafka = kafka.clone();
    let reading = tokio::task::spawn_blocking(move || {
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", &kafka.brokers)
            .set("group.id", "reader")
            .set("enable.auto.commit", "false")
            .set("auto.offset.reset", "earliest")
            .create()
            .unwrap();
        consumer.subscribe(&[&kafka.topic]).unwrap();
        let (mut all, mut positions) = (vec![], std::collections::BTreeSet::new());
        let mut wait = Wait::default();
        while positions.len() < count {
            wait.look("all positions are in the topic", positions.len());
            let Some(Ok(message)) = consumer.poll(Duration::from_millis(100)) else { continue };
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            let seen = Seen {
                key: text(message.key().unwrap()),
                value: serde_json::from_slice(message.payload().unwrap()).unwrap(),
                headers: message
                    .headers()
                    .unwrap()
                    .iter()
                    .map(|header| (header.key.to_owned(), text(header.value.unwrap())))
                    .collect(),
            };
            positions.insert(seen.position());
            all.push(seen);
        }
        all
    });
    reading.await.unwrap()
}
