//! Work that one process does at a time. A process is a connection pool and a holder of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use event_store::lease::{self, Held, Holder, LeaseOptions};
use event_store::testing::{Engine, TestDb};
use event_store::{Db, args};
use rstest::rstest;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const OPTIONS: LeaseOptions = LeaseOptions {
    beat: Duration::from_millis(40),
    patience: Duration::from_millis(400),
    look: Duration::from_millis(20),
};

/// How many hold the lease now, and how often it was taken.
#[derive(Default)]
struct Seen {
    now: AtomicUsize,
    most: AtomicUsize,
    taken: AtomicUsize,
}

/// Counts itself out when its work ends, in whatever way.
struct Counted(Arc<Seen>);

impl Counted {
    fn new(seen: &Arc<Seen>) -> Self {
        let now = seen.now.fetch_add(1, Ordering::SeqCst) + 1;
        seen.most.fetch_max(now, Ordering::SeqCst);
        seen.taken.fetch_add(1, Ordering::SeqCst);
        Self(seen.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }
}

fn process(db: Db, seen: &Arc<Seen>, stop: &CancellationToken) -> JoinHandle<()> {
    let (seen, stop) = (seen.clone(), stop.clone());
    tokio::spawn(async move {
        let holder = Holder::new();
        let work = |held: Held| {
            let seen = seen.clone();
            async move {
                let _counted = Counted::new(&seen);
                held.ended().cancelled().await;
            }
        };
        lease::run(&db, "reactor:one", &holder, OPTIONS, &stop, work).await;
    })
}

async fn until(what: &str, condition: impl Fn() -> bool) {
    event_store::testing::until(what, async || condition()).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_works_and_the_next_begins_when_it_stops_or_dies(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let seen = Arc::new(Seen::default());
    let stops: Vec<_> = (0..3).map(|_| CancellationToken::new()).collect();
    let first = process(test_db.db(), &seen, &stops[0]);
    until("the first holds it", || seen.taken.load(Ordering::SeqCst) == 1).await;
    let second = process(Db::connect(test_db.url()).await.unwrap(), &seen, &stops[1]);
    let third = process(Db::connect(test_db.url()).await.unwrap(), &seen, &stops[2]);

    stops[0].cancel();
    first.await.unwrap();
    until("another holds it", || seen.taken.load(Ordering::SeqCst) == 2).await;

    // Aborted, a process can give nothing back: on PostgreSQL its counter stands still.
    second.abort();
    stops[1].cancel();
    until("there is one, whoever had it", || {
        seen.now.load(Ordering::SeqCst) == 1 && second.is_finished()
    })
    .await;
    stops[2].cancel();
    third.await.unwrap();
    assert_eq!(seen.now.load(Ordering::SeqCst), 0);
    assert_eq!(seen.most.load(Ordering::SeqCst), 1, "never two at a time");
}

#[tokio::test(flavor = "multi_thread")]
async fn work_whose_lease_was_taken_away_is_told_to_end_and_no_longer_counts_as_current() {
    let test_db = TestDb::new(Engine::Postgres).await;
    let db = test_db.db();
    let (told, stop) = (Arc::new(AtomicUsize::new(0)), CancellationToken::new());
    let running = {
        let (db, told, stop) = (db.clone(), told.clone(), stop.clone());
        tokio::spawn(async move {
            let work = |held: Held| {
                let told = told.clone();
                async move {
                    assert!(held.is_current());
                    held.ended().cancelled().await;
                    assert!(!held.is_current());
                    told.fetch_add(1, Ordering::SeqCst);
                }
            };
            lease::run(&db, "relay", &Holder::new(), OPTIONS, &stop, work).await;
        })
    };
    let take = "UPDATE leases SET holder = 'another', beat = beat + 1 WHERE name = 'relay'";
    loop {
        if db.execute(take, args![]).await.unwrap() == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    until("the work ended", || told.load(Ordering::SeqCst) == 1).await;
    // The other one's counter stands still: the lease comes back.
    let mut holder = String::from("another");
    while holder == "another" {
        holder = lease::holders(&db).await.unwrap()["relay"].clone();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    running.await.unwrap();
    assert!(lease::holders(&db).await.unwrap().is_empty(), "given back at the stop");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_that_lost_the_database_stops_by_itself() {
    let test_db = TestDb::new(Engine::Postgres).await;
    let db = test_db.db();
    let (ended, stop) = (Arc::new(AtomicUsize::new(0)), CancellationToken::new());
    let began = Arc::new(AtomicUsize::new(0));
    let running = {
        let (db, ended, began, stop) = (db.clone(), ended.clone(), began.clone(), stop.clone());
        tokio::spawn(async move {
            let work = |held: Held| {
                let (ended, began) = (ended.clone(), began.clone());
                async move {
                    began.fetch_add(1, Ordering::SeqCst);
                    held.ended().cancelled().await;
                    ended.fetch_add(1, Ordering::SeqCst);
                }
            };
            lease::run(&db, "relay", &Holder::new(), OPTIONS, &stop, work).await;
        })
    };
    until("it works", || began.load(Ordering::SeqCst) == 1).await;
    db.close().await;
    until("it stopped", || ended.load(Ordering::SeqCst) == 1).await;
    stop.cancel();
    running.await.unwrap();
}
