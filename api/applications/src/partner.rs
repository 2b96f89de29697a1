//! The JSON API of partners. [`openapi`] is made from these handlers.

mod applications;
mod auth;
mod docs;
mod json;
pub(crate) mod openapi;
mod read;
mod resource;

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, OriginalUri};
use axum::http::Method;
use axum::routing::get;
use axum::{Extension, Router};
use utoipa::openapi::OpenApi;

use web::app::App;
use web::problem::{Kind, Problem};
use web::request::known_method;
use web::upload::MAX_BODY;

pub(crate) fn routes(app: &App, description: &OpenApi) -> Router<App> {
    let described = Described(openapi::described(description).into());
    let api = Router::new()
        .route("/applications", get(read::list).post(applications::submit))
        .route("/applications/{id}", get(read::one))
        .route("/applications/{id}/events", get(read::events))
        .route_layer(axum::middleware::from_fn_with_state(app.clone(), auth::authenticated))
        .route("/openapi.json", get(openapi::document))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(MAX_BODY));
    let docs = Router::new().route("/docs", get(docs::page));
    Router::new().nest("/api/v1", api).merge(docs).layer(Extension(described))
}

/// What describes the API, in words for programs.
#[derive(Clone)]
pub(crate) struct Described(Arc<str>);

/// `OriginalUri`: the address as it was asked for, not what the nest leaves of it.
async fn nothing_here(OriginalUri(uri): OriginalUri) -> Problem {
    let detail = format!("There is nothing at {}. /docs lists what there is.", uri.path());
    Problem::new(Kind::NotFound, detail)
}

async fn method_not_allowed(method: Method) -> Problem {
    let method = match known_method(&method) {
        "_OTHER" => "This method",
        known => known,
    };
    let detail = format!("{method} is not available here. /docs lists what there is.");
    Problem::new(Kind::MethodNotAllowed, detail)
}
