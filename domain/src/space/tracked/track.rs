//! Tracking begins.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Description, Note, TrackedApplication, TrackedApplicationEvent, TrackedDetails};
use crate::Decision;
use crate::space::{MAX_NOTES, Owned as _, SpaceRefusal, TrackedStatus};

/// Somebody types in what they applied for. The id names it: the same again changes nothing.
#[derive(Clone, Debug)]
pub struct TrackApplication {
    /// Whose it is.
    pub owner: Uuid,
    /// What it is about.
    pub details: TrackedDetails,
    /// Where it stands.
    pub status: TrackedStatus,
    /// What the job is.
    pub description: Option<Description>,
    /// The first notes.
    pub notes: Vec<Note>,
    /// When.
    pub at: Timestamp,
}

impl Decision for TrackApplication {
    type Aggregate = TrackedApplication;

    fn decide(
        &self,
        state: &TrackedApplication,
    ) -> Result<Vec<TrackedApplicationEvent>, SpaceRefusal> {
        if *state != TrackedApplication::Absent {
            return state.of(self.owner).map(|()| vec![]);
        }
        if self.notes.len() > MAX_NOTES {
            return Err(SpaceRefusal::TooManyNotes { max: MAX_NOTES });
        }
        let Self { owner, details, status, description, notes, at } = self.clone();
        let details = Box::new(details);
        Ok(vec![TrackedApplicationEvent::TrackedApplicationAdded {
            owner,
            details,
            status,
            description,
            notes,
            at,
        }])
    }
}

/// Somebody begins to add something to an application that they sent through Postulo; whoever begins
/// again has begun.
#[derive(Clone, Copy, Debug)]
pub struct LinkTracked {
    /// Whose it is.
    pub owner: Uuid,
    /// Which application.
    pub application: Uuid,
    /// When.
    pub at: Timestamp,
}

impl Decision for LinkTracked {
    type Aggregate = TrackedApplication;

    fn decide(
        &self,
        state: &TrackedApplication,
    ) -> Result<Vec<TrackedApplicationEvent>, SpaceRefusal> {
        if *state != TrackedApplication::Absent {
            state.of(self.owner)?;
            return state.known().map(|_| vec![]);
        }
        let Self { owner, application: application_id, at } = *self;
        Ok(vec![TrackedApplicationEvent::TrackedApplicationLinked { owner, application_id, at }])
    }
}
