//! A day, or a time of a day, whichever somebody gave.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::fmt::temporal::Pieces;
use jiff::tz::{Offset, TimeZone};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::Invalid;

/// The years of which something may be: what lies outside is a slip of the keyboard.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

/// A day that is the same everywhere, or a moment with the offset from UTC in which it was given, so
/// that its day stays the day that was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum DayOrTime {
    /// A day alone.
    Day(Date),
    /// A moment.
    Time {
        /// Which.
        at: Timestamp,
        /// In which it was given.
        offset: Offset,
    },
}

impl DayOrTime {
    /// A moment in UTC.
    pub const fn utc(at: Timestamp) -> Self {
        Self::Time { at, offset: Offset::UTC }
    }

    /// The day, as it was meant.
    pub fn day(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Time { at, offset } => offset.to_datetime(at).date(),
        }
    }

    /// The moment; of a day its beginning in UTC. Things are sorted by it.
    pub fn instant(self) -> Timestamp {
        match self {
            Self::Day(day) => Offset::UTC
                .to_timestamp(day.to_datetime(Time::midnight()))
                .unwrap_or(Timestamp::UNIX_EPOCH),
            Self::Time { at, .. } => at,
        }
    }

    /// The moment when it is over in this time zone: of a day its end.
    pub fn end_in(self, zone: &TimeZone) -> Timestamp {
        let after =
            |day: Date| zone.to_timestamp(day.tomorrow().ok()?.to_datetime(Time::midnight())).ok();
        match self {
            Self::Day(day) => after(day).unwrap_or_else(|| self.instant()),
            Self::Time { at, .. } => at,
        }
    }

    /// It as programs are told: a moment with its offset, a day without one (`2031-02-03T00:00:00`), which
    /// browsers read as that day wherever they are.
    pub fn wire(self) -> String {
        match self {
            Self::Day(day) => format!("{day}T00:00:00"),
            Self::Time { .. } => self.to_string(),
        }
    }

    /// Seconds since 1970, as programs may give it.
    pub fn of_epoch(seconds: i64) -> Result<Self, Invalid> {
        Self::sensible(Self::utc(Timestamp::from_second(seconds).map_err(|_| Invalid::Date)?))
    }

    fn sensible(self) -> Result<Self, Invalid> {
        if YEARS.contains(&self.day().year()) { Ok(self) } else { Err(Invalid::Date) }
    }
}

impl fmt::Display for DayOrTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Time { at, offset } if *offset == Offset::UTC => write!(f, "{at}"),
            Self::Time { at, offset } => write!(f, "{}", at.display_with_offset(*offset)),
        }
    }
}

impl FromStr for DayOrTime {
    type Err = Invalid;

    /// `2031-02-03`, a date and time with `Z` or an offset (RFC 3339, ISO 8601), or seconds since 1970. A time
    /// without an offset is one in UTC; midnight without one is the day.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::of_epoch(text.parse().map_err(|_| Invalid::Date)?);
        }
        let written = |at: usize| text.as_bytes().get(at) == Some(&b'-');
        if !(written(4) && written(7)) {
            return Err(Invalid::Date);
        }
        let pieces = Pieces::parse(text).map_err(|_| Invalid::Date)?;
        let (day, time) = (pieces.date(), pieces.time().unwrap_or_default());
        match pieces.to_numeric_offset() {
            None if time == Time::midnight() => Self::Day(day),
            offset => {
                let offset = offset.unwrap_or(Offset::UTC);
                let at = offset.to_timestamp(day.to_datetime(time)).map_err(|_| Invalid::Date)?;
                Self::Time { at, offset }
            }
        }
        .sensible()
    }
}

impl TryFrom<String> for DayOrTime {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<DayOrTime> for String {
    fn from(value: DayOrTime) -> Self {
        value.to_string()
    }
}

impl JsonSchema for DayOrTime {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DayOrTime".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}(:\d{2})?))?$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[rstest::rstest]
    #[case("2031-02-03", "2031-02-03T00:00:00")]
    #[case("2031-02-03T00:00:00", "2031-02-03T00:00:00")]
    #[case("2031-02-03T09:10:11", "2031-02-03T09:10:11Z")]
    #[case("2031-02-03T09:10:11.120Z", "2031-02-03T09:10:11.12Z")]
    #[case("2031-02-03T00:30:00+02:00", "2031-02-03T00:30:00+02:00")]
    #[case("2031-02-03T00:00:00Z", "2031-02-03T00:00:00Z")]
    #[case("2031-02-03T00:00:00+00:00", "2031-02-03T00:00:00Z")]
    #[case("2031-02-03 09:10Z", "2031-02-03T09:10:00Z")]
    #[case("1927875600", "2031-02-03T09:00:00Z")]
    fn a_date_is_told_as_it_was_meant(#[case] given: &str, #[case] told: &str) {
        let read: DayOrTime = given.parse().unwrap();
        assert_eq!(read.wire(), told);
        assert_eq!(read.day(), Date::constant(2031, 2, 3));
        assert_eq!(read.wire().parse(), Ok(read), "what was told is read back");
        assert_eq!(String::from(read).parse(), Ok(read));
    }

    #[rstest::rstest]
    #[case("")]
    #[case("03/02/2031")]
    #[case("2031-02-30")]
    #[case("2031-13-01")]
    #[case("0031-02-03")]
    #[case("20310203T101010Z")]
    #[case("-5")]
    #[case("99999999999999999999")]
    #[case("hier")]
    #[case("2031-02-03T25:00:00Z")]
    fn what_is_no_date_is_refused(#[case] given: &str) {
        assert_eq!(given.parse::<DayOrTime>(), Err(Invalid::Date));
    }

    #[test]
    fn a_day_is_over_at_midnight_where_its_owner_is() {
        let day = DayOrTime::Day(Date::constant(2031, 2, 3));
        let paris = TimeZone::fixed(jiff::tz::offset(1));
        assert_eq!(day.end_in(&paris).to_string(), "2031-02-03T23:00:00Z");
        let time: DayOrTime = "2031-02-03T09:10:00+02:00".parse().unwrap();
        assert_eq!(time.end_in(&paris).to_string(), "2031-02-03T07:10:00Z");
        assert_eq!(time.instant().to_string(), "2031-02-03T07:10:00Z");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}|[0-9TZ:+. -]{0,30}") {
            if let Ok(read) = text.parse::<DayOrTime>() {
                prop_assert_eq!(read.wire().parse::<DayOrTime>(), Ok(read));
            }
        }
    }
}
