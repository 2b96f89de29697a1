//! What happens to a task.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::TaskDetails;
use crate::space::TaskStatus;

/// A fact about a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum CandidateTaskEvent {
    /// Somebody wrote it down.
    CandidateTaskAdded {
        /// Whose it is: an account.
        owner: Uuid,
        /// What is to be done.
        details: Box<TaskDetails>,
        /// Where it stands.
        status: TaskStatus,
        /// When.
        at: Timestamp,
    },
    /// What is to be done was written otherwise.
    CandidateTaskCorrected {
        /// All of it, as it is now.
        details: Box<TaskDetails>,
        /// When.
        at: Timestamp,
    },
    /// It stands elsewhere.
    CandidateTaskMoved {
        /// Where.
        status: TaskStatus,
        /// When.
        at: Timestamp,
    },
    /// It is in the archive.
    CandidateTaskArchived {
        /// When.
        at: Timestamp,
    },
    /// It is out of the archive.
    CandidateTaskUnarchived {
        /// When.
        at: Timestamp,
    },
    /// Its owner removed it; for 30 days it may be restored.
    CandidateTaskRemoved {
        /// When.
        at: Timestamp,
    },
    /// Its owner restored it.
    CandidateTaskRestored {
        /// When.
        at: Timestamp,
    },
    /// Its data were erased: its owner was forgotten, or it was removed long ago.
    CandidateTaskErased {
        /// When.
        at: Timestamp,
    },
}

events! {
    CandidateTaskEventKind of CandidateTaskEvent;
    CandidateTaskAdded,
    CandidateTaskCorrected,
    CandidateTaskMoved,
    CandidateTaskArchived,
    CandidateTaskUnarchived,
    CandidateTaskRemoved,
    CandidateTaskRestored,
    CandidateTaskErased erases,
}
