//! Signing in and out.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use commands::{OperatorAccount, Password, SignInError};
use jiff::Timestamp;
use serde::Deserialize;

use super::frame::time;
use super::operator::Operators;
use web::Failure;
use web::app::App;
use web::audience::guard::{self, language, no_session, safe_next, session_cookie};
use web::lang::Lang;
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
            open(&app, &operator, verified, &context, &headers, &to).await
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

/// Opens a session with a fresh token; the one that the browser had, if any, ends.
async fn open(
    app: &App,
    operator: &OperatorAccount,
    verified: bool,
    context: &Context,
    headers: &HeaderMap,
    to: &str,
) -> Result<Response, Failure> {
    if let Some(old) = guard::token::<Operators>(app, headers) {
        app.commands.identity().end_session(&old).await?;
    }
    let cause = context.operator(operator.id);
    let factor = operator.has_second_factor;
    let token = app.commands.identity().open_session(operator, verified, factor, &cause).await?;
    let session = CookieJar::new().add(session_cookie::<Operators>(app, &token));
    let devices = guard::devices::<Operators>(app, headers);
    let known =
        || CookieJar::new().add(guard::device_cookie::<Operators>(app, operator.id, &devices));
    // In this order: the session's cookie first.
    Ok((session, verified.then(known), Redirect::to(to)).into_response())
}

fn texts(devices: &[String]) -> Vec<&str> {
    devices.iter().map(String::as_str).collect()
}

/// Why nobody is signed in, in words that tell nothing about which part was wrong.
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) wrong: String,
    /// In seconds (RFC 9110, 10.2.3).
    pub(super) retry_after: Option<[(header::HeaderName, String); 1]>,
}

pub(super) fn refused(error: SignInError, now: Timestamp, lang: Lang) -> Result<Refused, Failure> {
    let later = |until: Timestamp| {
        let seconds = until.duration_since(now).as_secs().max(0) + 1;
        Some([(header::RETRY_AFTER, seconds.to_string())])
    };
    match error {
        SignInError::Wrong => {
            let text = lang.t("admin-account-address-password-or-code-not-right");
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(Refused { status, wrong: text.to_owned(), retry_after: None })
        }
        SignInError::TooMany { until } => {
            let wrong = lang
                .with("admin-account-there-too-many-attempts-try-again", ("time", &time(until)));
            let status = StatusCode::TOO_MANY_REQUESTS;
            Ok(Refused { status, wrong, retry_after: later(until) })
        }
        SignInError::Crowded { until } => {
            let text = lang.t("admin-account-too-many-sign-in-at-once");
            let status = StatusCode::SERVICE_UNAVAILABLE;
            Ok(Refused { status, wrong: text.to_owned(), retry_after: later(until) })
        }
        SignInError::Unavailable(error) => Err(error.into()),
    }
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
        Ok(()) => open(&app, &session.account, true, &context, &headers, &next).await,
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
    if let Some(token) = guard::token::<Operators>(&app, &headers) {
        app.commands.identity().end_session(&token).await?;
    }
    let jar = CookieJar::new().add(no_session::<Operators>(&app));
    Ok((jar, Redirect::to("/admin/sign-in")).into_response())
}
