//! A provisional work permit (autorisation provisoire de travail): a dossier of the government's form
//! service, as it is followed here from the first time that it was seen.
//!
//! Events are facts about the dossier, not copies of it: what became of it, with what changed in its form
//! at the same time. So each change at the source is one event, and a synchronisation that brings nothing
//! new records nothing.

mod dossier;
mod erase;
mod event;
mod field;
mod field_map;
mod take_in;
mod validity;
mod withdraw;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use dossier::{Changes, Dossier, DossierDates, DossierState, Holder};
pub use erase::ErasePermit;
pub use event::{PermitEvent, PermitEventKind};
pub use field::{Field, FieldKey, FieldKind};
pub use field_map::{FieldMap, FieldMapError, FormAnswer, FormField, Part};
pub use take_in::TakeInDossier;
pub use validity::{has_expired, masked};
pub use withdraw::WithdrawPermit;

/// The aggregate: one dossier, or the absence of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Permit {
    /// It was never seen.
    #[default]
    Absent,
    /// What is known of it.
    Known(Box<KnownPermit>),
}

/// A dossier as the source held it when it was last seen, and what became of it since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownPermit {
    /// What the source held.
    pub dossier: Dossier,
    /// When it was first seen.
    pub seen_at: Timestamp,
    /// When the last change of it was seen.
    pub changed_at: Timestamp,
    /// When it was found to be deleted at the source.
    pub withdrawn_at: Option<Timestamp>,
    /// When the person was forgotten.
    pub erased_at: Option<Timestamp>,
}

aggregate_of_decisions!(Permit, PermitEvent, PermitRefusal, "Permit");

impl Permit {
    /// The id of a dossier's stream.
    pub fn id_of(procedure: u32, number: u64) -> String {
        format!("{procedure}-{number}")
    }

    /// What is known of it, forgotten or not.
    pub fn remembered(&self) -> Result<&KnownPermit, PermitRefusal> {
        match self {
            Self::Absent => Err(PermitRefusal::NotFound),
            Self::Known(known) => Ok(known),
        }
    }

    /// What is known of it, unless the person was forgotten.
    pub fn known(&self) -> Result<&KnownPermit, PermitRefusal> {
        let known = self.remembered()?;
        if known.erased_at.is_some() { Err(PermitRefusal::Erased) } else { Ok(known) }
    }

    /// Takes in what happened. Total: an event that makes no sense in this state changes nothing.
    pub fn apply(&mut self, event: PermitEvent) {
        match (self, event) {
            (state @ Self::Absent, PermitEvent::PermitRequested { dossier, at }) => {
                *state = Self::Known(Box::new(KnownPermit {
                    dossier: *dossier,
                    seen_at: at,
                    changed_at: at,
                    withdrawn_at: None,
                    erased_at: None,
                }));
            }
            (Self::Known(known), event) => known.apply(event),
            (Self::Absent, _) => {}
        }
    }
}

impl KnownPermit {
    fn apply(&mut self, event: PermitEvent) {
        let at = event.at();
        let (state, changes) = match event {
            PermitEvent::PermitRequested { .. } => return,
            PermitEvent::PermitFieldsChanged { changes, .. }
            | PermitEvent::PermitCorrected { changes, .. } => (self.dossier.state, changes),
            PermitEvent::PermitSubmitted { changes, .. } => (DossierState::Initiated, changes),
            PermitEvent::PermitExamined { changes, .. } => (DossierState::Received, changes),
            PermitEvent::PermitGranted { changes, .. } => (DossierState::Closed, changes),
            PermitEvent::PermitRefused { changes, .. } => (DossierState::Refused, changes),
            PermitEvent::PermitClosedWithoutFollowUp { changes, .. } => {
                (DossierState::WithoutContinuation, changes)
            }
            PermitEvent::PermitReopened { state, changes, .. } => {
                self.withdrawn_at = None;
                (state, changes)
            }
            PermitEvent::PermitWithdrawn { .. } => {
                (self.withdrawn_at, self.changed_at) = (Some(at), at);
                return;
            }
            PermitEvent::PermitErased { .. } => {
                self.erased_at = Some(at);
                return;
            }
        };
        self.changed_at = at;
        self.dossier.state = state;
        self.dossier.take(*changes);
    }

    /// Since when it is kept: the end of the permit or, where there is none, its last change.
    pub fn kept_since(&self) -> Timestamp {
        let changed = self.dossier.dates.processed_at.unwrap_or(self.changed_at);
        let end = self.dossier.valid_to().filter(|_| self.is_granted());
        let end = end.and_then(|day| day.tomorrow().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok());
        end.map_or(changed, |end| end.timestamp())
    }

    /// Whether the permit was granted and is still there at the source.
    pub fn is_granted(&self) -> bool {
        self.dossier.state == DossierState::Closed && self.withdrawn_at.is_none()
    }
}

/// Why something may not happen to a dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PermitRefusal {
    /// It was never seen.
    #[error("There is no such dossier here. A synchronisation brings those that the source has.")]
    NotFound,
    /// The person was forgotten.
    #[error("The person was forgotten: their data are erased.")]
    Erased,
}

impl crate::Refused for PermitRefusal {
    fn is_erased(&self) -> bool {
        *self == Self::Erased
    }
}
