//! Work permits, for whoever is shown one: whether it holds (`check`), the paper with a signature on it
//! (`slip`), and the figures (`statistics`). Nobody signs in here, and nobody is named.

mod check;
mod openapi;
mod slip;
mod statistics;

pub use openapi::description;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::{Extension, Router};
use tower_http::cors::{AllowOrigin, CorsLayer};
use web::{App, security};

use statistics::Figures;

/// A form of this audience is a number and a date.
const MAX_FORM: usize = 16 * 1024;

/// Every address of whoever is shown a permit.
pub fn routes(app: &App) -> Router<App> {
    let pages = Router::new()
        .route("/permits/check", get(check::page::form).post(check::page::answer))
        .route("/permits/slip/{token}", get(slip::page))
        .route("/permits/statistics", get(statistics::page))
        .route("/permits/statistics.csv", get(statistics::csv))
        .route("/static/stats.json", get(statistics::json))
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .layer(Extension(Figures::default()))
        .layer(from_fn_with_state(app.clone(), security::own_forms_only));
    let api = Router::new()
        .route("/api/v1/apt_validity_check/{ds_id}/{date}", get(check::api::answer))
        .layer(other_sites(app));
    Router::new().merge(pages).merge(api)
}

/// Lets the pages of the sites that the settings name ask (Fetch, CORS protocol), and no others.
fn other_sites(app: &App) -> CorsLayer {
    let origins = app.settings.permits.origins.iter();
    let origins = origins.filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET])
        .expose_headers([header::RETRY_AFTER])
        .max_age(std::time::Duration::from_hours(1))
}
