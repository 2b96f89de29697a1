//! Dossiers of work permits that were kept for long enough.

use std::sync::Arc;

use commands::schedules::{Outcome, Report};
use commands::{Try, Watermark};
use domain::examples::{dossier, granted, minutes};
use event_store::testing::Engine;
use jiff::SignedDuration;
use projections::permits;
use rstest::rstest;
use testing::{Fixture, cause};
use tokio_util::sync::CancellationToken;
use workers::jobs::run_by_hand;
use workers::{PermitSettings, World};

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn run(world: &World) -> Report {
    let stop = CancellationToken::new();
    let ended = run_by_hand("permits.retention", world, &stop, &|_| {}).await.unwrap();
    assert_eq!(ended.0, Outcome::Done, "{:?}", ended.1);
    ended.1
}

fn counted(report: &Report, what: &str) -> u64 {
    report.counts.iter().find(|(name, _)| name == what).unwrap().1
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_had_a_permit_is_forgotten_a_while_after_its_end_and_not_before(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let fixture = Fixture::new(engine).await;
    let settings = PermitSettings { kept_months: 1, ..PermitSettings::default() };
    let world = World { permits: Arc::new(settings), ..fixture.world() };
    let permits = fixture.commands.permits();
    // The second is not decided: it is kept since it changed last.
    for taken_in in [granted(1, "2026-12-01"), dossier(2), granted(3, "2027-12-01")] {
        permits.take_in(taken_in, &cause()).await.unwrap();
    }
    fixture.caught_up().await;
    // The last moment of the first of January: the first is over for less than a month.
    let until = "2027-01-01T23:59:59Z".parse().unwrap();
    fixture.clock.advance(minutes(0).duration_until(until));
    // By a clock that jumped ahead nothing goes.
    let doubted = run(&world).await;
    assert_eq!(doubted.note.as_deref(), Some("clock-doubted"));
    trust(&fixture).await;
    let erased = async |number: u64| {
        fixture.caught_up().await;
        let row = permits::find(&fixture.log, &format!("3272-{number}")).await.unwrap().unwrap();
        row.erased_at.is_some()
    };
    assert_eq!(counted(&run(&world).await, "permits-erased"), 1);
    assert_eq!([erased(1).await, erased(2).await, erased(3).await], [false, true, false]);
    fixture.clock.advance(DAY);
    fixture.clock.advance(SignedDuration::from_secs(2));
    trust(&fixture).await;
    assert_eq!(counted(&run(&world).await, "permits-erased"), 1);
    assert_eq!([erased(1).await, erased(2).await, erased(3).await], [true, true, false]);
    assert_eq!(counted(&run(&world).await, "permits-erased"), 0);
}

/// Somebody sees to it that the clock is right.
async fn trust(fixture: &Fixture) {
    workers::jobs::retention::by_hand(&fixture.commands, true).await.unwrap();
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_lies_beside_the_dossiers_goes_when_its_day_is_over(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let fixture = Fixture::new(engine).await;
    let world = fixture.world();
    let permits = fixture.commands.permits();
    permits.set_aside(3272, 7, "state", "unknown_state").await.unwrap();
    let today = permits::day_in_paris(fixture.commands.now());
    assert!(matches!(permits.take_try("7", today).await.unwrap(), Try::Taken));
    permits.move_watermark(3272, Watermark::default()).await.unwrap();
    trust(&fixture).await;
    let report = run(&world).await;
    assert_eq!(counted(&report, "permits-not-read-cleared"), 0);
    assert_eq!(counted(&report, "permits-tries-cleared"), 0);
    fixture.clock.advance(DAY * 31);
    trust(&fixture).await;
    let report = run(&world).await;
    assert_eq!(counted(&report, "permits-not-read-cleared"), 1);
    assert_eq!(counted(&report, "permits-tries-cleared"), 1);
    assert_eq!(permits.count_not_read().await.unwrap(), 0);
}
