//! Dates as sources write them. A day without a time is one in France, where most of them are.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").expect("the time zones are compiled in")
}

/// The moment that a text tells; of a day, its beginning.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    read(text, |day| day.at(0, 0, 0, 0))
}

/// The moment until which something counts; of a day, its end.
pub(super) fn end(text: &str) -> Option<Timestamp> {
    read(text, |day| day.at(23, 59, 59, 0))
}

/// A moment that is told in milliseconds since 1970.
pub(super) fn of_milliseconds(milliseconds: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(milliseconds).ok()
}

fn read(text: &str, of_day: impl Fn(Date) -> DateTime) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let here = |at: DateTime| at.to_zoned(paris()).ok().map(|at| at.timestamp());
    // A day alone is also a moment at midnight for jiff.
    if let Some(day) = day(text) {
        return here(of_day(day));
    }
    // Offsets without a colon, which ISO 8601 has and RFC 3339 has not.
    let colon = |at: usize| format!("{}:{}", &text[..at], &text[at..]);
    if text.is_ascii()
        && text.len() > 20
        && text[..text.len() - 4].ends_with(['+', '-'])
        && let Ok(at) = colon(text.len() - 2).parse()
    {
        return Some(at);
    }
    if let Ok(at) = text.parse::<DateTime>() {
        return here(at);
    }
    rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text).ok()
}

fn day(text: &str) -> Option<Date> {
    if let Some((day, rest)) = text.split_once('/')
        && let Some((month, year)) = rest.split_once('/')
        && year.len() == 4
    {
        return Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
    }
    (text.len() <= 10).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("2026-11-28", "2026-11-27T23:00:00Z")]
    #[case("2026-11-28T08:30", "2026-11-28T07:30:00Z")]
    #[case("2026-11-28T08:30:00+02:00", "2026-11-28T06:30:00Z")]
    #[case("2026-11-28T08:30:00.000+0000", "2026-11-28T08:30:00Z")]
    #[case("2026-11-28T08:30:00Z", "2026-11-28T08:30:00Z")]
    #[case("28/11/2026", "2026-11-27T23:00:00Z")]
    #[case("Sat, 28 Nov 2026 08:30:00 GMT", "2026-11-28T08:30:00Z")]
    fn dates_are_read_as_sources_write_them(#[case] text: &str, #[case] at: &str) {
        assert_eq!(moment(text), Some(at.parse().unwrap()));
    }

    #[test]
    fn a_last_day_counts_until_its_end() {
        assert_eq!(end("2026-11-28"), Some("2026-11-28T22:59:59Z".parse().unwrap()));
        assert_eq!(moment("soon"), None);
    }
}
