//! A forgotten password: a letter with a one-time link, and the page on which another password is chosen.
//!
//! The answer is the same whether or not somebody signs in by the name: the letter is written after it.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use commands::{CommandError, LinkToken, LinkUse, UserAccount};
use event_store::ActorKind;
use serde::Deserialize;
use web::Failure;
use web::app::App;
use web::audience::Members as _;
use web::audience::guard::{self, language};
use web::lang::Lang;
use web::page::{FieldErrors, Notice, Page};
use web::request::Context;

use super::account::sign_in_name;
use super::refused::{Objection, Refused, crowded, refused};
use super::strength::not_taken;
use super::users::Users;

#[derive(Template)]
#[template(path = "pages/forgotten.html")]
struct Forgotten {
    lang: Lang,
    name: String,
    wrong: String,
    minutes: i64,
    /// Whether it was asked for just now.
    asked: bool,
}

impl Forgotten {
    fn new(lang: Lang, name: String) -> Self {
        let minutes = LinkUse::ResetPassword.lasts().as_mins();
        Self { lang, name, wrong: String::new(), minutes, asked: false }
    }
}

/// The page that asks whose password was forgotten.
pub(super) async fn page(headers: HeaderMap) -> Page<impl Template> {
    Page::new(Forgotten::new(language(&headers), String::new()))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    name: String,
}

/// Has letters written to those who sign in by this name.
pub(super) async fn ask(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = language(&headers);
    let Form(fields) = fields.unwrap_or_default();
    let name = fields.name.trim().to_owned();
    if name.is_empty() {
        return Ok(Redirect::to("/account/sign-in/forgotten").into_response());
    }
    let cause = context.cause(ActorKind::System);
    if let Err(error) = app.commands.accounts().forgot_password(&name, cause).await {
        let Refused { status, wrong, retry_after } = refused(error, app.commands.now(), lang, "")?;
        let page = Forgotten { wrong, ..Forgotten::new(lang, name) };
        return Ok((retry_after, Page::new(page).status(status)).into_response());
    }
    let page = Forgotten { asked: true, ..Forgotten::new(lang, name) };
    Ok(Page::new(page).into_response())
}

#[derive(Template)]
#[template(path = "pages/reset.html")]
struct Reset {
    lang: Lang,
    username: String,
    /// Whether the address belongs to the account.
    confirmed: bool,
    minimum: usize,
    errors: FieldErrors,
}

/// The account whose password the link replaces.
async fn linked(app: &App, token: &LinkToken, lang: Lang) -> Result<UserAccount, Failure> {
    let linked = app.commands.identity().linked(LinkUse::ResetPassword, token).await?;
    Ok(linked.ok_or_else(|| nowhere(lang))?)
}

fn nowhere(lang: Lang) -> Notice {
    let minutes = LinkUse::ResetPassword.lasts().as_mins();
    Notice::new(
        lang,
        StatusCode::GONE,
        lang.t("account-link-nowhere"),
        &lang.with("account-link-works-once", ("minutes", &minutes)),
        lang.t("account-link-ask-again"),
    )
}

fn shown(app: &App, account: &UserAccount, lang: Lang, objection: Objection) -> Response {
    let Objection { status, errors, retry_after } = objection;
    let minimum = app.commands.accounts().reset_minimum(account);
    let (username, confirmed) = (sign_in_name(account), account.email_confirmed);
    let page = Reset { lang, username, confirmed, minimum, errors };
    (retry_after, Page::new(page).status(status)).into_response()
}

/// Opening the link changes nothing: mail scanners do so too.
pub(super) async fn reset_page(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let lang = language(&headers);
    let account = linked(&app, &LinkToken::presented(&token), lang).await?;
    Ok(shown(&app, &account, lang, Objection::none()))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ResetFields {
    password: String,
}

/// Changes the password, and knows this browser from now on: a lock-out that strangers caused does not keep
/// its owner from the sign-in.
pub(super) async fn reset(
    State(app): State<App>,
    context: Context,
    Path(token): Path<String>,
    headers: HeaderMap,
    fields: Result<Form<ResetFields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = language(&headers);
    let Form(fields) = fields.unwrap_or_default();
    let token = LinkToken::presented(&token);
    let account = linked(&app, &token, lang).await?;
    let new = match app.commands.accounts().reset_password_of(&account, &fields.password).await {
        Ok(new) => new,
        Err(error) => {
            let label = lang.t("account-new-password");
            let objection = Objection::to_one("password", label, not_taken(error, lang));
            return Ok(shown(&app, &account, lang, objection));
        }
    };
    let cause = Users::cause(&account, &context);
    match app.commands.accounts().reset_password(&token, &new, &cause).await {
        Ok(true) => {}
        Ok(false) => return Err(nowhere(lang).into()),
        Err(CommandError::Busy) => return Ok(shown(&app, &account, lang, crowded(lang))),
        Err(error) => return Err(error.into()),
    }
    let devices = guard::devices::<Users>(&app, &headers);
    let jar = CookieJar::new()
        .add(guard::device_cookie::<Users>(&app, account.id, &devices))
        .add(guard::no_session::<Users>(&app));
    Ok((jar, Redirect::to("/account/sign-in?done=password")).into_response())
}
