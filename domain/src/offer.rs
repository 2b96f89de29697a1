//! A job offer: published here, or found by a collector.
//!
//! An offer is known by where it was found and what it is called there; the same offer found elsewhere is told by
//! [`Comparable`]. Events are facts about it; that a collector saw it again is none, and is kept beside the log.
//!
//! Its texts are published to everyone by whoever offers, and searched as they are: they are declared to belong
//! to nobody. The address to which one applies may be a person's (`jeanne.dupont@`), is never searched, and is
//! sealed; whoever it belongs to is found by it, and with [`RemoveOffer`] it is forgotten, and the offer, to which
//! nobody can apply then, goes with it.

mod city;
mod collect;
mod content;
mod describe;
mod description;
mod draft;
mod end;
mod event;
mod name;
mod salary;
mod salary_words;
mod same;
mod search;
mod source;
mod terms;
mod text;
mod url;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::Line;

pub use city::{NO_CITY, city};
pub use collect::{CollectOffer, PublishOffer};
pub use content::{Country, OfferContent, OfferPlace, Skill};
pub use describe::DescribeOffer;
pub use description::{DescriptionPart, OfferDescription};
pub use draft::{OfferDraft, PlaceDraft, SalaryDraft};
pub use end::{ArchiveOffer, CloseOffer, ExpireOffer, ExpiryReason, RemoveOffer};
pub use event::{OfferEvent, OfferEventKind};
pub use name::name_at_source;
pub use salary::{Currency, PayPeriod, Salary};
pub use same::{Comparable, likeness};
pub use search::{NOTHING_SAID, named, search_terms, telling};
pub use source::OfferSource;
pub use terms::{Contract, Remote, WorkingTime};
pub use text::OfferText;

/// The aggregate: one offer, or the absence of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobOffer {
    /// It was never seen.
    #[default]
    Absent,
    /// What is known of it.
    Known(Box<KnownOffer>),
    /// It was taken away for good.
    Removed,
}

/// Where an offer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferStatus {
    /// One may apply.
    Open,
    /// Whoever offers takes no more applications.
    Closed,
    /// Its time is over.
    Expired,
    /// It is put away.
    Archived,
}

names! {
    OfferStatus { Open = "open", Closed = "closed", Expired = "expired", Archived = "archived" }
}

/// An offer, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownOffer {
    /// Where it was found last after it was not there.
    pub source: OfferSource,
    /// What it is called there; none where it was published here.
    pub external_id: Option<Line<500>>,
    /// What it says.
    pub content: OfferContent,
    /// Its description, parted; of what it says now.
    pub description: Option<OfferDescription>,
    /// Where it stands.
    pub status: OfferStatus,
    /// How often it was there: once, and once more each time that it came back.
    pub times: u32,
    /// When it was first seen.
    pub created_at: Timestamp,
    /// When something happened to it last.
    pub updated_at: Timestamp,
}

aggregate_of_decisions!(JobOffer, OfferEvent, OfferRefusal, "JobOffer");

/// Names offers: the namespace of their ids (UUIDv5).
const NAMESPACE: Uuid = Uuid::from_u128(0x8d0e_7f7c_4b1e_4f4e_9c55_6b0f_0a1d_37e2);

impl JobOffer {
    /// The id of an offer that a source calls so: always the same, whoever asks.
    pub fn id_of(source: &OfferSource, external_id: &Line<500>) -> Uuid {
        Uuid::new_v5(&NAMESPACE, format!("{source}\n{external_id}").as_bytes())
    }

    /// What is known of it.
    pub fn known(&self) -> Result<&KnownOffer, OfferRefusal> {
        match self {
            Self::Absent => Err(OfferRefusal::NotFound),
            Self::Known(known) => Ok(known),
            Self::Removed => Err(OfferRefusal::Removed),
        }
    }

    /// Takes in what happened. Total: an event that makes no sense in this state changes nothing.
    pub fn apply(&mut self, event: OfferEvent) {
        let at = event.at();
        match (&mut *self, event) {
            (state, OfferEvent::OfferCollected { source, external_id, content, .. }) => {
                state.begin(source, Some(external_id), *content, at);
            }
            (state, OfferEvent::OfferPublished { content, .. }) => {
                state.begin(OfferSource::desk(), None, *content, at);
            }
            (state @ Self::Known(_), OfferEvent::OfferRemoved { .. }) => *state = Self::Removed,
            (Self::Known(known), event) => known.apply(event),
            (Self::Absent | Self::Removed, _) => {}
        }
    }

    /// It is there, for the first time or again.
    fn begin(
        &mut self,
        source: OfferSource,
        external_id: Option<Line<500>>,
        content: OfferContent,
        at: Timestamp,
    ) {
        let (times, created_at, description) = match self {
            Self::Removed => return,
            Self::Absent => (1, at, None),
            Self::Known(known) => {
                let is_same = known.content.description == content.description;
                let description = known.description.take().filter(|_| is_same);
                (known.times.saturating_add(1), known.created_at, description)
            }
        };
        *self = Self::Known(Box::new(KnownOffer {
            source,
            external_id,
            content,
            description,
            status: OfferStatus::Open,
            times,
            created_at,
            updated_at: at,
        }));
    }
}

impl KnownOffer {
    fn apply(&mut self, event: OfferEvent) {
        self.updated_at = event.at();
        match event {
            OfferEvent::OfferChanged { content, .. } => {
                if content.description != self.content.description {
                    self.description = None;
                }
                self.content = *content;
            }
            OfferEvent::OfferDescribed { description, .. } => self.description = Some(*description),
            OfferEvent::OfferClosed { .. } => self.status = OfferStatus::Closed,
            OfferEvent::OfferExpired { .. } => self.status = OfferStatus::Expired,
            OfferEvent::OfferArchived { .. } => self.status = OfferStatus::Archived,
            OfferEvent::OfferCollected { .. }
            | OfferEvent::OfferPublished { .. }
            | OfferEvent::OfferRemoved { .. } => {}
        }
    }
}

/// Why something may not happen to an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OfferRefusal {
    /// It was never seen.
    #[error("There is no such offer.")]
    NotFound,
    /// It was taken away for good.
    #[error("This offer was removed for good.")]
    Removed,
    /// It is open.
    #[error("This offer is open: close it, then archive it.")]
    Open,
    /// Its last day is over.
    #[error("The last day to apply is over: set a later one, then publish the offer.")]
    Over,
    /// A collector may not bring what is published here.
    #[error("No collector may be called `desk`: so are the offers of this house.")]
    OfThisHouse,
    /// It was not published here.
    #[error("This offer was found elsewhere: it changes when its source does.")]
    OfACollector,
}

impl crate::Refused for OfferRefusal {
    fn is_erased(&self) -> bool {
        *self == Self::Removed
    }
}
