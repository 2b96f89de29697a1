//! Applications as they stand.

use std::io::Write;

use event_store::{Db, DbError, Value, args};

use super::sheet::{Format, Sheet};
use super::{ExportError, Exported, PLACES, Range};
use crate::applications::{ApplicationRow, TABLE};

/// Applications in memory at once.
const PAGE: i64 = 500;

const ROWS: &str = "
    SELECT *
    FROM applications
    WHERE ($1 = '' OR client_id = $1) AND submitted_position BETWEEN $2 AND $3
    ORDER BY submitted_position DESC";

/// Writes the table `applications`, newest first, with its documented columns. It reads page by
/// page, so its memory does not grow with their number. A record that cannot be read is left out and
/// named in the result.
pub async fn applications(
    db: &Db,
    range: &Range,
    format: Format,
    to: &mut (dyn Write + Send),
) -> Result<Exported, ExportError> {
    let mut sheet = Sheet::begin(format, TABLE.columns, None, to)?;
    let mut exported = Exported::default();
    let mut before = range.before();
    loop {
        let args = args![range.client(), range.after, before, PAGE];
        let places: Vec<(i64,)> = db.fetch_all(PLACES, args).await?;
        let (Some((newest,)), Some((oldest,))) = (places.first(), places.last()) else {
            break;
        };
        before = *oldest;
        match rows(db, range, *oldest, *newest).await {
            Ok(rows) => write(&mut sheet, rows, &mut exported)?,
            Err(error) if error.is_temporary() => return Err(error.into()),
            Err(_) => {
                for (place,) in places {
                    match rows(db, range, place, place).await {
                        Ok(rows) => write(&mut sheet, rows, &mut exported)?,
                        Err(error) if error.is_temporary() => return Err(error.into()),
                        Err(_) => exported.skipped.push(place),
                    }
                }
            }
        }
    }
    sheet.finish()?;
    Ok(exported)
}

async fn rows(
    db: &Db,
    range: &Range,
    oldest: i64,
    newest: i64,
) -> Result<Vec<ApplicationRow>, DbError> {
    db.fetch_all(ROWS, args![range.client(), oldest, newest]).await
}

fn write(
    sheet: &mut Sheet<'_>,
    rows: Vec<ApplicationRow>,
    exported: &mut Exported,
) -> Result<(), ExportError> {
    for row in rows {
        sheet.row(values(&row))?;
        exported.rows += 1;
    }
    Ok(())
}

/// In the order of the table's columns.
fn values(row: &ApplicationRow) -> Vec<Value> {
    let documents = serde_json::to_string(&row.attachments).expect("a list of documents is JSON");
    args![
        row.id,
        row.client_id.as_str(),
        row.status.as_str(),
        row.language.code(),
        row.job.as_str(),
        row.rome_code.clone(),
        row.employer_description.as_str(),
        row.employer_siret.as_str(),
        row.employer_email.reveal().as_str(),
        row.candidate_first_name.reveal().as_str(),
        row.candidate_last_name.reveal().as_str(),
        row.candidate_email.reveal().as_str(),
        row.candidate_phone.reveal().as_str(),
        row.candidate_address.reveal().as_str(),
        row.candidate_peid.reveal().as_str(),
        row.message.reveal().as_str(),
        row.send_confirmation,
        documents,
        row.submitted_at,
        row.submitted_position,
        row.employer_email_status.as_str(),
        row.employer_email_at,
        row.answers,
        row.last_answer_kind.map(|kind| kind.as_str().to_owned()),
        row.last_answered_at,
        row.withdrawn_at,
        row.updated_at,
        row.last_position,
        row.last_sequence,
    ]
}
