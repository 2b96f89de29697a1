use domain::application::{Answer, AnswerKind};
use domain::examples::{answer, full_submission, minutes, submission, valid};
use domain::{Language, Personal};
use icalendar::parser::{Component, read_calendar, unfold};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::Offset;
use rstest::rstest;

use super::*;

fn interview(starts_at: &str) -> Interview {
    let Answer::Interview(mut interview) = answer(AnswerKind::Interview, true) else {
        panic!("the example is an interview");
    };
    interview.starts_at = valid(starts_at);
    interview
}

fn invitation(sequence: u32) -> Invitation {
    Invitation {
        uid: "0195f3a0@postulo.example".into(),
        sequence,
        stamp: minutes(2),
        organizer_email: valid("dominique@boulangerie.example"),
    }
}

fn file(starts_at: &str) -> String {
    request(&full_submission(), &interview(starts_at), &invitation(0)).ics
}

fn value(component: &Component<'_>, name: &str) -> String {
    let property = component.properties.iter().find(|property| property.name == name);
    property.unwrap_or_else(|| panic!("there is no {name}")).val.as_ref().to_owned()
}

fn local(text: &str) -> DateTime {
    DateTime::strptime("%Y%m%dT%H%M%S", text).unwrap()
}

/// The last time at or before `at` at which the clocks changed by the observance, as a calendar
/// reckons it.
fn last_onset(observance: &Component<'_>, at: DateTime) -> Option<DateTime> {
    let first = local(&value(observance, "DTSTART"));
    let rule = observance.properties.iter().find(|property| property.name == "RRULE");
    let onsets: Vec<DateTime> = match rule {
        None => vec![first],
        Some(rule) => {
            let part = |name: &str| {
                let mut parts =
                    rule.val.as_ref().split(';').filter_map(|part| part.split_once('='));
                parts.find(|(key, _)| *key == name).unwrap().1.to_owned()
            };
            assert_eq!(part("FREQ"), "YEARLY");
            let by_day = part("BYDAY");
            let (week, day) = by_day.split_at(by_day.len() - 2);
            let weekday = match day {
                "SU" => Weekday::Sunday,
                "TH" => Weekday::Thursday,
                "FR" => Weekday::Friday,
                "SA" => Weekday::Saturday,
                other => panic!("unexpected {other}"),
            };
            let month = part("BYMONTH").parse().unwrap();
            let week = week.parse().unwrap();
            let of_year = |year| {
                let date = Date::new(year, month, 1).unwrap();
                date.nth_weekday_of_month(week, weekday).unwrap().to_datetime(first.time())
            };
            (first.year()..=at.year()).map(of_year).filter(|onset| *onset >= first).collect()
        }
    };
    onsets.into_iter().filter(|onset| *onset <= at).max()
}

fn offset(text: &str) -> Offset {
    let (sign, digits) = text.split_at(1);
    let hours: i32 = digits[..2].parse().unwrap();
    let minutes: i32 = digits[2..4].parse().unwrap();
    let seconds = hours * 3600 + minutes * 60;
    Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).unwrap()
}

/// The instant that a calendar takes the property `name` of the event to be, by the file alone.
fn instant(ics: &str, name: &str) -> Timestamp {
    let unfolded = unfold(ics);
    let calendar = read_calendar(&unfolded).unwrap();
    let event = calendar.components.iter().find(|component| component.name == "VEVENT").unwrap();
    let property = event.properties.iter().find(|property| property.name == name).unwrap();
    let text = property.val.as_ref();
    if let Some(utc) = text.strip_suffix('Z') {
        return Offset::UTC.to_timestamp(local(utc)).unwrap();
    }
    let zone_id = property.params.iter().find(|parameter| parameter.key == "TZID").unwrap();
    let zone = calendar.components.iter().find(|component| component.name == "VTIMEZONE").unwrap();
    assert_eq!(value(zone, "TZID"), zone_id.val.as_ref().unwrap().as_ref());
    let at = local(text);
    let onset = |observance: &&Component<'_>| last_onset(observance, at);
    let observances = zone.components.iter().filter(|observance| onset(observance).is_some());
    let observance = observances.max_by_key(onset).unwrap();
    offset(&value(observance, "TZOFFSETTO")).to_timestamp(at).unwrap()
}

#[rstest]
#[case::winter_in_paris("2026-12-03T14:30[Europe/Paris]")]
#[case::summer_in_paris("2027-07-14T09:00[Europe/Paris]")]
#[case::the_day_before_summer_time("2027-03-27T14:30[Europe/Paris]")]
#[case::the_day_of_summer_time("2027-03-28T14:30[Europe/Paris]")]
#[case::the_day_before_winter_time("2027-10-30T14:30[Europe/Paris]")]
#[case::the_day_of_winter_time("2027-10-31T14:30[Europe/Paris]")]
#[case::over_the_leap_of_the_clocks("2027-03-28T01:30[Europe/Paris]")]
#[case::the_first_of_two("2027-10-31T02:30+02:00[Europe/Paris]")]
#[case::the_second_of_two("2027-10-31T02:30+01:00[Europe/Paris]")]
#[case::new_york("2027-03-13T10:00[America/New_York]")]
#[case::new_york_in_summer("2027-03-14T10:00[America/New_York]")]
#[case::new_york_in_winter("2026-11-30T10:00[America/New_York]")]
#[case::southern_summer("2027-01-15T11:00[Pacific/Auckland]")]
#[case::before_the_southern_winter("2027-04-03T11:00[Pacific/Auckland]")]
#[case::in_the_southern_winter("2027-04-05T11:00[Pacific/Auckland]")]
#[case::half_an_hour_off("2027-01-15T11:00[Asia/Kolkata]")]
#[case::a_quarter_off("2027-01-15T11:00[Pacific/Chatham]")]
#[case::the_irish_tables_turn_winter_around("2027-01-15T11:00[Europe/Dublin]")]
#[case::no_yearly_rule("2027-02-20T11:00[Africa/Casablanca]")]
#[case::no_yearly_rule_after("2027-06-20T11:00[Africa/Casablanca]")]
#[case::a_rule_that_is_no_week_of_the_month("2027-09-10T11:00[America/Santiago]")]
#[case::another("2027-03-26T11:00[Asia/Jerusalem]")]
#[case::overseas("2027-01-15T11:00[America/Martinique]")]
#[case::no_name("2027-01-15T11:00+02:00[+02:00]")]
#[case::utc("2027-01-15T11:00[UTC]")]
fn a_calendar_shows_the_interview_at_the_right_time(#[case] starts_at: &str) {
    let ics = file(starts_at);
    let starts_at: Zoned = starts_at.parse().unwrap();
    assert_eq!(instant(&ics, "DTSTART"), starts_at.timestamp(), "{ics}");
    assert_eq!(instant(&ics, "DTEND"), starts_at.timestamp() + 1.hour(), "{ics}");
}

#[test]
fn a_yearly_rule_is_written_where_there_is_one_and_every_change_where_there_is_none() {
    for (zone, rules) in [
        ("Europe/Paris", 2),
        ("America/New_York", 2),
        ("Pacific/Auckland", 2),
        ("Asia/Kolkata", 0),
        ("Africa/Casablanca", 0),
    ] {
        let ics = file(&format!("2027-01-15T11:00[{zone}]"));
        assert_eq!(ics.matches("\r\nRRULE:").count(), rules, "{zone}: {ics}");
    }
}

#[test]
fn another_date_replaces_the_first_in_the_candidates_calendar() {
    let first =
        request(&submission(), &interview("2027-01-15T11:00[Europe/Paris]"), &invitation(0));
    let again =
        request(&submission(), &interview("2027-01-16T11:00[Europe/Paris]"), &invitation(1));
    for (calendar, sequence) in [(first, "0"), (again, "1")] {
        let unfolded = unfold(&calendar.ics);
        let parsed = read_calendar(&unfolded).unwrap();
        let event = parsed.components.iter().find(|component| component.name == "VEVENT").unwrap();
        assert_eq!(value(event, "UID"), "0195f3a0@postulo.example");
        assert_eq!(value(event, "SEQUENCE"), sequence);
        assert_eq!(value(event, "DTSTAMP"), "20261120T090200Z");
    }
}

#[test]
fn a_cancellation_names_the_meeting_and_calls_all_of_it_off() {
    let interview = interview("2027-01-16T11:00[Europe/Paris]");
    let calendar = cancellation(&full_submission(), &interview, &invitation(2));
    assert_eq!(calendar.method, "CANCEL");
    assert_eq!(calendar.file_name, "entretien-annule.ics");
    let unfolded = unfold(&calendar.ics);
    let parsed = read_calendar(&unfolded).unwrap();
    assert!(calendar.ics.contains("\r\nMETHOD:CANCEL\r\n"), "{}", calendar.ics);
    let event = parsed.components.iter().find(|component| component.name == "VEVENT").unwrap();
    // What RFC 5546 3.2.5 asks for.
    assert_eq!(value(event, "UID"), "0195f3a0@postulo.example");
    assert_eq!(value(event, "SEQUENCE"), "2");
    assert_eq!(value(event, "STATUS"), "CANCELLED");
    assert_eq!(value(event, "DTSTAMP"), "20261120T090200Z");
    assert_eq!(value(event, "ORGANIZER"), "mailto:dominique@boulangerie.example");
    assert_eq!(value(event, "ATTENDEE"), "mailto:camille.martin@example.org");
    assert_eq!(value(event, "DTSTART"), "20270116T110000");
    assert_eq!(value(event, "TRANSP"), "TRANSPARENT");
    let proposed = request(&full_submission(), &interview, &invitation(1)).ics;
    for name in ["UID", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "ORGANIZER"] {
        let unfolded = unfold(&proposed);
        let parsed = read_calendar(&unfolded).unwrap();
        let before = parsed.components.iter().find(|component| component.name == "VEVENT").unwrap();
        assert_eq!(value(event, name), value(before, name), "{name}");
    }
    assert!(!calendar.ics.contains("RSVP"), "nobody is asked to answer");
}

#[test]
fn whatever_a_person_types_stays_in_its_property() {
    let hostile = "x\";ROLE=CHAIR:mailto:eve@example.org,;\\n\\ \u{202e}END:VEVENT";
    let mut submission = full_submission();
    submission.language = Language::En;
    submission.candidate.first_name = Personal::new(valid(hostile));
    submission.employer.description = valid(hostile);
    submission.job = valid(hostile);
    let mut interview = interview("2027-01-15T11:00[Europe/Paris]");
    interview.recruiter.name = Personal::new(valid(hostile));
    interview.recruiter.address = Some(Personal::new(valid(hostile)));
    interview.message =
        Some(Personal::new(valid("one\nEND:VEVENT\r\nATTENDEE:mailto:eve@example.org\n\ttwo")));
    let invitation = Invitation { uid: "a\r\nX-EVIL:1".into(), ..invitation(0) };
    let ics = request(&submission, &interview, &invitation).ics;

    let unfolded = unfold(&ics);
    let calendar = read_calendar(&unfolded).unwrap();
    let names: Vec<_> = calendar.components.iter().map(|part| part.name.as_ref()).collect();
    assert_eq!(names, ["VTIMEZONE", "VEVENT"]);
    let event = &calendar.components[1];
    let properties: Vec<_> = event.properties.iter().map(|part| part.name.as_ref()).collect();
    let expected = [
        "UID",
        "SEQUENCE",
        "DTSTAMP",
        "DTSTART",
        "DTEND",
        "SUMMARY",
        "LOCATION",
        "DESCRIPTION",
        "ORGANIZER",
        "ATTENDEE",
        "STATUS",
        "TRANSP",
    ];
    assert_eq!(properties, expected);
    assert_eq!(value(event, "ATTENDEE"), "mailto:camille.martin@example.org");
    assert!(ics.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])));
}

#[test]
fn the_candidates_own_link_is_not_in_the_file() {
    // An accepting calendar sends the event's text back to the organizer.
    assert!(!file("2027-01-15T11:00[Europe/Paris]").contains("http"));
}

#[test]
fn debug_output_shows_nothing_of_a_calendar() {
    let interview = interview("2027-01-15T11:00[Europe/Paris]");
    let calendar = request(&full_submission(), &interview, &invitation(0));
    assert_eq!(format!("{calendar:?}"), "Calendar(…)");
}
