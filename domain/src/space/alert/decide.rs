//! What may be decided about a job alert.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    AlertCriteria, AlertFrequency, AlertZone, JobAlert, JobAlertEvent, KnownAlert, MAX_TOLD,
    ToldOffers,
};
use crate::space::{Owned as _, SpaceRefusal};
use crate::{Decision, Line, Personal};

type Outcome = Result<Vec<JobAlertEvent>, SpaceRefusal>;

/// Somebody creates an alert. The id names it: the same again changes nothing.
#[derive(Clone, Debug)]
pub struct CreateAlert {
    /// Whose it is.
    pub owner: Uuid,
    /// What its owner calls it.
    pub name: Line<200>,
    /// What is looked for.
    pub criteria: AlertCriteria,
    /// How often its owner is told.
    pub frequency: AlertFrequency,
    /// In which zone it is 09:00 then.
    pub zone: AlertZone,
    /// Where the log ends.
    pub up_to: i64,
    /// When.
    pub at: Timestamp,
}

impl Decision for CreateAlert {
    type Aggregate = JobAlert;

    fn decide(&self, state: &JobAlert) -> Outcome {
        if *state != JobAlert::Absent {
            return state.of(self.owner).map(|()| vec![]);
        }
        let Self { owner, name, criteria, frequency, zone, up_to, at } = self.clone();
        let (name, criteria) = (Personal::new(name), Personal::new(criteria));
        let zone = Personal::new(zone);
        Ok(vec![JobAlertEvent::JobAlertCreated {
            owner,
            name,
            criteria,
            frequency,
            zone,
            up_to,
            at,
        }])
    }
}

/// The owner changes some of it. What is `None` stays; what is as it was is no event.
#[derive(Clone, Debug, Default)]
pub struct ChangeAlert {
    /// What its owner calls it.
    pub name: Option<Line<200>>,
    /// What is looked for: all of it.
    pub criteria: Option<AlertCriteria>,
    /// How often its owner is told.
    pub frequency: Option<AlertFrequency>,
    /// In which zone it is 09:00 then.
    pub zone: Option<AlertZone>,
    /// Whether its owner is told at all.
    pub active: Option<bool>,
    /// Where the log ends.
    pub up_to: i64,
    /// When.
    pub at: Timestamp,
}

impl Decision for ChangeAlert {
    type Aggregate = JobAlert;

    fn decide(&self, state: &JobAlert) -> Outcome {
        let (known, at) = (state.known()?, self.at);
        let KnownAlert { name, criteria, frequency, zone, .. } = known.clone();
        let name = self.name.clone().map_or(name, Personal::new);
        let criteria = self.criteria.clone().map_or(criteria, Personal::new);
        let frequency = self.frequency.unwrap_or(frequency);
        let zone = self.zone.clone().map_or(zone, Personal::new);
        let mut events = vec![];
        let as_it_was = (&name, &criteria, frequency, &zone)
            == (&known.name, &known.criteria, known.frequency, &known.zone);
        if !as_it_was {
            events.push(JobAlertEvent::JobAlertChanged { name, criteria, frequency, zone, at });
        }
        let switch = self.active.map(|active| SwitchAlert { active, up_to: self.up_to, at });
        if let Some(switch) = switch {
            events.extend(switch.decide(state)?);
        }
        Ok(events)
    }
}

/// It is switched on, or off; as it stands is no event.
#[derive(Clone, Copy, Debug)]
pub struct SwitchAlert {
    /// Whether its owner is told.
    pub active: bool,
    /// Where the log ends.
    pub up_to: i64,
    /// When.
    pub at: Timestamp,
}

impl Decision for SwitchAlert {
    type Aggregate = JobAlert;

    fn decide(&self, state: &JobAlert) -> Outcome {
        let Self { active, up_to, at } = *self;
        Ok(match (active, state.known()?.active) {
            (true, false) => vec![JobAlertEvent::JobAlertSwitchedOn { up_to, at }],
            (false, true) => vec![JobAlertEvent::JobAlertSwitchedOff { at }],
            _ => vec![],
        })
    }
}

/// The clock found new offers that match it. Offers up to where it was told before are told no more, so that
/// whoever asks twice, or on an old reading, tells nothing twice.
#[derive(Clone, Debug)]
pub struct MatchAlert {
    /// From where in the log offers were looked at: behind this.
    pub after: i64,
    /// Up to where.
    pub up_to: i64,
    /// What was looked for.
    pub criteria: AlertCriteria,
    /// The offers that match, the newest first: those that stand in a letter, at least.
    pub offers: Vec<Uuid>,
    /// How many match.
    pub total: u64,
    /// When.
    pub at: Timestamp,
}

impl Decision for MatchAlert {
    type Aggregate = JobAlert;

    fn decide(&self, state: &JobAlert) -> Outcome {
        let known = state.known()?;
        let is_as_read = known.active
            && self.after >= known.up_to
            && self.up_to > known.up_to
            && *known.criteria.reveal() == self.criteria;
        if !is_as_read || self.offers.is_empty() {
            return Ok(vec![]);
        }
        let offers = self.offers.iter().take(MAX_TOLD).copied().collect();
        let offers = Personal::new(ToldOffers::new(offers));
        let Self { total, up_to, at, .. } = *self;
        Ok(vec![JobAlertEvent::JobAlertMatched { offers, total, up_to, at }])
    }
}

/// It is deleted, and what it says erased; deleting twice is deleting once.
#[derive(Clone, Copy, Debug)]
pub struct DeleteAlert {
    /// When.
    pub at: Timestamp,
}

impl Decision for DeleteAlert {
    type Aggregate = JobAlert;

    fn decide(&self, state: &JobAlert) -> Outcome {
        match state {
            JobAlert::Absent => Err(SpaceRefusal::NotFound),
            JobAlert::Known(_) => Ok(vec![JobAlertEvent::JobAlertDeleted { at: self.at }]),
            JobAlert::Deleted { .. } => Ok(vec![]),
        }
    }
}
