//! The letters about an application as reactions send them, each once: how they are recorded.

use std::borrow::Cow;

use async_trait::async_trait;
use domain::application::{
    Delivery, Letter, RecordAnswerSent, RecordConfirmed, RecordEmailFailed, RecordEmailSkipped,
    RecordReceiptSent, RecordSentToEmployer, RecordWithdrawalSent, SkipReason,
};
use domain::{JobApplication, Line, Personal, Prose};
use jiff::Timestamp;

use crate::mail::Email;
use crate::reaction::{ReactionError, World};
use crate::reactions::compose::compose;
use crate::reactions::letter::LetterContext;
use crate::reactions::letter_reaction::{DueLetter, Record};

#[async_trait]
impl DueLetter for Letter {
    type Of = JobApplication;
    type Context = LetterContext;

    fn name(&self, nth: usize) -> Cow<'static, str> {
        match self {
            Self::RecruiterWithdrawal { .. } if nth > 0 => format!("recruiter-{}", nth + 1).into(),
            Self::RecruiterWithdrawal { .. } => "recruiter".into(),
            letter => Self::name(*letter).into(),
        }
    }

    fn is_sent(&self, context: &LetterContext) -> bool {
        context.application().delivery(*self).is_some_and(Delivery::is_sent)
    }

    fn is_withheld(&self, context: &LetterContext) -> bool {
        context.withholds(*self)
    }

    async fn compose(
        &self,
        context: &LetterContext,
        world: &World,
        date: Timestamp,
        message_id: &Line<255>,
    ) -> Result<Email, ReactionError> {
        compose(world, context, *self, date, message_id).await
    }

    fn sent(&self, message_id: Line<255>, at: Timestamp) -> Record<JobApplication> {
        match *self {
            Self::Employer => Box::new(RecordSentToEmployer { message_id, at }),
            Self::Confirmation => Box::new(RecordConfirmed { message_id, at }),
            Self::Answer { answer_id } => Box::new(RecordAnswerSent { answer_id, message_id, at }),
            Self::Receipt { answer_id } => {
                Box::new(RecordReceiptSent { answer_id, message_id, at })
            }
            letter @ (Self::Withdrawal | Self::RecruiterWithdrawal { .. } | Self::Cancellation) => {
                Box::new(RecordWithdrawalSent { letter, message_id, at })
            }
        }
    }

    fn skipped(&self, reason: SkipReason, at: Timestamp) -> Option<Record<JobApplication>> {
        Some(Box::new(RecordEmailSkipped { letter: *self, reason, at }))
    }

    fn failed(
        &self,
        state: &JobApplication,
        cause: Personal<Prose<2000>>,
        at: Timestamp,
    ) -> Option<Record<JobApplication>> {
        // It may be one of several: those that have their outcome keep it.
        if self.is_of_withdrawal() {
            let application = state.known().ok()?;
            application.delivery(*self).filter(|it| **it == Delivery::Pending)?;
        }
        Some(Box::new(RecordEmailFailed { letter: *self, cause, at }))
    }
}
