//! The master key: lost, wrong, half changed, and changed by a process that is killed again and again.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use event_store::seal;
use event_store::testing::{Engine, TestDb};
use event_store::{Db, Log, LogOptions, Position, SystemClock, args};
use rstest::rstest;

use super::search::{bytes_of, cells};
use crate::place::{PATIENCE, Place};
use crate::services::alone;

fn key(id: &str, digit: char) -> String {
    format!("{id}:{}", digit.to_string().repeat(64))
}

/// A place with some applications sealed under `m1`, and its database.
async fn sealed(engine: Engine, applications: usize) -> (TestDb, Place) {
    let test_db = TestDb::empty(engine).await;
    let place = Place::new(&[
        ("POSTULO_DATABASE_URL", test_db.url()),
        ("POSTULO_MASTER_KEYS", &key("m1", '1')),
    ]);
    place.print(&["seed", "--applications", &applications.to_string()]);
    place.print(&["audit", "checkpoint"]);
    (test_db, place)
}

/// Every value of every table, and the file, where it is one.
async fn everything(test_db: &TestDb) -> (Vec<(String, Vec<Vec<u8>>)>, Vec<u8>) {
    let file = test_db.url().strip_prefix("sqlite:");
    if file.is_some() {
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        test_db.db().execute(sql, args![]).await.unwrap();
    }
    let bytes = file.map(|file| bytes_of(Path::new(file))).unwrap_or_default();
    (cells(&test_db.db()).await, bytes)
}

/// Ends by itself; a service that starts although it should not is ended.
fn ended(mut command: Command) -> Output {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let deadline = Instant::now() + PATIENCE;
    while child.try_wait().unwrap().is_none() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = child.kill();
    child.wait_with_output().unwrap()
}

/// An application of the database.
async fn one_of(db: &Db) -> String {
    let sql = "SELECT aggregate_id FROM events WHERE event_type = 'Submitted' LIMIT 1";
    let (id,): (String,) = db.fetch_one(sql, args![]).await.unwrap();
    id
}

/// Commands that open what is sealed.
const COMMANDS: [&[&str]; 7] = [
    &["serve"],
    &["keys", "rotate"],
    &["audit", "history", "ID"],
    &["projector"],
    &["events", "check"],
    &["retention", "run"],
    &["projections", "rebuild", "--all"],
];

/// Each of these commands says which key it lacks, and leaves everything alone.
async fn refused(test_db: &TestDb, place: &Place, commands: &[&[&str]], named: &str, given: &str) {
    let id = one_of(&test_db.db()).await;
    let before = everything(test_db).await;
    for arguments in commands {
        let arguments: Vec<_> =
            arguments.iter().map(|word| if *word == "ID" { &*id } else { word }).collect();
        let mut command = place.command();
        command.args(&arguments).env("POSTULO_MASTER_KEYS", given);
        let output = ended(command);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
        assert!(told.contains(&format!("the master key {named}")), "{arguments:?}: {told}");
        assert!(told.contains("POSTULO_MASTER_KEYS"), "{arguments:?}: {told}");
        assert!(!told.contains("panicked"), "{arguments:?}: {told}");
        for part in given.split(',') {
            let (_, secret) = part.split_once(':').unwrap();
            assert!(!told.contains(secret), "{arguments:?} shows the key");
        }
    }
    assert!(everything(test_db).await == before, "something was changed");
    // Whether the log is whole can be told without it.
    let mut command = place.command();
    command.args(["audit", "verify"]).env("POSTULO_MASTER_KEYS", given);
    let verified = command.output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_master_key_that_is_lost_wrong_or_half_changed_is_named_and_nothing_is_touched(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let _alone = alone().await;
    let (test_db, mut place) = sealed(engine, 30).await;
    let (one, two) = (key("m1", '1'), key("m2", '2'));
    let wrong = format!("{two},{}", key("m1", '3'));
    refused(&test_db, &place, &COMMANDS, "m1", &two).await;
    refused(&test_db, &place, &COMMANDS[..3], "m1", &key("m1", '2')).await;
    refused(&test_db, &place, &COMMANDS[..1], "m1", &wrong).await;

    // Some are under the new key.
    place.set("POSTULO_MASTER_KEYS", &format!("{two},{one}"));
    place.print(&["seed", "--applications", "30", "--seed", "2"]);
    place.print(&["audit", "checkpoint"]);
    refused(&test_db, &place, &COMMANDS[..3], "m1", &two).await;
    refused(&test_db, &place, &COMMANDS[..3], "m2", &one).await;

    // And with both of them all is well.
    let checked = place.print(&["events", "check"]);
    assert!(checked.contains("follow their schemas"), "{checked}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_verified_without_any_master_key(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let _alone = alone().await;
    let (_test_db, place) = sealed(engine, 5).await;
    let mut command = place.command();
    let output = command.args(["audit", "verify"]).env_remove("POSTULO_MASTER_KEYS").output();
    assert!(output.unwrap().status.success());
    assert!(!place.path("master-keys").exists(), "a key was made that nobody asked for");
}

/// Every event in the open.
async fn read(db: &Db, keys: &str) -> Vec<String> {
    let codec = commands::codec(Some(keys.parse().unwrap()));
    let options = LogOptions { codec, ..LogOptions::default() };
    let log = Log::open(db.clone(), Arc::new(SystemClock), options).await.unwrap();
    let events = log.read_after(Position::START, i64::MAX).await.unwrap();
    let payloads = events.iter().map(|raw| log.payload(raw).unwrap()).collect();
    log.close().await;
    payloads
}

/// How many keys this master key wraps, of the database and of streams.
async fn wrapped_by(db: &Db, id: &str) -> i64 {
    let all = seal::status(db).await.unwrap();
    all.iter().find(|it| it.id == id).map_or(0, |it| it.wraps)
}

/// The keys of streams as an earlier version kept them, wrapped by the current master key.
async fn as_before(db: &Db, keys: &str) {
    let codec = commands::codec(Some(keys.parse().unwrap()));
    let options = LogOptions { codec, ..LogOptions::default() };
    let log = Log::open(db.clone(), Arc::new(SystemClock), options).await.unwrap();
    assert!(seal::wrap_as_before(&log).await.unwrap() > 0);
    log.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_that_is_killed_again_and_again_ends_with_everything_readable(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    const KILLS: usize = 3;
    // How often it may end before it is met in the middle.
    const ATTEMPTS: usize = 200;
    let _alone = alone().await;
    let (test_db, mut place) = sealed(engine, 1500).await;
    let db = test_db.db();
    let (mut old, mut new) = (key("m1", '1'), key("m2", '2'));
    let before = read(&db, &old).await;
    let (mut kills, mut attempts) = (0, 0);
    while kills < KILLS {
        attempts += 1;
        assert!(attempts < ATTEMPTS, "it was never met in the middle");
        let both = format!("{new},{old}");
        place.set("POSTULO_MASTER_KEYS", &both);
        as_before(&db, &old).await;
        let (from, to) = (&old[..2], &new[..2]);
        let had = wrapped_by(&db, from).await;
        let mut command = place.command();
        let mut child = command.args(["keys", "rotate"]).stdout(Stdio::null()).spawn().unwrap();
        // It goes page by page: it is killed after the first ones.
        while wrapped_by(&db, from).await > had - 100 && child.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        if wrapped_by(&db, from).await > 0 {
            kills += usize::from(wrapped_by(&db, from).await < had);
            // Half and half: every event is read, and nothing is served without one of the two.
            assert_eq!(read(&db, &both).await, before);
        }
        place.print(&["keys", "rotate"]);
        assert_eq!((wrapped_by(&db, from).await, wrapped_by(&db, to).await), (0, 2));
        (old, new) = (new.clone(), old.clone());
    }
    let told = place.print(&["keys", "rotate"]);
    assert!(told.contains("keys were wrapped anew"), "{told}");
    assert_eq!(wrapped_by(&db, &new[..2]).await, 0);
    assert_eq!(read(&db, &old).await, before);
    place.set("POSTULO_MASTER_KEYS", &old);
    place.print(&["events", "check"]);
    refused(&test_db, &place, &COMMANDS[..1], &old[..2], &new).await;
}
