//! The description of an offer that has a page and says nothing of itself: what its page says, in four parts.

use async_trait::async_trait;
use domain::offer::{DescribeOffer, JobOffer, OfferEvent, OfferEventKind};
use event_store::Recorded;
use integrations::describe::DescribeError;
use integrations::fetch::FetchError;
use jiff::{SignedDuration, Timestamp};

use crate::jobs::offers::described;
use crate::reaction::{Failure, Outcome, Reaction, ReactionError, World};

pub(crate) struct OfferDescription;

const NAME: &str = "offer_description";
/// How long a site is left alone that asks for patience, whatever it asks for.
const PATIENCE: [SignedDuration; 2] = [SignedDuration::from_mins(1), SignedDuration::from_hours(6)];

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
            Some(Err(error)) => {
                let failure = Failure::new(error.to_string());
                return not_described(&error, failure, world.commands.now());
            }
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

/// What a page that was not read means: it is tried again, or there is no description, and the reason is kept. A site
/// that asks for patience gets it, and each try counts: one that asks for ever is asked no more in the end.
pub(super) fn not_described(
    error: &DescribeError,
    failure: Failure,
    now: Timestamp,
) -> Result<Outcome, ReactionError> {
    if !error.passes() {
        return Ok(Outcome::Skipped(failure.advice));
    }
    let after = match error {
        DescribeError::Fetch(FetchError::Busy { after: Some(after), .. }) => {
            let [least, most] = PATIENCE;
            Some(now + SignedDuration::try_from(*after).unwrap_or(most).clamp(least, most))
        }
        _ => None,
    };
    Err(ReactionError::Retry { after, failure, counts: true })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[rstest::rstest]
    #[case(Some(0), Some(60))]
    #[case(Some(90), Some(90))]
    #[case(Some(u64::MAX), Some(6 * 3_600))]
    #[case(None, None)]
    fn a_site_that_asks_for_patience_is_asked_later_and_not_for_ever(
        #[case] asked: Option<u64>,
        #[case] waits: Option<i64>,
    ) {
        let now = Timestamp::UNIX_EPOCH;
        let error = FetchError::Busy { status: 429, after: asked.map(Duration::from_secs) };
        let ended = not_described(&error.into(), Failure::new("busy"), now);
        let Err(ReactionError::Retry { after, counts: true, .. }) = ended else {
            panic!("it is tried again, and that counts")
        };
        assert_eq!(after, waits.map(|waits| now + SignedDuration::from_secs(waits)));
    }
}
