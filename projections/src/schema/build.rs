//! The rows of a projection built anew in this version's shape.

use std::sync::{Arc, Mutex, PoisonError};

use event_store::lease::{self, Holder, LeaseOptions};
use event_store::{Clock, Log};
use tokio_util::sync::CancellationToken;

use super::prepare_one;
use crate::Projection;
use crate::rebuild::{RebuildError, Rebuilt, rebuild_in_own_shape};

/// Builds the rows of a projection whose tables are in another shape, or were made just now, while
/// readers and runners of the version that wrote the others go on. Of several processes one does so and
/// the others wait; one that dies is followed by another. `None` where they are as declared already.
pub async fn build(
    log: &Log,
    clock: Arc<dyn Clock>,
    projection: &dyn Projection,
    options: LeaseOptions,
) -> Result<Option<Rebuilt>, RebuildError> {
    let (done, outcome) = (CancellationToken::new(), Mutex::new(Ok(None)));
    let name = format!("schema:{}", projection.name());
    let work = async |held: lease::Held| {
        let built = tokio::select! {
            built = once(log, Arc::clone(&clock), projection) => built,
            () = held.ended().cancelled() => return,
        };
        // Somebody rebuilds it by hand: once they are through, it is as they say, or it is built.
        if !matches!(built, Err(RebuildError::Disturbed { .. })) {
            *outcome.lock().unwrap_or_else(PoisonError::into_inner) = built;
            done.cancel();
        }
    };
    lease::run(log.db(), &name, &Holder::new(), options, &done, work).await;
    outcome.into_inner().unwrap_or_else(PoisonError::into_inner)
}

async fn once(
    log: &Log,
    clock: Arc<dyn Clock>,
    projection: &dyn Projection,
) -> Result<Option<Rebuilt>, RebuildError> {
    let is_current = prepare_one(log.db(), projection).await;
    if is_current.map_err(|error| RebuildError::Failed(error.into()))? {
        return Ok(None);
    }
    rebuild_in_own_shape(log, clock, projection).await.map(Some)
}
