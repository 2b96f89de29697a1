use event_store::testing::{Engine, TestDb};
use event_store::{Db, DbError, Value, args, timestamp_text};
use rstest::rstest;

#[derive(Debug, PartialEq, sqlx::FromRow)]
struct Sample {
    id: String,
    open: bool,
    opened: Option<bool>,
    count: i64,
    counted: Option<i64>,
    share: Option<f64>,
    note: Option<String>,
    bytes: Vec<u8>,
    more: Option<Vec<u8>>,
}

/// The types that a migration spells alike on both engines, and the one that it does not.
async fn samples(engine: Engine) -> (TestDb, Db) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    let blob = match db {
        Db::Sqlite(_) => "BLOB",
        Db::Postgres(_) => "BYTEA",
    };
    let table = format!(
        "CREATE TABLE samples (
            id TEXT NOT NULL PRIMARY KEY, open BOOLEAN NOT NULL, opened BOOLEAN,
            count BIGINT NOT NULL, counted BIGINT, share DOUBLE PRECISION, note TEXT,
            bytes {blob} NOT NULL, more {blob}
        )"
    );
    db.execute(&table, args![]).await.unwrap();
    (test_db, db)
}

const ADD: &str = "
    INSERT INTO samples (id, open, opened, count, counted, share, note, bytes, more)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

const ALL: &str = "
    SELECT id, open, opened, count, counted, share, note, bytes, more
    FROM samples
    ORDER BY id";

fn full() -> Vec<Value> {
    args![
        "a",
        true,
        Some(false),
        2_i64,
        Some(3_i64),
        Some(0.5),
        Some("n"),
        vec![0_u8, 255],
        Some(vec![7_u8])
    ]
}

fn minimal() -> Vec<Value> {
    args![
        "b".to_owned(),
        false,
        None::<bool>,
        i64::MAX,
        None::<i64>,
        None::<f64>,
        None::<String>,
        Vec::<u8>::new(),
        None::<Vec<u8>>
    ]
}

#[rstest]
#[tokio::test]
async fn every_value_and_every_null_comes_back_as_it_was_bound(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (_keep, db) = samples(engine).await;
    assert_eq!(db.execute(ADD, full()).await.unwrap(), 1);
    assert_eq!(db.execute(ADD, minimal()).await.unwrap(), 1);
    let rows: Vec<Sample> = db.fetch_all(ALL, args![]).await.unwrap();
    assert_eq!(
        rows,
        [
            Sample {
                id: "a".to_owned(),
                open: true,
                opened: Some(false),
                count: 2,
                counted: Some(3),
                share: Some(0.5),
                note: Some("n".to_owned()),
                bytes: vec![0, 255],
                more: Some(vec![7]),
            },
            Sample {
                id: "b".to_owned(),
                open: false,
                opened: None,
                count: i64::MAX,
                counted: None,
                share: None,
                note: None,
                bytes: vec![],
                more: None,
            },
        ]
    );
}

#[rstest]
#[tokio::test]
async fn booleans_sums_and_counts_are_portable(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (_keep, db) = samples(engine).await;
    db.execute(ADD, full()).await.unwrap();
    let row: (bool, i64, i64, Option<String>) = db
        .fetch_one(
            "SELECT open AND count > 1, CAST(sum(count) OVER () AS BIGINT), count(*) OVER (), max(note) OVER ()
             FROM samples WHERE open = $1",
            args![true],
        )
        .await
        .unwrap();
    assert_eq!(row, (true, 2, 1, Some("n".to_owned())));
}

#[rstest]
#[tokio::test]
async fn a_statement_that_writes_may_return_rows(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (_keep, db) = samples(engine).await;
    let (id,): (String,) = db.fetch_one(&format!("{ADD} RETURNING id"), full()).await.unwrap();
    assert_eq!(id, "a");
}

#[rstest]
#[tokio::test]
async fn a_transaction_happens_whole_or_not(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (_keep, db) = samples(engine).await;
    let mut tx = db.begin().await.unwrap();
    tx.execute(ADD, full()).await.unwrap();
    let own: Vec<Sample> = tx.fetch_all(ALL, args![]).await.unwrap();
    let others: Vec<Sample> = db.fetch_all(ALL, args![]).await.unwrap();
    assert_eq!((own.len(), others.len()), (1, 0));
    drop(tx);
    let mut tx = db.begin().await.unwrap();
    assert_eq!(tx.fetch_all::<Sample>(ALL, args![]).await.unwrap(), vec![]);
    tx.execute(ADD, full()).await.unwrap();
    tx.rollback().await.unwrap();
    let mut tx = db.begin().await.unwrap();
    tx.execute(ADD, minimal()).await.unwrap();
    assert!(tx.fetch_optional::<Sample>(ALL, args![]).await.unwrap().is_some());
    tx.commit().await.unwrap();
    let rows: Vec<Sample> = db.fetch_all(ALL, args![]).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].id, "b");
}

#[rstest]
#[tokio::test]
async fn errors_say_what_the_caller_can_do(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (_keep, db) = samples(engine).await;
    db.execute(ADD, full()).await.unwrap();
    let twice = db.execute(ADD, full()).await;
    assert!(
        matches!(&twice, Err(DbError::Duplicate { key, .. }) if key.contains("samples")),
        "{twice:?}"
    );
    let missing = db.fetch_one::<Sample>("SELECT * FROM samples WHERE id = $1", args!["z"]).await;
    assert!(matches!(missing, Err(DbError::NoRow)), "{missing:?}");
    let nonsense = db.execute("SELEKT", args![]).await;
    assert!(matches!(nonsense, Err(DbError::Statement(_))), "{nonsense:?}");
}

#[rstest]
#[tokio::test]
async fn text_sorts_by_bytes(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    for name in ["b", "a", "é", "B", "_"] {
        db.execute("INSERT INTO checkpoints (name, position) VALUES ($1, 0)", args![name])
            .await
            .unwrap();
    }
    let names: Vec<(String,)> =
        db.fetch_all("SELECT name FROM checkpoints ORDER BY name", args![]).await.unwrap();
    let names: String = names.into_iter().map(|(name,)| name).collect();
    assert_eq!(names, "B_abé");
}

#[rstest]
#[tokio::test]
async fn a_time_is_kept_as_text_that_sorts(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let at: jiff::Timestamp = "2026-11-20T22:24:14.5Z".parse().unwrap();
    let (text,): (String,) =
        test_db.db().fetch_one("SELECT CAST($1 AS TEXT)", args![at]).await.unwrap();
    assert_eq!(text, timestamp_text(at));
}

#[rstest]
#[tokio::test]
async fn migrating_is_done_once_and_by_two_at_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::empty(engine).await;
    let (one, two) = (test_db.db(), Db::connect(test_db.url()).await.unwrap());
    let pending = one.pending_migrations().await.unwrap();
    assert_eq!(pending[0], "0001_log");
    let (first, second) = tokio::join!(one.migrate(), two.migrate());
    first.unwrap();
    second.unwrap();
    assert_eq!(two.pending_migrations().await.unwrap(), Vec::<String>::new());
    one.migrate().await.unwrap();
    two.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_databases_of_tests_lack_nothing_and_share_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (one, other) = tokio::join!(TestDb::new(engine), TestDb::new(engine));
    for test_db in [&one, &other] {
        assert_eq!(test_db.db().pending_migrations().await.unwrap(), Vec::<String>::new());
    }
    one.db().execute("DROP TABLE checkpoints", args![]).await.unwrap();
    let (rows,): (i64,) =
        other.db().fetch_one("SELECT COUNT(*) FROM checkpoints", args![]).await.unwrap();
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn an_address_that_is_not_ours_is_refused_without_its_password() {
    for url in [
        "mysql://root:secret@db/x",
        "sqlite::memory:",
        "postulo.db",
        "postgres://u:secret@h:notaport/x",
    ] {
        let error = Db::connect(url).await.unwrap_err();
        assert!(matches!(error, DbError::Address(_)), "{url}: {error:?}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn reading_goes_on_while_a_transaction_is_open() {
    let test_db = TestDb::new(Engine::Sqlite).await;
    let db = test_db.db();
    let mut tx = db.begin().await.unwrap();
    tx.execute("INSERT INTO checkpoints (name, position) VALUES ($1, 1)", args!["x"])
        .await
        .unwrap();
    let rows: Vec<(String,)> = db.fetch_all("SELECT name FROM checkpoints", args![]).await.unwrap();
    assert_eq!(rows, vec![]);
    let written = db
        .fetch_all::<(String,)>(
            "WITH x AS (SELECT 1) DELETE FROM checkpoints RETURNING name",
            args![],
        )
        .await;
    assert!(written.is_err(), "a reading connection cannot write");
    tx.commit().await.unwrap();
}

/// Whoever waits may be gone at any point: a browser that closes the connection drops what its
/// request was doing.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_nobody_waits_for_any_more_is_not_left_open(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (test_db, db) = samples(engine).await;
    for round in 0..400 {
        give_up_after(round, db.begin()).await;
    }
    db.begin().await.unwrap().commit().await.unwrap();
    for round in 0..400 {
        let mut tx = db.begin().await.unwrap();
        let write = "UPDATE samples SET count = count + 1";
        give_up_after(round, tx.execute(write, args![])).await;
        give_up_after(round / 8, tx.commit()).await;
    }
    db.begin().await.unwrap().commit().await.unwrap();
    drop(test_db);
}

/// Polls a few times, and drops it.
async fn give_up_after(round: u64, doing: impl Future) {
    let mut doing = std::pin::pin!(doing);
    for _ in 0..round % 8 {
        if futures::poll!(doing.as_mut()).is_ready() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_micros(round * 7 % 400));
    }
}
