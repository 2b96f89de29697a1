//! Very many delayed reactions, due at once.

use commands::{Cause, parked};
use domain::examples;
use event_store::testing::Engine;
use event_store::{ActorKind, args};
use futures::StreamExt as _;
use rstest::rstest;
use uuid::Uuid;

use super::bench::{Bench, until};
use crate::reaction::Outcome;

const CROWD: usize = 50_000;
const NEW: usize = 50;

const PARK_ALL: &str = "
    INSERT INTO reactions
        (reactor, position, application_id, event_type, state, attempts, first_at, last_at, due_at, cause)
    SELECT 'scripted', position, aggregate_id, event_type, 'delayed', 1, recorded_at, recorded_at,
           recorded_at, 'the other side was busy'
    FROM events";

async fn submit(bench: &Bench, count: usize) {
    let submit = || async {
        let cause = Cause::request(ActorKind::System, None, Uuid::nil());
        let done = bench
            .world
            .commands
            .applications()
            .submit(examples::submission(), &[], None, &cause)
            .await;
        done.unwrap();
    };
    futures::stream::iter(0..count).for_each_concurrent(256, |_| submit()).await;
}

async fn waiting(bench: &Bench) -> usize {
    let counts = parked::counts(bench.log.db()).await.unwrap();
    counts.values().sum::<i64>().try_into().unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_that_is_due_at_once_is_worked_off_and_starves_nobody(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine).await;
    submit(&bench, CROWD).await;
    let parked = bench.log.db().execute(PARK_ALL, args![]).await.unwrap();
    assert_eq!(parked, CROWD as u64);
    let workers = bench.start(|_, _| Ok(Outcome::Done)).await;
    until("the crowd is begun", || async { bench.seen.all() > 0 }).await;
    submit(&bench, NEW).await;
    // The feed's checkpoint passes the new ones while the crowd still stands.
    let end = i64::try_from(CROWD + NEW).unwrap();
    until("the new ones are done", || async {
        let at = bench.checkpoint().await;
        if at == end { Ok(()) } else { Err((at, waiting(&bench).await)) }
    })
    .await;
    let left = waiting(&bench).await;
    assert!(left > CROWD / 2, "the new ones waited for the crowd: {left} of {CROWD} are left");

    // A crowd that grows shorter is waited for; one that stands still is a failure.
    until("the crowd is worked off", || async {
        let left = waiting(&bench).await;
        if left == 0 { Ok(()) } else { Err(left) }
    })
    .await;
    workers.stop().await;
    let times = bench.seen.times.lock().unwrap();
    assert_eq!(times.len(), CROWD + NEW);
    assert!(times.values().all(|times| *times == 1), "each is reacted to once");
}
