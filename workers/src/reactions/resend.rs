//! A letter once more, because an operator asked for it: with fresh links and a Message-ID of its
//! own.

use std::borrow::Cow;

use async_trait::async_trait;
use domain::application::{ApplicationEvent, ApplicationEventKind, Letter, RecordResent};
use domain::{JobApplication, Line};
use jiff::Timestamp;
use uuid::Uuid;

use crate::mail::Email;
use crate::reaction::{ReactionError, World};
use crate::reactions::compose::compose;
use crate::reactions::letter::LetterContext;
use crate::reactions::letter_reaction::{DueLetter, LetterReaction, Record};

pub(crate) struct Resend;

impl LetterReaction for Resend {
    type Of = JobApplication;
    type Letter = Repeat;

    fn name(&self) -> &'static str {
        "resend"
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[ApplicationEventKind::ResendRequested]
    }

    fn letters(&self, event: &ApplicationEvent, _: &JobApplication) -> Vec<Repeat> {
        match *event {
            ApplicationEvent::ResendRequested { request_id, letter, .. } => {
                vec![Repeat { request_id, letter }]
            }
            _ => vec![],
        }
    }
}

/// A letter that is to be sent once more.
pub(crate) struct Repeat {
    request_id: Uuid,
    letter: Letter,
}

#[async_trait]
impl DueLetter for Repeat {
    type Of = JobApplication;
    type Context = LetterContext;

    fn name(&self, _: usize) -> Cow<'static, str> {
        self.letter.name().into()
    }

    fn is_sent(&self, context: &LetterContext) -> bool {
        let repeat = context.application().resend(self.request_id);
        repeat.is_some_and(|it| it.delivery.is_sent())
    }

    fn is_withheld(&self, context: &LetterContext) -> bool {
        context.withholds(self.letter)
    }

    async fn compose(
        &self,
        context: &LetterContext,
        world: &World,
        date: Timestamp,
        message_id: &Line<255>,
    ) -> Result<Email, ReactionError> {
        compose(world, context, self.letter, date, message_id).await
    }

    fn sent(&self, message_id: Line<255>, at: Timestamp) -> Record<JobApplication> {
        Box::new(RecordResent { request_id: self.request_id, message_id, at })
    }
}
