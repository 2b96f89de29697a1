//! Signing in and out.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use commands::{OperatorAccount, Password, SignInError};
use jiff::Timestamp;
use serde::Deserialize;

use super::frame::time;
use super::operator::Operators;
use web::Failure;
use web::app::App;
use web::audience::guard::{self, language, safe_next};
use web::audience::opening::{self, Browser};
use web::audience::refused::{self, RetryAfter, Why};
use web::lang::Lang;
use web::networks::Network;
use web::page::Page;
use web::request::Context;

#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignIn {
    lang: Lang,
    next: String,
    email: String,
    wrong: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    next: String,
}

pub(crate) async fn page(Query(asked): Query<Asked>, headers: HeaderMap) -> Page<SignIn> {
    let next = safe_next::<Operators>(&asked.next);
    Page::new(SignIn { lang: language(&headers), next, email: String::new(), wrong: String::new() })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    email: String,
    password: String,
    next: String,
}

/// Checks address and password; where a second factor is set, its code is asked for next.
pub(crate) async fn sign_in(
    State(app): State<App>,
    context: Context,
    network: Network,
    headers: HeaderMap,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = language(&headers);
    let Form(fields) = fields.unwrap_or_default();
    let next = safe_next::<Operators>(&fields.next);
    let email = fields.email.trim().to_owned();
    let password = Password::presented(&fields.password);
    let devices = guard::devices::<Operators>(&app, &headers);
    let devices = texts(&devices);
    match app
        .commands
        .identity()
        .check_password::<OperatorAccount>(&email, password, &devices)
        .await
    {
        Ok(operator) => {
            let verified = !operator.has_second_factor;
            let to = if verified { next } else { code_url(&next) };
            let browser = Browser { context: &context, headers: &headers, network };
            let given = (verified, operator.has_second_factor);
            opening::open::<Operators>(&app, &operator, given, browser, &to).await
        }
        Err(error) => {
            let Refused { status, wrong, retry_after } = refused(error, app.commands.now(), lang)?;
            let page = Page::new(SignIn { lang, next, email, wrong }).status(status);
            Ok((retry_after, page).into_response())
        }
    }
}

fn code_url(next: &str) -> String {
    let query =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("/admin/sign-in/code?{query}")
}

fn texts(devices: &[String]) -> Vec<&str> {
    devices.iter().map(String::as_str).collect()
}

/// Why nobody is signed in, in words that tell nothing about which part was wrong.
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) wrong: String,
    pub(super) retry_after: RetryAfter,
}

pub(super) fn refused(error: SignInError, now: Timestamp, lang: Lang) -> Result<Refused, Failure> {
    let refused::Refused { status, why, retry_after } = refused::refused(error, now)?;
    let wrong = match why {
        Why::Wrong => lang.t("admin-account-address-password-or-code-not-right").to_owned(),
        Why::TooMany(until) => {
            lang.with("admin-account-there-too-many-attempts-try-again", ("time", &time(until)))
        }
        Why::Crowded => lang.t("admin-account-too-many-sign-in-at-once").to_owned(),
    };
    Ok(Refused { status, wrong, retry_after })
}

#[derive(Template)]
#[template(path = "code.html")]
pub(crate) struct CodePage {
    lang: Lang,
    next: String,
    wrong: String,
}

pub(crate) async fn code_page(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    if guard::session::<Operators>(&app, &headers).await?.is_none() {
        return Ok(Redirect::to("/admin/sign-in").into_response());
    }
    let next = safe_next::<Operators>(&asked.next);
    let page = CodePage { lang: language(&headers), next, wrong: String::new() };
    Ok(Page::new(page).into_response())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct CodeFields {
    code: String,
    next: String,
}

/// Checks the code, and opens the real session: its token is another one.
pub(crate) async fn code(
    State(app): State<App>,
    context: Context,
    network: Network,
    headers: HeaderMap,
    fields: Result<Form<CodeFields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = language(&headers);
    let Some(session) = guard::session::<Operators>(&app, &headers).await? else {
        return Ok(Redirect::to("/admin/sign-in").into_response());
    };
    let Form(fields) = fields.unwrap_or_default();
    let next = safe_next::<Operators>(&fields.next);
    let devices = guard::devices::<Operators>(&app, &headers);
    match app.commands.identity().check_code(&session.account, &fields.code, &texts(&devices)).await
    {
        Ok(()) => {
            let browser = Browser { context: &context, headers: &headers, network };
            let given = (true, session.account.has_second_factor);
            opening::open::<Operators>(&app, &session.account, given, browser, &next).await
        }
        Err(error) => {
            let Refused { status, wrong, retry_after } = refused(error, app.commands.now(), lang)?;
            let page = Page::new(CodePage { lang, next, wrong }).status(status);
            Ok((retry_after, page).into_response())
        }
    }
}

/// Ends the session, here and in the browser.
pub(crate) async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    opening::close::<Operators>(&app, &headers).await
}
