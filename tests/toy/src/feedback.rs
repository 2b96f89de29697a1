//! In `domain`: the aggregate, its events, its rules.

use domain::{
    Decision, EmailAddress, Language, Personal, Prose, Refused, aggregate_of_decisions, events,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What somebody thinks of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Opinion {
    /// Who.
    #[schemars(extend("x-subject" = true))]
    pub from: Personal<EmailAddress>,
    /// The language that they speak.
    pub language: Language,
    /// One to five.
    #[schemars(range(min = 1, max = 5))]
    pub stars: u8,
    /// In words.
    pub words: Personal<Prose<2000>>,
}

/// A fact about an opinion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum FeedbackEvent {
    /// Somebody gave it.
    FeedbackGiven { opinion: Opinion, at: Timestamp },
    /// Whose it is was forgotten.
    FeedbackErased { at: Timestamp },
}

events! {
    FeedbackEventKind of FeedbackEvent;
    FeedbackGiven,
    FeedbackErased erases,
}

/// The aggregate: one opinion, or the absence of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Feedback {
    #[default]
    Absent,
    Given {
        opinion: Opinion,
        at: Timestamp,
    },
    Erased,
}

aggregate_of_decisions!(Feedback, FeedbackEvent, FeedbackRefusal, "Feedback");

/// Why something may not happen to an opinion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FeedbackRefusal {
    #[error("One to five stars are given, not {0}.")]
    Stars(u8),
    #[error("Another opinion was given under this id: take another id.")]
    GivenOtherwise,
    #[error("There is no such opinion.")]
    Unknown,
    #[error("The person was forgotten: their data are erased.")]
    Erased,
}

impl Refused for FeedbackRefusal {
    fn is_erased(&self) -> bool {
        *self == Self::Erased
    }
}

impl Feedback {
    pub fn apply(&mut self, event: FeedbackEvent) {
        *self = match event {
            FeedbackEvent::FeedbackGiven { opinion, at } => Self::Given { opinion, at },
            FeedbackEvent::FeedbackErased { .. } => Self::Erased,
        }
    }
}

/// Somebody gives an opinion; the same again is quiet.
#[derive(Clone, Debug)]
pub struct GiveFeedback {
    pub opinion: Opinion,
    pub at: Timestamp,
}

impl Decision for GiveFeedback {
    type Aggregate = Feedback;

    fn decide(&self, state: &Feedback) -> Result<Vec<FeedbackEvent>, FeedbackRefusal> {
        if !(1..=5).contains(&self.opinion.stars) {
            return Err(FeedbackRefusal::Stars(self.opinion.stars));
        }
        let Self { opinion, at } = self.clone();
        match state {
            Feedback::Absent => Ok(vec![FeedbackEvent::FeedbackGiven { opinion, at }]),
            Feedback::Given { opinion: known, .. } if *known == opinion => Ok(vec![]),
            Feedback::Given { .. } => Err(FeedbackRefusal::GivenOtherwise),
            Feedback::Erased => Err(FeedbackRefusal::Erased),
        }
    }
}

/// Whoever gave it is forgotten; forgetting twice is forgetting once.
#[derive(Clone, Copy, Debug)]
pub struct EraseFeedback {
    pub at: Timestamp,
}

impl Decision for EraseFeedback {
    type Aggregate = Feedback;

    fn decide(&self, state: &Feedback) -> Result<Vec<FeedbackEvent>, FeedbackRefusal> {
        match state {
            Feedback::Absent => Err(FeedbackRefusal::Unknown),
            Feedback::Given { .. } => Ok(vec![FeedbackEvent::FeedbackErased { at: self.at }]),
            Feedback::Erased => Ok(vec![]),
        }
    }
}
