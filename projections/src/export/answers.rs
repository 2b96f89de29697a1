//! Applications with their answers.

use std::io::Write;

use domain::application::AnswerKind;
use event_store::{Db, Value, args, parse_timestamp};
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

use super::pages::{self, PageRow};
use super::sheet::{Format, Sheet};
use super::{ExportError, Exported, Range};
use crate::{Column, Kind};

/// The header row of the CSV.
pub const ANSWERS_HEADER: [&str; 13] = [
    "Job application id",
    "Job application created at",
    "Employer name",
    "Employer email",
    "Employer siret",
    "Candidate first name",
    "Candidate last name",
    "Candidate email",
    "Candidate phone",
    "Candidate address",
    "Job",
    "Answer created at",
    "Answer type",
];

const COLUMNS: &[Column] = &[
    Column::new("application_id", Kind::Uuid, "The application."),
    Column::new("submitted_at", Kind::Time, "When it was submitted."),
    Column::new("employer_name", Kind::Text, "The employer's name, as the partner shows it."),
    Column::new("employer_email", Kind::Text, "Where it is sent.").personal(),
    Column::new("employer_siret", Kind::Text, "The employer's number in the register."),
    Column::new("candidate_first_name", Kind::Text, "First name.").personal(),
    Column::new("candidate_last_name", Kind::Text, "Last name.").personal(),
    Column::new("candidate_email", Kind::Text, "Where the candidate is written to.").personal(),
    Column::new("candidate_phone", Kind::Text, "Phone number, as typed.").personal(),
    Column::new("candidate_address", Kind::Text, "Postal address on one line.").personal(),
    Column::new("job", Kind::Text, "The title of the job."),
    Column::new("answered_at", Kind::Time, "When it was answered.").nullable(),
    Column::new("answer_type", Kind::Text, "Rejection, Request info, Interview or Hired.")
        .nullable(),
];

#[derive(sqlx::FromRow)]
struct Row {
    submitted_position: i64,
    id: String,
    submitted_at: String,
    employer_description: String,
    employer_email: String,
    employer_siret: String,
    candidate_first_name: String,
    candidate_last_name: String,
    candidate_email: String,
    candidate_phone: String,
    candidate_address: String,
    job: String,
    answered_at: Option<String>,
    kind: Option<String>,
}

/// All of those between two places, with a row for each answer that stands, or one without.
const ROWS: &str = "
    SELECT a.submitted_position, a.id, a.submitted_at,
           a.employer_description, a.employer_email, a.employer_siret, a.candidate_first_name, a.candidate_last_name, a.candidate_email, a.candidate_phone,
           a.candidate_address, a.job, g.answered_at, g.kind
    FROM applications AS a
    LEFT JOIN answers AS g ON g.application_id = a.id AND NOT g.undone
    WHERE ($1 = '' OR a.client_id = $1) AND a.submitted_position BETWEEN $2 AND $3
    ORDER BY a.submitted_position DESC, g.number";

/// Writes applications, newest first, a row for each answer that stands, oldest first; an application
/// without one has a row with its last two cells empty. Times are RFC 3339 in UTC, to the second. As
/// CSV it has the header of the predecessor's file.
///
/// It reads page by page, so its memory does not grow with the number of applications. A record that
/// cannot be read is left out and named in the result.
pub async fn answers(
    db: &Db,
    range: &Range,
    format: Format,
    to: &mut (dyn Write + Send),
) -> Result<Exported, ExportError> {
    let mut sheet = Sheet::begin(format, COLUMNS, Some(&ANSWERS_HEADER), to)?;
    let exported = pages::write::<Row>(db, range, &mut sheet).await?;
    sheet.finish()?;
    Ok(exported)
}

impl PageRow for Row {
    const ROWS: &'static str = ROWS;

    fn position(&self) -> i64 {
        self.submitted_position
    }

    fn values(&self) -> Option<Vec<Value>> {
        record(self)
    }
}

/// `None` where a time or a kind is not what this service writes.
fn record(row: &Row) -> Option<Vec<Value>> {
    let (answered_at, kind) = match (&row.answered_at, &row.kind) {
        (Some(at), Some(kind)) => (Some(time(at)?), Some(answer_type(kind)?.to_owned())),
        (None, None) => (None, None),
        _ => return None,
    };
    Some(args![
        row.id.as_str(),
        time(&row.submitted_at)?,
        row.employer_description.as_str(),
        row.employer_email.as_str(),
        row.employer_siret.as_str(),
        row.candidate_first_name.as_str(),
        row.candidate_last_name.as_str(),
        row.candidate_email.as_str(),
        row.candidate_phone.as_str(),
        row.candidate_address.as_str(),
        row.job.as_str(),
        answered_at,
        kind,
    ])
}

fn answer_type(kind: &str) -> Option<&'static str> {
    let kind = AnswerKind::ALL.into_iter().find(|known| known.as_str() == kind)?;
    Some(match kind {
        AnswerKind::Rejection => "Rejection",
        AnswerKind::Info => "Request info",
        AnswerKind::Interview => "Interview",
        AnswerKind::Hire => "Hired",
    })
}

fn time(stored: &str) -> Option<String> {
    let cut = TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Trunc);
    let at: Timestamp = parse_timestamp(stored).ok()?;
    Some(at.round(cut).ok()?.to_string())
}
