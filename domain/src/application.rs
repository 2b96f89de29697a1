//! One job application: its history, what may be decided about it, and its payloads.
//!
//! The files of decisions: [`Submit`], [`GiveAnswer`], [`UndoAnswer`], [`Withdraw`], what operators
//! ask for ([`RequestResend`] and its neighbours), what becomes of the candidate's data
//! ([`ErasePersonalData`] and its neighbours) and the records of what the reactions did
//! ([`RecordSentToEmployer`] and its neighbours).

mod answer;
mod answer_draft;
mod deliveries;
mod earlier;
mod event;
mod event_kind;
mod forget;
mod forward;
mod give_answer;
mod history;
mod letter;
mod meeting;
mod operate;
mod record_letter;
mod refusal;
mod report;
mod status;
mod submission;
mod submission_draft;
mod submit;
mod undo_answer;
mod withdraw;

pub use answer::{
    Answer, AnswerId, AnswerKind, Evidence, Hire, InfoRequest, Interview, Place, Recruiter,
    Rejection, RejectionReason,
};
pub use answer_draft::AnswerDraft;
pub use event::ApplicationEvent;
pub use event_kind::ApplicationEventKind;
pub use forget::{
    Basis, DataRequest, DeleteAttachments, ErasePersonalData, ErasureRequest,
    RecordPersonalDataLinkSent, RefuseErasure, RequestErasure, RequestPersonalData, Wish,
};
pub use forward::{MemoOutcome, RecordForwardedToAmi, RecordForwardedToMemo};
pub use give_answer::GiveAnswer;
pub use history::{Application, Ending, GivenAnswer, JobApplication};
pub use letter::{Delivery, Letter, Resend, SkipReason};
pub use meeting::{Meeting, Successor};
pub use operate::{
    IssueAnswerLink, ReactionAct, RecordAttachmentsForwarded, RecordReactionAct, RecordResent,
    RequestAttachmentsForward, RequestResend,
};
pub use record_letter::{
    RecordAnswerSent, RecordConfirmed, RecordEmailFailed, RecordEmailSkipped, RecordReceiptSent,
    RecordSentToEmployer, RecordWithdrawalSent,
};
pub use refusal::ApplicationRefusal;
pub use report::{RecordReport, Report, ReportKind, Reported};
pub use status::ApplicationStatus;
pub use submission::{Attachment, Candidate, Employer, Submission};
pub use submission_draft::SubmissionDraft;
pub use submit::Submit;
pub use undo_answer::UndoAnswer;
pub use withdraw::Withdraw;
