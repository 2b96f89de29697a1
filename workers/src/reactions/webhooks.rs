//! What happens to an application, to be told to its platform's webhooks. Each post is a row of its
//! own, which the poster works off.

use async_trait::async_trait;
use domain::JobApplication;
use domain::application::{ApplicationEvent, ApplicationEventKind};
use event_store::Recorded;

use crate::reaction::{Outcome, Reaction, ReactionError, World};
use crate::reactions::letter::LetterContext;

pub(crate) struct Webhooks;

#[async_trait]
impl Reaction for Webhooks {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        "webhooks"
    }

    fn events(&self) -> &'static [ApplicationEventKind] {
        ApplicationEventKind::ALL
    }

    async fn react(
        &self,
        event: &Recorded<ApplicationEvent>,
        world: &World,
    ) -> Result<Outcome, ReactionError> {
        let kind = event.event.kind();
        if !kind.described().public || !world.commands.webhooks().any().await? {
            return Ok(Outcome::Done);
        }
        let context = LetterContext::of(event, world).await?;
        let (partner, webhooks) = (&context.partner.id, &context.partner.webhooks);
        let (id, position) = (&event.aggregate_id, event.position);
        world
            .commands
            .webhooks()
            .enqueue_posts(partner, webhooks, id, kind.as_str(), position)
            .await?;
        Ok(Outcome::Done)
    }
}
