//! Applications as they stand.

use std::borrow::Cow;
use std::io::Write;

use event_store::{Log, Value, args};

use super::pages::{self, PageRow};
use super::sheet::{Format, Sheet};
use super::{ExportError, Exported, Range};
use crate::Table;
use crate::applications::{ApplicationRow, TABLE};

const ROWS: &str = "
    SELECT *
    FROM applications
    WHERE ($1 = '' OR client_id = $1) AND (submitted_at, submitted_position) >= ($2, $3) AND (submitted_at, submitted_position) <= ($4, $5)
    ORDER BY submitted_at DESC, submitted_position DESC";

/// Writes the table `applications`, newest first, with its documented columns. It reads page by
/// page, so its memory does not grow with their number. A record that cannot be read is left out and
/// named in the result.
pub async fn applications(
    log: &Log,
    range: &Range,
    format: Format,
    to: &mut (dyn Write + Send),
) -> Result<Exported, ExportError> {
    let mut sheet = Sheet::begin(format, TABLE.columns, None, to)?;
    let exported = pages::write::<ApplicationRow>(log, range, &mut sheet).await?;
    sheet.finish()?;
    Ok(exported)
}

impl PageRow for ApplicationRow {
    const TABLE: &'static Table = &TABLE;

    fn rows() -> Cow<'static, str> {
        TABLE.by_name(ROWS).into()
    }

    fn position(&self) -> i64 {
        self.submitted_position.get()
    }

    fn values(&self) -> Option<Vec<Value>> {
        Some(values(self))
    }
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
        row.attachments_deleted_at,
        row.last_contact_at,
        row.erasure_request_id,
        row.erasure_requested_by.clone(),
        row.erasure_requested_at,
        row.erased_at,
        row.documents,
        row.candidate_pseudonym.clone(),
    ]
}
