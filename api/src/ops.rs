//! For those who run the service.

mod health;

use axum::Router;
use axum::routing::get;
use event_store::{Db, Log};

/// Whether the process lives and can do its work, for a router of any state.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(log: Log, db: Db) -> Router<S> {
    Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .with_state(health::Health { log, db })
}
