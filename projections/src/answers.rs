//! `answers`: what recruiters answered, a row each; undone answers stay, marked.

use domain::JobApplication;
use domain::application::{
    Answer, AnswerId, AnswerKind, ApplicationEvent, ApplicationEventKind, GivenAnswer,
};
use domain::{PartnerId, Personal};
use event_store::{DbError, Log, Position, Value, args};
use jiff::Timestamp;
use uuid::Uuid;

use crate::stored::{MaybeText, Text};
use crate::{Column, History, Index, Kind, Owner, ReadModel, Reads, Rows, Table, opened_row};

/// The table.
pub const TABLE: Table = Table {
    name: "answers",
    about: "What recruiters answered: one row for each answer. Undone ones stay, marked.",
    key: &["application_id", "answer_id"],
    of: Owner::stream::<JobApplication>("application_id"),
    columns: &[
        Column::new("application_id", Kind::Uuid, "The application that is answered."),
        Column::new("answer_id", Kind::Uuid, "The answer: a UUID."),
        Column::new("client_id", Kind::Text, "The client platform of the application."),
        Column::new("number", Kind::Integer, "Its place among the application's answers, from 1."),
        Column::new("kind", Kind::Text, "interview, info, rejection or hire."),
        Column::new("answered_at", Kind::Time, "When it was given."),
        Column::new("undo_until", Kind::Time, "Until when the recruiter could take it back."),
        Column::new("undone", Kind::Boolean, "Whether the recruiter took it back."),
        Column::new(
            "reason",
            Kind::Text,
            "Rejection: unknown, novacancy, experience, skills or education.",
        )
        .nullable(),
        Column::new("place", Kind::Text, "Interview: onsite, phone or video.").nullable(),
        Column::new("starts_at", Kind::Time, "Interview: when it begins.").nullable(),
        Column::new(
            "starts_at_zoned",
            Kind::Text,
            "Interview: when it begins, with its time zone (RFC 9557).",
        )
        .nullable(),
        Column::new("message", Kind::Text, "What the recruiter wrote.").nullable().personal(),
        Column::new("recruiter_name", Kind::Text, "Who answers.").nullable().personal(),
        Column::new("recruiter_email", Kind::Text, "How to reach them.").nullable().personal(),
        Column::new("recruiter_phone", Kind::Text, "How to reach them.").nullable().personal(),
        Column::new("recruiter_address", Kind::Text, "How to reach them.").nullable().personal(),
        Column::new(
            "email_status",
            Kind::Text,
            "The e-mail to the candidate: pending, sent, failed or skipped. That of an undone answer is skipped, unless it had left.",
        ),
        Column::new("email_at", Kind::Time, "When it was sent or failed.").nullable(),
        Column::new("position", Kind::Integer, "Where the answer is in the log."),
    ],
    indexes: &[
        Index::on("position", &["position"]),
        Index::on("kind", &["kind", "position"]),
        Index::on("answered_at", &["answered_at"]),
    ],
    revision: 1,
};

pub(crate) struct Answers;

impl ReadModel for Answers {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[
            ApplicationEventKind::Submitted,
            ApplicationEventKind::InterviewProposed,
            ApplicationEventKind::InfoRequested,
            ApplicationEventKind::Rejected,
            ApplicationEventKind::Hired,
            ApplicationEventKind::AnswerUndone,
            ApplicationEventKind::AnswerSentToCandidate,
            ApplicationEventKind::EmailFailed,
            ApplicationEventKind::EmailSkipped,
            ApplicationEventKind::PersonalDataErased,
        ]
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

fn of_history(history: &History<JobApplication>) -> Vec<Vec<Value>> {
    let state = history.state();
    let Ok(application) = state.known() else {
        return vec![]; // no history begins with anything but a submission
    };
    let partner = application.submission.partner.as_str();
    (1..)
        .zip(&application.answers)
        .map(|(number, given)| row(history, partner, number, given))
        .collect()
}

fn row(
    history: &History<JobApplication>,
    partner: &str,
    number: i64,
    given: &GivenAnswer,
) -> Vec<Value> {
    let interview = match &given.answer {
        Answer::Interview(interview) => Some(interview),
        _ => None,
    };
    let reason = match &given.answer {
        Answer::Rejection(rejection) => Some(rejection.reason.as_str()),
        _ => None,
    };
    let recruiter = given.answer.recruiter();
    let email = recruiter.and_then(|recruiter| recruiter.email.as_ref());
    let phone = recruiter.and_then(|recruiter| recruiter.phone.as_ref());
    let address = recruiter.and_then(|recruiter| recruiter.address.as_ref());
    args![
        history.id.as_str(),
        given.id.0,
        partner,
        number,
        given.answer.kind().as_str(),
        given.at,
        given.undo_until,
        given.undone,
        reason,
        interview.map(|interview| interview.place.as_str()),
        interview.map(|interview| interview.starts_at.timestamp()),
        interview.map(|interview| interview.starts_at.to_string()),
        given.answer.message(),
        recruiter.map(|recruiter| recruiter.name.reveal().as_str()),
        email.map(|email| email.reveal().as_str()),
        phone.map(|phone| phone.reveal().as_str()),
        address.map(|address| address.reveal().as_str()),
        email_status(given),
        given.email.settled_at(),
        position(history, given.id),
    ]
}

/// The e-mail of an answer that was taken back does not leave.
pub(crate) const fn email_status(given: &GivenAnswer) -> &'static str {
    match given.email.as_str() {
        _ if given.undone && !given.email.is_sent() => "skipped",
        name => name,
    }
}

/// Where the answer was given.
pub(crate) fn position(history: &History<JobApplication>, answer: AnswerId) -> Position {
    let gives =
        |event: &ApplicationEvent| event.given_answer().is_some_and(|given| given.id == answer);
    history
        .events
        .iter()
        .find(|recorded| gives(&recorded.event))
        .map_or(Position::START, |recorded| recorded.position)
}

/// An answer that was given.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the table documents its columns")]
pub struct AnswerRow {
    #[sqlx(try_from = "Text")]
    pub application_id: Uuid,
    #[sqlx(try_from = "Text")]
    pub answer_id: AnswerId,
    #[sqlx(try_from = "Text")]
    pub client_id: PartnerId,
    pub number: i64,
    #[sqlx(try_from = "Text")]
    pub kind: AnswerKind,
    #[sqlx(try_from = "Text")]
    pub answered_at: Timestamp,
    #[sqlx(try_from = "Text")]
    pub undo_until: Timestamp,
    pub undone: bool,
    pub reason: Option<String>,
    pub place: Option<String>,
    #[sqlx(try_from = "MaybeText")]
    pub starts_at: Option<Timestamp>,
    pub starts_at_zoned: Option<String>,
    #[sqlx(skip)]
    pub message: Option<Personal<String>>,
    #[sqlx(skip)]
    pub recruiter_name: Option<Personal<String>>,
    #[sqlx(skip)]
    pub recruiter_email: Option<Personal<String>>,
    #[sqlx(skip)]
    pub recruiter_phone: Option<Personal<String>>,
    #[sqlx(skip)]
    pub recruiter_address: Option<Personal<String>>,
    pub email_status: String,
    #[sqlx(try_from = "MaybeText")]
    pub email_at: Option<Timestamp>,
    #[sqlx(try_from = "i64")]
    pub position: Position,
}

opened_row! {
    AnswerRow: message, recruiter_name, recruiter_email, recruiter_phone, recruiter_address
}

const LIST: &str = "
    SELECT *
    FROM answers
    WHERE ($1 = '' OR kind = $1) AND position < $2
    ORDER BY position DESC
    LIMIT $3";

/// The latest answers, of one kind where it is named, before this position.
pub async fn list(
    log: &Log,
    kind: Option<AnswerKind>,
    before: Option<Position>,
    limit: u32,
) -> Result<Vec<AnswerRow>, DbError> {
    let kind = kind.map(AnswerKind::as_str).unwrap_or_default();
    let before = before.map_or(i64::MAX, Position::get);
    TABLE.fetch_all(log, &TABLE.by_name(LIST), args![kind, before, limit]).await
}

const OF: &str = "
    SELECT *
    FROM answers
    WHERE application_id = $1
    ORDER BY number";

/// The answers to an application, undone ones too, oldest first.
pub async fn of(log: &Log, application: Uuid) -> Result<Vec<AnswerRow>, DbError> {
    TABLE.fetch_all(log, &TABLE.by_name(OF), args![application]).await
}
