//! Which reactions were parked before.

use std::collections::HashSet;

use event_store::{Db, DbError, Position, args};

#[derive(sqlx::FromRow)]
struct Present {
    #[expect(dead_code, reason = "only whether there is a row counts")]
    position: i64,
}

const IS_PARKED: &str = "SELECT position FROM reactions WHERE reactor = $1 AND position = $2";

/// Whether the reaction was parked before.
pub async fn is_parked(db: &Db, reactor: &str, position: Position) -> Result<bool, DbError> {
    let row: Option<Present> = db.fetch_optional(IS_PARKED, args![reactor, position.get()]).await?;
    Ok(row.is_some())
}

const AFTER: &str = "SELECT position FROM reactions WHERE reactor = $1 AND position > $2";

/// The events after this position to which the reaction was parked.
pub async fn after(
    db: &Db,
    reactor: &str,
    position: Position,
) -> Result<HashSet<Position>, DbError> {
    let rows: Vec<(i64,)> = db.fetch_all(AFTER, args![reactor, position.get()]).await?;
    Ok(rows.into_iter().map(|(position,)| Position::new(position)).collect())
}
