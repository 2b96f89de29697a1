//! A task of somebody who looks for work.

mod decide;
mod event;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{DayOrTime, Owned, SpaceRefusal, TaskStatus};
use crate::{Line, Personal, Prose};

pub use decide::{AddTask, ChangeTask, EraseTask, RemoveTask, RestoreTask};
pub use event::{CandidateTaskEvent, CandidateTaskEventKind};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaskDetails {
    /// In a line.
    pub title: Personal<Line<300>>,
    /// In more words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Personal<Prose<10_000>>>,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<DayOrTime>,
    /// The application that it is about: one that is tracked, or one of the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<Uuid>,
}

/// The aggregate: one task, or the absence of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CandidateTask {
    /// There is none.
    #[default]
    Absent,
    /// There is, or was, one.
    Known(Box<KnownTask>),
    /// Its data were erased.
    Erased {
        /// Whose it was.
        owner: Uuid,
    },
}

/// What is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownTask {
    /// Whose it is: an account.
    pub owner: Uuid,
    /// What is to be done.
    pub details: TaskDetails,
    /// Where it stands.
    pub status: TaskStatus,
    /// Whether it is in the archive.
    pub archived: bool,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// When it was removed.
    pub removed_at: Option<Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

aggregate_of_decisions!(CandidateTask, CandidateTaskEvent, SpaceRefusal, "CandidateTask");

impl Owned for CandidateTask {
    fn of(&self, owner: Uuid) -> Result<(), SpaceRefusal> {
        match self {
            Self::Absent => Err(SpaceRefusal::NotFound),
            Self::Known(known) if known.owner == owner => Ok(()),
            Self::Erased { owner: known } if *known == owner => Ok(()),
            Self::Known(_) | Self::Erased { .. } => Err(SpaceRefusal::NotYours),
        }
    }
}

impl CandidateTask {
    /// What is known of it, removed or not.
    pub fn known(&self) -> Result<&KnownTask, SpaceRefusal> {
        match self {
            Self::Absent => Err(SpaceRefusal::NotFound),
            Self::Known(known) => Ok(known),
            Self::Erased { .. } => Err(SpaceRefusal::Erased),
        }
    }

    /// What is known of it, unless it was removed.
    pub fn there(&self) -> Result<&KnownTask, SpaceRefusal> {
        let known = self.known()?;
        if known.removed_at.is_some() { Err(SpaceRefusal::NotFound) } else { Ok(known) }
    }

    /// Takes in what happened. Total: an event that makes no sense in this state changes nothing.
    pub fn apply(&mut self, event: CandidateTaskEvent) {
        match (&mut *self, event) {
            (
                Self::Absent,
                CandidateTaskEvent::CandidateTaskAdded { owner, details, status, at },
            ) => {
                *self = Self::Known(Box::new(KnownTask {
                    owner,
                    details: *details,
                    status,
                    archived: false,
                    done_at: (status == TaskStatus::Done).then_some(at),
                    removed_at: None,
                    created_at: at,
                    updated_at: at,
                }));
            }
            (Self::Known(known), CandidateTaskEvent::CandidateTaskErased { .. }) => {
                *self = Self::Erased { owner: known.owner };
            }
            (Self::Known(known), event) => known.apply(event),
            (Self::Absent | Self::Erased { .. }, _) => {}
        }
    }
}

impl KnownTask {
    fn apply(&mut self, event: CandidateTaskEvent) {
        let at = event.at();
        self.updated_at = at;
        match event {
            CandidateTaskEvent::CandidateTaskAdded { .. }
            | CandidateTaskEvent::CandidateTaskErased { .. } => {}
            CandidateTaskEvent::CandidateTaskCorrected { details, .. } => self.details = *details,
            CandidateTaskEvent::CandidateTaskMoved { status, .. } => {
                self.status = status;
                self.done_at = (status == TaskStatus::Done).then_some(at);
            }
            CandidateTaskEvent::CandidateTaskArchived { .. } => self.archived = true,
            CandidateTaskEvent::CandidateTaskUnarchived { .. } => self.archived = false,
            CandidateTaskEvent::CandidateTaskRemoved { .. } => self.removed_at = Some(at),
            CandidateTaskEvent::CandidateTaskRestored { .. } => self.removed_at = None,
        }
    }
}
