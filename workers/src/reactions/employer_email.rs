//! The application, by e-mail to the employer.

use domain::JobApplication;
use domain::application::{ApplicationEvent, ApplicationEventKind, Ending, Letter, SkipReason};
use jiff::Timestamp;

use crate::reaction::ReactionError;
use crate::reactions::letter::LetterContext;
use crate::reactions::letter_reaction::{Context as _, Leave, LetterReaction};

pub(crate) struct EmployerEmail;

impl LetterReaction for EmployerEmail {
    type Of = JobApplication;
    type Letter = Letter;

    fn name(&self) -> &'static str {
        "employer_email"
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[ApplicationEventKind::Submitted]
    }

    fn letters(&self, _: &ApplicationEvent, _: &JobApplication) -> Vec<Letter> {
        vec![Letter::Employer]
    }

    fn may_leave(
        &self,
        _: &Letter,
        context: &LetterContext,
        _: Timestamp,
    ) -> Result<Leave, ReactionError> {
        if matches!(context.state(), JobApplication::Ended(_, Ending::Withdrawn)) {
            let reason = Some(SkipReason::Withdrawn);
            return Ok(Leave::Not { reason, why: "the candidate withdrew" });
        }
        Ok(Leave::Now)
    }
}
