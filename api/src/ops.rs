//! For those who run the service.

mod health;
mod mailjet;
mod sendgrid;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use event_store::{Db, Log};

use crate::app::App;

/// Whether the process lives and can do its work, for a router of any state.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(log: Log, db: Db) -> Router<S> {
    Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .with_state(health::Health { log, db })
}

/// Where mail providers report what becomes of e-mails.
pub(crate) fn reports() -> Router<App> {
    Router::new()
        .route("/pipeline/eventcallback/", post(mailjet::reports))
        .route("/webhooks/sendgrid", post(sendgrid::reports))
        .layer(DefaultBodyLimit::max(4 << 20))
}
