//! What happens to a dossier.

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Changes, Dossier, DossierState};
use crate::Line;

/// A fact about a dossier, as a synchronisation found it. What changed in its form at the same time is
/// part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum PermitEvent {
    /// It was seen for the first time, wherever it stood by then.
    PermitRequested {
        /// What the source held.
        dossier: Box<Dossier>,
        /// When it was seen.
        at: Timestamp,
    },
    /// Its form says something else; it stands where it stood.
    PermitFieldsChanged {
        /// What.
        changes: Box<Changes>,
        /// When it was seen.
        at: Timestamp,
    },
    /// It was handed in: the source says `en_construction`.
    PermitSubmitted {
        /// What else changed.
        changes: Box<Changes>,
        /// When it was seen.
        at: Timestamp,
    },
    /// It is being examined: `en_instruction`.
    PermitExamined {
        /// What else changed.
        changes: Box<Changes>,
        /// When it was seen.
        at: Timestamp,
    },
    /// The permit was granted: `accepte`.
    PermitGranted {
        /// Its first day, where the prefecture has written one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Date>,
        /// Its last day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Date>,
        /// What else changed.
        changes: Box<Changes>,
        /// When it was seen.
        at: Timestamp,
    },
    /// It was refused: `refuse`.
    PermitRefused {
        /// What else changed.
        changes: Box<Changes>,
        /// When it was seen.
        at: Timestamp,
    },
    /// It was closed and not followed up: `sans_suite`.
    PermitClosedWithoutFollowUp {
        /// What else changed.
        changes: Box<Changes>,
        /// When it was seen.
        at: Timestamp,
    },
    /// Its form says something else after it had ended.
    PermitCorrected {
        /// What.
        changes: Box<Changes>,
        /// When it was seen.
        at: Timestamp,
    },
    /// It went back to where it had been before, or is at the source again.
    PermitReopened {
        /// Where it stands now.
        state: DossierState,
        /// What else changed.
        changes: Box<Changes>,
        /// When it was seen.
        at: Timestamp,
    },
    /// It was deleted at the source.
    PermitWithdrawn {
        /// Why, in the source's word: `user_request` for instance.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(extend("x-personal" = false))]
        reason: Option<Line<64>>,
        /// When it was seen.
        at: Timestamp,
    },
    /// Whose it is was forgotten.
    PermitErased {
        /// When.
        at: Timestamp,
    },
}

events! {
    PermitEventKind of PermitEvent;
    PermitRequested,
    PermitFieldsChanged,
    PermitSubmitted,
    PermitExamined,
    PermitGranted,
    PermitRefused,
    PermitClosedWithoutFollowUp,
    PermitCorrected,
    PermitReopened,
    PermitWithdrawn,
    PermitErased erases,
}
