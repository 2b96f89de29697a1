//! What happens to a profile.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Profile;
use crate::Personal;

/// A fact about somebody's profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum CandidateProfileEvent {
    /// Its owner wrote it, or wrote it otherwise.
    CandidateProfileChanged {
        /// Whose it is: an account.
        owner: Uuid,
        /// All that it says now, as JSON.
        profile: Box<Personal<Profile>>,
        /// When.
        at: Timestamp,
    },
    /// Its owner was forgotten.
    CandidateProfileErased {
        /// When.
        at: Timestamp,
    },
}

events! {
    CandidateProfileEventKind of CandidateProfileEvent;
    CandidateProfileChanged,
    CandidateProfileErased erases,
}
