//! What is tracked changes.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    ArchivedBy, DescribedBy, Description, KnownTracked, Note, OwnApplication, TrackedApplication,
    TrackedApplicationEvent as Event,
};
use crate::space::{DayOrTime, MAX_NOTES, MAX_TAGS, SpaceRefusal, TrackedStatus};
use crate::{Decision, Line, Personal, Prose, WebAddress};

/// The owner changes some of it, at once. What is `None` stays; what is as it was is no event.
#[derive(Clone, Debug, Default)]
pub struct ChangeTracked {
    /// The company.
    pub company: Option<Line<200>>,
    /// The job.
    pub position: Option<Line<200>>,
    /// Where; an inner `None` clears it.
    pub location: Option<Option<Line<200>>>,
    /// The advertisement; an inner `None` clears it.
    pub url: Option<Option<WebAddress>>,
    /// When they applied.
    pub applied_on: Option<DayOrTime>,
    /// Where it stands.
    pub status: Option<TrackedStatus>,
    /// What the job is; an inner `None` clears what the owner typed, and nothing that was generated.
    pub description: Option<Option<Prose<20_000>>>,
    /// The notes that there are to be, in their order, each with an id for a note that is new.
    pub notes: Option<Vec<(Uuid, Prose<5000>)>>,
    /// The tags that there are to be.
    pub tags: Option<Vec<Line<40>>>,
    /// Whether it is in the archive.
    pub archived: Option<bool>,
    /// When.
    pub at: Timestamp,
}

impl Decision for ChangeTracked {
    type Aggregate = TrackedApplication;

    fn decide(&self, state: &TrackedApplication) -> Result<Vec<Event>, SpaceRefusal> {
        let known = state.there()?;
        let mut events = vec![];
        match known.own() {
            Some(own) => self.own(own, &mut events),
            None if self.touches_what_was_sent() => return Err(SpaceRefusal::SentThroughPostulo),
            None => {}
        }
        if let Some(notes) = &self.notes {
            self.notes(known, notes, &mut events)?;
        }
        if let Some(tags) = &self.tags {
            let tags = distinct(tags);
            if tags.len() > MAX_TAGS {
                return Err(SpaceRefusal::TooManyTags { max: MAX_TAGS });
            }
            if tags != known.tags {
                events.push(Event::TrackedApplicationTagged { tags, at: self.at });
            }
        }
        match self.archived {
            Some(true) if known.archived.is_none() => {
                let by = ArchivedBy::Owner;
                events.push(Event::TrackedApplicationArchived { by, at: self.at });
            }
            Some(false) if known.archived.is_some() => {
                events.push(Event::TrackedApplicationUnarchived { at: self.at });
            }
            _ => {}
        }
        Ok(events)
    }
}

/// Each tag once, whatever its letters' case.
fn distinct(tags: &[Line<40>]) -> Vec<Personal<Line<40>>> {
    let mut kept: Vec<Personal<Line<40>>> = vec![];
    for tag in tags {
        let lower = tag.as_str().to_lowercase();
        if kept.iter().all(|known| known.reveal().as_str().to_lowercase() != lower) {
            kept.push(Personal::new(tag.clone()));
        }
    }
    kept
}

impl ChangeTracked {
    const fn touches_what_was_sent(&self) -> bool {
        self.company.is_some()
            || self.position.is_some()
            || self.location.is_some()
            || self.url.is_some()
            || self.applied_on.is_some()
            || self.status.is_some()
            || self.description.is_some()
    }

    fn own(&self, own: &OwnApplication, events: &mut Vec<Event>) {
        let at = self.at;
        let mut details = own.details.clone();
        if let Some(company) = &self.company {
            details.company = Personal::new(company.clone());
        }
        if let Some(position) = &self.position {
            details.position = Personal::new(position.clone());
        }
        if let Some(location) = &self.location {
            details.location = location.clone().map(Personal::new);
        }
        if let Some(url) = &self.url {
            details.url = url.clone().map(Personal::new);
        }
        if let Some(applied_on) = self.applied_on {
            details.applied_on = applied_on;
        }
        if details != own.details {
            let details = Box::new(details);
            events.push(Event::TrackedApplicationCorrected { details, at });
        }
        if let Some(status) = self.status
            && status != own.status
        {
            events.push(Event::TrackedApplicationMoved { status, at });
        }
        match (&self.description, &own.description) {
            (Some(Some(text)), known) => {
                // What was generated and comes back as it was is still generated.
                if known.as_ref().is_none_or(|known| known.text.reveal() != text) {
                    let text = Personal::new(text.clone());
                    let description = Some(Description { text, by: DescribedBy::Owner });
                    events.push(Event::TrackedApplicationDescribed { description, at });
                }
            }
            (Some(None), Some(Description { by: DescribedBy::Owner, .. })) => {
                events.push(Event::TrackedApplicationDescribed { description: None, at });
            }
            (Some(None) | None, _) => {}
        }
    }

    /// Notes in the order that they are to have. One stays where its words come next; where they
    /// were written otherwise at the same place, it is edited. From where neither is so, the rest
    /// goes, and comes anew.
    fn notes(
        &self,
        known: &KnownTracked,
        wanted: &[(Uuid, Prose<5000>)],
        events: &mut Vec<Event>,
    ) -> Result<(), SpaceRefusal> {
        if wanted.len() > MAX_NOTES {
            return Err(SpaceRefusal::TooManyNotes { max: MAX_NOTES });
        }
        let at = self.at;
        let is = |note: &Note, text: &Prose<5000>| note.text.reveal() == text;
        let remove = |note: &Note| Event::TrackedApplicationNoteRemoved { note_id: note.id, at };
        let (mut rest, mut stay) = (known.notes.as_slice(), 0);
        for (nth, (_, text)) in wanted.iter().enumerate() {
            let is_later = |note: &Note| wanted[nth..].iter().any(|(_, text)| is(note, text));
            if let Some(place) = rest.iter().position(|note| is(note, text)) {
                events.extend(rest[..place].iter().map(remove));
                rest = &rest[place + 1..];
            } else if let [note, others @ ..] = rest
                && known.notes.len() - rest.len() == nth
                && !is_later(note)
            {
                let (note_id, text) = (note.id, Personal::new(text.clone()));
                events.push(Event::TrackedApplicationNoteEdited { note_id, text, at });
                rest = others;
            } else {
                break;
            }
            stay = nth + 1;
        }
        events.extend(rest.iter().map(remove));
        events.extend(wanted[stay..].iter().map(|(id, text)| {
            let note = Note { id: *id, text: Personal::new(text.clone()), at, edited_at: None };
            Event::TrackedApplicationNoteAdded { note, at }
        }));
        Ok(())
    }
}

/// What the job is was found out from its advertisement. It never takes the place of what a person typed,
/// nor of a description of the same words.
#[derive(Clone, Debug)]
pub struct DescribeTracked {
    /// The advertisement that it was found in: where there is another one by now, it is of no use.
    pub url: WebAddress,
    /// The words.
    pub text: Prose<20_000>,
    /// The model that wrote them; `None` where they were taken from the page.
    pub model: Option<Line<120>>,
    /// When.
    pub at: Timestamp,
}

impl Decision for DescribeTracked {
    type Aggregate = TrackedApplication;

    fn decide(&self, state: &TrackedApplication) -> Result<Vec<Event>, SpaceRefusal> {
        let own = state.there()?.own().ok_or(SpaceRefusal::SentThroughPostulo)?;
        let typed = own.description.as_ref().is_some_and(|it| it.by == DescribedBy::Owner);
        let another = own.details.url.as_ref().is_none_or(|url| *url.reveal() != self.url);
        let by = match &self.model {
            Some(model) => DescribedBy::Model { model: model.clone() },
            None => DescribedBy::Page,
        };
        let description = Some(Description { text: Personal::new(self.text.clone()), by });
        if typed || another || description == own.description {
            return Ok(vec![]);
        }
        Ok(vec![Event::TrackedApplicationDescribed { description, at: self.at }])
    }
}
