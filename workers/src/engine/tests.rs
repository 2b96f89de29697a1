//! The engine with a scripted reaction, on a real database.

mod bench;
mod crowd;
mod several;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use event_store::testing::Engine;
use event_store::{ActorKind, checkpoint};
use jiff::SignedDuration;
use rstest::rstest;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::engine::checkpoint_name;
use crate::reaction::{Outcome, ReactionError, Start, World};
use commands::parked::{self, Filter};

use bench::{Bench, failure, until};

#[rstest]
#[tokio::test]
async fn a_done_reaction_leaves_no_row_and_moves_the_checkpoint(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine).await;
    let workers = bench.start(|_, _| Ok(Outcome::Done)).await;
    bench.submit(5).await;
    until("all are seen", || async { bench.seen.all() == 5 }).await;
    workers.stop().await;
    assert!(bench.parked().await.is_empty());
    assert_eq!(bench.checkpoint().await, 5);
}

#[rstest]
#[tokio::test]
async fn a_new_reaction_starts_at_now_and_one_that_asks_starts_at_the_beginning(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine).await;
    bench.submit(3).await;
    let workers = bench.start(|_, _| Ok(Outcome::Done)).await;
    bench.submit(1).await;
    until("the new one is seen", || async { bench.seen.all() == 1 }).await;
    workers.stop().await;

    let bench = Bench::new(engine).await;
    bench.submit(3).await;
    let workers = bench.start_at(|_, _| Ok(Outcome::Done), Start::Beginning).await;
    until("the old ones are seen", || async { bench.seen.all() == 3 }).await;
    workers.stop().await;
}

#[rstest]
#[tokio::test]
async fn a_delayed_reaction_is_tried_again_until_it_is_done(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine).await;
    let later = |nth, _: &World| match nth {
        1 | 2 => Err(ReactionError::Retry { after: None, failure: failure(), counts: true }),
        _ => Ok(Outcome::Done),
    };
    let workers = bench.start(later).await;
    bench.submit(1).await;
    until("it was tried three times", || async { bench.seen.all() == 3 }).await;
    until("no row is left", || async { bench.parked().await.is_empty() }).await;
    workers.stop().await;
}

#[rstest]
#[tokio::test]
async fn used_up_attempts_fail_for_good_and_an_operator_may_retry_or_archive(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine).await;
    let stubborn = |nth, _: &World| match nth {
        1..=3 => Err(ReactionError::Retry { after: None, failure: failure(), counts: true }),
        4 => Err(ReactionError::Fatal { failure: failure() }),
        _ => Ok(Outcome::Done),
    };
    let workers = bench.start(stubborn).await;
    bench.submit(1).await;
    until("it failed", || async { bench.states().await == ["failed"] }).await;
    assert_eq!(bench.seen.given_up.load(Ordering::SeqCst), 1);
    let row = bench.parked().await.remove(0);
    assert_eq!((row.attempts, row.cause.as_str()), (3, "the other side is busy"));

    let failed = Filter { state: Some("failed".into()), ..Filter::default() };
    let now = bench.world.commands.now();
    assert_eq!(parked::archive(bench.log.db(), &failed, now).await.unwrap(), 1);
    assert_eq!(bench.states().await, ["archived"]);
    let all = Filter::default();
    assert_eq!(parked::retry(bench.log.db(), &all, now).await.unwrap(), 1);
    until("it failed again", || async { bench.states().await == ["failed"] }).await;
    assert_eq!(parked::retry(bench.log.db(), &all, now).await.unwrap(), 1);
    until("it is done", || async { bench.parked().await.is_empty() }).await;
    assert_eq!(bench.seen.all(), 5);
    workers.stop().await;
}

#[tokio::test]
async fn what_asks_to_wait_for_a_year_is_looked_at_within_three_days() {
    let bench = Bench::new(Engine::Sqlite).await;
    let year = SignedDuration::from_hours(366 * 24);
    let waiting = |_, world: &World| {
        let at = world.commands.now() + SignedDuration::from_hours(366 * 24);
        Err(ReactionError::until(at, "it is not time yet"))
    };
    let workers = bench.start(waiting).await;
    bench.submit(1).await;
    until("it waits", || async { bench.states().await == ["delayed"] }).await;
    workers.stop().await;
    assert_eq!(bench.seen.all(), 1, "a time that is too far away is not asked for again at once");
    let row = bench.parked().await.remove(0);
    let due = event_store::parse_timestamp(row.due_at.as_deref().unwrap()).unwrap();
    assert!(due < bench.world.commands.now() + year / 100, "{due}");
}

#[rstest]
#[tokio::test]
async fn what_waits_for_its_time_burns_no_attempt(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine).await;
    let waiting = |nth, world: &World| match nth {
        1..=5 => {
            let at = world.commands.now() + SignedDuration::from_millis(5);
            Err(ReactionError::until(at, "it is not time yet"))
        }
        _ => Ok(Outcome::Done),
    };
    let workers = bench.start(waiting).await;
    bench.submit(1).await;
    until("it is done", || async { bench.seen.all() == 6 }).await;
    until("no row is left", || async { bench.parked().await.is_empty() }).await;
    workers.stop().await;
}

#[rstest]
#[tokio::test]
async fn an_operator_does_not_repeat_what_is_being_tried_this_moment(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut bench = Bench::new(engine).await;
    bench.gate = Arc::new(Semaphore::new(1));
    let workers = bench.start(once_later).await;
    bench.submit(1).await;
    second_try(&bench).await;
    let (all, now) = (Filter::default(), bench.world.commands.now());
    assert_eq!(parked::retry(bench.log.db(), &all, now).await.unwrap(), 0);
    assert_eq!(parked::archive(bench.log.db(), &all, now).await.unwrap(), 0);
    bench.gate.add_permits(10);
    until("it is done", || async { bench.parked().await.is_empty() }).await;
    workers.stop().await;
    assert_eq!(bench.seen.all(), 2);
}

#[rstest]
#[tokio::test]
async fn a_stop_does_not_wait_for_ever_and_what_it_leaves_stays_delayed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut bench = Bench::new(engine).await;
    bench.gate = Arc::new(Semaphore::new(1));
    bench.settings.drain = Duration::from_millis(20);
    let workers = bench.start(once_later).await;
    bench.submit(1).await;
    second_try(&bench).await;
    let stopped = tokio::time::timeout(event_store::testing::PATIENCE, workers.stop()).await;
    assert!(stopped.is_ok(), "it waits for an effect that never ends");
    assert_eq!(bench.states().await, ["delayed"]);
}

fn once_later(nth: usize, _: &World) -> Result<Outcome, ReactionError> {
    match nth {
        1 => Err(ReactionError::Retry { after: None, failure: failure(), counts: true }),
        _ => Ok(Outcome::Done),
    }
}

/// Waits until the first try is over and the second is under way.
async fn second_try(bench: &Bench) {
    until("the second try is under way", || async {
        bench.seen.all() == 1 && bench.seen.at_once.load(Ordering::SeqCst) == 1
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn a_skipped_reaction_keeps_its_reason(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine).await;
    let workers = bench.start(|_, _| Ok(Outcome::Skipped("a staging client".into()))).await;
    bench.submit(1).await;
    until("it is parked", || async { bench.states().await == ["skipped"] }).await;
    assert_eq!(bench.parked().await[0].cause, "a staging client");
    workers.stop().await;
}

#[rstest]
#[tokio::test]
async fn no_more_effects_run_at_once_than_allowed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut bench = Bench::new(engine).await;
    bench.gate = Arc::new(Semaphore::new(0));
    let workers = bench.start(|_, _| Ok(Outcome::Done)).await;
    bench.submit(10).await;
    until("three are under way", || async { bench.seen.at_once.load(Ordering::SeqCst) == 3 }).await;
    bench.gate.add_permits(10);
    until("all are seen", || async { bench.seen.all() == 10 }).await;
    assert_eq!(bench.seen.most_at_once.load(Ordering::SeqCst), 3);
    workers.stop().await;
}

#[rstest]
#[tokio::test]
async fn a_stop_finishes_what_is_under_way_and_the_rest_comes_next_time(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut bench = Bench::new(engine).await;
    bench.gate = Arc::new(Semaphore::new(0));
    let workers = bench.start(|_, _| Ok(Outcome::Done)).await;
    bench.submit(4).await;
    until("some are under way", || async { bench.seen.at_once.load(Ordering::SeqCst) == 3 }).await;
    let stopping = tokio::spawn(workers.stop());
    bench.gate.add_permits(1_000);
    stopping.await.unwrap();
    let workers = bench.start(|_, _| Ok(Outcome::Done)).await;
    until("all are seen", || async { bench.seen.times.lock().unwrap().len() == 4 }).await;
    workers.stop().await;
    assert_eq!(bench.seen.all(), 4, "each was reacted to once");
    assert_eq!(bench.checkpoint().await, 4);
}

#[rstest]
#[tokio::test]
async fn a_crash_before_the_checkpoint_repeats_and_never_loses(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut bench = Bench::new(engine).await;
    bench.gate = Arc::new(Semaphore::new(2));
    let workers = bench.start(|_, _| Ok(Outcome::Done)).await;
    bench.submit(5).await;
    until("two are done", || async { bench.seen.all() == 2 }).await;
    drop(workers); // every task ends where it stands, as in a crash
    bench.gate.add_permits(1_000);
    let workers = bench.start(|_, _| Ok(Outcome::Done)).await;
    until("all are seen", || async { bench.seen.times.lock().unwrap().len() == 5 }).await;
    workers.stop().await;
    assert_eq!(bench.checkpoint().await, 5);
}

#[rstest]
#[tokio::test]
async fn a_parked_reaction_is_not_repeated_by_the_feed_after_a_crash(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine).await;
    let workers = bench.start(|_, _| Err(ReactionError::Fatal { failure: failure() })).await;
    bench.submit(1).await;
    until("it failed", || async { bench.states().await == ["failed"] }).await;
    workers.stop().await;
    // The checkpoint of a process that died before it wrote it.
    let mut tx = bench.log.db().begin().await.unwrap();
    let start = event_store::Position::START;
    checkpoint::set(&mut tx, &checkpoint_name("scripted"), start).await.unwrap();
    tx.commit().await.unwrap();
    let workers = bench.start(|_, _| Ok(Outcome::Done)).await;
    bench.submit(1).await;
    until("the new one is seen", || async { bench.seen.all() == 2 }).await;
    workers.stop().await;
    assert_eq!(bench.states().await, ["failed"]);
}

#[rstest]
#[tokio::test]
async fn an_event_that_cannot_be_read_is_parked_and_blocks_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine).await;
    let workers = bench.start(|_, _| Ok(Outcome::Done)).await;
    let id = Uuid::from_u128(1);
    let metadata = event_store::Metadata {
        event_id: id,
        correlation_id: id,
        causation_id: id,
        actor: event_store::Actor::new(ActorKind::System),
        trace_id: None,
        span_id: None,
    };
    let strange = event_store::NewEvent {
        event_id: id,
        event_type: "Submitted".into(),
        event_version: "1".into(),
        payload: r#"{"type":"Submitted","submission":"not one"}"#.into(),
        metadata,
    };
    bench.log.append("JobApplication", "strange", 0, vec![strange]).await.unwrap();
    bench.submit(1).await;
    until("the next one is seen", || async { bench.seen.all() == 1 }).await;
    until("the strange one is parked", || async { bench.states().await == ["failed"] }).await;
    workers.stop().await;
}
