//! Notes on a tracked application.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Note, TrackedApplication, TrackedApplicationEvent};
use crate::space::{MAX_NOTES, SpaceRefusal};
use crate::{Decision, Personal, Prose};

/// A note is added. Its id names it: the same again changes nothing.
#[derive(Clone, Debug)]
pub struct AddNote {
    /// Names it.
    pub id: Uuid,
    /// What it says.
    pub text: Prose<5000>,
    /// When.
    pub at: Timestamp,
}

impl Decision for AddNote {
    type Aggregate = TrackedApplication;

    fn decide(
        &self,
        state: &TrackedApplication,
    ) -> Result<Vec<TrackedApplicationEvent>, SpaceRefusal> {
        let known = state.there()?;
        if known.notes.iter().any(|note| note.id == self.id) {
            return Ok(vec![]);
        }
        if known.notes.len() >= MAX_NOTES {
            return Err(SpaceRefusal::TooManyNotes { max: MAX_NOTES });
        }
        let (text, at) = (Personal::new(self.text.clone()), self.at);
        let note = Note { id: self.id, text, at, edited_at: None };
        Ok(vec![TrackedApplicationEvent::TrackedApplicationNoteAdded { note, at }])
    }
}

/// A note is written otherwise.
#[derive(Clone, Debug)]
pub struct EditNote {
    /// Which.
    pub id: Uuid,
    /// What it says from now on.
    pub text: Prose<5000>,
    /// When.
    pub at: Timestamp,
}

impl Decision for EditNote {
    type Aggregate = TrackedApplication;

    fn decide(
        &self,
        state: &TrackedApplication,
    ) -> Result<Vec<TrackedApplicationEvent>, SpaceRefusal> {
        let mut notes = state.there()?.notes.iter();
        let note = notes.find(|note| note.id == self.id).ok_or(SpaceRefusal::NoSuchNote)?;
        if *note.text.reveal() == self.text {
            return Ok(vec![]);
        }
        let (note_id, text, at) = (self.id, Personal::new(self.text.clone()), self.at);
        Ok(vec![TrackedApplicationEvent::TrackedApplicationNoteEdited { note_id, text, at }])
    }
}

/// A note is removed; one that is not there is removed already.
#[derive(Clone, Copy, Debug)]
pub struct RemoveNote {
    /// Which.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
}

impl Decision for RemoveNote {
    type Aggregate = TrackedApplication;

    fn decide(
        &self,
        state: &TrackedApplication,
    ) -> Result<Vec<TrackedApplicationEvent>, SpaceRefusal> {
        let Self { id: note_id, at } = *self;
        if state.there()?.notes.iter().all(|note| note.id != note_id) {
            return Ok(vec![]);
        }
        Ok(vec![TrackedApplicationEvent::TrackedApplicationNoteRemoved { note_id, at }])
    }
}
