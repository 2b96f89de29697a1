//! What is personal in any read model, by the declarations: stored nowhere in the open, read back, gone
//! with the key, and refused in another's place.

use std::collections::BTreeMap;

use domain::application::{AnswerKind, ApplicationEvent, Basis, Letter};
use domain::erasure::{ErasureCaseEvent, RecordRef};
use domain::permit::{Permit, PermitEvent};
use domain::space::{
    AlertCriteria, AlertFrequency, AlertZone, CandidateTaskEvent, CriteriaFields, DescribedBy,
    Description, JobAlertEvent, Note, TaskDetails, TaskStatus, ToldOffers, TrackedApplicationEvent,
    TrackedDetails, TrackedStatus,
};
use domain::suppression::{SuppressedAddress, SuppressionEvent, SuppressionReason};
use domain::{Personal, examples};
use event_store::testing::Engine;
use event_store::{Codec, Db, DbError, Log, LogOptions, NewEvent, Upcasters, args};
use projections::{Owner, Privacy, Table, applications, columns, permits};
use rstest::rstest;
use serde_json::Value as Json;

use crate::support::{Fixture, application, fixture};

/// Two of everything that somebody's data come from.
async fn planted(engine: Engine) -> Fixture {
    let it = fixture(engine).await;
    for n in 1..=2 {
        let mut history = vec![examples::submitted_in_full(), examples::sent()];
        for (nth, kind) in (1..).zip(AnswerKind::ALL) {
            history.push(examples::answered(nth, examples::answer(kind, true), None));
        }
        history.push(ApplicationEvent::EmailFailed {
            letter: Letter::Confirmation,
            cause: Personal::new(examples::valid("550 5.1.1 no such user")),
            at: examples::minutes(5),
        });
        it.append(application(n), 0, &history).await;
        let address = format!("suppressed-{n}@example.org");
        let suppressed = SuppressionEvent::AddressSuppressed {
            address: Personal::new(examples::valid(&address)),
            reason: SuppressionReason::Bounced,
            until: examples::minutes(60),
            at: examples::minutes(1),
        };
        let mailbox = it.log.blind(&SuppressedAddress::name_of(&address));
        it.log.append("Mailbox", &mailbox, 0, vec![it.new_event(&suppressed)]).await.unwrap();
        let opened = ErasureCaseEvent::ErasureCaseOpened {
            address: Personal::new(examples::valid("who.asked@example.org")),
            records: vec![RecordRef::application(application(n))],
            requested_by: examples::valid("operator-1"),
            at: examples::minutes(3),
        };
        let case = application(100 + n).to_string();
        it.log.append("ErasureCase", &case, 0, vec![it.new_event(&opened)]).await.unwrap();
        let number = u64::try_from(n).unwrap();
        let dossier = Box::new(examples::granted(number, "2027-05-10"));
        let requested = PermitEvent::PermitRequested { dossier, at: examples::minutes(4) };
        let permit = Permit::id_of(3272, number);
        it.log.append("Permit", &permit, 0, vec![it.new_event(&requested)]).await.unwrap();
        let space = plant_space(&it, n);
        let tracked = application(200 + n).to_string();
        it.log.append("TrackedApplication", &tracked, 0, space.0).await.unwrap();
        let task = application(300 + n).to_string();
        it.log.append("CandidateTask", &task, 0, space.1).await.unwrap();
        let alert = application(600 + n).to_string();
        it.log.append("JobAlert", &alert, 0, plant_alert(&it, n)).await.unwrap();
    }
    it.project().await;
    it
}

/// What somebody looks for, and was told of.
fn plant_alert(it: &Fixture, n: u128) -> Vec<NewEvent> {
    let said =
        |text: &str| examples::valid::<domain::Line<80>>(&format!("{text} de la personne {n}"));
    let fields = CriteriaFields { keywords: vec![said("métier")], ..CriteriaFields::default() };
    let created = JobAlertEvent::JobAlertCreated {
        owner: application(400 + n),
        name: Personal::new(examples::valid(said("Alerte").as_str())),
        criteria: Personal::new(AlertCriteria::new(fields).unwrap()),
        frequency: AlertFrequency::Daily,
        zone: Personal::new(examples::valid::<AlertZone>(
            ["Pacific/Nauru", "Indian/Reunion"][usize::from(n == 2)],
        )),
        up_to: 0,
        at: examples::minutes(5),
    };
    let offers = Personal::new(ToldOffers::new(vec![application(700 + n)]));
    let at = examples::minutes(6);
    let matched = JobAlertEvent::JobAlertMatched { offers, total: 1, up_to: 9, at };
    vec![it.new_event(&created), it.new_event(&matched)]
}

/// What somebody tracks, and a task of theirs, with everything that may be personal in them.
fn plant_space(it: &Fixture, n: u128) -> (Vec<NewEvent>, Vec<NewEvent>) {
    let (owner, at) = (application(400 + n), examples::minutes(5));
    let said = |text: &str| format!("{text} de la personne {n}");
    let note = Note {
        id: application(500 + n),
        text: Personal::new(examples::valid(&said("Note"))),
        at,
        edited_at: None,
    };
    let description = Description {
        text: Personal::new(examples::valid(&said("Description"))),
        by: DescribedBy::Owner,
    };
    let tracked = TrackedApplicationEvent::TrackedApplicationAdded {
        owner,
        details: Box::new(TrackedDetails {
            company: Personal::new(examples::valid(&said("Entreprise"))),
            position: Personal::new(examples::valid(&said("Poste"))),
            location: Some(Personal::new(examples::valid(&said("Lieu")))),
            url: Some(Personal::new(examples::valid(&format!("https://offre-{n}.example/")))),
            applied_on: examples::valid("2026-11-20"),
        }),
        status: TrackedStatus::Sent,
        description: Some(description),
        notes: vec![note],
        at,
    };
    let tags = vec![Personal::new(examples::valid(&said("Étiquette")))];
    let tagged = TrackedApplicationEvent::TrackedApplicationTagged { tags, at };
    let task = CandidateTaskEvent::CandidateTaskAdded {
        owner,
        details: Box::new(TaskDetails {
            title: Personal::new(examples::valid(&said("Tâche"))),
            description: Some(Personal::new(examples::valid(&said("Détail")))),
            due_on: None,
            application: None,
        }),
        status: TaskStatus::ToDo,
        at,
    };
    (vec![it.new_event(&tracked), it.new_event(&tagged)], vec![it.new_event(&task)])
}

/// Ends the keys of everybody's streams, and lets no read model know.
async fn forget(it: &Fixture) {
    for (kind, id, sequence) in streams(it).await {
        let at = examples::minutes(9);
        let event = match &*kind {
            "JobApplication" => {
                let basis = Basis::Retention;
                it.new_event(&ApplicationEvent::PersonalDataErased { basis, at })
            }
            "Mailbox" => it.new_event(&SuppressionEvent::AddressForgotten { at }),
            "ErasureCase" => it.new_event(&ErasureCaseEvent::ErasureCaseDropped { at }),
            "Permit" => it.new_event(&PermitEvent::PermitErased { at }),
            "TrackedApplication" => {
                it.new_event(&TrackedApplicationEvent::TrackedApplicationErased { at })
            }
            "JobAlert" => it.new_event(&JobAlertEvent::JobAlertDeleted { at }),
            "CandidateTask" => it.new_event(&CandidateTaskEvent::CandidateTaskErased { at }),
            other => panic!("say how {other} is forgotten"),
        };
        it.log.append(&kind, &id, sequence, vec![event]).await.unwrap();
    }
}

async fn streams(it: &Fixture) -> Vec<(String, String, i64)> {
    const STREAMS: &str = "
        SELECT aggregate_type, aggregate_id, max(sequence)
        FROM events
        GROUP BY aggregate_type, aggregate_id";
    it.db().fetch_all(STREAMS, args![]).await.unwrap()
}

fn sealed_tables() -> Vec<&'static Table> {
    columns::tables().map(|(_, table)| table).filter(|table| table.has_personal()).collect()
}

/// Every text of the personal values of these rows, by column.
async fn personal(log: &Log, table: &'static Table) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in testing::personal_values(log, table).await.unwrap() {
        for (column, value) in row {
            texts(&value, found.entry(column).or_default());
        }
    }
    found
}

fn texts(value: &Json, found: &mut Vec<String>) {
    match value {
        Json::String(text) => found.push(text.clone()),
        Json::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Json::Object(members) => {
            // Kinds of documents and of records are nobody's, and ids of records are in their own rows.
            let nobodys = ["media_type", "aggregate_type", "aggregate_id"];
            let theirs = members.iter().filter(|(name, _)| !nobodys.contains(&name.as_str()));
            theirs.for_each(|(_, member)| texts(member, found));
        }
        _ => {}
    }
}

/// Every value of a table as the database has it.
async fn stored(db: &Db, table: &Table) -> Vec<Vec<u8>> {
    let mut values = vec![];
    for column in table.shape().columns {
        let (name, table) = (column.name, table.name);
        if column.sql == "BYTEA" {
            let sql = format!("SELECT {name} FROM {table}");
            let rows: Vec<(Option<Vec<u8>>,)> = db.fetch_all(&sql, args![]).await.unwrap();
            values.extend(rows.into_iter().filter_map(|(value,)| value));
        } else {
            let sql = format!("SELECT CAST({name} AS TEXT) FROM {table}");
            let rows: Vec<(Option<String>,)> = db.fetch_all(&sql, args![]).await.unwrap();
            values.extend(rows.into_iter().filter_map(|(value,)| value.map(String::into_bytes)));
        }
    }
    values
}

#[test]
fn whatever_is_personal_says_whose_it_is_and_is_neither_sought_nor_sorted_by() {
    for (projection, table) in columns::tables() {
        let of = projections::named(projection).unwrap();
        let names: Vec<_> = table.personal().map(|column| column.name).collect();
        if let Owner::Stream { kind, id } = table.of {
            let mut aggregates = domain::AGGREGATES.iter();
            assert!(aggregates.any(|it| it.aggregate_type == kind), "there is no {kind}");
            assert!(table.plain().any(|column| column.name == id), "{}.{id}", table.name);
        } else {
            assert!(names.is_empty(), "{}: whose are {names:?}?", table.name);
        }
        for index in table.indexes {
            let only = index.only.unwrap_or_default();
            let words = only.split(|c: char| !c.is_alphanumeric() && c != '_');
            let mut sought = index.columns.iter().copied().chain(words);
            assert!(!sought.any(|name| names.contains(&name)), "{}.{}", table.name, index.name);
        }
        assert!(!table.key.iter().any(|name| names.contains(name)), "{}", table.name);
        let blind = |column: &&projections::Column| {
            matches!(column.privacy, Privacy::Blind { .. } | Privacy::Pseudonym { .. })
        };
        if table.plain().any(|column| blind(&column)) {
            assert_ne!(table.of, Owner::Nobody, "{}: with whom do its names end?", table.name);
        }
        assert_eq!(of.name(), projection);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn no_personal_value_is_in_any_column_and_all_are_read_back(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = planted(engine).await;
    let mut sought = vec![];
    for table in sealed_tables() {
        let values = personal(&it.log, table).await;
        for column in table.personal() {
            let texts = values.get(column.name).is_some_and(|texts| !texts.is_empty());
            let are_ids = (table.name, column.name) == ("erasure_cases", "records");
            assert!(texts || are_ids, "nothing is planted in {}.{}", table.name, column.name);
        }
        sought.extend(values.into_values().flatten());
    }
    for known in
        ["Camille", "who.asked@example.org", "suppressed-1@example.org", "CV Camille Martin.pdf"]
    {
        assert!(sought.iter().any(|text| text == known), "{known} is not read back");
    }
    // When something happened is told in the open, too, and ids tell nothing.
    sought.retain(|text| text.parse::<jiff::Timestamp>().is_err());
    sought.retain(|text| text.parse::<uuid::Uuid>().is_err());
    sought.sort();
    sought.dedup();
    for (_, table) in columns::tables() {
        for value in stored(it.db(), table).await {
            let holds = |text: &&String| {
                value.windows(text.len()).any(|part| part.eq_ignore_ascii_case(text.as_bytes()))
            };
            let found = sought.iter().filter(|text| text.len() > 3).find(holds);
            assert_eq!(found, None, "in the open in {}", table.name);
        }
    }
    let grown = it.dump().await;
    for projection in projections::all() {
        it.rebuild(projection.name()).await;
    }
    assert_eq!(it.dump().await, grown, "built anew it is the same");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_row_whose_key_is_gone_reads_as_placeholders_before_its_read_model_knows_and_after(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = planted(engine).await;
    let mut theirs: Vec<String> = vec![];
    for table in sealed_tables() {
        theirs.extend(personal(&it.log, table).await.into_values().flatten());
    }
    forget(&it).await;
    for knows in [false, true] {
        for table in sealed_tables() {
            let rows = testing::personal_values(&it.log, table).await.unwrap();
            // What is found by a name alone goes with the name, in the same transaction.
            let by_name = table.name == permits::validity::TABLE.name;
            // What somebody kept for themselves is of no use to anybody else.
            let of_space =
                ["tracked_applications", "candidate_tasks", "job_alerts", "alert_matches"]
                    .contains(&table.name);
            assert_eq!(rows.is_empty(), by_name || knows && of_space, "{}", table.name);
            for column in table.personal() {
                let values: Vec<_> = rows.iter().map(|row| &row[column.name]).collect();
                let is_gone = |value: &&Json| {
                    let mut left = vec![];
                    texts(value, &mut left);
                    value.is_null() == column.nullable
                        && !left.iter().any(|text| theirs.contains(text))
                };
                let are_gone = values.iter().all(is_gone);
                assert!(are_gone, "{}.{} reads {values:?}", table.name, column.name);
            }
            let sealed = format!("SELECT count(sealed) FROM {}", table.name);
            let (sealed,): (i64,) = it.db().fetch_one(&sealed, args![]).await.unwrap();
            assert_eq!(sealed == 0, knows || by_name, "{}", table.name);
        }
        it.project().await;
    }
    let row = applications::find(&it.log, application(1)).await.unwrap().unwrap();
    assert_eq!(row.candidate_email.reveal(), "erased@erased.invalid");
    assert_eq!(row.candidate_pseudonym, None);
    assert_eq!(it.dump_of("application_terms").await, [""; 0]);
    let grown = it.dump().await;
    for projection in projections::all() {
        it.rebuild(projection.name()).await;
    }
    assert_eq!(it.dump().await, grown, "built anew it is the same");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_sealed_of_a_row_is_refused_in_another_ones_place(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = planted(engine).await;
    for table in sealed_tables() {
        assert!(testing::personal_values(&it.log, table).await.unwrap().len() > 1);
        let (name, key) = (table.name, table.key.join(", "));
        let copy = format!(
            "UPDATE {name} SET sealed = (SELECT o.sealed FROM {name} AS o ORDER BY {key} LIMIT 1)"
        );
        it.db().execute(&copy, args![]).await.unwrap();
        let refused = testing::personal_values(&it.log, table).await.unwrap_err();
        assert!(matches!(refused, DbError::Sealed(_)), "{name}: {refused}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_recorded_before_anything_was_sealed_is_sealed_in_read_models_and_forgotten_alike(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let options =
        LogOptions { codec: Codec::without_keys(Upcasters::default()), ..LogOptions::default() };
    let db = Db::connect(it.url()).await.unwrap();
    let plain = Log::open(db, it.clock.clone(), options).await.unwrap();
    let submitted = vec![it.new_event(&examples::submitted())];
    let id = application(1).to_string();
    plain.append("JobApplication", &id, 0, submitted).await.unwrap();
    plain.close().await;
    it.project().await;
    for value in stored(it.db(), &applications::TABLE).await {
        let text = String::from_utf8_lossy(&value).into_owned();
        assert!(!text.contains("Camille") && !text.contains("camille"), "{text}");
    }
    let row = applications::find(&it.log, application(1)).await.unwrap().unwrap();
    assert_eq!(row.candidate_first_name.reveal(), "Camille");
    let erased =
        ApplicationEvent::PersonalDataErased { basis: Basis::Retention, at: examples::minutes(9) };
    it.append(application(1), 1, &[erased]).await;
    let row = applications::find(&it.log, application(1)).await.unwrap().unwrap();
    assert_eq!(row.candidate_first_name.reveal(), "erased");
}

/// Names end in the transaction that ends the key; nobody else's do.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_statements_of_an_erasure_take_away_one_persons_names_from_every_read_model(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = planted(engine).await;
    let before = it.dump().await;
    let firsts = "SELECT aggregate_type, aggregate_id, position FROM events WHERE sequence = 1";
    let firsts: Vec<(String, String, i64)> = it.db().fetch_all(firsts, args![]).await.unwrap();
    let second = [application(2).to_string(), Permit::id_of(3272, 2)];
    let (kept, gone): (Vec<_>, Vec<_>) =
        firsts.into_iter().partition(|(_, id, _)| second.contains(id));
    let named = |rows: &[String]| rows.iter().filter(|row| row.contains(testing::BLINDED)).count();
    for (kind, id, position) in gone {
        let mut tx = it.db().begin().await.unwrap();
        for statement in projections::erasing_statements() {
            let args = args![kind.as_str(), id.as_str(), position];
            tx.execute(&statement, args).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    let terms = |rows: &[(&str, Vec<String>)]| -> Vec<usize> {
        rows.iter().map(|(_, rows)| named(rows)).collect()
    };
    let after = it.dump().await;
    for ((table, rows), (before, after)) in
        after.iter().zip(terms(&before).into_iter().zip(terms(&after)))
    {
        // Of two applications and two permits one is left, of whatever else nothing is.
        let left = match *table {
            "subjects" => 2,
            _ => before / 2,
        };
        assert_eq!(after, left, "{table}: {rows:?}");
    }
    let (_, _, position) = kept.iter().find(|(kind, ..)| kind == "JobApplication").unwrap();
    let terms = it.dump_of("application_terms").await;
    assert!(terms.iter().all(|row| row.ends_with(&format!(" | {position}"))), "{terms:?}");
    it.project().await;
}
