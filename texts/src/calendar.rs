//! Calendar files: an interview as a meeting request, and its cancellation (RFC 5545, RFC 5546).
//!
//! The lines are written here and not by a library: the `icalendar` crate gives every component a
//! random UID and the present time, a VTIMEZONE too, and folds and quotes less strictly. Tests read
//! the files back with its parser.

mod content_line;
mod feed;
mod time_zone;

use std::fmt;

use domain::application::{Interview, Place, Submission};
use domain::{EmailAddress, Language};
use jiff::{SignedDuration, Timestamp, Zoned};

use self::content_line::Lines;
pub(crate) use self::content_line::address_in_uri;
pub use self::feed::{FeedEntry, FeedTime, calendar_feed};
use crate::catalogue::Wording as _;
use crate::plain::one_line;
use crate::wording;

/// How long an interview is taken to last: nobody is asked.
const DURATION: SignedDuration = SignedDuration::from_hours(1);

/// A calendar file, as it goes with an e-mail. It holds personal data: `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The iTIP method, for the `method` parameter of the part's Content-Type: `REQUEST` or
    /// `CANCEL`.
    pub method: &'static str,
    /// The file: UTF-8, lines end with CRLF and hold at most 75 octets.
    pub ics: String,
    /// Its name, in the letter's language.
    pub file_name: String,
}

impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Calendar(…)")
    }
}

/// What a meeting request or a cancellation needs besides the interview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The meeting's lasting name, the same when another date is proposed; from the application's
    /// id.
    pub uid: String,
    /// How many files of this meeting there were before, so that a later date replaces an earlier
    /// one and the cancellation calls off the latest.
    pub sequence: u32,
    /// When the interview was proposed, or called off.
    pub stamp: Timestamp,
    /// Where the candidate's calendar answers: the recruiter, or else the employer's mailbox.
    pub organizer_email: EmailAddress,
}

/// The meeting request for `interview`. It never carries the candidate's own link: when a calendar
/// accepts, it sends a copy of the event to the organizer.
pub(crate) fn request(
    submission: &Submission,
    interview: &Interview,
    invitation: &Invitation,
) -> Calendar {
    file(Method::Request, submission, interview, invitation)
}

/// The cancellation of `interview`: a calendar that has it by the UID takes it out (RFC 5546 3.2.5).
pub(crate) fn cancellation(
    submission: &Submission,
    interview: &Interview,
    invitation: &Invitation,
) -> Calendar {
    file(Method::Cancel, submission, interview, invitation)
}

/// What a file asks of a calendar (RFC 5546 1.4).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Request,
    Cancel,
}

impl Method {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

fn file(
    method: Method,
    submission: &Submission,
    interview: &Interview,
    invitation: &Invitation,
) -> Calendar {
    let language = submission.language;
    let candidate = &submission.candidate;
    let recruiter = &interview.recruiter;
    let starts_at = &interview.starts_at;
    let employer = submission.employer.description.as_str();
    let job = submission.job.as_str();
    let summary = language.with("calendar-summary", (("employer", &employer), ("job", &job)));

    let mut lines = Lines::default();
    lines.raw("BEGIN", "VCALENDAR");
    lines.raw("PRODID", "-//Postulo//Postulo//EN");
    lines.raw("VERSION", "2.0");
    lines.raw("CALSCALE", "GREGORIAN");
    lines.raw("METHOD", method.as_str());
    let times = Times::of(starts_at);
    if let Times::Local { zone, .. } = &times {
        time_zone::write(&mut lines, zone, starts_at);
    }
    lines.raw("BEGIN", "VEVENT");
    lines.text("UID", &[], &invitation.uid);
    lines.raw("SEQUENCE", &invitation.sequence.to_string());
    lines.raw("DTSTAMP", &utc(invitation.stamp));
    times.write(&mut lines);
    let tongue = [("LANGUAGE", language.code())];
    lines.text("SUMMARY", &tongue, &one_line(&summary));
    lines.text("LOCATION", &tongue, &location(submission, interview));
    let description = match method {
        Method::Request => description(interview, language),
        Method::Cancel => language.t("calendar-called-off").to_owned(),
    };
    lines.text("DESCRIPTION", &tongue, &description);
    let organizer = [("CN", recruiter.name.reveal().as_str())];
    lines.mailbox("ORGANIZER", &organizer, &invitation.organizer_email);
    let name = candidate.full_name();
    let mut attendee = vec![("CUTYPE", "INDIVIDUAL"), ("ROLE", "REQ-PARTICIPANT")];
    if method == Method::Request {
        attendee.extend([("PARTSTAT", "NEEDS-ACTION"), ("RSVP", "TRUE")]);
    }
    attendee.push(("CN", name.reveal()));
    lines.mailbox("ATTENDEE", &attendee, candidate.email.reveal());
    let (status, transparency) = match method {
        Method::Request => ("CONFIRMED", "OPAQUE"),
        Method::Cancel => ("CANCELLED", "TRANSPARENT"),
    };
    lines.raw("STATUS", status);
    lines.raw("TRANSP", transparency);
    lines.raw("END", "VEVENT");
    lines.raw("END", "VCALENDAR");

    Calendar {
        method: method.as_str(),
        ics: lines.into_string(),
        file_name: match method {
            Method::Request => language.t("calendar-file-name"),
            Method::Cancel => language.t("calendar-cancelled-file-name"),
        }
        .to_owned(),
    }
}

/// Beginning and end, in the form that says them without doubt.
enum Times {
    /// In the words of the zone called `zone`.
    Local { zone: String, start: Zoned, end: Zoned },
    /// In UTC: the zone has no name, or the clocks go back and one of the times comes twice, of
    /// which a calendar takes the first (RFC 5545 3.3.5).
    Utc { start: Timestamp, end: Timestamp },
}

impl Times {
    fn of(start: &Zoned) -> Self {
        let end = start.saturating_add(DURATION);
        let first = |at: &Zoned| {
            let zoned = at.time_zone().to_ambiguous_zoned(at.datetime()).compatible();
            zoned.is_ok_and(|zoned| zoned.timestamp() == at.timestamp())
        };
        match start.time_zone().iana_name() {
            Some(zone) if zone.contains('/') && first(start) && first(&end) => {
                Self::Local { zone: zone.to_owned(), start: start.clone(), end }
            }
            _ => Self::Utc { start: start.timestamp(), end: end.timestamp() },
        }
    }

    fn write(&self, lines: &mut Lines) {
        match self {
            Self::Local { zone, start, end } => {
                let zone = [("TZID", zone.as_str())];
                lines.with("DTSTART", &zone, &local(start));
                lines.with("DTEND", &zone, &local(end));
            }
            Self::Utc { start, end } => {
                lines.raw("DTSTART", &utc(*start));
                lines.raw("DTEND", &utc(*end));
            }
        }
    }
}

fn local(at: &Zoned) -> String {
    at.strftime("%Y%m%dT%H%M%S").to_string()
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn location(submission: &Submission, interview: &Interview) -> String {
    let recruiter = &interview.recruiter;
    let place = wording::place(interview.place, submission.language);
    match interview.place {
        Place::Onsite => recruiter.address.as_ref().map_or_else(
            || submission.employer.description.as_str().to_owned(),
            |address| address.reveal().as_str().to_owned(),
        ),
        Place::Phone | Place::Video => place.to_owned(),
    }
}

/// The recruiter's name, contacts and message.
fn description(interview: &Interview, language: Language) -> String {
    let recruiter = &interview.recruiter;
    let name = recruiter.name.reveal().as_str();
    let with = language.with("calendar-with", ("recruiter", &name));
    let place = wording::place(interview.place, language);
    let mut lines = vec![with, place.to_owned()];
    lines.extend(recruiter.email.iter().map(|email| email.reveal().to_string()));
    lines.extend(recruiter.phone.iter().map(|phone| phone.reveal().to_string()));
    lines.extend(recruiter.address.iter().map(|address| address.reveal().to_string()));
    if let Some(message) = &interview.message {
        lines.push(String::new());
        lines.push(message.reveal().to_string());
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests;
