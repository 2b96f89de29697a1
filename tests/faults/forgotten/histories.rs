//! Random histories of several people, some of whom are forgotten in the middle, under the real rules.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::time::Duration;

use bytes::Bytes;
use commands::parked::{Key, Verdict, park};
use commands::{Cause, CommandError, Document, ForgetError, MailedEmail, Upload, recognise};
use domain::application::{
    AnswerKind, ApplicationEvent, ErasePersonalData, Evidence, GiveAnswer, IssueAnswerLink, Letter,
    RecordAnswerSent, RecordConfirmed, RecordEmailFailed, RecordReport, RecordSentToEmployer,
    Report, RequestAttachmentsForward, RequestPersonalData, RequestResend, Submit, UndoAnswer,
    Wish, Withdraw,
};
use domain::erasure::{ErasureBasis, RecordRef};
use domain::suppression::SuppressionReason;
use domain::{Decision, Fault, JobApplication, Language, Personal, examples};
use event_store::lease::LeaseOptions;
use event_store::testing::Engine;
use event_store::tree::{self, Finding, Scope, Signer, TreeKey};
use event_store::{Actor, ActorKind, Clock as _, Db, Metadata, NewEvent, Position, StreamId, args};
use jiff::SignedDuration;
use projections::{Projections, RunnerOptions, subjects};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rstest::rstest;
use serde_json::{Value, json};
use testing::Fixture;
use uuid::Uuid;

use super::search::{Found, Search};
use crate::aftermath::read_models;
use crate::place::caught_up;

/// How many people there are.
const PEOPLE: usize = 4;

/// Something that may happen to one of them, if the rules let it.
#[derive(Clone, Copy, Debug)]
enum Step {
    Sent,
    Confirmed,
    Failed,
    Bounced,
    Blocked,
    Answer(AnswerKind),
    Undo,
    AnswerSent,
    Withdraw,
    Resend,
    Forward,
    Ask,
    /// An e-mail is kept as it was sent.
    Keep,
    /// A reaction waits, with what the other side said.
    Setback,
    /// So much that a snapshot is due.
    Long,
    Suppress,
    DeleteDocuments {
        due: bool,
    },
    Forget,
    /// The log is signed.
    Sign,
    /// The read models catch up with it, or do not yet.
    Settle,
}

/// By whose will somebody is forgotten, when it comes to that.
#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
    Candidate,
    Operators,
    CommandLine,
    Retention,
}

/// What is altered in the end, to be found.
#[derive(Clone, Copy, Debug)]
enum Alteration {
    Set(&'static str),
    Delete,
}

#[derive(Clone, Debug)]
struct Story {
    /// What each is called, and how long their letter is.
    people: Vec<(String, usize, By)>,
    steps: Vec<(usize, Step)>,
    alteration: (Alteration, usize),
}

fn operator(id: Uuid) -> ErasureBasis {
    ErasureBasis::Operator(examples::valid(&id.to_string()))
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Sent),
        1 => Just(Step::Confirmed),
        1 => Just(Step::Failed),
        1 => Just(Step::Bounced),
        1 => Just(Step::Blocked),
        4 => proptest::sample::select(&AnswerKind::ALL[..]).prop_map(Step::Answer),
        2 => Just(Step::Undo),
        1 => Just(Step::AnswerSent),
        1 => Just(Step::Withdraw),
        1 => Just(Step::Resend),
        1 => Just(Step::Forward),
        1 => Just(Step::Ask),
        3 => Just(Step::Keep),
        2 => Just(Step::Setback),
        1 => Just(Step::Long),
        1 => Just(Step::Suppress),
        1 => any::<bool>().prop_map(|due| Step::DeleteDocuments { due }),
        3 => Just(Step::Forget),
        1 => Just(Step::Sign),
        1 => Just(Step::Settle),
    ]
}

fn story() -> impl Strategy<Value = Story> {
    let by = prop_oneof![
        Just(By::Candidate),
        Just(By::Operators),
        Just(By::CommandLine),
        Just(By::Retention)
    ];
    let person = ("[a-z]{8}", 1_usize..3000, by);
    let alteration = prop_oneof![
        Just(Alteration::Set("event_type = 'Nothing'")),
        Just(Alteration::Set("recorded_at = '2020-01-01T00:00:00.000000Z'")),
        Just(Alteration::Set("payload = '{\"type\": \"Nothing\"}'")),
        Just(Alteration::Set("metadata = '{}'")),
        Just(Alteration::Delete),
    ];
    (
        proptest::collection::vec(person, PEOPLE),
        proptest::collection::vec((0..PEOPLE, step()), 10..60),
        (alteration, any::<usize>()),
    )
        .prop_map(|(people, steps, alteration)| {
            // Nobody else is called so.
            let people = (0..).zip(people);
            let people = people
                .map(|(nth, (name, length, by))| (format!("{name}q{nth}x{name}"), length, by))
                .collect();
            Story { people, steps, alteration }
        })
}

/// One of them, with all that they ever said or were told.
struct Person {
    id: Uuid,
    /// Occurs in every value of theirs that is text.
    name: String,
    phone: String,
    by: By,
    documents: Vec<Document>,
    submission: domain::application::Submission,
    /// What happened, in the open.
    events: Vec<ApplicationEvent>,
    forgotten: bool,
    /// Whether their address was ever on the suppression list.
    suppressed: bool,
}

impl Person {
    fn new(nth: usize, name: &str, length: usize, by: By) -> Self {
        let phone = format!("06 12 3{nth} 56 78");
        let upload = Upload {
            name: format!("CV {name}.txt"),
            bytes: Bytes::from(format!("{name} can bake.")),
        };
        let documents = recognise(vec![upload]).unwrap();
        let mut draft = examples::draft();
        for (field, value) in [
            ("candidate_email", format!("{name}@example.org")),
            ("candidate_first_name", name.to_owned()),
            ("candidate_last_name", format!("de {name}")),
            ("candidate_phone", phone.clone()),
            ("candidate_address", format!("12 rue {name}, Paris")),
            ("candidate_peid", format!("p-{name}")),
            ("candidate_peam_access_token", format!("gAAAA{name}")),
            ("employer_email", format!("boss.{name}@boulangerie.example")),
            ("message", format!("{name} {}", "écrit ".repeat(length / 6))),
        ] {
            draft.set(field, value);
        }
        draft.send_confirmation = true;
        let attachments = documents.iter().map(|it| it.attachment.clone()).collect();
        Self {
            id: Uuid::from_u128(0x0195_0000_0000_7000_8000_0000_0000_0000 + nth as u128),
            name: name.to_owned(),
            phone,
            by,
            submission: draft
                .parse(examples::valid("demo"), Language::Fr, attachments)
                .expect("the draft is valid"),
            documents,
            events: vec![],
            forgotten: false,
            suppressed: false,
        }
    }

    fn state(&self) -> JobApplication {
        JobApplication::replay(self.events.iter().cloned())
    }

    fn address(&self) -> domain::EmailAddress {
        self.submission.candidate.email.reveal().clone()
    }

    /// What is looked for.
    fn values(&self) -> Vec<String> {
        let digest = self.documents[0].attachment.digest.to_string();
        let address = format!("{}@example.org", self.name);
        vec![self.name.clone(), self.phone.clone(), digest, address]
    }
}

/// A service in this process.
struct World {
    fixture: Fixture,
    signer: Signer,
    running: Projections,
    people: Vec<Person>,
    minute: i64,
}

fn cause() -> Cause {
    Cause::request(ActorKind::System, None, Uuid::from_u128(7))
}

impl Deref for World {
    type Target = Fixture;

    fn deref(&self) -> &Fixture {
        &self.fixture
    }
}

impl World {
    async fn new(engine: Engine, story: &Story) -> Self {
        let fixture = Fixture::repeatable(engine).await;
        let (log, clock) = (fixture.log.clone(), fixture.clock.clone());
        let running = Projections::start(log, clock, &runner());
        let people = (0..).zip(&story.people);
        let mut world = Self {
            people: people
                .map(|(n, (name, length, by))| Person::new(n, name, *length, *by))
                .collect(),
            fixture,
            signer: TreeKey::from_seed("tests.example/log", &[7; 32]).unwrap().into(),
            running,
            minute: 0,
        };
        for nth in 0..PEOPLE {
            world.apply(nth).await;
        }
        tree::sign_now(&world.log, world.clock.now(), &world.signer).await.unwrap();
        world
    }

    async fn apply(&mut self, nth: usize) {
        let at = self.clock.now();
        let person = &self.people[nth];
        for document in &person.documents {
            self.commands.attachments().put(person.id, document).await.unwrap();
        }
        let digest = domain::Digest::from_bytes([u8::try_from(nth).unwrap(); 32]);
        let submission = person.submission.clone();
        self.decide(nth, &Submit { submission, request_digest: Some(digest), at }).await;
    }

    /// Takes a decision, if the rules let it, and keeps what happened in the open.
    async fn decide(&mut self, nth: usize, decision: &dyn Decision<Aggregate = JobApplication>) {
        struct Borrowed<'a>(&'a dyn Decision<Aggregate = JobApplication>);
        impl Decision for Borrowed<'_> {
            type Aggregate = JobApplication;
            fn decide(
                &self,
                state: &JobApplication,
            ) -> Result<Vec<ApplicationEvent>, domain::ApplicationRefusal> {
                self.0.decide(state)
            }
        }
        let id = self.people[nth].id.to_string();
        match self.commands.perform(&id, &Borrowed(decision), &cause()).await {
            Ok(receipt) => self.people[nth].events.extend(receipt.events),
            Err(CommandError::Refused(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }

    #[expect(clippy::too_many_lines, reason = "a step each")]
    async fn take(&mut self, nth: usize, step: Step) {
        self.minute += 1;
        self.clock.set(examples::minutes(self.minute));
        let at = self.clock.now();
        let person = &self.people[nth];
        let (id, name, address) = (person.id, person.name.clone(), person.address());
        let letter_id = || examples::valid(&format!("{}.{nth}@postulo.example", self.minute));
        let said =
            || Personal::new(examples::valid(&format!("550 no such user <{name}@x.example>")));
        let request_id = Uuid::from_u128(self.minute.unsigned_abs().into());
        let state = person.state();
        let answers = state.known().map_or(0, |known| known.answers.len());
        let last = examples::answer_id(answers as u128 + 100 * nth as u128);
        match step {
            Step::Sent => {
                let decision = RecordSentToEmployer { message_id: letter_id(), at };
                self.decide(nth, &decision).await;
            }
            Step::Confirmed => {
                self.decide(nth, &RecordConfirmed { message_id: letter_id(), at }).await;
            }
            Step::Failed => {
                let decision = RecordEmailFailed { letter: Letter::Employer, cause: said(), at };
                self.decide(nth, &decision).await;
            }
            Step::Bounced => {
                let report =
                    Report::Bounced { permanent: true, fault: Fault::Address, cause: said() };
                self.decide(nth, &RecordReport { message_id: letter_id(), report, at }).await;
            }
            Step::Blocked => {
                let report = Report::Blocked { fault: Fault::Address, cause: said() };
                self.decide(nth, &RecordReport { message_id: letter_id(), report, at }).await;
            }
            Step::Answer(kind) => {
                let mut draft = examples::interview_draft();
                draft.reason = "novacancy".into();
                draft.confirmed = true;
                draft.recruiter_name = format!("Dominique {name}").into();
                draft.recruiter_email = format!("rh.{name}@boulangerie.example").into();
                draft.recruiter_address = format!("3 place {name}, Paris").into();
                draft.message = format!("Venez, {name}, à l'heure.").into();
                let agent = Personal::new(examples::valid(&format!("Mozilla/5.0 ({name})")));
                let decision = GiveAnswer {
                    id: examples::answer_id((answers + 1) as u128 + 100 * nth as u128),
                    answer: draft.parse(kind, at).unwrap(),
                    answers_seen: answers,
                    evidence: Some(Evidence { seconds_on_page: 9, user_agent: Some(agent) }),
                    undo_until: at + SignedDuration::from_mins(3),
                    at,
                };
                self.decide(nth, &decision).await;
            }
            Step::Undo => self.decide(nth, &UndoAnswer { id: last, at }).await,
            Step::AnswerSent => {
                let decision = RecordAnswerSent { answer_id: last, message_id: letter_id(), at };
                self.decide(nth, &decision).await;
            }
            Step::Withdraw => {
                let reason = Personal::new(examples::valid(&format!("{name} a trouvé mieux")));
                self.decide(nth, &Withdraw { reason: Some(reason), at }).await;
            }
            Step::Resend => {
                self.decide(nth, &RequestResend { request_id, letter: Letter::Employer, at }).await;
            }
            Step::Forward => {
                let recipient = examples::valid(&format!("chef.{name}@boulangerie.example"));
                let recipients = vec![Personal::new(recipient)];
                self.decide(nth, &RequestAttachmentsForward { request_id, recipients, at }).await;
            }
            Step::Ask => {
                let decision = RequestPersonalData { request_id, wish: Wish::Export, at };
                self.decide(nth, &decision).await;
            }
            Step::Keep => {
                let text = format!("Bonjour {name}, {}", "bien reçu. ".repeat(answers * 99));
                let email = MailedEmail {
                    from: "candidatures@postulo.example".into(),
                    to: address.to_string().into(),
                    reply_to: None,
                    subject: format!("Candidature de {name}").into(),
                    date: at,
                    text: text.clone().into(),
                    html: format!("<p>{text}</p>").into(),
                    calendar: None,
                    files: vec![(format!("CV {name}.txt").into(), 9)],
                };
                let letter: domain::Line<255> = letter_id();
                let kept = self
                    .commands
                    .emails()
                    .keep_email(
                        StreamId::of::<JobApplication>(&id.to_string()),
                        "confirmation",
                        letter.as_str(),
                        &email,
                    )
                    .await;
                let refused = matches!(kept, Err(CommandError::Refused(domain::Forgotten)));
                assert_eq!(refused, self.people[nth].forgotten, "{kept:?}");
            }
            Step::Setback => {
                let id = id.to_string();
                let key = Key {
                    reactor: "employer_email",
                    position: Position::new(self.minute),
                    stream: StreamId::of::<JobApplication>(&id),
                    event_type: "Submitted",
                };
                let detail = format!("450 4.2.1 <{name}@x.example> try later");
                let detail = Some(detail.as_str());
                let verdict = Verdict::Failed { cause: "the server refused it", detail };
                park(&self.log, &key, 1, &verdict, at).await.unwrap();
            }
            Step::Long => {
                let issued = IssueAnswerLink { expires_at: at, at }.decide(&state);
                let events = vec![issued.unwrap_or_default().pop(); 210];
                self.append(nth, events.into_iter().flatten().collect()).await;
            }
            // By retention the application goes; the address stays on the list for its own time. And who
            // names the address of somebody who was forgotten brings it back themselves.
            Step::Suppress
                if person.by == By::Retention || person.forgotten && !person.suppressed => {}
            Step::Suppress => {
                self.people[nth].suppressed = true;
                let until = at + SignedDuration::from_hours(24 * 30);
                let reason = SuppressionReason::Spam;
                self.commands
                    .suppressions()
                    .suppress(&address, reason, until, &cause())
                    .await
                    .unwrap();
            }
            Step::DeleteDocuments { due } => {
                let before = if due { at } else { examples::minutes(0) };
                let deleted =
                    self.commands.people().delete_attachments(id, before, &cause()).await.unwrap();
                if deleted {
                    self.people[nth].events.push(ApplicationEvent::AttachmentsDeleted { at });
                }
            }
            Step::Forget => self.forget(nth).await,
            Step::Sign => {
                tree::sign_now(&self.log, at, &self.signer).await.unwrap();
            }
            Step::Settle => self.settle().await,
        }
    }

    /// Appends many events at once.
    async fn append(&mut self, nth: usize, events: Vec<ApplicationEvent>) {
        if events.is_empty() {
            return;
        }
        let person = &mut self.people[nth];
        let before = i64::try_from(person.events.len()).unwrap();
        let encode = |event: &ApplicationEvent| {
            let event_id = self.fixture.commands.fresh_id();
            let metadata = Metadata {
                event_id,
                correlation_id: event_id,
                causation_id: event_id,
                actor: Actor::new(ActorKind::System),
                trace_id: None,
                span_id: None,
            };
            NewEvent::encode(event, event_id, metadata).unwrap()
        };
        let new = events.iter().map(encode).collect();
        let id = person.id.to_string();
        self.fixture.log.append("JobApplication", &id, before, new).await.unwrap();
        person.events.extend(events);
    }

    async fn forget(&mut self, nth: usize) {
        let person = &self.people[nth];
        let (id, address, by) = (person.id, person.address(), person.by);
        let one = Uuid::from_u128(1);
        let outcome = match by {
            By::Retention => {
                let before = self.clock.now() + SignedDuration::from_secs(1);
                self.commands
                    .people()
                    .forget_expired(&RecordRef::application(id), before, &cause())
                    .await
                    .map(usize::from)
            }
            By::Candidate => self.forget_by(&address, id, ErasureBasis::Candidate).await,
            By::CommandLine => self.forget_by(&address, id, ErasureBasis::CommandLine).await,
            By::Operators => {
                // Nobody asked yet; one operator is not two.
                if !person.forgotten {
                    self.forget_by(&address, id, operator(one)).await.unwrap_err();
                    self.commands
                        .people()
                        .request_erasure(&[id], one, one, &cause())
                        .await
                        .unwrap();
                    self.forget_by(&address, id, operator(one)).await.unwrap_err();
                }
                self.forget_by(&address, id, operator(Uuid::from_u128(2))).await
            }
        };
        let erased = outcome.unwrap();
        assert_eq!(erased, usize::from(!self.people[nth].forgotten), "once, and for good");
        self.people[nth].forgotten = true;
        // What was appended holds nothing personal: it is taken from the log.
        let history = self.commands.applications().find(id).await.unwrap();
        let known = self.people[nth].events.len();
        let new = history.events.into_iter().skip(known).map(|recorded| recorded.event);
        self.people[nth].events.extend(new);
        assert!(
            erased == 0
                || matches!(
                    self.people[nth].events.last(),
                    Some(ApplicationEvent::PersonalDataErased { .. })
                )
        );
    }

    async fn forget_by(
        &self,
        address: &domain::EmailAddress,
        id: Uuid,
        will: ErasureBasis,
    ) -> Result<usize, ForgetError> {
        self.commands
            .people()
            .forget_person(address, &[RecordRef::application(id)], &will, &cause())
            .await
            .map(|erased| erased.len())
    }

    async fn settle(&self) {
        caught_up(&self.running, &self.log).await;
    }

    /// Nothing of the forgotten lies anywhere, and the others are there.
    async fn search(&self) {
        let forgotten = self.people.iter().filter(|person| person.forgotten);
        let search = Search::new(forgotten.flat_map(Person::values));
        let mut found = Found::new();
        search.look_in_tables(self.db(), &mut found).await;
        if let Some(file) = self.url().strip_prefix("sqlite:") {
            search.look_in_files(std::path::Path::new(file).parent().unwrap(), &mut found);
        }
        assert!(found.is_empty(), "of people who were forgotten there is left: {found:#?}");
        for person in &self.people {
            let id = person.id.to_string();
            let listed = subjects::of(&self.log, &person.address()).await.unwrap();
            let is_listed = listed.iter().any(|record| record.aggregate_id.as_str() == id);
            assert_eq!(is_listed, !person.forgotten, "{} among {listed:?}", person.name);
        }
    }

    /// The state as the log tells it, and as decisions see it, are those that were there but for what
    /// is personal.
    async fn check_states(&self) {
        for person in &self.people {
            let mut expected = serde_json::to_value(person.state()).unwrap();
            if person.forgotten {
                mask(&mut expected);
                let text = expected.to_string();
                assert!(!text.contains(&person.name), "mask this, too: {text}");
            }
            let replayed = self.commands.applications().find(person.id).await.unwrap();
            assert_eq!(serde_json::to_value(&replayed.state).unwrap(), expected);
            for (recorded, event) in replayed.events.iter().zip(&person.events) {
                assert_eq!(recorded.event.event_type_of(), event.event_type_of());
                assert!(person.forgotten || recorded.event == *event);
            }
            if person.forgotten {
                let basis = ErasureBasis::CommandLine;
                let again = ErasePersonalData { basis, at: self.clock.now() };
                let again = self.commands.perform(&person.id.to_string(), &again, &cause()).await;
                let again = again.unwrap();
                assert_eq!(again.events, []);
                assert_eq!(serde_json::to_value(&again.state).unwrap(), expected);
                let documents = &person.documents[0].attachment.digest;
                self.commands.attachments().get(person.id, documents).await.unwrap_err();
            }
        }
    }

    async fn finding(&self) -> Option<Finding> {
        let verifier = self.signer.key.verifier();
        tree::verify(&self.log, &verifier, &Scope::default()).await.unwrap().finding
    }

    /// What is altered is found and named, in a log with people who were forgotten.
    async fn alter(&self, (alteration, chance): (Alteration, usize)) {
        let run = async |sql: &str| {
            self.db().execute(sql, args![]).await.unwrap();
        };
        match self.db() {
            Db::Sqlite(_) => {
                run("DROP TRIGGER events_are_never_changed").await;
                run("DROP TRIGGER events_are_never_deleted").await;
            }
            Db::Postgres(_) => run("DROP TRIGGER events_are_append_only ON events").await,
        }
        let head = self.log.head().await.unwrap().get();
        let position = 1 + i64::try_from(chance % usize::try_from(head).unwrap()).unwrap();
        let at = Position::new(position);
        let expected = match alteration {
            Alteration::Set(set) => {
                run(&format!("UPDATE events SET {set} WHERE position = {position}")).await;
                Finding::Altered(at)
            }
            Alteration::Delete => {
                run(&format!("DELETE FROM events WHERE position = {position}")).await;
                if position == head {
                    let signed = head.unsigned_abs();
                    Finding::CutOff { head: Position::new(head - 1), signed }
                } else {
                    Finding::Missing(at)
                }
            }
        };
        assert_eq!(self.finding().await, Some(expected), "{alteration:?} at {position}");
    }
}

trait EventTypeOf {
    fn event_type_of(&self) -> String;
}

impl EventTypeOf for ApplicationEvent {
    fn event_type_of(&self) -> String {
        cqrs_es::DomainEvent::event_type(self)
    }
}

/// Small batches, so that there are many.
fn runner() -> RunnerOptions {
    RunnerOptions {
        batch: Some(7),
        poll: Duration::from_millis(50),
        lease: LeaseOptions {
            beat: Duration::from_millis(30),
            patience: Duration::from_millis(300),
            look: Duration::from_millis(10),
        },
        ..RunnerOptions::default()
    }
}

/// Puts in the place of everything personal in a state what stands there once it is forgotten.
fn mask(state: &mut Value) {
    const EMAIL: &str = "erased@erased.invalid";
    const PHONE: &str = "+33 1 99 00 00 00";
    let digest = "0".repeat(64);
    let application = state.pointer_mut("/Ended/0").expect("who was forgotten has no open state");
    let mut put = |place: &str, placeholder: &str| {
        if let Some(value) = application.pointer_mut(place)
            && !value.is_null()
        {
            *value = json!(placeholder);
        }
    };
    put("/request_digest", &digest);
    put("/submission/message", "erased");
    put("/submission/employer/email", EMAIL);
    put("/submission/candidate/email", EMAIL);
    put("/submission/candidate/phone", PHONE);
    for name in ["first_name", "last_name", "address", "peid", "peam_access_token"] {
        put(&format!("/submission/candidate/{name}"), "erased");
    }
    put("/submission/attachments/0/name", "erased");
    put("/submission/attachments/0/digest", &digest);
    for nth in 0..99 {
        let answer = format!("/answers/{nth}/answer");
        put(&format!("{answer}/message"), "erased");
        put(&format!("{answer}/recruiter/name"), "erased");
        put(&format!("{answer}/recruiter/email"), EMAIL);
        put(&format!("{answer}/recruiter/phone"), PHONE);
        put(&format!("{answer}/recruiter/address"), "erased");
    }
}

async fn plays(engine: Engine, story: &Story) {
    let mut it = World::new(engine, story).await;
    for (nth, step) in &story.steps {
        it.take(*nth, *step).await;
    }
    it.settle().await;
    it.running.stop().await;
    let unfinished = event_store::seal::unfinished(it.db(), 9).await.unwrap();
    assert_eq!(unfinished, vec![]);
    it.search().await;
    it.check_states().await;

    let grown: BTreeMap<_, _> = read_models(&it.log).await;
    for projection in projections::all() {
        projections::rebuild(&it.log, it.clock.clone(), projection.name()).await.unwrap();
    }
    assert_eq!(read_models(&it.log).await, grown, "what grew differs from what is built anew");
    it.search().await;

    assert_eq!(it.finding().await, None);
    tree::sign_now(&it.log, it.clock.now(), &it.signer).await.unwrap();
    assert_eq!(it.finding().await, None);
    it.alter(story.alteration).await;
    it.log.close().await;
}

#[rstest]
#[case::on_sqlite(Engine::Sqlite, 30)]
#[case::on_postgres(Engine::Postgres, 5)]
fn of_who_is_forgotten_nothing_remains_and_all_else_is_as_it_was(
    #[case] engine: Engine,
    #[case] cases: u32,
) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config {
        cases,
        max_shrink_iters: 40,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&story(), |story| {
        runtime.block_on(plays(engine, &story));
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}
