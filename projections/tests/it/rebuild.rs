use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::application::AnswerKind;
use domain::examples;
use event_store::testing::Engine;
use event_store::{args, checkpoint};
use projections::{Projections, RebuildError, columns, rebuild, status};
use rstest::rstest;

use crate::support::{DEADLINE, application, fixture, options};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_mends_what_was_spoilt(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    for n in 1..=3 {
        it.append(application(n), 0, &[examples::submitted(), examples::sent()]).await;
    }
    it.project().await;
    let whole = it.dump().await;
    for sql in [
        "DELETE FROM applications WHERE submitted_position = 1",
        "UPDATE applications SET status = 'hired' WHERE submitted_position = 3",
    ] {
        it.db().execute(sql, args![]).await.unwrap();
    }
    // Twice: the tables change names back.
    for _ in 0..2 {
        let clock = it.clock.clone();
        let rebuilt = rebuild(&it.log, clock, "applications").await.unwrap();
        assert_eq!(rebuilt.name, "applications");
        assert_eq!(rebuilt.position, it.log.head().await.unwrap());
        assert_eq!(it.dump().await, whole);
    }
    // Nothing of the copy stays behind, and the runner goes on.
    for (_, table) in columns::tables() {
        let sql = format!("SELECT CAST(count(*) AS BIGINT) FROM {}_rebuild", table.name);
        let (left,): (i64,) = it.db().fetch_one(&sql, args![]).await.unwrap();
        assert_eq!(left, 0);
    }
    let copy = checkpoint::read(it.db(), "projection:applications_rebuild").await;
    assert_eq!(copy.unwrap(), None);
    it.append(application(4), 0, &[examples::submitted()]).await;
    it.project().await;
    assert_eq!(it.dump_of("applications").await.len(), 4);
    assert!(status(&it.log).await.unwrap().iter().all(|one| one.lag == 0));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_projection_that_never_ran_can_be_rebuilt(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    for projection in projections::all() {
        it.rebuild(projection.name()).await; // with an empty log
    }
    it.append(application(1), 0, &[examples::submitted()]).await;
    it.rebuild("emails").await;
    assert_eq!(it.dump_of("emails").await.len(), 1);
    it.project().await;
    assert_eq!(it.dump_of("emails").await.len(), 1);
    let unknown = rebuild(&it.log, it.clock.clone(), "mails").await;
    assert!(matches!(unknown, Err(RebuildError::Unknown(_))));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_was_cut_off_is_begun_anew(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    it.append(application(1), 0, &[examples::submitted()]).await;
    it.project().await;
    let whole = it.dump().await;
    let mut tx = it.db().begin().await.unwrap();
    tx.execute("INSERT INTO applications_rebuild SELECT * FROM applications", args![])
        .await
        .unwrap();
    let wrong = "UPDATE applications_rebuild SET id = 'left over'";
    tx.execute(wrong, args![]).await.unwrap();
    let name = "projection:applications_rebuild";
    checkpoint::set(&mut tx, name, 1.into()).await.unwrap();
    tx.commit().await.unwrap();
    it.rebuild("applications").await;
    assert_eq!(it.dump().await, whole);
}

/// Applications come in, a runner of another process projects them, readers count them, and all
/// projections are rebuilt again and again: nobody notices.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_beside_a_live_runner_is_noticed_by_nobody(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    const APPLICATIONS: u128 = 120;
    let it = Arc::new(fixture(engine).await);
    let serving = it.other_process().await;
    let live = Projections::start(serving.clone(), it.clock.clone(), &options(20));
    let done = Arc::new(AtomicBool::new(false));

    let writer = tokio::spawn({
        let it = it.clone();
        async move {
            for n in 1..=APPLICATIONS {
                let answer = examples::answer(AnswerKind::Info, true);
                let answered = examples::answered(1, answer, None);
                let position = it.append(application(n), 0, &[examples::submitted()]).await;
                it.append(application(n), 1, &[examples::sent(), answered]).await;
                // Not faster than they are projected, so that both go on together.
                projections::wait_for(it.db(), &["applications"], position, DEADLINE)
                    .await
                    .unwrap();
            }
        }
    });
    let reader = tokio::spawn({
        let (it, done) = (it.clone(), done.clone());
        async move {
            let counts = "SELECT CAST(count(*) AS BIGINT), coalesce(max(last_position), 0) FROM applications";
            let mut seen = (0, 0);
            while !done.load(Ordering::SeqCst) {
                let now: (i64, i64) = it.db().fetch_one(counts, args![]).await.unwrap();
                assert!(now.0 >= seen.0 && now.1 >= seen.1, "{seen:?}, then {now:?}");
                seen = now;
            }
        }
    });
    let mut rebuilds = 0;
    while !writer.is_finished() || rebuilds < 3 {
        if rebuilds % 2 == 0 {
            assert_eq!(it.rebuild_all().await, Vec::<&str>::new());
        } else {
            for projection in projections::all() {
                it.rebuild(projection.name()).await;
            }
        }
        rebuilds += 1;
    }
    writer.await.unwrap();
    done.store(true, Ordering::SeqCst);
    reader.await.unwrap();
    let head = it.log.head().await.unwrap();
    live.wait_for(&[], head, DEADLINE).await.unwrap();
    live.stop().await;

    let grown = it.dump().await;
    let count = usize::try_from(APPLICATIONS).unwrap();
    assert_eq!(it.dump_of("application_events").await.len(), 3 * count);
    assert_eq!(it.dump_of("emails").await.len(), 3 * count);
    for projection in projections::all() {
        it.rebuild(projection.name()).await;
    }
    assert_eq!(it.dump().await, grown);
    serving.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_rebuilds_at_once_leave_the_right_rows(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    for n in 1..=30 {
        it.append(application(n), 0, &[examples::submitted(), examples::sent()]).await;
    }
    it.project().await;
    let whole = it.dump().await;
    let other = it.other_process().await;
    for _ in 0..10 {
        let both = futures::future::join(
            rebuild(&it.log, it.clock.clone(), "emails"),
            rebuild(&other, it.clock.clone(), "emails"),
        );
        let (one, two) = both.await;
        assert!(one.is_ok() || two.is_ok(), "{one:?}, {two:?}");
        for outcome in [one, two] {
            assert!(matches!(outcome, Ok(_) | Err(RebuildError::Disturbed { .. })), "{outcome:?}");
        }
        assert_eq!(it.dump().await, whole);
    }
    other.close().await;
}
