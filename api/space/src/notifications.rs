//! Notifications, for programs: `/api/notifications`. What they are about is told in words by `words`, which the page
//! has, too.

mod calls;
mod openapi;
mod wire;
mod words;

use axum::Router;
use axum::routing::{get, put};
use web::App;

pub(crate) use openapi::description;
pub(crate) use words::Words;

/// The addresses.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/api/notifications", get(calls::list))
        .route("/api/notifications/unread-count", get(calls::unread_count))
        .route("/api/notifications/mark-all-read", put(calls::read_all))
        .route("/api/notifications/{id}", axum::routing::delete(calls::delete))
        .route("/api/notifications/{id}/read", put(calls::read))
}
