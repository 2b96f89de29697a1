//! What happens to a tracked application.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ArchivedBy, Description, Note, TrackedDetails};
use crate::space::TrackedStatus;
use crate::{Line, Personal, Prose};

/// A fact about an application in somebody's space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum TrackedApplicationEvent {
    /// Somebody typed it in.
    TrackedApplicationAdded {
        /// Whose it is: an account.
        owner: Uuid,
        /// What it is about.
        details: Box<TrackedDetails>,
        /// Where it stands.
        status: TrackedStatus,
        /// What the job is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<Description>,
        /// The first notes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        notes: Vec<Note>,
        /// When.
        at: Timestamp,
    },
    /// Somebody began to add something to an application that they sent through Postulo.
    TrackedApplicationLinked {
        /// Whose it is: an account.
        owner: Uuid,
        /// Which application.
        application_id: Uuid,
        /// When.
        at: Timestamp,
    },
    /// What it is about was written otherwise.
    TrackedApplicationCorrected {
        /// All of it, as it is now.
        details: Box<TrackedDetails>,
        /// When.
        at: Timestamp,
    },
    /// It stands elsewhere.
    TrackedApplicationMoved {
        /// Where.
        status: TrackedStatus,
        /// When.
        at: Timestamp,
    },
    /// The job was described, or its description was cleared.
    TrackedApplicationDescribed {
        /// What it is; missing where the owner cleared it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<Description>,
        /// When.
        at: Timestamp,
    },
    /// A note was added.
    TrackedApplicationNoteAdded {
        /// The note.
        note: Note,
        /// When.
        at: Timestamp,
    },
    /// A note was written otherwise.
    TrackedApplicationNoteEdited {
        /// Which.
        note_id: Uuid,
        /// What it says now.
        text: Personal<Prose<5000>>,
        /// When.
        at: Timestamp,
    },
    /// A note was removed.
    TrackedApplicationNoteRemoved {
        /// Which.
        note_id: Uuid,
        /// When.
        at: Timestamp,
    },
    /// Its tags are others.
    TrackedApplicationTagged {
        /// All of them, in the order of the owner.
        tags: Vec<Personal<Line<40>>>,
        /// When.
        at: Timestamp,
    },
    /// It is out of the lists.
    TrackedApplicationHidden {
        /// When.
        at: Timestamp,
    },
    /// It is in the lists again.
    TrackedApplicationShown {
        /// When.
        at: Timestamp,
    },
    /// It is in the archive.
    TrackedApplicationArchived {
        /// Who put it there.
        by: ArchivedBy,
        /// When.
        at: Timestamp,
    },
    /// Its owner took it out of the archive.
    TrackedApplicationUnarchived {
        /// When.
        at: Timestamp,
    },
    /// Its owner removed it; for 30 days it may be restored.
    TrackedApplicationRemoved {
        /// When.
        at: Timestamp,
    },
    /// Its owner restored it.
    TrackedApplicationRestored {
        /// When.
        at: Timestamp,
    },
    /// Its data were erased: its owner was forgotten, or it was removed long ago.
    TrackedApplicationErased {
        /// When.
        at: Timestamp,
    },
}

events! {
    TrackedApplicationEventKind of TrackedApplicationEvent;
    TrackedApplicationAdded,
    TrackedApplicationLinked,
    TrackedApplicationCorrected,
    TrackedApplicationMoved,
    TrackedApplicationDescribed,
    TrackedApplicationNoteAdded,
    TrackedApplicationNoteEdited,
    TrackedApplicationNoteRemoved,
    TrackedApplicationTagged,
    TrackedApplicationHidden,
    TrackedApplicationShown,
    TrackedApplicationArchived,
    TrackedApplicationUnarchived,
    TrackedApplicationRemoved,
    TrackedApplicationRestored,
    TrackedApplicationErased erases,
}
