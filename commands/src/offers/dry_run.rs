//! What collecting would come to: the same answers as those of `collect` and `close_unseen`, and
//! nothing is recorded.

use std::collections::BTreeSet;

use domain::offer::{
    CollectOffer, Comparable, JobOffer, KnownOffer, OfferContent, OfferEvent, OfferRefusal,
    OfferSource, OfferStatus,
};
use domain::{Decision as _, Line};
use jiff::Timestamp;
use uuid::Uuid;

use super::Collected;
use super::identity::Shown;
use crate::CommandError;
use crate::facades::Offers;

impl Offers<'_> {
    /// What would become of an offer that a source shows.
    pub async fn would_collect(
        self,
        source: OfferSource,
        external_id: Line<500>,
        content: OfferContent,
    ) -> Result<Collected, CommandError<OfferRefusal>> {
        let comparable = Comparable::of(&content);
        let shown = Shown { source: &source, external_id: &external_id, comparable: &comparable };
        let id = self.identified(&shown).await.map_err(CommandError::Unavailable)?;
        let state = self.current(id).await?;
        let decision = CollectOffer { source, external_id, content, at: self.now() };
        let events = match decision.decide(&state) {
            Err(OfferRefusal::Removed) => return Ok(Collected::Removed(id)),
            decided => decided.map_err(CommandError::Refused)?,
        };
        Ok(match events.first() {
            None => Collected::Unchanged(id),
            Some(OfferEvent::OfferCollected { .. }) if state == JobOffer::Absent => {
                Collected::New(id)
            }
            Some(OfferEvent::OfferCollected { .. }) => Collected::Back(id),
            Some(_) => Collected::Changed(id),
        })
    }

    /// How many offers would be closed if a source showed these alone: its own ids, and the offers
    /// that they are.
    pub async fn would_close(
        self,
        source: &OfferSource,
        shown: &BTreeSet<String>,
        offers: &BTreeSet<Uuid>,
    ) -> Result<u64, CommandError<OfferRefusal>> {
        let known = self.shown_by(source).await.map_err(CommandError::Unavailable)?;
        let gone =
            known.into_iter().filter(|(name, id)| !shown.contains(name) && !offers.contains(id));
        let gone: BTreeSet<Uuid> = gone.map(|(_, id)| id).collect();
        let mut closed = 0;
        for id in gone {
            let elsewhere = self.is_seen_otherwise(source, id, Timestamp::MAX).await;
            if elsewhere.map_err(CommandError::Unavailable)? {
                continue;
            }
            let state = self.current(id).await?;
            let ends =
                |known: &KnownOffer| known.status == OfferStatus::Open && !known.source.is_desk();
            closed += u64::from(state.known().is_ok_and(ends));
        }
        Ok(closed)
    }
}
