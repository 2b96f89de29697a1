//! The Kafka broker goes away in the middle.

use std::sync::atomic::Ordering;

use crate::processes::{Cluster, Feed};
use crate::services::{Services, alone};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn applications_are_taken_while_the_broker_is_away_and_sent_when_it_is_back() {
    let _alone = alone().await;
    let services = Services::start();
    let (database, brokers) = (services.postgres(), services.kafka());
    let cluster = Cluster::start(Feed::Kafka, &database, &brokers, "events").await;
    let told = cluster.load.as_ref().unwrap().told.clone();
    services.tell(&["kill", "kafka"]);
    cluster.more(100).await;
    assert_eq!(told.unavailable.load(Ordering::SeqCst), 0, "the API does not need the broker");
    services.tell(&["start", "kafka"]);
    cluster.more(20).await;
    cluster.end().await;
}
