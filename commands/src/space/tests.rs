//! The space over a database: what is noted and never began, and what comes at once.

mod archive;
mod closing;

use std::sync::Arc;

use cqrs_es::Aggregate as _;
use domain::account::{Account, ClosingReason};
use domain::erasure::ErasureBasis;
use domain::examples::{minutes, valid};
use domain::space::{
    AlertCriteria, AlertFrequency, AlertZone, CandidateCv, CandidateProfile, CandidateTask,
    CriteriaFields, DeleteAlert, JobAlert, MAX_ALERTS, SpaceRefusal, TaskDetails, TaskStatus,
    TrackedApplication,
};
use domain::{Language, Personal};
use event_store::testing::{Engine, TestDb, master_keys};
use event_store::{ActorKind, FixedClock, Log, LogOptions, RandomIds, StreamId, seal};
use jiff::SignedDuration;
use rstest::rstest;
use uuid::Uuid;

use super::{NewAlert, SpaceResult};
use crate::testing::key_ring;
use crate::{
    Attachments, Cause, CommandError, Commands, Password, Registration, Upload, recognise,
};

struct Fixture {
    _db: TestDb,
    clock: Arc<FixedClock>,
    commands: Commands,
}

impl Fixture {
    async fn new(engine: Engine) -> Self {
        let (db, clock) = (TestDb::new(engine).await, Arc::new(FixedClock::new(minutes(0))));
        let codec = crate::codec(Some(master_keys()));
        let options = LogOptions { codec, ..LogOptions::default() };
        let log = Log::open(db.db(), clock.clone(), options).await.unwrap();
        let ids = Arc::new(RandomIds::new(clock.clone()));
        let store = Attachments::in_memory();
        let commands = Commands::new(log, clock.clone(), ids, store, &key_ring());
        Self { _db: db, clock, commands: commands.with_cheap_passwords() }
    }

    async fn registers(&self, email: &str) -> Uuid {
        let new = Registration {
            email: valid(email),
            username: None,
            full_name: None,
            language: Language::Fr,
            password: Password::presented("seven green horses at noon"),
        };
        self.commands.accounts().register(new, &cause()).await.unwrap().id
    }

    /// Notes a record of this kind that never begins.
    async fn notes(&self, owner: Uuid, kind: &str, id: Uuid) {
        let (owner, id) = (owner.to_string(), id.to_string());
        let owner = StreamId::of::<Account>(&owner);
        self.commands.people().belongs(owner, StreamId::new(kind, &id)).await.unwrap();
    }

    async fn belongings(&self, owner: Uuid) -> usize {
        let owner = owner.to_string();
        let owner = StreamId::of::<Account>(&owner);
        self.commands.people().belongings(owner).await.unwrap().len()
    }

    async fn adds_task(&self, id: Uuid, owner: Uuid) {
        let title = Personal::new(valid("Relancer"));
        let details = TaskDetails { title, description: None, due_on: None, application: None };
        let space = self.commands.space();
        space.add_task(id, owner, details, TaskStatus::ToDo, &cause()).await.unwrap();
    }

    async fn is_erased(&self, task: Uuid) -> bool {
        let state: CandidateTask = self.commands.state_of(&task.to_string()).await.unwrap();
        matches!(state, CandidateTask::Erased { .. })
    }
}

fn cause() -> Cause {
    Cause::request(ActorKind::Candidate, None, Uuid::nil())
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_noted_and_never_began_does_not_keep_its_owner_from_being_forgotten(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers("mira@exemple.test").await;
    for kind in [TrackedApplication::TYPE, CandidateTask::TYPE, JobAlert::TYPE] {
        it.notes(mira, kind, Uuid::from_u128(7)).await;
    }
    for kind in [CandidateCv::TYPE, CandidateProfile::TYPE] {
        it.notes(mira, kind, mira).await;
    }
    let task = Uuid::from_u128(8);
    it.adds_task(task, mira).await;
    let account = mira.to_string();
    let owner = StreamId::of::<Account>(&account);
    it.commands.people().erase_belongings(owner, &ErasureBasis::Owner).await.unwrap();
    assert!(it.is_erased(task).await);
    assert_eq!(it.belongings(mira).await, 5, "they may begin yet");
    it.clock.advance(SignedDuration::from_hours(2));
    it.commands.people().erase_belongings(owner, &ErasureBasis::Owner).await.unwrap();
    assert_eq!(it.belongings(mira).await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_cleared_holds_up_nothing_else(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let [mira, zoe] =
        [it.registers("mira@exemple.test").await, it.registers("zoe@exemple.test").await];
    let tasks = [Uuid::from_u128(7), Uuid::from_u128(8)];
    let nobody = "0Nobody";
    for (owner, task) in [(mira, tasks[0]), (zoe, tasks[1])] {
        // Of a kind that nobody knows, and that comes before all others.
        it.notes(owner, nobody, Uuid::from_u128(1)).await;
        it.adds_task(task, owner).await;
        it.clock.advance(SignedDuration::from_secs(1));
        it.commands.accounts().close(owner, ClosingReason::Owner, &cause()).await.unwrap();
        assert!(it.is_erased(task).await);
        assert_eq!(it.belongings(owner).await, 1);
    }
    let (account, record) = (zoe.to_string(), Uuid::from_u128(1).to_string());
    let zoes = StreamId::of::<Account>(&account);
    it.commands.people().parted(zoes, StreamId::new(nobody, &record)).await.unwrap();
    it.commands.people().clear_forgotten().await.unwrap_err();
    let left = seal::unfinished(it.commands.log().db(), 9).await.unwrap();
    let left: Vec<_> = left.iter().map(|it| it.aggregate_id.as_str()).collect();
    assert_eq!(left, [mira.to_string()], "the one after it is cleared");
}

fn cv(text: &str) -> Upload {
    Upload { name: "cv.pdf".into(), bytes: format!("%PDF-1.7\n{text}").into() }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_cvs_that_are_uploaded_at_once_the_one_that_the_log_names_is_kept(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    for round in 0..12_u128 {
        let owner = Uuid::from_u128(100 + round);
        let space = it.commands.space();
        if round % 2 == 0 {
            space.upload_cv(owner, cv("first"), &cause()).await.unwrap();
        }
        let texts = ["one", "two", "three", "four", "first"];
        let uploads = texts.map(|text| {
            let commands = it.commands.clone();
            tokio::spawn(async move {
                commands.space().upload_cv(owner, cv(text), &cause()).await.map(drop)
            })
        });
        for upload in uploads {
            upload.await.unwrap().unwrap();
        }
        let named = space.cv(owner).await.unwrap().unwrap();
        space.cvs().get(owner, &named.digest).await.expect("it is there");
        space.remove_cv(owner, &cause()).await.unwrap();
        assert!(!space.cvs().holds(owner).await.unwrap(), "and no other is left");
    }
}

/// What an upload stored that another one overtakes before its own event.
#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_about_to_become_the_cv_is_left_alone() {
    let it = Fixture::new(Engine::Sqlite).await;
    let (space, owner) = (it.commands.space(), Uuid::from_u128(7));
    space.upload_cv(owner, cv("first"), &cause()).await.unwrap();
    let coming = recognise(vec![cv("coming")]).unwrap().remove(0);
    space.cvs().put(owner, &coming).await.unwrap();
    space.upload_cv(owner, cv("second"), &cause()).await.unwrap();
    let digest = &coming.attachment.digest;
    assert!(space.cvs().keeps(owner, digest).await.unwrap());
    let first = recognise(vec![cv("first")]).unwrap().remove(0).attachment.digest;
    assert!(!space.cvs().keeps(owner, &first).await.unwrap(), "it was replaced");
}

/// Where the log takes nothing, no event names a document that is not there.
#[tokio::test(flavor = "multi_thread")]
async fn a_cv_is_stored_before_it_is_recorded() {
    let it = Fixture::new(Engine::Sqlite).await;
    let (space, owner) = (it.commands.space(), Uuid::from_u128(7));
    it.commands.log().close().await;
    space.upload_cv(owner, cv("first"), &cause()).await.unwrap_err();
    assert!(space.cvs().holds(owner).await.unwrap());
}

impl Fixture {
    async fn creates_alert(&self, owner: Uuid, id: Uuid) -> SpaceResult<()> {
        let location = Some(valid("Nantes"));
        let criteria = CriteriaFields { location, ..CriteriaFields::default() };
        let new = NewAlert {
            name: valid("Boulanger"),
            criteria: AlertCriteria::new(criteria).unwrap(),
            frequency: AlertFrequency::Daily,
            zone: AlertZone::default(),
        };
        self.commands.alerts().create(id, owner, new, &cause()).await.map(drop)
    }

    async fn alerts(&self, owner: Uuid) -> usize {
        let account = owner.to_string();
        let account = StreamId::of::<Account>(&account);
        let mut known = 0;
        for record in self.commands.people().belongings(account).await.unwrap() {
            let state = self.commands.state_of::<JobAlert>(record.aggregate_id.as_str()).await;
            known += usize::from(state.unwrap().known().is_ok());
        }
        known
    }
}

fn is_too_many(outcome: &SpaceResult<()>) -> bool {
    matches!(outcome, Err(CommandError::Refused(SpaceRefusal::TooManyAlerts { .. })))
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_alerts_that_are_created_at_once_no_more_fit_than_somebody_may_have(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Arc::new(Fixture::new(engine).await);
    let owner = Uuid::from_u128(7);
    let all: Vec<_> = (0..30)
        .map(|nth| {
            let it = Arc::clone(&it);
            tokio::spawn(async move { it.creates_alert(owner, Uuid::from_u128(100 + nth)).await })
        })
        .collect();
    let mut refused = 0;
    for one in all {
        let outcome = one.await.unwrap();
        refused += usize::from(is_too_many(&outcome));
        assert!(outcome.is_ok() || is_too_many(&outcome), "{outcome:?}");
    }
    assert_eq!((it.alerts(owner).await, refused), (MAX_ALERTS, 30 - MAX_ALERTS));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_place_of_an_alert_that_never_began_or_is_deleted_is_free_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let owner = Uuid::from_u128(7);
    let account = owner.to_string();
    let account = StreamId::of::<Account>(&account);
    let id = |nth: u128| Uuid::from_u128(100 + nth);
    for nth in 1..MAX_ALERTS as u128 {
        it.creates_alert(owner, id(nth)).await.unwrap();
    }
    // One whose creation was cut off.
    let cut_off = id(50).to_string();
    let cut_off = StreamId::of::<JobAlert>(&cut_off);
    assert!(it.commands.people().takes_place(account, cut_off, MAX_ALERTS).await.unwrap());
    assert!(is_too_many(&it.creates_alert(owner, id(60)).await), "it may begin yet");
    it.creates_alert(owner, id(1)).await.expect("it has its place");
    it.clock.advance(SignedDuration::from_hours(2));
    it.creates_alert(owner, id(60)).await.unwrap();
    assert!(is_too_many(&it.creates_alert(owner, id(61)).await));
    it.commands.alerts().delete(id(3), owner, &cause()).await.unwrap();
    it.creates_alert(owner, id(61)).await.unwrap();
    // One whose deletion was cut off before its place was free.
    let delete = DeleteAlert { at: it.commands.now() };
    it.commands.alerts().decide(id(4), owner, delete, &cause()).await.unwrap();
    it.creates_alert(owner, id(62)).await.unwrap();
    assert_eq!(it.alerts(owner).await, MAX_ALERTS);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_beside_the_log_of_an_account_that_is_closed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let mira = it.registers("mira@exemple.test").await;
    let (space, digest) = (it.commands.space(), domain::Digest::from_bytes([7; 32]));
    let lists = [Uuid::from_u128(1), Uuid::from_u128(2)];
    space.remember_list(lists[0], mira, &digest, "a+1+b", minutes(0)).await.unwrap();
    let secret = space.make_calendar(mira).await.unwrap();
    assert!(space.signed_list(lists[0]).await.unwrap().is_some());
    assert_eq!(space.calendar_owner(secret.reveal()).await.unwrap(), Some(mira));
    it.commands.accounts().close(mira, ClosingReason::Owner, &cause()).await.unwrap();
    // Who began before that ends after it.
    space.remember_list(lists[1], mira, &digest, "a+1+b", minutes(0)).await.unwrap();
    let secret = space.make_calendar(mira).await.unwrap();
    for list in lists {
        assert_eq!(space.signed_list(list).await.unwrap(), None);
    }
    assert_eq!(space.calendar_owner(secret.reveal()).await.unwrap(), None);
    assert!(!space.has_calendar(mira).await.unwrap());
}

/// Closing deletes the row of the account first, and waits for who writes.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_while_an_account_closes_goes_with_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    for round in 0..8_u128 {
        let mira = it.registers(&format!("mira{round}@exemple.test")).await;
        let commands = it.commands.clone();
        let makes = tokio::spawn(async move {
            for _ in 0..20 {
                commands.space().make_calendar(mira).await.unwrap();
            }
        });
        it.commands.accounts().close(mira, ClosingReason::Owner, &cause()).await.unwrap();
        makes.await.unwrap();
        assert!(!it.commands.space().has_calendar(mira).await.unwrap());
    }
}
