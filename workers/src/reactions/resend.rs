//! A letter once more, because an operator asked for it: with fresh links and a Message-ID of its
//! own.

use async_trait::async_trait;
use domain::JobApplication;
use domain::application::{ApplicationEvent, ApplicationEventKind, RecordResent};
use event_store::Recorded;

use crate::reaction::{Outcome, Reaction, Setback, World};
use crate::reactions::compose::compose;
use crate::reactions::deliver::{Delivered, SUPPRESSED, deliver};
use crate::reactions::letter::{Matter, message_id};

pub(crate) struct Resend;

const NAME: &str = "resend";

#[async_trait]
impl Reaction for Resend {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[ApplicationEventKind::ResendRequested]
    }

    async fn react(
        &self,
        event: &Recorded<ApplicationEvent>,
        world: &World,
    ) -> Result<Outcome, Setback> {
        let ApplicationEvent::ResendRequested { request_id, letter, at } = event.event else {
            return Ok(Outcome::Done);
        };
        let matter = Matter::of(event, world).await?;
        if matter.application().resend(request_id).is_some_and(|it| it.delivery.is_sent()) {
            return Ok(Outcome::Done);
        }
        if !letter.is_for_candidate() && !matter.partner.settings.mails_employers {
            let why = "this client platform does not mail employers for real";
            return Ok(Outcome::Skipped(why.to_owned()));
        }
        let message_id = message_id(event, letter.name(), world);
        let email = compose(world, &matter, letter, at, &message_id).await?;
        if deliver(world, &matter, NAME, event, &email).await? == Delivered::Suppressed {
            return Ok(Outcome::Skipped(SUPPRESSED.to_owned()));
        }
        let decision = RecordResent { request_id, message_id, at: world.commands.now() };
        world.record(NAME, event, &decision).await?;
        Ok(Outcome::Done)
    }
}
