//! Job offers: what collectors bring and companies publish, each offer once.

mod dry_run;
mod hidden;
mod identity;

use domain::Line;
use domain::offer::{
    ArchiveOffer, CloseOffer, CollectOffer, Comparable, DescribeOffer, ExpireOffer, ExpiryReason,
    JobOffer, OfferContent, OfferDescription, OfferEvent, OfferRefusal, OfferSource, PublishOffer,
    RemoveOffer,
};
use event_store::DbError;
use jiff::Timestamp;
use uuid::Uuid;

use crate::facades::Offers;
use crate::{Cause, CommandError, Receipt};
use identity::Shown;

/// What became of an offer that a collector brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collected {
    /// It was found for the first time.
    New(Uuid),
    /// It had ended, and is there again.
    Back(Uuid),
    /// It says something else now.
    Changed(Uuid),
    /// It says what is known, or is one of this house, which says itself what it says.
    Unchanged(Uuid),
    /// It is a known one, which another source or another id brought first.
    SameAs(Uuid),
    /// It was removed for good: nothing is kept of it.
    Removed(Uuid),
}

impl Collected {
    /// Which offer it is.
    pub const fn id(self) -> Uuid {
        match self {
            Self::New(id)
            | Self::Back(id)
            | Self::Changed(id)
            | Self::Unchanged(id)
            | Self::SameAs(id)
            | Self::Removed(id) => id,
        }
    }
}

/// Offers of a source that are closed at once.
const AT_ONCE: i64 = 500;

type Done = Result<Receipt<JobOffer>, CommandError<OfferRefusal>>;

impl Offers<'_> {
    /// Takes in what a source shows under one of its ids; the same again changes nothing, whoever else brings it
    /// at the same time, and that it was seen is noted.
    pub async fn collect(
        self,
        source: OfferSource,
        external_id: Line<500>,
        content: OfferContent,
        cause: &Cause,
    ) -> Result<Collected, CommandError<OfferRefusal>> {
        if source.is_desk() {
            return Err(CommandError::Refused(OfferRefusal::OfThisHouse));
        }
        let (at, comparable) = (self.now(), Comparable::of(&content));
        let shown = Shown { source: &source, external_id: &external_id, comparable: &comparable };
        let id = self.identify(&shown, at).await.map_err(CommandError::Unavailable)?;
        let decision = CollectOffer { source, external_id, content, at };
        let receipt = match self.perform(&id.to_string(), &decision, cause).await {
            Ok(receipt) => receipt,
            Err(CommandError::Refused(OfferRefusal::Removed)) => return Ok(Collected::Removed(id)),
            Err(error) => return Err(error),
        };
        let Some(event) = receipt.events.first() else {
            let brings_it = receipt.state.known().is_ok_and(|known| {
                known.source == decision.source
                    && known.external_id.as_ref() == Some(&decision.external_id)
            });
            return Ok(if brings_it { Collected::Unchanged(id) } else { Collected::SameAs(id) });
        };
        let is_first = receipt.state.known().is_ok_and(|known| known.times == 1);
        Ok(match event {
            OfferEvent::OfferCollected { .. } if is_first => Collected::New(id),
            event => {
                // It may say something else than when it was found.
                self.rename(id, &comparable).await.map_err(CommandError::Unavailable)?;
                match event {
                    OfferEvent::OfferCollected { .. } => Collected::Back(id),
                    _ => Collected::Changed(id),
                }
            }
        })
    }

    /// Publishes an offer of this house, or says what it says now; the same again changes nothing. What collectors
    /// found of it elsewhere is closed: it is this one.
    pub async fn publish(self, id: Uuid, content: OfferContent, cause: &Cause) -> Done {
        let comparable = Comparable::of(&content);
        let decision = PublishOffer { content, at: self.now() };
        let receipt = self.perform(&id.to_string(), &decision, cause).await?;
        if !receipt.events.is_empty() {
            let same = self.same_as(id, &comparable).await.map_err(CommandError::Unavailable)?;
            for other in same {
                // Two of this house are two: a company may look for two bakers.
                let state = self.current(other).await?;
                if state.known().is_ok_and(|known| !known.source.is_desk()) {
                    Self::ends(self.close(other, cause).await)?;
                    self.give_names(other, id).await.map_err(CommandError::Unavailable)?;
                }
            }
            self.rename(id, &comparable).await.map_err(CommandError::Unavailable)?;
        }
        Ok(receipt)
    }

    /// Keeps the parts of an offer's description beside what whoever offers it wrote.
    pub async fn describe(self, id: Uuid, description: OfferDescription, cause: &Cause) -> Done {
        let decision = DescribeOffer { description, at: self.now() };
        self.perform(&id.to_string(), &decision, cause).await
    }

    /// Closes an offer: whoever offers it takes no more applications.
    pub async fn close(self, id: Uuid, cause: &Cause) -> Done {
        self.perform(&id.to_string(), &CloseOffer { at: self.now() }, cause).await
    }

    /// Closes what a source that was read to its end has not shown since then, where no other one shows it; says how
    /// many offers were closed.
    pub async fn close_unseen(
        self,
        source: &OfferSource,
        since: Timestamp,
        cause: &Cause,
    ) -> Result<u64, CommandError<OfferRefusal>> {
        let mut closed = 0;
        loop {
            let unseen = self.unseen(source, since, AT_ONCE).await;
            let unseen = unseen.map_err(CommandError::Unavailable)?;
            if unseen.is_empty() {
                return Ok(closed);
            }
            for (external_id, id) in unseen {
                // Closed first: who is cut off in between closes it again, which is quiet.
                let is_there = self.is_seen_otherwise(source, id, since).await;
                // A company closes its own, whoever shows a copy of it.
                let is_own = self.current(id).await?.known().is_ok_and(|it| it.source.is_desk());
                if !is_there.map_err(CommandError::Unavailable)? && !is_own {
                    closed += u64::from(Self::ends(self.close(id, cause).await)?);
                }
                let unsee = self.unsee(source, &external_id, since).await;
                unsee.map_err(CommandError::Unavailable)?;
            }
        }
    }

    /// Whether an offer that is to end did so now. One that was never written, or is removed, has ended.
    fn ends(outcome: Done) -> Result<bool, CommandError<OfferRefusal>> {
        match outcome {
            Ok(receipt) => Ok(!receipt.events.is_empty()),
            Err(CommandError::Refused(OfferRefusal::NotFound | OfferRefusal::Removed)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Notes that an offer's time is over; says whether that is news. One that was not seen may be
    /// seen again.
    pub async fn expire(
        self,
        id: Uuid,
        reason: ExpiryReason,
        cause: &Cause,
    ) -> Result<bool, CommandError<OfferRefusal>> {
        if reason == ExpiryReason::NotSeen {
            // First: who is cut off in between has a page read once more.
            self.collecting().read_anew(id).await.map_err(CommandError::Unavailable)?;
        }
        let decision = ExpireOffer { reason, at: self.now() };
        Self::ends(self.perform(&id.to_string(), &decision, cause).await)
    }

    /// Puts an offer away that has ended.
    pub async fn archive(self, id: Uuid, cause: &Cause) -> Done {
        self.perform(&id.to_string(), &ArchiveOffer { at: self.now() }, cause).await
    }

    /// Takes an offer away for good, with the address that it had; no collector brings it back.
    pub async fn remove(self, id: Uuid, cause: &Cause) -> Done {
        self.perform(&id.to_string(), &RemoveOffer { at: self.now() }, cause).await
    }

    /// An offer as it is now, whatever the read models know.
    pub async fn current(self, id: Uuid) -> Result<JobOffer, CommandError<OfferRefusal>> {
        self.state_of::<JobOffer>(&id.to_string()).await
    }

    /// When any source showed an offer last.
    pub async fn last_seen(self, id: Uuid) -> Result<Option<Timestamp>, DbError> {
        self.seen_last(id).await
    }
}

#[cfg(test)]
mod tests;
