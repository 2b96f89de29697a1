//! Whose data have been kept for long enough, by the read models: a moment late, which harms nobody,
//! because the rules are asked once more before anything goes.

use domain::erasure::RecordRef;
use event_store::{Db, DbError, args};
use jiff::Timestamp;
use uuid::Uuid;

use crate::stored::Text;

/// An application whose time has come.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Due {
    /// Which.
    #[sqlx(try_from = "Text")]
    pub id: Uuid,
    /// Since when it counts: when it was submitted, or when something happened last.
    #[sqlx(try_from = "Text")]
    pub since: Timestamp,
}

const DOCUMENTS: &str = "
    SELECT id, submitted_at AS since
    FROM applications
    WHERE client_id = $1 AND submitted_at < $2
      AND attachments_deleted_at IS NULL AND erased_at IS NULL AND documents > 0
    ORDER BY submitted_at
    LIMIT $3";

/// Applications of a client that were submitted before this and still have documents, oldest first.
pub async fn documents(
    db: &Db,
    partner: &str,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<Due>, DbError> {
    db.fetch_all(DOCUMENTS, args![partner, before, limit]).await
}

const PERSONAL_DATA: &str = "
    SELECT id, last_contact_at AS since
    FROM applications
    WHERE client_id = $1 AND last_contact_at < $2 AND erased_at IS NULL
    ORDER BY last_contact_at
    LIMIT $3";

/// Applications of a client about which nothing has happened since this, oldest first.
pub async fn personal_data(
    db: &Db,
    partner: &str,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<Due>, DbError> {
    db.fetch_all(PERSONAL_DATA, args![partner, before, limit]).await
}

const RECORDS: &str = "
    SELECT aggregate_type, aggregate_id
    FROM subjects
    WHERE aggregate_type = $1
    GROUP BY aggregate_type, aggregate_id
    HAVING max(named_at) < $2
    ORDER BY max(named_at), aggregate_id
    LIMIT $3";

/// The records of one kind of aggregate that last named their person before this, oldest first.
pub async fn records(
    db: &Db,
    aggregate_type: &str,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<RecordRef>, DbError> {
    let rows: Vec<(String, String)> =
        db.fetch_all(RECORDS, args![aggregate_type, before, limit]).await?;
    let record = |(kind, id): (String, String)| RecordRef::new(&kind, &id).ok();
    Ok(rows.into_iter().filter_map(record).collect())
}

const ADDRESSES: &str = "
    SELECT id
    FROM suppressions
    WHERE sealed IS NOT NULL AND until < $1 AND (lifted_at IS NULL OR lifted_at < $1)
    ORDER BY until
    LIMIT $2";

/// The mailboxes that left the suppression list before this, and whose address is still known.
pub async fn addresses(db: &Db, before: Timestamp, limit: u32) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = db.fetch_all(ADDRESSES, args![before, limit]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
