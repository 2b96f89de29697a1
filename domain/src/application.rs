//! One job application: its history, what may be decided about it, and its payloads.
//!
//! The files of decisions: [`Submit`], [`GiveAnswer`], [`UndoAnswer`], [`Withdraw`] and the records
//! of what the reactions did ([`RecordSentToEmployer`] and its neighbours).

mod answer;
mod answer_draft;
mod event;
mod give_answer;
mod history;
mod record_employer_email;
mod record_letter;
mod refusal;
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
pub use event::{CandidateLetter, Event, EventKind, SkipReason};
pub use give_answer::GiveAnswer;
pub use history::{Application, Delivery, Ending, GivenAnswer, JobApplication, Status};
pub use record_employer_email::{
    RecordEmployerEmailFailed, RecordEmployerEmailSkipped, RecordSentToEmployer,
};
pub use record_letter::{
    RecordAnswerSent, RecordCandidateEmailFailed, RecordConfirmed, RecordReceiptSent,
};
pub use refusal::Refusal;
pub use submission::{Attachment, Candidate, Employer, Submission};
pub use submission_draft::SubmissionDraft;
pub use submit::Submit;
pub use undo_answer::UndoAnswer;
pub use withdraw::Withdraw;
