//! The link with which a candidate confirms what they want of their data, to their own address.

use std::borrow::Cow;

use async_trait::async_trait;
use commands::LinkPurpose;
use domain::application::{
    ApplicationEvent, ApplicationEventKind, RecordPersonalDataLinkSent, Wish,
};
use domain::{JobApplication, Line};
use jiff::Timestamp;
use texts::letters;
use uuid::Uuid;

use crate::mail::Email;
use crate::reaction::{ReactionError, World};
use crate::reactions::letter::{LetterContext, Paths};
use crate::reactions::letter_reaction::{DueLetter, LetterReaction, Record};

pub(crate) struct PersonalDataLink;

impl LetterReaction for PersonalDataLink {
    type Of = JobApplication;
    type Letter = Link;

    fn name(&self) -> &'static str {
        "personal_data_link"
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[ApplicationEventKind::PersonalDataRequested]
    }

    fn letters(&self, event: &ApplicationEvent, _: &JobApplication) -> Vec<Link> {
        match *event {
            ApplicationEvent::PersonalDataRequested { request_id, wish, .. } => {
                vec![Link { request_id, wish }]
            }
            _ => vec![],
        }
    }
}

/// The letter with such a link.
pub(crate) struct Link {
    request_id: Uuid,
    wish: Wish,
}

#[async_trait]
impl DueLetter for Link {
    type Of = JobApplication;
    type Context = LetterContext;

    fn name(&self, _: usize) -> Cow<'static, str> {
        "data".into()
    }

    fn is_sent(&self, context: &LetterContext) -> bool {
        let requests = &context.application().data_requests;
        let request = requests.iter().find(|it| it.request_id == self.request_id);
        request.is_some_and(|request| request.delivery.is_sent())
    }

    async fn compose(
        &self,
        context: &LetterContext,
        world: &World,
        date: Timestamp,
        message_id: &Line<255>,
    ) -> Result<Email, ReactionError> {
        let purpose = match self.wish {
            Wish::Export => LinkPurpose::Export,
            Wish::Erasure => LinkPurpose::Erasure,
        };
        let submission = &context.application().submission;
        let letter = letters::personal_data_link(&letters::PersonalDataLink {
            submission,
            client_name: context.client_name(),
            wish: self.wish,
            url: &Paths::new(world, context.id, date).personal_data(purpose),
        })?;
        let to = submission.candidate.email.reveal();
        Ok(context.email("personal_data", "", to, message_id, date, letter))
    }

    fn sent(&self, message_id: Line<255>, at: Timestamp) -> Record<JobApplication> {
        Box::new(RecordPersonalDataLinkSent { request_id: self.request_id, message_id, at })
    }
}
