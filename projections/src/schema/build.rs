//! The rows of a projection built anew in this version's shape.

use std::sync::{Arc, Mutex, PoisonError};

use event_store::lease::{self, Holder, LeaseOptions};
use event_store::{Clock, Log};
use tokio_util::sync::CancellationToken;

use super::prepare_one;
use crate::Projection;
use crate::pages::Pages;
use crate::rebuild::{RebuildError, Rebuilt, clear_left, rebuild_in_own_shape, side_by_side};

/// Builds the rows of projections whose tables are in another shape, or were made just now, while readers
/// and runners of the version that wrote the others go on: by name, what became of each, `None` where
/// its rows are as declared already. Of several processes one builds a projection and the others wait;
/// one that dies is followed by another.
pub async fn build(
    log: &Log,
    clock: &Arc<dyn Clock>,
    projections: Vec<Box<dyn Projection>>,
    options: LeaseOptions,
) -> Vec<(&'static str, Result<Option<Rebuilt>, RebuildError>)> {
    side_by_side(log, projections, |pages, projection| {
        let (log, clock) = (log.clone(), Arc::clone(clock));
        async move { build_one(&pages, &log, clock, &*projection, options).await }
    })
    .await
}

async fn build_one(
    pages: &Arc<Pages>,
    log: &Log,
    clock: Arc<dyn Clock>,
    projection: &dyn Projection,
    options: LeaseOptions,
) -> Result<Option<Rebuilt>, RebuildError> {
    let (done, outcome) = (CancellationToken::new(), Mutex::new(Ok(None)));
    let name = format!("schema:{}", projection.name());
    let work = async |held: lease::Held| {
        let built = tokio::select! {
            built = once(pages, log, Arc::clone(&clock), projection) => built,
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
    pages: &Arc<Pages>,
    log: &Log,
    clock: Arc<dyn Clock>,
    projection: &dyn Projection,
) -> Result<Option<Rebuilt>, RebuildError> {
    let is_current = prepare_one(log.db(), projection).await;
    if is_current.map_err(|error| RebuildError::Failed(error.into()))? {
        clear_left(log.db(), projection).await;
        return Ok(None);
    }
    rebuild_in_own_shape(pages, log, clock, projection).await.map(Some)
}
