//! HTTP: one folder per audience, a page's template beside its handler.
//!
//! To add a page or an endpoint: its file in the audience's folder, its template beside it, and its
//! line in that folder's `routes`. A handler extracts, calls one use case, and answers.

mod address;
pub mod admin;
pub mod app;
pub mod archive;
mod assets;
mod audience;
mod candidate;
mod dev;
mod embed;
mod host;
mod lang;
pub mod networks;
mod ops;
mod page;
mod partner;
mod problem;
mod query;
mod recruiter;
mod request;
mod security;
mod seen;
pub mod serve;
mod timeout;
mod upload;

pub use app::{App, AppParts, Demo, Settings};
pub use ops::Metrics;
pub use partner::limit::RequestLimits;
pub use partner::openapi::openapi_json;

use axum::Router;
use commands::Attachments;
use event_store::{Db, Log};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

/// What a process without the API answers: whether it lives, and whether it can do its work.
pub fn health_router(log: Log, db: Db, documents: Attachments, metrics: Metrics) -> Router {
    ops::routes(log, db, documents, metrics).layer(axum::middleware::from_fn(host::one))
}

/// Everything that answers over HTTP.
pub fn router(app: App) -> Router {
    let pages = Router::new()
        .merge(recruiter::routes())
        .merge(candidate::routes())
        .layer(axum::middleware::from_fn_with_state(app.clone(), security::own_forms_only));
    let timeout = app.settings.request_timeout;
    let mut router = Router::new()
        .merge(pages)
        .merge(embed::routes(&app))
        .merge(partner::routes(&app))
        .merge(ops::reports())
        .merge(admin::routes(&app))
        .merge(ops::routes(
            app.commands.log().clone(),
            app.db.clone(),
            app.commands.attachments().clone(),
            app.metrics.clone(),
        ))
        .merge(assets::routes());
    if app.settings.mailbox.is_some() {
        router = router.merge(dev::routes());
    }
    router
        .fallback(page::not_found)
        .layer(
            ServiceBuilder::new()
                .layer(axum::middleware::from_fn_with_state(app.clone(), request::span))
                .layer(axum::middleware::from_fn_with_state(app.clone(), security::headers))
                .layer(axum::middleware::from_fn(audience::told))
                .layer(axum::middleware::from_fn(host::one))
                .layer(axum::middleware::from_fn(networks::limited))
                .layer(axum::middleware::from_fn(audience::plain_bodies))
                .layer(CatchPanicLayer::custom(page::panicked))
                .layer(axum::middleware::from_fn_with_state(timeout, timeout::limited)),
        )
        .with_state(app)
}
