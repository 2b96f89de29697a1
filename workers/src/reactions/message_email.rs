//! A letter that belongs to no application, by e-mail to its receiver.

use std::borrow::Cow;

use async_trait::async_trait;
use commands::{CommandError, Limit};
use domain::application::{Delivery, SkipReason};
use domain::message::{
    Message, MessageEvent, MessageEventKind, Queued, RecordMessageFailed, RecordMessageSent,
    RecordMessageSkipped,
};
use domain::partner::EmailLimits;
use domain::{Line, Personal, Prose};
use event_store::Recorded;
use jiff::Timestamp;
use uuid::Uuid;

use crate::mail::Email;
use crate::reaction::{ReactionError, World};
use crate::reactions::deliver::{Delivered, hand_over};
use crate::reactions::letter_reaction::{Context, DueLetter, LetterReaction, Record};

pub(crate) struct MessageEmail;

impl LetterReaction for MessageEmail {
    type Of = Message;
    type Letter = MessageLetter;

    fn name(&self) -> &'static str {
        "message_email"
    }

    fn events(&self) -> &'static [MessageEventKind] {
        &[MessageEventKind::MessageQueued, MessageEventKind::MessageResendRequested]
    }

    fn letters(&self, event: &MessageEvent, _: &Message) -> Vec<MessageLetter> {
        vec![MessageLetter { request_id: request(event) }]
    }
}

/// The letter itself, or the repeat of it that a request names.
pub(crate) struct MessageLetter {
    request_id: Option<Uuid>,
}

const fn request(event: &MessageEvent) -> Option<Uuid> {
    match event {
        MessageEvent::MessageResendRequested { request_id, .. } => Some(*request_id),
        _ => None,
    }
}

#[async_trait]
impl DueLetter for MessageLetter {
    type Of = Message;
    type Context = MessageContext;

    fn name(&self, _: usize) -> Cow<'static, str> {
        "message".into()
    }

    fn is_sent(&self, context: &MessageContext) -> bool {
        context.queued().delivery(self.request_id).is_ok_and(Delivery::is_sent)
    }

    async fn compose(
        &self,
        context: &MessageContext,
        _: &World,
        date: Timestamp,
        message_id: &Line<255>,
    ) -> Result<Email, ReactionError> {
        let letter = &context.queued().letter;
        Ok(Email {
            kind: "message",
            template: None,
            from_name: letter.from_name.to_string(),
            from: letter.from.clone(),
            to: letter.to.reveal().clone(),
            reply_to: letter.reply_to.as_ref().map(|to| to.reveal().clone()),
            unsubscribe: letter.unsubscribe.as_ref().map(|url| url.reveal().to_string()),
            message_id: message_id.to_string(),
            in_reply_to: None,
            language: letter.language,
            date,
            letter: texts::Letter {
                subject: letter.subject.reveal().to_string(),
                text: letter.text.reveal().to_string(),
                html: letter.html.reveal().to_string(),
                calendar: None,
            },
            files: vec![],
        })
    }

    fn sent(&self, message_id: Line<255>, at: Timestamp) -> Record<Message> {
        Box::new(RecordMessageSent { request_id: self.request_id, message_id, at })
    }

    fn skipped(&self, reason: SkipReason, at: Timestamp) -> Option<Record<Message>> {
        Some(Box::new(RecordMessageSkipped { request_id: self.request_id, reason, at }))
    }

    fn failed(
        &self,
        _: &Message,
        cause: Personal<Prose<2000>>,
        at: Timestamp,
    ) -> Option<Record<Message>> {
        Some(Box::new(RecordMessageFailed { request_id: self.request_id, cause, at }))
    }
}

/// A message whose receiver was not forgotten.
pub(crate) struct MessageContext(Message);

impl MessageContext {
    fn queued(&self) -> &Queued {
        self.0.known().expect("it was known when this was made")
    }
}

#[async_trait]
impl Context for MessageContext {
    type Of = Message;

    async fn load(event: &Recorded<MessageEvent>, world: &World) -> Result<Self, ReactionError> {
        let message: Message = world.commands.state_of(&event.aggregate_id).await?;
        let queued = message.known().map_err(CommandError::Refused)?;
        queued.delivery(request(&event.event)).map_err(CommandError::Refused)?;
        Ok(Self(message))
    }

    fn state(&self) -> &Message {
        &self.0
    }

    async fn deliver(
        &self,
        world: &World,
        reactor: &'static str,
        event: &Recorded<MessageEvent>,
        email: &Email,
    ) -> Result<Delivered, ReactionError> {
        if world.commands.suppressions().find(&email.to).await?.is_some() {
            return Ok(Delivered::Suppressed);
        }
        let limits = [Limit::of_recipient(&email.to, EmailLimits::per_recipient())];
        let kind = &self.queued().letter.kind;
        hand_over(world, reactor, event, kind.as_str(), &limits, email).await?;
        Ok(Delivered::Sent)
    }
}
