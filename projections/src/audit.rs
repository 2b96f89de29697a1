//! The search of auditors: what happened, to whatever it was, and what operators did, in one list. It
//! reads the read model `recorded_events`.

use std::fmt::Write as _;

use event_store::{ActorKind, Db, DbError, Position, Value, args};
use jiff::Timestamp;
use uuid::Uuid;

use crate::events::{EventRow, TABLE};

/// What is looked for; what is `None` rules nothing out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Who did it: in which role.
    pub actor: Option<ActorKind>,
    /// Who did it: a client's id, a reaction's name, an operator's id, `command-line`.
    pub actor_id: Option<String>,
    /// What happened: an event type.
    pub kind: Option<String>,
    /// What happened to this application, and who looked at it; or to anything else with this id.
    pub application: Option<Uuid>,
    /// After this position of the log.
    pub after: Option<Position>,
    /// Up to this position of the log.
    pub up_to: Option<Position>,
    /// Before this position, where an earlier page ended.
    pub before: Option<Position>,
}

/// What happened, or what an operator did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is in the log.
    pub position: Position,
    /// When it was written to the log.
    pub recorded_at: Timestamp,
    /// The event type.
    pub kind: String,
    /// Who did it: in which role.
    pub actor: String,
    /// Who did it: by id or name.
    pub actor_id: Option<String>,
    /// The aggregate that it happened to: its kind and its id.
    pub stream: (String, String),
    /// The application that it happened to, or that was looked at.
    pub application_id: Option<Uuid>,
    /// To whom it happened, or who acted: an operator, where it is an operator's event.
    pub operator_id: Option<String>,
    /// What was done, or the page that was looked at, by an operator.
    pub action: Option<String>,
    /// To what, or at what; the role that an operator was given; of anything else, its id.
    pub subject: Option<String>,
}

/// The kinds of aggregates that are told by columns of their own.
const APPLICATION: &str = "JobApplication";
const OPERATOR: &str = "Operator";

const FIND: &str = "
    SELECT *
    FROM recorded_events
    WHERE {conditions}
    ORDER BY position DESC
    LIMIT $3";

/// Each half is sorted and cut by its own index; then the two are merged.
const FIND_ABOUT: &str = "
    SELECT *
    FROM (
        SELECT {columns}
        FROM recorded_events
        WHERE {conditions} AND aggregate_id = $4
        ORDER BY position DESC
        LIMIT $3
    ) AS of_it
    UNION ALL
    SELECT *
    FROM (
        SELECT {columns}
        FROM recorded_events
        WHERE {conditions} AND about_id = $4 AND aggregate_id <> $4
        ORDER BY position DESC
        LIMIT $3
    ) AS about_it
    ORDER BY position DESC
    LIMIT $3";

/// What was looked for, newest first, `limit` at most.
pub async fn find(db: &Db, search: &Search, limit: u32) -> Result<Vec<Found>, DbError> {
    let up_to = search.up_to.map_or(i64::MAX, Position::get);
    let before = search.before.map_or(i64::MAX, Position::get).min(up_to.saturating_add(1));
    let after = search.after.map_or(0, Position::get);
    let mut args = args![before, after, limit];
    args.extend(search.application.map(Value::from));
    let mut conditions = String::from("position < $1 AND position > $2");
    let asked: [(&str, Option<Value>); 3] = [
        ("actor", search.actor.as_ref().map(|actor| actor.as_str().into())),
        ("actor_id", search.actor_id.as_ref().map(Into::into)),
        ("kind", search.kind.as_ref().map(Into::into)),
    ];
    for (column, value) in asked {
        if let Some(value) = value {
            args.push(value);
            // Writing to a String cannot fail.
            let _ = write!(conditions, " AND {column} = ${}", args.len());
        }
    }
    let sql = if search.application.is_some() {
        let columns: Vec<_> = TABLE.columns.iter().map(|column| column.name).collect();
        FIND_ABOUT.replace("{columns}", &columns.join(", "))
    } else {
        TABLE.by_name(FIND)
    };
    let rows: Vec<EventRow> = db.fetch_all(&sql.replace("{conditions}", &conditions), args).await?;
    Ok(rows.into_iter().map(Found::from).collect())
}

impl From<EventRow> for Found {
    fn from(row: EventRow) -> Self {
        let is_operators = row.aggregate_type == OPERATOR;
        let detail = |names: [&str; 2]| {
            let text = names.iter().find_map(|name| row.detail(name));
            text.filter(|_| is_operators).map(str::to_owned)
        };
        let (action, mut subject) = (detail(["action", "page"]), detail(["subject", "role"]));
        let (mut application_id, mut operator_id) = (row.about_id, None);
        let stream = (row.aggregate_type.clone(), row.aggregate_id.clone());
        match &*row.aggregate_type {
            APPLICATION => application_id = row.aggregate_id.parse().ok(),
            OPERATOR => operator_id = Some(row.aggregate_id),
            _ => subject = Some(row.aggregate_id),
        }
        Self {
            position: row.position,
            recorded_at: row.recorded_at,
            kind: row.kind,
            actor: row.actor,
            actor_id: row.actor_id,
            stream,
            application_id,
            operator_id,
            action,
            subject,
        }
    }
}
