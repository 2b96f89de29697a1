//! A timetable: a cron expression in a time zone, and the times that are due by it.
//!
//! The expression is about the calendar and the clock on the wall; croner evaluates it there, and the
//! zone then says when that is. So a time that the clocks skip is due in the next minute that exists,
//! and one that they repeat is due once, the first time: a task that comes every quarter of an hour
//! rests for that hour. One that must not is given UTC.

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// How far back it is looked whether the clocks were changed: by a day at most.
const A_DAY_AND_MORE: SignedDuration = SignedDuration::from_hours(26);

/// When something is due, over and over.
#[derive(Clone, Debug)]
pub struct Timetable {
    cron: Cron,
    text: String,
    zone: TimeZone,
}

/// What is wrong with a timetable, to whoever wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimetableError {
    /// The expression cannot be read.
    #[error(
        "{text:?} is not a cron expression of five fields (minute, hour, day of the month, month, \
         day of the week), such as \"30 4 * * 1-5\": {why}"
    )]
    Cron {
        /// As it was given.
        text: String,
        /// What is wrong.
        why: String,
    },
    /// There is no such zone.
    #[error("there is no time zone {0:?}; one is called Europe/Paris, for instance")]
    Zone(String),
    /// It is read, and its day never comes.
    #[error("{0:?} is never due: no month has such a day")]
    Never(String),
}

impl Timetable {
    /// Reads a cron expression of five fields, and the name of a zone of the IANA database. Where both
    /// the day of the month and the day of the week are restricted, either is enough.
    pub fn parse(cron: &str, zone: &str) -> Result<Self, TimetableError> {
        let text = cron.split_whitespace().collect::<Vec<_>>();
        let wrong = |why: String| TimetableError::Cron { text: cron.to_owned(), why };
        if text.len() != 5 {
            return Err(wrong(format!("it has {} fields", text.len())));
        }
        let text = text.join(" ");
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed);
        let cron = parser.build().parse(&text).map_err(|error| wrong(error.to_string()))?;
        let zone = TimeZone::get(zone).map_err(|_| TimetableError::Zone(zone.to_owned()))?;
        let timetable = Self { cron, text, zone };
        match timetable.next(Timestamp::UNIX_EPOCH) {
            Some(_) => Ok(timetable),
            None => Err(TimetableError::Never(timetable.text)),
        }
    }

    /// The cron expression, with one space between its fields.
    pub fn cron(&self) -> &str {
        &self.text
    }

    /// The zone in which it is read.
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The name of the zone.
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// The first time after this one that is due.
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        // On the wall the clock of a repeated hour shows what is over already; that is passed over.
        let mut at = self.zone.to_datetime(after);
        loop {
            at = self.cron.find_next_occurrence(&at, false).ok()?;
            let due = self.instant(at)?;
            if due > after {
                return Some(due);
            }
        }
    }

    /// The last time up to this one, itself included, that was due.
    pub fn last(&self, until: Timestamp) -> Option<Timestamp> {
        let mut at = self.zone.to_datetime(until);
        // Where the clocks went back meanwhile, the wall showed later times before.
        let before = self.zone.to_offset(until.checked_sub(A_DAY_AND_MORE).ok()?);
        let back = before.seconds() - self.zone.to_offset(until).seconds();
        if back > 0 {
            at = at.checked_add(SignedDuration::from_secs(back.into())).ok()?;
        }
        let mut inclusive = true;
        loop {
            at = self.cron.find_previous_occurrence(&at, inclusive).ok()?;
            let due = self.instant(at)?;
            if due <= until {
                return Some(due);
            }
            inclusive = false;
        }
    }

    /// The times after this one that are due, one after the other.
    pub fn times(&self, after: Timestamp) -> impl Iterator<Item = Timestamp> {
        std::iter::successors(self.next(after), |due| self.next(*due))
    }

    /// When the wall shows this: the first time, or where it never does, the moment at which the clocks
    /// are put forward over it.
    fn instant(&self, at: DateTime) -> Option<Timestamp> {
        match self.zone.to_ambiguous_timestamp(at).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(at).ok(),
            AmbiguousOffset::Fold { before, .. } => before.to_timestamp(at).ok(),
            AmbiguousOffset::Gap { before, .. } => {
                let beyond = before.to_timestamp(at).ok()?;
                let beyond = beyond.checked_add(SignedDuration::from_secs(1)).ok()?;
                self.zone.preceding(beyond).next().map(|change| change.timestamp())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn paris(cron: &str) -> Timetable {
        Timetable::parse(cron, "Europe/Paris").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn times(timetable: &Timetable, after: &str, count: usize) -> Vec<String> {
        timetable.times(at(after)).take(count).map(|due| due.to_string()).collect()
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_due_in_the_next_minute_that_there_is() {
        let due = times(&paris("30 2 * * *"), "2026-03-28T12:00:00Z", 2);
        assert_eq!(due, ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
        let due = times(&paris("*/20 * * * *"), "2026-03-29T00:39:00Z", 3);
        assert_eq!(due, ["2026-03-29T00:40:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:20:00Z"]);
    }

    #[test]
    fn a_time_that_the_clocks_repeat_is_due_once() {
        let due = times(&paris("30 2 * * *"), "2026-10-24T12:00:00Z", 2);
        assert_eq!(due, ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
        let due = times(&paris("*/30 * * * *"), "2026-10-25T00:20:00Z", 3);
        assert_eq!(due, ["2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z", "2026-10-25T02:30:00Z"]);
        // In the middle of the hour that is repeated.
        let again = at("2026-10-25T01:10:00Z");
        assert_eq!(paris("*/30 * * * *").last(again), Some(at("2026-10-25T00:30:00Z")));
        assert_eq!(paris("45 2 * * *").last(again), Some(at("2026-10-25T00:45:00Z")));
    }

    #[test]
    fn where_both_days_are_restricted_either_is_enough() {
        // Hourly on the days 9 to 19 and on every weekday: whoever meant the hours 9 to 19 sees it here.
        let due = times(&paris("0 * 9-19 * 1-5"), "2026-12-04T21:30:00Z", 3);
        assert_eq!(due, ["2026-12-04T22:00:00Z", "2026-12-06T23:00:00Z", "2026-12-07T00:00:00Z"]);
        let due = times(&paris("0 12 13 * 5"), "2026-12-01T00:00:00Z", 3);
        assert_eq!(due, ["2026-12-04T11:00:00Z", "2026-12-11T11:00:00Z", "2026-12-13T11:00:00Z"]);
    }

    #[rstest]
    #[case("", "it has 0 fields")]
    #[case("0 4 * *", "it has 4 fields")]
    #[case("0 0 4 * * *", "it has 6 fields")]
    #[case("@daily", "it has 1 fields")]
    #[case("60 4 * * *", "60 4 * * *")]
    #[case("0 4 * * 1-9", "0 4 * * 1-9")]
    #[case("0 4 30 2 *", "never due")]
    fn what_is_no_timetable_is_refused(#[case] cron: &str, #[case] expected: &str) {
        let error = Timetable::parse(cron, "Europe/Paris").unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(Timetable::parse("0 4 * * *", "Europe/Lutetia").is_err());
    }

    #[test]
    fn a_day_that_a_zone_skips_is_due_at_its_end() {
        // Samoa had no 30 December 2011.
        let timetable = Timetable::parse("0 9 30 * *", "Pacific/Apia").unwrap();
        let due = times(&timetable, "2011-12-01T00:00:00Z", 2);
        assert_eq!(due, ["2011-12-30T10:00:00Z", "2012-01-29T19:00:00Z"]);
    }

    proptest! {
        #[test]
        fn the_last_time_is_the_one_before_the_next(
            minute in 0..60_u8,
            every in prop_oneof![Just("*"), Just("*/3"), Just("2"), Just("1-4")],
            days in prop_oneof![Just("* * *"), Just("* * 0"), Just("29 2 *"), Just("1-7 * 6")],
            zone in prop_oneof![
                Just("Europe/Paris"), Just("America/New_York"), Just("Australia/Lord_Howe"),
                Just("Pacific/Apia"), Just("Asia/Kathmandu"), Just("America/Sao_Paulo"),
            ],
            seconds in 946_684_800_i64..2_208_988_800,
        ) {
            let timetable = Timetable::parse(&format!("{minute} {every} {days}"), zone).unwrap();
            let now = Timestamp::from_second(seconds).unwrap();
            let next = timetable.next(now).unwrap();
            prop_assert!(next > now);
            prop_assert_eq!(timetable.last(next), Some(next));
            let last = timetable.last(now).unwrap();
            prop_assert!(last <= now);
            prop_assert_eq!(timetable.next(last), Some(next));
            let before = last - SignedDuration::from_secs(1);
            prop_assert_eq!(timetable.next(before), Some(last));
        }
    }
}
