//! The CV of somebody who looks for work: one document, which a later one takes the place of. Its stream
//! is named by the account.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Owned, SpaceRefusal};
use crate::Decision;
use crate::application::Attachment;

/// A fact about somebody's CV.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum CandidateCvEvent {
    /// A document is the CV from now on.
    CandidateCvUploaded {
        /// Whose it is: an account.
        owner: Uuid,
        /// What is kept of it.
        document: Attachment,
        /// When.
        at: Timestamp,
    },
    /// There is no CV any more.
    CandidateCvRemoved {
        /// When.
        at: Timestamp,
    },
    /// Its owner was forgotten.
    CandidateCvErased {
        /// When.
        at: Timestamp,
    },
}

events! {
    CandidateCvEventKind of CandidateCvEvent;
    CandidateCvUploaded,
    CandidateCvRemoved,
    CandidateCvErased erases,
}

/// The aggregate: somebody's CV, or the absence of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CandidateCv {
    /// There was never one.
    #[default]
    Absent,
    /// There is one, or was.
    Known(Box<KnownCv>),
    /// Its owner was forgotten.
    Erased {
        /// Whose it was.
        owner: Uuid,
    },
}

/// What is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownCv {
    /// Whose it is: an account.
    pub owner: Uuid,
    /// The document; none where it was removed.
    pub document: Option<Attachment>,
    /// When it was uploaded, or removed.
    pub changed_at: Timestamp,
}

aggregate_of_decisions!(CandidateCv, CandidateCvEvent, SpaceRefusal, "CandidateCv");

impl Owned for CandidateCv {
    fn of(&self, owner: Uuid) -> Result<(), SpaceRefusal> {
        match self {
            Self::Absent => Ok(()),
            Self::Known(known) if known.owner == owner => Ok(()),
            Self::Erased { owner: known } if *known == owner => Ok(()),
            Self::Known(_) | Self::Erased { .. } => Err(SpaceRefusal::NotYours),
        }
    }
}

impl CandidateCv {
    /// The document, where there is one.
    pub fn document(&self) -> Option<&Attachment> {
        match self {
            Self::Known(known) => known.document.as_ref(),
            Self::Absent | Self::Erased { .. } => None,
        }
    }

    /// Takes in what happened. Total: an event that makes no sense in this state changes nothing.
    pub fn apply(&mut self, event: CandidateCvEvent) {
        match (&mut *self, event) {
            (
                Self::Absent | Self::Known(_),
                CandidateCvEvent::CandidateCvUploaded { owner, document, at },
            ) => {
                let known = KnownCv { owner, document: Some(document), changed_at: at };
                *self = Self::Known(Box::new(known));
            }
            (Self::Known(known), CandidateCvEvent::CandidateCvRemoved { at }) => {
                known.document = None;
                known.changed_at = at;
            }
            (Self::Known(known), CandidateCvEvent::CandidateCvErased { .. }) => {
                *self = Self::Erased { owner: known.owner };
            }
            (Self::Erased { .. }, _)
            | (
                Self::Absent,
                CandidateCvEvent::CandidateCvRemoved { .. }
                | CandidateCvEvent::CandidateCvErased { .. },
            ) => {}
        }
    }
}

/// A document becomes the CV; the same one again changes nothing.
#[derive(Clone, Debug)]
pub struct UploadCv {
    /// Whose it is.
    pub owner: Uuid,
    /// What is kept of it.
    pub document: Attachment,
    /// When.
    pub at: Timestamp,
}

impl Decision for UploadCv {
    type Aggregate = CandidateCv;

    fn decide(&self, state: &CandidateCv) -> Result<Vec<CandidateCvEvent>, SpaceRefusal> {
        state.of(self.owner)?;
        if matches!(state, CandidateCv::Erased { .. }) {
            return Err(SpaceRefusal::Erased);
        }
        if state.document() == Some(&self.document) {
            return Ok(vec![]);
        }
        let Self { owner, document, at } = self.clone();
        Ok(vec![CandidateCvEvent::CandidateCvUploaded { owner, document, at }])
    }
}

/// There is to be no CV; removing twice is removing once.
#[derive(Clone, Copy, Debug)]
pub struct RemoveCv {
    /// When.
    pub at: Timestamp,
}

impl Decision for RemoveCv {
    type Aggregate = CandidateCv;

    fn decide(&self, state: &CandidateCv) -> Result<Vec<CandidateCvEvent>, SpaceRefusal> {
        let there = state.document().is_some();
        Ok(if there { vec![CandidateCvEvent::CandidateCvRemoved { at: self.at }] } else { vec![] })
    }
}

/// Its data are erased; erasing twice is erasing once.
#[derive(Clone, Copy, Debug)]
pub struct EraseCv {
    /// When.
    pub at: Timestamp,
}

impl Decision for EraseCv {
    type Aggregate = CandidateCv;

    fn decide(&self, state: &CandidateCv) -> Result<Vec<CandidateCvEvent>, SpaceRefusal> {
        match state {
            CandidateCv::Absent => Err(SpaceRefusal::NotFound),
            CandidateCv::Known(_) => Ok(vec![CandidateCvEvent::CandidateCvErased { at: self.at }]),
            CandidateCv::Erased { .. } => Ok(vec![]),
        }
    }
}
