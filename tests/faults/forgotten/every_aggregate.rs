//! Values of a person are planted in every aggregate that keeps something of people, as its schemas
//! have it: a new one is in this test by itself. They lie sealed; then the person is erased, and nothing
//! can be opened any more.

use std::collections::BTreeSet;

use commands::parked::{Key, Verdict, park};
use commands::{MailedEmail, people};
use cqrs_es::Aggregate as _;
use domain::account::Account;
use domain::erasure::{ErasureBasis, RecordRef};
use domain::schema::personal_fields;
use domain::{AGGREGATES, EmailAddress, examples};
use event_store::testing::Engine;
use event_store::{Actor, ActorKind, Clock as _, Metadata, NewEvent, StreamId, SystemClock};
use projections::subjects;
use rstest::rstest;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::archive::{Archive, cause};
use super::search::{Found, Search};
use crate::services::alone;

const ADDRESS: &str = "zenobiane.quartzberg@courrier.example";

/// The account of the person, whom every id in an event names: what belongs to an account names its owner so.
const OWNER: &str = "01950000-0000-7000-8000-000000000001";

/// Texts of the patterns that schemas name.
const SAMPLES: [&str; 5] = ["demo", "D1102", "73282932000074", "text", "2026-11-20"];

/// Makes events of their schemas, with values that occur nowhere else where they are personal.
#[derive(Default)]
pub(super) struct Planter {
    planted: BTreeSet<String>,
}

fn is_true(schema: &Value, key: &str) -> bool {
    schema.get(key) == Some(&Value::Bool(true))
}

fn items<'a>(schema: &'a Value, key: &str) -> &'a [Value] {
    schema.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// What a schema stands for: itself, or what it refers to, or its first alternative.
fn resolved<'a>(whole: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema.get("$ref").and_then(Value::as_str);
    let referred = name.and_then(|name| whole.pointer(name.trim_start_matches('#')));
    let mut alternatives = ["oneOf", "anyOf", "allOf"].iter().flat_map(|key| items(schema, key));
    match referred.or_else(|| alternatives.next()) {
        Some(inner) => resolved(whole, inner),
        None => schema,
    }
}

fn holds_personal(whole: &Value, schema: &Value) -> bool {
    if is_true(schema, "x-personal") {
        return true;
    }
    let schema = resolved(whole, schema);
    let properties = schema.get("properties").and_then(Value::as_object);
    is_true(schema, "x-personal")
        || schema.get("items").is_some_and(|inner| holds_personal(whole, inner))
        || properties.into_iter().flatten().any(|(_, inner)| holds_personal(whole, inner))
}

impl Planter {
    /// A value that follows this schema, with everything in it that may be personal.
    fn value(&mut self, whole: &Value, schema: &Value) -> Value {
        if is_true(schema, "x-personal") {
            return self.personal(schema).into();
        }
        let schema = resolved(whole, schema);
        if let Some(only) = schema.get("const") {
            return only.clone();
        }
        if let Some(first) = items(schema, "enum").first() {
            return first.clone();
        }
        let kind = schema.get("type");
        let kind = kind.and_then(|kind| kind.as_str().or_else(|| kind.get(0)?.as_str()));
        match kind.unwrap_or_else(|| panic!("no type: {schema}")) {
            "object" => self.object(whole, schema),
            "array" => {
                let inner = schema.get("items").filter(|inner| holds_personal(whole, inner));
                inner.into_iter().map(|inner| self.value(whole, inner)).collect()
            }
            "integer" => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
            "boolean" => json!(true),
            "string" => plain(schema).into(),
            other => panic!("no {other} can be made yet: {schema}"),
        }
    }

    fn object(&mut self, whole: &Value, schema: &Value) -> Value {
        let required = items(schema, "required");
        let mut made = Map::new();
        for (name, inner) in schema["properties"].as_object().unwrap() {
            if required.contains(&json!(name)) || holds_personal(whole, inner) {
                made.insert(name.clone(), self.value(whole, inner));
            }
        }
        made.into()
    }

    /// A value of the person's; the address itself where it says whose record it is.
    fn personal(&mut self, schema: &Value) -> String {
        let n = self.planted.len();
        let letters: String = [n / 26 % 26, n % 26]
            .map(|nth| char::from(b'a' + u8::try_from(nth).unwrap()))
            .iter()
            .collect();
        let placeholder = schema["x-placeholder"].as_str().unwrap();
        if schema.get("contentMediaType").is_some() {
            // A profile, or what somebody looks for.
            let word = format!("Feldspathite {letters}");
            self.planted.insert(word.clone());
            let is_profile = placeholder == "{}";
            let said =
                if is_profile { json!({ "title": word }) } else { json!({ "keywords": [word] }) };
            return said.to_string();
        }
        let value = if is_true(schema, "x-subject") {
            ADDRESS.to_owned()
        } else if schema.get("format").is_some_and(|format| format == "email") {
            format!("feldspath.{letters}@fournil.example")
        } else if schema.get("format").is_some_and(|format| format == "uri") {
            format!("https://feldspath.example/{letters}")
        } else if schema.get("pattern").is_some() {
            hex::encode(Sha256::digest(format!("feldspath {letters}")))
        } else if placeholder.starts_with('+') {
            format!("06 98 76 {:02} {:02}", 50 + n / 100, n % 100)
        } else {
            format!("Feldspathite {letters}")
        };
        self.planted.insert(value.clone());
        value
    }
}

/// A text that is nobody's, of this format or pattern.
fn plain(schema: &Value) -> &'static str {
    match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => "2026-11-20T09:00:00Z",
        Some("zoned-date-time") => "2026-12-03T14:30:00+01:00[Europe/Paris]",
        Some("uuid") => OWNER,
        Some("email") => "bonjour@postulo.example",
        Some(other) => panic!("no text of the format {other} can be made yet: {schema}"),
        None => {
            let validator = jsonschema::validator_for(schema).unwrap();
            let fits = |sample: &&&str| validator.is_valid(&json!(sample));
            SAMPLES.iter().find(fits).unwrap_or_else(|| panic!("no sample fits {schema}"))
        }
    }
}

/// The events of a stream in which everything personal is planted that this aggregate may hold.
fn planted_events(
    aggregate: &str,
    planter: &mut Planter,
    fresh_id: &dyn Fn() -> Uuid,
) -> Vec<NewEvent> {
    let described = AGGREGATES.iter().find(|it| it.aggregate_type == aggregate).unwrap();
    let schemas = domain::schema::of_events(AGGREGATES);
    let mut events = vec![];
    for kind in described.kinds {
        let file = format!("{}.v{}.json", kind.name, kind.version);
        let (_, schema) = schemas.iter().find(|(name, _)| *name == file).unwrap();
        if !holds_personal(schema, schema) {
            continue;
        }
        let payload = planter.value(schema, schema);
        let validator = jsonschema::validator_for(schema).unwrap();
        assert!(validator.is_valid(&payload), "{file}: {payload:#}");
        let event_id = fresh_id();
        events.push(NewEvent {
            event_id,
            event_type: kind.name.to_owned(),
            event_version: kind.version.to_string(),
            payload: payload.to_string(),
            metadata: Metadata {
                event_id,
                correlation_id: event_id,
                causation_id: event_id,
                actor: Actor::named(ActorKind::Partner, "demo"),
                trace_id: None,
                span_id: None,
            },
        });
    }
    events
}

/// What lies beside every stream: an e-mail as it was sent, and a reaction that failed.
pub(super) async fn lie_beside(it: &Archive, record: &RecordRef, planter: &mut Planter) {
    let text = json!({ "x-personal": true, "x-placeholder": "erased" });
    let subject = planter.personal(&text);
    let (kind, id) = (record.aggregate_type.as_str(), record.aggregate_id.as_str());
    let (stream, now) = (StreamId::new(kind, id), SystemClock.now());
    let email = MailedEmail {
        from: "candidatures@postulo.example".into(),
        to: ADDRESS.to_owned().into(),
        reply_to: None,
        subject: subject.clone().into(),
        date: now,
        text: subject.clone().into(),
        html: subject.into(),
        calendar: None,
        files: vec![],
    };
    let message_id = format!("{}@postulo.example", it.commands.fresh_id());
    it.commands.emails().keep_email(stream, "letter", &message_id, &email).await.unwrap();
    let detail = planter.personal(&text);
    let position = it.head().await;
    let key = Key { reactor: "employer_email", position, stream, event_type: "Submitted" };
    let verdict = Verdict::Failed { cause: "the server refused it", detail: Some(&detail) };
    park(&it.log, &key, 1, &verdict, now).await.unwrap();
}

/// Plants values in a stream of this aggregate, and beside it. What belongs to an account belongs to the
/// person's.
async fn plant(it: &Archive, aggregate: &'static str, planter: &mut Planter) -> RecordRef {
    let id = match aggregate {
        Account::TYPE => OWNER.to_owned(),
        _ => it.commands.fresh_id().to_string(),
    };
    if people::all().iter().any(|kept| kept.aggregate() == aggregate && kept.belongs()) {
        let (owner, record) = (StreamId::of::<Account>(OWNER), StreamId::new(aggregate, &id));
        it.commands.people().belongs(owner, record).await.unwrap();
    }
    let events = planted_events(aggregate, planter, &|| it.commands.fresh_id());
    it.log.append(aggregate, &id, 0, events).await.unwrap();
    let record = RecordRef::new(aggregate, &id).unwrap();
    lie_beside(it, &record, planter).await;
    record
}

/// Plants values in a stream of every aggregate that holds some of a person, and beside it; answers the values.
pub(super) async fn plant_in_every_aggregate(it: &Archive) -> Vec<String> {
    let mut planter = Planter::default();
    let fields = personal_fields(AGGREGATES);
    for aggregate in AGGREGATES {
        if !fields.iter().any(|it| aggregate.kinds.iter().any(|kind| kind.name == it.event)) {
            continue;
        }
        plant(it, aggregate.aggregate_type, &mut planter).await;
    }
    it.settle().await;
    planter.planted.into_iter().collect()
}

fn names(records: &[RecordRef]) -> BTreeSet<String> {
    records.iter().map(ToString::to_string).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_any_aggregate_keeps_of_a_person_is_found_by_their_address_and_goes(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let _alone = alone().await;
    let it = Archive::new(engine, &[]).await;
    let mut planter = Planter::default();
    let (mut named, mut owned) = (BTreeSet::new(), BTreeSet::new());
    for kept in people::all() {
        let record = plant(&it, kept.aggregate(), &mut planter).await;
        if kept.belongs() { &mut owned } else { &mut named }.insert(record.to_string());
    }
    it.settle().await;
    let address: EmailAddress = examples::valid(ADDRESS);
    let found = subjects::of(&it.log, &address).await.unwrap();
    assert_eq!(names(&found), named);
    let account = StreamId::of::<Account>(OWNER);
    let belongings = it.commands.people().belongings(account).await.unwrap();
    assert_eq!(names(&belongings), owned);

    // It is sealed wherever it lies, and all there for who has the keys.
    let search = Search::new(&planter.planted);
    let there: BTreeSet<_> = it.look_opened(&search).await.into_keys().collect();
    assert_eq!(there, planter.planted);
    let mut open = Found::new();
    it.look_at_rest(&search, &mut open).await;
    assert!(open.is_empty(), "this lies in the open: {open:#?}");
    let export = it.commands.people().dossier(&address, &found).await.unwrap();
    assert!(!export.chapters.is_empty());

    let basis = ErasureBasis::CommandLine;
    let people = it.commands.people();
    let erased = people.forget_person(&address, &found, &basis, &cause()).await.unwrap();
    assert_eq!(names(&erased), named);
    assert_eq!(people.belongings(account).await.unwrap(), []);
    it.settle().await;
    let streams = found
        .iter()
        .chain(&belongings)
        .map(|record| StreamId::new(record.aggregate_type.as_str(), record.aggregate_id.as_str()));
    it.is_forgotten(&address, &streams.collect::<Vec<_>>()).await;
    let left = it.look_opened(&search).await;
    assert!(left.is_empty(), "of who was erased this can be opened: {left:#?}");
    let mut left = Found::new();
    search.look_in_tables(it.db(), &mut left).await;
    assert!(left.is_empty(), "of who was erased there is left: {left:#?}");
    it.close().await;
}
