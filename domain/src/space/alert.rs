//! A job alert: what somebody looks for, and how often they are told of new offers that match it.

mod criteria;
mod decide;
mod earlier;
mod event;
mod index;
mod time;
mod told;
mod wanted;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Owned, SpaceRefusal};
use crate::{Line, Personal};

pub use criteria::{AlertCriteria, CriteriaFields, JobType, LocationType, MAX_KEYWORDS};
pub use decide::{ChangeAlert, CreateAlert, DeleteAlert, MatchAlert, SwitchAlert};
pub use event::{JobAlertEvent, JobAlertEventKind};
pub use index::OfferIndex;
pub use time::{AlertFrequency, AlertZone};
pub use told::ToldOffers;
pub use wanted::{Pay, SalaryFit, Wanted};

pub(super) use criteria::is_anywhere;
pub(super) use wanted::place_terms;

/// So many alerts somebody has at most.
pub const MAX_ALERTS: usize = 20;

/// So many offers stand in a letter at most; a link leads to the others.
pub const MAX_TOLD: usize = 20;

/// The aggregate: one alert, or the absence of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobAlert {
    /// There is none.
    #[default]
    Absent,
    /// There is one.
    Known(Box<KnownAlert>),
    /// Its owner deleted it, or was forgotten.
    Deleted {
        /// Whose it was.
        owner: Uuid,
    },
}

/// What is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownAlert {
    /// Whose it is: an account.
    pub owner: Uuid,
    /// What its owner calls it.
    pub name: Personal<Line<200>>,
    /// What is looked for.
    pub criteria: Personal<AlertCriteria>,
    /// How often its owner is told.
    pub frequency: AlertFrequency,
    /// In which zone it is 09:00 then.
    pub zone: Personal<AlertZone>,
    /// Whether its owner is told at all.
    pub active: bool,
    /// Up to where in the log offers are told, or are older than the alert: newer ones are new to its owner.
    pub up_to: i64,
    /// How many offers its owner was told of.
    pub told: u64,
    /// When its owner was told last.
    pub told_at: Option<Timestamp>,
    /// The newest offer that its owner was told of.
    pub told_last: Option<Uuid>,
    /// From when on its next time counts.
    pub scheduled_at: Timestamp,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its owner last changed it.
    pub updated_at: Timestamp,
}

aggregate_of_decisions!(JobAlert, JobAlertEvent, SpaceRefusal, "JobAlert");

impl Owned for JobAlert {
    fn of(&self, owner: Uuid) -> Result<(), SpaceRefusal> {
        match self {
            Self::Absent => Err(SpaceRefusal::NotFound),
            Self::Known(known) if known.owner == owner => Ok(()),
            Self::Deleted { owner: known } if *known == owner => Ok(()),
            Self::Known(_) | Self::Deleted { .. } => Err(SpaceRefusal::NotYours),
        }
    }
}

impl JobAlert {
    /// What is known of it.
    pub fn known(&self) -> Result<&KnownAlert, SpaceRefusal> {
        match self {
            Self::Absent => Err(SpaceRefusal::NotFound),
            Self::Known(known) => Ok(known),
            Self::Deleted { .. } => Err(SpaceRefusal::Erased),
        }
    }

    /// Takes in what happened. Total: an event that makes no sense in this state changes nothing.
    pub fn apply(&mut self, event: JobAlertEvent) {
        match (&mut *self, event) {
            (
                Self::Absent,
                JobAlertEvent::JobAlertCreated {
                    owner,
                    name,
                    criteria,
                    frequency,
                    zone,
                    up_to,
                    at,
                },
            ) => {
                *self = Self::Known(Box::new(KnownAlert {
                    owner,
                    name,
                    criteria,
                    frequency,
                    zone,
                    active: true,
                    up_to,
                    told: 0,
                    told_at: None,
                    told_last: None,
                    scheduled_at: at,
                    created_at: at,
                    updated_at: at,
                }));
            }
            (Self::Known(known), JobAlertEvent::JobAlertDeleted { .. }) => {
                *self = Self::Deleted { owner: known.owner };
            }
            (Self::Known(known), event) => known.apply(event),
            (Self::Absent | Self::Deleted { .. }, _) => {}
        }
    }
}

impl KnownAlert {
    /// When it is its time next, after it was created, changed, switched on, or told.
    pub fn due_at(&self) -> Timestamp {
        self.frequency.next_after(self.scheduled_at, self.zone.reveal())
    }

    fn apply(&mut self, event: JobAlertEvent) {
        match event {
            JobAlertEvent::JobAlertCreated { .. } | JobAlertEvent::JobAlertDeleted { .. } => {}
            JobAlertEvent::JobAlertChanged { name, criteria, frequency, zone, at } => {
                (self.name, self.criteria) = (name, criteria);
                (self.frequency, self.zone) = (frequency, zone);
                (self.scheduled_at, self.updated_at) = (at, at);
            }
            JobAlertEvent::JobAlertSwitchedOn { up_to, at } => {
                self.active = true;
                self.up_to = self.up_to.max(up_to);
                (self.scheduled_at, self.updated_at) = (at, at);
            }
            JobAlertEvent::JobAlertSwitchedOff { at } => {
                self.active = false;
                self.updated_at = at;
            }
            JobAlertEvent::JobAlertMatched { offers, total, up_to, at } => {
                self.up_to = up_to;
                self.told += total;
                self.told_at = Some(at);
                self.told_last = offers.reveal().ids().first().copied();
                self.scheduled_at = at;
            }
        }
    }
}
