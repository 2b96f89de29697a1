use std::sync::Arc;

use commands::{Attachments, KeyRing};
use event_store::testing::{Engine, TestDb};
use event_store::{FixedClock, Log, LogOptions, RandomIds};
use jiff::SignedDuration;
use rstest::rstest;

use super::*;

#[rstest]
#[tokio::test]
async fn nothing_is_deleted_by_a_clock_that_jumped_ahead_whatever_is_restarted(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let clock = FixedClock::new("2026-11-26T08:00:00Z".parse().unwrap());
    let shared = Arc::new(clock.clone());
    let log = Log::open(test_db.db(), shared.clone(), LogOptions::default()).await.unwrap();
    let ids = Arc::new(RandomIds::new(shared.clone()));
    let keys = KeyRing::single("k1", [7; 32]);
    let commands = Commands::new(log, shared, ids, Attachments::in_memory(), &keys);
    let (db, stop) = (test_db.db(), CancellationToken::new());
    let mut trust = None;
    let mut counter = Duration::ZERO;
    let looked = look(&commands, &db, &mut trust, counter, &stop).await.unwrap();
    assert_eq!(looked, Some(Expired::default()));

    let year = SignedDuration::from_hours(366 * 24);
    clock.advance(year);
    counter += EVERY;
    assert_eq!(look(&commands, &db, &mut trust, counter, &stop).await.unwrap(), None);
    // A process that starts with the wrong clock knows when the right one was seen last.
    let mut restarted = None;
    let looked = look(&commands, &db, &mut restarted, Duration::ZERO, &stop).await.unwrap();
    assert_eq!(looked, None);

    clock.advance(SignedDuration::from_hours(2) - year);
    counter += EVERY;
    assert!(look(&commands, &db, &mut trust, counter, &stop).await.unwrap().is_some());
    assert!(look(&commands, &db, &mut restarted, EVERY, &stop).await.unwrap().is_some());
}
