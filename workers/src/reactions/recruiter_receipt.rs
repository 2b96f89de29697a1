//! What was answered in the employer's name, by e-mail to the employer, with the way to undo it: mail
//! scanners have been seen to press buttons.

use domain::JobApplication;
use domain::application::{ApplicationEvent, ApplicationEventKind, Letter, SkipReason};
use jiff::Timestamp;

use crate::reaction::ReactionError;
use crate::reactions::letter::LetterContext;
use crate::reactions::letter_reaction::{Leave, LetterReaction};

pub(crate) struct RecruiterReceipt;

impl LetterReaction for RecruiterReceipt {
    type Of = JobApplication;
    type Letter = Letter;

    fn name(&self) -> &'static str {
        "recruiter_receipt"
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[
            ApplicationEventKind::InterviewProposed,
            ApplicationEventKind::InfoRequested,
            ApplicationEventKind::Rejected,
            ApplicationEventKind::Hired,
        ]
    }

    fn letters(&self, event: &ApplicationEvent, _: &JobApplication) -> Vec<Letter> {
        Vec::from_iter(event.given_answer().map(|given| Letter::Receipt { answer_id: given.id }))
    }

    fn may_leave(
        &self,
        letter: &Letter,
        context: &LetterContext,
        _: Timestamp,
    ) -> Result<Leave, ReactionError> {
        let given = letter.answer_id().and_then(|id| context.application().answer(id));
        if given.is_some_and(|given| given.undone) {
            let reason = Some(SkipReason::AnswerUndone);
            return Ok(Leave::Not { reason, why: "the recruiter took the answer back" });
        }
        Ok(Leave::Now)
    }
}
