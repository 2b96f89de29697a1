use std::sync::Arc;

use commands::testing::process;
use event_store::FixedClock;
use event_store::lease::Held;
use event_store::testing::Engine;
use rstest::rstest;

use super::*;

const AN_HOUR: Duration = Duration::from_hours(1);

fn turn(at: Timestamp) -> Turn {
    Turn::new(Held::unshared(&CancellationToken::new()), at)
}

#[rstest]
#[tokio::test]
async fn nothing_is_deleted_by_a_clock_that_jumped_ahead_whatever_is_restarted(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = testing::database(engine).await;
    let clock = FixedClock::new("2026-11-26T08:00:00Z".parse().unwrap());
    let commands = process(test_db.db(), Arc::new(clock.clone())).await;
    let (task, turn) = (Retention::default(), turn(commands.now()));
    let mut counter = Duration::ZERO;
    let looked = task.look(&commands, counter, &turn).await.unwrap();
    assert_eq!(looked, Some(Expired::default()));
    assert_eq!(turn.report().note, None);

    let year = SignedDuration::from_hours(366 * 24);
    clock.advance(year);
    counter += AN_HOUR;
    assert_eq!(task.look(&commands, counter, &turn).await.unwrap(), None);
    assert_eq!(turn.report().note.as_deref(), Some("clock-doubted"));
    // A process that starts with the wrong clock knows when the right one was seen last.
    let restarted = Retention::default();
    let looked = restarted.look(&commands, Duration::ZERO, &turn).await.unwrap();
    assert_eq!(looked, None);

    clock.advance(SignedDuration::from_hours(2) - year);
    counter += AN_HOUR;
    assert!(task.look(&commands, counter, &turn).await.unwrap().is_some());
    assert!(restarted.look(&commands, AN_HOUR, &turn).await.unwrap().is_some());
}

#[rstest]
#[tokio::test]
async fn by_hand_nothing_is_deleted_by_such_a_clock_either_unless_it_is_said_to_be_right(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = testing::database(engine).await;
    let clock = FixedClock::new("2026-11-26T08:00:00Z".parse().unwrap());
    let commands = process(test_db.db(), Arc::new(clock.clone())).await;
    assert_eq!(by_hand(&commands, false).await.unwrap(), Expired::default());
    clock.advance(SignedDuration::from_hours(2 * 24));
    assert_eq!(by_hand(&commands, false).await.unwrap(), Expired::default());

    clock.advance(SignedDuration::from_hours(30 * 24));
    let doubted = by_hand(&commands, false).await.unwrap_err().to_string();
    assert!(doubted.contains("30 days ahead") && doubted.contains("--clock-is-right"), "{doubted}");
    // Asking again makes it no more right; a dry run deletes nothing and may be had.
    by_hand(&commands, false).await.unwrap_err();
    assert_eq!(dry_run(&commands).await.unwrap(), Expired::default());
    assert_eq!(by_hand(&commands, true).await.unwrap(), Expired::default());
    assert_eq!(by_hand(&commands, false).await.unwrap(), Expired::default());
}

#[rstest]
#[tokio::test]
async fn before_retention_ever_looked_the_last_event_says_when_the_clock_was_right(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = testing::database(engine).await;
    let clock = FixedClock::new("2026-11-26T08:00:00Z".parse().unwrap());
    let commands = process(test_db.db(), Arc::new(clock.clone())).await;
    assert_eq!(trust::last(&test_db.db()).await.unwrap(), None);
    let cause = Cause::request(ActorKind::System, None, commands.fresh_id());
    for on in [false, true] {
        commands.schedules().switch("retention", on, &cause).await.unwrap();
        clock.advance(SignedDuration::from_hours(10 * 24));
    }
    let last = trust::last(&test_db.db()).await.unwrap().unwrap();
    assert_eq!(last.to_string(), "2026-12-06T08:00:00Z");
    by_hand(&commands, false).await.unwrap_err();
}
