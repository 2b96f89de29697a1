//! The applications of a client with their answers, as CSV (RFC 4180).

use std::io::Write;

use domain::ClientId;
use domain::application::AnswerKind;
use event_store::{Db, DbError, args, parse_timestamp};
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

use super::{ExportError, Exported, defused};

/// The header row.
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

/// Applications in memory at once.
const PAGE: i64 = 500;

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

/// The applications of the next page.
const PLACES: &str = "
    SELECT submitted_position
    FROM applications
    WHERE client_id = $1 AND submitted_position < $2
    ORDER BY submitted_position DESC
    LIMIT $3";

/// All of those between two places, with a row for each answer that stands, or one without.
const ROWS: &str = "
    SELECT a.submitted_position, a.id, a.submitted_at,
           a.employer_description, a.employer_email, a.employer_siret, a.candidate_first_name, a.candidate_last_name, a.candidate_email, a.candidate_phone,
           a.candidate_address, a.job, g.answered_at, g.kind
    FROM applications AS a
    LEFT JOIN answers AS g ON g.application_id = a.id AND NOT g.undone
    WHERE a.client_id = $1 AND a.submitted_position BETWEEN $2 AND $3
    ORDER BY a.submitted_position DESC, g.number";

/// Writes the applications of `client`, newest first, a row for each answer that stands, oldest
/// first; an application without one has a row with its last two cells empty. Times are RFC 3339 in
/// UTC, to the second.
///
/// It reads page by page, so its memory does not grow with the number of applications. A record that
/// cannot be read is left out and named in the result.
pub async fn answers(
    db: &Db,
    client: &ClientId,
    to: &mut (dyn Write + Send),
) -> Result<Exported, ExportError> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(to);
    csv.write_record(ANSWERS_HEADER)?;
    let mut exported = Exported::default();
    let mut before = i64::MAX;
    loop {
        let places: Vec<(i64,)> =
            db.fetch_all(PLACES, args![client.as_str(), before, PAGE]).await?;
        let (Some((newest,)), Some((oldest,))) = (places.first(), places.last()) else {
            break;
        };
        before = *oldest;
        match rows(db, client, *oldest, *newest).await {
            Ok(rows) => write(&mut csv, &rows, &mut exported)?,
            Err(error) if error.is_temporary() => return Err(error.into()),
            // One of them cannot be read: each by itself, so that only that one is left out.
            Err(_) => {
                for (place,) in places {
                    match rows(db, client, place, place).await {
                        Ok(rows) => write(&mut csv, &rows, &mut exported)?,
                        Err(error) if error.is_temporary() => return Err(error.into()),
                        Err(_) => exported.skipped.push(place),
                    }
                }
            }
        }
    }
    csv.flush()?;
    Ok(exported)
}

async fn rows(db: &Db, client: &ClientId, oldest: i64, newest: i64) -> Result<Vec<Row>, DbError> {
    db.fetch_all(ROWS, args![client.as_str(), oldest, newest]).await
}

fn write(
    csv: &mut csv::Writer<&mut (dyn Write + Send)>,
    rows: &[Row],
    exported: &mut Exported,
) -> Result<(), ExportError> {
    for row in rows {
        match record(row) {
            Some(record) => {
                csv.write_record(record.map(|cell| defused(&cell).into_owned()))?;
                exported.rows += 1;
            }
            None => exported.skipped.push(row.submitted_position),
        }
    }
    Ok(())
}

/// `None` where a time or a kind is not what this service writes.
fn record(row: &Row) -> Option<[String; 13]> {
    let (answered_at, kind) = match (&row.answered_at, &row.kind) {
        (Some(at), Some(kind)) => (time(at)?, answer_type(kind)?),
        (None, None) => (String::new(), ""),
        _ => return None,
    };
    Some([
        row.id.clone(),
        time(&row.submitted_at)?,
        row.employer_description.clone(),
        row.employer_email.clone(),
        row.employer_siret.clone(),
        row.candidate_first_name.clone(),
        row.candidate_last_name.clone(),
        row.candidate_email.clone(),
        row.candidate_phone.clone(),
        row.candidate_address.clone(),
        row.job.clone(),
        answered_at,
        kind.to_owned(),
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
