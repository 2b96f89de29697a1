//! The form that partner sites hold in an iframe, and the tokens that open it: the protocol partners
//! already speak. Paths keep their trailing slash.

mod answers;
mod demo;
mod form;
mod home;
mod opening;
mod parameters;
mod submit;
mod token;
mod validate;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use web::app::App;

/// A form without documents, and what asks for a token, may be this large, in bytes.
const MAX_FIELDS: usize = 64 * 1024;
/// So much of a form is read, though not kept, in bytes: what is too large by one photograph or two
/// gets its answer, with the text that came, and not a connection that breaks.
const MAX_READ: usize = 48 * 1024 * 1024;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/auth/application/token/", post(token::issue))
        .route("/auth/application/token/refresh/", post(token::refresh))
        .route("/embed/validate/", post(validate::validate))
        .layer(DefaultBodyLimit::max(MAX_FIELDS))
        .route(
            "/embed/candidater/",
            get(form::page).post(submit::submit).layer(DefaultBodyLimit::max(MAX_READ)),
        )
        .route("/embed/demo/", get(demo::page))
        .route("/", get(home::home))
}
