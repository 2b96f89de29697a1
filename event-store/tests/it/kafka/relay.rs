use std::collections::BTreeMap;

use event_store::kafka;
use rdkafka::mocking::MockCluster;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};

use super::support::{Fixture, Relay, Seen, kafka, read};

/// Each stream's events come in their order, first seen first; the whole log is there.
fn assert_whole(seen: &[Seen], count: i64) {
    let mut sequences: BTreeMap<&str, i64> = BTreeMap::new();
    for record in seen {
        let next = record.value["sequence"].as_i64().unwrap();
        let last = sequences.entry(&record.key).or_default();
        // A repeat may come, from a relay that died; a gap may not.
        assert!(next <= *last + 1, "{} jumps from {last} to {next}", record.key);
        *last = next.max(*last);
        assert_eq!(record.value["aggregate_id"], record.key.as_str());
        assert_eq!(record.headers["position"], record.position().to_string());
        assert_eq!(record.headers["event-type"], "Happened");
        assert_eq!(record.headers["event-version"], "1.0");
        assert_eq!(record.value["payload"]["text"], "Zoé");
    }
    let mut positions: Vec<_> = seen.iter().map(Seen::position).collect();
    positions.sort_unstable();
    positions.dedup();
    assert_eq!(positions, (1..=count).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_log_is_published_in_each_streams_order() {
    let (it, kafka) = (Fixture::new().await, kafka(4));
    kafka::create(&kafka).await.unwrap();
    let relay = Relay::start(&it.log, &kafka);
    for before in 0..10 {
        for stream in 1..=20 {
            it.append(stream, before).await;
        }
    }
    let seen = read(&kafka, 200).await;
    relay.stop().await;
    assert_eq!(seen.len(), 200, "nothing is repeated while nothing fails");
    assert_whole(&seen, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_goes_on_where_the_last_one_stopped_or_died() {
    let (it, kafka) = (Fixture::new().await, kafka(4));
    kafka::create(&kafka).await.unwrap();
    for round in 0..6 {
        let relay = Relay::start(&it.log, &kafka);
        for stream in 1..=20 {
            it.append(stream, round).await;
        }
        let count = 20 * (usize::try_from(round).unwrap() + 1);
        if round % 2 == 0 {
            read(&kafka, count).await;
            relay.stop().await;
        } else {
            relay.abort();
        }
    }
    let relay = Relay::start(&it.log, &kafka);
    let seen = read(&kafka, 120).await;
    relay.stop().await;
    assert_whole(&seen, 120);
}

#[tokio::test(flavor = "multi_thread")]
async fn brokers_that_refuse_for_a_while_cost_time_and_no_event() {
    let (it, mut kafka) = (Fixture::new().await, kafka(3));
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(&kafka.topic, 3, 1).unwrap();
    kafka.brokers = cluster.bootstrap_servers();
    // A broker takes a batch only after the one before it; these take any. A batch that follows one
    // which may have been written (the time-out) would tell the producer that it was.
    let one = ("max.in.flight.requests.per.connection".to_owned(), "1".to_owned());
    kafka.properties.extend([one]);
    let errors = [
        RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
        RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
        RDKafkaRespErr::RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
    ];
    cluster.request_errors(RDKafkaApiKey::Produce, &errors);
    let relay = Relay::start(&it.log, &kafka);
    for stream in 1..=30 {
        it.append(stream, 0).await;
        it.append(stream, 1).await;
    }
    let seen = read(&kafka, 60).await;
    relay.stop().await;
    assert_whole(&seen, 60);
}
