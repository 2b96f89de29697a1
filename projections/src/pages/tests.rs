use std::ops::RangeInclusive;

use event_store::testing::{Engine, TestDb};
use event_store::{Actor, ActorKind, FixedClock, LogOptions, Metadata, NewEvent};
use rstest::rstest;
use uuid::Uuid;

use super::*;

/// A log of events that nobody decodes.
async fn log(engine: Engine, events: RangeInclusive<u128>) -> (TestDb, Log) {
    let test_db = TestDb::new(engine).await;
    let clock = Arc::new(FixedClock::new("2026-11-20T09:00:00Z".parse().unwrap()));
    let log = Log::open(test_db.db(), clock, LogOptions::default()).await.unwrap();
    for n in events {
        append(&log, n).await;
    }
    (test_db, log)
}

async fn append(log: &Log, n: u128) {
    let id = Uuid::from_u128(n);
    let metadata = Metadata {
        event_id: id,
        correlation_id: id,
        causation_id: id,
        actor: Actor::new(ActorKind::System),
        trace_id: None,
        span_id: None,
    };
    let (event_type, event_version) = ("Happened".to_owned(), "1".to_owned());
    let payload = "{}".to_owned();
    let event = NewEvent { event_id: id, event_type, event_version, payload, metadata };
    log.append("thing", &id.to_string(), 0, vec![event]).await.unwrap();
}

const fn at(position: i64) -> Position {
    Position::new(position)
}

async fn next(member: &Member, after: i64) -> Arc<Page> {
    member.after(at(after), None).await.unwrap()
}

#[rstest]
#[tokio::test]
async fn those_who_stand_together_are_handed_the_same_page_and_so_is_who_stands_within_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (_db, log) = log(engine, 1..=9).await;
    let pages = Pages::new(&log, Some(4));
    let (one, two, three) = (pages.join(at(0)), pages.join(at(0)), pages.join(at(2)));
    let (first, same, within) = (next(&one, 0).await, next(&two, 0).await, next(&three, 2).await);
    assert_eq!((first.begin(), first.reached(), first.events().len()), (at(0), at(4), 4));
    assert!(Arc::ptr_eq(&first, &same) && Arc::ptr_eq(&first, &within));
    // They go on together from where it ends.
    let (second, same) = (next(&three, 4).await, next(&one, 4).await);
    assert!(Arc::ptr_eq(&second, &same));
    assert_eq!((second.begin(), second.reached()), (at(4), at(8)));
    // At the end there is nothing, until more comes.
    next(&one, 8).await;
    let end = next(&one, 9).await;
    assert_eq!((end.reached(), end.events().len()), (at(9), 0));
    tokio::time::sleep(STILL).await;
    append(&log, 10).await;
    assert_eq!(next(&one, 9).await.reached(), at(10));
}

#[rstest]
#[tokio::test]
async fn who_begins_far_back_catches_up_alone_and_joins(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (_db, log) = log(engine, 1..=12).await;
    let pages = Pages::new(&log, Some(2));
    let (one, two, late) = (pages.join(at(8)), pages.join(at(8)), pages.join(at(1)));
    let for_all = next(&one, 8).await;
    for after in [1, 3, 5, 7] {
        let page = late.after(at(after), Some(&["Happened"])).await.unwrap();
        assert_eq!((page.begin(), page.reached()), (at(after), at(after + 2)));
    }
    assert!(Arc::ptr_eq(&for_all, &next(&late, 9).await));
    assert!(Arc::ptr_eq(&for_all, &next(&two, 8).await));
    assert!(Arc::ptr_eq(&next(&one, 10).await, &next(&late, 10).await));
}

#[rstest]
#[tokio::test]
async fn those_in_front_wait_for_who_is_slow_and_not_for_who_has_left(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (_db, log) = log(engine, 1..=30).await;
    let front = 4 * Habit::of(log.db()).at_hand;
    let pages = Pages::new(&log, Some(4));
    let (fast, slow) = (pages.join(at(0)), pages.join(at(0)));
    let first = next(&fast, 0).await;
    assert!(Arc::ptr_eq(&first, &next(&slow, 0).await));
    for after in (4..front).step_by(4) {
        next(&fast, after).await;
    }
    let mut ahead = std::pin::pin!(fast.after(at(front), None));
    // It stands still as long as the slow one has not moved …
    assert!(tokio::time::timeout(PATIENCE / 4, ahead.as_mut()).await.is_err());
    // … and reads on once it has.
    let (second, front_page) = tokio::join!(next(&slow, 4), ahead);
    let front_page = front_page.unwrap();
    assert_eq!((second.begin(), front_page.begin()), (at(4), at(front)));

    // Who left is not waited for.
    drop(slow);
    for after in [front + 4, front + 8, front + 12] {
        assert_eq!(next(&fast, after).await.begin(), at(after));
    }
}

#[tokio::test]
async fn who_does_not_move_at_all_is_left_behind_and_misses_nothing() {
    let (_db, log) = log(Engine::Sqlite, 1..=30).await;
    let pages = Pages::new(&log, Some(4));
    let (fast, stuck) = (pages.join(at(0)), pages.join(at(0)));
    let first = next(&stuck, 0).await;
    for after in [0, 4, 8, 12, 16] {
        assert_eq!(next(&fast, after).await.begin(), at(after));
    }
    // It has its page still, and reads on by itself.
    assert_eq!(first.events().len(), 4);
    assert_eq!(next(&stuck, 4).await.events().len(), 4);
}
