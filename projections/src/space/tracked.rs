//! `tracked_applications`: what people track, a row each.

use domain::Personal;
use domain::space::{
    ArchivedBy, DescribedBy, KnownTracked, Note, TrackedApplication, TrackedApplicationEvent,
    TrackedApplicationEventKind, TrackedOrigin, TrackedStatus,
};
use event_store::{Db, DbError, Position, Value, args, parse_timestamp, timestamp_text};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::item::NoteText;
use crate::opened_row;
use crate::stored::{MaybeText, Text};
use crate::{Column, History, Index, Kind, Owner, ReadModel, Reads, Removal, Rows, Table};

/// The table.
pub const TABLE: Table = Table {
    name: "tracked_applications",
    about: "Applications in the spaces of those who look for work: one row for each that is tracked.",
    key: &["id"],
    of: Owner::stream::<TrackedApplication>("id"),
    columns: &[
        Column::new("id", Kind::Uuid, "Which."),
        Column::new("owner", Kind::Uuid, "Whose it is: an account.").withheld(),
        Column::new(
            "application_id",
            Kind::Uuid,
            "The application of the log that it adds to; NULL where its owner typed it in.",
        )
        .nullable(),
        Column::new(
            "status",
            Kind::Text,
            "considered, sent, shortlisted, interview, technical_test, negotiation, offer_received, offer_accepted, rejected or withdrawn; NULL where the application of the log says it.",
        )
        .nullable(),
        Column::new("applied_on", Kind::Text, "When its owner applied: a day, or a time.").nullable(),
        Column::new("applied_at", Kind::Time, "The same as a time; of a day its beginning in UTC.")
            .nullable(),
        Column::new("moved_at", Kind::Time, "Since when it stands where it stands.").nullable(),
        Column::new(
            "answered_at",
            Kind::Time,
            "When the employer first said something, where that is known.",
        )
        .nullable(),
        Column::new("stage", Kind::Integer, "How far it ever came: 0 considered, 1 sent, 2 shortlisted, 3 interview or test, 4 negotiation, 5 offer, 6 accepted.")
            .nullable(),
        Column::new("archived_by", Kind::Text, "owner or schedule, where it is archived.").nullable(),
        Column::new("archived_at", Kind::Time, "Since when it is archived.").nullable(),
        Column::new("hidden", Kind::Boolean, "Whether it is out of the lists."),
        Column::new("described_by", Kind::Text, "Whose words the description is in: owner, page or model.")
            .nullable(),
        Column::new(
            "stale_from",
            Kind::Time,
            "Where the schedule may archive it: when its owner applied.",
        )
        .nullable(),
        Column::new("removed_at", Kind::Time, "When its owner removed it.").nullable(),
        Column::new("created_at", Kind::Time, "When it was begun."),
        Column::new("updated_at", Kind::Time, "When it last changed."),
        Column::new("last_position", Kind::Integer, "Where the latest event about it is in the log."),
        Column::new("company", Kind::Text, "The company.").nullable().personal(),
        Column::new("job", Kind::Text, "The job.").nullable().personal(),
        Column::new("location", Kind::Text, "Where.").nullable().personal(),
        Column::new("url", Kind::Text, "The advertisement.").nullable().personal(),
        Column::new("description", Kind::Text, "What the job is.").nullable().personal(),
        Column::new("notes", Kind::Json, "The notes: a list of {id, text, at, edited_at}.").personal(),
        Column::new("tags", Kind::Json, "The tags: a list of texts.").personal(),
    ],
    indexes: &[
        Index::on("newest", &["owner", "applied_at", "id"])
            .only("application_id IS NULL AND removed_at IS NULL"),
        Index::on("by_status", &["owner", "status", "applied_at", "id"])
            .only("application_id IS NULL AND removed_at IS NULL"),
        Index::on("overlays", &["owner", "application_id"]).only("application_id IS NOT NULL"),
        Index::on("latest", &["owner", "last_position"]),
        Index::on("stale", &["stale_from", "id"]).only("stale_from IS NOT NULL"),
        Index::on("archived", &["archived_at", "owner"]).only("archived_by = 'schedule'"),
        Index::on("removed", &["removed_at", "id"]).only("removed_at IS NOT NULL"),
        Index::on("removed_of", &["owner", "removed_at", "id"]).only("removed_at IS NOT NULL"),
    ],
    revision: 2,
};

/// The read model.
pub struct TrackedApplications;

impl ReadModel for TrackedApplications {
    type Of = TrackedApplication;

    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [TrackedApplicationEventKind] {
        TrackedApplicationEventKind::ALL
    }

    fn reads(&self) -> Reads {
        Reads::Histories
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    fn rows(&self, histories: &[History<TrackedApplication>]) -> Vec<Rows> {
        vec![Rows::new(&TABLE, histories.iter().filter_map(row).collect())]
    }

    /// Of what was erased nothing is listed.
    fn removals(&self, histories: &[History<TrackedApplication>]) -> Vec<Removal> {
        let erased = histories
            .iter()
            .filter(|history| matches!(history.state(), TrackedApplication::Erased { .. }));
        let removal = |history: &History<TrackedApplication>| Removal {
            table: &TABLE,
            equal: vec![("id", history.id.as_str().into())],
        };
        erased.map(removal).collect()
    }
}

/// How far a status is on the way to a job.
const fn stage(status: TrackedStatus) -> i64 {
    match status {
        TrackedStatus::Considered => 0,
        TrackedStatus::Sent | TrackedStatus::Rejected | TrackedStatus::Withdrawn => 1,
        TrackedStatus::Shortlisted => 2,
        TrackedStatus::Interview | TrackedStatus::TechnicalTest => 3,
        TrackedStatus::Negotiation => 4,
        TrackedStatus::OfferReceived => 5,
        TrackedStatus::OfferAccepted => 6,
    }
}

fn row(history: &History<TrackedApplication>) -> Option<Vec<Value>> {
    let known = history.state().known().ok()?;
    let application = match &known.origin {
        TrackedOrigin::Postulo { application } => Some(*application),
        TrackedOrigin::Own(_) => None,
    };
    let own = known.own();
    let details = own.map(|own| &own.details);
    let stages = history.events.iter().filter_map(|recorded| match &recorded.event {
        TrackedApplicationEvent::TrackedApplicationAdded { status, .. }
        | TrackedApplicationEvent::TrackedApplicationMoved { status, .. } => Some(stage(*status)),
        _ => None,
    });
    let described_by = own.and_then(|own| own.description.as_ref()).map(|it| match it.by {
        DescribedBy::Owner => "owner",
        DescribedBy::Page => "page",
        DescribedBy::Model { .. } => "model",
    });
    let archived_by = known.archived.map(|by| match by {
        ArchivedBy::Owner => "owner",
        ArchivedBy::Schedule => "schedule",
    });
    let tags: Vec<_> = known.tags.iter().map(|tag| tag.reveal().as_str()).collect();
    Some(args![
        history.id.as_str(),
        known.owner,
        application,
        own.map(|own| own.status.as_str()),
        details.map(|it| it.applied_on.to_string()),
        details.map(|it| it.applied_on.instant()),
        own.map(|own| own.moved_at),
        own.and_then(|own| own.answered_at),
        stages.max(),
        archived_by,
        known.archived.and_then(|_| archived_at(history)),
        known.hidden,
        described_by,
        stale_from(known),
        known.removed_at,
        known.created_at,
        known.updated_at,
        history.last().position,
        details.map(|it| it.company.reveal().as_str()),
        details.map(|it| it.position.reveal().as_str()),
        details.and_then(|it| Some(it.location.as_ref()?.reveal().as_str())),
        details.and_then(|it| Some(it.url.as_ref()?.reveal().as_str())),
        own.and_then(|own| Some(own.description.as_ref()?.text.reveal().as_str())),
        notes(&known.notes),
        json!(tags).to_string(),
    ])
}

/// When it last went into the archive.
fn archived_at(history: &History<TrackedApplication>) -> Option<Timestamp> {
    history.events.iter().rev().find_map(|recorded| match recorded.event {
        TrackedApplicationEvent::TrackedApplicationArchived { at, .. } => Some(at),
        _ => None,
    })
}

fn stale_from(known: &KnownTracked) -> Option<Timestamp> {
    let own = known.own().filter(|own| own.status.grows_stale())?;
    let there = known.archived.is_none() && !known.kept && known.removed_at.is_none();
    there.then(|| own.details.applied_on.instant())
}

fn notes(notes: &[Note]) -> String {
    let notes: Vec<_> = notes
        .iter()
        .map(|note| {
            json!({
                "id": note.id,
                "text": note.text.reveal().as_str(),
                "at": timestamp_text(note.at),
                "edited_at": note.edited_at.map(timestamp_text),
            })
        })
        .collect();
    json!(notes).to_string()
}

/// What somebody tracks.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the table documents its columns")]
pub struct TrackedRow {
    #[sqlx(try_from = "Text")]
    pub id: Uuid,
    #[sqlx(try_from = "Text")]
    pub owner: Uuid,
    #[sqlx(try_from = "MaybeText")]
    pub application_id: Option<Uuid>,
    pub status: Option<String>,
    pub applied_on: Option<String>,
    #[sqlx(try_from = "MaybeText")]
    pub applied_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeText")]
    pub moved_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeText")]
    pub answered_at: Option<Timestamp>,
    pub archived_by: Option<String>,
    pub hidden: bool,
    pub described_by: Option<String>,
    #[sqlx(try_from = "MaybeText")]
    pub removed_at: Option<Timestamp>,
    #[sqlx(try_from = "Text")]
    pub created_at: Timestamp,
    #[sqlx(try_from = "Text")]
    pub updated_at: Timestamp,
    #[sqlx(try_from = "i64")]
    pub last_position: Position,
    #[sqlx(skip)]
    pub company: Option<Personal<String>>,
    #[sqlx(skip)]
    pub job: Option<Personal<String>>,
    #[sqlx(skip)]
    pub location: Option<Personal<String>>,
    #[sqlx(skip)]
    pub url: Option<Personal<String>>,
    #[sqlx(skip)]
    pub description: Option<Personal<String>>,
    #[sqlx(skip)]
    pub notes: Vec<NoteText>,
    #[sqlx(skip)]
    pub tags: Vec<Personal<String>>,
}

opened_row!(TrackedRow: company, job, location, url, description, notes, tags);

const STALE: &str = "
    SELECT stale_from, id
    FROM tracked_applications
    WHERE stale_from < $1 AND (stale_from, id) > ($2, $3)
    ORDER BY stale_from, id
    LIMIT $4";

/// Those of which nothing is heard any more, with when their owners applied, which was before this: a page
/// after another one, the oldest first.
pub async fn stale(
    db: &Db,
    before: Timestamp,
    after: Option<(Timestamp, Uuid)>,
    limit: u32,
) -> Result<Vec<(Timestamp, Uuid)>, DbError> {
    page(db, STALE, before, after, limit).await
}

const REMOVED_BEFORE: &str = "
    SELECT removed_at, id
    FROM tracked_applications
    WHERE removed_at < $1 AND (removed_at, id) > ($2, $3)
    ORDER BY removed_at, id
    LIMIT $4";

/// Those that their owners removed before this, with when: a page after another one, the oldest first.
pub async fn removed_before(
    db: &Db,
    then: Timestamp,
    after: Option<(Timestamp, Uuid)>,
    limit: u32,
) -> Result<Vec<(Timestamp, Uuid)>, DbError> {
    page(db, REMOVED_BEFORE, then, after, limit).await
}

/// A page of a list that is sorted by a time and an id.
pub(super) async fn page(
    db: &Db,
    sql: &str,
    before: Timestamp,
    after: Option<(Timestamp, Uuid)>,
    limit: u32,
) -> Result<Vec<(Timestamp, Uuid)>, DbError> {
    let (at, id) = after.map_or_else(
        || (String::new(), String::new()),
        |(at, id)| (timestamp_text(at), id.to_string()),
    );
    let rows: Vec<(String, String)> = db.fetch_all(sql, args![before, at, id, limit]).await?;
    let read = |(at, id): (String, String)| Some((parse_timestamp(&at).ok()?, id.parse().ok()?));
    Ok(rows.into_iter().filter_map(read).collect())
}
