//! The profile, as programs read and write it.

mod calls;
mod openapi;
mod read;
mod wire;

use axum::Router;
use axum::routing::{get, post, put};
use web::App;

pub(crate) use openapi::description;

/// The calls, to be framed with the others.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/api/candidates/profile", get(calls::find).put(calls::change))
        .route("/api/candidates/profile/experiences", post(calls::add_experience))
        .route(
            "/api/candidates/profile/experiences/{id}",
            put(calls::change_experience).delete(calls::remove_experience),
        )
        .route("/api/candidates/profile/education", post(calls::add_education))
        .route(
            "/api/candidates/profile/education/{id}",
            put(calls::change_education).delete(calls::remove_education),
        )
        .route("/api/candidates/profile/skills", post(calls::add_skill))
        .route(
            "/api/candidates/profile/skills/{id}",
            put(calls::change_skill).delete(calls::remove_skill),
        )
}
