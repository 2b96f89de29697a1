//! The audiences, through their routes over a real log: a folder each.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod pages;
mod partner;

/// What the services of the folders send their requests to.
fn router(app: web::App) -> axum::Router {
    let routes = applications::routes(&app);
    web::layers::around(routes, app)
}
