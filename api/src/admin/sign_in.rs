//! Signing in and out.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use commands::{OperatorAccount, Password, SignInError};
use serde::Deserialize;

use super::frame::time;
use super::guard::{self, language, no_session, safe_next, session_cookie};
use crate::app::App;
use crate::lang::Lang;
use crate::page::{Notice, Page};
use crate::request::Context;

#[derive(Template)]
#[template(path = "admin/sign_in.html")]
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
    let next = safe_next(&asked.next).to_owned();
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
) -> Result<Response, Notice> {
    let lang = language(&headers);
    let Form(fields) = fields.unwrap_or_default();
    let next = safe_next(&fields.next).to_owned();
    let email = fields.email.trim().to_owned();
    let password = Password::presented(&fields.password);
    match app.commands.check_password(&email, password).await {
        Ok(operator) => {
            let verified = !operator.has_second_factor;
            let to = if verified { next } else { code_url(&next) };
            open(&app, &operator, verified, &context, &headers, &to).await
        }
        Err(error) => {
            let (status, wrong) = refused(error, lang)?;
            Ok(Page::new(SignIn { lang, next, email, wrong }).status(status).into_response())
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
) -> Result<Response, Notice> {
    let lang = language(headers);
    let failed = |error: &dyn std::error::Error| Notice::failed(lang, error);
    if let Some(old) = guard::token(app, headers) {
        app.commands.end_session(&old).await.map_err(|error| failed(&error))?;
    }
    let cause = context.operator(operator.id);
    let factor = operator.has_second_factor;
    let token = app.commands.open_session(operator, verified, factor, &cause).await;
    let token = token.map_err(|error| failed(&error))?;
    let jar = CookieJar::new().add(session_cookie(app, &token));
    Ok((jar, Redirect::to(to)).into_response())
}

/// Why nobody is signed in, in words that tell nothing about which part was wrong.
fn refused(error: SignInError, lang: Lang) -> Result<(StatusCode, String), Notice> {
    match error {
        SignInError::Wrong => {
            let text = lang.say(
                "L’adresse, le mot de passe ou le code n’est pas le bon.",
                "The address, the password or the code is not right.",
            );
            Ok((StatusCode::UNPROCESSABLE_ENTITY, text.to_owned()))
        }
        SignInError::TooMany { until } => {
            let text = lang.say(
                "Trop d’essais. Réessayez après",
                "There were too many attempts. Try again after",
            );
            Ok((StatusCode::TOO_MANY_REQUESTS, format!("{text} {}.", time(until))))
        }
        SignInError::Command(error) => Err(Notice::failed(lang, &error)),
    }
}

#[derive(Template)]
#[template(path = "admin/code.html")]
pub(crate) struct CodePage {
    lang: Lang,
    next: String,
    wrong: String,
}

pub(crate) async fn code_page(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Notice> {
    if guard::session(&app, &headers).await?.is_none() {
        return Ok(Redirect::to("/admin/sign-in").into_response());
    }
    let next = safe_next(&asked.next).to_owned();
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
) -> Result<Response, Notice> {
    let lang = language(&headers);
    let Some(session) = guard::session(&app, &headers).await? else {
        return Ok(Redirect::to("/admin/sign-in").into_response());
    };
    let Form(fields) = fields.unwrap_or_default();
    let next = safe_next(&fields.next).to_owned();
    match app.commands.check_code(&session.operator, &fields.code).await {
        Ok(()) => open(&app, &session.operator, true, &context, &headers, &next).await,
        Err(error) => {
            let (status, wrong) = refused(error, lang)?;
            Ok(Page::new(CodePage { lang, next, wrong }).status(status).into_response())
        }
    }
}

/// Ends the session, here and in the browser.
pub(crate) async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Notice> {
    if let Some(token) = guard::token(&app, &headers) {
        let ended = app.commands.end_session(&token).await;
        ended.map_err(|error| Notice::failed(language(&headers), &error))?;
    }
    let jar = CookieJar::new().add(no_session(&app));
    Ok((jar, Redirect::to("/admin/sign-in")).into_response())
}
