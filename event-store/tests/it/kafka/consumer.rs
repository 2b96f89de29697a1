use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use event_store::kafka::{self, Consumer, Delivery, Kafka};
use event_store::testing::until;
use rdkafka::ClientConfig;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord};

use super::support::{Fixture, PATIENCE, Relay, kafka, read};

const KINDS: [&str; 1] = ["Happened"];

fn join(kafka: &Kafka, limit: usize) -> Consumer {
    Consumer::join(kafka, &kafka.group("reactor"), KINDS.to_vec(), limit, |_| {}).unwrap()
}

async fn next(consumer: &mut Consumer) -> Delivery {
    tokio::time::timeout(PATIENCE, consumer.next()).await.expect("a record comes").unwrap()
}

/// A topic with one event of each of so many streams.
async fn filled(streams: u128) -> (Fixture, Kafka) {
    let (it, kafka) = (Fixture::new().await, kafka(4));
    kafka::create(&kafka).await.unwrap();
    let relay = Relay::start(&it.log, &kafka);
    for stream in 1..=streams {
        it.append(stream, 0).await;
    }
    read(&kafka, usize::try_from(streams).unwrap()).await;
    relay.stop().await;
    (it, kafka)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_is_not_there_is_told_until_it_is_made() {
    static TOLD: Mutex<Option<String>> = Mutex::new(None);
    let kafka = kafka(1);
    let (group, kinds) = (kafka.group("reactor"), KINDS.to_vec());
    let consumer = Consumer::join(&kafka, &group, kinds, 8, |error| {
        *TOLD.lock().unwrap() = Some(error.to_string());
    });
    let consumer = consumer.unwrap();
    until("the topic is missed", || async { TOLD.lock().unwrap().is_some() }).await;
    assert_eq!(TOLD.lock().unwrap().take().unwrap(), format!("there is no topic {}", kafka.topic));
    consumer.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_is_not_handed_out_again_and_what_is_not_is() {
    let (_it, kafka) = filled(20).await;
    let mut consumer = join(&kafka, 100);
    let (mut done, mut all) = (BTreeSet::new(), BTreeSet::new());
    for nth in 0..20 {
        let Delivery { event, place } = next(&mut consumer).await;
        let event = event.unwrap();
        all.insert(event.position);
        assert!(place.begin());
        // Every third one ends badly; whatever follows it in its partition is handed out again.
        let well = nth % 3 != 0;
        consumer.end(&place, well);
        if well {
            done.insert(event.position);
        }
    }
    assert_eq!(all.len(), 20);
    assert_eq!(consumer.under_way(), 7);
    consumer.close().await;

    let mut consumer = join(&kafka, 100);
    let mut again = BTreeSet::new();
    let undone: BTreeSet<_> = all.difference(&done).copied().collect();
    while let Ok(delivery) = tokio::time::timeout(Duration::from_secs(4), consumer.next()).await {
        let Delivery { event, place } = delivery.unwrap();
        again.insert(event.unwrap().position);
        assert!(place.begin());
        consumer.end(&place, true);
    }
    consumer.close().await;
    assert!(undone.is_subset(&again), "{undone:?} {again:?}");

    // Now all is done: only what comes new is handed out.
    let mut consumer = join(&kafka, 100);
    let nothing = tokio::time::timeout(Duration::from_secs(4), consumer.next()).await;
    assert!(nothing.is_err(), "{nothing:?}");
    consumer.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_is_handed_out_than_allowed_and_the_rest_follows() {
    let (_it, kafka) = filled(60).await;
    let mut consumer = join(&kafka, 8);
    let (mut held, mut seen) = (vec![], 0);
    while let Ok(delivery) = tokio::time::timeout(Duration::from_secs(4), consumer.next()).await {
        held.push(delivery.unwrap().place);
    }
    // The partitions are paused between two records: one more of each may have been on its way.
    assert!((8..=12).contains(&held.len()), "{}", held.len());
    while seen < 60 {
        for place in held.drain(..) {
            assert!(place.begin());
            consumer.end(&place, true);
            seen += 1;
        }
        if seen < 60 {
            held.push(next(&mut consumer).await.place);
        }
    }
    assert_eq!(consumer.under_way(), 0);
    consumer.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_members_share_and_one_that_leaves_is_replaced() {
    let (it, kafka) = filled(40).await;
    let (mut one, mut other) = (join(&kafka, 100), join(&kafka, 100));
    let (mut from_one, mut from_other) = (0, 0);
    let relay = Relay::start(&it.log, &kafka);
    let sharing = async {
        let mut nth = 0;
        while from_one == 0 || from_other == 0 {
            nth += 1;
            for stream in 1..=40 {
                it.append(stream, nth).await;
            }
            let mut both = true;
            while both {
                tokio::select! {
                    Some(delivery) = one.next() => {
                        if delivery.place.begin() { from_one += 1; }
                        one.end(&delivery.place, true);
                    }
                    Some(delivery) = other.next() => {
                        if delivery.place.begin() { from_other += 1; }
                        other.end(&delivery.place, true);
                    }
                    () = tokio::time::sleep(Duration::from_millis(500)) => both = false,
                }
            }
        }
        nth
    };
    let nth = tokio::time::timeout(PATIENCE, sharing).await.expect("both get some");
    other.close().await;
    for stream in 1..=40 {
        it.append(stream, nth + 1).await;
    }
    let mut last = BTreeSet::new();
    while last.len() < 40 {
        let Delivery { event, place } = next(&mut one).await;
        let event = event.unwrap();
        if event.sequence == nth + 2 {
            last.insert(event.aggregate_id);
        }
        place.begin();
        one.end(&place, true);
    }
    one.close().await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_no_event_is_handed_out_as_such_and_blocks_nothing() {
    let (it, kafka) = (Fixture::new().await, kafka(1));
    kafka::create(&kafka).await.unwrap();
    let producer: FutureProducer =
        ClientConfig::new().set("bootstrap.servers", &kafka.brokers).create().unwrap();
    let headers = OwnedHeaders::new().insert(Header { key: "position", value: Some("7") });
    let named = FutureRecord::to(&kafka.topic).key("x").payload("{\"position\":").headers(headers);
    producer.send(named, PATIENCE).await.unwrap();
    let foreign =
        FutureRecord::<str, [u8]>::to(&kafka.topic).payload(b"\xff\x00 Camille".as_slice());
    producer.send(foreign, PATIENCE).await.unwrap();
    let relay = Relay::start(&it.log, &kafka);
    it.append(1, 0).await;

    let mut consumer = join(&kafka, 10);
    let mut given = vec![];
    for _ in 0..3 {
        let Delivery { event, place } = next(&mut consumer).await;
        place.begin();
        consumer.end(&place, true);
        given.push(event);
    }
    let first = given[0].as_ref().unwrap_err();
    assert_eq!(first.position.map(event_store::Position::get), Some(7));
    let second = given[1].as_ref().unwrap_err();
    assert_eq!((second.partition, second.offset, second.position), (0, 1, None));
    assert!(!second.to_string().contains("Camille"));
    assert_eq!(given[2].as_ref().unwrap().position.get(), 1);
    consumer.close().await;
    relay.stop().await;
}
