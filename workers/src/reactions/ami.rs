//! The application in the adviser's file, AMI: only for a candidate who came with an access token.

use async_trait::async_trait;
use domain::JobApplication;
use domain::application::{Event, EventKind, RecordForwardedToAmi};
use event_store::Recorded;
use jiff::Timestamp;

use crate::breaker::Passage;
use crate::reaction::{Outcome, Reaction, Setback, World};
use crate::reactions::letter::Matter;

pub(crate) struct Ami;

const NAME: &str = "ami";

#[async_trait]
impl Reaction for Ami {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [EventKind] {
        &[EventKind::Submitted]
    }

    fn passage(&self, world: &World, now: Timestamp) -> Passage {
        world.partners.ami.as_ref().map_or(Passage::Open, |ami| ami.passage(now))
    }

    async fn react(&self, event: &Recorded<Event>, world: &World) -> Result<Outcome, Setback> {
        let Event::Submitted { submission, .. } = &event.event else {
            return Ok(Outcome::Done);
        };
        let client = world.commands.client(&submission.client).await?;
        if !client.is_some_and(|client| client.settings.forwards_to_ami) {
            return Ok(Outcome::Done);
        }
        let matter = Matter::of(event, world).await?;
        let application = matter.application();
        if application.forwarded_to_ami_at.is_some() {
            return Ok(Outcome::Done);
        }
        let Some(token) = &application.submission.candidate.peam_access_token else {
            return Ok(Outcome::Done); // the candidate came without one: there is no file to add to
        };
        let Some(ami) = &world.partners.ami else {
            return Ok(Outcome::Skipped("no AMI service is configured".to_owned()));
        };
        ami.forward(&application.submission, token, world.commands.now()).await?;
        let decision = RecordForwardedToAmi { at: world.commands.now() };
        world.record(NAME, event, &decision).await?;
        Ok(Outcome::Done)
    }
}
