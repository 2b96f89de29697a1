//! A recruiter answers.

use domain::application::{Answer, Evidence, GiveAnswer, UndoAnswer};
use domain::{ApplicationRefusal, JobApplication};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::facades::Applications;
use crate::{AnswerTicket, Cause, CommandError, Receipt};

/// An answer with the ticket of its preview.
#[derive(Clone, Debug)]
pub struct AnswerRequest {
    /// What is answered.
    pub answer: Answer,
    /// The one-time ticket that the preview handed out.
    pub ticket: AnswerTicket,
    /// What speaks for a person answering.
    pub evidence: Option<Evidence>,
    /// How long it may be undone; its e-mail leaves after that.
    pub undo_window: SignedDuration,
}

impl Applications<'_> {
    /// Gives an answer once, however often it is sent. Of several answers given to the same state
    /// of an application, one wins; the others are refused with [`ApplicationRefusal::AnsweredMeanwhile`] or
    /// with how the application ended.
    pub async fn answer(
        self,
        request: AnswerRequest,
        cause: &Cause,
    ) -> Result<Receipt<JobApplication>, CommandError<ApplicationRefusal>> {
        let at = self.clock.now();
        let decision = GiveAnswer {
            id: request.ticket.answer_id,
            answer: request.answer,
            answers_seen: request.ticket.answers_seen,
            evidence: request.evidence,
            undo_until: at.saturating_add(request.undo_window).unwrap_or(at),
            at,
        };
        self.perform(&request.ticket.application_id.to_string(), &decision, cause).await
    }

    /// Takes an answer back while its e-mail has not left.
    pub async fn undo_answer(
        self,
        application_id: Uuid,
        answer_id: domain::application::AnswerId,
        cause: &Cause,
    ) -> Result<Receipt<JobApplication>, CommandError<ApplicationRefusal>> {
        let decision = UndoAnswer { id: answer_id, at: self.clock.now() };
        self.perform(&application_id.to_string(), &decision, cause).await
    }
}
