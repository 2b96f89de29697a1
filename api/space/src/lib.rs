//! The candidate's space, for programs and as pages (`pages`): what somebody applied for, their tasks, their CV, their
//! profile, what fits it, and their alerts, in the shapes of
//! the trackers that it takes the place of. Whoever asks shows an access token, and sees what is theirs.
//!
//! To add an address: its handler here in the file of what it is about, and its line in [`routes`].

mod alerts;
mod applications;
mod calendar;
mod cv;
mod export;
mod fields;
mod history;
mod import;
mod not_modified;
mod notifications;
mod openapi;
mod pages;
mod place;
mod profile;
mod proof;
mod recommendations;
mod refused;
mod stop;
mod tasks;
mod tidy;
mod wire;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use web::App;
use web::upload::MAX_BODY;

pub use openapi::description;
pub use pages::entries;
pub use proof::{Checked, List, Wrong, check as check_list};

/// Every address for programs.
pub fn routes(app: &App) -> Router<App> {
    let router = Router::new()
        .route("/applications", get(applications::list).post(applications::add))
        .route(
            "/applications/{id}",
            get(applications::find).put(applications::change).delete(applications::remove),
        )
        .route("/applications/{id}/notes", post(applications::add_note))
        .route("/applications/{id}/history", get(history::of_application))
        .route("/tasks", get(tasks::list).post(tasks::add))
        .route("/tasks/{id}", get(tasks::find).put(tasks::change).delete(tasks::remove))
        .route(
            "/users/upload-cv",
            post(cv::upload)
                .layer(DefaultBodyLimit::max(MAX_BODY))
                .get(cv::download)
                .delete(cv::remove),
        )
        .route("/users/cv", get(cv::download).delete(cv::remove))
        .route("/me/export.csv", get(export::csv))
        .route("/me/proof.pdf", get(proof::by_program))
        .route("/api/recommendations", get(recommendations::list))
        .merge(alerts::routes())
        .merge(notifications::routes())
        .merge(profile::routes());
    web::api::routes(app, router).merge(for_anybody(app))
}

/// The pages of whoever is shown a signed list, the calendars of whoever knows their addresses, and the links of letters.
fn for_anybody(app: &App) -> Router<App> {
    let pages = Router::new()
        .route("/me/calendar/{file}", get(calendar::feed))
        .route("/proof", get(proof::check_page).post(proof::check_file))
        .route("/proof/key", get(proof::key))
        .route("/proof/{id}", get(proof::check_page_of).post(proof::check_file))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(app.clone(), web::security::own_forms_only));
    // A mail program posts there in the name of nobody: the link is what it shows.
    pages
        .route("/alerts/stop/{token}", get(stop::alert_page).post(stop::stop_alert))
        .route("/archive-letters/stop/{token}", get(stop::archive_page).post(stop::stop_archive))
}
