//! A forgotten password: a letter with a one-time link, and the page on which another password is chosen.
//!
//! The answer is the same whether or not somebody signs in with the address: the letter is written after it.

use std::error::Error;

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::cookie::CookieJar;
use commands::{Cause, LinkToken, LinkUse, OperatorAccount, Password, PasswordReset, advice};
use domain::EmailAddress;
use event_store::ActorKind;
use serde::Deserialize;
use texts::letters;

use super::account::not_taken;
use super::operator::Operators;
use super::sign_in::{Refused, refused};
use web::Failure;
use web::app::App;
use web::audience::guard::{self, language};
use web::lang::Lang;
use web::page::{Notice, Page};
use web::request::Context;

/// The service's name, in its letters.
const SERVICE: &str = "Postulo";

#[derive(Template)]
#[template(path = "forgotten.html")]
pub(crate) struct Forgotten {
    lang: Lang,
    email: String,
    wrong: String,
    /// Whether it was asked for just now.
    asked: bool,
}

pub(crate) async fn page(headers: HeaderMap) -> Page<Forgotten> {
    let lang = language(&headers);
    Page::new(Forgotten { lang, email: String::new(), wrong: String::new(), asked: false })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    email: String,
}

/// Has a letter written to whoever signs in with this address.
pub(crate) async fn ask(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = language(&headers);
    let Form(fields) = fields.unwrap_or_default();
    let email = fields.email.trim().to_owned();
    if let Err(error) = app.commands.identity().may_ask_for_reset::<OperatorAccount>(&email).await {
        let Refused { status, wrong, retry_after } = refused(error, app.commands.now(), lang)?;
        let page = Page::new(Forgotten { lang, email, wrong, asked: false }).status(status);
        return Ok((retry_after, page).into_response());
    }
    let cause = context.cause(ActorKind::System);
    tokio::spawn(async move {
        if let Err(error) = write(&app, &email, lang, &cause).await {
            let error = advice::told(error.as_ref());
            tracing::error!(error, "a letter to replace a forgotten password could not be queued");
        }
    });
    let page = Forgotten { lang, email: String::new(), wrong: String::new(), asked: true };
    Ok(Page::new(page).into_response())
}

/// Queues the letter, where there is somebody to write to.
async fn write(
    app: &App,
    email: &str,
    lang: Lang,
    cause: &Cause,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let begun = app.commands.identity().begin_reset::<OperatorAccount>(email).await?;
    let Some(PasswordReset { account, link }) = begun else { return Ok(()) };
    let base = app.settings.base_url.as_str().trim_end_matches('/');
    let url = format!("{base}/admin/sign-in/reset/{}", link.token.reveal());
    let minutes = LinkUse::ResetPassword.lasts().as_mins();
    let letter = letters::PasswordReset { language: lang.0, service: SERVICE, url: &url, minutes };
    let letter = letters::password_reset(&letter)?;
    let (kind, from) = (LinkUse::ResetPassword.letter(), app.settings.mail_from.clone());
    let to: EmailAddress = account.email.reveal().parse()?;
    let letter = letter.into_message(kind, SERVICE, from, to, lang.0)?;
    app.commands.messages().queue(app.commands.fresh_id(), letter, cause).await?;
    Ok(())
}

#[derive(Template)]
#[template(path = "reset.html")]
struct Reset {
    lang: Lang,
    /// For the browser's password manager.
    email: String,
    wrong: String,
    /// Whether it was done just now.
    changed: bool,
}

/// The operator whose password the link replaces.
async fn linked(app: &App, token: &LinkToken, lang: Lang) -> Result<OperatorAccount, Failure> {
    let linked = app.commands.identity().linked(LinkUse::ResetPassword, token).await?;
    Ok(linked.ok_or_else(|| nowhere(lang))?)
}

fn nowhere(lang: Lang) -> Notice {
    Notice::new(
        lang,
        StatusCode::GONE,
        lang.t("admin-account-link-leads-nowhere"),
        lang.t("admin-account-link-works-once"),
        lang.t("admin-account-ask-for-another-link"),
    )
}

/// Opening the link changes nothing: mail scanners do so too.
pub(crate) async fn reset_page(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let lang = language(&headers);
    let operator = linked(&app, &LinkToken::presented(&token), lang).await?;
    let email = operator.email.reveal().clone();
    Ok(Page::new(Reset { lang, email, wrong: String::new(), changed: false }).into_response())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ResetFields {
    new: String,
}

/// Changes the password, and knows this browser from now on: a lock-out that strangers caused does not keep
/// its owner from the sign-in.
pub(crate) async fn reset(
    State(app): State<App>,
    context: Context,
    Path(token): Path<String>,
    headers: HeaderMap,
    fields: Result<Form<ResetFields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = language(&headers);
    let Form(fields) = fields.unwrap_or_default();
    let token = LinkToken::presented(&token);
    let operator = linked(&app, &token, lang).await?;
    let email = operator.email.reveal().clone();
    let new = match Password::of(&email, &fields.new) {
        Ok(new) => new,
        Err(error) => {
            let wrong = not_taken(error, lang).to_owned();
            let page = Page::new(Reset { lang, email, wrong, changed: false });
            return Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
        }
    };
    let cause = context.operator(operator.id);
    if !app.commands.identity().reset_password::<OperatorAccount>(&token, &new, &cause).await? {
        return Err(nowhere(lang).into());
    }
    let devices = guard::devices::<Operators>(&app, &headers);
    let jar = CookieJar::new().add(guard::device_cookie::<Operators>(&app, operator.id, &devices));
    let page = Reset { lang, email: String::new(), wrong: String::new(), changed: true };
    Ok((jar, Page::new(page)).into_response())
}
