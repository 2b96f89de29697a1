//! The JSON calls. To add one: its handler beside its kin, its line in [`routes`], and its name in `openapi.rs`.

mod credentials;
mod earlier;
mod fields;
mod openapi;
mod password;
mod problems;
mod register;
mod tokens;
mod user;
mod users;

use axum::Router;
use axum::routing::{get, post};
use web::{App, api};

pub use openapi::description;

/// Every call about accounts.
pub fn routes(app: &App) -> Router<App> {
    let calls = Router::new()
        .route("/auth/register", post(register::register))
        .route("/auth/token", post(tokens::sign_in))
        .route("/auth/refresh", post(tokens::refresh))
        .route("/auth/revoke", post(tokens::revoke))
        .route("/auth/logout", post(tokens::sign_out))
        .route("/auth/me", get(user::me))
        .route("/auth/change-password", post(password::change))
        .route("/auth/forgot-password", post(password::forgot))
        .route("/auth/reset-password", post(password::reset))
        .route("/auth/confirm-email", post(register::confirm))
        .route("/users", get(users::list).post(users::create))
        .route("/users/{id}", get(users::one).put(users::change).delete(users::close));
    api::routes(app, calls.merge(earlier::routes()))
}
