//! The events of a message.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::application::{ReportKind, SkipReason};
use crate::message::OutgoingLetter;
use crate::{Fault, Line, Personal, Prose};

/// A fact about a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum MessageEvent {
    /// A letter that belongs to no application is to be sent.
    MessageQueued {
        /// The letter, written and addressed.
        letter: Box<OutgoingLetter>,
        /// When.
        at: Timestamp,
    },
    /// A mail server took it.
    MessageSent {
        /// Which repeat it is; missing where it is the letter itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<Uuid>,
        /// The e-mail's Message-ID (RFC 5322 3.6.4), without angle brackets.
        #[schemars(extend("x-personal" = false))]
        message_id: Line<255>,
        /// When the server took it.
        at: Timestamp,
    },
    /// It failed for good.
    MessageFailed {
        /// Which repeat it is; missing where it is the letter itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<Uuid>,
        /// What the mail server said, or what went wrong; it may quote an address.
        cause: Personal<Prose<2000>>,
        /// When.
        at: Timestamp,
    },
    /// It was not sent, on purpose.
    MessageSkipped {
        /// Which repeat it is; missing where it is the letter itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<Uuid>,
        /// Why.
        reason: SkipReason,
        /// When.
        at: Timestamp,
    },
    /// The mail provider reported of it.
    MessageReported {
        /// Its Message-ID.
        #[schemars(extend("x-personal" = false))]
        message_id: Line<255>,
        /// What is reported.
        report: ReportKind,
        /// Whose fault it was, where it did not arrive.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fault: Option<Fault>,
        /// What the mail provider says, where it did not arrive; it may quote an address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<Personal<Prose<2000>>>,
        /// When, as the mail provider says.
        at: Timestamp,
    },
    /// An operator asked for it to be sent once more.
    MessageResendRequested {
        /// Names the request.
        request_id: Uuid,
        /// When.
        at: Timestamp,
    },
    /// Its receiver was forgotten: the key that seals its personal data went with this event.
    MessageErased {
        /// When.
        at: Timestamp,
    },
}

events! {
    MessageEventKind of MessageEvent;
    MessageQueued,
    MessageSent,
    MessageFailed,
    MessageSkipped,
    MessageReported,
    MessageResendRequested,
    MessageErased erases,
}
