//! The recruiter's pages, opened from links in e-mails. A GET or HEAD changes nothing: mail scanners
//! follow links, and some press buttons.

mod answer;
pub(crate) mod attachment;
mod form;
mod former;
pub(crate) mod matter;
mod overview;
mod undo;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get};

use web::app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/r/{token}", get(overview::page))
        .route("/r/{token}/attachments/{digest}", get(attachment::download))
        .route("/r/{token}/done/{answer}", get(overview::done))
        .route("/r/{token}/undo/{answer}", get(undo::page).post(undo::perform))
        .route("/r/{token}/{kind}", get(answer::page).post(answer::step))
        .route("/candidature/reponse/{*rest}", any(former::page))
        .layer(DefaultBodyLimit::max(256 * 1024))
}
