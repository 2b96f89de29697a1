//! Answers to applications.

use std::borrow::Cow;
use std::io::Write;

use domain::application::AnswerKind;
use event_store::{Log, Value, args, parse_timestamp};
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

use super::pages::{self, PageRow};
use super::sheet::{Format, Sheet};
use super::{ExportError, Exported, Range};
use crate::{Column, Kind, Table, applications, opened_row};

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
    Column::new("answered_at", Kind::Time, "When it was answered."),
    Column::new("answer_type", Kind::Text, "Rejection, Request info, Interview or Hired."),
];

#[derive(sqlx::FromRow)]
struct Row {
    submitted_position: i64,
    id: String,
    submitted_at: String,
    employer_description: String,
    #[sqlx(skip)]
    employer_email: String,
    employer_siret: String,
    #[sqlx(skip)]
    candidate_first_name: String,
    #[sqlx(skip)]
    candidate_last_name: String,
    #[sqlx(skip)]
    candidate_email: String,
    #[sqlx(skip)]
    candidate_phone: String,
    #[sqlx(skip)]
    candidate_address: String,
    job: String,
    answered_at: String,
    kind: String,
}

/// The answers that stand, of all applications between two places.
const ROWS: &str = "
    SELECT a.submitted_position, a.id, a.submitted_at,
           a.employer_description, a.employer_siret, a.job, g.answered_at, g.kind{key}
    FROM applications AS a
    JOIN answers AS g ON g.application_id = a.id AND NOT g.undone
    WHERE ($1 = '' OR a.client_id = $1) AND (a.submitted_at, a.submitted_position) >= ($2, $3)
      AND (a.submitted_at, a.submitted_position) <= ($4, $5)
    ORDER BY a.submitted_at DESC, a.submitted_position DESC, g.number";

/// Writes the answers that stand: newest application first, and of one application the oldest answer
/// first. An application without an answer has no row; [`super::applications`] has it. Times are RFC
/// 3339 in UTC, to the second. As CSV and XLSX it has the header of the predecessor's file.
///
/// It reads page by page, so its memory does not grow with the number of applications. A record that
/// cannot be read is left out and named in the result.
pub async fn answers(
    log: &Log,
    range: &Range,
    format: Format,
    to: &mut (dyn Write + Send),
) -> Result<Exported, ExportError> {
    let mut sheet = Sheet::begin(format, COLUMNS, Some(&ANSWERS_HEADER), to)?;
    let exported = pages::write::<Row>(log, range, &mut sheet).await?;
    sheet.finish()?;
    Ok(exported)
}

opened_row! {
    Row: employer_email, candidate_first_name, candidate_last_name, candidate_email,
        candidate_phone, candidate_address
}

impl PageRow for Row {
    const TABLE: &'static Table = &applications::TABLE;

    fn rows() -> Cow<'static, str> {
        ROWS.replace("{key}", &applications::TABLE.key_as("a")).into()
    }

    fn position(&self) -> i64 {
        self.submitted_position
    }

    fn values(&self) -> Option<Vec<Value>> {
        record(self)
    }
}

/// `None` where a time or a kind is not what this service writes.
fn record(row: &Row) -> Option<Vec<Value>> {
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
        time(&row.answered_at)?,
        answer_type(&row.kind)?,
    ])
}

fn answer_type(kind: &str) -> Option<&'static str> {
    let kind = kind.parse::<AnswerKind>().ok()?;
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
