//! The events of an application: what can happen to it.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::application::{
    Answer, AnswerId, Delivery, Evidence, GivenAnswer, Hire, InfoRequest, Interview, Rejection,
    Submission,
};
use crate::{Digest, Line, Personal, Prose};

/// A fact about an application. Released events never change; a new version is upcast to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum Event {
    /// The candidate applied.
    Submitted {
        /// What was sent.
        submission: Box<Submission>,
        /// SHA-256 of the partner's request, where it came with an `Idempotency-Key`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_digest: Option<Digest>,
        /// When.
        at: Timestamp,
    },
    /// The application left by e-mail to the employer, and a server took it.
    SentToEmployer {
        /// The e-mail's Message-ID (RFC 5322 3.6.4), without angle brackets.
        message_id: Line<255>,
        /// When the server took it.
        at: Timestamp,
    },
    /// The e-mail to the employer failed for good.
    EmployerEmailFailed {
        /// What the mail server said, or what went wrong; it may quote an address.
        cause: Personal<Prose<2000>>,
        /// When.
        at: Timestamp,
    },
    /// The e-mail to the employer was not sent, on purpose.
    EmployerEmailSkipped {
        /// Why.
        reason: SkipReason,
        /// When.
        at: Timestamp,
    },
    /// The copy that the candidate asked for left.
    ConfirmedToCandidate {
        /// Its Message-ID.
        message_id: Line<255>,
        /// When the server took it.
        at: Timestamp,
    },
    /// The recruiter proposed an interview, or another date for it.
    InterviewProposed {
        /// Names the answer.
        answer_id: AnswerId,
        /// What is proposed.
        interview: Box<Interview>,
        /// What speaks for a person having answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<Evidence>,
        /// Until when the recruiter may undo it; its e-mail leaves after that.
        undo_until: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// The recruiter asked for information.
    InfoRequested {
        /// Names the answer.
        answer_id: AnswerId,
        /// What is asked.
        info: Box<InfoRequest>,
        /// What speaks for a person having answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<Evidence>,
        /// Until when the recruiter may undo it; its e-mail leaves after that.
        undo_until: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// The recruiter rejected the application.
    Rejected {
        /// Names the answer.
        answer_id: AnswerId,
        /// Why.
        rejection: Rejection,
        /// What speaks for a person having answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<Evidence>,
        /// Until when the recruiter may undo it; its e-mail leaves after that.
        undo_until: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// The recruiter hired the candidate.
    Hired {
        /// Names the answer.
        answer_id: AnswerId,
        /// What was said.
        hire: Hire,
        /// What speaks for a person having answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<Evidence>,
        /// Until when the recruiter may undo it; its e-mail leaves after that.
        undo_until: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// The recruiter took an answer back before its e-mail left.
    AnswerUndone {
        /// Which.
        answer_id: AnswerId,
        /// When.
        at: Timestamp,
    },
    /// The answer left by e-mail to the candidate.
    AnswerSentToCandidate {
        /// Which answer.
        answer_id: AnswerId,
        /// The e-mail's Message-ID.
        message_id: Line<255>,
        /// When the server took it.
        at: Timestamp,
    },
    /// The recruiter was told by e-mail what was answered under the employer's name.
    ReceiptSentToRecruiter {
        /// Which answer.
        answer_id: AnswerId,
        /// The e-mail's Message-ID.
        message_id: Line<255>,
        /// When the server took it.
        at: Timestamp,
    },
    /// An e-mail to the candidate failed for good.
    CandidateEmailFailed {
        /// Which letter.
        letter: CandidateLetter,
        /// What the mail server said, or what went wrong; it may quote an address.
        cause: Personal<Prose<2000>>,
        /// When.
        at: Timestamp,
    },
    /// The candidate took the application back.
    Withdrawn {
        /// Why, if the candidate says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Personal<Prose<1000>>>,
        /// When.
        at: Timestamp,
    },
}

/// Why an e-mail to an employer was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// The client platform does not mail employers for real.
    StagingClient,
    /// The candidate withdrew before it left.
    Withdrawn,
}

/// A letter to the candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CandidateLetter {
    /// The copy of the application.
    Confirmation,
    /// An answer of the recruiter.
    Answer {
        /// Which.
        answer_id: AnswerId,
    },
}

macro_rules! kinds {
    ($($kind:ident),+ $(,)?) => {
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

kinds! {
    Submitted,
    SentToEmployer,
    EmployerEmailFailed,
    EmployerEmailSkipped,
    ConfirmedToCandidate,
    InterviewProposed,
    InfoRequested,
    Rejected,
    Hired,
    AnswerUndone,
    AnswerSentToCandidate,
    ReceiptSentToRecruiter,
    CandidateEmailFailed,
    Withdrawn,
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
        "1".to_owned()
    }
}

impl Event {
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
