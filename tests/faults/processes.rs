//! The service in several processes, of which one after another is killed or frozen.

use std::time::Duration;

use event_store::testing::{Engine, TestDb};

use crate::aftermath::{check, settled};
use crate::load::{self, Load};
use crate::place::{Place, Server};
use crate::services::alone;

/// How the workers get their events.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Feed {
    Log,
    Kafka,
}

/// The brokers that the tests share.
pub(crate) fn brokers() -> String {
    std::env::var("POSTULO_TEST_KAFKA_BROKERS").expect(
        "POSTULO_TEST_KAFKA_BROKERS is set: run script/test, or start the services with \
         script/services and set the variables that it prints",
    )
}

/// Two of everything that may be there twice.
pub(crate) struct Cluster {
    pub(crate) place: Place,
    pub(crate) apis: Vec<Server>,
    pub(crate) projectors: Vec<Server>,
    pub(crate) workers: Vec<Server>,
    pub(crate) relays: Vec<Server>,
    pub(crate) load: Option<Load>,
}

impl Cluster {
    pub(crate) async fn start(feed: Feed, database: &str, brokers: &str, topic: &str) -> Self {
        let mut settings = vec![
            ("POSTULO_UNDO_SECONDS", "0"),
            ("POSTULO_LOG", "warn,librdkafka=off"),
            ("POSTULO_DATABASE_URL", database),
        ];
        if feed == Feed::Kafka {
            settings.push(("POSTULO_KAFKA_BROKERS", brokers));
            settings.push(("POSTULO_KAFKA_TOPIC", topic));
            settings.push(("POSTULO_KAFKA_PARTITIONS", "4"));
        }
        let place = Place::new(&settings);
        let secret = load::register(&place);
        let mut cluster = Self {
            place,
            apis: vec![],
            projectors: vec![],
            workers: vec![],
            relays: vec![],
            load: None,
        };
        for _ in 0..2 {
            cluster.apis.push(cluster.place.start(&["api"]).await);
            cluster.projectors.push(cluster.place.start(&["projector"]).await);
            cluster.workers.push(cluster.place.start(&["worker"]).await);
            if feed == Feed::Kafka {
                cluster.relays.push(cluster.place.start(&["relay"]).await);
            }
        }
        let bases: Vec<_> = cluster.apis.iter().map(|api| api.base.as_str()).collect();
        cluster.load = Some(Load::start(3, &bases, &secret));
        cluster.more(5).await;
        cluster
    }

    /// Waits until so many more applications are acknowledged.
    pub(crate) async fn more(&self, count: usize) {
        self.load.as_ref().unwrap().more(count).await;
    }

    /// Ends the load, waits until all is done, and checks everything.
    pub(crate) async fn end(mut self) {
        let told = self.load.take().unwrap().stop().await;
        let db = self.place.database().await;
        settled(&db).await;
        for server in [self.apis, self.projectors, self.workers, self.relays].into_iter().flatten()
        {
            server.stop().await;
        }
        check(&self.place, &db, &*told.ids.lock().await).await;
        db.close().await;
    }
}

/// Kills one process after the other of a kind and replaces it, under load.
async fn killed(feed: Feed, topic: &str, role: &str, of: fn(&mut Cluster) -> &mut Vec<Server>) {
    let _alone = alone().await;
    let database = TestDb::empty(Engine::Postgres).await;
    let mut cluster = Cluster::start(feed, database.url(), &brokers(), topic).await;
    for _ in 0..3 {
        // The first of the two is the one that holds the leases, after a while.
        cluster.load.as_ref().unwrap().allow(5);
        of(&mut cluster).remove(0).kill().await;
        cluster.more(15).await;
        let next = cluster.place.start(&[role]).await;
        of(&mut cluster).push(next);
        let bases: Vec<_> = cluster.apis.iter().map(|api| api.base.clone()).collect();
        let bases: Vec<_> = bases.iter().map(String::as_str).collect();
        cluster.load.as_ref().unwrap().redirect(&bases).await;
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_api_loses_nothing() {
    killed(Feed::Kafka, "killed-api", "api", |cluster| &mut cluster.apis).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_projector_loses_nothing() {
    killed(Feed::Kafka, "killed-projector", "projector", |cluster| &mut cluster.projectors).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_relay_loses_nothing() {
    killed(Feed::Kafka, "killed-relay", "relay", |cluster| &mut cluster.relays).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_worker_on_the_kafka_feed_loses_nothing() {
    killed(Feed::Kafka, "killed-worker", "worker", |cluster| &mut cluster.workers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_worker_on_the_log_feed_loses_nothing() {
    killed(Feed::Log, "", "worker", |cluster| &mut cluster.workers).await;
}

/// Freezes the worker for longer than any lease or session lasts, and lets it go on.
async fn frozen(feed: Feed, topic: &str) {
    let _alone = alone().await;
    let database = TestDb::empty(Engine::Postgres).await;
    let cluster = Cluster::start(feed, database.url(), &brokers(), topic).await;
    cluster.workers[0].signal("STOP");
    tokio::time::sleep(Duration::from_secs(15)).await;
    cluster.more(5).await;
    cluster.workers[0].signal("CONT");
    cluster.more(15).await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_frozen_past_its_session_and_resumed_doubles_no_outcome() {
    frozen(Feed::Kafka, "frozen").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_frozen_past_its_leases_and_resumed_doubles_no_outcome() {
    frozen(Feed::Log, "").await;
}
