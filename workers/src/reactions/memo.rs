//! The application in the candidate's dashboard, Memo.

use async_trait::async_trait;
use domain::JobApplication;
use domain::application::{Event, EventKind, RecordForwardedToMemo};
use event_store::Recorded;
use jiff::Timestamp;

use crate::breaker::Passage;
use crate::reaction::{Outcome, Reaction, Setback, World};
use crate::reactions::letter::Matter;

pub(crate) struct Memo;

const NAME: &str = "memo";

#[async_trait]
impl Reaction for Memo {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [EventKind] {
        &[EventKind::Submitted]
    }

    fn passage(&self, world: &World, now: Timestamp) -> Passage {
        world.partners.memo.as_ref().map_or(Passage::Open, |memo| memo.passage(now))
    }

    async fn react(&self, event: &Recorded<Event>, world: &World) -> Result<Outcome, Setback> {
        let Event::Submitted { submission, .. } = &event.event else {
            return Ok(Outcome::Done);
        };
        let client = world.commands.client(&submission.client).await?;
        if !client.is_some_and(|client| client.settings.forwards_to_memo) {
            return Ok(Outcome::Done);
        }
        let matter = Matter::of(event, world).await?;
        let application = matter.application();
        if application.forwarded_to_memo_at.is_some() {
            return Ok(Outcome::Done);
        }
        let Some(memo) = &world.partners.memo else {
            return Ok(Outcome::Skipped("no Memo service is configured".to_owned()));
        };
        let outcome = memo.forward(&application.submission, world.commands.now()).await?;
        let decision = RecordForwardedToMemo { outcome, at: world.commands.now() };
        world.record(NAME, event, &decision).await?;
        Ok(Outcome::Done)
    }
}
