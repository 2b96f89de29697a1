//! The letters that an application causes, and what became of each.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Line;
use crate::application::AnswerId;

/// A letter about an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Letter {
    /// The application, to the employer.
    Employer,
    /// The copy of the application, to the candidate.
    Confirmation,
    /// An answer of the recruiter, to the candidate.
    Answer {
        /// Which.
        answer_id: AnswerId,
    },
    /// What was answered in the employer's name, to the employer.
    Receipt {
        /// Which answer.
        answer_id: AnswerId,
    },
    /// That the candidate withdrew, to the employer.
    Withdrawal,
    /// That the candidate withdrew, to the recruiter who gave an address with an answer.
    RecruiterWithdrawal {
        /// Which answer.
        answer_id: AnswerId,
    },
    /// That an interview does not take place since the candidate withdrew, to the candidate's calendar.
    Cancellation,
}

impl Letter {
    /// The name as stored and shown to programs, in snake case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Employer => "employer",
            Self::Confirmation => "confirmation",
            Self::Answer { .. } => "answer",
            Self::Receipt { .. } => "receipt",
            Self::Withdrawal => "withdrawal",
            Self::RecruiterWithdrawal { .. } => "recruiter_withdrawal",
            Self::Cancellation => "cancellation",
        }
    }

    /// The answer it is about.
    pub const fn answer_id(self) -> Option<AnswerId> {
        match self {
            Self::Employer | Self::Confirmation | Self::Withdrawal | Self::Cancellation => None,
            Self::Answer { answer_id }
            | Self::Receipt { answer_id }
            | Self::RecruiterWithdrawal { answer_id } => Some(answer_id),
        }
    }

    /// Whether the candidate receives it; the employer or a recruiter does otherwise.
    pub const fn is_for_candidate(self) -> bool {
        matches!(self, Self::Confirmation | Self::Answer { .. } | Self::Cancellation)
    }

    /// Whether it tells that the candidate withdrew.
    pub const fn is_of_withdrawal(self) -> bool {
        matches!(self, Self::Withdrawal | Self::RecruiterWithdrawal { .. } | Self::Cancellation)
    }
}

/// Why a letter was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// The client platform does not mail employers for real.
    StagingClient,
    /// The candidate withdrew before it left.
    Withdrawn,
    /// The address is on the suppression list.
    Suppressed,
    /// The recruiter took the answer back.
    AnswerUndone,
    /// A later answer took the place of this one before it left.
    Superseded,
}

names! {
    SkipReason {
        StagingClient = "staging_client",
        Withdrawn = "withdrawn",
        Suppressed = "suppressed",
        AnswerUndone = "answer_undone",
        Superseded = "superseded",
    }
}

/// What became of a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Delivery {
    Pending,
    Sent { message_id: Line<255>, at: Timestamp },
    Failed { at: Timestamp },
    Skipped { reason: SkipReason, at: Timestamp },
}

impl Delivery {
    /// Whether a mail server took it.
    pub const fn is_sent(&self) -> bool {
        matches!(self, Self::Sent { .. })
    }

    /// In one word: `pending`, `sent`, `failed` or `skipped`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent { .. } => "sent",
            Self::Failed { .. } => "failed",
            Self::Skipped { .. } => "skipped",
        }
    }

    /// When that was; `None` while pending.
    pub const fn settled_at(&self) -> Option<Timestamp> {
        match self {
            Self::Pending => None,
            Self::Sent { at, .. } | Self::Failed { at } | Self::Skipped { at, .. } => Some(*at),
        }
    }
}

/// A letter that an operator had sent once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Resend {
    pub request_id: uuid::Uuid,
    pub letter: Letter,
    pub requested_at: Timestamp,
    pub delivery: Delivery,
}
