//! The application in the adviser's file, AMI: only for a candidate who came with an access token.

use async_trait::async_trait;
use domain::JobApplication;
use domain::application::{ApplicationEvent, ApplicationEventKind, RecordForwardedToAmi};
use event_store::Recorded;
use jiff::Timestamp;

use crate::reaction::{Outcome, Reaction, ReactionError, World};
use crate::reactions::letter::LetterContext;
use integrations::Circuit;

pub(crate) struct Ami;

const NAME: &str = "ami";

#[async_trait]
impl Reaction for Ami {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[ApplicationEventKind::Submitted]
    }

    fn circuit(&self, world: &World, now: Timestamp) -> Circuit {
        world.integrations.ami.as_ref().map_or(Circuit::Closed, |ami| ami.circuit(now))
    }

    async fn react(
        &self,
        event: &Recorded<ApplicationEvent>,
        world: &World,
    ) -> Result<Outcome, ReactionError> {
        let ApplicationEvent::Submitted { submission, .. } = &event.event else {
            return Ok(Outcome::Done);
        };
        let partner = world.commands.partners().find(&submission.partner).await?;
        if !partner.is_some_and(|partner| partner.settings.forwards_to_ami) {
            return Ok(Outcome::Done);
        }
        let context = LetterContext::of(event, world).await?;
        let application = context.application();
        if application.forwarded_to_ami_at.is_some() {
            return Ok(Outcome::Done);
        }
        let Some(token) = &application.submission.candidate.peam_access_token else {
            return Ok(Outcome::Done); // the candidate came without one: there is no file to add to
        };
        let Some(ami) = &world.integrations.ami else {
            return Ok(Outcome::Skipped("no AMI service is configured".to_owned()));
        };
        ami.forward(&application.submission, token, world.commands.now()).await?;
        let decision = RecordForwardedToAmi { at: world.commands.now() };
        world.record(NAME, event, &decision).await?;
        Ok(Outcome::Done)
    }
}
