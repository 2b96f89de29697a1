//! Figures of a period: what was sent and what was answered, how soon, and how much on each day.

use std::collections::BTreeMap;

use domain::application::AnswerKind;
use event_store::{Db, DbError, Interval, args};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::emails::EmailFigures;
use crate::stored::day_of_hour;

/// The figures of the applications that were submitted in a period.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Statistics {
    /// Applications.
    pub applications: i64,
    /// Candidates, by address; each application of one who was forgotten counts as another's.
    pub candidates: i64,
    /// Applications for each candidate; 0 where there is none.
    pub applications_per_candidate: f64,
    /// Employers that received one, by SIRET.
    pub employers: i64,
    /// Answers that stand.
    pub answers: i64,
    /// Applications that have an answer, of all: 0 to 1.
    pub answer_rate: f64,
    /// Employers that answered, by SIRET.
    pub employers_answering: i64,
    /// Candidates who were answered.
    pub candidates_answered: i64,
    /// The same by kind of answer.
    pub kinds: Vec<KindStatistics>,
}

/// The figures of one kind of answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KindStatistics {
    /// Which.
    pub kind: AnswerKind,
    /// How many.
    pub answers: i64,
    /// Of all answers: 0 to 1.
    pub share: f64,
    /// Employers that gave one.
    pub employers: i64,
    /// Candidates who received one.
    pub candidates: i64,
}

const APPLICATIONS: &str = "
    SELECT count(*),
           count(DISTINCT coalesce(candidate_pseudonym, id)),
           count(DISTINCT employer_siret)
    FROM applications
    WHERE submitted_at >= $1 AND submitted_at < $2";

const ANSWERS: &str = "
    SELECT count(*), count(DISTINCT a.id), count(DISTINCT a.employer_siret),
           count(DISTINCT coalesce(a.candidate_pseudonym, a.id))
    FROM answers AS g
    JOIN applications AS a ON a.id = g.application_id
    WHERE NOT g.undone AND a.submitted_at >= $1 AND a.submitted_at < $2";

const KINDS: &str = "
    SELECT g.kind, count(*), count(DISTINCT a.employer_siret),
           count(DISTINCT coalesce(a.candidate_pseudonym, a.id))
    FROM answers AS g
    JOIN applications AS a ON a.id = g.application_id
    WHERE NOT g.undone AND a.submitted_at >= $1 AND a.submitted_at < $2
    GROUP BY g.kind";

/// The figures of the applications that were submitted in this time, whenever that was recorded.
pub async fn statistics(db: &Db, submitted: Interval) -> Result<Statistics, DbError> {
    let period = || args![submitted.from, submitted.before];
    let (applications, candidates, employers): (i64, i64, i64) =
        db.fetch_one(APPLICATIONS, period()).await?;
    let (answers, answered, employers_answering, candidates_answered): (i64, i64, i64, i64) =
        db.fetch_one(ANSWERS, period()).await?;
    let rows: Vec<(String, i64, i64, i64)> = db.fetch_all(KINDS, period()).await?;
    let kinds = AnswerKind::ALL.map(|kind| {
        let row = rows.iter().find(|(name, ..)| name == kind.as_str());
        let (number, employers, candidates) = row.map_or((0, 0, 0), |row| (row.1, row.2, row.3));
        let share = ratio(number, answers);
        KindStatistics { kind, answers: number, share, employers, candidates }
    });
    Ok(Statistics {
        applications,
        candidates,
        applications_per_candidate: ratio(applications, candidates),
        employers,
        answers,
        answer_rate: ratio(answered, applications),
        employers_answering,
        candidates_answered,
        kinds: kinds.to_vec(),
    })
}

/// The applications that were submitted on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayOfApplications {
    /// In the calendar of the zone that was asked for.
    pub day: Date,
    /// How many.
    pub applications: i64,
    /// Those of them that have an answer by now.
    pub answered: i64,
}

const HOURS: &str = "
    SELECT substr(submitted_at, 1, 13), count(*),
           CAST(sum(CASE WHEN answers > 0 THEN 1 ELSE 0 END) AS BIGINT)
    FROM applications
    WHERE submitted_at >= $1 AND submitted_at < $2
    GROUP BY substr(submitted_at, 1, 13)";

/// The applications submitted in this time by day of the zone, first day first; days without one are
/// left out.
pub async fn by_day(
    db: &Db,
    submitted: Interval,
    zone: &TimeZone,
) -> Result<Vec<DayOfApplications>, DbError> {
    let hours: Vec<(String, i64, i64)> =
        db.fetch_all(HOURS, args![submitted.from, submitted.before]).await?;
    let mut days: BTreeMap<Date, DayOfApplications> = BTreeMap::new();
    for (hour, applications, answered) in hours {
        let Some(day) = day_of_hour(&hour, zone) else { continue };
        let none = DayOfApplications { day, applications: 0, answered: 0 };
        let figures = days.entry(day).or_insert(none);
        figures.applications += applications;
        figures.answered += answered;
    }
    Ok(days.into_values().collect())
}

/// The answers that were given on one day, whenever their applications were submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayOfAnswers {
    /// In the calendar of the zone that was asked for.
    pub day: Date,
    /// Those that stand.
    pub answers: i64,
}

const ANSWERED_HOURS: &str = "
    SELECT substr(answered_at, 1, 13), count(*)
    FROM answers
    WHERE NOT undone AND answered_at >= $1 AND answered_at < $2
    GROUP BY substr(answered_at, 1, 13)";

/// The answers given in this time by day of the zone, first day first; days without one are left
/// out, and so are answers that were undone.
pub async fn answers_by_day(
    db: &Db,
    given: Interval,
    zone: &TimeZone,
) -> Result<Vec<DayOfAnswers>, DbError> {
    let hours: Vec<(String, i64)> =
        db.fetch_all(ANSWERED_HOURS, args![given.from, given.before]).await?;
    let mut days: BTreeMap<Date, i64> = BTreeMap::new();
    for (hour, answers) in hours {
        if let Some(day) = day_of_hour(&hour, zone) {
            *days.entry(day).or_default() += answers;
        }
    }
    Ok(days.into_iter().map(|(day, answers)| DayOfAnswers { day, answers }).collect())
}

/// The e-mails that left on one day, of all client platforms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayOfEmails {
    /// In the calendar of the zone that was asked for.
    pub day: Date,
    /// How many left.
    pub sent: i64,
    /// Those of them that the receiving server took, as far as that was reported.
    pub delivered: i64,
}

/// The figures of [`crate::emails::figures`] by day alone, first day first.
pub fn emails_by_day(figures: &[EmailFigures]) -> Vec<DayOfEmails> {
    let mut days: BTreeMap<Date, DayOfEmails> = BTreeMap::new();
    for EmailFigures { day, sent, delivered, .. } in figures {
        let none = DayOfEmails { day: *day, sent: 0, delivered: 0 };
        let sum = days.entry(*day).or_insert(none);
        sum.sent += sent;
        sum.delivered += delivered;
    }
    days.into_values().collect()
}

/// How long applications waited for the first of their answers that stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeToAnswer {
    /// Whole hours, and how many applications waited so long; the shortest wait first.
    hours: Vec<(i64, i64)>,
}

impl TimeToAnswer {
    /// The applications that have an answer.
    pub fn answered(&self) -> i64 {
        self.hours.iter().map(|(_, applications)| applications).sum()
    }

    /// Those that waited for `from` hours or more, and for less than `before` hours.
    pub fn between(&self, from: i64, before: i64) -> i64 {
        let within = |hours: i64| hours >= from && hours < before;
        let hours = self.hours.iter().filter(|(hours, _)| within(*hours));
        hours.map(|(_, applications)| applications).sum()
    }

    /// The whole hours that the application in the middle waited, half of the others less and half
    /// more; `None` where none was answered.
    pub fn median(&self) -> Option<i64> {
        let middle = (self.answered() + 1) / 2;
        let mut so_far = 0;
        let found = self.hours.iter().find(|(_, applications)| {
            so_far += applications;
            so_far >= middle
        });
        found.map(|(hours, _)| *hours)
    }
}

/// The seconds since a day long ago of a column that holds a stored time. No function of dates is the
/// same on both engines, so this is the Julian day number of the Gregorian calendar, in arithmetic.
fn seconds(column: &str) -> String {
    let part = |from: u8, length: u8| format!("CAST(substr({column}, {from}, {length}) AS BIGINT)");
    let (year, month, day) = (part(1, 4), part(6, 2), part(9, 2));
    // Of a year that begins in March, so that the leap day is its last.
    let before_march = format!("((14 - {month}) / 12)");
    let year = format!("({year} + 4800 - {before_march})");
    let month = format!("({month} + 12 * {before_march} - 3)");
    let days = format!(
        "({day} + (153 * {month} + 2) / 5 + 365 * {year} + {year} / 4 - {year} / 100 + {year} / 400)"
    );
    let (hour, minute, second) = (part(12, 2), part(15, 2), part(18, 2));
    format!("({days} * 86400 + {hour} * 3600 + {minute} * 60 + {second})")
}

/// How soon the applications that were submitted in this time were answered.
pub async fn time_to_answer(db: &Db, submitted: Interval) -> Result<TimeToAnswer, DbError> {
    let (asked, answered) = (seconds("submitted_at"), seconds("answered_at"));
    let sql = format!(
        "
    SELECT waited / 3600, count(*)
    FROM (
        SELECT {answered} - {asked} AS waited
        FROM (
            SELECT a.submitted_at, min(g.answered_at) AS answered_at
            FROM answers AS g
            JOIN applications AS a ON a.id = g.application_id
            WHERE NOT g.undone AND a.submitted_at >= $1 AND a.submitted_at < $2
            GROUP BY a.id, a.submitted_at
        ) AS answered
    ) AS waits
    GROUP BY waited / 3600
    ORDER BY 1"
    );
    let waits: Vec<(i64, i64)> =
        db.fetch_all(&sql, args![submitted.from, submitted.before]).await?;
    // A clock that was set back makes no wait of less than nothing.
    let hours = waits.into_iter().map(|(hours, number)| (hours.max(0), number)).collect();
    Ok(TimeToAnswer { hours })
}

/// Counts are far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
fn ratio(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
