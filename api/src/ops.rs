//! For those who run the service.

mod health;
mod mailjet;
mod metrics;
mod sendgrid;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use commands::Attachments;
use event_store::{Db, Log};

use web::{App, Metrics};

/// Whether the process lives and can do its work, and its metrics, for a router of any state.
pub(crate) fn routes<S>(log: Log, db: Db, documents: Attachments, metrics: Metrics) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let (attachments, seen) = (documents.clone(), metrics::Seen::default());
    let sources = metrics::Sources { log: log.clone(), db: db.clone(), attachments, metrics, seen };
    let metrics = Router::new().route("/metrics", get(metrics::page)).with_state(sources);
    Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .with_state(health::Health { log, db, documents })
        .merge(metrics)
}

/// Where mail providers report what becomes of e-mails.
pub(crate) fn reports() -> Router<App> {
    Router::new()
        .route("/pipeline/eventcallback/", post(mailjet::reports))
        .route("/webhooks/sendgrid", post(sendgrid::reports))
        .layer(DefaultBodyLimit::max(4 << 20))
}
