//! The admin, through its routes: who may what, what is refused, and what each page does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod acts;
mod audit;
mod failures;
mod forgotten;
mod looks;
mod people;
mod pseudo;
mod roles;
mod schedules;
mod search;
mod security;
mod support;

/// What [`support`] sends its requests to.
fn router(app: web::App) -> axum::Router {
    let routes = admin::routes(admin::audience(), &app);
    web::layers::around(routes, app)
}
