//! One's own account: how it stands, and where each part of it is changed.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use commands::UserAccount;
use event_store::parse_timestamp;
use web::Failure;
use web::address::readable;
use web::app::App;
use web::audience::{Workplace, guard};
use web::lang::{Lang, time};
use web::page::{Notice, Page};

use super::frame::{self, Done};
use super::users::{CurrentUser, Users};

#[derive(Template)]
#[template(path = "pages/account.html")]
struct Account {
    lang: Lang,
    frame: Workplace,
    address: String,
    confirmed: bool,
    /// The address that takes its place once it is confirmed; empty for none.
    pending: String,
    may_resend: bool,
    /// What is told of an act that came to nothing; empty for none.
    not_done: &'static str,
    full_name: String,
    username: String,
    password_changed: String,
    second_factor: bool,
    sessions: usize,
}

/// A stored time in words; as it stands where something else than this service wrote it.
pub(super) fn stored_time(text: &str, lang: Lang) -> String {
    parse_timestamp(text).map_or_else(|_| text.to_owned(), |at| time(at, lang))
}

/// What a user signs in with, for the password manager of their browser.
pub(super) fn sign_in_name(account: &UserAccount) -> String {
    account.email.reveal().clone()
}

/// The full name of a user; empty where it was not told.
pub(super) fn full_name(account: &UserAccount) -> String {
    account.full_name.as_ref().map(|name| name.reveal().clone()).unwrap_or_default()
}

/// The user name that was chosen; empty where none was.
pub(super) fn username(account: &UserAccount) -> String {
    if account.has_username { account.username.reveal().clone() } else { String::new() }
}

/// The page of one's own account.
pub(super) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
    headers: HeaderMap,
    Query(done): Query<Done>,
) -> Result<Page<impl Template>, Failure> {
    let (lang, account) = (signed.lang, &signed.account);
    let token = guard::token::<Users>(&app, &headers).ok_or_else(|| Notice::not_found(lang))?;
    let identity = app.commands.identity();
    let sessions = identity.open_sessions::<UserAccount>(account.id, &token).await?.len();
    let changed = account.password_changed_at.as_deref().map(|at| stored_time(at, lang));
    let pending = account.new_email.as_ref().map(|it| readable(it.reveal())).unwrap_or_default();
    Ok(Page::new(Account {
        lang,
        frame: frame::own(&signed, "/account", &done),
        address: readable(account.email.reveal()),
        confirmed: account.email_confirmed,
        may_resend: !account.wanted_email_confirmed(),
        not_done: if done.done == "not-resent" { "account-not-resent" } else { "" },
        pending,
        full_name: full_name(account),
        username: username(account),
        password_changed: changed.map_or_else(
            || lang.t("account-password-since").to_owned(),
            |at| lang.with("account-password-changed", ("time", &at)),
        ),
        second_factor: account.has_second_factor,
        sessions,
    }))
}

/// Sends the letter with the link that confirms the address again, or says that several left this hour.
pub(super) async fn resend(
    State(app): State<App>,
    signed: CurrentUser,
) -> Result<Response, Failure> {
    let accounts = app.commands.accounts();
    let sent = accounts.ask_confirmation(&signed.account, &signed.cause()).await?;
    let done = if sent { "resent" } else { "not-resent" };
    Ok(Redirect::to(&format!("/account?done={done}#address")).into_response())
}
