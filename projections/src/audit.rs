//! The search of auditors: what happened to applications and what operators did, in one list.
//!
//! It reads two read models, `application_events` and `operator_acts`; a position of the log is in
//! one of them at most.

use std::fmt::Write as _;

use event_store::{ActorKind, Db, DbError, Position, Value, args};
use jiff::Timestamp;
use uuid::Uuid;

use crate::stored::{MaybeText, Text};

/// What is looked for; what is `None` rules nothing out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Who did it: in which role.
    pub actor: Option<ActorKind>,
    /// Who did it: a client's id, a reaction's name, an operator's id, `command-line`.
    pub actor_id: Option<String>,
    /// What happened: an event type.
    pub kind: Option<String>,
    /// What happened to this application, and who looked at it.
    pub application: Option<Uuid>,
    /// After this position of the log.
    pub after: Option<Position>,
    /// Up to this position of the log.
    pub up_to: Option<Position>,
    /// Before this position, where an earlier page ended.
    pub before: Option<Position>,
}

/// Something that happened to an application, or that an operator did.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Found {
    /// Where it is in the log.
    #[sqlx(try_from = "i64")]
    pub position: Position,
    /// When it was written to the log.
    #[sqlx(try_from = "Text")]
    pub recorded_at: Timestamp,
    /// The event type.
    pub kind: String,
    /// Who did it: in which role.
    pub actor: String,
    /// Who did it: by id or name.
    pub actor_id: Option<String>,
    /// The application that it happened to, or that was looked at.
    #[sqlx(try_from = "MaybeText")]
    pub application_id: Option<Uuid>,
    /// To whom it happened, or who acted: an operator, where it is no event of an application.
    pub operator_id: Option<String>,
    /// What was done, or the page that was looked at.
    pub action: Option<String>,
    /// To what, or at what.
    pub subject: Option<String>,
}

/// Each half is sorted and cut by its own index; then the two are merged.
const FIND: &str = "
    SELECT *
    FROM (
        SELECT position, recorded_at, kind, actor, actor_id, application_id,
               CAST(NULL AS TEXT) AS operator_id, CAST(NULL AS TEXT) AS action,
               CAST(NULL AS TEXT) AS subject
        FROM application_events
        WHERE {conditions}
        ORDER BY position DESC
        LIMIT $3
    ) AS of_applications
    UNION ALL
    SELECT *
    FROM (
        SELECT position, recorded_at, kind, actor, actor_id, application_id, operator_id, action,
               subject
        FROM operator_acts
        WHERE {conditions}
        ORDER BY position DESC
        LIMIT $3
    ) AS of_operators
    ORDER BY position DESC
    LIMIT $3";

/// What was looked for, newest first, `limit` at most.
pub async fn find(db: &Db, search: &Search, limit: u32) -> Result<Vec<Found>, DbError> {
    let up_to = search.up_to.map_or(i64::MAX, Position::get);
    let before = search.before.map_or(i64::MAX, Position::get).min(up_to.saturating_add(1));
    let after = search.after.map_or(0, Position::get);
    let mut args = args![before, after, limit];
    let mut conditions = String::from("position < $1 AND position > $2");
    let asked: [(&str, Option<Value>); 4] = [
        ("actor", search.actor.map(|actor| actor.as_str().into())),
        ("actor_id", search.actor_id.as_ref().map(Into::into)),
        ("kind", search.kind.as_ref().map(Into::into)),
        ("application_id", search.application.map(Into::into)),
    ];
    for (column, value) in asked {
        if let Some(value) = value {
            args.push(value);
            // Writing to a String cannot fail.
            let _ = write!(conditions, " AND {column} = ${}", args.len());
        }
    }
    db.fetch_all(&FIND.replace("{conditions}", &conditions), args).await
}
