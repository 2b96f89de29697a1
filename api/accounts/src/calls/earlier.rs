//! The same accounts as two earlier services had them, for the front ends of these: what they name otherwise,
//! and what they expect of the answer. What they let anybody do (choose a role, join a company) is not here.
//!
//! Their programs never renew a token, so an access token lasts as long as people stay signed in: 24 hours, and
//! one hour. Both end at once when the account is disabled, or the password changes.

pub(super) mod jobs;
mod names;
pub(super) mod work;

use axum::Router;
use axum::routing::{get, post};
use web::App;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/auth/signup", post(work::sign_up))
        .route("/api/auth/signin", post(work::sign_in))
        .route("/api/auth/refresh", post(work::refresh))
        .route("/api/auth/me", get(work::me))
        .route("/api/auth/forgot-password", post(work::forgot))
        .route("/api/auth/reset-password", post(work::reset))
        .route("/api/token", post(jobs::sign_in))
        .route("/api/token/refresh", post(jobs::refresh))
}
