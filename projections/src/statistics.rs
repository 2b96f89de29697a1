//! Figures of a period: what was sent and what was answered, of applications submitted in it.

use domain::application::AnswerKind;
use event_store::{Db, DbError, Position, args};
use serde::Serialize;

/// The figures of the applications that were submitted in a period.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Statistics {
    /// Applications.
    pub applications: i64,
    /// Candidates, by address; each application of one who was forgotten counts as another's.
    pub candidates: i64,
    /// Applications for each candidate; 0 where there is none.
    pub applications_per_candidate: f64,
    /// Employers that received one, by address; by SIRET where that was forgotten.
    pub employers: i64,
    /// Answers that stand.
    pub answers: i64,
    /// Applications that have an answer, of all: 0 to 1.
    pub answer_rate: f64,
    /// Employers that answered.
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
           count(DISTINCT CASE WHEN erased_at IS NULL THEN lower(employer_email) ELSE employer_siret END)
    FROM applications
    WHERE submitted_position > $1 AND submitted_position <= $2";

const ANSWERS: &str = "
    SELECT count(*), count(DISTINCT a.id), count(DISTINCT CASE WHEN a.erased_at IS NULL THEN lower(a.employer_email) ELSE a.employer_siret END),
           count(DISTINCT CASE WHEN a.erased_at IS NULL THEN lower(a.candidate_email) ELSE a.id END)
    FROM answers AS g
    JOIN applications AS a ON a.id = g.application_id
    WHERE NOT g.undone AND a.submitted_position > $1 AND a.submitted_position <= $2";

const KINDS: &str = "
    SELECT g.kind, count(*), count(DISTINCT CASE WHEN a.erased_at IS NULL THEN lower(a.employer_email) ELSE a.employer_siret END),
           count(DISTINCT CASE WHEN a.erased_at IS NULL THEN lower(a.candidate_email) ELSE a.id END)
    FROM answers AS g
    JOIN applications AS a ON a.id = g.application_id
    WHERE NOT g.undone AND a.submitted_position > $1 AND a.submitted_position <= $2
    GROUP BY g.kind";

/// The figures of the applications submitted after one position of the log, up to another.
pub async fn statistics(db: &Db, after: Position, up_to: Position) -> Result<Statistics, DbError> {
    let period = || args![after, up_to];
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

/// Counts are far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
fn ratio(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
