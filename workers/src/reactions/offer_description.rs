//! The description of an offer that has a page and says nothing of itself: what its page says, in four parts.

use async_trait::async_trait;
use domain::offer::{DescribeOffer, JobOffer, OfferEvent, OfferEventKind};
use event_store::Recorded;
use integrations::describe::DescribeError;
use integrations::fetch::FetchError;
use jiff::SignedDuration;

use crate::jobs::offers::described;
use crate::reaction::{Failure, Outcome, Reaction, ReactionError, World};

pub(crate) struct OfferDescription;

const NAME: &str = "offer_description";

#[async_trait]
impl Reaction for OfferDescription {
    type Of = JobOffer;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [OfferEventKind] {
        &[OfferEventKind::OfferCollected, OfferEventKind::OfferChanged]
    }

    /// Pages are fetched one a second from each host anyway.
    fn concurrency(&self) -> usize {
        2
    }

    fn attempts(&self) -> u32 {
        6
    }

    async fn react(
        &self,
        event: &Recorded<OfferEvent>,
        world: &World,
    ) -> Result<Outcome, ReactionError> {
        let state: JobOffer = world.commands.state_of(&event.aggregate_id).await?;
        let Ok(offer) = state.known() else { return Ok(Outcome::Done) };
        // What whoever offers it wrote is shown as it is.
        if offer.content.description.is_some() || offer.description.is_some() {
            return Ok(Outcome::Done);
        }
        let Some(describer) = &world.integrations.describer else { return Ok(Outcome::Done) };
        let answer = match described(describer, offer).await {
            None => return Ok(Outcome::Done),
            Some(Ok(answer)) => answer,
            Some(Err(error)) => return not_described(&error, world),
        };
        if let Some(error) = answer.without_model
            && error.passes()
        {
            return Err(ReactionError::retry(Failure::new(error.to_string())));
        }
        let decision = DescribeOffer { description: answer.description, at: world.commands.now() };
        world.record(NAME, event, &decision).await?;
        Ok(Outcome::Done)
    }
}

/// What a page that was not read means: it is tried again, or there is no description, and the reason is kept.
fn not_described(error: &DescribeError, world: &World) -> Result<Outcome, ReactionError> {
    if let DescribeError::Fetch(FetchError::Busy { after: Some(after), .. }) = error
        && let Ok(after) = SignedDuration::try_from(*after)
    {
        let why = error.to_string();
        return Err(ReactionError::until(
            world.commands.now() + after.min(SignedDuration::from_hours(6)),
            &why,
        ));
    }
    if error.passes() {
        return Err(ReactionError::retry(Failure::new(error.to_string())));
    }
    Ok(Outcome::Skipped(error.to_string()))
}
