//! What became of the letters to the candidate and of the recruiter's receipt. Each is recorded
//! once.

use jiff::Timestamp;

use crate::application::{
    AnswerId, CandidateLetter, Delivery, Event, GivenAnswer, JobApplication, Refusal,
};
use crate::{Decision, Line, Personal, Prose};

/// A mail server took the candidate's copy.
#[derive(Clone, Debug)]
pub struct RecordConfirmed {
    /// The e-mail's Message-ID.
    pub message_id: Line<255>,
    /// When the server took it.
    pub at: Timestamp,
}

impl Decision for RecordConfirmed {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<Event>, Refusal> {
        if state.known()?.confirmation.is_sent() {
            return Ok(vec![]);
        }
        Ok(vec![Event::ConfirmedToCandidate { message_id: self.message_id.clone(), at: self.at }])
    }
}

/// A mail server took the e-mail that brings an answer to the candidate.
#[derive(Clone, Debug)]
pub struct RecordAnswerSent {
    /// Which answer.
    pub answer_id: AnswerId,
    /// The e-mail's Message-ID.
    pub message_id: Line<255>,
    /// When the server took it.
    pub at: Timestamp,
}

impl Decision for RecordAnswerSent {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<Event>, Refusal> {
        if given(state, self.answer_id)?.email.is_sent() {
            return Ok(vec![]);
        }
        Ok(vec![Event::AnswerSentToCandidate {
            answer_id: self.answer_id,
            message_id: self.message_id.clone(),
            at: self.at,
        }])
    }
}

/// A mail server took the recruiter's receipt.
#[derive(Clone, Debug)]
pub struct RecordReceiptSent {
    /// Which answer.
    pub answer_id: AnswerId,
    /// The e-mail's Message-ID.
    pub message_id: Line<255>,
    /// When the server took it.
    pub at: Timestamp,
}

impl Decision for RecordReceiptSent {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<Event>, Refusal> {
        if given(state, self.answer_id)?.receipt.is_sent() {
            return Ok(vec![]);
        }
        Ok(vec![Event::ReceiptSentToRecruiter {
            answer_id: self.answer_id,
            message_id: self.message_id.clone(),
            at: self.at,
        }])
    }
}

/// A letter to the candidate failed for good.
#[derive(Clone, Debug)]
pub struct RecordCandidateEmailFailed {
    /// Which letter.
    pub letter: CandidateLetter,
    /// What the mail server said.
    pub cause: Personal<Prose<2000>>,
    /// When.
    pub at: Timestamp,
}

impl Decision for RecordCandidateEmailFailed {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<Event>, Refusal> {
        let email = match self.letter {
            CandidateLetter::Confirmation => &state.known()?.confirmation,
            CandidateLetter::Answer { answer_id } => &given(state, answer_id)?.email,
        };
        match email {
            Delivery::Sent { .. } | Delivery::Failed { .. } => Ok(vec![]),
            Delivery::Pending | Delivery::Skipped { .. } => Ok(vec![Event::CandidateEmailFailed {
                letter: self.letter,
                cause: self.cause.clone(),
                at: self.at,
            }]),
        }
    }
}

fn given(state: &JobApplication, id: AnswerId) -> Result<&GivenAnswer, Refusal> {
    state.known()?.answer(id).ok_or(Refusal::NoSuchAnswer)
}
