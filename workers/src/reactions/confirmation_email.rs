//! A copy of the application, by e-mail to the candidate who asked for it.

use domain::JobApplication;
use domain::application::{ApplicationEvent, ApplicationEventKind, Letter};

use crate::reactions::letter_reaction::LetterReaction;

pub(crate) struct ConfirmationEmail;

impl LetterReaction for ConfirmationEmail {
    type Of = JobApplication;
    type Letter = Letter;

    fn name(&self) -> &'static str {
        "confirmation_email"
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[ApplicationEventKind::Submitted]
    }

    fn is_called_for(&self, event: &ApplicationEvent) -> bool {
        !matches!(event, ApplicationEvent::Submitted { submission, .. } if !submission.send_confirmation)
    }

    fn letters(&self, _: &ApplicationEvent, _: &JobApplication) -> Vec<Letter> {
        vec![Letter::Confirmation]
    }
}
