//! When it is an alert's time.

use std::str::FromStr;

use jiff::civil::{Date, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Invalid;
use crate::personal::Forgettable;

/// The hour at which people are told, by their own clocks.
const HOUR: i8 = 9;

/// How often somebody is told of new offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertFrequency {
    /// Each day.
    #[default]
    Daily,
    /// On Mondays.
    Weekly,
    /// On the first day of each month.
    Monthly,
}

names! {
    AlertFrequency { Daily = "daily", Weekly = "weekly", Monthly = "monthly" }
}

impl AlertFrequency {
    fn is_day(self, day: Date) -> bool {
        match self {
            Self::Daily => true,
            Self::Weekly => day.weekday() == Weekday::Monday,
            Self::Monthly => day.day() == 1,
        }
    }

    /// The first time after this at which it is 09:00 in this zone on one of its days.
    pub fn next_after(self, then: Timestamp, zone: &AlertZone) -> Timestamp {
        let zone = zone.zone();
        let first = zone.to_datetime(then).date();
        let mut day = first;
        // A month has 31 days at most, and the first one may be over.
        for _ in 0..=32 {
            let at = day.to_datetime(time(HOUR, 0, 0, 0)).to_zoned(zone.clone());
            if let Some(at) = at.ok().map(|at| at.timestamp())
                && self.is_day(day)
                && at > then
            {
                return at;
            }
            day = day.saturating_add(1.day());
        }
        Timestamp::MAX
    }
}

/// A time zone by its IANA name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AlertZone(String);

crate::value::text_value!(AlertZone, { "type": "string", "maxLength": 64 }, AlertZone::stored);

impl AlertZone {
    const LONGEST: usize = 64;

    /// A zone that this program does not know any more stays readable.
    fn stored(text: &str) -> Result<Self, Invalid> {
        let fits = !text.is_empty() && text.len() <= Self::LONGEST;
        if fits { Ok(Self(text.to_owned())) } else { Err(Invalid::TimeZone) }
    }

    /// The zone; that of Paris where its name is not known any more.
    pub fn zone(&self) -> TimeZone {
        let known = TimeZone::get(&self.0).or_else(|_| TimeZone::get(Self::default().as_str()));
        known.unwrap_or(TimeZone::UTC)
    }
}

impl Forgettable for AlertZone {
    const PLACEHOLDER: &'static str = "UTC";
}

impl Default for AlertZone {
    fn default() -> Self {
        Self("Europe/Paris".to_owned())
    }
}

impl FromStr for AlertZone {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let zone = TimeZone::get(text.trim()).map_err(|_| Invalid::TimeZone)?;
        zone.iana_name().ok_or(Invalid::TimeZone).and_then(Self::stored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case(AlertFrequency::Daily, "Europe/Paris", "2026-11-28T07:59:59Z", "2026-11-28T08:00:00Z")]
    #[case(AlertFrequency::Daily, "Europe/Paris", "2026-11-28T08:00:00Z", "2026-11-29T08:00:00Z")]
    #[case(AlertFrequency::Weekly, "Europe/Paris", "2026-11-28T12:00:00Z", "2026-11-30T08:00:00Z")]
    #[case(AlertFrequency::Monthly, "Europe/Paris", "2026-11-28T12:00:00Z", "2026-12-01T08:00:00Z")]
    #[case(AlertFrequency::Monthly, "Europe/Paris", "2026-12-01T08:00:00Z", "2027-01-01T08:00:00Z")]
    // The clocks changed in the night: 23 hours later.
    #[case(AlertFrequency::Daily, "Europe/Paris", "2027-03-27T08:00:00Z", "2027-03-28T07:00:00Z")]
    // Where it is another day already.
    #[case(
        AlertFrequency::Weekly,
        "Pacific/Auckland",
        "2026-11-29T12:00:00Z",
        "2026-11-29T20:00:00Z"
    )]
    #[case(AlertFrequency::Daily, "Indian/Reunion", "2026-11-28T12:00:00Z", "2026-11-29T05:00:00Z")]
    fn it_is_nine_where_its_owner_is(
        #[case] frequency: AlertFrequency,
        #[case] zone: AlertZone,
        #[case] then: Timestamp,
        #[case] next: Timestamp,
    ) {
        assert_eq!(frequency.next_after(then, &zone), next);
    }

    #[test]
    fn a_zone_is_one_of_iana() {
        assert_eq!("europe/paris".parse(), Ok(AlertZone::default()));
        assert_eq!("Paris".parse::<AlertZone>(), Err(Invalid::TimeZone));
        assert_eq!("".parse::<AlertZone>(), Err(Invalid::TimeZone));
    }
}
