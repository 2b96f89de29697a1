//! Job alerts, for programs: `/api/job-alerts`.

mod calls;
mod criteria;
mod openapi;
mod wire;

use axum::Router;
use axum::routing::{get, post};
use web::App;

pub(crate) use openapi::description;

/// The addresses.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/api/job-alerts", get(calls::list).post(calls::create))
        .route("/api/job-alerts/preview", post(calls::preview_unsaved))
        .route("/api/job-alerts/stats/summary", get(calls::summary))
        .route(
            "/api/job-alerts/{id}",
            get(calls::find).put(calls::replace).patch(calls::change).delete(calls::delete),
        )
        .route("/api/job-alerts/{id}/toggle", post(calls::toggle))
        .route("/api/job-alerts/{id}/preview", get(calls::preview))
}
