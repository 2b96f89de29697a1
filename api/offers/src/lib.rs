//! Job offers, for those who look for one: as JSON for programs (`calls`), and as pages that search engines may
//! read where the settings say so (`pages`).

mod asked;
mod calls;
mod collecting;
mod fit;
mod here;
mod openapi;
mod pages;
mod posting;
mod reader;

use accounts::{Entry, OWN};
use axum::routing::{get, post};
use axum::{Extension, Router};
use web::App;

use calls::Figures;

pub use openapi::description;

/// The pages of job offers that are for those alone who are signed in.
pub fn entries() -> Vec<Entry> {
    vec![Entry::page("/offers/{id}/apply", OWN, get(pages::apply::page))]
}

/// Every address of job offers.
pub fn routes(app: &App) -> Router<App> {
    let calls = Router::new()
        .route("/job-offers", get(calls::list))
        .route("/job-offers/count", get(calls::count))
        .route("/job-offers/stats/summary", get(calls::figures))
        .route("/job-offers/collect", post(collecting::collect))
        .route("/job-offers/collect/{run}", get(collecting::run))
        .route("/job-offers/{id}", get(calls::one).delete(calls::hide))
        .layer(Extension(Figures::default()));
    let pages = Router::new()
        .route("/offers", get(pages::list::page))
        .route("/offers/{id}", get(pages::one::page));
    Router::new().merge(web::api::routes(app, calls)).merge(pages)
}
