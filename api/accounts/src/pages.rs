//! The pages of users: registering, signing in, one's own account.
//!
//! To add pages of another context to the space of a user: its crate's `entries`, in the audience that
//! `api::router` puts together. They are guarded, stand in the menu, and have [`frame`] around them.

mod account;
mod address;
mod close;
mod confirm;
mod data;
mod forgotten;
mod frame;
mod name;
mod password;
mod refused;
mod register;
mod second_factor;
mod sessions;
mod sign_in;
mod strength;
mod users;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Redirect;
use axum::routing::{MethodRouter, get, post};
use web::app::App;
use web::audience::{Audience, Entry as EntryOf, Shows};

pub use frame::{ACCOUNT, frame};
pub use users::{CurrentUser, Permission, Users};

/// One address of the space.
pub type Entry = EntryOf<Users>;

/// What every address of the space asks for: what it shows is the user's own.
pub const OWN: (Permission, Shows<Permission>) = (Permission::BeThemselves, Shows::Nobody);

fn page(path: &'static str, handler: MethodRouter<App>) -> Entry {
    Entry::page(path, OWN, handler)
}

fn form(path: &'static str, handler: MethodRouter<App>) -> Entry {
    Entry::form(path, OWN, handler)
}

/// The audience of users who have nothing but their accounts: its front page leads there. Where a space has pages
/// of its own, with another front page, they stand before [`entries`].
pub fn audience() -> Audience<Users> {
    let front = get(async || Redirect::to("/account"));
    Audience::new(vec![page("/me", front)]).and(entries())
}

/// The pages of one's own account. They stand last in the menu of an audience that has others.
pub fn entries() -> Vec<Entry> {
    vec![
        page("/account", get(account::page)).menu(ACCOUNT, |lang| lang.t("account-mine")),
        form("/account/address/resend", post(account::resend)),
        page("/account/address", get(address::page)),
        form("/account/address", post(address::change)),
        page("/account/name", get(name::page)),
        form("/account/name", post(name::change)),
        page("/account/password", get(password::page)),
        form("/account/password", post(password::change)),
        page("/account/second-factor", get(second_factor::page)),
        form("/account/second-factor", post(second_factor::set)),
        page("/account/second-factor/remove", get(second_factor::removal_page)),
        form("/account/second-factor/remove", post(second_factor::remove)),
        page("/account/sessions", get(sessions::page))
            .menu(ACCOUNT, |lang| lang.t("account-sessions-menu")),
        form("/account/sessions", post(sessions::end)),
        page("/account/data", get(data::page)).menu(ACCOUNT, |lang| lang.t("account-data")),
        form("/account/data", post(data::download)),
        page("/account/close", get(close::page)),
        form("/account/close", post(close::close)),
    ]
}

/// Every page of an audience of users, guarded, and those of whoever is not signed in yet.
pub fn page_routes(audience: Audience<Users>, app: &App) -> Router<App> {
    let beside = Router::new()
        .route("/account/register", get(register::page).post(register::register))
        .route("/account/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/account/sign-in/code", get(sign_in::code_page).post(sign_in::code))
        .route("/account/sign-in/forgotten", get(forgotten::page).post(forgotten::ask))
        .route("/account/sign-in/reset/{token}", get(forgotten::reset_page).post(forgotten::reset))
        .route("/account/confirm/{token}", get(confirm::page).post(confirm::confirm))
        .route("/account/password-check", post(strength::check))
        .route("/account/language", post(sign_in::choose_language))
        .route("/account/sign-out", post(sign_in::sign_out));
    audience.routes(app, beside).layer(DefaultBodyLimit::max(64 * 1024))
}
