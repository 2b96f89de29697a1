//! The reactions from event to e-mail: real database, real log, real mailbox.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use commands::parked::{self, Filter};
use commands::{
    AnswerRequest, AnswerTicket, Commands, LinkPurpose, ReportOutcome, ReportedId, Upload,
    recognise,
};
use domain::application::{Answer, AnswerKind, Letter, Report, Wish, Withdraw};
use domain::erasure::{ErasureBasis, RecordRef};
use domain::examples::{self, answer_id, minutes};
use domain::fault::Problem;
use domain::suppression::SuppressionReason;
use event_store::testing::{Engine, until};
use event_store::timestamp_text;
use jiff::SignedDuration;
use mail_parser::{Message, MessageParser, MimeHeaders as _};
use rstest::rstest;
use testing::{Fixture, cause};
use uuid::Uuid;
use workers::mail::{Email, MailSettings, Mailer, Reply, SendError, Taken, mailer};
use workers::{Settings, Workers, World};

mod erasure;
mod messages;
mod wire;

const CV: &[u8] = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n";

/// A fixture whose reactors run on a world that a test may change.
struct House {
    fixture: Fixture,
    world: World,
}

impl std::ops::Deref for House {
    type Target = Fixture;

    fn deref(&self) -> &Fixture {
        &self.fixture
    }
}

impl House {
    /// With the partner `demo`, at the time of the examples.
    async fn new(engine: Engine, mails_employers: bool) -> Self {
        let fixture = Fixture::new(engine).await;
        let mut settings = examples::partner_settings();
        settings.mails_employers = mails_employers;
        fixture.register_demo(settings).await;
        let world = fixture.world();
        Self { fixture, world }
    }

    async fn start(&self) -> Workers {
        self.workers(&self.world, &Settings::default()).await
    }

    async fn submit(&self, send_confirmation: bool) -> Uuid {
        let upload =
            Upload { name: "CV Camille Martin.pdf".into(), bytes: bytes::Bytes::from_static(CV) };
        let documents = recognise(vec![upload]).unwrap();
        let mut submission = examples::submission();
        submission.send_confirmation = send_confirmation;
        submission.attachments = documents.iter().map(|d| d.attachment.clone()).collect();
        self.world
            .commands
            .applications()
            .submit(submission, &documents, None, &cause())
            .await
            .unwrap()
            .id
    }

    async fn answer(&self, id: Uuid, nth: u128, kind: AnswerKind, answers_seen: usize) {
        self.give(id, nth, examples::answer(kind, true), answers_seen).await;
    }

    async fn give(&self, id: Uuid, nth: u128, answer: Answer, answers_seen: usize) {
        let ticket = AnswerTicket {
            application_id: id,
            answer_id: answer_id(nth),
            answers_seen,
            shown_at: self.world.commands.now(),
        };
        let request = AnswerRequest {
            answer,
            ticket,
            evidence: None,
            undo_window: SignedDuration::from_mins(10),
        };
        self.world.commands.applications().answer(request, &cause()).await.unwrap();
    }

    /// The kinds of what happened to an application, in order.
    async fn kinds(&self, id: Uuid) -> Vec<&'static str> {
        let history = self.world.commands.applications().find(id).await.unwrap();
        history.events.iter().map(|event| event.event.kind().as_str()).collect()
    }

    /// Waits until this happened to an application.
    async fn happened(&self, id: Uuid, kind: &str) {
        until(kind, || async { self.kinds(id).await.contains(&kind) }).await;
    }

    /// Reactor and state of every reaction that is not done.
    async fn parked(&self) -> Vec<(String, String)> {
        let rows = parked::list(&self.log, &Filter::default()).await.unwrap();
        rows.into_iter().map(|row| (row.reactor, row.state)).collect()
    }

    /// Waits until a reactor has parked a reaction in this state.
    async fn is_parked(&self, reactor: &str, state: &str) {
        let wanted = (reactor.to_owned(), state.to_owned());
        until(state, || async { self.parked().await.contains(&wanted) }).await;
    }
}

const EMPLOYER: &str = "recrutement@boulangerie.example";
const CANDIDATE: &str = "camille.martin@example.org";

fn from(mail: &Message<'_>) -> (String, String) {
    let from = mail.from().unwrap().first().unwrap();
    (from.name().unwrap().to_owned(), from.address().unwrap().to_owned())
}

fn reply_to(mail: &Message<'_>) -> Option<String> {
    Some(mail.reply_to()?.first()?.address()?.to_owned())
}

/// What follows `before` in the text of an e-mail, up to the next space or slash.
fn after(mail: &Message<'_>, before: &str) -> String {
    let text = mail.body_text(0).unwrap().into_owned();
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split(|c: char| c.is_whitespace() || c == '/').next().unwrap().to_owned()
}

#[rstest]
#[tokio::test]
async fn an_application_reaches_the_employer_with_its_documents_and_links_that_open(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    let workers = house.start().await;
    let id = house.submit(true).await;
    house.happened(id, "SentToEmployer").await;
    house.happened(id, "ConfirmedToCandidate").await;
    workers.stop().await;

    let mail = house.mail_to(EMPLOYER);
    let sender = "candidatures@emploi-facile.example".to_owned();
    assert_eq!(from(&mail), ("Camille Martin via Emploi Facile".to_owned(), sender));
    assert_eq!(reply_to(&mail).as_deref(), Some(CANDIDATE));
    let file = mail.attachments().next().unwrap();
    assert_eq!(file.attachment_name(), Some("CV Camille Martin.pdf"));
    assert_eq!(file.contents(), CV);
    let token = after(&mail, "https://postulo.example/r/");
    let links = house.world.commands.links();
    assert_eq!(links.open(LinkPurpose::Recruiter, &token, minutes(5)).unwrap(), id);
    assert!(links.open(LinkPurpose::Candidate, &token, minutes(5)).is_err());

    let copy = house.mail_to(CANDIDATE);
    assert!(copy.body_text(0).unwrap().contains("CV Camille Martin.pdf"));
    let token = after(&copy, "https://postulo.example/c/");
    assert_eq!(links.open(LinkPurpose::Candidate, &token, minutes(5)).unwrap(), id);
    assert!(house.parked().await.is_empty(), "no reaction is left over");
}

#[rstest]
#[tokio::test]
async fn a_copy_is_sent_to_those_only_who_ask_for_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    let workers = house.start().await;
    let id = house.submit(false).await;
    house.happened(id, "SentToEmployer").await;
    workers.stop().await;
    assert_eq!(house.mails().len(), 1);
    assert_eq!(house.kinds(id).await, ["Submitted", "SentToEmployer"]);
}

#[rstest]
#[tokio::test]
async fn a_staging_client_mails_no_employer_and_its_history_says_so(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, false).await;
    let workers = house.start().await;
    let id = house.submit(false).await;
    house.is_parked("employer_email", "skipped").await;
    workers.stop().await;
    assert_eq!(house.kinds(id).await, ["Submitted", "EmailSkipped"]);
    assert!(house.mails().is_empty());
}

#[rstest]
#[tokio::test]
async fn an_application_withdrawn_before_its_email_left_is_not_sent(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    house.start().await.stop().await; // the reactors have their place in the log now
    let id = house.submit(false).await;
    let withdraw = Withdraw { reason: None, at: minutes(0) };
    house.world.commands.perform(&id.to_string(), &withdraw, &cause()).await.unwrap();
    let workers = house.start().await;
    house.is_parked("employer_email", "skipped").await;
    workers.stop().await;
    assert_eq!(house.kinds(id).await, ["Submitted", "Withdrawn", "EmailSkipped"]);
    assert!(house.mails().is_empty());
}

#[rstest]
#[tokio::test]
async fn an_answer_waits_until_it_can_no_longer_be_undone_and_its_receipt_does_not(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    let workers = house.start().await;
    let id = house.submit(false).await;
    house.happened(id, "SentToEmployer").await;
    let application = house.mail_to(EMPLOYER);
    house.answer(id, 1, AnswerKind::Interview, 0).await;
    house.happened(id, "ReceiptSentToRecruiter").await;
    house.is_parked("answer_email", "delayed").await;
    let receipt = house.mails().pop().unwrap();
    assert_eq!(receipt.to().unwrap().first().unwrap().address(), Some(EMPLOYER));
    assert_eq!(receipt.in_reply_to().as_text(), application.message_id());
    let undo = format!("/undo/{}", answer_id(1));
    assert!(receipt.body_text(0).unwrap().contains(&undo));

    let waiting = parked::list(&house.log, &Filter::default()).await.unwrap().remove(0);
    assert_eq!(waiting.due_at, Some(timestamp_text(minutes(10))));
    house.clock.advance(SignedDuration::from_mins(10));
    house.happened(id, "AnswerSentToCandidate").await;
    until("no row is left", || async { house.parked().await.is_empty() }).await;
    workers.stop().await;

    let answer = house.mail_to(CANDIDATE);
    assert_eq!(from(&answer).0, "Dominique Dupont via Emploi Facile");
    assert_eq!(reply_to(&answer).as_deref(), Some("dominique@boulangerie.example"));
    let invitation = answer.parts.iter().find(|part| part.is_content_type("text", "calendar"));
    let invitation = invitation.unwrap().text_contents().unwrap();
    assert!(invitation.contains(&format!("UID:{id}@postulo.example")), "{invitation}");
    assert!(invitation.contains("METHOD:REQUEST"), "{invitation}");
    assert_eq!(answer.in_reply_to().as_text(), None, "no copy was sent: there is nothing above it");
    assert_eq!(answer.references().as_text(), None);
}

#[rstest]
#[tokio::test]
async fn an_answer_of_a_clock_that_jumped_ahead_leaves_when_it_is_right_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    let workers = house.start().await;
    let id = house.submit(false).await;
    house.happened(id, "SentToEmployer").await;
    let year = SignedDuration::from_hours(366 * 24);
    house.clock.advance(year);
    house.answer(id, 1, AnswerKind::Info, 0).await;
    house.answer(id, 2, AnswerKind::Rejection, 1).await;
    let answers = |state: &'static str| {
        let house = &house;
        async move {
            let is_one = |row: &&(String, String)| **row == ("answer_email".into(), state.into());
            house.parked().await.iter().filter(is_one).count()
        }
    };
    until("both wait", || async { answers("delayed").await == 2 }).await;
    let is_receipt = |kind: &&&str| **kind == "ReceiptSentToRecruiter";
    let receipts = || async { house.kinds(id).await.iter().filter(is_receipt).count() };
    // One that is under way when the clock turns back would wait for the year.
    until("both receipts left", || async { receipts().await == 2 }).await;

    house.clock.advance(-year);
    house.happened(id, "AnswerSentToCandidate").await;
    until("the other is skipped", || async { answers("skipped").await == 1 }).await;
    until("none waits", || async { answers("delayed").await == 0 }).await;
    workers.stop().await;
    let kinds = house.kinds(id).await;
    assert_eq!(kinds.iter().filter(|kind| **kind == "AnswerSentToCandidate").count(), 1);
    assert!(kinds.contains(&"EmailSkipped"), "{kinds:?}");
}

#[rstest]
#[tokio::test]
async fn an_answer_that_was_taken_back_is_never_sent(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    let workers = house.start().await;
    let id = house.submit(false).await;
    house.happened(id, "SentToEmployer").await;
    house.answer(id, 1, AnswerKind::Rejection, 0).await;
    house.is_parked("answer_email", "delayed").await;
    house.world.commands.applications().undo_answer(id, answer_id(1), &cause()).await.unwrap();
    house.clock.advance(SignedDuration::from_mins(10));
    house.is_parked("answer_email", "skipped").await;
    workers.stop().await;
    let to = |mail: &Message<'_>| mail.to().unwrap().first().unwrap().address() == Some(CANDIDATE);
    assert!(!house.mails().iter().any(to));
    assert!(!house.kinds(id).await.contains(&"AnswerSentToCandidate"));
}

/// The calendar part of an e-mail.
fn calendar(mail: &Message<'_>) -> Option<String> {
    let part = mail.parts.iter().find(|part| part.is_content_type("text", "calendar"))?;
    let method = part.content_type().unwrap().attribute("method").unwrap();
    let ics = part.text_contents().unwrap().replace("\r\n ", "");
    assert!(ics.contains(&format!("METHOD:{method}\r\n")), "{ics}");
    Some(ics)
}

fn interview_at(starts_at: &str) -> Answer {
    let mut answer = examples::answer(AnswerKind::Interview, true);
    if let Answer::Interview(interview) = &mut answer {
        interview.starts_at = examples::valid(starts_at);
    }
    answer
}

const RECRUITER: &str = "dominique@boulangerie.example";

impl House {
    fn mails_to(&self, address: &str) -> Vec<Message<'static>> {
        let to =
            |mail: &Message<'_>| mail.to().unwrap().first().unwrap().address() == Some(address);
        self.mails().into_iter().filter(to).collect()
    }

    async fn withdraw(&self, id: Uuid) {
        let withdraw = Withdraw { reason: None, at: self.world.commands.now() };
        self.world.commands.perform(&id.to_string(), &withdraw, &cause()).await.unwrap();
    }

    /// Waits until this happened to an application so often.
    async fn happened_times(&self, id: Uuid, kind: &str, times: usize) {
        until(kind, || async {
            self.kinds(id).await.iter().filter(|it| **it == kind).count() == times
        })
        .await;
    }

    /// An application with its employer, and an interview with its candidate.
    async fn with_interview(&self) -> Uuid {
        let id = self.submit(false).await;
        self.happened(id, "SentToEmployer").await;
        self.answer(id, 1, AnswerKind::Interview, 0).await;
        self.is_parked("answer_email", "delayed").await;
        self.clock.advance(SignedDuration::from_mins(10));
        self.happened(id, "AnswerSentToCandidate").await;
        id
    }

    async fn nothing_is_parked(&self) {
        until("no row is left", || async { self.parked().await.is_empty() }).await;
    }
}

#[rstest]
#[tokio::test]
async fn a_rejection_or_a_hire_takes_the_interview_out_of_the_candidates_calendar(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(AnswerKind::Rejection, AnswerKind::Hire)] ending: AnswerKind,
) {
    let house = House::new(engine, true).await;
    let workers = house.start().await;
    let id = house.with_interview().await;
    house.give(id, 2, interview_at("2026-12-04T09:00[Europe/Paris]"), 1).await;
    house.is_parked("answer_email", "delayed").await;
    house.clock.advance(SignedDuration::from_mins(10));
    house.happened_times(id, "AnswerSentToCandidate", 2).await;
    house.answer(id, 3, ending, 2).await;
    house.is_parked("answer_email", "delayed").await;
    house.clock.advance(SignedDuration::from_mins(10));
    house.happened_times(id, "AnswerSentToCandidate", 3).await;
    house.happened_times(id, "ReceiptSentToRecruiter", 3).await;
    house.nothing_is_parked().await;
    workers.stop().await;

    let mails = house.mails_to(CANDIDATE);
    let files: Vec<_> = mails.iter().map(|mail| calendar(mail).unwrap()).collect();
    let lines = |file: &str, wanted: &str| {
        let line = file.lines().find(|line| line.starts_with(wanted));
        line.unwrap_or_default().to_owned()
    };
    let told = |wanted| files.iter().map(|file| lines(file, wanted)).collect::<Vec<_>>();
    assert_eq!(told("METHOD"), ["METHOD:REQUEST", "METHOD:REQUEST", "METHOD:CANCEL"]);
    assert_eq!(told("SEQUENCE"), ["SEQUENCE:0", "SEQUENCE:1", "SEQUENCE:2"]);
    let status = told("STATUS");
    assert_eq!(status, ["STATUS:CONFIRMED", "STATUS:CONFIRMED", "STATUS:CANCELLED"]);
    assert_eq!(told("UID"), [(); 3].map(|()| format!("UID:{id}@postulo.example")));
    assert!(files[2].contains("DTSTART;TZID=Europe/Paris:20261204T090000"), "{}", files[2]);
    let moved = mails[1].body_text(0).unwrap().into_owned();
    assert!(moved.contains("remplace celle du jeudi 3 décembre 2026"), "{moved}");
    let ended = mails[2].body_text(0).unwrap().into_owned();
    assert!(ended.contains("vendredi 4 décembre 2026") && ended.contains("n’aura pas lieu"));
    let receipt = house.mails_to(EMPLOYER).pop().unwrap();
    assert!(receipt.body_text(0).unwrap().contains("Entretien annulé"));
    assert!(house.mails_to(EMPLOYER).iter().all(|mail| calendar(mail).is_none()));
}

#[rstest]
#[tokio::test]
async fn a_withdrawal_is_told_to_employer_and_recruiter_and_calls_the_interview_off_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    let workers = house.start().await;
    let id = house.with_interview().await;
    house.happened(id, "ReceiptSentToRecruiter").await;
    house.withdraw(id).await;
    house.happened_times(id, "WithdrawalSent", 3).await;
    house.nothing_is_parked().await;
    workers.stop().await;
    let workers = house.start().await;
    house.withdraw(id).await;
    let other = house.submit(false).await;
    house.happened(other, "SentToEmployer").await;
    workers.stop().await;
    house.happened_times(id, "WithdrawalSent", 3).await;

    let employer = &house.mails_to(EMPLOYER)[2];
    let application = &house.mails_to(EMPLOYER)[0];
    assert_eq!(employer.in_reply_to().as_text(), application.message_id());
    assert_eq!(from(employer).0, "Camille Martin via Emploi Facile");
    assert_eq!(reply_to(employer).as_deref(), Some(CANDIDATE));
    let recruiter = house.mail_to(RECRUITER);
    for mail in [employer, &recruiter] {
        let text = mail.body_text(0).unwrap();
        assert!(text.contains("a retiré sa candidature"), "{text}");
        assert!(text.contains("jeudi 3 décembre 2026 à 14"), "{text}");
        assert!(!text.contains("postulo.example/"), "no link answers any more: {text}");
        assert_eq!(calendar(mail), None);
    }
    let mails = house.mails_to(CANDIDATE);
    assert_eq!(mails.len(), 2);
    let (request, cancel) = (calendar(&mails[0]).unwrap(), calendar(&mails[1]).unwrap());
    assert!(request.contains("SEQUENCE:0\r\n") && cancel.contains("SEQUENCE:1\r\n"));
    assert!(cancel.contains("METHOD:CANCEL\r\n") && cancel.contains("STATUS:CANCELLED\r\n"));
    assert!(cancel.contains(&format!("UID:{id}@postulo.example\r\n")));
    assert_eq!(mails[1].in_reply_to().as_text(), mails[0].message_id());
    let told: std::collections::BTreeSet<_> =
        house.mails().iter().map(|mail| mail.message_id().unwrap().to_owned()).collect();
    assert_eq!(told.len(), house.mails().len(), "each e-mail has a name of its own");
}

#[rstest]
#[tokio::test]
async fn a_withdrawal_without_an_interview_is_told_to_the_employer_alone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    let workers = house.start().await;
    let id = house.submit(true).await;
    house.happened(id, "SentToEmployer").await;
    house.happened(id, "ConfirmedToCandidate").await;
    house.withdraw(id).await;
    house.happened(id, "WithdrawalSent").await;
    house.nothing_is_parked().await;
    workers.stop().await;
    let mails = house.mails_to(EMPLOYER);
    assert_eq!(mails.len(), 2);
    let text = mails[1].body_text(0).unwrap();
    assert!(text.contains("a retiré sa candidature") && !text.contains("entretien"), "{text}");
    assert_eq!(house.mails_to(CANDIDATE).len(), 1, "the copy alone");
    let kinds = house.kinds(id).await;
    assert_eq!(kinds.iter().filter(|kind| **kind == "WithdrawalSent").count(), 1, "{kinds:?}");

    // An operator has it sent once more.
    let workers = house.start().await;
    house.clock.advance(SignedDuration::from_mins(5));
    let request = Uuid::from_u128(7);
    house
        .world
        .commands
        .applications()
        .resend(id, request, Letter::Withdrawal, &cause())
        .await
        .unwrap();
    house.happened(id, "EmailResent").await;
    workers.stop().await;
    let mails = house.mails_to(EMPLOYER);
    assert_eq!(mails[1].subject(), mails[2].subject());
    assert_ne!(mails[1].message_id(), mails[2].message_id());
}

#[rstest]
#[tokio::test]
async fn an_address_that_is_not_written_to_keeps_the_news_from_nobody_else(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    let workers = house.start().await;
    let id = house.with_interview().await;
    let (employer, until) = (examples::valid(EMPLOYER), minutes(600));
    let commands = &house.world.commands;
    commands
        .suppressions()
        .suppress(&employer, SuppressionReason::Operator, until, &cause())
        .await
        .unwrap();
    let before = house.mails_to(EMPLOYER).len();
    house.withdraw(id).await;
    house.happened_times(id, "WithdrawalSent", 2).await;
    house.is_parked("withdrawal_email", "skipped").await;
    workers.stop().await;
    assert_eq!(house.mails_to(EMPLOYER).len(), before);
    house.mail_to(RECRUITER);
    assert!(calendar(&house.mails_to(CANDIDATE)[1]).unwrap().contains("METHOD:CANCEL"));
    let history = house.world.commands.applications().find(id).await.unwrap();
    let delivery = history.state.known().unwrap().delivery(Letter::Withdrawal).unwrap().clone();
    assert_eq!(delivery.as_str(), "skipped");
}

#[rstest]
#[tokio::test]
async fn a_staging_client_tells_no_employer_of_a_withdrawal(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, false).await;
    let workers = house.start().await;
    let id = house.submit(false).await;
    house.is_parked("employer_email", "skipped").await;
    house.answer(id, 1, AnswerKind::Interview, 0).await;
    house.is_parked("answer_email", "delayed").await;
    house.clock.advance(SignedDuration::from_mins(10));
    house.happened(id, "AnswerSentToCandidate").await;
    house.withdraw(id).await;
    house.is_parked("recruiter_withdrawal_email", "skipped").await;
    house.happened(id, "WithdrawalSent").await;
    workers.stop().await;
    let mails = house.mails();
    assert_eq!(mails.len(), 2, "both to the candidate");
    let text = mails[1].body_text(0).unwrap();
    assert!(!text.contains("informons"), "nobody else is told: {text}");
}

#[rstest]
#[tokio::test]
async fn an_interview_whose_place_was_taken_before_it_left_is_neither_sent_nor_called_off(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    let workers = house.start().await;
    let mut applications = vec![];
    for nth in [1, 3] {
        let id = house.submit(false).await;
        house.happened(id, "SentToEmployer").await;
        house.answer(id, nth, AnswerKind::Interview, 0).await;
        house.clock.advance(SignedDuration::from_secs(2)); // nobody sends two e-mails a second
        applications.push(id);
    }
    let [rejected, withdrawn] = applications[..] else { panic!("there are two") };
    house.clock.advance(SignedDuration::from_mins(5));
    house.answer(rejected, 2, AnswerKind::Rejection, 1).await;
    house.withdraw(withdrawn).await;
    house.happened_times(withdrawn, "WithdrawalSent", 2).await;
    house.clock.advance(SignedDuration::from_mins(5));
    house.happened(withdrawn, "EmailSkipped").await;
    house.clock.advance(SignedDuration::from_mins(6));
    house.happened(rejected, "AnswerSentToCandidate").await;
    house.happened(rejected, "EmailSkipped").await;
    workers.stop().await;
    let mails = house.mails_to(CANDIDATE);
    assert_eq!(mails.len(), 1, "the rejection alone");
    assert!(mails[0].subject().unwrap().starts_with("Réponse à votre candidature"));
    assert_eq!(calendar(&mails[0]), None);
}

#[rstest]
#[tokio::test]
async fn a_letter_stands_under_another_one_that_was_sent(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    let workers = house.start().await;
    let id = house.submit(true).await;
    house.happened(id, "SentToEmployer").await;
    house.happened(id, "ConfirmedToCandidate").await;
    house.answer(id, 1, AnswerKind::Info, 0).await;
    house.is_parked("answer_email", "delayed").await;
    house.clock.advance(SignedDuration::from_mins(10));
    house.happened(id, "AnswerSentToCandidate").await;
    workers.stop().await;
    let mails = house.mails_to(CANDIDATE);
    assert_eq!(mails[1].in_reply_to().as_text(), mails[0].message_id());
    assert_eq!(mails[1].references().as_text(), mails[0].message_id());
}

/// Delivers, and then does not return: what the outcome would record is never reached.
struct DiesAfterSending {
    mailer: Arc<dyn Mailer>,
    sent: AtomicUsize,
}

#[async_trait]
impl Mailer for DiesAfterSending {
    async fn send(&self, email: &Email) -> Result<Taken, SendError> {
        self.mailer.send(email).await?;
        self.sent.fetch_add(1, Ordering::SeqCst);
        std::future::pending().await
    }
}

#[rstest]
#[tokio::test]
async fn a_crash_between_sending_and_recording_repeats_the_very_same_message(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut house = House::new(engine, true).await;
    let working = house.world.mailer.clone();
    let dying = DiesAfterSending { mailer: working.clone(), sent: AtomicUsize::new(0) };
    let dying = Arc::new(dying);
    house.world.mailer = dying.clone();
    let workers = house.start().await;
    let id = house.submit(false).await;
    until("it left", || async { dying.sent.load(Ordering::SeqCst) == 1 }).await;
    drop(workers); // every task ends where it stands, as in a crash
    assert_eq!(house.kinds(id).await, ["Submitted"]);

    house.world.mailer = working;
    house.clock.advance(SignedDuration::from_mins(90));
    let workers = house.start().await;
    house.happened(id, "SentToEmployer").await;
    workers.stop().await;
    let mails = house.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].message_id(), mails[1].message_id());
    assert_eq!(mails[0].body_text(0), mails[1].body_text(0));
    assert_eq!(mails[0].date(), mails[1].date());
    assert_eq!(house.kinds(id).await, ["Submitted", "SentToEmployer"]);
}

struct Refusing;

#[async_trait]
impl Mailer for Refusing {
    async fn send(&self, _: &Email) -> Result<Taken, SendError> {
        let text = format!("5.1.1 <{EMPLOYER}> no such user");
        Err(SendError::Refused(Reply::new(Problem::NoSuchMailbox, 550, text)))
    }
}

#[rstest]
#[tokio::test]
async fn a_refusal_is_recorded_and_kept_until_an_operator_tries_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut house = House::new(engine, true).await;
    let working = house.world.mailer.clone();
    house.world.mailer = Arc::new(Refusing);
    let workers = house.start().await;
    let id = house.submit(true).await;
    house.is_parked("employer_email", "failed").await;
    house.is_parked("confirmation_email", "failed").await;
    workers.stop().await;
    let mut kinds = house.kinds(id).await;
    kinds.sort_unstable();
    assert_eq!(kinds, ["EmailFailed", "EmailFailed", "Submitted"]);
    let rows = parked::list(&house.log, &Filter::default()).await.unwrap();
    for row in &rows {
        assert!(row.cause.contains("no such mailbox") && !row.cause.contains('@'), "{}", row.cause);
        assert!(row.detail.as_ref().unwrap().contains(EMPLOYER), "what the server said is kept");
    }

    house.world.mailer = working;
    house.clock.advance(SignedDuration::from_mins(1)); // the first attempt counts for the limits
    let workers = house.start().await;
    let now = house.world.commands.now();
    assert_eq!(parked::retry(house.log.db(), &Filter::default(), now).await.unwrap(), 2);
    house.happened(id, "SentToEmployer").await;
    house.happened(id, "ConfirmedToCandidate").await;
    until("no row is left", || async { house.parked().await.is_empty() }).await;
    workers.stop().await;
    assert_eq!(house.mails().len(), 2);
}

#[rstest]
#[tokio::test]
async fn documents_go_to_each_who_was_named_except_to_whom_nothing_is_sent(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    let workers = house.start().await;
    let id = house.submit(false).await;
    house.happened(id, "SentToEmployer").await;
    let [one, shut, other] = ["one@example.org", "shut@example.org", "other@example.org"];
    let (shut_address, until) = (examples::valid(shut), minutes(60));
    let commands = &house.world.commands;
    commands
        .suppressions()
        .suppress(&shut_address, SuppressionReason::Operator, until, &cause())
        .await
        .unwrap();
    let to = [one, shut, other, "ONE@example.org"].map(examples::valid).to_vec();
    for _ in 0..2 {
        let request = Uuid::from_u128(7);
        commands
            .applications()
            .forward_attachments(id, request, to.clone(), &cause())
            .await
            .unwrap();
    }
    until_forwarded(&house, id, 2).await;
    house.is_parked("attachments_forward", "skipped").await;

    for address in [one, other] {
        let email = house.mail_to(address);
        assert_eq!(email.attachments().next().unwrap().contents(), CV);
    }
    assert_eq!(house.mails().len(), 3, "the employer's and one for each who may have it");
    commands.suppressions().lift(&shut_address, &cause()).await.unwrap();
    let everything =
        parked::retry(house.log.db(), &Filter::default(), commands.now()).await.unwrap();
    assert_eq!(everything, 0, "what was skipped on purpose is named to be tried again");
    let skipped = Filter { state: Some("skipped".into()), ..Filter::default() };
    parked::retry(house.log.db(), &skipped, commands.now()).await.unwrap();
    until_forwarded(&house, id, 3).await;
    workers.stop().await;
    house.mail_to(shut);
    assert_eq!(house.mails().len(), 4, "nobody was written to twice");
}

/// Waits until this many forwards of the documents left.
async fn until_forwarded(house: &House, id: Uuid, wanted: usize) {
    until("AttachmentsForwarded", || async {
        let kinds = house.kinds(id).await;
        kinds.iter().filter(|kind| **kind == "AttachmentsForwarded").count() == wanted
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn a_letter_sent_again_is_another_message_and_is_sent_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    let workers = house.start().await;
    let id = house.submit(false).await;
    house.happened(id, "SentToEmployer").await;
    house.clock.advance(SignedDuration::from_secs(2)); // no address gets two e-mails a second
    for _ in 0..2 {
        let request = Uuid::from_u128(7);
        house
            .world
            .commands
            .applications()
            .resend(id, request, Letter::Employer, &cause())
            .await
            .unwrap();
    }
    house.happened(id, "EmailResent").await;
    workers.stop().await;
    let mails = house.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].subject(), mails[1].subject());
    assert_ne!(mails[0].message_id(), mails[1].message_id());
}

#[rstest]
#[tokio::test]
async fn a_link_to_data_is_mailed_once_for_each_wish_and_opens_that_alone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, false).await;
    let workers = house.start().await;
    let id = house.submit(false).await;
    house.is_parked("employer_email", "skipped").await;
    let ask = async |nth: u128, wish| {
        let request = Uuid::from_u128(nth);
        house
            .world
            .commands
            .people()
            .request_personal_data(id, request, wish, &cause())
            .await
            .unwrap();
    };
    for _ in 0..2 {
        ask(1, Wish::Export).await;
        house.happened(id, "PersonalDataLinkSent").await;
    }
    let links = house.world.commands.links();
    let token = after(&house.mail_to(CANDIDATE), "https://postulo.example/p/");
    assert_eq!(links.open(LinkPurpose::Export, &token, minutes(5)).unwrap(), id);
    assert!(links.open(LinkPurpose::Erasure, &token, minutes(5)).is_err());
    workers.stop().await;

    ask(2, Wish::Erasure).await;
    let workers = house.start().await;
    until("a second e-mail", || async { house.mails().len() == 2 }).await;
    workers.stop().await;
    let workers = house.start().await;
    let sent =
        async || house.kinds(id).await.iter().filter(|it| **it == "PersonalDataLinkSent").count();
    until("both are recorded", || async { sent().await == 2 }).await;
    workers.stop().await;
    let mails = house.mails();
    assert_eq!(mails.len(), 2, "none is sent twice");
    let token = after(&mails[1], "https://postulo.example/p/");
    assert_eq!(links.open(LinkPurpose::Erasure, &token, minutes(5)).unwrap(), id);
}

#[rstest]
#[tokio::test]
async fn nothing_is_mailed_to_somebody_who_was_forgotten_meanwhile(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    house.start().await.stop().await; // the reactors have their place in the log now
    let id = house.submit(true).await;
    let commands = &house.world.commands;
    commands.people().request_personal_data(id, Uuid::nil(), Wish::Export, &cause()).await.unwrap();
    let address = examples::valid(CANDIDATE);
    let erased = commands
        .people()
        .forget_person(
            &address,
            &[RecordRef::application(id)],
            &ErasureBasis::CommandLine,
            &cause(),
        )
        .await;
    assert_eq!(erased.unwrap().len(), 1);
    let workers = house.start().await;
    let other = house.submit(false).await;
    house.happened(other, "SentToEmployer").await;
    workers.stop().await;
    assert_eq!(house.mails().len(), 1, "the other application's alone");
    assert_eq!(house.kinds(id).await, ["Submitted", "PersonalDataRequested", "PersonalDataErased"]);
}

/// Refuses for a reason of ours until it is mended.
#[derive(Default)]
struct Barred {
    mended: std::sync::atomic::AtomicBool,
    tried: AtomicUsize,
}

#[async_trait]
impl Mailer for Barred {
    async fn send(&self, _: &Email) -> Result<Taken, SendError> {
        self.tried.fetch_add(1, Ordering::SeqCst);
        if self.mended.load(Ordering::SeqCst) {
            return Ok(Taken::default());
        }
        let text = "5.4.5 Daily user sending limit exceeded.".to_owned();
        Err(SendError::Misconfigured(Reply::new(Problem::SendingLimit, 550, text)))
    }
}

#[tokio::test]
async fn a_fault_of_ours_uses_no_attempt_up_and_tells_the_candidate_nothing() {
    let mut house = House::new(Engine::Sqlite, true).await;
    let barred = Arc::new(Barred::default());
    house.world.mailer = barred.clone();
    let workers = house.start().await;
    let id = house.submit(false).await;
    for tries in 1..20 {
        until("it is tried", || async { barred.tried.load(Ordering::SeqCst) >= tries }).await;
        house.is_parked("employer_email", "delayed").await;
        house.clock.advance(SignedDuration::from_hours(2));
    }
    let row = parked::list(&house.log, &Filter::default()).await.unwrap().remove(0);
    assert_eq!((row.state.as_str(), row.attempts), ("delayed", 0));
    assert!(row.cause.contains("sending limit"), "{}", row.cause);
    assert_eq!(house.kinds(id).await, ["Submitted"]);
    barred.mended.store(true, Ordering::SeqCst);
    house.clock.advance(SignedDuration::from_hours(2));
    house.happened(id, "SentToEmployer").await;
    workers.stop().await;
}

#[rstest]
#[tokio::test]
async fn the_letters_of_a_paused_platform_wait_and_leave_at_once_when_it_is_resumed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    let demo: domain::PartnerId = examples::valid("demo");
    let commands = &house.world.commands;
    commands.partners().pause(&demo, &cause()).await.unwrap();
    commands.partners().pause(&demo, &cause()).await.unwrap();
    let workers = house.start().await;
    let id = house.submit(true).await;
    house.is_parked("employer_email", "delayed").await;
    house.is_parked("confirmation_email", "delayed").await;
    for row in parked::list(&house.log, &Filter::default()).await.unwrap() {
        assert!(row.cause.contains("demo is paused") && row.attempts == 0, "{}", row.cause);
    }
    assert_eq!(house.kinds(id).await, ["Submitted"], "taken, and nothing else");
    assert!(house.mails().is_empty());

    assert_eq!(commands.partners().resume(&demo, &cause()).await.unwrap(), 2);
    assert_eq!(commands.partners().resume(&demo, &cause()).await.unwrap(), 0);
    house.happened(id, "SentToEmployer").await;
    house.happened(id, "ConfirmedToCandidate").await;
    until("no row is left", || async { house.parked().await.is_empty() }).await;
    workers.stop().await;
    assert_eq!(house.mails().len(), 2);
}

/// A provider whose report comes before it is known what it calls the e-mail.
struct Hasty {
    commands: Commands,
}

#[async_trait]
impl Mailer for Hasty {
    async fn send(&self, _: &Email) -> Result<Taken, SendError> {
        let id = ReportedId { message_id: None, provider_id: Some("77") };
        let report = Report::Delivered;
        let reported = self.commands.emails().record_report(id, report, minutes(0), &cause()).await;
        assert_eq!(reported.unwrap(), ReportOutcome::Unknown);
        Ok(Taken { provider_id: Some("77".into()) })
    }
}

#[rstest]
#[tokio::test]
async fn a_report_that_comes_before_its_email_is_known_is_recorded_when_it_is(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut house = House::new(engine, true).await;
    let commands = house.world.commands.clone();
    house.world.mailer = Arc::new(Hasty { commands: commands.clone() });
    let stranger = ReportedId { message_id: None, provider_id: Some("78") };
    for _ in 0..2 {
        let report = Report::Opened;
        commands.emails().record_report(stranger, report, minutes(0), &cause()).await.unwrap();
    }
    let workers = house.start().await;
    let id = house.submit(false).await;
    house.happened(id, "EmailDelivered").await;
    house.happened(id, "SentToEmployer").await;
    workers.stop().await;
    let kept = async || {
        let sql = "SELECT count(*) FROM early_reports";
        let (count,): (i64,) = house.log.db().fetch_one(sql, vec![]).await.unwrap();
        count
    };
    assert_eq!(kept().await, 1, "the stranger's, once");
    assert_eq!(commands.emails().unknown_reports_since("2000-01-01").await.unwrap(), 2);
    house.clock.advance(SignedDuration::from_hours(25));
    commands.tidy().await.unwrap();
    assert_eq!(kept().await, 0, "a day is long enough");
}
