//! What is asked for and waits: in which run.

use domain::offer::OfferSource;
use event_store::{DbError, args};
use uuid::Uuid;

use crate::facades::Collecting;

/// One that has begun meanwhile counts as well, where no other waits.
const WAITS_IN: &str = "
    SELECT run
    FROM offer_collections
    WHERE source = $1 AND target = $2 AND outcome IS NULL
    ORDER BY started_at IS NOT NULL, asked_at DESC
    LIMIT 1";

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
