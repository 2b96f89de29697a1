//! The candidate's pages, opened from links in e-mails.

mod status;
mod withdraw;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

use crate::app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/c/{token}", get(status::page))
        .route("/c/{token}/withdraw", get(withdraw::page).post(withdraw::perform))
        .layer(DefaultBodyLimit::max(64 * 1024))
}
