//! The kinds of events: what readers ask for by name.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::application::{Answer, Delivery, Event, GivenAnswer};

macro_rules! kinds {
    (@version) => { 1 };
    (@version $version:literal) => { $version };
    ($($kind:ident $(version $version:literal)?),+ $(,)?) => {
        /// The kinds of [`Event`]: what a reader asks for, and the stored `event_type`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "they are those of `Event`")]
        pub enum EventKind {
            $($kind),+
        }

        impl EventKind {
            /// Every kind, in the order of an application's life.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// The stored `event_type`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => stringify!($kind)),+
                }
            }

            /// The version of its shape that is written today; the stored `event_version`.
            pub const fn version(self) -> u32 {
                match self {
                    $(Self::$kind => kinds!(@version $($version)?)),+
                }
            }
        }

        impl Event {
            /// Which kind of fact it is.
            pub const fn kind(&self) -> EventKind {
                match self {
                    $(Self::$kind { .. } => EventKind::$kind),+
                }
            }

            /// When it happened, by the clock of who decided.
            pub const fn at(&self) -> Timestamp {
                match self {
                    $(Self::$kind { at, .. })|+ => *at,
                }
            }
        }
    };
}

// A kind is in version 1 unless it says another one.
kinds! {
    Submitted version 2,
    SentToEmployer,
    ConfirmedToCandidate,
    InterviewProposed,
    InfoRequested,
    Rejected,
    Hired,
    AnswerUndone,
    AnswerSentToCandidate,
    ReceiptSentToRecruiter,
    WithdrawalSent,
    EmailFailed version 2,
    EmailSkipped version 2,
    EmailDelivered,
    EmailOpened,
    EmailClicked,
    EmailBounced,
    EmailMarkedAsSpam,
    EmailBlocked,
    ForwardedToMemo version 2,
    ForwardedToAmi,
    ResendRequested version 2,
    EmailResent version 2,
    AttachmentsForwardRequested,
    AttachmentsForwarded,
    AnswerLinkIssued,
    ReactionRetried,
    ReactionArchived,
    ReactionRestored,
    Withdrawn,
    PersonalDataRequested,
    PersonalDataLinkSent,
    ErasureRequested,
    ErasureRefused,
    AttachmentsDeleted,
    PersonalDataErased,
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl cqrs_es::DomainEvent for Event {
    fn event_type(&self) -> String {
        self.kind().as_str().to_owned()
    }

    fn event_version(&self) -> String {
        self.kind().version().to_string()
    }
}

impl Event {
    /// Whether somebody or something dealt with the application; looking after its data is no such
    /// thing, and must not make them be kept for longer.
    pub const fn is_contact(&self) -> bool {
        !matches!(
            self,
            Self::AttachmentsDeleted { .. }
                | Self::ErasureRequested { .. }
                | Self::ErasureRefused { .. }
                | Self::PersonalDataErased { .. }
        )
    }

    /// The answer it gives, where it gives one.
    pub fn given_answer(&self) -> Option<GivenAnswer> {
        let (id, answer, undo_until, at) = match self {
            Self::InterviewProposed { answer_id, interview, undo_until, at, .. } => {
                (answer_id, Answer::Interview(*interview.clone()), undo_until, at)
            }
            Self::InfoRequested { answer_id, info, undo_until, at, .. } => {
                (answer_id, Answer::Info(*info.clone()), undo_until, at)
            }
            Self::Rejected { answer_id, rejection, undo_until, at, .. } => {
                (answer_id, Answer::Rejection(rejection.clone()), undo_until, at)
            }
            Self::Hired { answer_id, hire, undo_until, at, .. } => {
                (answer_id, Answer::Hire(hire.clone()), undo_until, at)
            }
            _ => return None,
        };
        Some(GivenAnswer {
            id: *id,
            answer,
            undo_until: *undo_until,
            at: *at,
            undone: false,
            email: Delivery::Pending,
            receipt: Delivery::Pending,
        })
    }
}
