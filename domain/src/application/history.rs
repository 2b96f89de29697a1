//! The state of an application: what its events add up to, what changes together.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::application::{
    Answer, AnswerId, CandidateLetter, Event, Refusal, SkipReason, Submission,
};
use crate::{Digest, Line};

/// The aggregate: one application, or the absence of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobApplication {
    /// Nothing was submitted under this id.
    #[default]
    Absent,
    /// Answers may be given and the candidate may withdraw.
    Open(Box<Application>),
    /// Nothing more is decided about it; letters under way still leave their record.
    Ended(Box<Application>, Ending),
}

aggregate_of_decisions!(JobApplication, Event, Refusal, "JobApplication");

/// How an application ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Ending {
    Rejected,
    Hired,
    Withdrawn,
}

/// What is known of a submitted application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// What was sent.
    pub submission: Submission,
    /// SHA-256 of the partner's request, where it came with an `Idempotency-Key`.
    pub request_digest: Option<Digest>,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// The e-mail to the employer.
    pub employer_email: Delivery,
    /// The copy to the candidate, if asked for.
    pub confirmation: Delivery,
    /// Every answer, undone ones too, oldest first.
    pub answers: Vec<GivenAnswer>,
    /// When the candidate withdrew.
    pub withdrawn_at: Option<Timestamp>,
}

/// An answer that was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct GivenAnswer {
    pub id: AnswerId,
    pub answer: Answer,
    pub undo_until: Timestamp,
    pub at: Timestamp,
    pub undone: bool,
    /// The e-mail to the candidate.
    pub email: Delivery,
    /// The receipt to the recruiter.
    pub receipt: Delivery,
}

/// What became of an e-mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Delivery {
    Pending,
    Sent { message_id: Line<255>, at: Timestamp },
    Failed { at: Timestamp },
    Skipped { reason: SkipReason },
}

impl Delivery {
    /// Whether a mail server took it.
    pub const fn is_sent(&self) -> bool {
        matches!(self, Self::Sent { .. })
    }
}

/// Where an application stands, in one word, for lists and programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Taken, not yet with the employer.
    Submitted,
    /// With the employer, unanswered.
    Sent,
    /// It could not be brought to the employer.
    Undeliverable,
    /// The latest answer asks for information.
    InfoRequested,
    /// The latest answer proposes an interview.
    InterviewProposed,
    /// Ended by a rejection.
    Rejected,
    /// Ended by a hire.
    Hired,
    /// Ended by the candidate.
    Withdrawn,
}

impl Status {
    /// Every status, in the order of an application's life.
    pub const ALL: [Self; 8] = [
        Self::Submitted,
        Self::Sent,
        Self::Undeliverable,
        Self::InfoRequested,
        Self::InterviewProposed,
        Self::Rejected,
        Self::Hired,
        Self::Withdrawn,
    ];

    /// The name as stored and shown to programs, in snake case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Sent => "sent",
            Self::Undeliverable => "undeliverable",
            Self::InfoRequested => "info_requested",
            Self::InterviewProposed => "interview_proposed",
            Self::Rejected => "rejected",
            Self::Hired => "hired",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

impl JobApplication {
    /// The state after `events`.
    pub fn replay(events: impl IntoIterator<Item = Event>) -> Self {
        let mut state = Self::default();
        for event in events {
            state.apply(event);
        }
        state
    }

    /// What is known of it, ended or not.
    pub fn known(&self) -> Result<&Application, Refusal> {
        match self {
            Self::Absent => Err(Refusal::NotFound),
            Self::Open(application) | Self::Ended(application, _) => Ok(application),
        }
    }

    /// What is known of it while something may still be decided; the guard of every decision of a
    /// person.
    pub fn open(&self) -> Result<&Application, Refusal> {
        match self {
            Self::Absent => Err(Refusal::NotFound),
            Self::Open(application) => Ok(application),
            Self::Ended(_, Ending::Rejected) => Err(Refusal::Rejected),
            Self::Ended(_, Ending::Hired) => Err(Refusal::Hired),
            Self::Ended(_, Ending::Withdrawn) => Err(Refusal::Withdrawn),
        }
    }

    /// Where it stands; `None` while absent.
    pub fn status(&self) -> Option<Status> {
        Some(match self {
            Self::Absent => return None,
            Self::Ended(_, Ending::Rejected) => Status::Rejected,
            Self::Ended(_, Ending::Hired) => Status::Hired,
            Self::Ended(_, Ending::Withdrawn) => Status::Withdrawn,
            Self::Open(application) => application.status(),
        })
    }

    /// Takes in what happened. Total: an event that makes no sense in this state changes nothing.
    pub fn apply(&mut self, event: Event) {
        if let Event::Submitted { submission, request_digest, at } = event {
            *self = Self::Open(Box::new(Application {
                submission: *submission,
                request_digest,
                submitted_at: at,
                employer_email: Delivery::Pending,
                confirmation: Delivery::Pending,
                answers: vec![],
                withdrawn_at: None,
            }));
            return;
        }
        *self = match std::mem::take(self) {
            Self::Absent => Self::Absent,
            Self::Open(mut application) | Self::Ended(mut application, _) => {
                application.apply(event);
                match application.ending() {
                    Some(ending) => Self::Ended(application, ending),
                    None => Self::Open(application),
                }
            }
        };
    }
}

impl Application {
    /// The answers that stand, oldest first.
    pub fn standing_answers(&self) -> impl DoubleEndedIterator<Item = &GivenAnswer> {
        self.answers.iter().filter(|given| !given.undone)
    }

    /// The answer called `id`.
    pub fn answer(&self, id: AnswerId) -> Option<&GivenAnswer> {
        self.answers.iter().find(|given| given.id == id)
    }

    /// How it ended, if it did: what stands decides, so an undone rejection opens it again.
    fn ending(&self) -> Option<Ending> {
        if self.withdrawn_at.is_some() {
            return Some(Ending::Withdrawn);
        }
        self.standing_answers().find_map(|given| match given.answer {
            Answer::Rejection(_) => Some(Ending::Rejected),
            Answer::Hire(_) => Some(Ending::Hired),
            Answer::Interview(_) | Answer::Info(_) => None,
        })
    }

    fn status(&self) -> Status {
        match (self.standing_answers().next_back(), &self.employer_email) {
            (Some(given), _) => match given.answer {
                Answer::Interview(_) => Status::InterviewProposed,
                Answer::Info(_) => Status::InfoRequested,
                Answer::Rejection(_) => Status::Rejected,
                Answer::Hire(_) => Status::Hired,
            },
            (None, Delivery::Pending | Delivery::Skipped { .. }) => Status::Submitted,
            (None, Delivery::Sent { .. }) => Status::Sent,
            (None, Delivery::Failed { .. }) => Status::Undeliverable,
        }
    }

    fn apply(&mut self, event: Event) {
        if let Some(given) = event.given_answer() {
            self.answers.push(given);
            return;
        }
        match event {
            Event::Submitted { .. }
            | Event::InterviewProposed { .. }
            | Event::InfoRequested { .. }
            | Event::Rejected { .. }
            | Event::Hired { .. } => {} // taken in above
            Event::SentToEmployer { message_id, at } => {
                self.employer_email = Delivery::Sent { message_id, at };
            }
            Event::EmployerEmailFailed { at, .. } => self.employer_email = Delivery::Failed { at },
            Event::EmployerEmailSkipped { reason, .. } => {
                self.employer_email = Delivery::Skipped { reason };
            }
            Event::ConfirmedToCandidate { message_id, at } => {
                self.confirmation = Delivery::Sent { message_id, at };
            }
            Event::AnswerUndone { answer_id, .. } => {
                self.change_answer(answer_id, |given| given.undone = true);
            }
            Event::AnswerSentToCandidate { answer_id, message_id, at } => {
                self.change_answer(answer_id, |given| {
                    given.email = Delivery::Sent { message_id, at };
                });
            }
            Event::ReceiptSentToRecruiter { answer_id, message_id, at } => {
                self.change_answer(answer_id, |given| {
                    given.receipt = Delivery::Sent { message_id, at };
                });
            }
            Event::CandidateEmailFailed { letter, at, .. } => match letter {
                CandidateLetter::Confirmation => self.confirmation = Delivery::Failed { at },
                CandidateLetter::Answer { answer_id } => {
                    self.change_answer(answer_id, |given| given.email = Delivery::Failed { at });
                }
            },
            Event::Withdrawn { at, .. } => self.withdrawn_at = Some(at),
        }
    }

    fn change_answer(&mut self, id: AnswerId, change: impl FnOnce(&mut GivenAnswer)) {
        if let Some(given) = self.answers.iter_mut().find(|given| given.id == id) {
            change(given);
        }
    }
}
