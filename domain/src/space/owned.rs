//! Whose something is, and why something may not happen to it.

use cqrs_es::Aggregate;
use jiff::SignedDuration;
use thiserror::Error;
use uuid::Uuid;

use crate::Decision;

/// For so long what was removed may be restored: 30 days. Then it is erased.
pub const RESTORABLE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// So long what happened is among the notifications.
pub const NOTIFIED: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Why something may not happen in somebody's space.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SpaceRefusal {
    /// There is none, or it was removed.
    #[error("There is no such thing in this space.")]
    NotFound,
    /// It is somebody else's.
    #[error("This belongs to somebody else.")]
    NotYours,
    /// Its owner was forgotten, or it was removed long ago.
    #[error("This was erased, so nothing more can happen to it.")]
    Erased,
    /// What was sent stays as it was sent.
    #[error("This application was sent through Postulo: what was sent cannot be changed here.")]
    SentThroughPostulo,
    /// There is no such note.
    #[error("There is no such note.")]
    NoSuchNote,
    /// There are as many notes as there may be.
    #[error("There are at most {max} notes on an application.")]
    TooManyNotes {
        /// How many there may be.
        max: usize,
    },
    /// There are as many tags as there may be.
    #[error("There are at most {max} tags on an application.")]
    TooManyTags {
        /// How many there may be.
        max: usize,
    },
    /// There are as many alerts as there may be.
    #[error("Somebody has at most {max} job alerts.")]
    TooManyAlerts {
        /// How many there may be.
        max: usize,
    },
    /// There is no such entry in the profile.
    #[error("There is no such entry in this profile.")]
    NoSuchEntry,
    /// There are as many entries of that kind as there may be.
    #[error("There are at most {max} of these in a profile.")]
    TooManyEntries {
        /// How many there may be.
        max: usize,
    },
    /// It was removed too long ago.
    #[error("This was removed more than 30 days ago, and is not kept any more.")]
    RemovedTooLongAgo,
}

impl crate::Refused for SpaceRefusal {
    fn is_erased(&self) -> bool {
        *self == Self::Erased
    }
}

/// An aggregate that is somebody's.
pub trait Owned: Aggregate {
    /// Refuses what is not this account's.
    fn of(&self, owner: Uuid) -> Result<(), Self::Error>;
}

/// A decision that the owner alone may take.
#[derive(Clone, Debug)]
pub struct ByOwner<D> {
    /// Who decides.
    pub owner: Uuid,
    /// What.
    pub decision: D,
}

impl<D: Decision<Aggregate: Owned>> Decision for ByOwner<D> {
    type Aggregate = D::Aggregate;

    fn decide(
        &self,
        state: &D::Aggregate,
    ) -> Result<Vec<<D::Aggregate as Aggregate>::Event>, <D::Aggregate as Aggregate>::Error> {
        state.of(self.owner)?;
        self.decision.decide(state)
    }
}
