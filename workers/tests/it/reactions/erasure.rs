//! An erasure case, from the second agreement to its end.

use std::sync::Arc;

use commands::{Attachments, Commands, KeyRing};
use domain::application::ApplicationEvent;
use domain::erasure::{
    ErasureCase, ErasureCaseEvent, ErasureCaseRefusal, ErasureOutcome, RecordRef,
};
use domain::message::MessageRefusal;
use domain::{EmailAddress, examples};
use event_store::RandomIds;
use event_store::testing::{Engine, until};
use rstest::rstest;
use uuid::Uuid;

use super::{CANDIDATE, House, cause};

const CASE: Uuid = Uuid::from_u128(90);
const LETTER: Uuid = Uuid::from_u128(77);
const ASKS: Uuid = Uuid::from_u128(1);
const AGREES: Uuid = Uuid::from_u128(2);

impl House {
    /// An application and a letter of the candidate, and a case about both.
    async fn case_of_two(&self) -> (Uuid, Vec<RecordRef>) {
        let commands = &self.world.commands;
        let id = self.submit(false).await;
        commands.messages().queue(LETTER, examples::message(), &cause()).await.unwrap();
        let letter = RecordRef::new("Message", &LETTER.to_string()).unwrap();
        let records = vec![letter, RecordRef::application(id)];
        self.open_case(&records).await;
        (id, records)
    }

    async fn open_case(&self, records: &[RecordRef]) {
        let address: EmailAddress = examples::valid(CANDIDATE);
        let commands = &self.world.commands;
        commands.people().open_erasure_case(CASE, &address, records, ASKS, &cause()).await.unwrap();
    }

    async fn case_kinds(&self) -> Vec<&'static str> {
        let history = self.world.commands.people().erasure_case(CASE).await.unwrap();
        history.events.iter().map(|recorded| recorded.event.kind().as_str()).collect()
    }

    async fn is_erased(&self, id: Uuid) -> bool {
        self.kinds(id).await.contains(&"PersonalDataErased")
    }
}

const ENDED: [&str; 5] = [
    "ErasureCaseOpened",
    "ErasureCaseAgreed",
    "ErasureCaseStreamErased",
    "ErasureCaseStreamErased",
    "ErasureCaseCompleted",
];

#[rstest]
#[tokio::test]
async fn once_a_second_operator_agreed_every_record_goes_by_itself(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, false).await;
    let workers = house.start().await;
    let (id, _) = house.case_of_two().await;
    let commands = &house.world.commands;
    let own = commands.people().agree_to_erasure(CASE, ASKS, &cause()).await.unwrap_err();
    assert_eq!(own.refusal(), Some(&ErasureCaseRefusal::SecondPersonNeeded));
    assert!(!house.is_erased(id).await);
    assert!(house.kinds(id).await.contains(&"ErasureRequested"), "the application notes it");

    commands.people().agree_to_erasure(CASE, AGREES, &cause()).await.unwrap();
    until("the case ends", || async { house.case_kinds().await == ENDED }).await;
    assert!(house.is_erased(id).await);
    let message = commands.messages().find(LETTER).await.unwrap().state;
    assert_eq!(message.known().unwrap_err(), MessageRefusal::Erased);
    let history = commands.people().erasure_case(CASE).await.unwrap();
    assert_eq!(history.state, ErasureCase::Closed(ErasureOutcome::Completed));
    assert!(history.events[0].erased, "the case itself knows nobody any more");
    let ErasureCaseEvent::ErasureCaseOpened { address, .. } = &history.events[0].event else {
        panic!("{history:?}")
    };
    assert_ne!(address.reveal().as_str(), CANDIDATE);
    let late = commands.people().turn_down_erasure(CASE, ASKS, &cause()).await.unwrap_err();
    assert_eq!(late.refusal(), Some(&ErasureCaseRefusal::NoSuchCase));
    workers.stop().await;
}

#[rstest]
#[tokio::test]
async fn a_case_that_was_cut_off_goes_on_where_it_was(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, false).await;
    let (id, _) = house.case_of_two().await;
    let commands = &house.world.commands;
    commands.people().agree_to_erasure(CASE, AGREES, &cause()).await.unwrap();
    // Another process began it, and was cut off where documents are deleted.
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("documents");
    let attachments = Attachments::local(&store).unwrap();
    std::fs::remove_dir_all(&store).unwrap();
    std::fs::write(&store, "no folder").unwrap();
    let ids = Arc::new(RandomIds::new(Arc::new(house.clock.clone())));
    let keys = KeyRing::single("k1", [7; 32]);
    let clock = Arc::new(house.clock.clone());
    let cut_off = Commands::new(house.log.clone(), clock, ids, attachments, &keys);
    let error = cut_off.people().carry_out_erasure(CASE, &cause()).await.unwrap_err();
    assert!(matches!(error, commands::ForgetError::Attachments(_)), "{error}");
    assert_eq!(house.case_kinds().await, ENDED[..3], "one record went, the other one did not");
    let state = commands.people().erasure_case(CASE).await.unwrap().state;
    assert_eq!(state.agreed().unwrap().left, [RecordRef::application(id)]);

    // The service starts again: what was agreed to before is owed.
    let workers = house.start().await;
    until("the case ends", || async { house.case_kinds().await == ENDED }).await;
    assert!(house.is_erased(id).await);
    // Whoever carries it out once more finds nothing to do.
    commands.people().carry_out_erasure(CASE, &cause()).await.unwrap();
    assert_eq!(house.case_kinds().await, ENDED);
    workers.stop().await;
}

#[tokio::test]
async fn a_case_that_is_turned_down_erases_nothing_and_one_without_anything_left_is_dropped() {
    let house = House::new(Engine::Sqlite, false).await;
    let commands = &house.world.commands;
    let (id, records) = house.case_of_two().await;
    commands.people().turn_down_erasure(CASE, AGREES, &cause()).await.unwrap();
    assert_eq!(house.case_kinds().await, ["ErasureCaseOpened", "ErasureCaseRefused"]);
    assert!(!house.is_erased(id).await);
    assert!(house.kinds(id).await.contains(&"ErasureRefused"));
    let state = commands.applications().find(id).await.unwrap().state;
    assert_eq!(state.known().unwrap().erasure_request, None);

    // The candidate is quicker than the second operator.
    let (other, address) = (Uuid::from_u128(91), examples::valid(CANDIDATE));
    commands.people().open_erasure_case(other, &address, &records, ASKS, &cause()).await.unwrap();
    let case = RecordRef::new("ErasureCase", &other.to_string()).unwrap();
    let basis = domain::erasure::ErasureBasis::Candidate;
    let half = [case.clone(), records[0].clone()];
    commands.people().forget_person(&address, &half, &basis, &cause()).await.unwrap();
    let state = commands.people().erasure_case(other).await.unwrap().state;
    assert!(state.open().is_ok(), "an application is left");
    let rest = [case, records[1].clone()];
    commands.people().forget_person(&address, &rest, &basis, &cause()).await.unwrap();
    let state = commands.people().erasure_case(other).await.unwrap().state;
    assert_eq!(state, ErasureCase::Closed(ErasureOutcome::Dropped));
    let last = commands.applications().find(id).await.unwrap().events.pop().unwrap().event;
    assert!(matches!(last, ApplicationEvent::PersonalDataErased { .. }), "{last:?}");
}
