//! People, found by their addresses in whichever aggregate something is kept of them.

use domain::erasure::{ErasureCaseEvent, RecordRef};
use domain::message::MessageEvent;
use domain::suppression::{SuppressionEvent, SuppressionReason};
use domain::{EmailAddress, Personal, examples};
use event_store::testing::Engine;
use jiff::Timestamp;
use projections::{erasure_cases, people, retention, subjects};
use rstest::rstest;

use crate::support::{Fixture, application, fixture};

const ADDRESS: &str = "camille.martin@example.org";

fn address() -> EmailAddress {
    examples::valid(ADDRESS)
}

fn message(kind: &str) -> RecordRef {
    RecordRef::new("Message", kind).unwrap()
}

async fn append<E: cqrs_es::DomainEvent>(it: &Fixture, record: &RecordRef, at: i64, event: &E) {
    let (kind, id) = (record.aggregate_type.as_str(), record.aggregate_id.as_str());
    it.log.append(kind, id, at, vec![it.new_event(event)]).await.unwrap();
}

fn queued(to: &str) -> MessageEvent {
    let mut letter = examples::message();
    letter.to = Personal::new(examples::valid(to));
    MessageEvent::MessageQueued { letter: Box::new(letter), at: examples::minutes(0) }
}

fn opened(records: &[RecordRef]) -> ErasureCaseEvent {
    ErasureCaseEvent::ErasureCaseOpened {
        address: Personal::new(address()),
        records: records.to_vec(),
        requested_by: examples::valid("operator-1"),
        at: examples::minutes(3),
    }
}

async fn found(it: &Fixture) -> Vec<String> {
    let mut found: Vec<_> = subjects::of(&it.log, &address()).await.unwrap();
    found.sort_by_key(ToString::to_string);
    found.iter().map(ToString::to_string).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whatever_names_a_person_is_found_by_their_address_until_it_is_erased(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let one = RecordRef::application(application(1));
    let (theirs, another) = (message("one"), message("two"));
    let mailbox = RecordRef::new("Mailbox", "b1").unwrap();
    let case = RecordRef::new("ErasureCase", "c1").unwrap();
    append(&it, &one, 0, &examples::submitted()).await;
    append(&it, &theirs, 0, &queued("Camille.Martin@example.org")).await;
    append(&it, &another, 0, &queued("alex@example.org")).await;
    let suppressed = SuppressionEvent::AddressSuppressed {
        address: Personal::new(address()),
        reason: SuppressionReason::Bounced,
        until: examples::minutes(60),
        at: examples::minutes(1),
    };
    append(&it, &mailbox, 0, &suppressed).await;
    append(&it, &case, 0, &opened(std::slice::from_ref(&one))).await;
    it.project().await;
    let all = [&one, &mailbox, &theirs, &case].map(ToString::to_string);
    let mut all = all.to_vec();
    all.sort();
    assert_eq!(found(&it).await, all);
    let dump = it.dump_of("subjects").await;
    assert!(!dump.iter().any(|row| row.contains("camille")), "{dump:?}");
    let rows = people::applications_of(&it.log, &address()).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [application(1)]);

    let meant = people::meant(&it.log, &address(), &[application(1)]).await.unwrap();
    assert_eq!((meant.len(), meant.last()), (4, Some(&one)), "the applications come last");
    let left_out = people::meant(&it.log, &address(), &[]).await.unwrap();
    assert_eq!(left_out, std::slice::from_ref(&case), "what may be somebody else's stays");

    append(&it, &theirs, 1, &MessageEvent::MessageErased { at: examples::minutes(9) }).await;
    append(&it, &case, 1, &ErasureCaseEvent::ErasureCaseDropped { at: examples::minutes(9) }).await;
    it.project().await;
    let mut left = vec![one.to_string(), mailbox.to_string()];
    left.sort();
    assert_eq!(found(&it).await, left);
    let grown = it.dump().await;
    it.rebuild("subjects").await;
    it.rebuild("erasure_cases").await;
    assert_eq!(it.dump().await, grown, "built anew it is the same");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_open_until_it_is_decided_or_carried_out_and_then_names_nobody(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let records = [RecordRef::application(application(1)), message("one")];
    let case = application(7).to_string();
    let case = RecordRef::new("ErasureCase", &case).unwrap();
    append(&it, &case, 0, &opened(&records)).await;
    it.project().await;
    let open = erasure_cases::open(&it.log, 9).await.unwrap();
    assert_eq!(open.len(), 1);
    assert!(open[0].waits() && open[0].records() == records);
    assert_eq!(open[0].address.reveal(), ADDRESS);
    assert_eq!(people::requests_waiting(it.db()).await.unwrap(), 1);

    let (agreed_by, at) = (examples::valid("operator-2"), examples::minutes(4));
    append(&it, &case, 1, &ErasureCaseEvent::ErasureCaseAgreed { agreed_by, at }).await;
    let record = records[0].clone();
    append(&it, &case, 2, &ErasureCaseEvent::ErasureCaseStreamErased { record, at }).await;
    it.project().await;
    let open = erasure_cases::open(&it.log, 9).await.unwrap();
    assert!(!open[0].waits());
    assert_eq!(people::requests_waiting(it.db()).await.unwrap(), 0);
    append(&it, &case, 3, &ErasureCaseEvent::ErasureCaseCompleted { at }).await;
    it.project().await;
    assert_eq!(erasure_cases::open(&it.log, 9).await.unwrap(), []);
    let rows = it.dump_of("erasure_cases").await;
    assert!(rows[0].contains("completed") && !rows[0].contains("camille"), "{rows:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_last_named_its_person_long_ago_is_due(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    append(&it, &message("one"), 0, &queued(ADDRESS)).await;
    it.project().await;
    let due =
        async |before: Timestamp| retention::records(it.db(), "Message", before, 9).await.unwrap();
    assert_eq!(due(examples::minutes(-1)).await, []);
    assert_eq!(due(examples::minutes(1)).await, [message("one")]);
    let other = retention::records(it.db(), "JobApplication", examples::minutes(1), 9).await;
    assert_eq!(other.unwrap(), []);
}
