//! What may be decided about a message. Each outcome is recorded once.

use jiff::Timestamp;
use uuid::Uuid;

use crate::application::{Delivery, Report, Reported, SkipReason};
use crate::message::{Message, MessageEvent, MessageRefusal, OutgoingLetter};
use crate::{Decision, Line, Personal, Prose};

/// A letter is to be sent.
#[derive(Clone, Debug)]
pub struct QueueMessage {
    /// The letter, written and addressed.
    pub letter: OutgoingLetter,
    /// When.
    pub at: Timestamp,
}

impl Decision for QueueMessage {
    type Aggregate = Message;

    /// The id names the letter: a repeat queues nothing, whatever it says.
    fn decide(&self, state: &Message) -> Result<Vec<MessageEvent>, MessageRefusal> {
        match state {
            Message::Absent => Ok(vec![MessageEvent::MessageQueued {
                letter: Box::new(self.letter.clone()),
                at: self.at,
            }]),
            Message::Queued(_) => Ok(vec![]),
        }
    }
}

/// A mail server took it.
#[derive(Clone, Debug)]
pub struct RecordMessageSent {
    /// Which repeat it is, where it is one.
    pub request_id: Option<Uuid>,
    /// The e-mail's Message-ID.
    pub message_id: Line<255>,
    /// When the server took it.
    pub at: Timestamp,
}

impl Decision for RecordMessageSent {
    type Aggregate = Message;

    /// After a failure or a skip too: an operator may have had it tried again.
    fn decide(&self, state: &Message) -> Result<Vec<MessageEvent>, MessageRefusal> {
        let Self { request_id, message_id, at } = self.clone();
        if state.known()?.delivery(request_id)?.is_sent() {
            return Ok(vec![]);
        }
        Ok(vec![MessageEvent::MessageSent { request_id, message_id, at }])
    }
}

/// It failed for good.
#[derive(Clone, Debug)]
pub struct RecordMessageFailed {
    /// Which repeat it is, where it is one.
    pub request_id: Option<Uuid>,
    /// What the mail server said, or what went wrong.
    pub cause: Personal<Prose<2000>>,
    /// When.
    pub at: Timestamp,
}

impl Decision for RecordMessageFailed {
    type Aggregate = Message;

    fn decide(&self, state: &Message) -> Result<Vec<MessageEvent>, MessageRefusal> {
        let Self { request_id, cause, at } = self.clone();
        match state.known()?.delivery(request_id)? {
            Delivery::Sent { .. } | Delivery::Failed { .. } => Ok(vec![]),
            Delivery::Pending | Delivery::Skipped { .. } => {
                Ok(vec![MessageEvent::MessageFailed { request_id, cause, at }])
            }
        }
    }
}

/// It is not sent, on purpose.
#[derive(Clone, Copy, Debug)]
pub struct RecordMessageSkipped {
    /// Which repeat it is, where it is one.
    pub request_id: Option<Uuid>,
    /// Why.
    pub reason: SkipReason,
    /// When.
    pub at: Timestamp,
}

impl Decision for RecordMessageSkipped {
    type Aggregate = Message;

    fn decide(&self, state: &Message) -> Result<Vec<MessageEvent>, MessageRefusal> {
        let Self { request_id, reason, at } = *self;
        match state.known()?.delivery(request_id)? {
            Delivery::Sent { .. } | Delivery::Skipped { .. } => Ok(vec![]),
            Delivery::Pending | Delivery::Failed { .. } => {
                Ok(vec![MessageEvent::MessageSkipped { request_id, reason, at }])
            }
        }
    }
}

/// The mail provider reports of it. Each kind of report is recorded once for each e-mail: providers
/// repeat themselves.
#[derive(Clone, Debug)]
pub struct RecordMessageReport {
    /// Which e-mail.
    pub message_id: Line<255>,
    /// What is reported.
    pub report: Report,
    /// When it happened, as the provider says.
    pub at: Timestamp,
}

impl Decision for RecordMessageReport {
    type Aggregate = Message;

    fn decide(&self, state: &Message) -> Result<Vec<MessageEvent>, MessageRefusal> {
        let kind = self.report.kind();
        let known = |it: &Reported| it.message_id == self.message_id && it.kind == kind;
        if state.known()?.reports.iter().any(known) {
            return Ok(vec![]);
        }
        let cause = match &self.report {
            Report::Bounced { cause, .. } | Report::Blocked { cause, .. } => Some(cause.clone()),
            Report::Delivered | Report::Opened | Report::Clicked | Report::MarkedAsSpam => None,
        };
        Ok(vec![MessageEvent::MessageReported {
            message_id: self.message_id.clone(),
            report: kind,
            fault: self.report.fault(),
            cause,
            at: self.at,
        }])
    }
}

/// An operator asks for it to be sent once more.
#[derive(Clone, Copy, Debug)]
pub struct RequestMessageResend {
    /// Names the request; the same id again changes nothing.
    pub request_id: Uuid,
    /// When.
    pub at: Timestamp,
}

impl Decision for RequestMessageResend {
    type Aggregate = Message;

    /// What waits, failed or was skipped is not sent *again*: its reaction is retried.
    fn decide(&self, state: &Message) -> Result<Vec<MessageEvent>, MessageRefusal> {
        let (queued, Self { request_id, at }) = (state.known()?, *self);
        if queued.delivery(Some(request_id)).is_ok() {
            return Ok(vec![]);
        }
        if !queued.delivery.is_sent() {
            return Err(MessageRefusal::NotSentYet);
        }
        Ok(vec![MessageEvent::MessageResendRequested { request_id, at }])
    }
}

/// Its receiver is forgotten.
#[derive(Clone, Copy, Debug)]
pub struct EraseMessage {
    /// When.
    pub at: Timestamp,
}

impl Decision for EraseMessage {
    type Aggregate = Message;

    fn decide(&self, state: &Message) -> Result<Vec<MessageEvent>, MessageRefusal> {
        if state.remembered()?.erased_at.is_some() {
            return Ok(vec![]);
        }
        Ok(vec![MessageEvent::MessageErased { at: self.at }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{message, minutes, valid};

    fn given(events: impl IntoIterator<Item = MessageEvent>) -> Message {
        let mut state = Message::default();
        for event in events {
            state.apply(event);
        }
        state
    }

    fn queued() -> MessageEvent {
        MessageEvent::MessageQueued { letter: Box::new(message()), at: minutes(0) }
    }

    fn sent() -> MessageEvent {
        let message_id = valid("m1@postulo.example");
        MessageEvent::MessageSent { request_id: None, message_id, at: minutes(1) }
    }

    const AGAIN: Uuid = Uuid::from_u128(7);

    #[test]
    fn a_letter_is_queued_once_by_its_id() {
        let queue = QueueMessage { letter: message(), at: minutes(0) };
        assert_eq!(queue.decide(&Message::Absent), Ok(vec![queued()]));
        assert_eq!(queue.decide(&given([queued()])), Ok(vec![]));
    }

    #[test]
    fn what_became_of_it_is_recorded_once() {
        let message_id = valid("m1@postulo.example");
        let record = RecordMessageSent { request_id: None, message_id, at: minutes(1) };
        assert_eq!(record.decide(&Message::Absent), Err(MessageRefusal::NotFound));
        assert_eq!(record.decide(&given([queued()])), Ok(vec![sent()]));
        assert_eq!(record.decide(&given([queued(), sent()])), Ok(vec![]));
        let cause = Personal::new(valid("550"));
        let failed = RecordMessageFailed { request_id: None, cause, at: minutes(2) };
        assert_eq!(failed.decide(&given([queued(), sent()])), Ok(vec![]));
        let failure = failed.decide(&given([queued()])).unwrap();
        let state = given([queued()].into_iter().chain(failure));
        assert_eq!(failed.decide(&state), Ok(vec![]));
        assert_eq!(record.decide(&state), Ok(vec![sent()]), "its reaction was retried");
        let (reason, at) = (SkipReason::Suppressed, minutes(2));
        let skipped = RecordMessageSkipped { request_id: None, reason, at };
        let skip = skipped.decide(&state).unwrap();
        assert_eq!(skip.len(), 1);
        assert_eq!(skipped.decide(&given([queued()].into_iter().chain(skip))), Ok(vec![]));
    }

    #[test]
    fn only_what_left_is_sent_again() {
        let resend = RequestMessageResend { request_id: AGAIN, at: minutes(5) };
        assert_eq!(resend.decide(&given([queued()])), Err(MessageRefusal::NotSentYet));
        let requested = resend.decide(&given([queued(), sent()])).unwrap();
        let state = given([queued(), sent()].into_iter().chain(requested));
        assert_eq!(resend.decide(&state), Ok(vec![]), "a second click");
        let message_id = valid("m2@postulo.example");
        let again = RecordMessageSent { request_id: Some(AGAIN), message_id, at: minutes(6) };
        assert_eq!(again.decide(&state).unwrap().len(), 1);
        let unknown = RecordMessageSent { request_id: Some(Uuid::nil()), ..again };
        assert_eq!(unknown.decide(&state), Err(MessageRefusal::NoSuchRequest));
    }

    #[test]
    fn each_report_of_an_e_mail_is_recorded_once() {
        let (message_id, report) = (valid("m1@postulo.example"), Report::Delivered);
        let record = RecordMessageReport { message_id, report, at: minutes(3) };
        let reported = record.decide(&given([queued(), sent()])).unwrap();
        assert_eq!(reported.len(), 1);
        let state = given([queued(), sent()].into_iter().chain(reported));
        assert_eq!(record.decide(&state), Ok(vec![]));
    }

    #[test]
    fn nothing_more_happens_once_the_person_was_forgotten() {
        let erase = EraseMessage { at: minutes(9) };
        let erased = erase.decide(&given([queued()])).unwrap();
        assert_eq!(erased, [MessageEvent::MessageErased { at: minutes(9) }]);
        let state = given([queued()].into_iter().chain(erased));
        assert_eq!(erase.decide(&state), Ok(vec![]));
        let resend = RequestMessageResend { request_id: AGAIN, at: minutes(10) };
        assert_eq!(resend.decide(&state), Err(MessageRefusal::Erased));
    }
}
