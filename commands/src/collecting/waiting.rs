//! What is asked for and waits: in which run, and how it ends where its source is paused.

use domain::offer::OfferSource;
use event_store::{DbError, Tx, args};
use jiff::Timestamp;
use uuid::Uuid;

use super::CollectionOutcome;
use crate::facades::Collecting;

/// One that has begun meanwhile counts as well, where no other waits.
const WAITS_IN: &str = "
    SELECT run
    FROM offer_collections
    WHERE source = $1 AND target = $2 AND outcome IS NULL
    ORDER BY started_at IS NOT NULL, asked_at DESC
    LIMIT 1";

const LEAVE: &str = "
    UPDATE offer_collections
    SET outcome = $1, ended_at = $2,
        target = CASE WHEN asked_by = 'user' AND kind IN ('search', 'france-travail') THEN ''
                      ELSE target END
    WHERE source = $3 AND outcome IS NULL AND started_at IS NULL";

impl Collecting<'_> {
    /// The run in which this waits to be collected.
    pub(super) async fn waits_in(
        self,
        source: &OfferSource,
        target: &str,
    ) -> Result<Option<Uuid>, DbError> {
        let args = args![source.as_str(), target];
        let row: Option<(String,)> = self.log.db().fetch_optional(WAITS_IN, args).await?;
        Ok(row.and_then(|(run,)| run.parse().ok()))
    }
}

/// Ends what waits to be collected from a source: whoever asked for it does not wait until the
/// source goes on.
pub(super) async fn leave(tx: &mut Tx, source: &str, now: Timestamp) -> Result<(), DbError> {
    let broken = CollectionOutcome::BrokenOff.as_str();
    tx.execute(LEAVE, args![broken, now, source]).await.map(drop)
}
