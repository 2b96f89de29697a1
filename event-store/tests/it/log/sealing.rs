//! Personal data in the log: sealed, opened, forgotten, and keys that are wrong.

use std::sync::Arc;

use event_store::seal::{
    self, Declared, MasterKeyError, MasterKeys, OpenError, PersonalField, StoredPayload, StreamKey,
};
use event_store::testing::{Engine, TestDb};
use event_store::{
    Codec, Db, DecodeError, Log, LogOptions, NewEvent, OpenLogError, Position, RawEvent, Reading,
    StreamId, Upcasters,
};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{all, clock, event};

pub(super) const ONE: &str = "1111111111111111111111111111111111111111111111111111111111111111";
pub(super) const TWO: &str = "2222222222222222222222222222222222222222222222222222222222222222";

fn declared() -> Declared {
    let field = |path: &[&str]| PersonalField {
        event_type: "Met".to_owned(),
        path: path.iter().map(|name| (*name).to_owned()).collect(),
        placeholder: "erased".into(),
    };
    Declared {
        fields: vec![field(&["name"]), field(&["friends", "*", "name"])],
        erasing: vec!["Forgotten".to_owned()],
    }
}

pub(super) fn codec(keys: &str) -> Codec {
    Codec::new(keys.parse().unwrap(), declared(), Upcasters::none())
}

pub(super) async fn open(db: Db, keys: &str) -> Result<Log, OpenLogError> {
    let options = LogOptions { codec: codec(keys), ..LogOptions::default() };
    Log::open(db, Arc::new(clock()), options).await
}

pub(super) fn met(number: u64, name: &str) -> NewEvent {
    let payload = json!({
        "type": "Met", "name": name, "where": "here",
        "friends": [{ "name": name, "age": 3 }, { "age": 4 }],
    });
    NewEvent { payload: payload.to_string(), ..event("Met", number) }
}

pub(super) fn value(log: &Log, raw: &RawEvent) -> Value {
    log.decode::<Value>(raw).unwrap().event
}

#[rstest]
#[tokio::test]
async fn what_is_personal_is_sealed_in_the_log_and_read_back_byte_by_byte(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let log = open(test_db.db(), &format!("m1:{ONE}")).await.unwrap();
    let events = vec![met(1, "Camille Martin"), event("Other", 2)];
    log.append("person", "one", 0, events.clone()).await.unwrap();
    log.append("person", "one", 2, vec![met(3, "Zoé")]).await.unwrap();

    let stored = all(&log).await;
    assert!(stored.iter().all(|raw| !raw.payload.text().contains("Camille")));
    let first: Value = serde_json::from_str(&stored[0].payload.text()).unwrap();
    assert_eq!(first["name"], "erased");
    assert_eq!(first["friends"], json!([{ "name": "erased", "age": 3 }, { "age": 4 }]));
    assert_eq!(stored[1].payload.text(), events[1].payload, "nothing personal, nothing sealed");
    for (raw, event) in stored.iter().zip(&events) {
        assert_eq!(log.payload(raw).unwrap(), event.payload, "byte by byte");
    }
    assert_eq!(value(&log, &stored[2])["name"], "Zoé", "the stream's own key, again");
    assert_eq!(log.stream("person", "one").await.unwrap(), stored);
    assert_eq!(log.streams("person", &["one"], Position::new(9)).await.unwrap(), stored);
}

#[rstest]
#[tokio::test]
async fn who_reads_closed_gets_placeholders_and_no_key(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let log = open(test_db.db(), &format!("m1:{ONE}")).await.unwrap();
    let events = vec![met(1, "Camille Martin"), event("Other", 2)];
    log.append("person", "one", 0, events.clone()).await.unwrap();

    let page = log.page(Position::START, 10, None, Reading::Closed).await.unwrap();
    assert_eq!(page.reached, Position::new(2));
    assert!(page.events.iter().all(|raw| raw.key == StreamKey::Unknown));
    let shown: Value = serde_json::from_str(&log.shown(&page.events[0])).unwrap();
    assert_eq!(shown["name"], "erased");
    assert_eq!(shown["where"], "here");
    assert_eq!(log.shown(&page.events[1]), events[1].payload);
    assert!(log.decode::<Value>(&page.events[0]).is_err(), "it cannot be opened without its key");

    let opened = log.page(Position::START, 10, None, Reading::Open).await.unwrap();
    assert_eq!(value(&log, &opened.events[0])["name"], "Camille Martin");
    // What is read is the same but for the key.
    let same = |(closed, open): (&RawEvent, &RawEvent)| {
        *closed == RawEvent { key: StreamKey::Unknown, ..open.clone() }
    };
    assert!(page.events.iter().zip(&opened.events).all(same));
}

#[rstest]
#[tokio::test]
async fn a_forgotten_stream_keeps_its_events_and_loses_its_person(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let log = open(test_db.db(), &format!("m1:{ONE}")).await.unwrap();
    log.append("person", "one", 0, vec![met(1, "Camille")]).await.unwrap();
    log.append("person", "two", 0, vec![met(2, "Zoé")]).await.unwrap();
    let before = all(&log).await;
    log.append("person", "one", 1, vec![event("Forgotten", 3)]).await.unwrap();

    let stored = all(&log).await;
    assert_eq!(stored[0].payload, before[0].payload, "no event is changed");
    let forgotten = log.decode::<Value>(&stored[0]).unwrap();
    assert!(forgotten.erased);
    assert_eq!(forgotten.event["name"], "erased");
    assert_eq!(forgotten.event["where"], "here");
    assert!(!log.decode::<Value>(&stored[1]).unwrap().erased);
    assert_eq!(value(&log, &stored[1])["name"], "Zoé", "nobody else is concerned");
    let keys: Vec<(i64, Option<Vec<u8>>)> = test_db
        .db()
        .fetch_all("SELECT position, key FROM stream_keys ORDER BY position", vec![])
        .await
        .unwrap();
    assert_eq!(keys[0], (1, None), "its row stays");
    assert!(keys[1].0 == 2 && keys[1].1.as_ref().is_some_and(|key| key.len() == 33));

    // What comes late leaves nothing behind either.
    log.append("person", "one", 2, vec![met(4, "Camille")]).await.unwrap();
    let late = all(&log).await.pop().unwrap();
    assert!(!late.payload.text().contains("Camille"));
    let late = log.decode::<Value>(&late).unwrap();
    assert!(late.erased && late.event["name"] == "erased");
    assert_eq!(
        log.seal_bytes(StreamId::new("person", "one"), "copy", b"Camille").await.unwrap(),
        None
    );

    let unfinished = seal::unfinished(&test_db.db(), 9).await.unwrap();
    assert_eq!(unfinished.len(), 1);
    seal::cleared(&test_db.db(), StreamId::new("person", "one"), clock_now()).await.unwrap();
    assert_eq!(seal::unfinished(&test_db.db(), 9).await.unwrap(), vec![]);
}

#[rstest]
#[tokio::test]
async fn what_lies_beside_the_log_is_opened_with_the_key_that_its_query_brings(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let log = open(test_db.db(), &format!("m1:{ONE}")).await.unwrap();
    log.append("person", "one", 0, vec![met(1, "Camille")]).await.unwrap();
    let key = async || {
        let sql = format!("SELECT {}", seal::stream_key_sql("$1", "$2"));
        let args = vec!["person".into(), "one".into()];
        let (key,): (StreamKey,) = test_db.db().fetch_one(&sql, args).await.unwrap();
        key
    };
    let (one, stored) = (StreamId::new("person", "one"), key().await);
    let sealed = log.seal_with(one, &stored, "note", b"Camille").unwrap().unwrap();
    assert!(!sealed.windows(7).any(|part| part == b"Camille"));
    assert_eq!(log.open_with(one, &stored, "note", &sealed).unwrap().unwrap(), b"Camille");
    assert_eq!(log.open_with(one, &stored, "other", &sealed), Err(OpenError::Altered));
    log.append("person", "one", 1, vec![event("Forgotten", 2)]).await.unwrap();
    assert_eq!(log.open_with(one, &key().await, "note", &sealed).unwrap(), None);

    let sealed = log.seal_of_none("note", b"Camille");
    assert!(!sealed.windows(7).any(|part| part == b"Camille"));
    assert_eq!(log.open_of_none("note", &sealed).unwrap(), b"Camille");
    assert_eq!(log.open_of_none("other", &sealed), Err(OpenError::Altered));
}

pub(super) fn clock_now() -> jiff::Timestamp {
    "2026-11-25T22:00:00Z".parse().unwrap()
}

#[rstest]
#[tokio::test]
async fn an_append_that_loses_a_race_leaves_no_key(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let log = open(test_db.db(), &format!("m1:{ONE}")).await.unwrap();
    let both = tokio::join!(
        log.append("person", "one", 0, vec![met(1, "Camille")]),
        log.append("person", "one", 0, vec![met(2, "Zoé")]),
        log.append("person", "two", 0, vec![met(3, "Alix")]),
    );
    assert!(both.0.is_ok() != both.1.is_ok(), "{both:?}");
    assert!(both.2.is_ok());
    for raw in all(&log).await {
        assert!(!log.decode::<Value>(&raw).unwrap().erased, "each is read with its own key");
    }
}

#[rstest]
#[tokio::test]
async fn a_wrong_or_missing_master_key_is_told_and_harms_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let log = open(test_db.db(), &format!("m1:{ONE}")).await.unwrap();
    log.append("person", "one", 0, vec![met(1, "Camille")]).await.unwrap();
    let before = all(&log).await;

    let wrong = open(test_db.db(), &format!("m1:{TWO}")).await.unwrap_err();
    let OpenLogError::MasterKey(MasterKeyError::Wrong { id }) = &wrong else { panic!("{wrong}") };
    assert_eq!(id, "m1");
    let missing = open(test_db.db(), &format!("m2:{TWO}")).await.unwrap_err();
    let OpenLogError::MasterKey(MasterKeyError::NotConfigured { id }) = &missing else {
        panic!("{missing}")
    };
    assert_eq!(id, "m1");

    // Without any key the log is read and verified, but for what is sealed.
    let none = Log::open(test_db.db(), Arc::new(clock()), LogOptions::default()).await.unwrap();
    let sealed = all(&none).await.remove(0);
    let error = none.decode::<Value>(&sealed).unwrap_err();
    assert!(
        matches!(&error, DecodeError::Sealed { source: OpenError::NoMasterKey, .. }),
        "{error}"
    );
    assert_eq!(all(&log).await, before);
    assert_eq!(value(&log, &before[0])["name"], "Camille");
}

#[rstest]
#[tokio::test]
async fn a_key_that_is_lost_is_not_taken_for_one_that_was_destroyed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let log = open(test_db.db(), &format!("m1:{ONE}")).await.unwrap();
    log.append("person", "one", 0, vec![met(1, "Camille")]).await.unwrap();
    let sealed = all(&log).await.remove(0);
    let error = |raw: &RawEvent| match log.decode::<Value>(raw).unwrap_err() {
        DecodeError::Sealed { source, .. } => source,
        other @ DecodeError::Shape { .. } => panic!("{other}"),
    };
    let lost = RawEvent { key: StreamKey::None, ..sealed.clone() };
    assert_eq!(error(&lost), OpenError::Lost);
    let moved = RawEvent { aggregate_id: "two".to_owned(), ..sealed.clone() };
    assert_eq!(error(&moved), OpenError::Altered, "a salt is of no use for another stream");
    let altered = sealed.payload.text().replacen("\"sealed\":\"", "\"sealed\":\"AAAA", 1);
    let altered = RawEvent { payload: StoredPayload::from_text(altered), ..sealed };
    assert_eq!(error(&altered), OpenError::Altered);
}

#[rstest]
#[tokio::test]
async fn the_master_key_is_changed_while_everything_runs(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    let old = open(test_db.db(), &format!("m1:{ONE}")).await.unwrap();
    for number in 1..=450 {
        let id = format!("{number:04}");
        old.append("person", &id, 0, vec![met(number, "Camille")]).await.unwrap();
    }
    old.append("person", "0007", 1, vec![event("Forgotten", 1000)]).await.unwrap();
    let before = all(&old).await;
    let blind = old.blind("camille@example.org");

    let both = open(test_db.db(), &format!("m2:{TWO},m1:{ONE}")).await.unwrap();
    both.append("person", "new", 0, vec![met(2000, "Zoé")]).await.unwrap();
    let rotated = seal::rotate(&both, clock_now()).await.unwrap();
    assert_eq!((rotated.wrapped, rotated.retired), (2, 1), "of streams nothing is wrapped");
    let again = seal::rotate(&both, clock_now()).await.unwrap();
    assert_eq!((again.wrapped, again.retired), (0, 0));
    let status = seal::status(&db).await.unwrap();
    assert_eq!(status.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["m2"]);

    let new = open(test_db.db(), &format!("m2:{TWO}")).await.unwrap();
    let after = all(&new).await;
    assert!(before.iter().zip(&after).all(|(old, new)| old.payload == new.payload));
    for raw in &after {
        let read = new.decode::<Value>(raw).unwrap();
        assert_eq!(read.erased, raw.aggregate_id == "0007" && raw.event_type == "Met");
    }
    assert_eq!(new.blind("camille@example.org"), blind, "what was named keeps its name");
    let gone = open(test_db.db(), &format!("m1:{ONE}")).await.unwrap_err();
    assert!(gone.to_string().contains("m2"), "{gone}");
}

#[rstest]
#[tokio::test]
async fn a_rotation_that_was_cut_off_goes_on_and_reads_on_both_sides(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let old = open(test_db.db(), &format!("m1:{ONE}")).await.unwrap();
    for number in 1..=3 {
        let id = number.to_string();
        old.append("person", &id, 0, vec![met(number, "Camille")]).await.unwrap();
    }
    let both = open(test_db.db(), &format!("m2:{TWO},m1:{ONE}")).await.unwrap();
    // Half of it: one stream is under the new key.
    both.append("person", "4", 0, vec![met(4, "Zoé")]).await.unwrap();
    let half = open(test_db.db(), &format!("m2:{TWO}")).await.unwrap_err();
    assert!(half.to_string().contains("m1"), "it says which key is still needed: {half}");
    for raw in all(&both).await {
        assert!(!both.decode::<Value>(&raw).unwrap().erased);
    }
    assert_eq!(seal::rotate(&both, clock_now()).await.unwrap().retired, 1);
    assert!(open(test_db.db(), &format!("m2:{TWO}")).await.is_ok());
}

fn histories() -> impl Strategy<Value = Vec<(u8, String, bool)>> {
    // Whose stream, what they are called, and whether they are forgotten then.
    proptest::collection::vec((0_u8..4, "[A-Z][a-zé]{5,9}", proptest::bool::weighted(0.15)), 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// For random histories and erasures: nothing of the forgotten remains, and everything else is
    /// read as it was.
    #[test]
    fn nothing_of_the_forgotten_remains_and_everything_else_stays(history in histories()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let test_db = TestDb::new(Engine::Sqlite).await;
            let log = open(test_db.db(), &format!("m1:{ONE}")).await.unwrap();
            let mut ends = [0_i64; 4];
            let mut forgotten = [false; 4];
            let mut names: Vec<Vec<String>> = vec![vec![]; 4];
            for (number, (who, name, forget)) in (1..).zip(history) {
                let (id, nth) = (who.to_string(), usize::from(who));
                let name = format!("{name}{number:03}");
                let new = if forget { event("Forgotten", number) } else { met(number, &name) };
                if !forget {
                    names[nth].push(name);
                }
                log.append("person", &id, ends[nth], vec![new]).await.unwrap();
                ends[nth] += 1;
                forgotten[nth] |= forget;
            }
            let mut told = vec![vec![]; 4];
            for raw in all(&log).await {
                let read = log.decode::<Value>(&raw).unwrap();
                let nth: usize = raw.aggregate_id.parse().unwrap();
                if raw.event_type == "Met" {
                    assert_eq!(read.erased, forgotten[nth]);
                    told[nth].push(read.event["name"].as_str().unwrap().to_owned());
                }
            }
            for nth in 0..4 {
                if forgotten[nth] {
                    assert!(told[nth].iter().all(|name| name == "erased"));
                } else {
                    assert_eq!(told[nth], names[nth]);
                }
            }
            // Nothing in the file, forgotten or not: names are sealed.
            log.close().await;
            let path = test_db.url().trim_start_matches("sqlite:").to_owned();
            test_db.db().close().await;
            for path in [path.clone(), format!("{path}-wal")] {
                let bytes = std::fs::read(&path).unwrap_or_default();
                for name in names.iter().flatten() {
                    let found = bytes.windows(name.len()).any(|window| window == name.as_bytes());
                    assert!(!found, "{name} lies in {path}");
                }
            }
        });
    }
}

#[test]
fn keys_are_never_shown() {
    let keys: MasterKeys = format!("m1:{ONE}").parse().unwrap();
    assert!(!format!("{keys:?} {:?}", codec(&format!("m1:{ONE}"))).contains("1111"));
}
