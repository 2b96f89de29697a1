//! An application as its owner sees it, wherever it comes from.

use domain::Personal;
use domain::application::ApplicationStatus;
use domain::space::{
    ArchivedBy, DayOrTime, DescribedBy, KnownTracked, Note, TrackedApplication, TrackedStatus,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sent::{SentRow, Untold};
use super::tracked::TrackedRow;

/// A note on an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteText {
    /// Names it.
    pub id: Uuid,
    /// What it says.
    pub text: Personal<String>,
    /// When it was written.
    pub at: Timestamp,
    /// When it was last written otherwise.
    pub edited_at: Option<Timestamp>,
}

/// Where an application comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Its owner typed it in.
    Own,
    /// It was sent through Postulo, and stands there.
    Postulo(ApplicationStatus),
}

/// An application in somebody's space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackedItem {
    /// Names it: the id of the tracked application, or that of the application of the log.
    pub id: Uuid,
    /// Where it comes from.
    pub origin: Origin,
    /// The company.
    pub company: Personal<String>,
    /// The job.
    pub position: Personal<String>,
    /// Where.
    pub location: Option<Personal<String>>,
    /// The advertisement.
    pub url: Option<Personal<String>>,
    /// When its owner applied.
    pub applied_on: DayOrTime,
    /// Where it stands.
    pub status: TrackedStatus,
    /// Since when, where that is known.
    pub moved_at: Option<Timestamp>,
    /// When the employer said something.
    pub answered_at: Option<Timestamp>,
    /// What the job is.
    pub description: Option<Personal<String>>,
    /// Whose words that is: owner, page or model.
    pub described_by: Option<String>,
    /// The notes, oldest first.
    pub notes: Vec<NoteText>,
    /// The tags.
    pub tags: Vec<Personal<String>>,
    /// Whether it is in the archive.
    pub archived: bool,
    /// Whether the schedule put it there.
    pub archived_by_schedule: bool,
    /// Whether it is out of the lists.
    pub hidden: bool,
    /// How many documents were sent with it.
    pub documents: i64,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it last changed, if it did.
    pub updated_at: Option<Timestamp>,
}

impl TrackedItem {
    /// What its owner typed in, as its own rules have it; `None` where it was sent through Postulo.
    pub fn of_state(id: Uuid, known: &KnownTracked) -> Option<Self> {
        let own = known.own()?;
        let details = &own.details;
        let text = |text: &str| Personal::new(text.to_owned());
        Some(Self {
            id,
            origin: Origin::Own,
            company: text(details.company.reveal().as_str()),
            position: text(details.position.reveal().as_str()),
            location: details.location.as_ref().map(|it| text(it.reveal().as_str())),
            url: details.url.as_ref().map(|it| text(it.reveal().as_str())),
            applied_on: details.applied_on,
            status: own.status,
            moved_at: Some(own.moved_at),
            answered_at: own.answered_at,
            description: own.description.as_ref().map(|it| text(it.text.reveal().as_str())),
            described_by: own.description.as_ref().map(|it| {
                let by = match it.by {
                    DescribedBy::Owner => "owner",
                    DescribedBy::Page => "page",
                    DescribedBy::Model { .. } => "model",
                };
                by.to_owned()
            }),
            notes: known.notes.iter().map(note).collect(),
            tags: known.tags.iter().map(|tag| text(tag.reveal().as_str())).collect(),
            archived: known.archived.is_some(),
            archived_by_schedule: known.archived == Some(ArchivedBy::Schedule),
            hidden: known.hidden,
            documents: 0,
            created_at: known.created_at,
            updated_at: changed(known.created_at, known.updated_at),
        })
    }

    /// What its owner typed in, as the read model has it.
    pub fn of_row(row: TrackedRow) -> Option<Self> {
        let archived_by_schedule = row.archived_by.as_deref() == Some("schedule");
        Some(Self {
            id: row.id,
            origin: Origin::Own,
            company: row.company?,
            position: row.job?,
            location: row.location,
            url: row.url,
            applied_on: row.applied_on?.parse().ok()?,
            status: row.status?.parse().ok()?,
            moved_at: row.moved_at,
            answered_at: row.answered_at,
            description: row.description,
            described_by: row.described_by,
            notes: row.notes,
            tags: row.tags,
            archived: row.archived_by.is_some(),
            archived_by_schedule,
            hidden: row.hidden,
            documents: 0,
            created_at: row.created_at,
            updated_at: changed(row.created_at, row.updated_at),
        })
    }

    /// What was sent through Postulo.
    pub(super) fn of_sent(row: &SentRow, untold: Option<Untold>) -> Self {
        let stands = untold.map_or(row.status, Untold::told_as);
        let answered_at = untold.map_or(row.last_answered_at, Untold::told_at);
        let status = TrackedStatus::of_application(stands);
        let moved_at = match stands {
            ApplicationStatus::Submitted
            | ApplicationStatus::Sent
            | ApplicationStatus::Undeliverable => Some(row.submitted_at),
            ApplicationStatus::Withdrawn => row.withdrawn_at,
            ApplicationStatus::InfoRequested
            | ApplicationStatus::InterviewProposed
            | ApplicationStatus::Rejected
            | ApplicationStatus::Hired => answered_at,
        };
        Self {
            id: row.id,
            origin: Origin::Postulo(stands),
            company: Personal::new(row.employer_description.clone()),
            position: Personal::new(row.job.clone()),
            location: None,
            url: None,
            applied_on: DayOrTime::utc(row.submitted_at),
            status,
            moved_at,
            answered_at,
            description: None,
            described_by: None,
            notes: vec![],
            tags: vec![],
            archived: false,
            archived_by_schedule: false,
            hidden: false,
            documents: row.documents,
            created_at: row.submitted_at,
            updated_at: changed(row.submitted_at, answered_at.unwrap_or(row.submitted_at))
                .max(row.withdrawn_at),
        }
    }

    /// The same with what its owner added to it, as its rules have it.
    #[must_use]
    pub fn with_state(mut self, state: &TrackedApplication) -> Self {
        if let Ok(known) = state.there() {
            self.notes = known.notes.iter().map(note).collect();
            let text = |text: &str| Personal::new(text.to_owned());
            self.tags = known.tags.iter().map(|tag| text(tag.reveal().as_str())).collect();
            self.archived = known.archived.is_some();
            self.hidden = known.hidden;
            self.updated_at = self.updated_at.max(Some(known.updated_at));
        }
        self
    }

    /// The same with what its owner added to it, as the read model has it.
    #[must_use]
    pub(super) fn with_row(mut self, row: &TrackedRow) -> Self {
        self.notes.clone_from(&row.notes);
        self.tags.clone_from(&row.tags);
        self.archived = row.archived_by.is_some();
        self.hidden = row.hidden;
        self.updated_at = self.updated_at.max(Some(row.updated_at));
        self
    }

    /// Whether it was sent through Postulo.
    pub const fn is_sent_through_postulo(&self) -> bool {
        matches!(self.origin, Origin::Postulo(_))
    }

    /// Every text of it in which is looked for words.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        [&self.company, &self.position]
            .into_iter()
            .chain(self.location.as_ref())
            .chain(self.url.as_ref())
            .chain(self.description.as_ref())
            .chain(self.notes.iter().map(|note| &note.text))
            .chain(self.tags.iter())
            .map(|text| text.reveal().as_str())
    }
}

fn note(note: &Note) -> NoteText {
    NoteText {
        id: note.id,
        text: Personal::new(note.text.reveal().as_str().to_owned()),
        at: note.at,
        edited_at: note.edited_at,
    }
}

fn changed(created: Timestamp, updated: Timestamp) -> Option<Timestamp> {
    (updated > created).then_some(updated)
}
