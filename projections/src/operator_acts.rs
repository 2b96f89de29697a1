//! `operator_acts`: what operators did besides acting on one application, without personal data.

use domain::operator::{Operator, OperatorEvent, OperatorEventKind};
use event_store::{Db, DbError, Position, Recorded, Value, args};
use jiff::Timestamp;
use uuid::Uuid;

use crate::stored::{MaybeText, Text};
use crate::{Column, History, Kind, Owner, ReadModel, Reads, Rows, Table};

/// The table.
pub const TABLE: Table = Table {
    name: "operator_acts",
    about: "What operators did besides acting on one application: one row for each act.",
    key: &["position"],
    of: Owner::Nobody,
    columns: &[
        Column::new("position", Kind::Integer, "Where it is in the log."),
        Column::new("operator_id", Kind::Text, "To whom it happened, or who acted: an operator."),
        Column::new("kind", Kind::Text, "What happened, such as OperatorSignedIn."),
        Column::new(
            "action",
            Kind::Text,
            "What was done, such as reactions.retry; of OperatorLooked, the page or the command.",
        )
        .nullable(),
        Column::new("subject", Kind::Text, "To what, or at what: names and numbers.").nullable(),
        Column::new("actor_id", Kind::Text, "Who did it: an operator, or command-line.").nullable(),
        Column::new("recorded_at", Kind::Time, "When it was written to the log."),
        Column::new(
            "actor",
            Kind::Text,
            "Who did it: operator, or system at the very first start.",
        ),
        Column::new("application_id", Kind::Uuid, "The application that was looked at.").nullable(),
    ],
    indexes: &[],
    revision: 1,
};

pub(crate) struct OperatorActs;

impl ReadModel for OperatorActs {
    type Of = Operator;

    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [OperatorEventKind] {
        OperatorEventKind::ALL
    }

    fn reads(&self) -> Reads {
        Reads::Events
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    fn rows(&self, histories: &[History<Operator>]) -> Vec<Rows> {
        let events = histories.iter().flat_map(History::new_events);
        vec![Rows::new(&TABLE, events.map(|recorded| row(recorded)).collect())]
    }
}

fn row(recorded: &Recorded<OperatorEvent>) -> Vec<Value> {
    let (action, subject) = match &recorded.event {
        OperatorEvent::OperatorActed { action: text, subject, .. }
        | OperatorEvent::OperatorLooked { page: text, subject, .. } => {
            (Some(text.to_string()), Some(subject.to_string()))
        }
        OperatorEvent::OperatorCreated { role, .. }
        | OperatorEvent::OperatorRoleChanged { role, .. } => (None, Some(role.as_str().to_owned())),
        _ => (None, None),
    };
    let actor = &recorded.metadata.actor;
    args![
        recorded.position,
        recorded.aggregate_id.as_str(),
        recorded.event.kind().as_str(),
        action,
        subject,
        actor.id.as_deref(),
        recorded.recorded_at,
        actor.kind.as_str(),
        looked_at(&recorded.event),
    ]
}

/// The application whose data an operator was shown: a look names it `id=…`.
fn looked_at(event: &OperatorEvent) -> Option<Uuid> {
    let OperatorEvent::OperatorLooked { subject, .. } = event else { return None };
    subject.as_str().split(' ').find_map(|field| field.strip_prefix("id=")?.parse().ok())
}

/// An act of an operator.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the table documents its columns")]
pub struct ActRow {
    #[sqlx(try_from = "i64")]
    pub position: Position,
    pub operator_id: String,
    pub kind: String,
    pub action: Option<String>,
    pub subject: Option<String>,
    pub actor_id: Option<String>,
    #[sqlx(try_from = "Text")]
    pub recorded_at: Timestamp,
    pub actor: String,
    #[sqlx(try_from = "MaybeText")]
    pub application_id: Option<Uuid>,
}

const LIST: &str = "
    SELECT *
    FROM operator_acts
    WHERE position < $1 AND ($2 = '' OR operator_id = $2)
    ORDER BY position DESC
    LIMIT $3";

/// The latest acts, of one operator where named, before this position.
pub async fn list(
    db: &Db,
    before: Option<Position>,
    operator: Option<&str>,
    limit: u32,
) -> Result<Vec<ActRow>, DbError> {
    let before = before.map_or(i64::MAX, Position::get);
    db.fetch_all(&TABLE.by_name(LIST), args![before, operator.unwrap_or_default(), limit]).await
}
