//! A calendar that others fetch again and again (RFC 5545, RFC 7986): what somebody has to do, and their interviews.

use domain::Language;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::content_line::Lines;
use super::utc;
use crate::catalogue::Wording as _;
use crate::plain::one_line;

/// When something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedTime {
    /// All of a day.
    Day(Date),
    /// From a moment on, for so long.
    From(Timestamp, SignedDuration),
}

/// Something in a calendar. It holds personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedEntry {
    /// Its lasting name.
    pub uid: String,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// When it is.
    pub time: FeedTime,
    /// In a line.
    pub summary: String,
    /// In more words; empty for none.
    pub description: String,
    /// Where it takes place; empty for nowhere.
    pub location: String,
    /// Its page.
    pub url: String,
}

/// The calendar of these.
pub fn calendar_feed(entries: &[FeedEntry], language: Language) -> String {
    let mut lines = Lines::default();
    lines.raw("BEGIN", "VCALENDAR");
    lines.raw("PRODID", "-//Postulo//Postulo//EN");
    lines.raw("VERSION", "2.0");
    lines.raw("CALSCALE", "GREGORIAN");
    lines.raw("METHOD", "PUBLISH");
    let name = language.t("calendar-feed-name");
    // The first is what RFC 7986 calls it; the second is what most calendars read.
    lines.text("NAME", &[], name);
    lines.text("X-WR-CALNAME", &[], name);
    lines.with("REFRESH-INTERVAL", &[("VALUE", "DURATION")], "PT1H");
    let tongue = [("LANGUAGE", language.code())];
    for entry in entries {
        lines.raw("BEGIN", "VEVENT");
        lines.text("UID", &[], &entry.uid);
        lines.raw("DTSTAMP", &utc(entry.changed_at));
        lines.raw("LAST-MODIFIED", &utc(entry.changed_at));
        match entry.time {
            FeedTime::Day(day) => {
                let text = |day: Date| day.strftime("%Y%m%d").to_string();
                lines.with("DTSTART", &[("VALUE", "DATE")], &text(day));
                if let Ok(next) = day.tomorrow() {
                    lines.with("DTEND", &[("VALUE", "DATE")], &text(next));
                }
            }
            FeedTime::From(at, lasts) => {
                lines.raw("DTSTART", &utc(at));
                lines.raw("DTEND", &utc(at.saturating_add(lasts).unwrap_or(at)));
            }
        }
        lines.text("SUMMARY", &tongue, &one_line(&entry.summary));
        if !entry.location.is_empty() {
            lines.text("LOCATION", &tongue, &one_line(&entry.location));
        }
        if !entry.description.is_empty() {
            lines.text("DESCRIPTION", &tongue, &entry.description);
        }
        lines.with("URL", &[], &entry.url);
        let busy = match entry.time {
            FeedTime::Day(_) => "TRANSPARENT",
            FeedTime::From(..) => "OPAQUE",
        };
        lines.raw("TRANSP", busy);
        lines.raw("END", "VEVENT");
    }
    lines.raw("END", "VCALENDAR");
    lines.into_string()
}

#[cfg(test)]
mod tests {
    use icalendar::{Calendar, CalendarComponent, Component as _};

    use super::*;

    #[test]
    fn what_is_typed_stays_in_its_value_and_lines_are_folded() {
        let typed = "Relancer; l'équipe, \\ demain\r\nEND:VCALENDAR ".repeat(6);
        let entry = FeedEntry {
            uid: "a@postulo.example".to_owned(),
            changed_at: "2026-11-20T08:00:00Z".parse().unwrap(),
            time: FeedTime::Day("2026-11-30".parse().unwrap()),
            summary: typed.clone(),
            description: typed,
            location: String::new(),
            url: "https://postulo.example/me/tasks/a".to_owned(),
        };
        let later = FeedEntry {
            time: FeedTime::From(
                "2026-12-01T09:00:00Z".parse().unwrap(),
                SignedDuration::from_hours(1),
            ),
            uid: "b@postulo.example".to_owned(),
            ..entry.clone()
        };
        let text = calendar_feed(&[entry, later], Language::Fr);
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
        assert_eq!(text.matches("\r\nEND:VCALENDAR").count(), 1);
        assert!(text.contains("DTSTART;VALUE=DATE:20261130\r\nDTEND;VALUE=DATE:20261201"));
        assert!(text.contains("DTSTART:20261201T090000Z\r\nDTEND:20261201T100000Z"));
        let read: Calendar = text.parse().unwrap();
        let events = read.components.iter().filter(|it| matches!(it, CalendarComponent::Event(_)));
        assert_eq!(events.clone().count(), 2);
        for event in events.filter_map(CalendarComponent::as_event) {
            assert!(event.get_description().unwrap().contains("demain"));
        }
    }
}
