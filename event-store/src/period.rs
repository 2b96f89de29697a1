use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::{Log, Position, ReadError};

/// A period, as days of a calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// From this day on; since the beginning without it.
    pub from: Option<Date>,
    /// Up to this day, which is counted; without end otherwise.
    pub to: Option<Date>,
}

/// A stretch of time: from its first moment on, and before the one after its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub before: Timestamp,
}

impl Interval {
    /// All of time.
    pub const ALL: Self = Self { from: Timestamp::MIN, before: Timestamp::MAX };
}

impl Period {
    /// The period as moments, where the calendar is that of `zone`.
    pub fn interval(&self, zone: &TimeZone) -> Interval {
        let (first, next) = self.moments(zone);
        let Interval { from, before } = Interval::ALL;
        Interval { from: first.unwrap_or(from), before: next.unwrap_or(before) }
    }

    /// Its first moment, and the first one after it, where the calendar is that of `zone`.
    pub fn moments(&self, zone: &TimeZone) -> (Option<Timestamp>, Option<Timestamp>) {
        let next = self.to.and_then(|day| day.checked_add(1.day()).ok());
        (self.from.map(|day| midnight(day, zone)), next.map(|day| midnight(day, zone)))
    }

    /// The stretch of the log that was recorded in it, whenever what it tells happened: after the first position, up to the second.
    pub async fn stretch(
        &self,
        log: &Log,
        zone: &TimeZone,
    ) -> Result<(Position, Position), ReadError> {
        let (first, next) = self.moments(zone);
        let after = match first {
            Some(first) => log.position_before(first).await?,
            None => Position::START,
        };
        let up_to = match next {
            Some(next) => log.position_before(next).await?,
            None => Position::new(i64::MAX),
        };
        Ok((after, up_to))
    }
}

/// The first moment of a day; the nearest one there is, where that is beyond the calendar.
fn midnight(day: Date, zone: &TimeZone) -> Timestamp {
    let beyond = if day.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
    day.to_zoned(zone.clone()).map_or(beyond, |midnight| midnight.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_is_as_long_as_its_calendar_says() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let clocks_back = date(2026, 10, 25);
        let day = Period { from: Some(clocks_back), to: Some(clocks_back) };
        let (first, next) = day.moments(&paris);
        assert_eq!(first.unwrap().to_string(), "2026-10-24T22:00:00Z");
        assert_eq!(next.unwrap().to_string(), "2026-10-25T23:00:00Z");
    }

    #[test]
    fn a_period_without_days_and_one_to_the_end_of_the_calendar_have_no_end() {
        assert_eq!(Period::default().moments(&TimeZone::UTC), (None, None));
        let whole = Period { from: Some(Date::MIN), to: Some(Date::MAX) };
        assert_eq!(whole.moments(&TimeZone::UTC).1, None);
    }

    #[test]
    fn a_day_at_the_end_of_the_calendar_is_after_everything_and_one_at_its_beginning_before() {
        for zone in ["Europe/Paris", "UTC", "Pacific/Kiritimati", "America/New_York"] {
            let zone = TimeZone::get(zone).unwrap();
            let last = Period { from: Some(Date::MAX), to: None };
            assert!(last.moments(&zone).0.unwrap() > "9999-12-30T00:00:00Z".parse().unwrap());
            let first = Period { from: None, to: Some(Date::MIN) };
            assert!(first.moments(&zone).1.unwrap() < "-009999-01-10T00:00:00Z".parse().unwrap());
        }
    }
}
