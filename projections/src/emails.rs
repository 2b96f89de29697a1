//! `emails`: every e-mail that an application causes, planned by what happened, with what became
//! of it.

use domain::application::{
    AnswerId, Application, CandidateLetter, Delivery, Event, GivenAnswer, SkipReason,
};
use domain::{JobApplication, Personal};
use event_store::{Db, DbError, Position, Value, args};
use jiff::Timestamp;
use uuid::Uuid;

use crate::answers::{email_status, position};
use crate::applications::{delivery_name, settled_at};
use crate::projection::EVERY_KIND;
use crate::stored::{MaybeText, Text};
use crate::{Batch, Column, History, Kind, Projection, Reads, Rows, Table};

/// The table.
pub const TABLE: Table = Table {
    name: "emails",
    about: "Every e-mail of an application, from when it is due, with what became of it.",
    key: &["id"],
    columns: &[
        Column::new(
            "id",
            Kind::Text,
            "The application's id, the kind, and for answers and receipts the answer's id, joined by colons.",
        ),
        Column::new("application_id", Kind::Uuid, "The application that causes it."),
        Column::new("client_id", Kind::Text, "The client platform of the application."),
        Column::new(
            "kind",
            Kind::Text,
            "employer (the application), confirmation (the candidate's copy), answer (to the candidate) or receipt (to the employer, of an answer).",
        ),
        Column::new("answer_id", Kind::Uuid, "The answer it is about.").nullable(),
        Column::new("recipient", Kind::Text, "The address it goes to.").personal(),
        Column::new("status", Kind::Text, "pending, sent, failed or skipped."),
        Column::new("message_id", Kind::Text, "Its Message-ID, once sent.").nullable(),
        Column::new("queued_at", Kind::Time, "Since when it is due to be sent."),
        Column::new("settled_at", Kind::Time, "When it was sent, failed or skipped.").nullable(),
        Column::new("cause", Kind::Text, "Why it failed, in the mail server's words.")
            .nullable()
            .personal(),
        Column::new(
            "reason",
            Kind::Text,
            "Why it was skipped: staging_client, withdrawn or answer_undone.",
        )
        .nullable(),
        Column::new("position", Kind::Integer, "The event that it is due since."),
    ],
};

pub(crate) struct Emails;

impl Projection for Emails {
    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [&'static str] {
        &EVERY_KIND
    }

    fn reads(&self) -> Reads {
        Reads::Histories
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    fn rows(&self, batch: &Batch) -> Vec<Rows> {
        let rows = batch.applications.iter().flat_map(of_history).collect();
        vec![Rows::new(&TABLE, rows)]
    }
}

/// One e-mail, as the state of its application has it.
struct Email<'a> {
    kind: &'static str,
    answer: Option<AnswerId>,
    recipient: &'a str,
    status: &'static str,
    delivery: &'a Delivery,
    queued_at: Timestamp,
    settled_at: Option<Timestamp>,
    cause: Option<&'a str>,
    reason: Option<&'static str>,
    position: Position,
}

fn of_history(history: &History<JobApplication>) -> Vec<Vec<Value>> {
    let state = history.state();
    let Ok(application) = state.known() else {
        return vec![]; // no history begins with anything but a submission
    };
    let mut emails = vec![to_employer(history, application)];
    if application.submission.send_confirmation {
        emails.push(confirmation(history, application));
    }
    for given in &application.answers {
        emails.push(answer(history, application, given));
        emails.push(receipt(history, application, given));
    }
    let client = application.submission.client.as_str();
    emails.into_iter().map(|email| row(&history.id, client, &email)).collect()
}

fn row(application: &str, client: &str, email: &Email<'_>) -> Vec<Value> {
    let id = match email.answer {
        Some(answer) => format!("{application}:{}:{answer}", email.kind),
        None => format!("{application}:{}", email.kind),
    };
    let message_id = match email.delivery {
        Delivery::Sent { message_id, .. } => Some(message_id.as_str()),
        _ => None,
    };
    args![
        id,
        application,
        client,
        email.kind,
        email.answer.map(|id| id.0),
        email.recipient,
        email.status,
        message_id,
        email.queued_at,
        email.settled_at,
        email.cause,
        email.reason,
        email.position,
    ]
}

fn to_employer<'a>(
    history: &'a History<JobApplication>,
    application: &'a Application,
) -> Email<'a> {
    let delivery = &application.employer_email;
    let skipped_at = latest(history, |event| match event {
        Event::EmployerEmailSkipped { at, .. } => Some(*at),
        _ => None,
    });
    Email {
        kind: "employer",
        answer: None,
        recipient: application.submission.employer.email.reveal().as_str(),
        status: delivery_name(delivery),
        delivery,
        queued_at: application.submitted_at,
        settled_at: match delivery {
            Delivery::Skipped { .. } => skipped_at,
            _ => settled_at(delivery),
        },
        cause: cause(history, delivery, |event| match event {
            Event::EmployerEmailFailed { cause, .. } => Some(cause.reveal().as_str()),
            _ => None,
        }),
        reason: match delivery {
            Delivery::Skipped { reason } => Some(reason_name(*reason)),
            _ => None,
        },
        position: history.events.first().map_or(Position::START, |first| first.position),
    }
}

fn confirmation<'a>(
    history: &'a History<JobApplication>,
    application: &'a Application,
) -> Email<'a> {
    let delivery = &application.confirmation;
    Email {
        kind: "confirmation",
        answer: None,
        recipient: application.submission.candidate.email.reveal().as_str(),
        status: delivery_name(delivery),
        delivery,
        queued_at: application.submitted_at,
        settled_at: settled_at(delivery),
        cause: cause(history, delivery, |event| match event {
            Event::CandidateEmailFailed {
                letter: CandidateLetter::Confirmation, cause, ..
            } => Some(cause.reveal().as_str()),
            _ => None,
        }),
        reason: None,
        position: history.events.first().map_or(Position::START, |first| first.position),
    }
}

/// It leaves when the answer can no longer be undone.
fn answer<'a>(
    history: &'a History<JobApplication>,
    application: &'a Application,
    given: &'a GivenAnswer,
) -> Email<'a> {
    let status = email_status(given);
    let undone_at = latest(history, |event| match event {
        Event::AnswerUndone { answer_id, at } if *answer_id == given.id => Some(*at),
        _ => None,
    });
    let is_undone = status == "skipped";
    Email {
        kind: "answer",
        answer: Some(given.id),
        recipient: application.submission.candidate.email.reveal().as_str(),
        status,
        delivery: &given.email,
        queued_at: given.undo_until,
        settled_at: if is_undone { undone_at } else { settled_at(&given.email) },
        cause: cause(history, &given.email, |event| match event {
            Event::CandidateEmailFailed {
                letter: CandidateLetter::Answer { answer_id },
                cause,
                ..
            } if *answer_id == given.id => Some(cause.reveal().as_str()),
            _ => None,
        }),
        reason: is_undone.then_some("answer_undone"),
        position: position(history, given.id),
    }
}

/// It leaves at once, also for an answer that is undone: it says that an answer was given.
fn receipt<'a>(
    history: &History<JobApplication>,
    application: &'a Application,
    given: &'a GivenAnswer,
) -> Email<'a> {
    // What keeps the application from the employer keeps the receipt too.
    let skipped = match (&given.receipt, &application.employer_email) {
        (Delivery::Pending, Delivery::Skipped { reason }) => Some(reason_name(*reason)),
        _ => None,
    };
    Email {
        kind: "receipt",
        answer: Some(given.id),
        recipient: application.submission.employer.email.reveal().as_str(),
        status: if skipped.is_some() { "skipped" } else { delivery_name(&given.receipt) },
        delivery: &given.receipt,
        queued_at: given.at,
        settled_at: skipped.map_or_else(|| settled_at(&given.receipt), |_| Some(given.at)),
        cause: None,
        reason: skipped,
        position: position(history, given.id),
    }
}

/// What the latest event says that says something.
fn latest<'a, T>(
    history: &'a History<JobApplication>,
    says: impl Fn(&'a Event) -> Option<T>,
) -> Option<T> {
    history.events.iter().rev().find_map(|recorded| says(&recorded.event))
}

/// Why an e-mail failed, while it counts as failed.
fn cause<'a>(
    history: &'a History<JobApplication>,
    delivery: &Delivery,
    says: impl Fn(&'a Event) -> Option<&'a str>,
) -> Option<&'a str> {
    match delivery {
        Delivery::Failed { .. } => latest(history, says),
        _ => None,
    }
}

const fn reason_name(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::StagingClient => "staging_client",
        SkipReason::Withdrawn => "withdrawn",
    }
}

/// An e-mail with what became of it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the table documents its columns")]
pub struct EmailRow {
    pub id: String,
    #[sqlx(try_from = "Text")]
    pub application_id: Uuid,
    pub client_id: String,
    pub kind: String,
    #[sqlx(try_from = "MaybeText")]
    pub answer_id: Option<AnswerId>,
    #[sqlx(try_from = "Text")]
    pub recipient: Personal<String>,
    pub status: String,
    pub message_id: Option<String>,
    #[sqlx(try_from = "Text")]
    pub queued_at: Timestamp,
    #[sqlx(try_from = "MaybeText")]
    pub settled_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeText")]
    pub cause: Option<Personal<String>>,
    pub reason: Option<String>,
    #[sqlx(try_from = "i64")]
    pub position: Position,
}

const OF: &str = "
    SELECT *
    FROM emails
    WHERE application_id = $1
    ORDER BY position, kind";

/// The e-mails of an application, in the order in which they became due.
pub async fn of(db: &Db, application: Uuid) -> Result<Vec<EmailRow>, DbError> {
    db.fetch_all(OF, args![application]).await
}
