//! Offers described by hand, many at once: the command line asks for it.

use commands::{Cause, CommandError, advice};
use domain::offer::{KnownOffer, OfferRefusal, OfferStatus};
use integrations::Describer;
use integrations::describe::{DescribeError, Described};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::jobs::is_database_away;
use crate::reaction::World;

/// What became of an offer that was to be described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Description {
    /// It is described now; by this model, or by its headings.
    Written(Option<String>),
    /// It was not described, for this reason.
    Not(String),
}

/// Describes what of an offer is known: what it says, else what its page does. `None` where it has neither.
pub(crate) async fn described(
    describer: &Describer,
    offer: &KnownOffer,
) -> Option<Result<Described, DescribeError>> {
    let content = &offer.content;
    let language = content.language.unwrap_or_default();
    if let Some(description) = &content.description {
        return Some(describer.of_html(description.as_html(), language).await);
    }
    let url = content.url.as_ref()?.as_str().parse().ok()?;
    Some(describer.of_page(&url, language).await)
}

/// Describes these offers, one after another; with `missing` those alone that are not described. `watch` is shown
/// what became of each that is open.
pub async fn describe_by_hand(
    world: &World,
    offers: impl IntoIterator<Item = Uuid>,
    missing: bool,
    stop: &CancellationToken,
    watch: &(dyn Fn(Uuid, &Description) + Send + Sync),
) -> Result<(), CommandError<OfferRefusal>> {
    let Some(describer) = &world.integrations.describer else { return Ok(()) };
    for id in offers {
        if stop.is_cancelled() {
            return Ok(());
        }
        match describe(world, describer, id, missing).await {
            Ok(outcome) => outcome.iter().for_each(|outcome| watch(id, outcome)),
            Err(error) if is_database_away(&error) => return Err(error),
            // One that cannot be described keeps back no other.
            Err(error) => watch(id, &Description::Not(advice::told(&error))),
        }
    }
    Ok(())
}

/// Describes an offer; `None` where it is not to be.
async fn describe(
    world: &World,
    describer: &Describer,
    id: Uuid,
    missing: bool,
) -> Result<Option<Description>, CommandError<OfferRefusal>> {
    let state = world.commands.offers().current(id).await?;
    let Ok(offer) = state.known() else { return Ok(None) };
    if offer.status != OfferStatus::Open || (missing && offer.description.is_some()) {
        return Ok(None);
    }
    Ok(Some(match described(describer, offer).await {
        None => Description::Not("it says nothing of itself, and has no page".to_owned()),
        Some(Err(error)) => Description::Not(error.to_string()),
        Some(Ok(Described { description, without_model })) => {
            if let Some(error) = without_model {
                tracing::warn!(offer.id = %id, %error, "an offer is described by its headings");
            }
            let model = description.model.as_ref().map(ToString::to_string);
            let cause = Cause::command_line(world.commands.fresh_id());
            world.commands.offers().describe(id, description, &cause).await?;
            Description::Written(model)
        }
    }))
}
