//! A letter that belongs to no application, by e-mail to its receiver.

use async_trait::async_trait;
use commands::{CommandError, Limit};
use domain::application::SkipReason;
use domain::message::{
    Message, MessageEvent, MessageEventKind, MessageRefusal, OutgoingLetter, RecordMessageFailed,
    RecordMessageSent, RecordMessageSkipped,
};
use domain::partner::EmailLimits;
use domain::{Line, Personal, Prose};
use event_store::Recorded;
use jiff::Timestamp;
use uuid::Uuid;

use crate::mail::Email;
use crate::reaction::{Outcome, Reaction, Setback, Trouble, World};
use crate::reactions::deliver::{SUPPRESSED, hand_over};
use crate::reactions::letter::message_id;

pub(crate) struct MessageEmail;

const NAME: &str = "message_email";

#[async_trait]
impl Reaction for MessageEmail {
    type Of = Message;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [MessageEventKind] {
        &[MessageEventKind::MessageQueued, MessageEventKind::MessageResendRequested]
    }

    async fn react(
        &self,
        event: &Recorded<MessageEvent>,
        world: &World,
    ) -> Result<Outcome, Setback> {
        let no_id = || Setback::Never { trouble: Trouble::new("the event's id is not a UUID") };
        let id = event.aggregate_id.parse().map_err(|_| no_id())?;
        let state = world.commands.message(id).await?.state;
        let queued = state.known().map_err(CommandError::Refused)?;
        let request_id = request(event);
        let delivery = queued.delivery(request_id).map_err(CommandError::Refused)?;
        if delivery.is_sent() {
            return Ok(Outcome::Done);
        }
        let letter = &queued.letter;
        let to = letter.to.reveal();
        if world.commands.suppression(to).await?.is_some() {
            let (reason, at) = (SkipReason::Suppressed, world.commands.now());
            world.record(NAME, event, &RecordMessageSkipped { request_id, reason, at }).await?;
            return Ok(Outcome::Skipped(SUPPRESSED.to_owned()));
        }
        let message_id = message_id(event, "message", world);
        let email = email(letter, &message_id, event.event.at());
        let limits = [Limit::of_recipient(to, EmailLimits::per_recipient())];
        hand_over(world, NAME, event, letter.kind.as_str(), &limits, &email).await?;
        let at = world.commands.now();
        world.record(NAME, event, &RecordMessageSent { request_id, message_id, at }).await?;
        Ok(Outcome::Done)
    }

    async fn give_up(
        &self,
        event: &Recorded<MessageEvent>,
        world: &World,
        cause: Personal<Prose<2000>>,
    ) -> Result<(), CommandError<MessageRefusal>> {
        let (request_id, at) = (request(event), world.commands.now());
        world.record(NAME, event, &RecordMessageFailed { request_id, cause, at }).await
    }
}

/// Which repeat is to be sent; the letter itself otherwise.
const fn request(event: &Recorded<MessageEvent>) -> Option<Uuid> {
    match &event.event {
        MessageEvent::MessageResendRequested { request_id, .. } => Some(*request_id),
        _ => None,
    }
}

fn email(letter: &OutgoingLetter, message_id: &Line<255>, date: Timestamp) -> Email {
    Email {
        kind: "message",
        template: None,
        from_name: letter.from_name.to_string(),
        from: letter.from.clone(),
        to: letter.to.reveal().clone(),
        reply_to: letter.reply_to.as_ref().map(|to| to.reveal().clone()),
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
    }
}
