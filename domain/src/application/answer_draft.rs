//! An answer as the recruiter's form brings it: text, not yet parsed.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

use crate::application::{Answer, AnswerKind, Hire, InfoRequest, Interview, Recruiter, Rejection};
use crate::invalid::Errors;
use crate::value::text::lines_as_one;
use crate::value::typed;
use crate::{FieldError, Invalid, Line, Personal, dates};

/// The fields of an answer's form as text; a kind of answer reads the ones it has.
#[derive(Clone, Debug, Default)]
pub struct AnswerDraft {
    /// Rejection: one of [`crate::application::RejectionReason`].
    pub reason: String,
    /// Interview: one of [`crate::application::Place`].
    pub place: String,
    /// Interview: a day as [`dates::date`] reads it.
    pub date: String,
    /// Interview: a time as [`dates::time`] reads it.
    pub time: String,
    /// Interview: an IANA time zone name, `Europe/Paris`.
    pub zone: String,
    /// Interview and information: the recruiter's name.
    pub recruiter_name: Personal<String>,
    /// Interview and information: one of these three at least.
    pub recruiter_email: Personal<String>,
    /// See `recruiter_email`.
    pub recruiter_phone: Personal<String>,
    /// See `recruiter_email`.
    pub recruiter_address: Personal<String>,
    /// All: what the recruiter writes; required when information is asked for.
    pub message: Personal<String>,
    /// Hire: the box that says "I confirm" is ticked.
    pub confirmed: bool,
}

impl AnswerDraft {
    /// The fields a form of this kind has, in its order.
    pub const fn fields(kind: AnswerKind) -> &'static [&'static str] {
        match kind {
            AnswerKind::Interview => &[
                "place",
                "date",
                "time",
                "zone",
                "recruiter_name",
                "recruiter_email",
                "recruiter_phone",
                "recruiter_address",
                "message",
            ],
            AnswerKind::Info => &[
                "message",
                "recruiter_name",
                "recruiter_email",
                "recruiter_phone",
                "recruiter_address",
            ],
            AnswerKind::Rejection => &["reason", "message"],
            AnswerKind::Hire => &["message", "confirmed"],
        }
    }

    /// The answer, or everything that is wrong with it, field by field. `now` tells the past.
    pub fn parse(&self, kind: AnswerKind, now: Timestamp) -> Result<Answer, Vec<FieldError>> {
        let mut errors = Errors::default();
        let answer = match kind {
            AnswerKind::Interview => self.interview(now, &mut errors).map(Answer::Interview),
            AnswerKind::Info => self.info(&mut errors).map(Answer::Info),
            AnswerKind::Rejection => self.rejection(&mut errors).map(Answer::Rejection),
            AnswerKind::Hire => {
                if !self.confirmed {
                    errors.note("confirmed", Invalid::NotConfirmed);
                }
                let message = errors.optional("message", Some(self.message.reveal()));
                Some(Answer::Hire(Hire { message: message.map(Personal::new) }))
            }
        };
        let errors = errors.into_vec();
        match answer {
            Some(answer) if errors.is_empty() => Ok(answer),
            _ => Err(errors),
        }
    }

    fn interview(&self, now: Timestamp, errors: &mut Errors) -> Option<Interview> {
        let place = errors.required("place", Some(&self.place));
        let starts_at = self.starts_at(now, errors);
        let recruiter = self.recruiter(errors);
        let message = errors.optional("message", Some(self.message.reveal()));
        Some(Interview {
            place: place?,
            starts_at: starts_at?,
            recruiter: recruiter?,
            message: message.map(Personal::new),
        })
    }

    fn info(&self, errors: &mut Errors) -> Option<InfoRequest> {
        let message = errors.required("message", Some(self.message.reveal()));
        let recruiter = self.recruiter(errors);
        Some(InfoRequest { recruiter: recruiter?, message: Personal::new(message?) })
    }

    fn rejection(&self, errors: &mut Errors) -> Option<Rejection> {
        let reason = errors.required("reason", Some(&self.reason));
        let message = errors.optional("message", Some(self.message.reveal()));
        Some(Rejection { reason: reason?, message: message.map(Personal::new) })
    }

    fn recruiter(&self, errors: &mut Errors) -> Option<Recruiter> {
        let name = errors.required("recruiter_name", Some(self.recruiter_name.reveal()));
        let email = errors.optional("recruiter_email", Some(self.recruiter_email.reveal()));
        let phone = errors.optional("recruiter_phone", Some(self.recruiter_phone.reveal()));
        let address = lines_as_one(self.recruiter_address.reveal(), Line::<256>::MAX);
        let contacts = [self.recruiter_email.reveal(), self.recruiter_phone.reveal(), &address];
        if contacts.iter().all(|contact| typed::is_blank(contact)) {
            errors.note("recruiter_email", Invalid::NoContact);
        }
        let address = errors.optional("recruiter_address", Some(&address));
        Some(Recruiter {
            name: Personal::new(name?),
            email: email.map(Personal::new),
            phone: phone.map(Personal::new),
            address: address.map(Personal::new),
        })
    }

    fn starts_at(&self, now: Timestamp, errors: &mut Errors) -> Option<Zoned> {
        let date = required(&self.date, dates::date);
        let date = errors.take("date", date);
        let time = required(&self.time, dates::time);
        let time = errors.take("time", time);
        let known = |name: &str| TimeZone::get(name).map_err(|_| Invalid::TimeZone);
        let zone = required(&self.zone, known);
        let zone = errors.take("zone", zone);
        let (date, time, zone) = (date?, time?, zone?);
        let exact = zone.to_ambiguous_zoned(date.to_datetime(time));
        // A time that the clocks skip does not exist; one that they repeat is its first occurrence.
        if matches!(exact.offset(), jiff::tz::AmbiguousOffset::Gap { .. }) {
            errors.note("time", Invalid::NoSuchTime);
            return None;
        }
        let starts_at = errors.take("date", exact.earlier().map_err(|_| Invalid::Date))?;
        if starts_at.timestamp() <= now {
            errors.note("date", Invalid::PastDate);
            return None;
        }
        if starts_at.timestamp().duration_since(now) > SignedDuration::from_hours(2 * 366 * 24) {
            errors.note("date", Invalid::FarDate);
            return None;
        }
        Some(starts_at)
    }
}

fn required<T>(text: &str, parse: impl FnOnce(&str) -> Result<T, Invalid>) -> Result<T, Invalid> {
    if typed::is_blank(text) { Err(Invalid::Missing) } else { parse(text.trim()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples;

    fn errors(draft: &AnswerDraft, kind: AnswerKind) -> Vec<FieldError> {
        draft.parse(kind, examples::at("2026-11-20T09:00:00Z")).unwrap_err()
    }

    #[test]
    fn an_interview_keeps_its_zone() {
        let draft = examples::interview_draft();
        let now = examples::at("2026-11-20T09:00:00Z");
        let Ok(Answer::Interview(interview)) = draft.parse(AnswerKind::Interview, now) else {
            panic!("the example is valid");
        };
        assert_eq!(interview.starts_at.to_string(), "2026-12-03T14:30:00+01:00[Europe/Paris]");
    }

    #[rstest::rstest]
    #[case("2026-11-20", "09:59", "Europe/Paris", "date", Invalid::PastDate)]
    #[case("2036-01-01", "10:00", "Europe/Paris", "date", Invalid::FarDate)]
    #[case("2027-03-28", "02:30", "Europe/Paris", "time", Invalid::NoSuchTime)]
    #[case("2027-02-30", "10:00", "Europe/Paris", "date", Invalid::Date)]
    #[case("2027-02-20", "25:00", "Europe/Paris", "time", Invalid::Time)]
    #[case("2027-02-20", "10:00", "Paris", "zone", Invalid::TimeZone)]
    #[case("", "10:00", "Europe/Paris", "date", Invalid::Missing)]
    fn a_date_that_cannot_be_met_is_refused(
        #[case] date: &str,
        #[case] time: &str,
        #[case] zone: &str,
        #[case] field: &'static str,
        #[case] invalid: Invalid,
    ) {
        let draft = AnswerDraft {
            date: date.into(),
            time: time.into(),
            zone: zone.into(),
            ..examples::interview_draft()
        };
        assert_eq!(errors(&draft, AnswerKind::Interview), [FieldError::new(field, invalid)]);
    }

    #[rstest::rstest]
    #[case("03/12/2026", "14h30")]
    #[case("03.12.2026", "14 h 30")]
    #[case("3 décembre 2026", "2:30 pm")]
    fn a_date_is_taken_as_people_type_it(#[case] date: &str, #[case] time: &str) {
        let (date, time) = (date.to_owned(), time.to_owned());
        let draft = AnswerDraft { date, time, ..examples::interview_draft() };
        let now = examples::at("2026-11-20T09:00:00Z");
        let Ok(Answer::Interview(interview)) = draft.parse(AnswerKind::Interview, now) else {
            panic!("it is a date and a time");
        };
        assert_eq!(interview.starts_at.to_string(), "2026-12-03T14:30:00+01:00[Europe/Paris]");
    }

    #[test]
    fn ways_to_be_reached_of_nothing_that_is_seen_are_none() {
        let draft = AnswerDraft {
            recruiter_email: "\u{200b}".to_owned().into(),
            recruiter_phone: String::new().into(),
            recruiter_address: "\u{feff}\n".to_owned().into(),
            ..examples::interview_draft()
        };
        let expected = [FieldError::new("recruiter_email", Invalid::NoContact)];
        assert_eq!(errors(&draft, AnswerKind::Interview), expected);
    }

    #[test]
    fn a_recruiter_must_be_reachable() {
        let draft = AnswerDraft {
            message: "When could you start?".to_owned().into(),
            recruiter_name: "Dominique".to_owned().into(),
            ..AnswerDraft::default()
        };
        let expected = [FieldError::new("recruiter_email", Invalid::NoContact)];
        assert_eq!(errors(&draft, AnswerKind::Info), expected);
    }

    #[test]
    fn the_reason_of_a_rejection_is_never_preset() {
        let expected = [FieldError::new("reason", Invalid::Missing)];
        assert_eq!(errors(&AnswerDraft::default(), AnswerKind::Rejection), expected);
    }

    #[test]
    fn a_hire_must_be_confirmed() {
        let expected = [FieldError::new("confirmed", Invalid::NotConfirmed)];
        assert_eq!(errors(&AnswerDraft::default(), AnswerKind::Hire), expected);
    }

    proptest::proptest! {
        #[test]
        fn no_date_makes_the_parser_panic(date in "\\PC{0,30}|[0-9-]{8,12}", time in "[0-9:.T]{0,12}", zone in "[A-Za-z/+_0-9-]{0,30}") {
            let draft = AnswerDraft { date, time, zone, ..examples::interview_draft() };
            let now = examples::at("2026-11-20T09:00:00Z");
            if let Ok(Answer::Interview(interview)) = draft.parse(AnswerKind::Interview, now) {
                proptest::prop_assert!(interview.starts_at.timestamp() > now);
            }
        }
    }
}
