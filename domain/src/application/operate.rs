//! What an operator asks of an application, and what became of it.

use jiff::Timestamp;
use uuid::Uuid;

use crate::application::{ApplicationEvent, ApplicationRefusal, JobApplication, Letter};
use crate::{Decision, EmailAddress, Line, Personal};

/// An operator asks for a letter to be sent once more.
#[derive(Clone, Copy, Debug)]
pub struct RequestResend {
    /// Names the request; the same id again changes nothing.
    pub request_id: Uuid,
    /// Which letter.
    pub letter: Letter,
    /// When.
    pub at: Timestamp,
}

impl Decision for RequestResend {
    type Aggregate = JobApplication;

    /// A letter that waits, failed or was skipped is not sent *again*: its reaction is retried.
    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        let application = state.remembered()?;
        let Self { request_id, letter, at } = *self;
        if application.resend(request_id).is_some() {
            return Ok(vec![]);
        }
        let files = letter == Letter::Employer && !application.submission.attachments.is_empty();
        if files && application.documents().is_empty() {
            return Err(ApplicationRefusal::AttachmentsDeleted);
        }
        if !application.delivery(letter).ok_or(ApplicationRefusal::NoSuchAnswer)?.is_sent() {
            return Err(ApplicationRefusal::NotSentYet);
        }
        Ok(vec![ApplicationEvent::ResendRequested { request_id, letter, at }])
    }
}

/// A mail server took the letter that an operator asked for.
#[derive(Clone, Debug)]
pub struct RecordResent {
    /// Which request.
    pub request_id: Uuid,
    /// The e-mail's Message-ID.
    pub message_id: Line<255>,
    /// When the server took it.
    pub at: Timestamp,
}

impl Decision for RecordResent {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        let resend =
            state.known()?.resend(self.request_id).ok_or(ApplicationRefusal::NoSuchRequest)?;
        if resend.delivery.is_sent() {
            return Ok(vec![]);
        }
        Ok(vec![ApplicationEvent::EmailResent {
            request_id: self.request_id,
            letter: resend.letter,
            message_id: self.message_id.clone(),
            at: self.at,
        }])
    }
}

/// An operator asks for the documents to be mailed to others.
#[derive(Clone, Debug)]
pub struct RequestAttachmentsForward {
    /// Names the requests, together with each address; the same id again changes nothing.
    pub request_id: Uuid,
    /// Where to; at least one. Each is a request of its own, with its own outcome.
    pub recipients: Vec<Personal<EmailAddress>>,
    /// When.
    pub at: Timestamp,
}

impl Decision for RequestAttachmentsForward {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        let application = state.remembered()?;
        if application.submission.attachments.is_empty() {
            return Err(ApplicationRefusal::NoAttachments);
        }
        if application.documents().is_empty() {
            return Err(ApplicationRefusal::AttachmentsDeleted);
        }
        let mut events: Vec<ApplicationEvent> = vec![];
        let mut named: Vec<Uuid> = application.forwards.iter().map(|(id, _)| *id).collect();
        for recipient in &self.recipients {
            let address = recipient.reveal().as_str().to_ascii_lowercase();
            let request_id = Uuid::new_v5(&self.request_id, address.as_bytes());
            if !named.contains(&request_id) {
                named.push(request_id);
                let (recipient, at) = (recipient.clone(), self.at);
                events.push(ApplicationEvent::AttachmentsForwardRequested {
                    request_id,
                    recipient,
                    at,
                });
            }
        }
        Ok(events)
    }
}

/// A mail server took the documents that an operator forwards.
#[derive(Clone, Debug)]
pub struct RecordAttachmentsForwarded {
    /// Which request.
    pub request_id: Uuid,
    /// The e-mail's Message-ID.
    pub message_id: Line<255>,
    /// When the server took it.
    pub at: Timestamp,
}

impl Decision for RecordAttachmentsForwarded {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        let forwards = &state.known()?.forwards;
        match forwards.iter().find(|(id, _)| *id == self.request_id) {
            None => Err(ApplicationRefusal::NoSuchRequest),
            Some((_, delivery)) if delivery.is_sent() => Ok(vec![]),
            Some(_) => Ok(vec![ApplicationEvent::AttachmentsForwarded {
                request_id: self.request_id,
                message_id: self.message_id.clone(),
                at: self.at,
            }]),
        }
    }
}

/// An operator is given a fresh link to the recruiter's page.
#[derive(Clone, Copy, Debug)]
pub struct IssueAnswerLink {
    /// Until when it opens.
    pub expires_at: Timestamp,
    /// When.
    pub at: Timestamp,
}

impl Decision for IssueAnswerLink {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        state.open()?;
        Ok(vec![ApplicationEvent::AnswerLinkIssued { expires_at: self.expires_at, at: self.at }])
    }
}

/// What an operator does with a parked reaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReactionAct {
    /// Has it tried again.
    Retry,
    /// Puts it away.
    Archive,
    /// Takes it back from the archive.
    Restore,
}

/// An operator acts on a reaction to one of the application's events.
#[derive(Clone, Debug)]
pub struct RecordReactionAct {
    /// What was done.
    pub act: ReactionAct,
    /// Whose reaction.
    pub reactor: Line<64>,
    /// To the event at this position of the log.
    pub position: i64,
    /// When.
    pub at: Timestamp,
}

impl Decision for RecordReactionAct {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        state.known()?;
        let (reactor, position, at) = (self.reactor.clone(), self.position, self.at);
        Ok(vec![match self.act {
            ReactionAct::Retry => ApplicationEvent::ReactionRetried { reactor, position, at },
            ReactionAct::Archive => ApplicationEvent::ReactionArchived { reactor, position, at },
            ReactionAct::Restore => ApplicationEvent::ReactionRestored { reactor, position, at },
        }])
    }
}
