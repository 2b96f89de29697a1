//! `application_events`: what happened to each application, step by step, without personal data.

use domain::application::{AnswerId, ApplicationEvent, ApplicationEventKind};
use domain::{Fault, JobApplication};
use event_store::{Db, DbError, Position, Recorded, Value, args, timestamp_text};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::stored::{MaybeText, Text};
use crate::{Column, History, Index, Kind, Owner, ReadModel, Reads, Rows, Table};

/// The table.
pub const TABLE: Table = Table {
    name: "application_events",
    about: "What happened to each application: one row for each event, without personal data.",
    key: &["position"],
    of: Owner::Nobody,
    columns: &[
        Column::new("position", Kind::Integer, "Where the event is in the log."),
        Column::new("application_id", Kind::Uuid, "The application it happened to."),
        Column::new("sequence", Kind::Integer, "Its place among the application's events, from 1."),
        Column::new("kind", Kind::Text, "What happened, such as Submitted or InterviewProposed."),
        Column::new("at", Kind::Time, "When it happened, by the clock of who decided."),
        Column::new("recorded_at", Kind::Time, "When it was written to the log."),
        Column::new(
            "actor",
            Kind::Text,
            "Who did it: partner, recruiter, candidate, operator or system.",
        ),
        Column::new("actor_id", Kind::Text, "The client's id, or the reaction's name.").nullable(),
        Column::new("answer_id", Kind::Uuid, "The answer it is about.").nullable(),
        Column::new(
            "details",
            Kind::Json,
            "What there is to know about it, an object that depends on the kind: reason, place, starts_at, undo_until, message_id, letter, attachments, ...",
        ),
        Column::new("event_id", Kind::Uuid, "The event's own id."),
        Column::new(
            "correlation_id",
            Kind::Uuid,
            "What the chain of causes began with: a request's id.",
        ),
    ],
    indexes: &[Index::on("application", &["application_id", "sequence"])],
    revision: 1,
};

pub(crate) struct Timeline;

impl ReadModel for Timeline {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        ApplicationEventKind::ALL
    }

    fn reads(&self) -> Reads {
        Reads::Events
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    fn rows(&self, histories: &[History<JobApplication>]) -> Vec<Rows> {
        let rows = histories.iter().flat_map(of_history).collect();
        vec![Rows::new(&TABLE, rows)]
    }
}

fn of_history(history: &History<JobApplication>) -> impl Iterator<Item = Vec<Value>> {
    history.new_events().iter().map(|recorded| row(recorded))
}

fn row(recorded: &Recorded<ApplicationEvent>) -> Vec<Value> {
    let actor = &recorded.metadata.actor;
    args![
        recorded.position,
        recorded.aggregate_id.as_str(),
        recorded.sequence,
        recorded.event.kind().as_str(),
        recorded.event.at(),
        recorded.recorded_at,
        actor.kind.as_str(),
        actor.id.as_deref(),
        answer_id(&recorded.event).map(|id| id.0),
        details(&recorded.event).to_string(),
        recorded.metadata.event_id,
        recorded.metadata.correlation_id,
    ]
}

const fn answer_id(event: &ApplicationEvent) -> Option<AnswerId> {
    match event {
        ApplicationEvent::InterviewProposed { answer_id, .. }
        | ApplicationEvent::InfoRequested { answer_id, .. }
        | ApplicationEvent::Rejected { answer_id, .. }
        | ApplicationEvent::Hired { answer_id, .. }
        | ApplicationEvent::AnswerUndone { answer_id, .. }
        | ApplicationEvent::AnswerSentToCandidate { answer_id, .. }
        | ApplicationEvent::ReceiptSentToRecruiter { answer_id, .. } => Some(*answer_id),
        ApplicationEvent::EmailFailed { letter, .. }
        | ApplicationEvent::EmailSkipped { letter, .. }
        | ApplicationEvent::ResendRequested { letter, .. }
        | ApplicationEvent::EmailResent { letter, .. }
        | ApplicationEvent::WithdrawalSent { letter, .. } => letter.answer_id(),
        _ => None,
    }
}

/// What is no person's. A new event names here what may be shown of it.
fn details(event: &ApplicationEvent) -> serde_json::Value {
    match event {
        ApplicationEvent::Submitted { submission, .. } => json!({
            "client_id": submission.partner.as_str(),
            "language": submission.language.code(),
            "job": submission.job.as_str(),
            "siret": submission.employer.siret.as_str(),
            "send_confirmation": submission.send_confirmation,
            "attachments": submission.attachments.len(),
        }),
        ApplicationEvent::AnswerUndone { .. }
        | ApplicationEvent::Withdrawn { .. }
        | ApplicationEvent::ForwardedToAmi { .. }
        | ApplicationEvent::AttachmentsDeleted { .. }
        | ApplicationEvent::AttachmentsForwardRequested { .. } => json!({}),
        ApplicationEvent::PersonalDataRequested { wish, .. } => json!({ "wish": wish.as_str() }),
        ApplicationEvent::ErasureRequested { request_id, .. }
        | ApplicationEvent::ErasureRefused { request_id, .. } => {
            json!({ "request_id": request_id })
        }
        ApplicationEvent::PersonalDataErased { basis, .. } => json!({ "basis": basis.as_str() }),
        ApplicationEvent::EmailSkipped { letter, reason, .. } => json!({
            "letter": letter.name(),
            "reason": reason.as_str(),
        }),
        ApplicationEvent::SentToEmployer { message_id, .. }
        | ApplicationEvent::ConfirmedToCandidate { message_id, .. }
        | ApplicationEvent::AnswerSentToCandidate { message_id, .. }
        | ApplicationEvent::ReceiptSentToRecruiter { message_id, .. }
        | ApplicationEvent::EmailDelivered { message_id, .. }
        | ApplicationEvent::EmailOpened { message_id, .. }
        | ApplicationEvent::EmailClicked { message_id, .. }
        | ApplicationEvent::EmailMarkedAsSpam { message_id, .. }
        | ApplicationEvent::PersonalDataLinkSent { message_id, .. }
        | ApplicationEvent::AttachmentsForwarded { message_id, .. } => json!({
            "message_id": message_id.as_str(),
        }),
        ApplicationEvent::EmailBounced { message_id, permanent, fault, .. } => json!({
            "message_id": message_id.as_str(),
            "permanent": permanent,
            "fault": fault.map(Fault::as_str),
        }),
        ApplicationEvent::EmailBlocked { message_id, fault, .. } => json!({
            "message_id": message_id.as_str(),
            "fault": fault.map(Fault::as_str),
        }),
        ApplicationEvent::ForwardedToMemo { outcome, .. } => json!({ "outcome": outcome.as_str() }),
        ApplicationEvent::EmailFailed { letter, .. }
        | ApplicationEvent::ResendRequested { letter, .. } => {
            json!({ "letter": letter.name() })
        }
        ApplicationEvent::EmailResent { letter, message_id, .. }
        | ApplicationEvent::WithdrawalSent { letter, message_id, .. } => json!({
            "letter": letter.name(),
            "message_id": message_id.as_str(),
        }),
        ApplicationEvent::AnswerLinkIssued { expires_at, .. } => json!({
            "expires_at": timestamp_text(*expires_at),
        }),
        ApplicationEvent::ReactionRetried { reactor, position, .. }
        | ApplicationEvent::ReactionArchived { reactor, position, .. }
        | ApplicationEvent::ReactionRestored { reactor, position, .. } => json!({
            "reactor": reactor.as_str(),
            "position": position,
        }),
        ApplicationEvent::InterviewProposed { interview, undo_until, .. } => json!({
            "place": interview.place.as_str(),
            "starts_at": timestamp_text(interview.starts_at.timestamp()),
            "undo_until": timestamp_text(*undo_until),
        }),
        ApplicationEvent::InfoRequested { undo_until, .. }
        | ApplicationEvent::Hired { undo_until, .. } => json!({
            "undo_until": timestamp_text(*undo_until),
        }),
        ApplicationEvent::Rejected { rejection, undo_until, .. } => json!({
            "reason": rejection.reason.as_str(),
            "undo_until": timestamp_text(*undo_until),
        }),
    }
}

/// A step in an application's life.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the table documents its columns")]
pub struct EventRow {
    #[sqlx(try_from = "i64")]
    pub position: Position,
    #[sqlx(try_from = "Text")]
    pub application_id: Uuid,
    pub sequence: i64,
    pub kind: String,
    #[sqlx(try_from = "Text")]
    pub at: Timestamp,
    #[sqlx(try_from = "Text")]
    pub recorded_at: Timestamp,
    pub actor: String,
    pub actor_id: Option<String>,
    #[sqlx(try_from = "MaybeText")]
    pub answer_id: Option<AnswerId>,
    #[sqlx(try_from = "Text")]
    pub details: serde_json::Value,
    #[sqlx(try_from = "Text")]
    pub event_id: Uuid,
    #[sqlx(try_from = "Text")]
    pub correlation_id: Uuid,
}

const OF: &str = "
    SELECT *
    FROM application_events
    WHERE application_id = $1
    ORDER BY sequence";

/// What happened to an application, oldest first.
pub async fn of(db: &Db, application: Uuid) -> Result<Vec<EventRow>, DbError> {
    db.fetch_all(&TABLE.by_name(OF), args![application]).await
}
