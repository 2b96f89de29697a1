//! PostgreSQL goes away in the middle, and two processes write to it at once.

use std::sync::atomic::Ordering;
use std::time::Duration;

use event_store::{Log, LogOptions, Position, SystemClock};

use crate::place::PATIENCE;
use crate::processes::{Cluster, Feed};
use crate::services::{Services, alone};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_restarted_without_warning_costs_time_and_nothing_else() {
    let _alone = alone().await;
    let services = Services::start();
    let (database, brokers) = (services.postgres(), services.kafka());
    let cluster = Cluster::start(Feed::Kafka, &database, &brokers, "events").await;
    let told = cluster.load.as_ref().unwrap().told.clone();
    for _ in 0..2 {
        services.tell(&["kill", "postgres"]);
        let before = told.unavailable.load(Ordering::SeqCst);
        cluster.load.as_ref().unwrap().allow(5);
        // Whoever posts meanwhile is told when to come back.
        crate::place::until("somebody is told to come back", || async {
            told.unavailable.load(Ordering::SeqCst) > before
        })
        .await;
        services.tell(&["start", "postgres"]);
        cluster.more(20).await;
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_append_in_one_order_without_a_gap() {
    let _alone = alone().await;
    let database =
        event_store::testing::TestDb::empty(event_store::testing::Engine::Postgres).await;
    let cluster = Cluster::start(Feed::Log, database.url(), "", "").await;
    // A third process follows while they write.
    let db = cluster.place.database().await;
    let clock = std::sync::Arc::new(SystemClock);
    let log = Log::open(db.clone(), clock, LogOptions::default()).await.unwrap();
    let mut follow = log.follow(Position::START, None, 100, Duration::from_millis(50));
    let mut seen = Position::START;
    let following = async {
        loop {
            let page = tokio::time::timeout(PATIENCE, follow.next()).await.expect("the log grows");
            let page = page.unwrap();
            for event in page.events {
                assert_eq!(event.position, Position::new(seen.get() + 1));
                seen = event.position;
            }
            if seen.get() > 300 {
                return;
            }
        }
    };
    // An application is three events, and some were there before.
    cluster.load.as_ref().unwrap().allow(100);
    following.await;
    log.close().await;
    db.close().await;
    cluster.end().await;
}
