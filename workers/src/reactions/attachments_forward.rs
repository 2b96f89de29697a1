//! The documents of an application, by e-mail to whom an operator names.

use std::borrow::Cow;

use async_trait::async_trait;
use domain::application::{ApplicationEvent, ApplicationEventKind, RecordAttachmentsForwarded};
use domain::{EmailAddress, JobApplication, Line, Personal};
use jiff::Timestamp;
use texts::letters::{self, ForwardedDocuments};
use uuid::Uuid;

use crate::mail::Email;
use crate::reaction::{ReactionError, World};
use crate::reactions::letter::LetterContext;
use crate::reactions::letter_reaction::{DueLetter, LetterReaction, Record};

pub(crate) struct AttachmentsForward;

impl LetterReaction for AttachmentsForward {
    type Of = JobApplication;
    type Letter = Documents;

    fn name(&self) -> &'static str {
        "attachments_forward"
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[ApplicationEventKind::AttachmentsForwardRequested]
    }

    fn letters(&self, event: &ApplicationEvent, _: &JobApplication) -> Vec<Documents> {
        match event {
            ApplicationEvent::AttachmentsForwardRequested { request_id, recipient, .. } => {
                vec![Documents { request_id: *request_id, recipient: recipient.clone() }]
            }
            _ => vec![],
        }
    }
}

/// The letter with the documents.
pub(crate) struct Documents {
    request_id: Uuid,
    recipient: Personal<EmailAddress>,
}

#[async_trait]
impl DueLetter for Documents {
    type Of = JobApplication;
    type Context = LetterContext;

    fn name(&self, _: usize) -> Cow<'static, str> {
        "documents".into()
    }

    fn is_sent(&self, context: &LetterContext) -> bool {
        let forwards = &context.application().forwards;
        let forward = forwards.iter().find(|(id, _)| *id == self.request_id);
        forward.is_some_and(|(_, delivery)| delivery.is_sent())
    }

    async fn compose(
        &self,
        context: &LetterContext,
        world: &World,
        date: Timestamp,
        message_id: &Line<255>,
    ) -> Result<Email, ReactionError> {
        let letter = letters::forwarded_documents(&ForwardedDocuments {
            submission: &context.application().submission,
            client_name: context.client_name(),
            submitted_at: context.application().submitted_at,
        })?;
        let to = self.recipient.reveal();
        let mut email = context.email("documents", "", to, message_id, date, letter);
        email.files = context.files(&world.commands).await?;
        Ok(email)
    }

    fn sent(&self, message_id: Line<255>, at: Timestamp) -> Record<JobApplication> {
        Box::new(RecordAttachmentsForwarded { request_id: self.request_id, message_id, at })
    }
}
