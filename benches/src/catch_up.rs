//! Read models that have come to the end of a log.

use std::time::Duration;

use event_store::{Db, args};

use crate::place::Place;

/// Starts a projector; it is at the end of the log when this returns.
pub(crate) async fn catch_up(
    place: &Place,
    db: &Db,
    head: i64,
) -> anyhow::Result<crate::place::Server> {
    let projector = place.start(&["projector"]).await?;
    while !is_over(db, head).await? {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(projector)
}

/// The last position of the log.
pub(crate) async fn head(db: &Db) -> anyhow::Result<i64> {
    let (head,): (i64,) = db.fetch_one("SELECT max(position) FROM events", args![]).await?;
    Ok(head)
}

async fn is_over(db: &Db, head: i64) -> anyhow::Result<bool> {
    let sql = "SELECT count(*), coalesce(min(position), 0) FROM checkpoints
               WHERE name LIKE 'projection:%'";
    let (begun, slowest): (i64, i64) = db.fetch_one(sql, args![]).await?;
    Ok(usize::try_from(begun)? == projections::all().len() && slowest >= head)
}
