//! A message: a letter that belongs to no application, such as one that confirms an address, and what
//! became of it. Whoever has something to say queues it, written and addressed; a reaction sends it.

mod decide;
mod event;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::application::{Delivery, Reported};
use crate::{EmailAddress, Language, Line, Personal, Prose, WebAddress};

pub use decide::{
    EraseMessage, QueueMessage, RecordMessageFailed, RecordMessageReport, RecordMessageSent,
    RecordMessageSkipped, RequestMessageResend,
};
pub use event::{MessageEvent, MessageEventKind};

/// A letter, written and addressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OutgoingLetter {
    /// Which letter it is, in one word: `confirm_address`, for instance.
    #[schemars(extend("x-personal" = false))]
    pub kind: Line<64>,
    /// The name beside the sender's address.
    #[schemars(extend("x-personal" = false))]
    pub from_name: Line<128>,
    /// The sender's address.
    #[schemars(extend("x-personal" = false))]
    pub from: EmailAddress,
    /// The receiver.
    #[schemars(extend("x-subject" = true))]
    pub to: Personal<EmailAddress>,
    /// Where an answer goes; to the sender where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Personal<EmailAddress>>,
    /// Where whoever receives such letters again and again asks for no more of them, with one click (RFC 8058).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsubscribe: Option<Personal<WebAddress>>,
    /// Its language.
    pub language: Language,
    /// The subject.
    pub subject: Personal<Line<500>>,
    /// The text part, which reads well alone.
    pub text: Personal<Prose<50_000>>,
    /// The HTML part: a whole document that loads nothing.
    pub html: Personal<Prose<200_000>>,
}

/// The aggregate: one letter, or the absence of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// Nothing was queued under this id.
    #[default]
    Absent,
    /// It leaves, or left.
    Queued(Box<Queued>),
}

/// A letter and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queued {
    /// The letter itself.
    pub letter: OutgoingLetter,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// What became of it.
    pub delivery: Delivery,
    /// Its repeats, as operators asked for them.
    pub resends: Vec<MessageResend>,
    /// What the mail provider reported, each kind once for each e-mail.
    pub reports: Vec<Reported>,
    /// When the person was forgotten.
    pub erased_at: Option<Timestamp>,
}

/// A repeat that an operator asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct MessageResend {
    pub request_id: Uuid,
    pub delivery: Delivery,
}

aggregate_of_decisions!(Message, MessageEvent, MessageRefusal, "Message");

impl Message {
    /// The letter, forgotten or not.
    pub fn remembered(&self) -> Result<&Queued, MessageRefusal> {
        match self {
            Self::Absent => Err(MessageRefusal::NotFound),
            Self::Queued(queued) => Ok(queued),
        }
    }

    /// The letter, unless its receiver was forgotten.
    pub fn known(&self) -> Result<&Queued, MessageRefusal> {
        let queued = self.remembered()?;
        if queued.erased_at.is_some() { Err(MessageRefusal::Erased) } else { Ok(queued) }
    }

    /// Takes in what happened. Total: an event that makes no sense in this state changes nothing.
    pub fn apply(&mut self, event: MessageEvent) {
        match self {
            Self::Queued(queued) => queued.apply(event),
            Self::Absent => {
                if let MessageEvent::MessageQueued { letter, at } = event {
                    *self = Self::Queued(Box::new(Queued {
                        letter: *letter,
                        queued_at: at,
                        delivery: Delivery::Pending,
                        resends: vec![],
                        reports: vec![],
                        erased_at: None,
                    }));
                }
            }
        }
    }
}

impl Queued {
    /// What became of the letter, or of the repeat that `request_id` names.
    pub fn delivery(&self, request_id: Option<Uuid>) -> Result<&Delivery, MessageRefusal> {
        let Some(id) = request_id else { return Ok(&self.delivery) };
        let resend = self.resends.iter().find(|resend| resend.request_id == id);
        resend.map(|resend| &resend.delivery).ok_or(MessageRefusal::NoSuchRequest)
    }

    fn settle(&mut self, request_id: Option<Uuid>, settled: Delivery) {
        match request_id {
            None => self.delivery = settled,
            Some(id) => {
                if let Some(resend) = self.resends.iter_mut().find(|it| it.request_id == id) {
                    resend.delivery = settled;
                }
            }
        }
    }

    fn apply(&mut self, event: MessageEvent) {
        match event {
            MessageEvent::MessageQueued { .. } => {}
            MessageEvent::MessageSent { request_id, message_id, at } => {
                self.settle(request_id, Delivery::Sent { message_id, at });
            }
            MessageEvent::MessageFailed { request_id, at, .. } => {
                self.settle(request_id, Delivery::Failed { at });
            }
            MessageEvent::MessageSkipped { request_id, reason, at } => {
                self.settle(request_id, Delivery::Skipped { reason, at });
            }
            MessageEvent::MessageReported { message_id, report: kind, at, .. } => {
                self.reports.push(Reported { message_id, kind, at });
            }
            MessageEvent::MessageResendRequested { request_id, .. } => {
                self.resends.push(MessageResend { request_id, delivery: Delivery::Pending });
            }
            MessageEvent::MessageErased { at } => self.erased_at = Some(at),
        }
    }
}

/// Why something may not happen to a message.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MessageRefusal {
    /// There is none.
    #[error("There is no such message.")]
    NotFound,
    /// What never left is not sent again.
    #[error("This e-mail has not been sent yet. Retry its reaction instead.")]
    NotSentYet,
    /// A request with that id is not known.
    #[error("There is no such request.")]
    NoSuchRequest,
    /// Its receiver was forgotten.
    #[error("The personal data of this message were erased, so nothing more can happen to it.")]
    Erased,
}

impl crate::Refused for MessageRefusal {
    fn is_erased(&self) -> bool {
        *self == Self::Erased
    }
}
