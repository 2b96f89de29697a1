//! The pages of those who run the service: what happened, what waits, what went wrong, and what to do
//! about it.
//!
//! To add a page: its file here with its template beside it, and its line in `entries` with what
//! an operator must be allowed. The guard and the table of roles follow from that line.

mod account;
mod acts;
mod answers;
mod application;
mod applications;
mod client_form;
mod clients;
mod emails;
mod erased;
mod erasures;
mod exports;
mod frame;
mod front;
mod guard;
mod operators;
mod people;
mod permission;
mod projections;
mod reactions;
mod rebuilds;
mod requests;
mod sign_in;
mod statistics;
mod suppressions;
mod webhooks;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::routing::{MethodRouter, get, post};

use crate::app::App;

pub use permission::Permission;
pub use rebuilds::Rebuilds;

/// One address of the admin, for one method.
struct Entry {
    method: Method,
    path: &'static str,
    needs: Permission,
    handler: MethodRouter<App>,
}

fn entry(
    method: Method,
    path: &'static str,
    needs: Permission,
    handler: MethodRouter<App>,
) -> Entry {
    Entry { method, path, needs, handler }
}

/// Every address that asks for a signed-in operator.
fn entries() -> Vec<Entry> {
    use Permission as May;
    let page = |path, needs, handler| entry(Method::GET, path, needs, handler);
    let form = |path, needs, handler| entry(Method::POST, path, needs, handler);
    vec![
        page("/admin", May::SeeFigures, get(front::page)),
        page("/admin/applications", May::SeeApplications, get(applications::page)),
        page("/admin/applications/{id}", May::SeeApplications, get(application::page)),
        page(
            "/admin/applications/{id}/attachments/{digest}",
            May::SeeApplications,
            get(application::attachment),
        ),
        page(
            "/admin/applications/{id}/emails/{message_id}",
            May::SeeApplications,
            get(emails::page),
        ),
        page(
            "/admin/applications/{id}/emails/{message_id}/html",
            May::SeeApplications,
            get(emails::html),
        ),
        form("/admin/applications/{id}/resend", May::Act, post(requests::resend)),
        form("/admin/applications/{id}/forward", May::Act, post(requests::forward)),
        form("/admin/applications/{id}/link", May::Act, post(requests::link)),
        page("/admin/answers", May::SeeApplications, get(answers::page)),
        page("/admin/reactions", May::SeeApplications, get(reactions::page)),
        form("/admin/reactions", May::Act, post(reactions::act)),
        page("/admin/suppressions", May::SeeApplications, get(suppressions::page)),
        form("/admin/suppressions", May::Act, post(suppressions::add)),
        form("/admin/suppressions/lift", May::Act, post(suppressions::lift)),
        page("/admin/people", May::ManagePeople, get(people::page)),
        form("/admin/people", May::ManagePeople, post(people::find)),
        form("/admin/people/export", May::ManagePeople, post(people::export)),
        form("/admin/people/erasure", May::ManagePeople, post(people::ask)),
        page("/admin/people/requests", May::ManagePeople, get(erasures::page)),
        form("/admin/people/requests", May::ManagePeople, post(erasures::decide)),
        page("/admin/clients", May::SeeClients, get(clients::list)),
        page("/admin/clients/new", May::Administer, get(client_form::new)),
        form("/admin/clients/new", May::Administer, post(client_form::create)),
        page("/admin/clients/{id}", May::SeeClients, get(clients::page)),
        page("/admin/clients/{id}/edit", May::Administer, get(client_form::edit)),
        form("/admin/clients/{id}/edit", May::Administer, post(client_form::change)),
        form("/admin/clients/{id}/secret", May::Administer, post(clients::rotate)),
        form("/admin/clients/{id}/disable", May::Administer, post(clients::disable)),
        page("/admin/clients/{id}/webhooks", May::SeeClients, get(webhooks::page)),
        form("/admin/clients/{id}/webhooks", May::Administer, post(webhooks::add)),
        form("/admin/clients/{id}/webhooks/{webhook}", May::Administer, post(webhooks::act)),
        page("/admin/projections", May::SeeFigures, get(projections::page)),
        form("/admin/projections", May::Administer, post(projections::rebuild)),
        page("/admin/statistics", May::SeeFigures, get(statistics::page)),
        page("/admin/exports", May::Export, get(exports::page)),
        page("/admin/exports/answers.csv", May::Export, get(exports::answers)),
        page("/admin/operators", May::Administer, get(operators::page)),
        form("/admin/operators", May::Administer, post(operators::create)),
        form("/admin/operators/{id}", May::Administer, post(operators::change)),
        page("/admin/acts", May::Audit, get(acts::page)),
        page("/admin/account", May::BeThemselves, get(account::page)),
        form("/admin/account/password", May::BeThemselves, post(account::password)),
        page("/admin/account/second-factor", May::BeThemselves, get(account::second_factor)),
        form("/admin/account/second-factor", May::BeThemselves, post(account::set_second_factor)),
        form("/admin/language", May::BeThemselves, post(account::language)),
        form("/admin/sign-out", May::BeThemselves, post(sign_in::sign_out)),
    ]
}

/// Every address of the admin with what it asks for: method, path, permission.
pub fn table() -> Vec<(Method, &'static str, Permission)> {
    entries().into_iter().map(|entry| (entry.method, entry.path, entry.needs)).collect()
}

pub(crate) fn routes(app: &App) -> Router<App> {
    let mut router = Router::new();
    for Entry { path, needs, handler, .. } in entries() {
        let guarded = handler
            .layer(axum::middleware::from_fn_with_state((app.clone(), needs), guard::permitted));
        router = router.route(path, guarded);
    }
    router
        .route("/admin/", get(front::home))
        .route("/admin/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/admin/sign-in/code", get(sign_in::code_page).post(sign_in::code))
        .layer(axum::middleware::from_fn_with_state(app.clone(), guard::own_forms))
        .layer(DefaultBodyLimit::max(256 * 1024))
}
