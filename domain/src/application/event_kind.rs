//! The kinds of an application's events: what readers ask for by name.

use crate::application::{Answer, ApplicationEvent, Delivery, GivenAnswer, earlier};

events! {
    ApplicationEventKind of ApplicationEvent upcast from earlier::VERSIONS;
    Submitted version 2 public,
    SentToEmployer public,
    ConfirmedToCandidate public,
    InterviewProposed public,
    InfoRequested public,
    Rejected public,
    Hired public,
    AnswerUndone public,
    AnswerSentToCandidate public,
    ReceiptSentToRecruiter,
    WithdrawalSent,
    EmailFailed version 2 public,
    EmailSkipped version 2 public,
    EmailDelivered public,
    EmailOpened public,
    EmailClicked public,
    EmailBounced public,
    EmailMarkedAsSpam public,
    EmailBlocked public,
    ForwardedToMemo version 2 public,
    ForwardedToAmi public,
    ResendRequested version 2,
    EmailResent version 2 public,
    AttachmentsForwardRequested,
    AttachmentsForwarded,
    AnswerLinkIssued,
    ReactionRetried,
    ReactionArchived,
    ReactionRestored,
    Withdrawn public,
    PersonalDataRequested,
    PersonalDataLinkSent,
    ErasureRequested,
    ErasureRefused,
    AttachmentsDeleted public,
    PersonalDataErased public erases,
}

impl ApplicationEvent {
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
