//! The link with which a candidate confirms what they want of their data, to their own address.

use async_trait::async_trait;
use commands::LinkPurpose;
use domain::JobApplication;
use domain::application::{
    ApplicationEvent, ApplicationEventKind, RecordPersonalDataLinkSent, Wish,
};
use event_store::Recorded;
use texts::letters;

use crate::reaction::{Outcome, Reaction, Setback, World};
use crate::reactions::deliver::{Delivered, SUPPRESSED, deliver};
use crate::reactions::letter::{Matter, Paths, message_id};

pub(crate) struct PersonalDataLink;

const NAME: &str = "personal_data_link";

#[async_trait]
impl Reaction for PersonalDataLink {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[ApplicationEventKind::PersonalDataRequested]
    }

    async fn react(
        &self,
        event: &Recorded<ApplicationEvent>,
        world: &World,
    ) -> Result<Outcome, Setback> {
        let ApplicationEvent::PersonalDataRequested { request_id, wish, at } = &event.event else {
            return Ok(Outcome::Done);
        };
        let matter = Matter::of(event, world).await?;
        let application = matter.application();
        let asked = application.data_requests.iter().find(|it| it.request_id == *request_id);
        if asked.is_some_and(|asked| asked.delivery.is_sent()) {
            return Ok(Outcome::Done);
        }
        let person = match wish {
            Wish::Export => LinkPurpose::Export,
            Wish::Erasure => LinkPurpose::Erasure,
        };
        let letter = letters::personal_data_link(&letters::PersonalDataLink {
            submission: &application.submission,
            client_name: matter.client_name(),
            wish: *wish,
            url: &Paths::new(world, matter.id, *at).personal_data(person),
        })?;
        let message_id = message_id(event, "data", world);
        let to = application.submission.candidate.email.reveal();
        let email = matter.email("personal_data", "", to, &message_id, *at, letter);
        if deliver(world, &matter, NAME, event, &email).await? == Delivered::Suppressed {
            return Ok(Outcome::Skipped(SUPPRESSED.to_owned()));
        }
        let (request_id, at) = (*request_id, world.commands.now());
        let decision = RecordPersonalDataLinkSent { request_id, message_id, at };
        world.record(NAME, event, &decision).await?;
        Ok(Outcome::Done)
    }
}
