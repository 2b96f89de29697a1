//! The layers around all routes: what happens to each request before a handler sees it, and to each
//! answer before it leaves.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower::ServiceBuilder;
use tower::util::MapRequest;
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;
use crate::{api, assets, host, networks, page, refusal, request, security, timeout};

/// A service of these routes, with the stylesheets and scripts that pages name.
pub fn around(routes: Router<App>, app: App) -> Router {
    let timeout = app.settings.request_timeout;
    let routes = routes
        .merge(assets::routes())
        .fallback(page::not_found)
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(app.clone(), request::span))
                .layer(from_fn_with_state(app.clone(), security::headers))
                .layer(from_fn_with_state(app.clone(), api::other_sites))
                .layer(from_fn(refusal::told))
                .layer(from_fn(host::one))
                .layer(from_fn(networks::limited))
                .layer(from_fn(refusal::plain_bodies))
                .layer(CatchPanicLayer::custom(page::panicked))
                .layer(from_fn_with_state(timeout, timeout::limited)),
        )
        .with_state(app);
    // Before a route is looked for.
    Router::new().fallback_service(MapRequest::new(routes, api::without_last_slash))
}
