//! Applications page by page, newest first, so that memory does not grow with their number.

use event_store::{Db, DbError, Record, Value, args};

use super::sheet::Sheet;
use super::{ExportError, Exported, Range};

/// Applications in memory at once.
const PAGE: i64 = 500;

/// The applications of the next page.
const PLACES: &str = "
    SELECT submitted_position
    FROM applications
    WHERE ($1 = '' OR client_id = $1) AND submitted_position > $2 AND submitted_position < $3
    ORDER BY submitted_position DESC
    LIMIT $4";

/// A row of an export.
pub(super) trait PageRow: Record {
    /// Reads the rows of the applications of a client, where `$1` names one, between the places `$2`
    /// and `$3`.
    const ROWS: &'static str;

    /// The place of its application.
    fn position(&self) -> i64;

    /// In the order of the sheet's columns; `None` where it is not what this service writes.
    fn values(&self) -> Option<Vec<Value>>;
}

/// Writes every row of the range. What cannot be read is left out and named in the result.
pub(super) async fn write<R: PageRow>(
    db: &Db,
    range: &Range,
    sheet: &mut Sheet<'_>,
) -> Result<Exported, ExportError> {
    let mut exported = Exported::default();
    let mut before = range.before();
    loop {
        let args = args![range.client(), range.after, before, PAGE];
        let places: Vec<(i64,)> = db.fetch_all(PLACES, args).await?;
        let (Some((newest,)), Some((oldest,))) = (places.first(), places.last()) else {
            return Ok(exported);
        };
        before = *oldest;
        match rows::<R>(db, range, *oldest, *newest).await {
            Ok(rows) => add(sheet, &rows, &mut exported)?,
            Err(error) if error.is_temporary() => return Err(error.into()),
            // One of them cannot be read: each by itself, so that only that one is left out.
            Err(_) => {
                for (place,) in places {
                    match rows::<R>(db, range, place, place).await {
                        Ok(rows) => add(sheet, &rows, &mut exported)?,
                        Err(error) if error.is_temporary() => return Err(error.into()),
                        Err(_) => exported.skipped.push(place),
                    }
                }
            }
        }
    }
}

async fn rows<R: PageRow>(
    db: &Db,
    range: &Range,
    oldest: i64,
    newest: i64,
) -> Result<Vec<R>, DbError> {
    db.fetch_all(R::ROWS, args![range.client(), oldest, newest]).await
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
