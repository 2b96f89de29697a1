//! The offers whose time is over.

use domain::offer::{ExpiryReason, OfferSource};
use event_store::{Db, DbError, args};
use jiff::Timestamp;
use uuid::Uuid;

/// An offer whose time is over, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Which.
    pub id: Uuid,
    /// Why.
    pub reason: ExpiryReason,
}

const INVALID: &str = "
    SELECT id
    FROM offers
    WHERE status = 'open' AND id > $1
      AND (trim(title) = '' OR trim(company) = '' OR (url IS NOT NULL AND url NOT LIKE 'http%'))
    ORDER BY id
    LIMIT $2";

const OVER: &str = "
    SELECT id
    FROM offers
    WHERE status = 'open' AND id > $1 AND valid_through < $3
    ORDER BY id
    LIMIT $2";

/// When it was seen is kept beside the log, by those who collect.
const NOT_SEEN: &str = "
    SELECT o.id
    FROM offers AS o
    WHERE o.status = 'open' AND o.id > $1 AND o.source <> $4 AND o.created_at < $3
      AND NOT EXISTS (
          SELECT 1
          FROM offer_sightings AS s
          WHERE s.offer_id = o.id AND s.seen_at >= $3)
    ORDER BY o.id
    LIMIT $2";

/// The open offers that end for this reason, after one, in the order of their ids: those whose last day is before
/// `now`, and those of sources that have not shown them since `seen`.
pub async fn to_end(
    db: &Db,
    reason: ExpiryReason,
    (now, seen): (Timestamp, Timestamp),
    after: Uuid,
    limit: u32,
) -> Result<Vec<Ending>, DbError> {
    let rows: Vec<(String,)> = match reason {
        ExpiryReason::Invalid => db.fetch_all(INVALID, args![after, limit]).await?,
        ExpiryReason::ValidThrough => db.fetch_all(OVER, args![after, limit, now]).await?,
        ExpiryReason::NotSeen => {
            db.fetch_all(NOT_SEEN, args![after, limit, seen, OfferSource::DESK]).await?
        }
    };
    let ending = |id: String| Some(Ending { id: id.parse().ok()?, reason });
    Ok(rows.into_iter().filter_map(|(id,)| ending(id)).collect())
}
