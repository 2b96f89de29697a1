//! Where an application stands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where an application stands, in one word, for lists and programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Taken, not yet with the employer.
    Submitted,
    /// With the employer, unanswered.
    Sent,
    /// It could not be brought to the employer.
    Undeliverable,
    /// The latest answer asks for information.
    InfoRequested,
    /// The latest answer proposes an interview.
    InterviewProposed,
    /// Ended by a rejection.
    Rejected,
    /// Ended by a hire.
    Hired,
    /// Ended by the candidate.
    Withdrawn,
}

impl Status {
    /// Every status, in the order of an application's life.
    pub const ALL: [Self; 8] = [
        Self::Submitted,
        Self::Sent,
        Self::Undeliverable,
        Self::InfoRequested,
        Self::InterviewProposed,
        Self::Rejected,
        Self::Hired,
        Self::Withdrawn,
    ];

    /// The name as stored and shown to programs, in snake case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Sent => "sent",
            Self::Undeliverable => "undeliverable",
            Self::InfoRequested => "info_requested",
            Self::InterviewProposed => "interview_proposed",
            Self::Rejected => "rejected",
            Self::Hired => "hired",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}
