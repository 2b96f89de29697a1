//! What happens to an offer.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OfferContent, OfferDescription, OfferSource};
use crate::Line;

/// A fact about an offer. That it was seen again, unchanged, is none: that is kept beside the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum OfferEvent {
    /// A collector found it: for the first time, or again after it had ended.
    OfferCollected {
        /// Where.
        source: OfferSource,
        /// What it is called there.
        #[schemars(extend("x-personal" = false))]
        external_id: Line<500>,
        /// What it says.
        content: Box<OfferContent>,
        /// When.
        at: Timestamp,
    },
    /// It was published here: for the first time, or again after it had ended.
    OfferPublished {
        /// What it says.
        content: Box<OfferContent>,
        /// When.
        at: Timestamp,
    },
    /// It says something else now.
    OfferChanged {
        /// What it says now: all of it.
        content: Box<OfferContent>,
        /// When that was seen.
        at: Timestamp,
    },
    /// Its description was read, and parted by what it tells.
    OfferDescribed {
        /// The parts.
        description: Box<OfferDescription>,
        /// When.
        at: Timestamp,
    },
    /// Whoever offers it takes no more applications: its source has it no more, or they say so.
    OfferClosed {
        /// When.
        at: Timestamp,
    },
    /// Its time is over, or its source has not shown it for long.
    OfferExpired {
        /// Why.
        reason: super::ExpiryReason,
        /// When.
        at: Timestamp,
    },
    /// It ended, and is put away.
    OfferArchived {
        /// When.
        at: Timestamp,
    },
    /// It was taken away for good: whose address it had is forgotten, and no collector brings it back.
    OfferRemoved {
        /// When.
        at: Timestamp,
    },
}

events! {
    OfferEventKind of OfferEvent;
    OfferCollected,
    OfferPublished,
    OfferChanged,
    OfferDescribed,
    OfferClosed,
    OfferExpired,
    OfferArchived,
    OfferRemoved erases,
}
