//! Whatever is done to a log that was signed is found, and named.

use event_store::testing::{Engine, TestDb};
use event_store::tree::{
    self, Finding, Keeper, KeeperError, KeptFile, Refusal, Scope, Signer, TreeError, TreeKey,
    TreeOptions, Verified, VerifyError, check, prove, sign_now, verify,
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
    /// Where the newest note is kept, besides the database.
    kept: tempfile::TempDir,
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
        let kept = tempfile::tempdir().unwrap();
        let mut it = Self { _test_db: test_db, log, key, kept, notes: vec![] };
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
        sign_now(&self.log, SystemClock.now(), &self.signer()).await.unwrap()
    }

    fn file(&self) -> KeptFile {
        KeptFile::at(self.kept.path().join("note"))
    }

    fn signer(&self) -> Signer {
        let keepers: Vec<Arc<dyn Keeper>> = vec![Arc::new(self.file())];
        Signer { keepers, ..Signer::from(self.key.clone()) }
    }

    /// Why nothing is signed.
    async fn refused(&self) -> Refusal {
        match sign_now(&self.log, SystemClock.now(), &self.signer()).await {
            Err(TreeError::Refused(refusal)) => refusal,
            other => panic!("it is not refused: {other:?}"),
        }
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
    let without_a_note = Signer::from(it.key.clone());
    let refused = sign_now(&it.log, SystemClock.now(), &without_a_note).await;
    assert!(
        matches!(refused, Err(TreeError::Refused(Refusal::NoTree { events: 400 }))),
        "{refused:?}"
    );
    assert!(tree::begin_anew(it.log.db()).await.unwrap().is_empty());
    // Who has the database alone begins the tree, and gets no signature.
    let place = it.file().place();
    assert_eq!(it.refused().await, Refusal::Smaller { place, kept: 400, tree: 0 });
    // Who has the note that was kept beside it, too, gets one.
    it.file().set_aside("stolen").unwrap().unwrap();
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
    let published = Published::default();
    let stop = CancellationToken::new();
    let start = || {
        let (log, stop) = (it.log.clone(), stop.clone());
        let signer =
            Signer { keepers: vec![Arc::new(published.clone())], ..Signer::from(it.key.clone()) };
        tokio::spawn(async move {
            let every = Duration::from_hours(1);
            let options = TreeOptions { every_events: 100, every, ..TreeOptions::default() };
            tree::run(&log, &SystemClock, &signer, options, &stop, |_| {}).await;
        })
    };
    // Two processes: one of them does it.
    let running = [start(), start()];
    for nth in 0..150 {
        it.append(1, nth).await;
    }
    while published.0.lock().unwrap().is_empty() {
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
    let newest = published.0.lock().unwrap().last().cloned();
    assert_eq!(newest, tree::latest(it.log.db()).await.unwrap());
}

/// Keeps all notes in memory.
#[derive(Clone, Debug, Default)]
struct Published(Arc<Mutex<Vec<String>>>);

#[async_trait::async_trait]
impl Keeper for Published {
    fn place(&self) -> String {
        "memory".to_owned()
    }

    async fn newest(&self) -> Result<Option<String>, KeeperError> {
        Ok(self.0.lock().unwrap().last().cloned())
    }

    fn keep(&self, note: &str) -> Result<(), KeeperError> {
        self.0.lock().unwrap().push(note.to_owned());
        Ok(())
    }
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

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_compared_is_an_error(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let it = Signed::new(engine, &[30]).await;
    it.append(8, 0).await;
    let scopes = [
        (Some(31), None),
        (Some(99_999_999), None),
        (Some(10), Some(5)),
        (None, Some(0)),
        (None, Some(-3)),
        (Some(31), Some(40)),
        (Some(i64::MAX), None),
    ];
    for (from, to) in scopes {
        let scope =
            Scope { from: from.map(Position::new), to: to.map(Position::new), kept: vec![] };
        let outcome = verify(&it.log, &it.key.verifier(), &scope).await;
        assert!(
            matches!(outcome, Err(VerifyError::NothingCompared { signed: 30, .. })),
            "{scope:?}: {outcome:?}"
        );
    }
    let last = Scope { from: Some(at(30)), to: Some(at(99)), kept: vec![] };
    assert_eq!(it.verify(&last).await.events, 1);
}

/// A log of 400 signed events, as a backup that was made at 300 leaves it: it and its tree end there.
async fn restored(engine: Engine) -> Signed {
    let mut it = Signed::new(engine, &[300]).await;
    it.run("CREATE TABLE backup AS SELECT * FROM tree_tiles").await;
    for nth in 0..100 {
        it.append(9, nth).await;
    }
    it.notes.extend(it.sign().await);
    it.unlock().await;
    for sql in [
        "DELETE FROM events WHERE position > 300",
        "DELETE FROM tree_checkpoints WHERE size > 300",
        "DELETE FROM tree_tiles",
        "INSERT INTO tree_tiles SELECT * FROM backup",
        "UPDATE checkpoints SET position = 300",
    ] {
        it.run(sql).await;
    }
    it
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_shorter_than_what_was_signed_is_not_signed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let restored = restored(engine).await;
    let place = restored.file().place();
    assert_eq!(restored.refused().await, Refusal::Smaller { place, kept: 400, tree: 300 });
    // Other events come: as many as were signed, or more.
    for nth in 0..120 {
        restored.append(9, nth).await;
    }
    assert!(matches!(restored.refused().await, Refusal::Smaller { kept: 400, tree: 300, .. }));
    // Even who lets the tree grow past it, with the key, is told on the next time.
    let without_a_note = Signer::from(restored.key.clone());
    sign_now(&restored.log, SystemClock.now(), &without_a_note).await.unwrap();
    let refused = restored.refused().await;
    assert!(matches!(refused, Refusal::Inconsistent { kept: 400, tree: 420, .. }), "{refused:?}");
    let kept = Scope { kept: vec![restored.notes[1].clone()], ..Scope::default() };
    assert_eq!(restored.verify(&kept).await.finding, Some(Finding::Kept { size: 400 }));

    // Once the note is set aside, what is there is signed.
    restored.file().set_aside("after a restore").unwrap().unwrap();
    restored.append(9, 120).await;
    restored.sign().await.unwrap();
    restored.append(9, 121).await;
    restored.sign().await.unwrap();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_note_of_the_same_log_is_no_reason_to_refuse(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(1, 255, 256, 257, 300, 512)] size: u64,
) {
    let mut it = Signed::new(engine, &[size, 300]).await;
    // Of a process that signed before, on another machine; with another key since.
    it.key = TreeKey::from_seed("renamed.example/log", &[9; 32]).unwrap();
    it.file().keep(&it.notes[0]).unwrap();
    it.append(8, 0).await;
    let note = it.sign().await.unwrap();
    assert_eq!(it.file().newest().await.unwrap(), Some(note));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_note_is_not_passed_over(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("not a note", "postulo.example/log\n3\n", "\u{0}")] text: &str,
) {
    let it = Signed::new(engine, &[3]).await;
    it.file().keep(text).unwrap();
    it.append(8, 0).await;
    let place = it.file().place();
    assert_eq!(it.refused().await, Refusal::Unreadable { place });
}

/// What a thief of the database may take out of it, and put in.
#[rstest]
#[case(&["DELETE FROM tree_tiles"])]
#[case(&["DELETE FROM tree_checkpoints"])]
#[case(&["DELETE FROM tree_tiles WHERE level = 0 AND number = 1"])]
#[case(&["DELETE FROM tree_checkpoints WHERE size = 400"])]
#[case(&["DELETE FROM tree_tiles", "DELETE FROM tree_checkpoints"])]
#[case(&["DELETE FROM tree_tiles", "DELETE FROM tree_checkpoints", "DELETE FROM checkpoints"])]
#[case(&["DELETE FROM tree_tiles", "DELETE FROM tree_checkpoints", "UPDATE checkpoints SET position = 0"])]
#[tokio::test(flavor = "multi_thread")]
async fn without_its_tree_a_log_is_not_signed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[case] statements: &[&str],
) {
    let it = Signed::new(engine, &[300, 100]).await;
    it.unlock().await;
    it.run("UPDATE events SET event_version = '2' WHERE position = 44").await;
    for sql in statements {
        it.run(sql).await;
    }
    it.append(8, 0).await;
    let outcome = sign_now(&it.log, SystemClock.now(), &it.signer()).await;
    assert!(matches!(outcome, Err(TreeError::Refused(_) | TreeError::Damaged)), "{outcome:?}");
    let kept = it.file().newest().await.unwrap();
    assert_eq!(kept.as_ref(), it.notes.last(), "the note is not replaced");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn that_the_log_is_not_signed_is_told_until_it_is(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Signed::new(engine, &[30]).await;
    it.run("DELETE FROM tree_tiles").await;
    it.run("DELETE FROM tree_checkpoints").await;
    let stop = CancellationToken::new();
    let running = {
        let (log, signer, stop) = (it.log.clone(), it.signer(), stop.clone());
        tokio::spawn(async move {
            tree::run(&log, &SystemClock, &signer, TreeOptions::default(), &stop, |_| {}).await;
        })
    };
    let db = it.log.db();
    while tree::stored_refusal(db).await.unwrap() != Some(Refusal::NoTree { events: 30 }) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    it.file().set_aside("accepted").unwrap();
    tree::begin_anew(db).await.unwrap();
    while tree::stored_refusal(db).await.unwrap().is_some() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.cancel();
    running.await.unwrap();
    assert_eq!(it.verify(&Scope::default()).await.finding, None);
}
