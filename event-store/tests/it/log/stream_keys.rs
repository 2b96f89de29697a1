//! Where the keys of streams lie: moved over from earlier versions, given late, ended with what else goes,
//! restored from a backup, missing.

use std::sync::Arc;

use event_store::seal::{self, StreamKey};
use event_store::testing::{Engine, TestDb};
use event_store::tree::{Signer, TreeKey, sign_now};
use event_store::{
    AppendError, Db, Log, LogOptions, OpenLogError, RawEvent, StreamId, Value, args,
};
use rstest::rstest;

use super::sealing::{ONE, TWO, clock_now, codec, met, open, value};
use super::support::{all, clock, event};

/// The migration that brings the keys into the order of the log.
const STREAM_KEYS: i64 = 202_611_271_300;

/// The events of a log whose streams are kept as an earlier version did, and that log.
async fn sealed_before(test_db: &TestDb) -> Log {
    let log = open(test_db.db(), &format!("m1:{ONE}")).await.unwrap();
    for number in 1..=250 {
        let id = format!("{number:04}");
        log.append("person", &id, 0, vec![met(number, "Camille")]).await.unwrap();
    }
    log.append("person", "0007", 1, vec![event("Forgotten", 1000)]).await.unwrap();
    log.append("person", "0008", 1, vec![met(1001, "Zoé")]).await.unwrap();
    assert_eq!(seal::wrap_as_before(&log).await.unwrap(), 249);
    log
}

/// What is read: in the open, or that it is forgotten.
async fn told(log: &Log) -> Vec<(String, bool)> {
    let told = |raw: &RawEvent| {
        let read = log.decode::<serde_json::Value>(raw).unwrap();
        (read.event.to_string(), read.erased)
    };
    all(log).await.iter().map(told).collect()
}

#[derive(sqlx::FromRow)]
struct Before {
    aggregate_type: String,
    aggregate_id: String,
    key: Option<Vec<u8>>,
}

/// Writes the events and keys of a log into a database of before.
async fn copied_to(db: &Db, log: &Log, engine: Engine) {
    let json = if engine == Engine::Postgres { "::json" } else { "" };
    let insert = format!(
        "INSERT INTO events (position, aggregate_type, aggregate_id, sequence, event_type, event_version,
                             payload, metadata, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7{json}, $8{json}, $9)"
    );
    for raw in all(log).await {
        let metadata = serde_json::to_string(&raw.metadata).unwrap();
        let args = args![
            raw.position,
            raw.aggregate_type,
            raw.aggregate_id,
            raw.sequence,
            raw.event_type,
            raw.event_version,
            raw.payload.text().as_ref(),
            metadata,
            raw.recorded_at
        ];
        db.execute(&insert, args).await.unwrap();
    }
    let keys: Vec<Before> = log
        .db()
        .fetch_all(
            "SELECT e.aggregate_type, e.aggregate_id, k.key
             FROM stream_keys k JOIN events e ON e.position = k.position",
            vec![],
        )
        .await
        .unwrap();
    let insert = "
        INSERT INTO data_keys (aggregate_type, aggregate_id, master_key, wrapped, created_at, destroyed_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    for Before { aggregate_type, aggregate_id, key } in keys {
        let text = key.map(|key| String::from_utf8(key[1..].to_vec()).unwrap());
        let (master_key, wrapped) = match &text {
            Some(text) => text.split_once(':').map(|(id, key)| (Some(id), Some(key))).unwrap(),
            None => (None, None),
        };
        let destroyed_at = key_is_gone(master_key).then(clock_now);
        let args =
            args![aggregate_type, aggregate_id, master_key, wrapped, clock_now(), destroyed_at];
        db.execute(insert, args).await.unwrap();
    }
    let (master_key, wrapped): (String, String) = log
        .db()
        .fetch_one("SELECT master_key, wrapped FROM root_keys WHERE name = 'blind'", vec![])
        .await
        .unwrap();
    let args = args!["Index", "blind", master_key, wrapped, clock_now(), Value::NullText];
    db.execute(insert, args).await.unwrap();
    let known: Vec<(String, String, String)> = log
        .db()
        .fetch_all("SELECT id, proof, first_used_at FROM master_keys", vec![])
        .await
        .unwrap();
    for (id, proof, at) in known {
        let sql = "INSERT INTO master_keys (id, proof, first_used_at) VALUES ($1, $2, $3)";
        db.execute(sql, args![id, proof, at]).await.unwrap();
    }
}

/// The signed tree over all events.
async fn signed(log: &Log) -> Option<String> {
    let signer = Signer::from(TreeKey::from_seed("test", &[7; 32]).unwrap());
    sign_now(log, clock_now(), &signer).await.unwrap()
}

const fn key_is_gone(master_key: Option<&str>) -> bool {
    master_key.is_none()
}

#[rstest]
#[tokio::test]
async fn a_database_of_before_is_moved_over_and_read_as_it_was(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let log = sealed_before(&test_db).await;
    let (before, blind) = (told(&log).await, log.blind("camille@example.org"));
    let old = TestDb::empty(engine).await;
    old.db().migrate_before(STREAM_KEYS).await.unwrap();
    copied_to(&old.db(), &log, engine).await;

    old.db().migrate().await.unwrap();
    let moved = open(old.db(), &format!("m1:{ONE}")).await.unwrap();
    assert_eq!(told(&moved).await, before);
    // What is sealed lay in the payloads; it is read as if it lay beside them, and hashed alike.
    let payloads =
        async |log: &Log| -> Vec<_> { all(log).await.into_iter().map(|raw| raw.payload).collect() };
    assert_eq!(payloads(&moved).await, payloads(&log).await);
    assert_eq!(signed(&moved).await, signed(&log).await);
    assert_eq!(moved.blind("camille@example.org"), blind);
    assert!(!before[0].1 && before[6].1, "one is forgotten, the others are not");
    let unfinished = seal::unfinished(&old.db(), 9).await.unwrap();
    assert_eq!(
        unfinished.iter().map(seal::Unfinished::stream).collect::<Vec<_>>(),
        [StreamId::new("person", "0007")]
    );
    // It goes on: an old stream with its old key, a new one with a new one.
    moved.append("person", "0009", 1, vec![met(2000, "Alix")]).await.unwrap();
    moved.append("person", "new", 0, vec![met(2001, "Alix")]).await.unwrap();
    let late = all(&moved).await.split_off(252);
    assert!(late.iter().all(|raw| value(&moved, raw)["name"] == "Alix"));
    assert!(matches!(late[0].key, StreamKey::Wrapped(_)));
    assert!(matches!(late[1].key, StreamKey::Salt(_)));
    // A rotation takes the old keys under the root key, once and for all.
    let both = open(old.db(), &format!("m2:{TWO},m1:{ONE}")).await.unwrap();
    let rotated = seal::rotate(&both, clock_now()).await.unwrap();
    assert_eq!((rotated.wrapped, rotated.retired), (251, 1), "249 streams and both root keys");
    let new = open(old.db(), &format!("m2:{TWO}")).await.unwrap();
    assert_eq!(told(&new).await[..before.len()], before);
    let again = open(old.db(), &format!("m3:{ONE},m2:{TWO}")).await.unwrap();
    assert_eq!(seal::rotate(&again, clock_now()).await.unwrap().wrapped, 2);
    let newest = open(old.db(), &format!("m3:{ONE}")).await.unwrap();
    assert_eq!(told(&newest).await[..before.len()], before);
}

/// The key of a stream as it is stored.
async fn key_of(log: &Log, id: &str) -> StreamKey {
    let sql = format!("SELECT {}", seal::stream_key_sql("$1", "$2"));
    let (key,): (StreamKey,) = log.db().fetch_one(&sql, args!["person", id]).await.unwrap();
    key
}

#[rstest]
#[tokio::test]
async fn a_stream_gets_its_key_with_its_first_personal_value_wherever_that_is(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let log = open(test_db.db(), &format!("m1:{ONE}")).await.unwrap();
    log.append("person", "late", 0, vec![event("Other", 1), event("Other", 2)]).await.unwrap();
    log.append("person", "none", 0, vec![event("Other", 3)]).await.unwrap();
    assert_eq!(key_of(&log, "late").await, StreamKey::None);
    // In one batch with one that begins, with one that is late, and with one that goes.
    let (late, begins, conflicts, goes) = tokio::join!(
        log.append("person", "late", 2, vec![event("Other", 4), met(5, "Camille")]),
        log.append("person", "begins", 0, vec![event("Other", 6), met(7, "Zoé")]),
        log.append("person", "none", 0, vec![met(8, "Alix")]),
        log.append("person", "none", 1, vec![event("Forgotten", 9)]),
    );
    assert!(late.is_ok() && begins.is_ok() && goes.is_ok());
    assert!(matches!(conflicts, Err(AppendError::Conflict)), "{conflicts:?}");
    for raw in all(&log).await.iter().filter(|raw| raw.event_type == "Met") {
        let name = if raw.aggregate_id == "late" { "Camille" } else { "Zoé" };
        assert_eq!(value(&log, raw)["name"], name);
    }
    assert_eq!(key_of(&log, "none").await, StreamKey::Destroyed);
    assert_eq!(key_of(&log, "nobody").await, StreamKey::None);
    let keys: Vec<(i64,)> =
        log.db().fetch_all("SELECT position FROM stream_keys ORDER BY 1", vec![]).await.unwrap();
    let firsts: Vec<(i64,)> = log
        .db()
        .fetch_all("SELECT position FROM events WHERE sequence = 1 ORDER BY 1", vec![])
        .await
        .unwrap();
    assert_eq!(keys, firsts, "each by the first event of its stream");
}

#[rstest]
#[tokio::test]
async fn a_batch_with_some_that_lose_their_race_keeps_the_keys_of_those_that_win(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let log = open(test_db.db(), &format!("m1:{ONE}")).await.unwrap();
    log.append("person", "there", 0, vec![met(1, "Camille")]).await.unwrap();
    let both = tokio::join!(
        log.append("person", "one", 0, vec![met(2, "Zoé"), met(3, "Zoé")]),
        log.append("person", "there", 0, vec![met(4, "Alix"), met(5, "Alix")]),
        log.append("person", "two", 0, vec![event("Other", 6), met(7, "Zoé")]),
        log.append("person", "three", 0, vec![met(8, "Zoé")]),
    );
    assert!(both.0.is_ok() && both.2.is_ok() && both.3.is_ok(), "{both:?}");
    assert!(matches!(both.1, Err(AppendError::Conflict)), "{both:?}");
    for raw in all(&log).await.iter().filter(|raw| raw.event_type == "Met") {
        let name = if raw.aggregate_id == "there" { "Camille" } else { "Zoé" };
        assert_eq!(value(&log, raw)["name"], name);
    }
    let (keys,): (i64,) =
        log.db().fetch_one("SELECT count(*) FROM stream_keys", vec![]).await.unwrap();
    assert_eq!(keys, 4);
}

/// A log whose erasures take rows of a table along.
async fn with_terms(db: &Db, erasing: &[&str]) -> Log {
    let sql = "CREATE TABLE terms (kind TEXT, id TEXT, first BIGINT, term TEXT)";
    db.execute(sql, vec![]).await.unwrap();
    let erasing = erasing.iter().map(|sql| (*sql).to_owned()).collect();
    let options =
        LogOptions { codec: codec(&format!("m1:{ONE}")), erasing, ..LogOptions::default() };
    Log::open(db.clone(), Arc::new(clock()), options).await.unwrap()
}

async fn terms(db: &Db) -> Vec<(String,)> {
    db.fetch_all("SELECT id FROM terms ORDER BY id", vec![]).await.unwrap()
}

#[rstest]
#[tokio::test]
async fn an_erasure_takes_along_what_is_named_in_its_own_transaction(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    let log = with_terms(
        &db,
        &[
            "DELETE FROM terms WHERE kind = $1 AND id = $2",
            "DELETE FROM terms WHERE first = $3 AND id = 'by position'",
        ],
    )
    .await;
    for (number, id) in (1..).zip(["one", "two", "three"]) {
        log.append("person", id, 0, vec![met(number, "Camille")]).await.unwrap();
        let sql = "INSERT INTO terms (kind, id, first, term) VALUES ('person', $1, $2, 'camille')";
        db.execute(sql, args![id, 0]).await.unwrap();
    }
    let sql = "INSERT INTO terms (kind, id, first, term) VALUES ('person', 'by position', $1, 'x')";
    db.execute(sql, args![2]).await.unwrap();
    let both = tokio::join!(
        log.append("person", "two", 1, vec![event("Forgotten", 10)]),
        log.append("person", "four", 0, vec![met(11, "Zoé")]),
        // Late: nothing of it happens.
        log.append("person", "three", 0, vec![event("Forgotten", 12)]),
    );
    assert!(both.0.is_ok() && both.1.is_ok() && both.2.is_err(), "{both:?}");
    assert_eq!(terms(&db).await, [("one".to_owned(),), ("three".to_owned(),)]);
    assert_eq!(key_of(&log, "two").await, StreamKey::Destroyed);
    assert!(matches!(key_of(&log, "three").await, StreamKey::Salt(_)));
    assert!(matches!(key_of(&log, "four").await, StreamKey::Salt(_)));
}

#[rstest]
#[tokio::test]
async fn an_erasure_that_cannot_take_something_along_does_not_happen_and_harms_no_neighbour(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    let log = with_terms(&db, &["DELETE FROM terms WHERE id = $2", "DELETE FROM not_there"]).await;
    log.append("person", "one", 0, vec![met(1, "Camille")]).await.unwrap();
    let sql = "INSERT INTO terms (kind, id, first, term) VALUES ('person', 'one', 1, 'camille')";
    db.execute(sql, vec![]).await.unwrap();
    let both = tokio::join!(
        log.append("person", "one", 1, vec![event("Forgotten", 2)]),
        log.append("person", "two", 0, vec![met(3, "Zoé")]),
    );
    assert!(matches!(both.0, Err(AppendError::Unavailable(_))), "{both:?}");
    assert!(both.1.is_ok(), "{both:?}");
    assert_eq!(terms(&db).await, [("one".to_owned(),)]);
    assert!(matches!(key_of(&log, "one").await, StreamKey::Salt(_)));
    assert_eq!(all(&log).await.len(), 2);
}

#[rstest]
#[tokio::test]
async fn keys_that_a_backup_brings_back_are_ended_again_when_the_log_is_opened(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    let keys = format!("m1:{ONE}");
    let log = open(test_db.db(), &keys).await.unwrap();
    for (number, id) in (1..).zip(["one", "two"]) {
        log.append("person", id, 0, vec![met(number, "Camille")]).await.unwrap();
    }
    let backup: Vec<(i64, Vec<u8>)> =
        db.fetch_all("SELECT position, key FROM stream_keys", vec![]).await.unwrap();
    // Forgotten since the backup was made: one that is in it, and one that is not.
    log.append("person", "three", 0, vec![met(3, "Camille")]).await.unwrap();
    log.append("person", "one", 1, vec![event("Forgotten", 4)]).await.unwrap();
    log.append("person", "three", 1, vec![event("Forgotten", 5)]).await.unwrap();
    log.close().await;
    let before = told(&log).await;
    assert_eq!(seal::keys_that_came_back(&db).await.unwrap(), 0);
    db.execute("DELETE FROM stream_keys", vec![]).await.unwrap();
    for (position, key) in backup {
        let sql = "INSERT INTO stream_keys (position, key) VALUES ($1, $2)";
        db.execute(sql, args![position, key]).await.unwrap();
    }
    assert_eq!(seal::keys_that_came_back(&db).await.unwrap(), 2);

    let restored = open(test_db.db(), &keys).await.unwrap();
    assert_eq!(seal::keys_that_came_back(&db).await.unwrap(), 0);
    assert_eq!(key_of(&restored, "one").await, StreamKey::Destroyed);
    assert_eq!(key_of(&restored, "three").await, StreamKey::Destroyed);
    assert_eq!(told(&restored).await, before);
}

#[rstest]
#[tokio::test]
async fn keys_of_events_that_the_log_lacks_are_told_and_nothing_is_changed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    let keys = format!("m1:{ONE}");
    let log = open(test_db.db(), &keys).await.unwrap();
    log.append("person", "one", 0, vec![met(1, "Camille")]).await.unwrap();
    let sql = "INSERT INTO stream_keys (position, key) VALUES (2, $1)";
    db.execute(sql, args![vec![2; 33]]).await.unwrap();
    let error = open(test_db.db(), &keys).await.unwrap_err();
    assert!(matches!(error, OpenLogError::Ahead(1)), "{error}");
    assert!(error.to_string().contains("stream_keys"), "{error}");
    let (count,): (i64,) = db.fetch_one("SELECT count(*) FROM stream_keys", vec![]).await.unwrap();
    assert_eq!(count, 2);
}

#[rstest]
#[case("stream_keys")]
#[case("erased_streams")]
#[case("root_keys")]
#[tokio::test]
async fn a_table_of_keys_that_is_missing_is_named(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[case] table: &str,
) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    db.execute(&format!("DROP TABLE {table}"), vec![]).await.unwrap();
    let error = open(test_db.db(), &format!("m1:{ONE}")).await.unwrap_err();
    assert!(matches!(error, OpenLogError::NoTable(it) if it == table), "{error}");
    assert!(error.to_string().contains(table), "{error}");
}

#[rstest]
#[case("streams")]
#[case("blind")]
#[tokio::test]
async fn a_root_key_that_is_gone_is_not_made_anew(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[case] name: &str,
) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    let keys = format!("m1:{ONE}");
    let log = open(test_db.db(), &keys).await.unwrap();
    log.append("person", "one", 0, vec![met(1, "Camille")]).await.unwrap();
    db.execute("DELETE FROM root_keys WHERE name = $1", args![name]).await.unwrap();
    let error = open(test_db.db(), &keys).await.unwrap_err();
    assert!(matches!(error, OpenLogError::Root(it) if it == name), "{error}");
    let (count,): (i64,) = db.fetch_one("SELECT count(*) FROM root_keys", vec![]).await.unwrap();
    assert_eq!(count, 1);
}

#[rstest]
#[tokio::test]
async fn a_stored_key_that_was_altered_is_told(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let log = open(test_db.db(), &format!("m1:{ONE}")).await.unwrap();
    log.append("person", "one", 0, vec![met(1, "Camille")]).await.unwrap();
    let one = StreamId::new("person", "one");
    for altered in [vec![9; 40], vec![3; 73], vec![1, b'm'], vec![2; 12]] {
        let sql = "UPDATE stream_keys SET key = $1";
        log.db().execute(sql, args![altered]).await.unwrap();
        let error = log.seal_bytes(one, "note", b"Camille").await.unwrap_err().to_string();
        assert!(error.contains("altered"), "{error}");
    }
}
