//! Where an application stands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where an application stands, in one word, for lists and programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationStatus {
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

names! {
    ApplicationStatus {
        Submitted = "submitted",
        Sent = "sent",
        Undeliverable = "undeliverable",
        InfoRequested = "info_requested",
        InterviewProposed = "interview_proposed",
        Rejected = "rejected",
        Hired = "hired",
        Withdrawn = "withdrawn",
    }
}
