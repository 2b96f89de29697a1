use std::sync::Arc;

use event_store::testing::Engine;
use event_store::{Actor, AppendError, Db, Log, LogOptions, Position};
use jiff::SignedDuration;
use rstest::rstest;

use super::support::{all, assert_in_order, clock, event, fixture, fixture_with};

#[rstest]
#[tokio::test]
async fn an_event_of_a_role_that_this_version_does_not_know_is_read(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let mut given = event("Happened", 1);
    given.metadata.actor = Actor::named("back_office_2".parse().unwrap(), "7");
    it.log.append("thing", "one", 0, vec![given.clone()]).await.unwrap();
    let sql = "SELECT CAST(metadata AS TEXT) FROM events";
    let (stored,): (String,) = it.log.db().fetch_one(sql, vec![]).await.unwrap();
    assert!(stored.contains(r#""actor":"back_office_2""#), "{stored}");
    assert_eq!(all(&it.log).await[0].metadata, given.metadata);
}

#[rstest]
#[tokio::test]
async fn what_was_appended_is_read_as_it_was_given(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let mut given = event("Happened", 1);
    given.payload =
        "{\"b\":1, \"a\":\"é \\u0000 \u{1F600} \\\"quoted\\\" 'single' \\n\",  \"n\":1.10}"
            .to_owned();
    given.metadata.trace_id = Some("4bf92f3577b34da6a3ce929d0e0e4736".to_owned());

    let appended =
        it.log.append("thing", "one", 0, vec![given.clone(), event("Ended", 2)]).await.unwrap();

    assert_eq!((appended.first.get(), appended.last.get()), (1, 2));
    let stream = it.log.stream("thing", "one").await.unwrap();
    assert_eq!(stream.len(), 2);
    assert_eq!(stream[0].payload.text(), given.payload, "byte by byte");
    assert_eq!(stream[0].metadata, given.metadata);
    assert_eq!(stream[0].event_type, "Happened");
    assert_eq!(stream[0].event_version, "1.0");
    assert_eq!(stream[0].recorded_at, appended.recorded_at);
    assert_eq!(stream[1].sequence, 2);
    assert_eq!(all(&it.log).await, stream);
    assert_eq!(it.log.head().await.unwrap(), appended.last);
}

#[rstest]
#[tokio::test]
async fn an_append_that_has_not_seen_the_last_event_conflicts(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let one = vec![event("Happened", 1)];
    it.log.append("thing", "one", 0, one).await.unwrap();

    let again = it.log.append("thing", "one", 0, vec![event("Happened", 2)]).await;
    let ahead = it.log.append("thing", "one", 2, vec![event("Happened", 3)]).await;
    // The same id under another type is another stream.
    let other = it.log.append("other", "one", 0, vec![event("Happened", 4)]).await;

    assert!(matches!(again, Err(AppendError::Conflict)), "{again:?}");
    assert!(matches!(ahead, Err(AppendError::Gap)), "{ahead:?}");
    assert_eq!(other.unwrap().first, Position::new(2));
}

#[rstest]
#[tokio::test]
async fn a_conflict_fails_alone_and_its_neighbours_commit(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    it.log.append("thing", "taken", 0, vec![event("Happened", 1)]).await.unwrap();

    // All are queued before the appender runs on this one thread, so these make one batch.
    let (before, conflict, after, second, third) = tokio::join!(
        it.log.append("thing", "a", 0, vec![event("Happened", 2), event("Happened", 3)]),
        it.log.append("thing", "taken", 0, vec![event("Happened", 4)]),
        it.log.append("thing", "b", 0, vec![event("Happened", 5)]),
        // To a stream of this batch: one that saw nothing of it, and one that expects its end.
        it.log.append("thing", "a", 0, vec![event("Happened", 6)]),
        it.log.append("thing", "a", 2, vec![event("Happened", 7)]),
    );

    assert!(before.is_ok() && after.is_ok());
    assert!(matches!(conflict, Err(AppendError::Conflict)), "{conflict:?}");
    assert!(matches!(second, Err(AppendError::Conflict)), "{second:?}");
    assert!(third.is_ok(), "{third:?}");
    let events = all(&it.log).await;
    assert_eq!(events.len(), 5);
    assert_in_order(&events);
}

/// `writers` tasks append to streams of their own and to one that all fight for; answers how many
/// events were acknowledged.
async fn write(log: &Log, writers: u64, from: u64) -> u64 {
    const ROUNDS: u64 = 8;
    let mut tasks = tokio::task::JoinSet::new();
    for writer in from..from + writers {
        let log = log.clone();
        tasks.spawn(async move {
            let mut acknowledged = 0;
            for round in 0..ROUNDS {
                let number = (writer * ROUNDS + round) * 3;
                let own = format!("own-{writer}");
                let events = vec![event("Happened", number), event("Happened", number + 1)];
                let expected = i64::try_from(round).unwrap() * 2;
                log.append("thing", &own, expected, events).await.unwrap();
                acknowledged += 2;
                let seen = log.stream("thing", "shared").await.unwrap().len();
                let expected = i64::try_from(seen).unwrap();
                let shared = vec![event("Happened", number + 2)];
                match log.append("thing", "shared", expected, shared).await {
                    Ok(_) => acknowledged += 1,
                    Err(AppendError::Conflict) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
            acknowledged
        });
    }
    tasks.join_all().await.into_iter().sum()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_writers_make_one_order_without_a_gap(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let acknowledged = write(&it.log, 64, 0).await;
    let events = all(&it.log).await;
    assert_eq!(u64::try_from(events.len()).unwrap(), acknowledged);
    assert_in_order(&events);
    it.log.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_database_keep_one_order(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    // As another process has it: connections, appender and clock of its own.
    let other_db = Db::connect(it.test_db.url()).await.unwrap();
    let other = Log::open(other_db, Arc::new(clock()), LogOptions::default()).await.unwrap();

    let (one, two) = tokio::join!(write(&it.log, 8, 0), write(&other, 8, 8));

    let events = all(&it.log).await;
    assert_eq!(u64::try_from(events.len()).unwrap(), one + two);
    assert_in_order(&events);
    assert_eq!(all(&other).await, events);
    other.close().await;
    other.db().close().await;
}

#[rstest]
#[tokio::test]
async fn recorded_time_never_runs_backwards(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let first = it.log.append("thing", "one", 0, vec![event("Happened", 1)]).await.unwrap();
    it.clock.advance(SignedDuration::from_hours(-1));
    let second = it.log.append("thing", "one", 1, vec![event("Happened", 2)]).await.unwrap();
    it.clock.advance(SignedDuration::from_hours(2));
    let third = it.log.append("thing", "one", 2, vec![event("Happened", 3)]).await.unwrap();
    assert_eq!(second.recorded_at, first.recorded_at);
    assert_eq!(third.recorded_at, first.recorded_at + SignedDuration::from_hours(1));
    assert_in_order(&all(&it.log).await);
}

#[rstest]
#[tokio::test]
async fn a_process_whose_clock_is_behind_records_the_time_of_the_one_before(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let behind = clock();
    behind.advance(SignedDuration::from_hours(-1));
    let other_db = Db::connect(it.test_db.url()).await.unwrap();
    let other = Log::open(other_db, Arc::new(behind), LogOptions::default()).await.unwrap();
    for round in 0..3_u64 {
        // Two of the process that is behind, so that it also meets its own.
        for (number, log) in (round * 3..).zip([&it.log, &other, &other]) {
            let one = vec![event("Happened", number)];
            let appended = log.append("thing", &number.to_string(), 0, one).await;
            let events = all(&it.log).await;
            let last = events.last().unwrap();
            let appended = appended.unwrap();
            assert_eq!(appended.last, last.position);
            assert_eq!(appended.recorded_at, last.recorded_at);
            assert_in_order(&events);
        }
    }
    other.close().await;
    other.db().close().await;
}

#[rstest]
#[tokio::test]
async fn what_no_engine_can_store_is_refused_before_it_meets_its_neighbours(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let mut broken = event("Happened", 1);
    broken.payload = "{".to_owned();
    let mut null = event("Happened", 1);
    null.event_type = "a\0b".to_owned();
    let mut other_id = event("Happened", 1);
    other_id.event_id = event("Happened", 2).event_id;
    for (id, expected, events) in [
        ("one", 0, vec![]),
        ("one", 0, vec![broken]),
        ("one", 0, vec![null]),
        ("one", 0, vec![other_id]),
        ("o\0ne", 0, vec![event("Happened", 1)]),
        ("", 0, vec![event("Happened", 1)]),
        ("one", -1, vec![event("Happened", 1)]),
    ] {
        let result = it.log.append("thing", id, expected, events).await;
        assert!(matches!(result, Err(AppendError::Invalid(_))), "{result:?}");
    }
    assert_eq!(it.log.head().await.unwrap(), Position::START);
}

#[rstest]
#[tokio::test]
async fn an_append_beyond_a_transaction_is_too_large(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let options = LogOptions { batch_events: 2, batch_bytes: 4096, ..LogOptions::default() };
    let it = fixture_with(engine, options).await;
    let three = (1..=3).map(|number| event("Happened", number)).collect();
    let mut large = event("Happened", 4);
    large.payload = format!("\"{}\"", "x".repeat(4096));
    for events in [three, vec![large]] {
        let result = it.log.append("thing", "one", 0, events).await;
        assert!(matches!(result, Err(AppendError::TooLarge)), "{result:?}");
    }
}

#[rstest]
#[tokio::test]
async fn the_log_refuses_to_change_or_forget_an_event(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    it.log.append("thing", "one", 0, vec![event("Happened", 1)]).await.unwrap();
    for sql in ["UPDATE events SET event_type = 'Other'", "DELETE FROM events"] {
        let refused = it.log.db().execute(sql, vec![]).await;
        assert!(refused.is_err(), "{sql}");
    }
    assert_eq!(all(&it.log).await[0].event_type, "Happened");
}
