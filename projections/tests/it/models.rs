use domain::application::{AnswerKind, ApplicationEvent, Letter, SkipReason};
use domain::partner::{EmailLimits, PartnerEvent, Retention};
use domain::{Personal, examples};
use event_store::testing::Engine;
use event_store::{ActorKind, Position};
use projections::{answers, applications, emails, partners, timeline};
use rstest::rstest;

use crate::support::{application, fixture};

fn rejected() -> ApplicationEvent {
    examples::answered(1, examples::answer(AnswerKind::Rejection, true), None)
}

fn undone() -> ApplicationEvent {
    ApplicationEvent::AnswerUndone { answer_id: examples::answer_id(1), at: examples::minutes(3) }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_state_is_shown_as_the_rules_say(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let states = examples::every_state();
    for (n, (_, events)) in (1..).zip(&states) {
        if !events.is_empty() {
            it.append(application(n), 0, events).await;
        }
    }
    it.project().await;
    for (n, (name, events)) in (1..).zip(&states) {
        let row = applications::find(&it.log, application(n)).await.unwrap();
        let state = examples::state(events);
        assert_eq!(row.as_ref().map(|row| row.status), state.status(), "{name}");
        if let (Some(row), Ok(known)) = (row, state.known()) {
            assert_eq!(row.last_sequence, i64::try_from(events.len()).unwrap());
            assert_eq!(row.updated_at, events.last().unwrap().at());
            assert_eq!(row.submitted_at, known.submitted_at);
            assert_eq!(row.withdrawn_at, known.withdrawn_at);
            assert_eq!(row.answers, i64::try_from(known.answers.len()).unwrap());
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_application_shows_what_was_sent(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let position = it.append(application(1), 0, &[examples::submitted_in_full()]).await;
    it.project().await;
    let row = applications::find(&it.log, application(1)).await.unwrap().unwrap();
    let sent = examples::full_submission();
    assert_eq!((row.id, &row.client_id), (application(1), &sent.partner));
    assert_eq!(row.job, sent.job.as_str());
    assert_eq!(row.rome_code.as_deref(), Some("D1102"));
    assert_eq!(row.candidate_first_name.reveal(), "Camille");
    assert_eq!(row.employer_email.reveal(), sent.employer.email.reveal().as_str());
    assert_eq!(row.message.reveal(), sent.message.reveal().as_str());
    assert!(row.send_confirmation);
    assert_eq!(row.attachments.len(), 2);
    assert_eq!(row.attachments[0].digest, sent.attachments[0].digest);
    assert_eq!(row.attachments[0].name.reveal(), "CV Camille Martin.pdf");
    assert_eq!((row.submitted_position, row.last_position), (position, position));
    assert!(!format!("{row:?}").contains("Camille"), "a log shows nobody");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_undone_rejection_opens_the_application_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let id = application(1);
    it.append(id, 0, &[examples::submitted(), examples::sent(), rejected()]).await;
    it.project().await;
    let row = applications::find(&it.log, id).await.unwrap().unwrap();
    assert_eq!((row.status.as_str(), row.answers), ("rejected", 1));
    assert_eq!(row.last_answer_kind, Some(AnswerKind::Rejection));

    it.append(id, 3, &[undone()]).await;
    it.project().await;
    let row = applications::find(&it.log, id).await.unwrap().unwrap();
    assert_eq!((row.status.as_str(), row.answers), ("sent", 0));
    assert_eq!((row.last_answer_kind, row.last_answered_at), (None, None));
    let answers = answers::of(&it.log, id).await.unwrap();
    assert_eq!(answers.len(), 1, "it stays, marked");
    assert!(answers[0].undone);
    assert_eq!(answers[0].email_status, "skipped");
    let emails = emails::of(&it.log, id).await.unwrap();
    let email = emails.iter().find(|email| email.kind == "answer").unwrap();
    assert_eq!(email.status, "skipped");
    assert_eq!(email.reason.as_deref(), Some("answer_undone"));
    assert_eq!(email.settled_at, Some(examples::minutes(3)));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_answer_is_a_row(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let it = fixture(engine).await;
    let id = application(1);
    let mut history = vec![examples::submitted()];
    for (n, kind) in (1..).zip(AnswerKind::ALL) {
        history.push(examples::answered(n, examples::answer(kind, true), None));
    }
    it.append(id, 0, &history).await;
    it.project().await;
    let rows = answers::of(&it.log, id).await.unwrap();
    let kinds: Vec<_> = rows.iter().map(|row| row.kind).collect();
    assert_eq!(kinds, AnswerKind::ALL);
    let numbers: Vec<_> = rows.iter().map(|row| (row.number, row.position.get())).collect();
    assert_eq!(numbers, [(1, 2), (2, 3), (3, 4), (4, 5)]);
    let interview = &rows[0];
    assert_eq!(interview.place.as_deref(), Some("onsite"));
    assert_eq!(
        interview.starts_at_zoned.as_deref(),
        Some("2026-12-03T14:30:00+01:00[Europe/Paris]")
    );
    assert_eq!(interview.starts_at, Some(examples::at("2026-12-03T13:30:00Z")));
    let recruiter = interview.recruiter_email.as_ref().unwrap();
    assert_eq!(recruiter.reveal(), "dominique@boulangerie.example");
    assert_eq!(rows[2].reason.as_deref(), Some("novacancy"));
    assert_eq!(rows[2].recruiter_name, None);
    assert!(rows.iter().all(|row| row.client_id.as_str() == "demo"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_email_is_planned_and_settled(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let id = application(1);
    let at = examples::minutes(5);
    let statuses = async || -> Vec<(String, String, Option<String>)> {
        it.project().await;
        let rows = emails::of(&it.log, id).await.unwrap();
        rows.into_iter().map(|row| (row.kind, row.status, row.message_id)).collect()
    };
    let row = |kind: &str, status: &str, message_id: Option<&str>| {
        (kind.to_owned(), status.to_owned(), message_id.map(str::to_owned))
    };

    it.append(id, 0, &[examples::submitted_in_full()]).await;
    let planned = [row("confirmation", "pending", None), row("employer", "pending", None)];
    assert_eq!(statuses().await, planned);

    let failed = ApplicationEvent::EmailFailed {
        letter: Letter::Employer,
        cause: Personal::new(examples::valid("550 5.1.1 no such user")),
        at,
    };
    it.append(id, 1, &[failed]).await;
    assert_eq!(statuses().await[1], row("employer", "failed", None));
    let email = emails::of(&it.log, id).await.unwrap().remove(1);
    assert_eq!(email.cause.unwrap().reveal(), "550 5.1.1 no such user");
    assert_eq!(email.recipient.reveal(), "recrutement@boulangerie.example");

    // An operator has it sent again.
    let confirmed = ApplicationEvent::EmailFailed {
        letter: Letter::Confirmation,
        cause: Personal::new(examples::valid("552 5.2.2 mailbox full")),
        at,
    };
    it.append(id, 2, &[examples::sent(), confirmed, rejected()]).await;
    let expected = [
        row("confirmation", "failed", None),
        row("employer", "sent", Some("0195.employer@postulo.example")),
        row("answer", "pending", None),
        row("receipt", "pending", None),
    ];
    assert_eq!(statuses().await, expected);
    let email = emails::of(&it.log, id).await.unwrap().remove(1);
    assert_eq!((email.cause, email.settled_at), (None, Some(examples::minutes(1))));

    let answer_id = examples::answer_id(1);
    let receipt = ApplicationEvent::ReceiptSentToRecruiter {
        answer_id,
        message_id: examples::valid("0195.receipt@postulo.example"),
        at,
    };
    let answer = ApplicationEvent::AnswerSentToCandidate {
        answer_id,
        message_id: examples::valid("0195.answer@postulo.example"),
        at,
    };
    it.append(id, 5, &[receipt, answer]).await;
    let settled = statuses().await;
    assert_eq!(settled[2], row("answer", "sent", Some("0195.answer@postulo.example")));
    assert_eq!(settled[3], row("receipt", "sent", Some("0195.receipt@postulo.example")));
    let answers = answers::of(&it.log, id).await.unwrap();
    assert_eq!((answers[0].email_status.as_str(), answers[0].email_at), ("sent", Some(at)));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_letters_of_a_withdrawal_are_there_once_something_became_of_them(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let (id, at, answer_id) = (application(1), examples::minutes(9), examples::answer_id(1));
    let interview = examples::answer(AnswerKind::Interview, true);
    let begun = [
        examples::submitted(),
        examples::sent(),
        examples::answered(1, interview, None),
        ApplicationEvent::Withdrawn { reason: None, at },
    ];
    it.append(id, 0, &begun).await;
    it.project().await;
    let emails = emails::of(&it.log, id).await.unwrap();
    let kinds: Vec<_> = emails.iter().map(|email| email.kind.as_str()).collect();
    assert_eq!(kinds, ["employer", "answer", "receipt"], "older withdrawals caused none");

    let sent = |letter: Letter| ApplicationEvent::WithdrawalSent {
        letter,
        message_id: examples::valid(&format!("0195.{}@postulo.example", letter.name())),
        at,
    };
    let suppressed = ApplicationEvent::EmailSkipped {
        letter: Letter::Withdrawal,
        reason: SkipReason::Suppressed,
        at,
    };
    let told =
        [suppressed, sent(Letter::RecruiterWithdrawal { answer_id }), sent(Letter::Cancellation)];
    it.append(id, 4, &told).await;
    it.project().await;
    let emails = emails::of(&it.log, id).await.unwrap();
    let rows: Vec<_> = emails[3..]
        .iter()
        .map(|it| (it.kind.as_str(), it.status.as_str(), it.recipient.reveal().as_str()))
        .collect();
    let expected = [
        ("cancellation", "sent", "camille.martin@example.org"),
        ("recruiter_withdrawal", "sent", "dominique@boulangerie.example"),
        ("withdrawal", "skipped", "recrutement@boulangerie.example"),
    ];
    assert_eq!(rows, expected);
    assert_eq!(emails[4].answer_id, Some(answer_id));
    assert_eq!(emails[5].reason.as_deref(), Some("suppressed"));
    assert!(emails[3..].iter().all(|email| email.settled_at == Some(at)));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_skipped_email_says_why(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let it = fixture(engine).await;
    let skipped = ApplicationEvent::EmailSkipped {
        letter: Letter::Employer,
        reason: SkipReason::StagingClient,
        at: examples::minutes(1),
    };
    it.append(application(1), 0, &[examples::submitted(), skipped]).await;
    it.project().await;
    let emails = emails::of(&it.log, application(1)).await.unwrap();
    assert_eq!(emails.len(), 1, "no copy was asked for");
    assert_eq!(emails[0].status, "skipped");
    assert_eq!(emails[0].reason.as_deref(), Some("staging_client"));
    assert_eq!(emails[0].settled_at, Some(examples::minutes(1)));

    // What keeps the application from the employer keeps the receipt of an answer too.
    let skipped = ApplicationEvent::EmailSkipped {
        letter: Letter::Receipt { answer_id: examples::answer_id(1) },
        reason: SkipReason::StagingClient,
        at: examples::minutes(3),
    };
    it.append(application(1), 2, &[rejected(), skipped]).await;
    it.project().await;
    let emails = emails::of(&it.log, application(1)).await.unwrap();
    let receipt = emails.iter().find(|email| email.kind == "receipt").unwrap();
    assert_eq!(receipt.status, "skipped");
    assert_eq!(receipt.reason.as_deref(), Some("staging_client"));
    assert!(receipt.settled_at.is_some());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_timeline_tells_every_event_and_nothing_of_a_person(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let mut history = examples::every_event();
    history.sort_by_key(|event| !matches!(event, ApplicationEvent::Submitted { .. }));
    it.append(application(1), 0, &history).await;
    it.project().await;
    let rows = timeline::of(it.db(), application(1)).await.unwrap();
    let kinds: Vec<_> = rows.iter().map(|row| row.kind.as_str()).collect();
    let expected: Vec<_> = history.iter().map(|event| event.kind().as_str()).collect();
    assert_eq!(kinds, expected);
    let sequences: Vec<_> = rows.iter().map(|row| row.sequence).collect();
    let expected: Vec<_> = (1..).take(history.len()).collect();
    assert_eq!(sequences, expected);
    assert_eq!(rows[0].position, Position::new(1));
    assert_eq!(rows[0].actor, "partner");
    assert_eq!(rows[0].actor_id.as_deref(), Some("demo"));
    assert_eq!(rows[1].details["attachments"], 2);
    let rejection = rows.iter().find(|row| row.kind == "Rejected").unwrap();
    assert_eq!(rejection.details["reason"], "novacancy");
    assert_eq!(rejection.answer_id, Some(examples::answer_id(1)));

    let table = it.dump_of("application_events").await.join("\n");
    for personal in [
        "Camille",
        "Martin",
        "camille.martin",
        "06 12",
        "Lilas",
        "1234567A",
        "recrutement@",
        "fournil",
        "Dominique",
        "dominique@",
        "01 23",
        "Marché",
        "no such user",
        "un poste",
        "Mozilla",
        "lettre.docx",
        "gAAAAABk",
        "direction@",
    ] {
        assert!(!table.contains(personal), "{personal:?} is a person's");
    }
}

#[test]
fn every_actor_has_its_stored_name() {
    for kind in ActorKind::KNOWN {
        let written = serde_json::to_value(kind).unwrap();
        let about =
            timeline::TABLE.columns.iter().find(|column| column.name == "actor").unwrap().about;
        assert!(about.contains(written.as_str().unwrap()));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn clients_are_listed_with_their_latest_settings(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    it.register("zebra", examples::partner_settings()).await;
    it.register("demo", examples::partner_settings()).await;
    let mut settings = examples::partner_settings();
    settings.mails_employers = false;
    settings.origins.clear();
    settings.retention = Retention::new(7, 12).unwrap();
    settings.sender_limits = EmailLimits { per_second: 2, per_minute: 5, per_hour: u32::MAX };
    let changed = PartnerEvent::ClientSettingsChanged {
        settings: settings.clone(),
        at: examples::minutes(8),
    };
    let new = vec![it.new_event(&changed)];
    let appended = it.log.append("ClientPlatform", "demo", 1, new).await.unwrap();
    it.project().await;

    let rows = partners::all(it.db()).await.unwrap();
    let ids: Vec<_> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["demo", "zebra"]);
    assert_eq!(rows[0].settings, settings);
    assert_eq!(rows[0].registered_at, examples::minutes(0));
    assert_eq!(rows[0].updated_at, examples::minutes(8));
    assert_eq!(rows[0].last_position, appended.last);
    assert_eq!(rows[1].settings, examples::partner_settings());
}
