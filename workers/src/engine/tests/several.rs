//! A reactor in several processes, and on the Kafka feed. A process is a connection pool, a log and
//! workers of its own.

use std::collections::BTreeMap;

use event_store::kafka::{self, Kafka};
use event_store::lease::LeaseOptions;
use event_store::testing::{Engine, PATIENCE};
use rdkafka::ClientConfig;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rstest::rstest;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::bench::{Bench, until};
use crate::reaction::Outcome;
use crate::settings::Feed;

/// A topic of its own on the tests' broker.
async fn topic() -> Kafka {
    let brokers = std::env::var("POSTULO_TEST_KAFKA_BROKERS").expect(
        "POSTULO_TEST_KAFKA_BROKERS is set: run script/test, or start the services with \
         script/services and set the variables that it prints",
    );
    #[expect(clippy::disallowed_methods, reason = "a name that no other test has")]
    let topic = format!("test-{}", Uuid::new_v4().simple());
    let kafka = Kafka { brokers, topic, partitions: 4, properties: BTreeMap::new() };
    kafka::create(&kafka).await.unwrap();
    kafka
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_process_at_a_time_takes_new_events_and_the_next_goes_on(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine).await;
    let other = bench.other_process().await;
    let first = bench.start(|_, _| Ok(Outcome::Done)).await;
    let second = other.start(|_, _| Ok(Outcome::Done)).await;
    bench.submit(20).await;
    until("all are seen", || async { bench.seen.all() + other.seen.all() == 20 }).await;
    first.stop().await;
    bench.submit(20).await;
    until("the rest is seen", || async { bench.seen.all() + other.seen.all() == 40 }).await;
    second.stop().await;
    let both = [&bench.seen, &other.seen].map(|seen| seen.times.lock().unwrap().clone());
    for (id, times) in both.iter().flatten() {
        assert_eq!(*times, 1, "{id}");
    }
    assert!(both[1].len() >= 20, "the second one took over");
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_share_the_kafka_feed_and_do_each_reaction_once() {
    let mut bench = Bench::new(Engine::Postgres).await;
    let kafka = topic().await;
    bench.settings.feed = Feed::Kafka(kafka.clone());
    let other = bench.other_process().await;
    let first = bench.start(|_, _| Ok(Outcome::Done)).await;
    let second = other.start(|_, _| Ok(Outcome::Done)).await;
    let stop = CancellationToken::new();
    let relay = {
        let (log, kafka, stop) = (bench.log.clone(), kafka.clone(), stop.clone());
        tokio::spawn(async move {
            kafka::relay(&log, &kafka, LeaseOptions::default(), &stop).await.unwrap();
        })
    };
    let mut submitted = 0;
    until("both have a share", || async {
        bench.submit(5).await;
        bench.seen.all() > 0 && other.seen.all() > 0
    })
    .await;
    submitted += usize::try_from(bench.log.head().await.unwrap().get()).unwrap();
    until("all are seen", || async { bench.seen.all() + other.seen.all() >= submitted }).await;
    second.stop().await;
    bench.submit(20).await;
    submitted += 20;
    until("the rest is seen", || async { bench.seen.all() + other.seen.all() >= submitted }).await;
    first.stop().await;
    stop.cancel();
    relay.await.unwrap();
    let both = [&bench.seen, &other.seen].map(|seen| seen.times.lock().unwrap().clone());
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for (id, count) in both.into_iter().flatten() {
        *times.entry(id).or_default() += count;
    }
    assert_eq!(times.len(), submitted);
    assert!(times.values().all(|count| *count == 1), "{times:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_are_no_events_are_parked_or_read_from_the_log_and_block_nothing() {
    let mut bench = Bench::new(Engine::Postgres).await;
    let kafka = topic().await;
    bench.settings.feed = Feed::Kafka(kafka.clone());
    let workers = bench.start(|_, _| Ok(Outcome::Done)).await;
    bench.submit(1).await;
    let producer: FutureProducer =
        ClientConfig::new().set("bootstrap.servers", &kafka.brokers).create().unwrap();
    let headers = OwnedHeaders::new().insert(Header { key: "position", value: Some("1") });
    let damaged =
        FutureRecord::to(&kafka.topic).key("x").payload("{\"position\":1").headers(headers);
    producer.send(damaged, PATIENCE).await.unwrap();
    let foreign = FutureRecord::to(&kafka.topic).key("x").payload("Camille Martin");
    producer.send(foreign, PATIENCE).await.unwrap();
    until("the event is seen and the foreign record parked", || async {
        bench.seen.all() == 1 && bench.states().await == ["failed"]
    })
    .await;
    let parked = bench.parked().await.remove(0);
    assert!(parked.position < 0 && parked.cause.contains("partition"), "{}", parked.cause);
    assert!(!parked.cause.contains("Camille"));
    // It cannot be tried again, and it is put away.
    let (db, now) = (bench.log.db(), bench.world.commands.now());
    let all = commands::parked::Filter::default();
    assert_eq!(commands::parked::retry(db, &all, now).await.unwrap(), 0);
    assert_eq!(commands::parked::archive(db, &all, now).await.unwrap(), 1);
    workers.stop().await;
}
