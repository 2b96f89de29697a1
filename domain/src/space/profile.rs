//! The profile of somebody who looks for work: what they are, what they can, where they have been. Its stream is
//! named by the account.

mod content;
mod decide;
mod event;
mod month;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Owned, SpaceRefusal};
use crate::Personal;

pub use content::{
    Education, Experience, MAX_EDUCATIONS, MAX_EXPERIENCES, MAX_SKILLS, MAX_YEARS, Profile,
    ProfileAbout, ProfileFields, ProfileSkill,
};
pub use decide::{ChangeProfile, EraseProfile, ProfileEdit};
pub use event::{CandidateProfileEvent, CandidateProfileEventKind};
pub use month::Month;

/// The aggregate: somebody's profile, or the absence of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CandidateProfile {
    /// Nothing was ever written into it.
    #[default]
    Absent,
    /// Something was.
    Known(Box<KnownProfile>),
    /// Its owner was forgotten.
    Erased {
        /// Whose it was.
        owner: Uuid,
    },
}

/// What is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownProfile {
    /// Whose it is: an account.
    pub owner: Uuid,
    /// What it says.
    pub profile: Personal<Profile>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

aggregate_of_decisions!(CandidateProfile, CandidateProfileEvent, SpaceRefusal, "CandidateProfile");

impl Owned for CandidateProfile {
    fn of(&self, owner: Uuid) -> Result<(), SpaceRefusal> {
        match self {
            Self::Absent => Ok(()),
            Self::Known(known) if known.owner == owner => Ok(()),
            Self::Erased { owner: known } if *known == owner => Ok(()),
            Self::Known(_) | Self::Erased { .. } => Err(SpaceRefusal::NotYours),
        }
    }
}

impl CandidateProfile {
    /// What is known of it, where something is.
    pub fn known(&self) -> Option<&KnownProfile> {
        match self {
            Self::Known(known) => Some(known),
            Self::Absent | Self::Erased { .. } => None,
        }
    }

    /// What it says; nothing, where nothing is known.
    pub fn fields(&self) -> ProfileFields {
        self.known().map(|known| known.profile.reveal().fields().clone()).unwrap_or_default()
    }

    /// Takes in what happened. Total: an event that makes no sense in this state changes nothing.
    pub fn apply(&mut self, event: CandidateProfileEvent) {
        match (&mut *self, event) {
            (
                Self::Absent,
                CandidateProfileEvent::CandidateProfileChanged { owner, profile, at },
            ) => {
                let profile = *profile;
                let known = KnownProfile { owner, profile, created_at: at, updated_at: at };
                *self = Self::Known(Box::new(known));
            }
            (
                Self::Known(known),
                CandidateProfileEvent::CandidateProfileChanged { profile, at, .. },
            ) => {
                known.profile = *profile;
                known.updated_at = at;
            }
            (Self::Known(known), CandidateProfileEvent::CandidateProfileErased { .. }) => {
                *self = Self::Erased { owner: known.owner };
            }
            (Self::Erased { .. }, _)
            | (Self::Absent, CandidateProfileEvent::CandidateProfileErased { .. }) => {}
        }
    }
}
