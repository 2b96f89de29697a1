//! What happens to a job alert.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AlertCriteria, AlertFrequency, AlertZone, ToldOffers, earlier};
use crate::{Line, Personal};

/// A fact about a job alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum JobAlertEvent {
    /// Somebody created it, switched on.
    JobAlertCreated {
        /// Whose it is: an account.
        owner: Uuid,
        /// What its owner calls it.
        name: Personal<Line<200>>,
        /// What is looked for, as JSON.
        criteria: Personal<AlertCriteria>,
        /// How often its owner is told.
        frequency: AlertFrequency,
        /// In which time zone (IANA) it is 09:00 then.
        zone: Personal<AlertZone>,
        /// Where the log ended: only offers that came later are new.
        up_to: i64,
        /// When.
        at: Timestamp,
    },
    /// Its owner changed it.
    JobAlertChanged {
        /// What its owner calls it now.
        name: Personal<Line<200>>,
        /// What is looked for now, as JSON.
        criteria: Personal<AlertCriteria>,
        /// How often its owner is told now.
        frequency: AlertFrequency,
        /// In which time zone (IANA) it is 09:00 then.
        zone: Personal<AlertZone>,
        /// When.
        at: Timestamp,
    },
    /// It was switched on again.
    JobAlertSwitchedOn {
        /// Where the log ended: what came while it was off is not told later.
        up_to: i64,
        /// When.
        at: Timestamp,
    },
    /// It was switched off, by its owner or by the link of a letter.
    JobAlertSwitchedOff {
        /// When.
        at: Timestamp,
    },
    /// New offers match it: its owner is told of them in one letter, and never again.
    JobAlertMatched {
        /// The offers that stand in the letter, the newest first: their ids, parted by blanks.
        offers: Personal<ToldOffers>,
        /// How many match.
        total: u64,
        /// Up to where in the log offers were looked at.
        up_to: i64,
        /// When.
        at: Timestamp,
    },
    /// Its owner deleted it, or was forgotten: what was looked for can be read no more.
    JobAlertDeleted {
        /// When.
        at: Timestamp,
    },
}

events! {
    JobAlertEventKind of JobAlertEvent upcast from earlier::VERSIONS;
    JobAlertCreated,
    JobAlertChanged,
    JobAlertSwitchedOn,
    JobAlertSwitchedOff,
    JobAlertMatched version 2,
    JobAlertDeleted erases,
}
