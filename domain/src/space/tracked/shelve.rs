//! What is put away: hidden, archived, removed, erased.

use jiff::Timestamp;

use super::{ArchivedBy, TrackedApplication, TrackedApplicationEvent as Event};
use crate::Decision;
use crate::space::{RESTORABLE, SpaceRefusal};

/// The owner takes it out of the lists, or puts it back.
#[derive(Clone, Copy, Debug)]
pub struct HideTracked {
    /// Whether it is out of the lists.
    pub hidden: bool,
    /// When.
    pub at: Timestamp,
}

impl Decision for HideTracked {
    type Aggregate = TrackedApplication;

    fn decide(&self, state: &TrackedApplication) -> Result<Vec<Event>, SpaceRefusal> {
        let (known, at) = (state.there()?, self.at);
        Ok(match self.hidden {
            hidden if hidden == known.hidden => vec![],
            true => vec![Event::TrackedApplicationHidden { at }],
            false => vec![Event::TrackedApplicationShown { at }],
        })
    }
}

/// The schedule archives one of which nothing is heard any more. One that its owner took out of the archive
/// stays out until it moves.
#[derive(Clone, Copy, Debug)]
pub struct ArchiveStale {
    /// They applied before this.
    pub before: Timestamp,
    /// When.
    pub at: Timestamp,
}

impl Decision for ArchiveStale {
    type Aggregate = TrackedApplication;

    fn decide(&self, state: &TrackedApplication) -> Result<Vec<Event>, SpaceRefusal> {
        let known = state.there()?;
        let is_stale = known.own().is_some_and(|own| {
            own.status.grows_stale() && own.details.applied_on.instant() < self.before
        });
        if !is_stale || known.archived.is_some() || known.kept {
            return Ok(vec![]);
        }
        Ok(vec![Event::TrackedApplicationArchived { by: ArchivedBy::Schedule, at: self.at }])
    }
}

/// The owner removes it; removing twice is removing once.
#[derive(Clone, Copy, Debug)]
pub struct RemoveTracked {
    /// When.
    pub at: Timestamp,
}

impl Decision for RemoveTracked {
    type Aggregate = TrackedApplication;

    fn decide(&self, state: &TrackedApplication) -> Result<Vec<Event>, SpaceRefusal> {
        match state {
            TrackedApplication::Absent => Err(SpaceRefusal::NotFound),
            TrackedApplication::Known(known) if known.own().is_none() => {
                Err(SpaceRefusal::SentThroughPostulo)
            }
            TrackedApplication::Known(known) if known.removed_at.is_none() => {
                Ok(vec![Event::TrackedApplicationRemoved { at: self.at }])
            }
            TrackedApplication::Known(_) | TrackedApplication::Erased { .. } => Ok(vec![]),
        }
    }
}

/// The owner restores what they removed within 30 days.
#[derive(Clone, Copy, Debug)]
pub struct RestoreTracked {
    /// When.
    pub at: Timestamp,
}

impl Decision for RestoreTracked {
    type Aggregate = TrackedApplication;

    fn decide(&self, state: &TrackedApplication) -> Result<Vec<Event>, SpaceRefusal> {
        match state.known()?.removed_at {
            None => Ok(vec![]),
            Some(removed) if self.at.duration_since(removed) > RESTORABLE => {
                Err(SpaceRefusal::RemovedTooLongAgo)
            }
            Some(_) => Ok(vec![Event::TrackedApplicationRestored { at: self.at }]),
        }
    }
}

/// Its data are erased; erasing twice is erasing once.
#[derive(Clone, Copy, Debug)]
pub struct EraseTracked {
    /// Only if it was removed before this; whatever it is where there is no such time.
    pub removed_before: Option<Timestamp>,
    /// When.
    pub at: Timestamp,
}

impl Decision for EraseTracked {
    type Aggregate = TrackedApplication;

    fn decide(&self, state: &TrackedApplication) -> Result<Vec<Event>, SpaceRefusal> {
        let known = match state {
            TrackedApplication::Absent => return Err(SpaceRefusal::NotFound),
            TrackedApplication::Erased { .. } => return Ok(vec![]),
            TrackedApplication::Known(known) => known,
        };
        let due = self
            .removed_before
            .is_none_or(|before| known.removed_at.is_some_and(|removed| removed < before));
        Ok(if due { vec![Event::TrackedApplicationErased { at: self.at }] } else { vec![] })
    }
}
