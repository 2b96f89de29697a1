//! When the answer is no.

use thiserror::Error;

/// Why something may not happen to an application. `Display` is an English sentence for a person;
/// `code` keys translations and the `type` of problem details.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ApplicationRefusal {
    /// There is no such application.
    #[error("There is no such application.")]
    NotFound,
    /// The same id was submitted already.
    #[error("This application was already submitted.")]
    AlreadySubmitted,
    /// The candidate took it back.
    #[error("The candidate withdrew this application, so it can no longer be answered.")]
    Withdrawn,
    /// It was rejected.
    #[error("This application was already rejected, so nothing more can happen to it.")]
    Rejected,
    /// The candidate was hired.
    #[error("The candidate was already hired, so nothing more can happen to this application.")]
    Hired,
    /// Somebody answered between the form and its sending.
    #[error(
        "This application was answered in the meantime. Read that answer before you give another."
    )]
    AnsweredMeanwhile,
    /// The proposed date has passed by the time the answer is sent.
    #[error("The proposed date has passed. Choose a date and time in the future.")]
    PastInterview,
    /// Only the latest answer may be undone, while its e-mail has not left.
    #[error("This answer can no longer be undone: its e-mail has left, or a newer answer exists.")]
    UndoTooLate,
    /// There is no answer with that id.
    #[error("There is no such answer.")]
    NoSuchAnswer,
    /// What never left is not sent again.
    #[error("This e-mail has not been sent yet. Retry its reaction instead.")]
    NotSentYet,
    /// An operator's request with that id is not known.
    #[error("There is no such request.")]
    NoSuchRequest,
    /// The candidate was forgotten.
    #[error("The personal data of this application were erased, so nothing more can happen to it.")]
    Erased,
    /// The documents were kept as long as they may be.
    #[error("The documents of this application were deleted: they are kept for a limited time.")]
    AttachmentsDeleted,
    /// Who asked for it may not agree to it.
    #[error("Another operator must agree to this erasure: the one who asked for it may not.")]
    SecondPersonNeeded,
    /// Enough links were sent.
    #[error("Too many links were asked for. Use the latest one, or write to us.")]
    TooManyRequests,
    /// There is nothing to forward.
    #[error("This application has no documents.")]
    NoAttachments,
}

impl crate::Refused for ApplicationRefusal {
    fn is_erased(&self) -> bool {
        *self == Self::Erased
    }
}

impl ApplicationRefusal {
    /// A stable name in snake case.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::AlreadySubmitted => "already_submitted",
            Self::Withdrawn => "withdrawn",
            Self::Rejected => "rejected",
            Self::Hired => "hired",
            Self::AnsweredMeanwhile => "answered_meanwhile",
            Self::PastInterview => "past_interview",
            Self::UndoTooLate => "undo_too_late",
            Self::NoSuchAnswer => "no_such_answer",
            Self::NotSentYet => "not_sent_yet",
            Self::NoSuchRequest => "no_such_request",
            Self::NoAttachments => "no_attachments",
            Self::Erased => "erased",
            Self::AttachmentsDeleted => "attachments_deleted",
            Self::SecondPersonNeeded => "second_person_needed",
            Self::TooManyRequests => "too_many_requests",
        }
    }
}
