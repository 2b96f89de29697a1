//! The ends of an offer; each of them twice is once.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{JobOffer, OfferEvent, OfferRefusal, OfferStatus};
use crate::Decision;

/// Why an offer expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExpiryReason {
    /// The last day to apply is over.
    ValidThrough,
    /// Its source has not shown it for long.
    NotSeen,
    /// It lacks what an offer must have.
    Invalid,
}

names! {
    ExpiryReason { ValidThrough = "valid_through", NotSeen = "not_seen", Invalid = "invalid" }
}

/// Whoever offers it takes no more applications.
#[derive(Clone, Copy, Debug)]
pub struct CloseOffer {
    /// When.
    pub at: Timestamp,
}

impl Decision for CloseOffer {
    type Aggregate = JobOffer;

    fn decide(&self, state: &JobOffer) -> Result<Vec<OfferEvent>, OfferRefusal> {
        let is_open = state.known()?.status == OfferStatus::Open;
        Ok(if is_open { vec![OfferEvent::OfferClosed { at: self.at }] } else { vec![] })
    }
}

/// Its time is over.
#[derive(Clone, Copy, Debug)]
pub struct ExpireOffer {
    /// Why.
    pub reason: ExpiryReason,
    /// When.
    pub at: Timestamp,
}

impl Decision for ExpireOffer {
    type Aggregate = JobOffer;

    fn decide(&self, state: &JobOffer) -> Result<Vec<OfferEvent>, OfferRefusal> {
        let known = state.known()?;
        let Self { reason, at } = *self;
        // It may have changed since somebody looked.
        let is_over = reason != ExpiryReason::ValidThrough || !known.content.is_valid_at(at);
        let expires = known.status == OfferStatus::Open && is_over;
        Ok(if expires { vec![OfferEvent::OfferExpired { reason, at }] } else { vec![] })
    }
}

/// It ended, and is put away.
#[derive(Clone, Copy, Debug)]
pub struct ArchiveOffer {
    /// When.
    pub at: Timestamp,
}

impl Decision for ArchiveOffer {
    type Aggregate = JobOffer;

    fn decide(&self, state: &JobOffer) -> Result<Vec<OfferEvent>, OfferRefusal> {
        match state.known()?.status {
            OfferStatus::Open => Err(OfferRefusal::Open),
            OfferStatus::Closed | OfferStatus::Expired => {
                Ok(vec![OfferEvent::OfferArchived { at: self.at }])
            }
            OfferStatus::Archived => Ok(vec![]),
        }
    }
}

/// It is taken away for good, with the address that it had.
#[derive(Clone, Copy, Debug)]
pub struct RemoveOffer {
    /// When.
    pub at: Timestamp,
}

impl Decision for RemoveOffer {
    type Aggregate = JobOffer;

    fn decide(&self, state: &JobOffer) -> Result<Vec<OfferEvent>, OfferRefusal> {
        match state {
            JobOffer::Absent => Err(OfferRefusal::NotFound),
            JobOffer::Known(_) => Ok(vec![OfferEvent::OfferRemoved { at: self.at }]),
            JobOffer::Removed => Ok(vec![]),
        }
    }
}
