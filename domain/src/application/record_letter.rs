//! What became of the letters. Each is recorded once.

use jiff::Timestamp;

use crate::application::{
    AnswerId, ApplicationEvent, ApplicationRefusal, Delivery, GivenAnswer, JobApplication, Letter,
    SkipReason,
};
use crate::{Decision, Line, Personal, Prose};

/// A mail server took the e-mail to the employer.
#[derive(Clone, Debug)]
pub struct RecordSentToEmployer {
    /// The e-mail's Message-ID.
    pub message_id: Line<255>,
    /// When the server took it.
    pub at: Timestamp,
}

impl Decision for RecordSentToEmployer {
    type Aggregate = JobApplication;

    /// After a failure or a skip too: an operator may have had it sent again.
    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        if state.known()?.employer_email.is_sent() {
            return Ok(vec![]);
        }
        Ok(vec![ApplicationEvent::SentToEmployer {
            message_id: self.message_id.clone(),
            at: self.at,
        }])
    }
}

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

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        if state.known()?.confirmation.is_sent() {
            return Ok(vec![]);
        }
        Ok(vec![ApplicationEvent::ConfirmedToCandidate {
            message_id: self.message_id.clone(),
            at: self.at,
        }])
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

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        if given(state, self.answer_id)?.email.is_sent() {
            return Ok(vec![]);
        }
        Ok(vec![ApplicationEvent::AnswerSentToCandidate {
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

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        if given(state, self.answer_id)?.receipt.is_sent() {
            return Ok(vec![]);
        }
        Ok(vec![ApplicationEvent::ReceiptSentToRecruiter {
            answer_id: self.answer_id,
            message_id: self.message_id.clone(),
            at: self.at,
        }])
    }
}

/// A mail server took a letter that tells of the withdrawal.
#[derive(Clone, Debug)]
pub struct RecordWithdrawalSent {
    /// Which of them.
    pub letter: Letter,
    /// The e-mail's Message-ID.
    pub message_id: Line<255>,
    /// When the server took it.
    pub at: Timestamp,
}

impl Decision for RecordWithdrawalSent {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        let Self { letter, message_id, at } = self.clone();
        let application = state.known()?;
        if !letter.is_of_withdrawal() || application.withdrawn_at.is_none() {
            return Err(ApplicationRefusal::NotSentYet);
        }
        if application.delivery(letter).ok_or(ApplicationRefusal::NoSuchAnswer)?.is_sent() {
            return Ok(vec![]);
        }
        Ok(vec![ApplicationEvent::WithdrawalSent { letter, message_id, at }])
    }
}

/// A letter failed for good.
#[derive(Clone, Debug)]
pub struct RecordEmailFailed {
    /// Which letter.
    pub letter: Letter,
    /// What the mail server said.
    pub cause: Personal<Prose<2000>>,
    /// When.
    pub at: Timestamp,
}

impl Decision for RecordEmailFailed {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        let (letter, cause, at) = (self.letter, self.cause.clone(), self.at);
        Ok(match state.known()?.delivery(letter).ok_or(ApplicationRefusal::NoSuchAnswer)? {
            Delivery::Sent { .. } | Delivery::Failed { .. } => vec![],
            Delivery::Pending | Delivery::Skipped { .. } => {
                vec![ApplicationEvent::EmailFailed { letter, cause, at }]
            }
        })
    }
}

/// A letter is not sent, on purpose.
#[derive(Clone, Copy, Debug)]
pub struct RecordEmailSkipped {
    /// Which letter.
    pub letter: Letter,
    /// Why.
    pub reason: SkipReason,
    /// When.
    pub at: Timestamp,
}

impl Decision for RecordEmailSkipped {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        let Self { letter, reason, at } = *self;
        Ok(match state.known()?.delivery(letter).ok_or(ApplicationRefusal::NoSuchAnswer)? {
            Delivery::Sent { .. } | Delivery::Skipped { .. } => vec![],
            Delivery::Pending | Delivery::Failed { .. } => {
                vec![ApplicationEvent::EmailSkipped { letter, reason, at }]
            }
        })
    }
}

fn given(state: &JobApplication, id: AnswerId) -> Result<&GivenAnswer, ApplicationRefusal> {
    state.known()?.answer(id).ok_or(ApplicationRefusal::NoSuchAnswer)
}
