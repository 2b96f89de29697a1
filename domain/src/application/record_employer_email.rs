//! What became of the e-mail to the employer. Each is recorded once.

use jiff::Timestamp;

use crate::application::{Delivery, Event, JobApplication, Refusal, SkipReason};
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
    fn decide(&self, state: &JobApplication) -> Result<Vec<Event>, Refusal> {
        if state.known()?.employer_email.is_sent() {
            return Ok(vec![]);
        }
        Ok(vec![Event::SentToEmployer { message_id: self.message_id.clone(), at: self.at }])
    }
}

/// The e-mail to the employer failed for good.
#[derive(Clone, Debug)]
pub struct RecordEmployerEmailFailed {
    /// What the mail server said.
    pub cause: Personal<Prose<2000>>,
    /// When.
    pub at: Timestamp,
}

impl Decision for RecordEmployerEmailFailed {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<Event>, Refusal> {
        match state.known()?.employer_email {
            Delivery::Sent { .. } | Delivery::Failed { .. } => Ok(vec![]),
            Delivery::Pending | Delivery::Skipped { .. } => {
                Ok(vec![Event::EmployerEmailFailed { cause: self.cause.clone(), at: self.at }])
            }
        }
    }
}

/// The e-mail to the employer is not sent, on purpose.
#[derive(Clone, Copy, Debug)]
pub struct RecordEmployerEmailSkipped {
    /// Why.
    pub reason: SkipReason,
    /// When.
    pub at: Timestamp,
}

impl Decision for RecordEmployerEmailSkipped {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<Event>, Refusal> {
        match state.known()?.employer_email {
            Delivery::Sent { .. } | Delivery::Skipped { .. } => Ok(vec![]),
            Delivery::Pending | Delivery::Failed { .. } => {
                Ok(vec![Event::EmployerEmailSkipped { reason: self.reason, at: self.at }])
            }
        }
    }
}
