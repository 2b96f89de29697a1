//! The documents of an application, by e-mail to whom an operator names.

use async_trait::async_trait;
use domain::JobApplication;
use domain::application::{ApplicationEvent, ApplicationEventKind, RecordAttachmentsForwarded};
use event_store::Recorded;
use texts::letters::{self, ForwardedDocuments};

use crate::reaction::{Outcome, Reaction, Setback, World};
use crate::reactions::deliver::{Delivered, SUPPRESSED, deliver};
use crate::reactions::letter::{Matter, message_id};

pub(crate) struct AttachmentsForward;

const NAME: &str = "attachments_forward";

#[async_trait]
impl Reaction for AttachmentsForward {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[ApplicationEventKind::AttachmentsForwardRequested]
    }

    async fn react(
        &self,
        event: &Recorded<ApplicationEvent>,
        world: &World,
    ) -> Result<Outcome, Setback> {
        let ApplicationEvent::AttachmentsForwardRequested { request_id, recipient, at } =
            &event.event
        else {
            return Ok(Outcome::Done);
        };
        let matter = Matter::of(event, world).await?;
        let application = matter.application();
        let done = application.forwards.iter().find(|(id, _)| id == request_id);
        if done.is_some_and(|(_, delivery)| delivery.is_sent()) {
            return Ok(Outcome::Done);
        }
        let letter = letters::forwarded_documents(&ForwardedDocuments {
            submission: &application.submission,
            client_name: matter.client_name(),
            submitted_at: application.submitted_at,
        })?;
        let message_id = message_id(event, "documents", world);
        let mut email = matter.email("documents", "", recipient.reveal(), &message_id, *at, letter);
        email.files = matter.files(&world.commands).await?;
        if deliver(world, &matter, NAME, event, &email).await? == Delivered::Suppressed {
            return Ok(Outcome::Skipped(SUPPRESSED.to_owned()));
        }
        let decision = RecordAttachmentsForwarded {
            request_id: *request_id,
            message_id,
            at: world.commands.now(),
        };
        world.record(NAME, event, &decision).await?;
        Ok(Outcome::Done)
    }
}
