//! The candidate's pages, opened from links in e-mails.

mod ask;
mod dossier;
mod forget;
mod status;
mod withdraw;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use web::app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/c/{token}", get(status::page))
        .route("/c/{token}/withdraw", get(withdraw::page).post(withdraw::perform))
        .route("/c/{token}/data", post(ask::ask))
        .route("/p/{token}", get(dossier::page))
        .route("/p/{token}/export", post(dossier::export))
        .route("/p/{token}/erase", post(forget::erase))
        .layer(DefaultBodyLimit::max(64 * 1024))
}
