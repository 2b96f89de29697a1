//! The rows of a copy deleted piece by piece, so that whoever else writes gets a turn in between: on
//! SQLite deleted rows are overwritten with zeros, which takes seconds for a large table.
//!
//! The copy's checkpoint stands where nobody writes from meanwhile, at the beginning or beyond every event,
//! and is looked at with each piece: who finds that it moved leaves the copy to whoever moved it. What is
//! cut off is gone on with by the next rebuild or by [`abandon`](super::abandon).

use event_store::{Db, Position, Tx, checkpoint};

use super::Patience;
use crate::apply::{ApplyError, checkpoint_name};
use crate::table::Generation;
use crate::{Projection, schema};

/// Rows of a piece.
const PIECE: u64 = if cfg!(test) { 2 } else { 10_000 };

/// Deletes all rows of the copy, whose checkpoint stands at `at`, and makes it anew in this version's
/// shape. The transaction that ends it is the caller's to go on with and to commit.
pub(super) async fn clear(
    db: &Db,
    projection: &dyn Projection,
    at: Position,
    patience: &mut Patience,
) -> Result<Tx, ApplyError> {
    let copy = checkpoint_name(projection.name(), Generation::Rebuilding);
    loop {
        match piece(db, projection, &copy, at).await {
            Ok(Some(tx)) => return Ok(tx),
            Ok(None) => *patience = Patience::default(),
            Err(error) => patience.with(error).await?,
        }
    }
}

/// Does one piece of it; where little is left, deletes that and makes the copy anew in a transaction that
/// is still open.
async fn piece(
    db: &Db,
    projection: &dyn Projection,
    copy: &str,
    at: Position,
) -> Result<Option<Tx>, ApplyError> {
    let mut tx = db.begin().await?;
    checkpoint::advance(&mut tx, copy, at, at).await?;
    // Where the live tables are of another version, there may be no copy yet.
    let catalog = tx.catalog().await?;
    for table in projection.tables() {
        let name = Generation::Rebuilding.name(table.name);
        if catalog.contains_key(&name) && tx.has_more_rows_than(&name, PIECE).await? {
            // An index that is dropped is emptied page by page, not row by row in another order.
            if !schema::drop_an_index(&mut tx, &catalog, table).await? {
                tx.delete_some(&name, PIECE).await?;
            }
            tx.commit().await?;
            return Ok(None);
        }
    }
    for table in projection.tables() {
        schema::renew(&mut tx, &catalog, table).await?;
    }
    Ok(Some(tx))
}
