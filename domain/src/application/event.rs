//! The events of an application: what can happen to it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::application::{
    AnswerId, Basis, Evidence, Hire, InfoRequest, Interview, Letter, MemoOutcome, Rejection,
    SkipReason, Submission, Wish,
};
use crate::{Digest, EmailAddress, Fault, Forgettable as _, Line, Personal, Prose};

/// A fact about an application. Released events never change; a new version is upcast to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum ApplicationEvent {
    /// The candidate applied.
    Submitted {
        /// What was sent.
        submission: Box<Submission>,
        /// SHA-256 of the partner's request, where it came with an `Idempotency-Key`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(extend("x-personal" = true, "x-placeholder" = Digest::PLACEHOLDER))]
        request_digest: Option<Digest>,
        /// When.
        at: Timestamp,
    },
    /// The application left by e-mail to the employer, and a server took it.
    SentToEmployer {
        /// The e-mail's Message-ID (RFC 5322 3.6.4), without angle brackets.
        #[schemars(extend("x-personal" = false))]
        message_id: Line<255>,
        /// When the server took it.
        at: Timestamp,
    },
    /// The copy that the candidate asked for left.
    ConfirmedToCandidate {
        /// Its Message-ID.
        #[schemars(extend("x-personal" = false))]
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
        #[schemars(extend("x-personal" = false))]
        message_id: Line<255>,
        /// When the server took it.
        at: Timestamp,
    },
    /// The recruiter was told by e-mail what was answered under the employer's name.
    ReceiptSentToRecruiter {
        /// Which answer.
        answer_id: AnswerId,
        /// The e-mail's Message-ID.
        #[schemars(extend("x-personal" = false))]
        message_id: Line<255>,
        /// When the server took it.
        at: Timestamp,
    },
    /// A letter that tells of the withdrawal left.
    WithdrawalSent {
        /// Which: to the employer, to a recruiter or to the candidate.
        letter: Letter,
        /// The e-mail's Message-ID.
        #[schemars(extend("x-personal" = false))]
        message_id: Line<255>,
        /// When the server took it.
        at: Timestamp,
    },
    /// An e-mail failed for good.
    EmailFailed {
        /// Which letter.
        letter: Letter,
        /// What the mail server said, or what went wrong; it may quote an address.
        cause: Personal<Prose<2000>>,
        /// When.
        at: Timestamp,
    },
    /// An e-mail was not sent, on purpose.
    EmailSkipped {
        /// Which letter.
        letter: Letter,
        /// Why.
        reason: SkipReason,
        /// When.
        at: Timestamp,
    },
    /// The receiving server took an e-mail.
    EmailDelivered {
        /// Its Message-ID.
        #[schemars(extend("x-personal" = false))]
        message_id: Line<255>,
        /// When, as the mail provider says.
        at: Timestamp,
    },
    /// An e-mail was opened, as far as a tracking pixel tells.
    EmailOpened {
        /// Its Message-ID.
        #[schemars(extend("x-personal" = false))]
        message_id: Line<255>,
        /// When, as the mail provider says.
        at: Timestamp,
    },
    /// A link in an e-mail was followed, by a person or by a mail scanner.
    EmailClicked {
        /// Its Message-ID.
        #[schemars(extend("x-personal" = false))]
        message_id: Line<255>,
        /// When, as the mail provider says.
        at: Timestamp,
    },
    /// An e-mail came back.
    EmailBounced {
        /// Its Message-ID.
        #[schemars(extend("x-personal" = false))]
        message_id: Line<255>,
        /// Whether the address does not work at all (a hard bounce).
        permanent: bool,
        /// What the mail provider says; it may quote an address.
        cause: Personal<Prose<2000>>,
        /// Whose fault that was; missing in events from before it was told apart.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fault: Option<Fault>,
        /// When, as the mail provider says.
        at: Timestamp,
    },
    /// The receiver called an e-mail spam.
    EmailMarkedAsSpam {
        /// Its Message-ID.
        #[schemars(extend("x-personal" = false))]
        message_id: Line<255>,
        /// When, as the mail provider says.
        at: Timestamp,
    },
    /// The mail provider did not pass an e-mail on.
    EmailBlocked {
        /// Its Message-ID.
        #[schemars(extend("x-personal" = false))]
        message_id: Line<255>,
        /// What the mail provider says; it may quote an address.
        cause: Personal<Prose<2000>>,
        /// Whose fault that was; missing in events from before it was told apart.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fault: Option<Fault>,
        /// When, as the mail provider says.
        at: Timestamp,
    },
    /// The application is in the candidate's dashboard, Memo.
    ForwardedToMemo {
        /// What Memo made of it.
        outcome: MemoOutcome,
        /// When Memo took it.
        at: Timestamp,
    },
    /// The application is in the adviser's file, AMI.
    ForwardedToAmi {
        /// When AMI took it.
        at: Timestamp,
    },
    /// An operator asked for a letter to be sent once more, with fresh links.
    ResendRequested {
        /// Names the request.
        request_id: Uuid,
        /// Which letter.
        letter: Letter,
        /// When.
        at: Timestamp,
    },
    /// The letter that an operator asked for left.
    EmailResent {
        /// Which request it answers.
        request_id: Uuid,
        /// Which letter.
        letter: Letter,
        /// The e-mail's Message-ID.
        #[schemars(extend("x-personal" = false))]
        message_id: Line<255>,
        /// When the server took it.
        at: Timestamp,
    },
    /// An operator asked for the documents to be mailed to somebody else.
    AttachmentsForwardRequested {
        /// Names the request.
        request_id: Uuid,
        /// Where to.
        recipient: Personal<EmailAddress>,
        /// When.
        at: Timestamp,
    },
    /// The documents left.
    AttachmentsForwarded {
        /// Which request it answers.
        request_id: Uuid,
        /// The e-mail's Message-ID.
        #[schemars(extend("x-personal" = false))]
        message_id: Line<255>,
        /// When the server took it.
        at: Timestamp,
    },
    /// An operator was given a fresh link to the recruiter's page.
    AnswerLinkIssued {
        /// Until when it opens.
        expires_at: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// An operator had a delayed or failed reaction tried again.
    ReactionRetried {
        /// Whose reaction.
        #[schemars(extend("x-personal" = false))]
        reactor: Line<64>,
        /// To the event at this position of the log.
        position: i64,
        /// When.
        at: Timestamp,
    },
    /// An operator put a delayed or failed reaction away.
    ReactionArchived {
        /// Whose reaction.
        #[schemars(extend("x-personal" = false))]
        reactor: Line<64>,
        /// To the event at this position of the log.
        position: i64,
        /// When.
        at: Timestamp,
    },
    /// An operator took a reaction back from the archive.
    ReactionRestored {
        /// Whose reaction.
        #[schemars(extend("x-personal" = false))]
        reactor: Line<64>,
        /// To the event at this position of the log.
        position: i64,
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
    /// The candidate wants their data, or wants to be forgotten: a link goes to their address, so that
    /// nobody else does so in their name.
    PersonalDataRequested {
        /// Names the request.
        request_id: Uuid,
        /// What the candidate wants.
        wish: Wish,
        /// When.
        at: Timestamp,
    },
    /// The link to confirm it left.
    PersonalDataLinkSent {
        /// Which request it answers.
        request_id: Uuid,
        /// The e-mail's Message-ID.
        #[schemars(extend("x-personal" = false))]
        message_id: Line<255>,
        /// When the server took it.
        at: Timestamp,
    },
    /// An operator asks for the candidate to be forgotten; another one must agree.
    ErasureRequested {
        /// Names the request, which may concern several applications.
        request_id: Uuid,
        /// Which operator.
        #[schemars(extend("x-personal" = false))]
        requested_by: Line<64>,
        /// When.
        at: Timestamp,
    },
    /// The candidate is not to be forgotten after all.
    ErasureRefused {
        /// Which request.
        request_id: Uuid,
        /// When.
        at: Timestamp,
    },
    /// The documents were deleted.
    AttachmentsDeleted {
        /// When.
        at: Timestamp,
    },
    /// The candidate was forgotten: the key that seals the personal data of this application went
    /// with this event.
    PersonalDataErased {
        /// Why.
        basis: Basis,
        /// When.
        at: Timestamp,
    },
}
