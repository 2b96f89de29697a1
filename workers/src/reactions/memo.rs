//! The application in the candidate's dashboard, Memo.

use async_trait::async_trait;
use domain::JobApplication;
use domain::application::{ApplicationEvent, ApplicationEventKind, RecordForwardedToMemo};
use event_store::Recorded;
use jiff::Timestamp;

use crate::reaction::{Outcome, Reaction, ReactionError, World};
use crate::reactions::letter::LetterContext;
use integrations::Circuit;

pub(crate) struct Memo;

const NAME: &str = "memo";

#[async_trait]
impl Reaction for Memo {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        &[ApplicationEventKind::Submitted]
    }

    fn circuit(&self, world: &World, now: Timestamp) -> Circuit {
        world.integrations.memo.as_ref().map_or(Circuit::Closed, |memo| memo.circuit(now))
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
        if !partner.is_some_and(|partner| partner.settings.forwards_to_memo) {
            return Ok(Outcome::Done);
        }
        let context = LetterContext::of(event, world).await?;
        let application = context.application();
        if application.forwarded_to_memo_at.is_some() {
            return Ok(Outcome::Done);
        }
        let Some(memo) = &world.integrations.memo else {
            return Ok(Outcome::Skipped("no Memo service is configured".to_owned()));
        };
        let outcome = memo.forward(&application.submission, world.commands.now()).await?;
        let decision = RecordForwardedToMemo { outcome, at: world.commands.now() };
        world.record(NAME, event, &decision).await?;
        Ok(Outcome::Done)
    }
}
