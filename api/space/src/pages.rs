//! The pages of the space: what needs its owner today, the board, the list, one application, tasks, figures,
//! what fits them, the profile, the CV. Each works without a script.

mod alert_form;
mod alerts;
mod application;
mod board;
mod card;
mod cv;
mod edit;
mod figures;
mod list;
mod moves;
mod notes;
mod notifications;
mod profile;
mod profile_entry;
mod put_away;
mod recommended;
mod tasks;
mod today;

use accounts::{CurrentUser, Entry, OWN};
use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, get, post};
use projections::space::Whose;
use web::App;
use web::audience::Group;
use web::upload::MAX_BODY;

pub(crate) use card::{Choice, choices, local_day, status_name};
pub(crate) use moves::Done;

use crate::{calendar, import, proof};

const SPACE: Group = Group { id: "menu-space", name: |_| "" };

fn page(path: &'static str, handler: MethodRouter<App>) -> Entry {
    Entry::page(path, OWN, handler)
}

fn form(path: &'static str, handler: MethodRouter<App>) -> Entry {
    Entry::form(path, OWN, handler)
}

/// The pages of the space.
pub fn entries() -> Vec<Entry> {
    vec![
        page("/me", get(today::page)).menu(SPACE, |lang| lang.t("space-today")),
        page("/me/notifications", get(notifications::page))
            .menu(SPACE, |lang| lang.t("notify-title"))
            .waiting(notifications::unread),
        form("/me/notifications", post(notifications::read_all)),
        form("/me/notifications/{id}", post(notifications::change)),
        page("/me/board", get(board::page)).menu(SPACE, |lang| lang.t("space-board")),
        page("/me/applications", get(list::page)).menu(SPACE, |lang| lang.t("space-list")),
        page("/me/applications.csv", get(list::csv)),
        page("/me/applications/new", get(edit::new_page)),
        form("/me/applications/new", post(edit::add)),
        page("/me/applications/{id}", get(application::page)),
        page("/me/applications/{id}/documents/{number}", get(application::document)),
        page("/me/applications/{id}/edit", get(edit::page)),
        form("/me/applications/{id}/edit", post(edit::change)),
        form("/me/applications/{id}/status", post(moves::to_status)),
        form("/me/applications/{id}/archive", post(moves::archive)),
        form("/me/applications/{id}/hide", post(moves::hide)),
        form("/me/applications/{id}/remove", post(moves::remove)),
        form("/me/applications/{id}/restore", post(moves::restore)),
        form("/me/applications/{id}/tags", post(notes::tag)),
        form("/me/applications/{id}/notes", post(notes::add)),
        form("/me/applications/{id}/notes/{note}", post(notes::change)),
        page("/me/tasks", get(tasks::page)).menu(SPACE, |lang| lang.t("space-tasks")),
        form("/me/tasks", post(tasks::add)),
        page("/me/tasks/calendar", get(calendar::page)),
        form("/me/tasks/calendar", post(calendar::change)),
        page("/me/tasks/{id}", get(tasks::edit_page)),
        form("/me/tasks/{id}", post(tasks::change)),
        form("/me/tasks/{id}/restore", post(tasks::restore)),
        Entry::beside("/offers", OWN).menu(SPACE, |lang| lang.t("offers-title")),
        page("/me/for-you", get(recommended::page)).menu(SPACE, |lang| lang.t("match-title")),
        page("/me/alerts", get(alerts::page)).menu(SPACE, |lang| lang.t("alerts-title")),
        page("/me/alerts/new", get(alert_form::new_page)),
        form("/me/alerts/new", post(alert_form::create)),
        form("/me/alerts/count", post(alert_form::count)),
        page("/me/alerts/{id}", get(alerts::one)),
        page("/me/alerts/{id}/edit", get(alert_form::edit_page)),
        form("/me/alerts/{id}/edit", post(alert_form::change)),
        form("/me/alerts/{id}/switch", post(alerts::switch)),
        form("/me/alerts/{id}/delete", post(alerts::delete)),
        page("/me/figures", get(figures::page)).menu(SPACE, |lang| lang.t("space-figures")),
        page("/me/profile", get(profile::page)).menu(SPACE, |lang| lang.t("profile-title")),
        form("/me/profile", post(profile::change)),
        page("/me/profile/experiences/{id}", get(profile_entry::experience)),
        form("/me/profile/experiences/{id}", post(profile_entry::put_experience)),
        form("/me/profile/experiences/{id}/remove", post(profile_entry::remove_experience)),
        page("/me/profile/education/{id}", get(profile_entry::education)),
        form("/me/profile/education/{id}", post(profile_entry::put_education)),
        form("/me/profile/education/{id}/remove", post(profile_entry::remove_education)),
        page("/me/cv", get(cv::page)).menu(SPACE, |lang| lang.t("space-cv")),
        form("/me/cv", post(cv::upload).layer(DefaultBodyLimit::max(MAX_BODY))),
        page("/me/cv/document", get(cv::download)),
        form("/me/cv/remove", post(cv::remove)),
        page("/me/import", get(import::page)).menu(SPACE, |lang| lang.t("space-import-title")),
        form("/me/import", post(import::upload).layer(DefaultBodyLimit::max(MAX_BODY))),
        form(
            "/me/import/preview",
            post(import::preview).layer(DefaultBodyLimit::max(import::MAX_FORM)),
        ),
        form(
            "/me/import/confirm",
            post(import::confirm).layer(DefaultBodyLimit::max(import::MAX_FORM)),
        ),
        page("/me/proof", get(proof::form)).menu(SPACE, |lang| lang.t("space-proof-title")),
        form("/me/proof/list.pdf", post(proof::by_session)),
        page("/me/put-away", get(put_away::page)).menu(SPACE, |lang| lang.t("space-put-away")),
        form("/me/put-away/letters", post(put_away::letters)),
    ]
}

/// Whose space a page shows.
pub(crate) fn whose<'a>(app: &App, signed: &'a CurrentUser) -> Whose<'a> {
    let (owner, email) = (signed.account.id, signed.account.confirmed_email());
    Whose { owner, email, now: app.commands.now() }
}
