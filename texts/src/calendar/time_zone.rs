//! VTIMEZONE (RFC 5545 3.6.5): what the clocks of a zone do around an event.
//!
//! Where the clocks change by a yearly rule, two observances say it with RRULE, the form that every
//! calendar reads; where they do not (Morocco's Ramadan), each change around the event is written.

use jiff::civil::{DateTime, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, Zoned};

use super::content_line::Lines;

/// Changes from this long before the event are looked at.
const BEFORE: SignedDuration = SignedDuration::from_hours(500 * 24);
/// Changes until this long after it are: long enough to tell "fourth Sunday" from "last Sunday".
const AFTER: SignedDuration = SignedDuration::from_hours(6 * 366 * 24);

/// A change of the clocks.
struct Change {
    /// The local time by the clocks before the change, as DTSTART wants it.
    local: DateTime,
    from: Offset,
    to: Offset,
    name: String,
}

/// Writes the VTIMEZONE called `name` that `event`'s zone needs.
pub(super) fn write(lines: &mut Lines, name: &str, event: &Zoned) {
    let zone = event.time_zone();
    let begin = event.timestamp().saturating_sub(BEFORE).unwrap_or(Timestamp::MIN);
    let end = event.timestamp().saturating_add(AFTER).unwrap_or(Timestamp::MAX);
    let changes = changes(zone, begin, end);

    lines.raw("BEGIN", "VTIMEZONE");
    lines.text("TZID", &[], name);
    if let Some(rules) = yearly(&changes) {
        for (change, rule) in rules {
            observance(lines, change, Some(&rule));
        }
    } else {
        let info = zone.to_offset_info(begin);
        let base = Change {
            local: DateTime::constant(1970, 1, 1, 0, 0, 0, 0),
            from: info.offset(),
            to: info.offset(),
            name: info.abbreviation().to_owned(),
        };
        observance(lines, &base, None);
        for change in &changes {
            observance(lines, change, None);
        }
    }
    lines.raw("END", "VTIMEZONE");
}

fn changes(zone: &TimeZone, begin: Timestamp, end: Timestamp) -> Vec<Change> {
    let mut from = zone.to_offset(begin);
    let mut changes = vec![];
    for transition in zone.following(begin).take_while(|next| next.timestamp() <= end) {
        let to = transition.offset();
        if to != from {
            let local = from.to_datetime(transition.timestamp());
            changes.push(Change { local, from, to, name: transition.abbreviation().to_owned() });
        }
        from = to;
    }
    changes
}

/// The first two changes and their yearly rules, where every change follows one of the two.
fn yearly(changes: &[Change]) -> Option<[(&Change, String); 2]> {
    let [first, second, rest @ ..] = changes else {
        return None;
    };
    if rest.len() < 8 {
        return None; // not every year: a rule that ended, or one about to begin
    }
    let every_other = |skip: usize| changes.iter().skip(skip).step_by(2).collect::<Vec<_>>();
    Some([(first, rule(&every_other(0))?), (second, rule(&every_other(1))?)])
}

/// The RRULE of changes that come once a year on the same weekday of the same week of a month.
fn rule(changes: &[&Change]) -> Option<String> {
    let [first, rest @ ..] = changes else {
        return None;
    };
    let mut year = first.local.year();
    for change in rest {
        let same = change.local.month() == first.local.month()
            && change.local.weekday() == first.local.weekday()
            && change.local.time() == first.local.time()
            && (change.from, change.to, &change.name) == (first.from, first.to, &first.name);
        if !same || change.local.year() != year + 1 {
            return None;
        }
        year = change.local.year();
    }
    let last = |change: &&Change| change.local.day() + 7 > change.local.date().days_in_month();
    let week = |change: &&Change| (change.local.day() - 1) / 7 + 1;
    let place = if changes.iter().all(last) {
        -1
    } else if changes.iter().all(|change| week(change) == week(first)) {
        week(first)
    } else {
        return None;
    };
    let day = match first.local.weekday() {
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
        Weekday::Sunday => "SU",
    };
    Some(format!("FREQ=YEARLY;BYMONTH={};BYDAY={place}{day}", first.local.month()))
}

fn observance(lines: &mut Lines, change: &Change, rule: Option<&str>) {
    // By the clocks, not by the law: Irish winter time is "daylight saving" in the tables.
    let kind = if change.to > change.from { "DAYLIGHT" } else { "STANDARD" };
    lines.raw("BEGIN", kind);
    lines.raw("DTSTART", &change.local.strftime("%Y%m%dT%H%M%S").to_string());
    if let Some(rule) = rule {
        lines.raw("RRULE", rule);
    }
    lines.raw("TZOFFSETFROM", &utc_offset(change.from));
    lines.raw("TZOFFSETTO", &utc_offset(change.to));
    lines.text("TZNAME", &[], &change.name);
    lines.raw("END", kind);
}

/// An offset as `+0530` (RFC 5545 3.3.14).
fn utc_offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.abs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match seconds {
        0 => format!("{sign}{hours:02}{minutes:02}"),
        _ => format!("{sign}{hours:02}{minutes:02}{seconds:02}"),
    }
}
