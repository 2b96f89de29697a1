//! `emails`: every e-mail that an application causes, planned by what happened, with what became
//! of it.

pub mod undelivered;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::application::{
    AnswerId, Application, ApplicationEvent, ApplicationEventKind, Delivery, Letter, ReportKind,
    SkipReason,
};
use domain::{EmailAddress, Forgettable as _, JobApplication, Personal};
use event_store::{Db, DbError, Interval, Log, Position, Value, args};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::answers::position;
use crate::stored::{MaybeText, Text, day_of_hour};
use crate::{Column, History, Index, Kind, Owner, ReadModel, Reads, Rows, Table, opened_row};

/// The table.
pub const TABLE: Table = Table {
    name: "emails",
    about: "Every e-mail of an application, from when it is due, with what became of it.",
    key: &["id"],
    of: Owner::stream::<JobApplication>("application_id"),
    columns: &[
        Column::new(
            "id",
            Kind::Text,
            "The application's id, the kind, for letters about an answer the answer's id, and for one sent again the request's id, joined by colons.",
        ),
        Column::new("application_id", Kind::Uuid, "The application that causes it."),
        Column::new("client_id", Kind::Text, "The client platform of the application."),
        Column::new(
            "kind",
            Kind::Text,
            "employer (the application), confirmation (the candidate's copy), answer (to the candidate), receipt (to the employer, of an answer), withdrawal (to the employer), recruiter_withdrawal (to a recruiter who answered) or cancellation (of an interview, to the candidate who withdrew); the last three once they are settled.",
        ),
        Column::new("answer_id", Kind::Uuid, "The answer it is about.").nullable(),
        Column::new("recipient", Kind::Text, "The address it goes to.")
            .personal_as(EmailAddress::PLACEHOLDER),
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
            "Why it was skipped: staging_client, withdrawn, suppressed, answer_undone or superseded.",
        )
        .nullable(),
        Column::new("position", Kind::Integer, "The event that it is due since."),
        Column::new(
            "outcome",
            Kind::Text,
            "The weightiest report of the mail provider: soft_bounced, delivered, opened, clicked, withheld (by our fault: it waits for an operator), blocked, bounced or spam.",
        )
        .nullable(),
        Column::new("delivered_at", Kind::Time, "When the receiving server took it.").nullable(),
        Column::new("opened_at", Kind::Time, "When it was first opened, where that is tracked.")
            .nullable(),
        Column::new("clicked_at", Kind::Time, "When a link in it was first followed.").nullable(),
        Column::new("bounced_at", Kind::Time, "When it came back for good.").nullable(),
        Column::new("spam_at", Kind::Time, "When the receiver called it spam.").nullable(),
        Column::new("blocked_at", Kind::Time, "When the mail provider did not pass it on.")
            .nullable(),
    ],
    indexes: &[
        Index::on("application", &["application_id"]),
        Index::on("settled", &["settled_at"]),
        Index::on("undelivered", &["position", "id"])
            .only("status = 'failed' OR outcome IN ('withheld', 'bounced', 'blocked', 'spam')"),
    ],
    revision: 1,
};

pub(crate) struct Emails;

impl ReadModel for Emails {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        ApplicationEventKind::ALL
    }

    fn reads(&self) -> Reads {
        Reads::Histories
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    fn rows(&self, histories: &[History<JobApplication>]) -> Vec<Rows> {
        let rows = histories.iter().flat_map(of_history).collect();
        vec![Rows::new(&TABLE, rows)]
    }
}

/// One e-mail, as the state of its application has it.
struct Email<'a> {
    letter: Letter,
    /// The request of an operator who has it sent once more.
    request: Option<Uuid>,
    delivery: &'a Delivery,
    queued_at: Timestamp,
    position: Position,
}

fn of_history(history: &History<JobApplication>) -> Vec<Vec<Value>> {
    let state = history.state();
    let Ok(application) = state.known() else {
        return vec![]; // no history begins with anything but a submission
    };
    let submitted_at = history.events.first().map_or(Position::START, |first| first.position);
    let planned = |letter, delivery, queued_at, position| Email {
        letter,
        request: None,
        delivery,
        queued_at,
        position,
    };
    let at = application.submitted_at;
    let mut emails = vec![planned(Letter::Employer, &application.employer_email, at, submitted_at)];
    if application.submission.send_confirmation {
        emails.push(planned(Letter::Confirmation, &application.confirmation, at, submitted_at));
    }
    for given in &application.answers {
        let (answer_id, position) = (given.id, position(history, given.id));
        // The answer leaves when it can no longer be undone, its receipt at once.
        let (answer, receipt) = (Letter::Answer { answer_id }, Letter::Receipt { answer_id });
        emails.push(planned(answer, &given.email, given.undo_until, position));
        emails.push(planned(receipt, &given.receipt, given.at, position));
    }
    // Withdrawals of before these letters existed caused none: only what became of one is known.
    if let Some(at) = application.withdrawn_at {
        let position = withdrawn(history);
        for (letter, delivery) in &application.withdrawal_emails {
            emails.push(planned(*letter, delivery, at, position));
        }
    }
    for resend in &application.resends {
        emails.push(Email {
            letter: resend.letter,
            request: Some(resend.request_id),
            delivery: &resend.delivery,
            queued_at: resend.requested_at,
            position: requested(history, resend.request_id),
        });
    }
    emails.iter().map(|email| row(history, application, email)).collect()
}

fn row(
    history: &History<JobApplication>,
    application: &Application,
    email: &Email<'_>,
) -> Vec<Value> {
    let Email { letter, request, delivery, queued_at, position } = email;
    let answer = letter.answer_id();
    let mut id = format!("{}:{}", history.id, letter.name());
    for part in answer.map(|id| id.0).into_iter().chain(*request) {
        id = format!("{id}:{part}");
    }
    let recipient =
        application.recipient(*letter).unwrap_or(&application.submission.employer.email);
    let message_id = match delivery {
        Delivery::Sent { message_id, .. } => Some(message_id.as_str()),
        _ => None,
    };
    let given = answer.and_then(|id| application.answer(id));
    // The e-mail of an answer that was taken back does not leave.
    let undone = given.is_some_and(|given| given.undone)
        && matches!(letter, Letter::Answer { .. })
        && !delivery.is_sent();
    let undone_at = || {
        latest(history, |event| match event {
            ApplicationEvent::AnswerUndone { answer_id, at } if Some(*answer_id) == answer => {
                Some(*at)
            }
            _ => None,
        })
    };
    let cause = match delivery {
        Delivery::Failed { .. } => latest(history, |event| match event {
            ApplicationEvent::EmailFailed { letter: of, cause, .. } if of == letter => {
                Some(cause.reveal().as_str())
            }
            _ => None,
        }),
        _ => None,
    };
    let reason = match delivery {
        _ if undone => Some(SkipReason::AnswerUndone.as_str()),
        Delivery::Skipped { reason, .. } => Some(reason.as_str()),
        _ => None,
    };
    let reports = message_id.map(|id| application.reports_of(id)).unwrap_or_default();
    let reported_at =
        |kind: ReportKind| reports.iter().find(|report| report.kind == kind).map(|it| it.at);
    args![
        id,
        history.id.as_str(),
        application.submission.partner.as_str(),
        letter.name(),
        answer.map(|id| id.0),
        recipient.reveal().as_str(),
        if undone { "skipped" } else { delivery.as_str() },
        message_id,
        *queued_at,
        if undone { undone_at() } else { delivery.settled_at() },
        cause,
        reason,
        *position,
        reports.last().map(|report| report.kind.as_str()),
        reported_at(ReportKind::Delivered),
        reported_at(ReportKind::Opened),
        reported_at(ReportKind::Clicked),
        reported_at(ReportKind::Bounced),
        reported_at(ReportKind::Spam),
        reported_at(ReportKind::Blocked).or_else(|| reported_at(ReportKind::Withheld)),
    ]
}

/// Where the candidate withdrew.
fn withdrawn(history: &History<JobApplication>) -> Position {
    let found =
        history.events.iter().find(|it| matches!(it.event, ApplicationEvent::Withdrawn { .. }));
    found.map_or(Position::START, |recorded| recorded.position)
}

/// Where an operator asked for it.
fn requested(history: &History<JobApplication>, request: Uuid) -> Position {
    let asks = |event: &ApplicationEvent| matches!(event, ApplicationEvent::ResendRequested { request_id, .. } if *request_id == request);
    let found = history.events.iter().find(|recorded| asks(&recorded.event));
    found.map_or(Position::START, |recorded| recorded.position)
}

/// What the latest event says that says something.
fn latest<'a, T>(
    history: &'a History<JobApplication>,
    says: impl Fn(&'a ApplicationEvent) -> Option<T>,
) -> Option<T> {
    history.events.iter().rev().find_map(|recorded| says(&recorded.event))
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
    #[sqlx(skip)]
    pub recipient: Personal<String>,
    pub status: String,
    pub message_id: Option<String>,
    #[sqlx(try_from = "Text")]
    pub queued_at: Timestamp,
    #[sqlx(try_from = "MaybeText")]
    pub settled_at: Option<Timestamp>,
    #[sqlx(skip)]
    pub cause: Option<Personal<String>>,
    pub reason: Option<String>,
    #[sqlx(try_from = "i64")]
    pub position: Position,
    pub outcome: Option<String>,
    #[sqlx(try_from = "MaybeText")]
    pub delivered_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeText")]
    pub opened_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeText")]
    pub clicked_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeText")]
    pub bounced_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeText")]
    pub spam_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeText")]
    pub blocked_at: Option<Timestamp>,
}

opened_row!(EmailRow: recipient, cause);

const OF: &str = "
    SELECT *
    FROM emails
    WHERE application_id = $1
    ORDER BY position, kind";

/// The e-mails of an application, in the order in which they became due.
pub async fn of(log: &Log, application: Uuid) -> Result<Vec<EmailRow>, DbError> {
    TABLE.fetch_all(log, &TABLE.by_name(OF), args![application]).await
}

/// The e-mails of one day and client that left, and what was reported of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct EmailFigures {
    /// In the calendar of the zone that was asked for.
    pub day: Date,
    pub client_id: String,
    pub sent: i64,
    pub delivered: i64,
    pub opened: i64,
    pub bounced: i64,
    pub spam: i64,
    pub blocked: i64,
}

#[derive(sqlx::FromRow)]
struct HourOfEmails {
    hour: String,
    client_id: String,
    sent: i64,
    delivered: i64,
    opened: i64,
    bounced: i64,
    spam: i64,
    blocked: i64,
}

const FIGURES: &str = "
    SELECT substr(settled_at, 1, 13) AS hour, client_id, count(*) AS sent,
           count(delivered_at) AS delivered, count(opened_at) AS opened,
           count(bounced_at) AS bounced, count(spam_at) AS spam, count(blocked_at) AS blocked
    FROM emails
    WHERE status = 'sent' AND settled_at >= $1 AND settled_at < $2
    GROUP BY substr(settled_at, 1, 13), client_id";

/// The e-mails that left in this time, by day of the zone and by client, latest day first.
pub async fn figures(
    db: &Db,
    left: Interval,
    zone: &TimeZone,
) -> Result<Vec<EmailFigures>, DbError> {
    let hours: Vec<HourOfEmails> = db.fetch_all(FIGURES, args![left.from, left.before]).await?;
    let mut days: BTreeMap<(Reverse<Date>, String), EmailFigures> = BTreeMap::new();
    for hour in hours {
        let Some(day) = day_of_hour(&hour.hour, zone) else { continue };
        let none = || EmailFigures {
            day,
            client_id: hour.client_id.clone(),
            sent: 0,
            delivered: 0,
            opened: 0,
            bounced: 0,
            spam: 0,
            blocked: 0,
        };
        let figures = days.entry((Reverse(day), hour.client_id.clone())).or_insert_with(none);
        figures.sent += hour.sent;
        figures.delivered += hour.delivered;
        figures.opened += hour.opened;
        figures.bounced += hour.bounced;
        figures.spam += hour.spam;
        figures.blocked += hour.blocked;
    }
    Ok(days.into_values().collect())
}

const WITHHELD: &str = "
    SELECT count(*)
    FROM emails
    WHERE outcome = 'withheld' AND settled_at >= $1";

/// How many e-mails that left from `from` on were held back by our fault, or the mail provider's.
pub async fn withheld_since(db: &Db, from: Timestamp) -> Result<i64, DbError> {
    let (count,): (i64,) = db.fetch_one(WITHHELD, args![from]).await?;
    Ok(count)
}
