//! What may be decided about a task.

use jiff::Timestamp;
use uuid::Uuid;

use super::{CandidateTask, CandidateTaskEvent, TaskDetails};
use crate::space::{DayOrTime, Owned as _, RESTORABLE, SpaceRefusal, TaskStatus};
use crate::{Decision, Line, Personal, Prose};

type Outcome = Result<Vec<CandidateTaskEvent>, SpaceRefusal>;

/// Somebody writes down what is to be done. The id names it: the same again changes nothing.
#[derive(Clone, Debug)]
pub struct AddTask {
    /// Whose it is.
    pub owner: Uuid,
    /// What is to be done.
    pub details: TaskDetails,
    /// Where it stands.
    pub status: TaskStatus,
    /// When.
    pub at: Timestamp,
}

impl Decision for AddTask {
    type Aggregate = CandidateTask;

    fn decide(&self, state: &CandidateTask) -> Outcome {
        if *state != CandidateTask::Absent {
            return state.of(self.owner).map(|()| vec![]);
        }
        let Self { owner, details, status, at } = self.clone();
        let details = Box::new(details);
        Ok(vec![CandidateTaskEvent::CandidateTaskAdded { owner, details, status, at }])
    }
}

/// The owner changes some of it. What is `None` stays; what is as it was is no event.
#[derive(Clone, Debug, Default)]
pub struct ChangeTask {
    /// In a line.
    pub title: Option<Line<300>>,
    /// In more words; an inner `None` clears them.
    pub description: Option<Option<Prose<10_000>>>,
    /// By when; an inner `None` clears it.
    pub due_on: Option<Option<DayOrTime>>,
    /// What it is about; an inner `None` clears it.
    pub application: Option<Option<Uuid>>,
    /// Where it stands.
    pub status: Option<TaskStatus>,
    /// Whether it is in the archive.
    pub archived: Option<bool>,
    /// When.
    pub at: Timestamp,
}

impl Decision for ChangeTask {
    type Aggregate = CandidateTask;

    fn decide(&self, state: &CandidateTask) -> Outcome {
        let (known, at) = (state.there()?, self.at);
        let mut details = known.details.clone();
        if let Some(title) = &self.title {
            details.title = Personal::new(title.clone());
        }
        if let Some(description) = &self.description {
            details.description = description.clone().map(Personal::new);
        }
        details.due_on = self.due_on.unwrap_or(details.due_on);
        details.application = self.application.unwrap_or(details.application);
        let mut events = vec![];
        if details != known.details {
            let details = Box::new(details);
            events.push(CandidateTaskEvent::CandidateTaskCorrected { details, at });
        }
        if let Some(status) = self.status
            && status != known.status
        {
            events.push(CandidateTaskEvent::CandidateTaskMoved { status, at });
        }
        match self.archived {
            Some(true) if !known.archived => {
                events.push(CandidateTaskEvent::CandidateTaskArchived { at });
            }
            Some(false) if known.archived => {
                events.push(CandidateTaskEvent::CandidateTaskUnarchived { at });
            }
            _ => {}
        }
        Ok(events)
    }
}

/// The owner removes it; removing twice is removing once.
#[derive(Clone, Copy, Debug)]
pub struct RemoveTask {
    /// When.
    pub at: Timestamp,
}

impl Decision for RemoveTask {
    type Aggregate = CandidateTask;

    fn decide(&self, state: &CandidateTask) -> Outcome {
        match state {
            CandidateTask::Absent => Err(SpaceRefusal::NotFound),
            CandidateTask::Known(known) if known.removed_at.is_none() => {
                Ok(vec![CandidateTaskEvent::CandidateTaskRemoved { at: self.at }])
            }
            CandidateTask::Known(_) | CandidateTask::Erased { .. } => Ok(vec![]),
        }
    }
}

/// The owner restores what they removed within 30 days.
#[derive(Clone, Copy, Debug)]
pub struct RestoreTask {
    /// When.
    pub at: Timestamp,
}

impl Decision for RestoreTask {
    type Aggregate = CandidateTask;

    fn decide(&self, state: &CandidateTask) -> Outcome {
        match state.known()?.removed_at {
            None => Ok(vec![]),
            Some(removed) if self.at.duration_since(removed) > RESTORABLE => {
                Err(SpaceRefusal::RemovedTooLongAgo)
            }
            Some(_) => Ok(vec![CandidateTaskEvent::CandidateTaskRestored { at: self.at }]),
        }
    }
}

/// Its data are erased; erasing twice is erasing once.
#[derive(Clone, Copy, Debug)]
pub struct EraseTask {
    /// Only if it was removed before this; whatever it is where there is no such time.
    pub removed_before: Option<Timestamp>,
    /// When.
    pub at: Timestamp,
}

impl Decision for EraseTask {
    type Aggregate = CandidateTask;

    fn decide(&self, state: &CandidateTask) -> Outcome {
        let known = match state {
            CandidateTask::Absent => return Err(SpaceRefusal::NotFound),
            CandidateTask::Erased { .. } => return Ok(vec![]),
            CandidateTask::Known(known) => known,
        };
        let due = self
            .removed_before
            .is_none_or(|before| known.removed_at.is_some_and(|removed| removed < before));
        Ok(if due { vec![CandidateTaskEvent::CandidateTaskErased { at: self.at }] } else { vec![] })
    }
}
