//! The pages of those who run the service: what happened, what waits, what went wrong, and what to do
//! about it.
//!
//! To add a page: its file here with its template beside it, and its line in `entries` with what
//! an operator must be allowed and whose data it shows, and its title where the menu or the search
//! should lead there. The guard, the table of roles, the record of looks and the menu follow from that
//! line.

mod account;
mod accounts;
mod activity;
mod acts;
mod answers;
mod application;
mod applications;
mod audit;
mod case_file;
mod confirm;
mod emails;
mod erased;
mod erasures;
mod exports;
mod forgotten;
mod frame;
mod front;
mod history;
pub mod menu;
mod operator;
mod operators;
mod partner_form;
mod partners;
mod people;
mod permission;
mod permits;
mod projections;
mod reactions;
mod rebuilds;
mod requests;
mod schedules;
mod search;
mod sign_in;
mod sources;
mod statistics;
mod steps;
mod stream;
mod suppressions;
mod undelivered;
mod webhooks;

use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, Router};

use menu::{APPLICATIONS, FIGURES, PEOPLE, PLATFORMS, SYSTEM, TODAY};
use rebuilds::Rebuilds;
use web::app::App;
use web::audience::{Audience, Entry as EntryOf};
use web::chart;

pub use case_file::{CaseFileError, case_file};
pub use operator::Operators;
pub use permission::Permission;
pub use web::audience::Shows;

/// One address of the admin.
pub type Entry = EntryOf<Operators>;

fn page(
    path: &'static str,
    asks: (Permission, Shows<Permission>),
    handler: MethodRouter<App>,
) -> Entry {
    Entry::page(path, asks, handler)
}

fn form(
    path: &'static str,
    asks: (Permission, Shows<Permission>),
    handler: MethodRouter<App>,
) -> Entry {
    Entry::form(path, asks, handler)
}

/// The audience of operators. Whoever adds a context adds its pages here.
pub fn audience() -> Audience<Operators> {
    let entries = [
        of_applications(),
        of_people(),
        accounts::entries(),
        permits::entries(),
        sources::entries(),
        of_platforms(),
        of_figures(),
        of_the_house(),
    ];
    Audience::new(entries.into_iter().flatten().collect())
}

/// The front page, the search, and what happens to applications.
fn of_applications() -> Vec<Entry> {
    use Permission as May;
    use Shows::{Nobody, People, PeopleTo};
    let people = (May::SeeApplications, People(&[]));
    vec![
        page("/admin", (May::SeeFigures, Nobody), get(front::page))
            .menu(TODAY, |lang| lang.t("admin-home")),
        page("/admin/search", (May::SeeFigures, PeopleTo(May::SeeApplications)), get(search::page)),
        page(
            "/admin/applications",
            (May::SeeApplications, People(&["client", "status", "from", "to"])),
            get(applications::page),
        )
        .menu(APPLICATIONS, |lang| lang.t("admin-applications")),
        page("/admin/applications/{id}", people, get(application::page)),
        page("/admin/applications/{id}/attachments/{digest}", people, get(application::attachment)),
        page("/admin/applications/{id}/emails/{message_id}", people, get(emails::page)),
        page("/admin/applications/{id}/emails/{message_id}/html", people, get(emails::html)),
        form("/admin/applications/{id}/resend", (May::Act, Nobody), post(requests::resend)),
        form("/admin/applications/{id}/forward", (May::Act, Nobody), post(requests::forward)),
        form("/admin/applications/{id}/link", (May::Act, Nobody), post(requests::link)),
        page("/admin/answers", (May::SeeApplications, People(&["kind"])), get(answers::page))
            .menu(APPLICATIONS, |lang| lang.t("admin-answers")),
        page(
            "/admin/reactions",
            (May::SeeApplications, People(&["state", "reactor"])),
            get(reactions::page),
        )
        .menu(APPLICATIONS, |lang| lang.t("admin-delayed-and-failed")),
        form("/admin/reactions", (May::Act, Nobody), post(reactions::act)),
        page("/admin/emails", (May::SeeApplications, People(&["reason"])), get(undelivered::page))
            .menu(APPLICATIONS, |lang| lang.t("admin-undelivered-emails")),
    ]
}

/// What is kept of people, and who is written to no more.
fn of_people() -> Vec<Entry> {
    use Permission as May;
    use Shows::{Nobody, People};
    let people = (May::SeeApplications, People(&[]));
    vec![
        page("/admin/people", (May::ManagePeople, Nobody), get(people::page))
            .menu(PEOPLE, |lang| lang.t("admin-people")),
        form("/admin/people", (May::ManagePeople, People(&[])), post(people::find)),
        form("/admin/people/export", (May::ManagePeople, People(&[])), post(people::export)),
        form("/admin/people/erasure", (May::ManagePeople, Nobody), post(people::ask)),
        page("/admin/people/requests", (May::ManagePeople, People(&[])), get(erasures::page))
            .menu(PEOPLE, |lang| lang.t("admin-requests-for-erasure")),
        form("/admin/people/requests", (May::ManagePeople, Nobody), post(erasures::decide)),
        page("/admin/suppressions", people, get(suppressions::page))
            .menu(PEOPLE, |lang| lang.t("admin-suppression-list")),
        form("/admin/suppressions", (May::Act, Nobody), post(suppressions::add)),
        form("/admin/suppressions/lift", (May::Act, Nobody), post(suppressions::lift)),
    ]
}

/// Client platforms.
fn of_platforms() -> Vec<Entry> {
    use Permission as May;
    use Shows::Nobody;
    vec![
        page("/admin/clients", (May::SeeClients, Nobody), get(partners::list))
            .menu(PLATFORMS, |lang| lang.t("admin-platforms")),
        page("/admin/clients/new", (May::Administer, Nobody), get(partner_form::new))
            .named(|lang| lang.t("admin-new-platform")),
        form("/admin/clients/new", (May::Administer, Nobody), post(partner_form::create)),
        page("/admin/clients/{id}", (May::SeeClients, Nobody), get(partners::page)),
        page("/admin/clients/{id}/edit", (May::Administer, Nobody), get(partner_form::edit)),
        form("/admin/clients/{id}/edit", (May::Administer, Nobody), post(partner_form::change)),
        form("/admin/clients/{id}/secret", (May::Administer, Nobody), post(partners::rotate)),
        form("/admin/clients/{id}/disable", (May::Administer, Nobody), post(partners::disable)),
        form("/admin/clients/{id}/pause", (May::Administer, Nobody), post(partners::pause)),
        page("/admin/clients/{id}/webhooks", (May::SeeClients, Nobody), get(webhooks::page)),
        form("/admin/clients/{id}/webhooks", (May::Administer, Nobody), post(webhooks::add)),
        form(
            "/admin/clients/{id}/webhooks/{webhook}",
            (May::Administer, Nobody),
            post(webhooks::act),
        ),
    ]
}

/// Figures, and data to take along.
fn of_figures() -> Vec<Entry> {
    use Permission as May;
    use Shows::{Nobody, People};
    vec![
        page("/admin/statistics", (May::SeeFigures, Nobody), get(statistics::page))
            .menu(FIGURES, |lang| lang.t("admin-statistics")),
        page("/admin/exports", (May::Export, Nobody), get(exports::page))
            .menu(FIGURES, |lang| lang.t("admin-exports")),
        page(
            "/admin/exports/{file}",
            (May::Export, People(&["client", "from", "to"])),
            get(exports::file),
        ),
    ]
}

/// The service itself, those who run it, and each one's own account.
fn of_the_house() -> Vec<Entry> {
    use Permission as May;
    use Shows::{Nobody, People};
    vec![
        page("/admin/projections", (May::SeeFigures, Nobody), get(projections::page))
            .menu(SYSTEM, |lang| lang.t("admin-read-models")),
        form("/admin/projections", (May::Administer, Nobody), post(projections::rebuild)),
        page("/admin/schedules", (May::SeeFigures, Nobody), get(schedules::page))
            .menu(SYSTEM, |lang| lang.t("schedules-title")),
        form("/admin/schedules", (May::Administer, Nobody), post(schedules::act)),
        page("/admin/operators", (May::Administer, People(&[])), get(operators::page))
            .menu(SYSTEM, |lang| lang.t("admin-operators")),
        // These two show the list again, with a password that was made.
        form("/admin/operators", (May::Administer, People(&[])), post(operators::create)),
        form("/admin/operators/{id}", (May::Administer, People(&[])), post(operators::change)),
        page("/admin/acts", (May::Audit, Nobody), get(acts::page))
            .menu(SYSTEM, |lang| lang.t("admin-acts")),
        page("/admin/audit", (May::Audit, Nobody), get(audit::page))
            .menu(SYSTEM, |lang| lang.t("admin-audit")),
        page(
            "/admin/audit/{id}",
            (May::Audit, People(&["date", "time", "position"])),
            get(history::page),
        ),
        page("/admin/audit/streams/{aggregate}/{stream}", (May::Audit, Nobody), get(stream::page)),
        page("/admin/audit/{id}/case-file.zip", (May::Audit, People(&[])), get(history::file)),
        page("/admin/account", (May::BeThemselves, Nobody), get(account::page))
            .named(|lang| lang.t("admin-my-account")),
        form("/admin/account/password", (May::BeThemselves, Nobody), post(account::password)),
        page(
            "/admin/account/second-factor",
            (May::BeThemselves, Nobody),
            get(account::second_factor),
        )
        .named(|lang| lang.t("admin-second-factor")),
        form(
            "/admin/account/second-factor",
            (May::BeThemselves, Nobody),
            post(account::set_second_factor),
        ),
        form("/admin/language", (May::BeThemselves, Nobody), post(account::language)),
        form("/admin/sign-out", (May::BeThemselves, Nobody), post(sign_in::sign_out)),
    ]
}

/// Every address of the admin with what it asks for and shows: method, path, permission, whose data.
pub fn table() -> Vec<(Method, &'static str, Permission, Shows<Permission>)> {
    let audience = audience();
    let rows = audience.entries().iter();
    rows.map(|it| (it.method.clone(), it.path, it.needs, it.shows)).collect()
}

/// Every address of the admin, guarded as its audience says.
pub fn routes(audience: Audience<Operators>, app: &App) -> Router<App> {
    let beside = Router::new()
        .route("/admin/", get(front::home))
        .route("/admin/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/admin/sign-in/code", get(sign_in::code_page).post(sign_in::code))
        .route("/admin/sign-in/forgotten", get(forgotten::page).post(forgotten::ask))
        .route("/admin/sign-in/reset/{token}", get(forgotten::reset_page).post(forgotten::reset));
    audience
        .routes(app, beside)
        .layer(Extension(Rebuilds::default()))
        .layer(Extension(permits::Patience::default()))
        .layer(DefaultBodyLimit::max(256 * 1024))
}
