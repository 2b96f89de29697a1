//! What happens to an application, to be told to its platform's webhooks. Each post is a row of its
//! own, which the poster works off.

use async_trait::async_trait;
use domain::JobApplication;
use domain::application::{Event, EventKind};
use event_store::Recorded;

use crate::reaction::{Outcome, Reaction, Setback, World};
use crate::reactions::letter::Matter;

pub(crate) struct Webhooks;

#[async_trait]
impl Reaction for Webhooks {
    type Of = JobApplication;

    fn name(&self) -> &'static str {
        "webhooks"
    }

    fn events(&self) -> &'static [EventKind] {
        EventKind::ALL
    }

    async fn react(&self, event: &Recorded<Event>, world: &World) -> Result<Outcome, Setback> {
        let kind = event.event.kind();
        if !kind.described().public || !world.commands.any_webhook().await? {
            return Ok(Outcome::Done);
        }
        let matter = Matter::of(event, world).await?;
        let (client, webhooks) = (&matter.client.id, &matter.client.webhooks);
        let (id, position) = (&event.aggregate_id, event.position);
        world.commands.enqueue_posts(client, webhooks, id, kind.as_str(), position).await?;
        Ok(Outcome::Done)
    }
}
