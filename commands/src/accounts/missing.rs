//! Accounts that are open and have no row, because whoever registered was cut off: nobody finds
//! them by their address. The whole log is gone through once; after that what came since, from a
//! place on that is kept like that of a follower.

use event_store::{DbError, Position, args, checkpoint};
use uuid::Uuid;

use super::row::Brought;
use crate::facades::Accounts;

/// Names the place in the log up to which no row is missing.
const LOOKED_THROUGH: &str = "housekeeping:accounts";

/// Rows that are written in one go.
const MOST: usize = 1000;

const END: &str = "
    SELECT COALESCE(max(position), 0)
    FROM events";

const MISSING: &str = "
    SELECT e.aggregate_id
    FROM {events} AS e
    WHERE e.aggregate_type = 'Account' AND e.sequence = 1
      AND NOT EXISTS (SELECT 1 FROM accounts AS a WHERE a.id = e.aggregate_id)
      AND NOT EXISTS (
          SELECT 1
          FROM events AS gone
          WHERE gone.aggregate_type = 'Account' AND gone.aggregate_id = e.aggregate_id
            AND gone.event_type = 'AccountErased')
    ORDER BY e.aggregate_id
    LIMIT 1000";

/// The limit is no fewer than there are, and keeps both engines on the way by the position.
const SINCE: &str = "(
        SELECT aggregate_type, aggregate_id, sequence
        FROM events
        WHERE position > $1
        ORDER BY position
        LIMIT $2)";

impl Accounts<'_> {
    /// Writes the rows that are missing; says how many. Where one cannot be written, the next time
    /// looks from the same place on.
    pub(super) async fn write_missing(self) -> Result<u64, DbError> {
        let db = self.log.db();
        let kept = checkpoint::read(db, LOOKED_THROUGH).await?;
        let (end,): (i64,) = db.fetch_one(END, args![]).await?;
        let missing: Vec<(String,)> = match kept {
            None => db.fetch_all(&MISSING.replace("{events}", "events"), args![]).await?,
            Some(from) => {
                let sql = MISSING.replace("{events}", SINCE);
                db.fetch_all(&sql, args![from, (end - from.get()).max(0)]).await?
            }
        };
        let (mut written, mut left) = (0, missing.len() >= MOST);
        for id in missing.into_iter().filter_map(|(id,)| id.parse::<Uuid>().ok()) {
            match self.bring_up(id).await? {
                Brought::UpToDate => written += 1,
                Brought::Closed => {}
                Brought::Failed => left = true,
            }
        }
        if !left {
            let mut tx = db.begin().await?;
            checkpoint::set(&mut tx, LOOKED_THROUGH, Position::new(end)).await?;
            tx.commit().await?;
        }
        Ok(written)
    }
}
