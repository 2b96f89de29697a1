//! Dates and times in words, in the zone of the place.

use std::sync::LazyLock;

use domain::Language;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::catalogue::Wording as _;

static PARIS: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Europe/Paris").expect("the time zones are compiled in"));

/// The zone of readers whose zone nobody knows: Europe/Paris.
pub fn default_zone() -> TimeZone {
    PARIS.clone()
}

/// A date and time in words, with its zone: "jeudi 3 décembre 2026 à 14 h 30 (heure de Paris)",
/// "Thursday 3 December 2026 at 2:30 pm (Paris time)". Spaces within the time are no-break spaces.
pub fn date_time(at: &Zoned, language: Language) -> String {
    let day = day(at.date(), language);
    let time = time(at.time(), language);
    let zone = zone(at, language);
    language.with("dates-date-time", (("day", &day), ("time", &time), ("zone", &zone)))
}

/// The date and time at `at` in `zone`, in the words of [`date_time`].
pub fn timestamp(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    date_time(&at.to_zoned(zone.clone()), language)
}

/// A date by a pattern of `strftime`, as a catalogue holds it; its `%b` is the short name of the month
/// in that language.
pub fn by_pattern(date: Date, pattern: &str, language: Language) -> String {
    let month = language.with("dates-short-month", ("month", &date.month()));
    date.strftime(&pattern.replace("%b", &month)).to_string()
}

/// The day in words: "jeudi 3 décembre 2026", "Thursday 3 December 2026".
pub fn day(date: Date, language: Language) -> String {
    let weekday = date.weekday().to_monday_one_offset();
    let weekday = language.with("dates-weekday", ("weekday", &weekday));
    let month = language.with("dates-month", ("month", &date.month()));
    language.with(
        "dates-day",
        (("weekday", &weekday), ("day", &date.day()), ("month", &month), ("year", &date.year())),
    )
}

/// The month in words: "décembre 2026", "December 2026".
pub fn month(date: Date, language: Language) -> String {
    let month = language.with("dates-month", ("month", &date.month()));
    format!("{month} {}", date.year())
}

fn time(time: Time, language: Language) -> String {
    let part = match (time.hour(), time.minute()) {
        (12, 0) => "midday",
        (..12, _) => "morning",
        _ => "afternoon",
    };
    let full = if time.minute() == 0 { "yes" } else { "no" };
    let minute = format!("{:02}", time.minute());
    language.with(
        "dates-time",
        (("hour", &time.hour()), ("minute", &minute), ("part", &part), ("full", &full)),
    )
}

/// The zone as people name it: by its city, or by its distance from UTC where it has no name. A
/// catalogue may call a zone by its own name.
fn zone(at: &Zoned, language: Language) -> String {
    let name = at.time_zone().iana_name().unwrap_or_default();
    let city = match name.rsplit_once('/') {
        Some((area, city)) if !area.starts_with("Etc") => city.replace('_', " "),
        _ => return offset(at),
    };
    let zone = name.replace('/', "-");
    language.with("dates-zone", (("zone", &zone), ("city", &city)))
}

/// "UTC", "UTC+2", "UTC+5:30".
fn offset(at: &Zoned) -> String {
    let minutes = at.offset().seconds() / 60;
    let sign = if minutes < 0 { '−' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        "2026-12-03T14:30[Europe/Paris]",
        "jeudi 3 décembre 2026 à 14 h 30 (heure de Paris)",
        "Thursday 3 December 2026 at 2:30 pm (Paris time)"
    )]
    #[case(
        "2026-09-01T09:05[America/New_York]",
        "mardi 1er septembre 2026 à 9 h 05 (heure de New York)",
        "Tuesday 1 September 2026 at 9:05 am (New York time)"
    )]
    #[case(
        "2027-08-15T12:00[Pacific/Auckland]",
        "dimanche 15 août 2027 à 12 h (heure d’Auckland)",
        "Sunday 15 August 2027 at midday (Auckland time)"
    )]
    #[case(
        "2027-02-28T00:00[Indian/Reunion]",
        "dimanche 28 février 2027 à 0 h (heure de La Réunion)",
        "Sunday 28 February 2027 at 12:00 am (Reunion time)"
    )]
    #[case(
        "2027-01-02T18:45+05:30[+05:30]",
        "samedi 2 janvier 2027 à 18 h 45 (UTC+5:30)",
        "Saturday 2 January 2027 at 6:45 pm (UTC+5:30)"
    )]
    #[case(
        "2027-01-02T18:45[America/Argentina/Buenos_Aires]",
        "samedi 2 janvier 2027 à 18 h 45 (heure de Buenos Aires)",
        "Saturday 2 January 2027 at 6:45 pm (Buenos Aires time)"
    )]
    #[case(
        "2027-01-02T18:45[UTC]",
        "samedi 2 janvier 2027 à 18 h 45 (UTC)",
        "Saturday 2 January 2027 at 6:45 pm (UTC)"
    )]
    fn a_time_reads_in_words_in_its_own_zone(
        #[case] at: &str,
        #[case] french: &str,
        #[case] english: &str,
    ) {
        let at: Zoned = at.parse().unwrap();
        assert_eq!(date_time(&at, Language::Fr).replace('\u{a0}', " "), french);
        assert_eq!(date_time(&at, Language::En).replace('\u{a0}', " "), english);
    }

    #[test]
    fn an_instant_is_shown_in_the_zone_it_is_asked_in() {
        let at: Timestamp = "2026-07-01T22:30:00Z".parse().unwrap();
        assert_eq!(
            timestamp(at, &default_zone(), Language::En).replace('\u{a0}', " "),
            "Thursday 2 July 2026 at 12:30 am (Paris time)"
        );
    }
}
