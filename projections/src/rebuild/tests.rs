use domain::examples;
use event_store::testing::{Engine, TestDb};
use event_store::{Actor, ActorKind, FixedClock, LogOptions, Metadata, NewEvent, args};
use rstest::rstest;
use uuid::Uuid;

use super::*;
use crate::applications;

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
    let event = NewEvent::encode(&examples::submitted(), id, metadata).unwrap();
    log.append("JobApplication", &id.to_string(), 0, vec![event]).await.unwrap();
}

/// A log without events, and the tables of every read model.
async fn opened(engine: Engine) -> (TestDb, Log, Arc<FixedClock>) {
    let test_db = TestDb::new(engine).await;
    crate::schema::prepare(&test_db.db()).await.unwrap();
    let clock = Arc::new(FixedClock::new(examples::minutes(0)));
    let log = Log::open(test_db.db(), clock.clone(), LogOptions::default()).await.unwrap();
    (test_db, log, clock)
}

/// A rebuild that goes no step by itself, with pages of so many events.
fn by_steps<'a>(
    log: &Log,
    clock: Arc<FixedClock>,
    projection: &'a dyn Projection,
    page: Option<i64>,
) -> Rebuild<'a> {
    let applier = Applier { log: log.clone(), clock };
    Rebuild { applier, pages: Pages::new(log, page), projection, alters: false }
}

async fn rows(log: &Log, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    log.db().fetch_one::<(i64,)>(&sql, args![]).await.unwrap().0
}

#[rstest]
#[tokio::test]
async fn what_was_shown_while_the_copy_grew_does_not_vanish(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (_test_db, log, clock) = opened(engine).await;
    let projection = named("applications").unwrap();
    let rebuild = by_steps(&log, clock, &*projection, Some(2));
    append(&log, 1).await;
    schema::begin(log.db(), &*projection).await.unwrap();
    rebuild.claim().await.unwrap();
    let built = rebuild.catch_up(Position::START, &mut Patience::default()).await.unwrap();

    // Five come in, and the live runner shows them, before the copy takes its place.
    for n in 2..=6 {
        append(&log, n).await;
    }
    let mut shown = Position::START;
    while shown < Position::new(6) {
        let page = rebuild.pages.alone(shown, None).await.unwrap();
        let prepared = Applier::prepare(&*projection, None, &page, shown).await.unwrap();
        let reached = prepared.reached;
        rebuild.applier.write(&*projection, Generation::Live, shown, prepared).await.unwrap();
        shown = reached;
    }

    let swapped = rebuild.swap(built).await.unwrap();
    assert_eq!(swapped, Some(Position::new(6)));
    let name = rebuild.checkpoint(Generation::Live);
    let stored = checkpoint::read(log.db(), &name).await.unwrap();
    assert_eq!(stored, Some(Position::new(6)));
    for n in 1..=6 {
        let row = applications::find(&log, Uuid::from_u128(n)).await;
        assert!(row.unwrap().is_some(), "application {n}");
    }
}

#[tokio::test]
async fn it_goes_on_once_who_held_the_database_lets_go() {
    let (_test_db, log, clock) = opened(Engine::Sqlite).await;
    let db = log.db();
    append(&log, 1).await;
    let projection = named("applications").unwrap();
    schema::begin(db, &*projection).await.unwrap();
    // Whoever wants to write meanwhile is told that the database does not answer.
    let held = db.begin().await.unwrap();
    let rebuild = by_steps(&log, clock, &*projection, None);
    let (built, told) = tokio::join!(rebuild.run(), async {
        let told = db.execute("DELETE FROM checkpoints", args![]).await;
        held.rollback().await.unwrap();
        told
    });
    assert!(matches!(told, Err(DbError::Unavailable(_))), "{told:?}");
    assert_eq!(built.unwrap(), Position::new(1));
}

#[rstest]
#[tokio::test]
async fn the_rows_from_before_are_deleted_in_pieces(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (_test_db, log, clock) = opened(engine).await;
    let db = log.db();
    for n in 1..=5 {
        append(&log, n).await;
    }
    for _ in 0..2 {
        let rebuilt = rebuild(&log, clock.clone(), "applications").await.unwrap();
        assert_eq!(rebuilt.position, Position::new(5));
        assert_eq!(
            (rows(&log, "applications").await, rows(&log, "applications_rebuild").await),
            (5, 0)
        );
        assert_eq!(copies(db).await.unwrap(), []);
        // The indexes that were dropped are there again.
        assert_eq!(schema::prepare(db).await.unwrap(), Vec::<&str>::new());
        let catalog = db.catalog().await.unwrap();
        let indexes = |table: &str| catalog[table].indexes.len();
        assert_eq!(indexes("applications"), indexes("applications_rebuild"));
        assert_ne!(indexes("applications"), 0);
    }

    // One that was cut off in the middle of it, and one whose copy another rebuild has taken.
    db.execute("INSERT INTO applications_rebuild SELECT * FROM applications", args![])
        .await
        .unwrap();
    let name = checkpoint_name("applications", Generation::Rebuilding);
    checkpoint::start(db, &name, Position::new(5)).await.unwrap();
    assert!(!abandon(db, "applications", Position::new(4)).await.unwrap());
    assert_eq!(rows(&log, "applications_rebuild").await, 5);
    assert!(abandon(db, "applications", Position::new(5)).await.unwrap());
    assert_eq!(rows(&log, "applications_rebuild").await, 0);
    assert_eq!(copies(db).await.unwrap(), []);
}

#[rstest]
#[tokio::test]
async fn who_was_frozen_meanwhile_cannot_write_to_a_copy_that_is_being_deleted(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (_test_db, log, clock) = opened(engine).await;
    let db = log.db();
    append(&log, 1).await;
    let projection = named("applications").unwrap();
    schema::begin(db, &*projection).await.unwrap();
    let frozen = by_steps(&log, clock.clone(), &*projection, None);
    frozen.claim().await.unwrap();
    let built = frozen.catch_up(Position::START, &mut Patience::default()).await.unwrap();

    // Another one came as far, and was cut off before it had deleted the rows from before.
    rebuild(&log, clock, "applications").await.unwrap();
    let left = "INSERT INTO applications_rebuild SELECT * FROM applications";
    db.execute(left, args![]).await.unwrap();
    let name = frozen.checkpoint(Generation::Rebuilding);
    checkpoint::start(db, &name, CLEARING).await.unwrap();
    append(&log, 2).await;
    let told = frozen.catch_up(built, &mut Patience::default()).await;
    assert!(matches!(told, Err(ApplyError::Moved(_))), "{told:?}");
    assert_eq!(progress(db, "applications").await.unwrap(), None, "it is not being built");

    clear_left(db, &*projection).await;
    assert_eq!(rows(&log, "applications_rebuild").await, 0);
    assert_eq!(copies(db).await.unwrap(), []);
}
