//! Reading `permits`: what a synchronisation and retention ask.

use std::collections::BTreeMap;

use event_store::{DbError, Log, Value, args};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Numbers that are asked for at once.
const AT_ONCE: usize = 500;

/// Which of these dossiers of a procedure are known here, whatever became of them, with their last change
/// at the source.
pub async fn known_of(
    log: &Log,
    procedure: u32,
    numbers: &[u64],
) -> Result<BTreeMap<u64, Timestamp>, DbError> {
    let mut known = BTreeMap::new();
    for numbers in numbers.chunks(AT_ONCE) {
        let mut args: Vec<Value> = args![i64::from(procedure)];
        args.extend(numbers.iter().map(|number| Value::from(number.cast_signed())));
        let places: Vec<_> = (2..=args.len()).map(|nth| format!("${nth}")).collect();
        let sql = format!(
            "SELECT dossier_number, updated_at FROM permits WHERE procedure_number = $1 AND dossier_number IN ({})",
            places.join(", ")
        );
        let rows: Vec<(i64, String)> = log.db().fetch_all(&sql, args).await?;
        known.extend(rows.into_iter().filter_map(|(number, updated_at)| {
            Some((number.cast_unsigned(), updated_at.parse().ok()?))
        }));
    }
    Ok(known)
}

/// The end of a permit counts where there is one, otherwise when the dossier was decided or last changed.
const KEPT: &str = "
    SELECT id
    FROM permits
    WHERE erased_at IS NULL AND id > $1
      AND CASE WHEN state = 'closed' AND withdrawn_at IS NULL AND valid_to IS NOT NULL
               THEN valid_to < $2
               ELSE coalesce(processed_at, changed_at) < $3
          END
    ORDER BY id
    LIMIT $4";

/// The dossiers that are kept since before this, after an id, in their order.
pub async fn kept_since(
    log: &Log,
    before: Timestamp,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<String>, DbError> {
    let day = before.to_zoned(TimeZone::UTC).date().to_string();
    let args = args![after.unwrap_or_default(), day, before, limit];
    let rows: Vec<(String,)> = log.db().fetch_all(KEPT, args).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
