//! `recorded_events`: the log as a table, of whatever aggregate, without personal data.
//!
//! It decodes no event and knows no aggregate: a row is the columns of the log, and `details` the payload
//! as it is stored, without what was sealed of it.

use async_trait::async_trait;
use domain::{Described, aggregates};
use event_store::{Db, DbError, Log, Position, RawEvent, StreamId, Value, args};
use jiff::Timestamp;
use uuid::Uuid;

use crate::stored::{MaybeText, Text};
use crate::{ApplyError, Changes, Column, Index, Kind, NewEvents, Owner, Projection, Rows, Table};

/// The table.
pub const TABLE: Table = Table {
    name: "recorded_events",
    about: "Everything that happened: one row for each event of the log, of whatever aggregate, without personal data.",
    key: &["position"],
    of: Owner::Nobody,
    columns: &[
        Column::new("position", Kind::Integer, "Where it is in the log."),
        Column::new(
            "aggregate_type",
            Kind::Text,
            "The kind of what it happened to, such as JobApplication or Operator.",
        ),
        Column::new(
            "aggregate_id",
            Kind::Text,
            "What it happened to; that of a mailbox is made from its address.",
        )
        .withheld(),
        Column::new("sequence", Kind::Integer, "Its place among the events of the same, from 1."),
        Column::new("kind", Kind::Text, "What happened, such as Submitted or OperatorSignedIn."),
        Column::new("version", Kind::Text, "The version of the shape that `details` have."),
        Column::new("recorded_at", Kind::Time, "When it was written to the log."),
        Column::new(
            "actor",
            Kind::Text,
            "Who did it: partner, recruiter, candidate, operator or system.",
        ),
        Column::new(
            "actor_id",
            Kind::Text,
            "Who did it: a client's id, a reaction's name, an operator's id, or command-line.",
        )
        .nullable(),
        Column::new(
            "about_id",
            Kind::Uuid,
            "What was looked at: the id that the `subject` of a look names.",
        )
        .nullable(),
        Column::new(
            "details",
            Kind::Json,
            "What the event says, as it was recorded; placeholders stand for personal data.",
        ),
        Column::new("event_id", Kind::Uuid, "The event's own id."),
        Column::new(
            "correlation_id",
            Kind::Uuid,
            "What the chain of causes began with: a request's id.",
        ),
        Column::new(
            "causation_id",
            Kind::Uuid,
            "What caused it directly: an event's id, or the request's.",
        ),
    ],
    indexes: &[
        Index::on("aggregate", &["aggregate_id", "position"]),
        Index::on("about", &["about_id", "position"]).only("about_id IS NOT NULL"),
        Index::on("actor", &["actor", "position"]),
        Index::on("actor_id", &["actor_id", "position"]).only("actor_id IS NOT NULL"),
        Index::on("kind", &["kind", "position"]),
    ],
    revision: 1,
};

/// The read model of these kinds of events.
pub(crate) struct Events {
    kinds: Vec<&'static str>,
}

impl Events {
    pub(crate) fn of(aggregates: &[Described]) -> Self {
        Self { kinds: aggregates::kinds(aggregates).map(|kind| kind.name).collect() }
    }
}

#[async_trait]
impl Projection for Events {
    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> Vec<&'static str> {
        self.kinds.clone()
    }

    fn reads_every_kind(&self) -> bool {
        true
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    async fn changes(&self, new: &NewEvents<'_>) -> Result<Changes, ApplyError> {
        let rows = new.iter().map(|event| row(new.log(), event)).collect();
        Ok(Changes { rows: vec![Rows::new(&TABLE, rows)], removals: vec![] })
    }
}

fn row(log: &Log, event: &RawEvent) -> Vec<Value> {
    let details = log.shown(event);
    let metadata = &event.metadata;
    args![
        event.position,
        event.aggregate_type.as_str(),
        event.aggregate_id.as_str(),
        event.sequence,
        event.event_type.as_str(),
        event.event_version.as_str(),
        event.recorded_at,
        metadata.actor.kind.as_str(),
        metadata.actor.id.as_deref(),
        about(&details),
        details,
        metadata.event_id,
        metadata.correlation_id,
        metadata.causation_id,
    ]
}

/// What somebody looked at: beside the `page`, the `subject` of a look names it `id=…`.
fn about(details: &str) -> Option<Uuid> {
    // Few events are looks, and each is asked.
    if !details.contains("\"page\"") {
        return None;
    }
    let details: serde_json::Value = serde_json::from_str(details).ok()?;
    details.get("page")?;
    let subject = details.get("subject")?.as_str()?;
    subject.split(' ').find_map(|field| field.strip_prefix("id=")?.parse().ok())
}

/// An event as it is in the log.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the table documents its columns")]
pub struct EventRow {
    #[sqlx(try_from = "i64")]
    pub position: Position,
    pub aggregate_type: String,
    pub aggregate_id: String,
    pub sequence: i64,
    pub kind: String,
    pub version: String,
    #[sqlx(try_from = "Text")]
    pub recorded_at: Timestamp,
    pub actor: String,
    pub actor_id: Option<String>,
    #[sqlx(try_from = "MaybeText")]
    pub about_id: Option<Uuid>,
    #[sqlx(try_from = "Text")]
    pub details: serde_json::Value,
    #[sqlx(try_from = "Text")]
    pub event_id: Uuid,
    #[sqlx(try_from = "Text")]
    pub correlation_id: Uuid,
    #[sqlx(try_from = "Text")]
    pub causation_id: Uuid,
}

impl EventRow {
    /// What `details` say under this name, where that is a text.
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.details.get(name)?.as_str()
    }
}

const OF: &str = "
    SELECT *
    FROM recorded_events
    WHERE aggregate_type = $1 AND aggregate_id = $2
    ORDER BY position";

/// The timeline of an aggregate: what happened to it, oldest first.
pub async fn of(db: &Db, stream: StreamId<'_>) -> Result<Vec<EventRow>, DbError> {
    let args = args![stream.aggregate_type, stream.aggregate_id];
    db.fetch_all(&TABLE.by_name(OF), args).await
}
