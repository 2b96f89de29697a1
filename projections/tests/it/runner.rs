use std::sync::Arc;
use std::time::Duration;

use cqrs_es::persist::{EventUpcaster, SemanticVersionEventUpcaster};
use domain::application::{AnswerKind, ApplicationEvent};
use domain::examples;
use event_store::testing::Engine;
use event_store::{Db, Log, LogOptions, NewEvent, Position, Upcasters, checkpoint};
use projections::{NotProjected, Projections, applications, status, wait_for};
use rstest::rstest;

use crate::support::{DEADLINE, Fixture, application, fixture, options, until};

/// Applications with three events each.
async fn fill(it: &Fixture, applications: std::ops::RangeInclusive<u128>) {
    for n in applications {
        it.append(application(n), 0, &[examples::submitted()]).await;
        let answer = examples::answer(AnswerKind::Interview, true);
        let answered = examples::answered(1, answer, None);
        it.append(application(n), 1, &[examples::sent(), answered]).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_waited_for_is_there(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let it = fixture(engine).await;
    let running = it.start(1000);
    for n in 1..=20 {
        let position = it.append(application(n), 0, &[examples::submitted()]).await;
        running.wait_for(&["applications"], position, DEADLINE).await.unwrap();
        let row = applications::find(&it.log, application(n)).await.unwrap();
        assert_eq!(row.unwrap().submitted_position, position);
    }
    let head = it.log.head().await.unwrap();
    running.wait_for(&[], head, DEADLINE).await.unwrap();
    assert!(running.progress().iter().all(|(_, seen)| *seen == head));
    running.stop().await;
    // Stopped: every checkpoint is stored, even of those whom nothing concerned.
    let statuses = status(&it.log).await.unwrap();
    assert_eq!(statuses.len(), projections::all().len());
    for status in statuses {
        assert_eq!((status.position, status.lag), (head, 0), "{}", status.name);
        assert_eq!(status.stuck, None);
        assert_eq!(status.updated_at, Some(examples::minutes(0)));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn waiting_ends_with_the_time_or_a_wrong_name(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let running = it.start(1000);
    let never = Position::new(1);
    let short = Duration::from_millis(30);
    let late = running.wait_for(&["answers"], never, short).await;
    assert!(matches!(late, Err(NotProjected::Late { position }) if position == never));
    let late = wait_for(it.db(), &["answers"], never, short).await;
    assert!(matches!(late, Err(NotProjected::Late { .. })));
    let wrong = running.wait_for(&["answer"], never, short).await.unwrap_err();
    assert!(wrong.to_string().contains("applications, application_events, answers"));
    running.stop().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_runs_no_projection_can_wait_too(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let other = it.other_process().await;
    let elsewhere = Projections::start(other.clone(), it.clock.clone(), &options(1000));
    // This one runs the clients only; the safety net sees the rest.
    let partners = vec![projections::named("clients").unwrap()];
    let here = Projections::start_these(it.log.clone(), it.clock.clone(), &options(9), partners);
    let position = it.append(application(1), 0, &[examples::submitted()]).await;
    let names = ["applications", "answers"];
    wait_for(it.db(), &names, position, DEADLINE).await.unwrap();
    here.wait_for(&["clients"], position, DEADLINE).await.unwrap();
    here.stop().await;
    here.wait_for(&["clients"], position, DEADLINE).await.unwrap();
    elsewhere.stop().await;
    other.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_write_each_event_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let other = it.other_process().await;
    let one = it.start(4);
    let two = Projections::start(other.clone(), it.clock.clone(), &options(7));
    fill(&it, 1..=40).await;
    let head = it.log.head().await.unwrap();
    one.wait_for(&[], head, DEADLINE).await.unwrap();
    two.wait_for(&[], head, DEADLINE).await.unwrap();
    one.stop().await;
    two.stop().await;
    let live = it.dump().await;
    assert_eq!(it.dump_of("application_events").await.len(), 120);
    for projection in projections::all() {
        it.rebuild(projection.name()).await;
    }
    assert_eq!(it.dump().await, live);
    other.close().await;
}

/// A process that dies in the middle: its runtime is torn down, with whatever it was doing.
fn die_after(url: &str, clock: Arc<event_store::FixedClock>, events: i64) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let db = Db::connect(url).await.unwrap();
        let log = Log::open(db, clock.clone(), LogOptions::default()).await.unwrap();
        let start = checkpoint::read(log.db(), "projection:application_events")
            .await
            .unwrap()
            .unwrap_or_default();
        let running = Projections::start(log, clock, &options(5));
        until("some batches are written", async || {
            running.progress().iter().any(|(_, seen)| seen.since(start) >= events)
        })
        .await;
    });
    runtime.shutdown_background();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_batches_loses_and_doubles_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    fill(&it, 1..=60).await;
    for _ in 0..5 {
        let (url, clock) = (it.url().to_owned(), it.clock.clone());
        tokio::task::spawn_blocking(move || die_after(&url, clock, 15)).await.unwrap();
    }
    it.project().await;
    let live = it.dump().await;
    assert_eq!(it.dump_of("application_events").await.len(), 180);
    assert_eq!(it.dump_of("answers").await.len(), 60);
    for projection in projections::all() {
        it.rebuild(projection.name()).await;
    }
    assert_eq!(it.dump().await, live);
}

/// An event whose shape no version here knows.
fn from_the_future(it: &Fixture) -> NewEvent {
    let known =
        it.new_event(&ApplicationEvent::Withdrawn { reason: None, at: examples::minutes(9) });
    NewEvent {
        event_version: "2".to_owned(),
        payload: r#"{"type":"Withdrawn","when":"Camille Martin said so"}"#.to_owned(),
        ..known
    }
}

fn mends() -> Upcasters {
    let upcaster: Box<dyn EventUpcaster> = Box::new(SemanticVersionEventUpcaster::new(
        "Withdrawn",
        "3.0.0",
        Box::new(|mut payload| {
            payload["at"] = "2026-11-20T09:09:00Z".into();
            payload
        }),
    ));
    Upcasters::new(vec![upcaster])
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_read_holds_a_projection_up_visibly(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    fill(&it, 1..=2).await; // six events
    let unknown = NewEvent { event_version: "2.0.0".to_owned(), ..from_the_future(&it) };
    let id = application(1).to_string();
    it.log.append("JobApplication", &id, 3, vec![unknown]).await.unwrap();
    fill(&it, 3..=3).await;
    let head = it.register("demo", examples::partner_settings()).await;

    // These do not ask for it.
    let others = [
        "answers",
        "clients",
        "application_terms",
        "suppressions",
        "operator_acts",
        "subjects",
        "erasure_cases",
        "recorded_events",
        "permits",
        "permit_terms",
        "permit_validity",
        "tracked_applications",
        "candidate_tasks",
        "job_alerts",
        "alert_matches",
        "offers",
    ];
    let running = it.start(1000);
    running.wait_for(&others, head, DEADLINE).await.unwrap();
    until("it is noted", async || {
        let statuses = status(&it.log).await.unwrap();
        statuses.iter().filter(|status| status.stuck.is_some()).count() == 3
    })
    .await;
    running.stop().await;
    for status in status(&it.log).await.unwrap() {
        match status.name {
            name if others.contains(&name) => {
                assert_eq!(status.stuck, None);
                assert_eq!(status.position, head);
            }
            name => {
                let stuck = status.stuck.unwrap();
                assert_eq!(stuck.position, Position::new(7), "{name}");
                assert_eq!(status.position, Position::new(6), "all before it is shown");
                assert!(stuck.error.contains("Withdrawn 2.0.0 at position 7"));
                assert!(!stuck.error.contains("Camille"));
            }
        }
    }
    assert_eq!(it.dump_of("applications").await.len(), 2);
    let before = it.dump().await;
    let clock = it.clock.clone();
    let refused = projections::rebuild(&it.log, clock, "applications").await;
    assert!(refused.unwrap_err().to_string().contains("position 7"));
    assert_eq!(it.dump().await, before, "the old rows stay");
    // Of all that are built at once, those alone are not that read it.
    assert_eq!(it.rebuild_all().await, ["applications", "application_events", "emails"]);
    assert_eq!(it.dump().await, before);

    // A version runs that can read it.
    let codec = commands::codec_with(
        domain::AGGREGATES,
        Some(event_store::testing::master_keys()),
        mends(),
    );
    let newer = LogOptions { codec, ..LogOptions::default() };
    let log = Log::open(it.db().clone(), it.clock.clone(), newer).await.unwrap();
    let running = Projections::start(log, it.clock.clone(), &options(1000));
    running.wait_for(&[], head, DEADLINE).await.unwrap();
    running.stop().await;
    let statuses = status(&it.log).await.unwrap();
    assert!(statuses.iter().all(|status| status.stuck.is_none() && status.lag == 0));
    let row = applications::find(&it.log, application(1)).await.unwrap();
    assert_eq!(row.unwrap().status.as_str(), "withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_fails_is_tried_again() {
    let it = fixture(Engine::Sqlite).await;
    it.append(application(1), 0, &[examples::submitted()]).await;
    it.db().execute("ALTER TABLE applications RENAME TO away", vec![]).await.unwrap();
    let running = it.start(1000);
    let head = it.log.head().await.unwrap();
    running.wait_for(&["emails"], head, DEADLINE).await.unwrap();
    let statuses = status(&it.log).await.unwrap();
    assert_eq!(statuses[0].position, Position::START);
    it.db().execute("ALTER TABLE away RENAME TO applications", vec![]).await.unwrap();
    running.wait_for(&[], head, DEADLINE).await.unwrap();
    running.stop().await;
    assert_eq!(it.dump_of("applications").await.len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn batches_that_a_crash_of_the_database_took_back_are_written_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let running = it.start(1000);
    fill(&it, 1..=3).await;
    let head = it.log.head().await.unwrap();
    running.wait_for(&[], head, DEADLINE).await.unwrap();

    // What is left after a crash that lost the last commits: rows and checkpoint go together.
    let mut tx = it.db().begin().await.unwrap();
    tx.execute("DELETE FROM applications", event_store::args![]).await.unwrap();
    checkpoint::set(&mut tx, "projection:applications", Position::START).await.unwrap();
    tx.commit().await.unwrap();

    // Nothing more happens, and yet they come back.
    let is_back = async || applications::find(&it.log, application(3)).await.unwrap().is_some();
    until("the rows are back", is_back).await;
    assert!(applications::find(&it.log, application(1)).await.unwrap().is_some());
    running.stop().await;
}
