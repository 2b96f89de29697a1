//! The form that partner sites hold in an iframe, and the tokens that open it: the protocol partners
//! already speak. Paths keep their trailing slash.

mod demo;
mod form;
mod submit;
mod token;
mod validate;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::app::App;
use crate::upload::MAX_BODY;

pub(crate) fn routes(app: &App) -> Router<App> {
    let router = Router::new()
        .route("/auth/application/token/", post(token::issue))
        .route("/auth/application/token/refresh/", post(token::refresh))
        .route("/embed/candidater/", get(form::page).post(submit::submit))
        .route("/embed/validate/", post(validate::validate))
        .layer(DefaultBodyLimit::max(MAX_BODY));
    if app.settings.demo.is_some() {
        router.route("/embed/demo/", get(demo::page)).route("/", get(demo::home))
    } else {
        router.route("/embed/demo/", get(demo::page))
    }
}
