//! A copy of the application, by e-mail to the candidate who asked for it.

use async_trait::async_trait;
use commands::CommandError;
use domain::application::{
    ApplicationEvent, ApplicationEventKind, Letter, RecordConfirmed, RecordEmailFailed,
};
use domain::{ApplicationRefusal, JobApplication, Personal, Prose};
use event_store::Recorded;

use crate::reaction::{Outcome, Reaction, Setback, World};
use crate::reactions::compose::compose;
use crate::reactions::deliver::{Delivered, deliver, suppressed};
use crate::reactions::letter::{Matter, message_id};

pub(crate) struct ConfirmationEmail;

const NAME: &str = "confirmation_email";

#[async_trait]
impl Reaction for ConfirmationEmail {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[ApplicationEventKind::Submitted]
    }

    async fn react(
        &self,
        event: &Recorded<ApplicationEvent>,
        world: &World,
    ) -> Result<Outcome, Setback> {
        if let ApplicationEvent::Submitted { submission, .. } = &event.event
            && !submission.send_confirmation
        {
            return Ok(Outcome::Done); // not asked for: nothing to keep
        }
        let matter = Matter::of(event, world).await?;
        let application = matter.application();
        if application.confirmation.is_sent() {
            return Ok(Outcome::Done);
        }
        let message_id = message_id(event, "confirmation", world);
        let (letter, from) = (Letter::Confirmation, application.submitted_at);
        let email = compose(world, &matter, letter, from, &message_id).await?;
        if deliver(world, &matter, NAME, event, &email).await? == Delivered::Suppressed {
            return suppressed(world, NAME, event, letter).await;
        }
        let decision = RecordConfirmed { message_id, at: world.commands.now() };
        world.record(NAME, event, &decision).await?;
        Ok(Outcome::Done)
    }

    async fn give_up(
        &self,
        event: &Recorded<ApplicationEvent>,
        world: &World,
        cause: Personal<Prose<2000>>,
    ) -> Result<(), CommandError<ApplicationRefusal>> {
        let letter = Letter::Confirmation;
        let decision = RecordEmailFailed { letter, cause, at: world.commands.now() };
        world.record(NAME, event, &decision).await
    }
}
