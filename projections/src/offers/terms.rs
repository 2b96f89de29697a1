//! Open offers with the terms by which they are found, for whoever compares them.

use event_store::{Db, DbError, Value, WordQuery};
use uuid::Uuid;

use super::list::{COLUMNS, HIDDEN};
use super::{OPEN, OfferRow, TABLE, WORDS};
use crate::stored::Text;

/// An offer with the terms by which it is found.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct WithTerms {
    /// The offer.
    #[sqlx(flatten)]
    pub row: OfferRow,
    /// Its terms, in order, parted by spaces.
    pub terms: Option<String>,
}

/// The newest open offers that an account does not hide, `limit` at most.
pub async fn newest(db: &Db, account: Uuid, limit: u32) -> Result<Vec<WithTerms>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS}, r.terms FROM offers AS r WHERE r.{OPEN} AND {HIDDEN}$1)
        ORDER BY r.ordinal DESC LIMIT $2"
    );
    db.fetch_all(&sql, vec![account.into(), limit.into()]).await
}

/// The same of those alone that have these words.
pub async fn newest_with(
    db: &Db,
    words: &WordQuery,
    account: Uuid,
    limit: u32,
) -> Result<Vec<WithTerms>, DbError> {
    let matching = TABLE.matching(db, &WORDS, "$1");
    let words = db.words(words);
    let order = db.ordered(&matching, &words).await?;
    let (rows, condition) = (matching.rows, matching.condition);
    let sql = format!(
        "SELECT {COLUMNS}, r.terms FROM {rows} WHERE {condition} AND r.{OPEN} AND {HIDDEN}$2)
        ORDER BY {order} DESC LIMIT $3"
    );
    db.fetch_all(&sql, vec![words.into(), account.into(), limit.into()]).await
}

/// The terms of an offer.
#[derive(Clone, Debug, sqlx::FromRow)]
struct TermsOf {
    #[sqlx(try_from = "Text")]
    id: Uuid,
    terms: String,
}

/// The terms of those of these offers that are open, in no order.
pub async fn terms_of(
    db: &Db,
    ids: impl ExactSizeIterator<Item = Uuid>,
) -> Result<Vec<(Uuid, String)>, DbError> {
    if ids.len() == 0 {
        return Ok(vec![]);
    }
    let places: Vec<_> = (1..=ids.len()).map(|place| format!("${place}")).collect();
    let sql = format!(
        "SELECT r.id, r.terms FROM offers AS r WHERE r.terms IS NOT NULL AND r.id IN ({})",
        places.join(", ")
    );
    let rows: Vec<TermsOf> = db.fetch_all(&sql, ids.map(Value::from).collect()).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.terms)).collect())
}
