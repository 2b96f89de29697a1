//! HTTP: the router over the audiences, the server, and what machines ask.
//!
//! Each audience is a crate beside this one, over the frame that they share (`web`): `admin` for those
//! who run the service, `applications` for candidates, recruiters and partners. To add an audience: its
//! crate, and its line in [`router`].

mod dev;
mod ops;
pub mod serve;

pub use accounts;
pub use admin;
pub use archive;
pub use space;
pub use web::app::{Accounts, Offers, Permits};
pub use web::{App, AppParts, Demo, Metrics, RequestLimits, Settings, networks};

use admin::Operators;
use axum::Router;
use commands::Attachments;
use event_store::{Db, Log};
use web::audience::Audience;

/// What a process without the API answers: whether it lives, and whether it can do its work.
pub fn health_router(log: Log, db: Db, documents: Attachments, metrics: Metrics) -> Router {
    ops::routes(log, db, documents, metrics).layer(axum::middleware::from_fn(web::host::one))
}

/// The description of what programs may ask of all audiences (OpenAPI 3.1).
fn description() -> utoipa::openapi::OpenApi {
    let mut all = applications::description();
    all.merge(permits::description());
    all.merge(accounts::description());
    all.merge(offers::description());
    all.merge(space::description());
    all
}

/// The same as indented JSON, as served and as kept in `schemas/openapi.json`.
pub fn openapi_json() -> String {
    applications::described(&description())
}

/// The pages of whoever has an account: their space, then the account itself.
pub fn users() -> Audience<accounts::Users> {
    Audience::new(space::entries()).and(offers::entries()).and(accounts::entries())
}

/// Everything that answers over HTTP.
pub fn router(app: App) -> Router {
    router_with(app, admin::audience())
}

/// The same with these pages for operators.
pub fn router_with(app: App, operators: Audience<Operators>) -> Router {
    let mut routes = Router::new()
        .merge(applications::routes_described(&app, &description()))
        .merge(permits::routes(&app))
        .merge(accounts::call_routes(&app))
        .merge(accounts::page_routes(users(), &app))
        .merge(offers::routes(&app))
        .merge(space::routes(&app))
        .merge(admin::routes(operators, &app))
        .merge(ops::reports())
        .merge(ops::routes(
            app.commands.log().clone(),
            app.db.clone(),
            app.commands.attachments().clone(),
            app.metrics.clone(),
        ));
    if app.settings.mailbox.is_some() {
        routes = routes.merge(dev::routes());
    }
    web::layers::around(routes, app)
}
