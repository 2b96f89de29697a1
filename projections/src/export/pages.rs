//! Applications page by page, newest first, so that memory does not grow with their number.

use std::borrow::Cow;

use event_store::{DbError, Log, Value, args, timestamp_text};
use jiff::Timestamp;

use super::sheet::Sheet;
use super::{ExportError, Exported, Range};
use crate::{OpenedRow, Table};

/// Applications in memory at once.
const PAGE: i64 = 500;

/// The applications of the next page.
const PLACES: &str = "
    SELECT submitted_at, submitted_position
    FROM applications
    WHERE ($1 = '' OR client_id = $1) AND submitted_at >= $2 AND (submitted_at, submitted_position) < ($3, $4)
    ORDER BY submitted_at DESC, submitted_position DESC
    LIMIT $5";

/// The place of an application: when it was submitted, and of those of one moment, where that is in
/// the log.
type Place = (String, i64);

/// A row of an export.
pub(super) trait PageRow: OpenedRow {
    /// The table whose personal values it has.
    const TABLE: &'static Table;

    /// Reads the rows of the applications of a client, where `$1` names one, from the place `($2, $3)`
    /// to the place `($4, $5)`.
    fn rows() -> Cow<'static, str>;

    /// The place of its application.
    fn position(&self) -> i64;

    /// In the order of the sheet's columns; `None` where it is not what this service writes.
    fn values(&self) -> Option<Vec<Value>>;
}

/// Writes every row of the range. What cannot be read is left out and named in the result.
pub(super) async fn write<R: PageRow>(
    log: &Log,
    range: &Range,
    sheet: &mut Sheet<'_>,
) -> Result<Exported, ExportError> {
    let mut exported = Exported::default();
    // A time that cannot be read lies after all others: without an end it is found, and named.
    let end = range.submitted.before;
    let end = if end == Timestamp::MAX { "~".to_owned() } else { timestamp_text(end) };
    // No application has the position 0: the interval's end itself is left out.
    let mut before = (end, 0);
    loop {
        let args = args![range.partner(), range.submitted.from, before.0, before.1, PAGE];
        let places: Vec<Place> = log.db().fetch_all(PLACES, args).await?;
        let (Some(newest), Some(oldest)) = (places.first(), places.last()) else {
            return Ok(exported);
        };
        before = oldest.clone();
        match rows::<R>(log, range, oldest, newest).await {
            Ok(rows) => add(sheet, &rows, &mut exported)?,
            Err(error) if error.is_temporary() => return Err(error.into()),
            // One of them cannot be read: each by itself, so that only that one is left out.
            Err(_) => {
                for place in places {
                    match rows::<R>(log, range, &place, &place).await {
                        Ok(rows) => add(sheet, &rows, &mut exported)?,
                        Err(error) if error.is_temporary() => return Err(error.into()),
                        Err(_) => exported.skipped.push(place.1),
                    }
                }
            }
        }
    }
}

async fn rows<R: PageRow>(
    log: &Log,
    range: &Range,
    oldest: &Place,
    newest: &Place,
) -> Result<Vec<R>, DbError> {
    let args = args![range.partner(), oldest.0.as_str(), oldest.1, newest.0.as_str(), newest.1];
    R::TABLE.fetch_all(log, &R::rows(), args).await
}

fn add<R: PageRow>(
    sheet: &mut Sheet<'_>,
    rows: &[R],
    exported: &mut Exported,
) -> Result<(), ExportError> {
    for row in rows {
        if let Some(values) = row.values() {
            sheet.row(values)?;
            exported.rows += 1;
        } else {
            exported.skipped.push(row.position());
        }
    }
    Ok(())
}
