//! Whatever is done to a log that was signed is found, and named.

use event_store::testing::{Engine, TestDb};
use event_store::tree::{
    self, Finding, Publish, Scope, TreeKey, TreeOptions, Verified, check, prove, sign_now, verify,
};
use event_store::{
    Actor, ActorKind, Db, Log, LogOptions, Metadata, NewEvent, Position, SystemClock,
};
use event_store::{Clock as _, args};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rstest::rstest;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

struct Signed {
    // Deleted when it is dropped.
    _test_db: TestDb,
    log: Log,
    key: TreeKey,
    /// Every note, oldest first.
    notes: Vec<String>,
}

impl Signed {
    /// A log of so many events in a few streams, signed after each of the parts.
    async fn new(engine: Engine, parts: &[u64]) -> Self {
        let test_db = TestDb::new(engine).await;
        let log =
            Log::open(test_db.db(), Arc::new(SystemClock), LogOptions::default()).await.unwrap();
        let key = TreeKey::from_seed("tests.example/log", &[7; 32]).unwrap();
        let mut it = Self { _test_db: test_db, log, key, notes: vec![] };
        let mut streams = [0_i64; 7];
        for part in parts {
            for nth in 0..*part {
                let stream = usize::try_from(nth * 31 % 7).unwrap();
                it.append(stream, streams[stream]).await;
                streams[stream] += 1;
            }
            it.notes.extend(it.sign().await);
        }
        it
    }

    async fn append(&self, stream: usize, before: i64) {
        let event_id = Uuid::from_u128(
            (u128::try_from(stream).unwrap() << 64) + u128::try_from(before).unwrap(),
        );
        let event = NewEvent {
            event_id,
            event_type: "Happened".to_owned(),
            event_version: "1".to_owned(),
            payload: format!(r#"{{"stream": {stream}, "nth": {before}, "text": "Zoé �"}}"#),
            metadata: Metadata {
                event_id,
                correlation_id: Uuid::nil(),
                causation_id: Uuid::nil(),
                actor: Actor::new(ActorKind::System),
                trace_id: None,
                span_id: None,
            },
        };
        self.log.append("Thing", &id(stream), before, vec![event]).await.unwrap();
    }

    async fn sign(&self) -> Option<String> {
        sign_now(&self.log, SystemClock.now(), &self.key).await.unwrap()
    }

    async fn verify(&self, scope: &Scope) -> Verified {
        verify(&self.log, &self.key.verifier(), scope).await.unwrap()
    }

    async fn finding(&self) -> Option<Finding> {
        self.verify(&Scope::default()).await.finding
    }

    /// As somebody with the database's password would.
    async fn run(&self, sql: &str) {
        self.log.db().execute(sql, args![]).await.unwrap();
    }

    async fn unlock(&self) {
        match self.log.db() {
            Db::Sqlite(_) => {
                self.run("DROP TRIGGER events_are_never_changed").await;
                self.run("DROP TRIGGER events_are_never_deleted").await;
            }
            Db::Postgres(_) => self.run("DROP TRIGGER events_are_append_only ON events").await,
        }
    }

    /// Moves the events from this position on by so much.
    async fn shift(&self, from: u64, by: i64) {
        self.run(&format!("UPDATE events SET position = -position WHERE position >= {from}")).await;
        self.run(&format!("UPDATE events SET position = -position + {by} WHERE position < 0"))
            .await;
    }
}

fn id(stream: usize) -> String {
    Uuid::from_u128(u128::try_from(stream).unwrap() + 1).to_string()
}

fn at(position: u64) -> Position {
    Position::new(i64::try_from(position).unwrap())
}

#[derive(Clone, Copy, Debug)]
enum Alteration {
    Flip { column: usize, position: u64 },
    Delete { position: u64 },
    DeleteAndCloseUp { position: u64 },
    Insert { position: u64 },
    Swap { one: u64, other: u64 },
}

impl Alteration {
    /// Does it, and says what is to be found.
    async fn perform(self, it: &Signed, size: u64) -> Finding {
        let cut_off = |left: u64| Finding::CutOff { head: at(left), signed: size };
        match self {
            Self::Flip { column, position } => {
                let sets = [
                    "event_type = 'Happenned'",
                    "event_version = '2'",
                    "aggregate_type = 'Think'",
                    "recorded_at = '2020-01-01T00:00:00.000000Z'",
                    "sequence = sequence + 1000",
                    "payload = '{\"stream\": 1, \"nth\": 1, \"text\": \"Zoe\"}'",
                    "metadata = '{}'",
                ];
                let set = sets[column % sets.len()];
                it.run(&format!("UPDATE events SET {set} WHERE position = {position}")).await;
                Finding::Altered(at(position))
            }
            Self::Delete { position } => {
                it.run(&format!("DELETE FROM events WHERE position = {position}")).await;
                if position == size { cut_off(size - 1) } else { Finding::Missing(at(position)) }
            }
            Self::DeleteAndCloseUp { position } => {
                it.run(&format!("DELETE FROM events WHERE position = {position}")).await;
                it.shift(position + 1, -1).await;
                if position == size { cut_off(size - 1) } else { Finding::Missing(at(position)) }
            }
            Self::Insert { position } => {
                it.shift(position, 1).await;
                it.run(&format!(
                    "INSERT INTO events (position, aggregate_type, aggregate_id, sequence, event_type,
                         event_version, payload, metadata, recorded_at)
                     SELECT {position}, aggregate_type, aggregate_id, sequence + 5000, event_type,
                         event_version, payload, metadata, recorded_at
                     FROM events WHERE position = {}",
                    position + 1
                ))
                .await;
                Finding::Inserted(at(position))
            }
            Self::Swap { one, other } => {
                it.run(&format!("UPDATE events SET position = -1 WHERE position = {one}")).await;
                it.run(&format!("UPDATE events SET position = {one} WHERE position = {other}"))
                    .await;
                it.run(&format!("UPDATE events SET position = {other} WHERE position = -1")).await;
                Finding::Reordered { at: at(one), was_at: at(other) }
            }
        }
    }
}

fn alterations(size: u64) -> impl Strategy<Value = Alteration> {
    let position = 1..=size;
    prop_oneof![
        (0..7_usize, position.clone())
            .prop_map(|(column, position)| Alteration::Flip { column, position }),
        position.clone().prop_map(|position| Alteration::Delete { position }),
        position.clone().prop_map(|position| Alteration::DeleteAndCloseUp { position }),
        position.clone().prop_map(|position| Alteration::Insert { position }),
        (1..size, 1..size).prop_map(move |(one, step)| {
            let other = (one + step).min(size);
            Alteration::Swap { one, other }
        }),
    ]
}

#[rstest]
#[case(Engine::Sqlite, 60)]
#[case(Engine::Postgres, 20)]
fn whatever_is_altered_is_found_and_named(#[case] engine: Engine, #[case] cases: u32) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let histories = prop::collection::vec(1_u64..150, 1..4).prop_flat_map(|parts| {
        let size = parts.iter().sum::<u64>().max(2);
        (Just(parts), alterations(size))
    });
    let mut runner = TestRunner::new(Config { cases, ..Config::default() });
    let outcome = runner.run(&histories, |(parts, alteration)| {
        runtime.block_on(async {
            let size = parts.iter().sum::<u64>();
            if size < 2 {
                return Ok(());
            }
            let it = Signed::new(engine, &parts).await;
            let before = it.verify(&Scope::default()).await;
            prop_assert_eq!(before.finding, None);
            prop_assert_eq!(
                (before.events, before.signed, before.signatures),
                (size, size, parts.len())
            );
            it.unlock().await;
            let expected = alteration.perform(&it, size).await;
            prop_assert_eq!(it.finding().await, Some(expected));
            Ok(())
        })
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn hashes_that_were_altered_too_do_not_hide_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Signed::new(engine, &[300, 300, 100]).await;
    it.unlock().await;
    it.run("UPDATE tree_tiles SET hashes = (SELECT hashes FROM tree_tiles WHERE level = 0 AND number = 0) WHERE level = 0 AND number = 1").await;
    assert_eq!(it.finding().await, Some(Finding::TreeDamaged), "the events are whole");
    it.run("UPDATE events SET event_version = '2' WHERE position = 444").await;
    let rewritten = Finding::Rewritten { after: at(300), up_to: at(600) };
    assert_eq!(it.finding().await, Some(rewritten));
    it.run("DELETE FROM tree_tiles").await;
    let rewritten = Finding::Rewritten { after: at(300), up_to: at(600) };
    assert_eq!(it.finding().await, Some(rewritten));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_signs_a_forged_log_with_the_stolen_key_is_found_by_a_note_that_was_kept(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Signed::new(engine, &[300, 100]).await;
    it.unlock().await;
    it.run("UPDATE events SET event_version = '2' WHERE position = 44").await;
    for table in ["tree_tiles", "tree_checkpoints", "checkpoints"] {
        it.run(&format!("DELETE FROM {table}")).await;
    }
    it.sign().await;
    assert_eq!(it.finding().await, None, "by itself it looks whole");
    let kept = Scope { kept: vec![it.notes[0].clone()], ..Scope::default() };
    assert_eq!(it.verify(&kept).await.finding, Some(Finding::Kept { size: 300 }));

    // Another key's notes are worth nothing.
    let other = TreeKey::from_seed("tests.example/log", &[8; 32]).unwrap();
    verify(&it.log, &other.verifier(), &kept).await.unwrap_err();
    let forged = verify(&it.log, &other.verifier(), &Scope::default()).await.unwrap().finding;
    assert!(matches!(forged, Some(Finding::Note { size: 400, .. })), "{forged:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_stretch_is_verified_without_the_rest(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Signed::new(engine, &[700]).await;
    it.append(7, 0).await;
    it.unlock().await;
    it.run("UPDATE events SET event_version = '2' WHERE position = 44").await;
    let after = Scope { from: Some(at(45)), to: Some(at(600)), ..Scope::default() };
    let verified = it.verify(&after).await;
    assert_eq!((verified.events, verified.unsigned, verified.finding), (556, 1, None));
    let around = Scope { from: Some(at(40)), to: Some(at(50)), ..Scope::default() };
    assert_eq!(it.verify(&around).await.finding, Some(Finding::Altered(at(44))));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_proof_is_checked_without_the_database_and_for_nothing_else(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Signed::new(engine, &[300, 333]).await;
    let verifier = it.key.verifier();
    let proof = prove(it.log.db(), "Thing", &id(3), &verifier).await.unwrap();
    assert!(proof.events.len() > 50);
    let text = serde_json::to_string(&proof).unwrap();
    check(&serde_json::from_str(&text).unwrap(), &verifier).unwrap();
    let mut forged = proof.clone();
    forged.events[5].leaf.payload = forged.events[5].leaf.payload.replace("Zoé", "Zoe");
    check(&forged, &verifier).unwrap_err();
    let mut moved = proof.clone();
    moved.events[5].leaf.position += 1;
    check(&moved, &verifier).unwrap_err();
    let mut older = proof;
    older.checkpoint.clone_from(&it.notes[0]);
    check(&older, &verifier).unwrap_err();
    prove(it.log.db(), "Thing", "nobody", &verifier).await.unwrap_err();
    it.append(8, 0).await;
    prove(it.log.db(), "Thing", &id(8), &verifier).await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_key_was_changed_is_verified_with_both_keys() {
    let mut it = Signed::new(Engine::Sqlite, &[30]).await;
    let before = it.key.verifier();
    it.key = TreeKey::from_seed("tests.example/log", &[9; 32]).unwrap();
    it.append(8, 0).await;
    it.sign().await;
    assert!(matches!(it.finding().await, Some(Finding::Note { size: 30, .. })));
    let both = it.key.verifier().and(before);
    let verified = verify(&it.log, &both, &Scope::default()).await.unwrap();
    assert_eq!((verified.signatures, verified.finding), (2, None));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_tree_that_runs_signs_after_so_many_events_and_the_rest_when_it_stops(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Signed::new(engine, &[]).await;
    let published = Arc::new(Mutex::new(vec![]));
    let stop = CancellationToken::new();
    let start = || {
        let (log, key, stop) = (it.log.clone(), it.key.clone(), stop.clone());
        let kept = published.clone();
        tokio::spawn(async move {
            let publish: Publish = Arc::new(move |note| kept.lock().unwrap().push(note.to_owned()));
            let every = Duration::from_hours(1);
            let options = TreeOptions { every_events: 100, every, ..TreeOptions::default() };
            tree::run(&log, &SystemClock, &key, options, &publish, &stop).await;
        })
    };
    // Two processes: one of them does it.
    let running = [start(), start()];
    for nth in 0..150 {
        it.append(1, nth).await;
    }
    while published.lock().unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for nth in 150..250 {
        it.append(1, nth).await;
    }
    stop.cancel();
    for task in running {
        task.await.unwrap();
    }
    let verified = it.verify(&Scope::default()).await;
    assert_eq!((verified.signed, verified.unsigned, verified.finding), (250, 0, None));
    assert!(verified.signatures >= 3, "at 100, at the end of that look, and at the end");
    let newest = published.lock().unwrap().last().cloned();
    assert_eq!(newest, tree::latest(it.log.db()).await.unwrap());
}

/// SQLite keeps any bytes and any type in any column.
#[rstest]
#[case("payload = CAST(unhex(replace(hex(payload), 'EFBFBD', 'FF')) AS TEXT)")]
#[case("payload = CAST(payload || x'00' AS TEXT)")]
#[case("sequence = sequence || 'x'")]
#[case("sequence = 'x'")]
#[case("sequence = sequence + 0.5")]
#[case("recorded_at = CAST(recorded_at || x'FF' AS TEXT)")]
#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_text_and_numbers_that_are_none_are_alterations(#[case] set: &str) {
    let it = Signed::new(Engine::Sqlite, &[30]).await;
    it.unlock().await;
    it.run(&format!("UPDATE events SET {set} WHERE position = 17")).await;
    assert_eq!(it.finding().await, Some(Finding::Altered(at(17))), "{set}");
}
