//! Figures of a period: what was sent and what was answered, of applications submitted in it.

use std::collections::BTreeMap;

use domain::application::AnswerKind;
use event_store::{Db, DbError, Interval, args};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

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
           count(DISTINCT CASE WHEN erased_at IS NULL THEN lower(candidate_email) ELSE id END),
           count(DISTINCT employer_siret)
    FROM applications
    WHERE submitted_at >= $1 AND submitted_at < $2";

const ANSWERS: &str = "
    SELECT count(*), count(DISTINCT a.id), count(DISTINCT a.employer_siret),
           count(DISTINCT CASE WHEN a.erased_at IS NULL THEN lower(a.candidate_email) ELSE a.id END)
    FROM answers AS g
    JOIN applications AS a ON a.id = g.application_id
    WHERE NOT g.undone AND a.submitted_at >= $1 AND a.submitted_at < $2";

const KINDS: &str = "
    SELECT g.kind, count(*), count(DISTINCT a.employer_siret),
           count(DISTINCT CASE WHEN a.erased_at IS NULL THEN lower(a.candidate_email) ELSE a.id END)
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

/// Counts are far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
fn ratio(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
