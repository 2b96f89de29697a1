//! An application that somebody keeps track of: one of their own, typed in, or what they add to one that
//! they sent through Postulo, whose data stay where they are.

mod change;
mod event;
mod notes;
mod shelve;
mod track;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{DayOrTime, Owned, SpaceRefusal, TrackedStatus};
use crate::{Line, Personal, Prose, WebAddress};

pub use change::{ChangeTracked, DescribeTracked};
pub use event::{TrackedApplicationEvent, TrackedApplicationEventKind};
pub use notes::{AddNote, EditNote, RemoveNote};
pub use shelve::{ArchiveStale, EraseTracked, HideTracked, RemoveTracked, RestoreTracked};
pub use track::{LinkTracked, TrackApplication};

/// There are at most so many notes on an application.
pub const MAX_NOTES: usize = 200;
/// There are at most so many tags on an application.
pub const MAX_TAGS: usize = 20;

/// What somebody applied for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrackedDetails {
    /// The company, as it was typed.
    pub company: Personal<Line<200>>,
    /// The job.
    pub position: Personal<Line<200>>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Personal<Line<200>>>,
    /// The advertisement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Personal<WebAddress>>,
    /// When they applied.
    pub applied_on: DayOrTime,
}

/// What the job is, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Description {
    /// The words.
    pub text: Personal<Prose<20_000>>,
    /// Whose they are.
    pub by: DescribedBy,
}

/// Whose words a description is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DescribedBy {
    /// The owner typed them.
    Owner,
    /// They were taken from the page of the advertisement.
    Page,
    /// A model wrote them from that page.
    Model {
        /// Which.
        #[schemars(extend("x-personal" = false))]
        model: Line<120>,
    },
}

/// A note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Note {
    /// Names it.
    pub id: Uuid,
    /// What it says.
    pub text: Personal<Prose<5000>>,
    /// When it was written.
    pub at: Timestamp,
    /// When it was last written otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
}

/// Who archived something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArchivedBy {
    /// Its owner.
    Owner,
    /// The schedule, since nothing happened for long.
    Schedule,
}

/// The aggregate: one application in somebody's space, or the absence of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TrackedApplication {
    /// Nobody tracks it.
    #[default]
    Absent,
    /// Somebody does, or did.
    Known(Box<KnownTracked>),
    /// Its data were erased.
    Erased {
        /// Whose it was.
        owner: Uuid,
    },
}

/// What is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownTracked {
    /// Whose it is: an account.
    pub owner: Uuid,
    /// Where it comes from.
    pub origin: TrackedOrigin,
    /// The notes, oldest first.
    pub notes: Vec<Note>,
    /// The tags, in the order of the owner.
    pub tags: Vec<Personal<Line<40>>>,
    /// Whether it is out of the lists, which the owner may see again.
    pub hidden: bool,
    /// Who archived it, where it is archived.
    pub archived: Option<ArchivedBy>,
    /// Whether the owner took it out of the archive since it last moved: the schedule leaves it alone.
    pub kept: bool,
    /// When it was removed.
    pub removed_at: Option<Timestamp>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Where a tracked application comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TrackedOrigin {
    /// The owner typed it in.
    Own(Box<OwnApplication>),
    /// It is an application of the log, which says everything else about it.
    Postulo {
        /// Which.
        application: Uuid,
    },
}

/// What the owner typed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnApplication {
    /// What it is about.
    pub details: TrackedDetails,
    /// Where it stands.
    pub status: TrackedStatus,
    /// Since when.
    pub moved_at: Timestamp,
    /// What the job is.
    pub description: Option<Description>,
    /// When the employer first said something; not known where it began as already answered.
    pub answered_at: Option<Timestamp>,
}

aggregate_of_decisions!(
    TrackedApplication,
    TrackedApplicationEvent,
    SpaceRefusal,
    "TrackedApplication"
);

impl Owned for TrackedApplication {
    fn of(&self, owner: Uuid) -> Result<(), SpaceRefusal> {
        match self.owner() {
            None => Err(SpaceRefusal::NotFound),
            Some(known) if known == owner => Ok(()),
            Some(_) => Err(SpaceRefusal::NotYours),
        }
    }
}

impl TrackedApplication {
    /// The id of the stream that holds what this account adds to an application of the log: it follows
    /// from both (UUIDv5).
    pub fn overlay_id(owner: Uuid, application: Uuid) -> Uuid {
        Uuid::new_v5(&owner, application.as_bytes())
    }

    /// Whose it is, or was.
    pub fn owner(&self) -> Option<Uuid> {
        match self {
            Self::Absent => None,
            Self::Known(known) => Some(known.owner),
            Self::Erased { owner } => Some(*owner),
        }
    }

    /// What is known of it, removed or not.
    pub fn known(&self) -> Result<&KnownTracked, SpaceRefusal> {
        match self {
            Self::Absent => Err(SpaceRefusal::NotFound),
            Self::Known(known) => Ok(known),
            Self::Erased { .. } => Err(SpaceRefusal::Erased),
        }
    }

    /// What is known of it, unless it was removed.
    pub fn there(&self) -> Result<&KnownTracked, SpaceRefusal> {
        let known = self.known()?;
        if known.removed_at.is_some() { Err(SpaceRefusal::NotFound) } else { Ok(known) }
    }

    /// Takes in what happened. Total: an event that makes no sense in this state changes nothing.
    pub fn apply(&mut self, event: TrackedApplicationEvent) {
        match (&mut *self, event) {
            (
                Self::Absent,
                TrackedApplicationEvent::TrackedApplicationAdded {
                    owner,
                    details,
                    status,
                    description,
                    notes,
                    at,
                },
            ) => {
                let details = *details;
                let own = OwnApplication {
                    details,
                    status,
                    moved_at: at,
                    description,
                    answered_at: None,
                };
                let origin = TrackedOrigin::Own(Box::new(own));
                *self = Self::Known(Box::new(KnownTracked::new(owner, origin, notes, at)));
            }
            (
                Self::Absent,
                TrackedApplicationEvent::TrackedApplicationLinked { owner, application_id, at },
            ) => {
                let origin = TrackedOrigin::Postulo { application: application_id };
                *self = Self::Known(Box::new(KnownTracked::new(owner, origin, vec![], at)));
            }
            (Self::Known(known), TrackedApplicationEvent::TrackedApplicationErased { .. }) => {
                *self = Self::Erased { owner: known.owner }
            }
            (Self::Known(known), event) => known.apply(event),
            (Self::Absent | Self::Erased { .. }, _) => {}
        }
    }
}

impl KnownTracked {
    fn new(owner: Uuid, origin: TrackedOrigin, notes: Vec<Note>, at: Timestamp) -> Self {
        Self {
            owner,
            origin,
            notes,
            tags: vec![],
            hidden: false,
            archived: None,
            kept: false,
            removed_at: None,
            created_at: at,
            updated_at: at,
        }
    }

    /// What the owner typed in; `None` where it was sent through Postulo.
    pub fn own(&self) -> Option<&OwnApplication> {
        match &self.origin {
            TrackedOrigin::Own(own) => Some(own),
            TrackedOrigin::Postulo { .. } => None,
        }
    }

    fn own_mut(&mut self) -> Option<&mut OwnApplication> {
        match &mut self.origin {
            TrackedOrigin::Own(own) => Some(own),
            TrackedOrigin::Postulo { .. } => None,
        }
    }

    fn apply(&mut self, event: TrackedApplicationEvent) {
        let at = event.at();
        self.updated_at = at;
        match event {
            TrackedApplicationEvent::TrackedApplicationAdded { .. }
            | TrackedApplicationEvent::TrackedApplicationLinked { .. }
            | TrackedApplicationEvent::TrackedApplicationErased { .. } => {}
            TrackedApplicationEvent::TrackedApplicationCorrected { details, .. } => {
                if let Some(own) = self.own_mut() {
                    own.details = *details;
                }
            }
            TrackedApplicationEvent::TrackedApplicationMoved { status, .. } => {
                self.kept = false;
                if let Some(own) = self.own_mut() {
                    if status.is_answered() && !own.status.is_answered() {
                        own.answered_at.get_or_insert(at);
                    }
                    own.status = status;
                    own.moved_at = at;
                }
            }
            TrackedApplicationEvent::TrackedApplicationDescribed { description, .. } => {
                if let Some(own) = self.own_mut() {
                    own.description = description;
                }
            }
            TrackedApplicationEvent::TrackedApplicationNoteAdded { note, .. } => {
                self.notes.push(note);
            }
            TrackedApplicationEvent::TrackedApplicationNoteEdited { note_id, text, .. } => {
                if let Some(note) = self.notes.iter_mut().find(|note| note.id == note_id) {
                    note.text = text;
                    note.edited_at = Some(at);
                }
            }
            TrackedApplicationEvent::TrackedApplicationNoteRemoved { note_id, .. } => {
                self.notes.retain(|note| note.id != note_id);
            }
            TrackedApplicationEvent::TrackedApplicationTagged { tags, .. } => self.tags = tags,
            TrackedApplicationEvent::TrackedApplicationHidden { .. } => self.hidden = true,
            TrackedApplicationEvent::TrackedApplicationShown { .. } => self.hidden = false,
            TrackedApplicationEvent::TrackedApplicationArchived { by, .. } => {
                self.archived = Some(by);
            }
            TrackedApplicationEvent::TrackedApplicationUnarchived { .. } => {
                self.archived = None;
                self.kept = true;
            }
            TrackedApplicationEvent::TrackedApplicationRemoved { .. } => {
                self.removed_at = Some(at);
            }
            TrackedApplicationEvent::TrackedApplicationRestored { .. } => self.removed_at = None,
        }
    }
}
