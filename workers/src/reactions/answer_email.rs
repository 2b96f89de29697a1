//! The recruiter's answer, by e-mail to the candidate, once it can no longer be undone.

use domain::JobApplication;
use domain::application::{ApplicationEvent, ApplicationEventKind, Letter, SkipReason, Successor};
use jiff::Timestamp;

use crate::reaction::ReactionError;
use crate::reactions::letter::LetterContext;
use crate::reactions::letter_reaction::{Leave, LetterReaction};

pub(crate) struct AnswerEmail;

impl LetterReaction for AnswerEmail {
    type Of = JobApplication;
    type Letter = Letter;

    fn name(&self) -> &'static str {
        "answer_email"
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
        Vec::from_iter(event.given_answer().map(|given| Letter::Answer { answer_id: given.id }))
    }

    fn may_leave(
        &self,
        letter: &Letter,
        context: &LetterContext,
        now: Timestamp,
    ) -> Result<Leave, ReactionError> {
        let given = letter.answer_id().and_then(|id| context.application().answer(id));
        let Some(given) = given else { return Ok(Leave::Now) };
        if given.is_within_undo_window(now) {
            let why = "the recruiter may still undo it";
            return Err(ReactionError::until(given.undo_until, why));
        }
        if given.undone {
            return Ok(Leave::Not { reason: None, why: "the recruiter took the answer back" });
        }
        match context.application().successor(given) {
            None => Ok(Leave::Now),
            Some(Successor::Answer(later)) if later.is_within_undo_window(now) => {
                let why = "a later answer takes its place, unless the recruiter undoes that";
                Err(ReactionError::until(later.undo_until, why))
            }
            Some(Successor::Answer(_)) => {
                let why = "a later answer took its place before it left";
                Ok(Leave::Not { reason: Some(SkipReason::Superseded), why })
            }
            Some(Successor::Withdrawal(_)) => {
                let why = "the candidate withdrew before it left";
                Ok(Leave::Not { reason: Some(SkipReason::Withdrawn), why })
            }
        }
    }
}
