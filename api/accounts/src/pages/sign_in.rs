//! Signing in and out.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use commands::{Password, ProfileChange, UserAccount};
use domain::Language;
use serde::Deserialize;
use web::Failure;
use web::app::App;
use web::audience::guard::{self, language, safe_next};
use web::audience::opening::{self, Browser};
use web::audience::{Members as _, Premises};
use web::lang::Lang;
use web::networks::Network;
use web::page::Page;
use web::request::Context;

use super::refused::{Refused, refused};
use super::users::Users;

const PREMISES: Premises = Users::PREMISES;

#[derive(Template)]
#[template(path = "pages/sign_in.html")]
struct SignIn {
    lang: Lang,
    next: String,
    name: String,
    wrong: String,
    done: &'static str,
}

/// What the address of the sign-in says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) next: String,
    done: String,
}

/// The page on which a user signs in. Who is signed in already is led on.
pub(super) async fn page(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (lang, next) = (language(&headers), safe_next::<Users>(&asked.next));
    let session = guard::session::<Users>(&app, &headers).await?;
    if session.is_some_and(|session| session.verified) {
        return Ok(Redirect::to(&next).into_response());
    }
    let done = match &*asked.done {
        "password" => lang.t("account-reset-done"),
        "factor" => lang.t("account-second-factor-removed"),
        _ => "",
    };
    let page = SignIn { lang, next, name: String::new(), wrong: String::new(), done };
    Ok(Page::new(page).into_response())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    name: String,
    password: String,
    next: String,
}

/// Checks name and password; where a second factor is set, its code is asked for next.
pub(super) async fn sign_in(
    State(app): State<App>,
    context: Context,
    network: Network,
    headers: HeaderMap,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = language(&headers);
    let Form(fields) = fields.unwrap_or_default();
    let next = safe_next::<Users>(&fields.next);
    let name = fields.name.trim().to_owned();
    let password = Password::presented(&fields.password);
    let devices = guard::devices::<Users>(&app, &headers);
    let devices: Vec<&str> = devices.iter().map(String::as_str).collect();
    let checked =
        app.commands.identity().check_password::<UserAccount>(&name, password, &devices).await;
    match checked {
        Ok(account) => {
            let verified = !account.has_second_factor;
            let to = if verified { next } else { code_url(&next) };
            let browser = Browser { context: &context, headers: &headers, network };
            opening::open::<Users>(&app, &account, (verified, false), browser, &to).await
        }
        Err(error) => {
            let wrong = lang.t("account-sign-in-wrong");
            let Refused { status, wrong, retry_after } =
                refused(error, app.commands.now(), lang, wrong)?;
            let page = Page::new(SignIn { lang, next, name, wrong, done: "" }).status(status);
            Ok((retry_after, page).into_response())
        }
    }
}

fn code_url(next: &str) -> String {
    let query =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("{}/code?{query}", PREMISES.sign_in)
}

#[derive(Template)]
#[template(path = "pages/code.html")]
struct CodePage {
    lang: Lang,
    next: String,
    wrong: String,
}

/// The page that asks for the code of the second factor.
pub(super) async fn code_page(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let next = safe_next::<Users>(&asked.next);
    match guard::session::<Users>(&app, &headers).await? {
        None => return Ok(Redirect::to(PREMISES.sign_in).into_response()),
        Some(session) if session.verified => return Ok(Redirect::to(&next).into_response()),
        Some(_) => {}
    }
    let page = CodePage { lang: language(&headers), next, wrong: String::new() };
    Ok(Page::new(page).into_response())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CodeFields {
    code: String,
    next: String,
}

/// Checks the code, and opens the real session: its token is another one.
pub(super) async fn code(
    State(app): State<App>,
    context: Context,
    network: Network,
    headers: HeaderMap,
    fields: Result<Form<CodeFields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = language(&headers);
    let Some(session) = guard::session::<Users>(&app, &headers).await? else {
        return Ok(Redirect::to(PREMISES.sign_in).into_response());
    };
    let Form(fields) = fields.unwrap_or_default();
    let next = safe_next::<Users>(&fields.next);
    let devices = guard::devices::<Users>(&app, &headers);
    let devices: Vec<&str> = devices.iter().map(String::as_str).collect();
    let account = &session.account;
    match app.commands.identity().check_code(account, &fields.code, &devices).await {
        Ok(()) => {
            let browser = Browser { context: &context, headers: &headers, network };
            opening::open::<Users>(&app, account, (true, true), browser, &next).await
        }
        Err(error) => {
            let wrong = lang.t("account-code-wrong");
            let Refused { status, wrong, retry_after } =
                refused(error, app.commands.now(), lang, wrong)?;
            let page = Page::new(CodePage { lang, next, wrong }).status(status);
            Ok((retry_after, page).into_response())
        }
    }
}

/// Ends the session, here and in the browser.
pub(super) async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    opening::close::<Users>(&app, &headers).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct LanguageFields {
    language: String,
}

/// Keeps the language of the pages: in the browser, and in the account of whoever is signed in.
pub(super) async fn choose_language(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    fields: Result<Form<LanguageFields>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(fields) = fields.unwrap_or_default();
    let language = Language::from_tag(&fields.language).unwrap_or(language(&headers).0);
    if let Some(session) = guard::session::<Users>(&app, &headers).await?.filter(|it| it.verified) {
        let account = session.account;
        let cause = Users::cause(&account, &context);
        let change = ProfileChange { language: Some(language), ..ProfileChange::default() };
        app.commands.accounts().change_profile(account.id, change, &cause).await?;
    }
    let jar = CookieJar::new().add(guard::language_cookie::<Users>(&app, language));
    Ok((jar, Redirect::to(&came_from(&headers))).into_response())
}

/// The page of ours that a form was on, as the browser tells it; the front page otherwise.
fn came_from(headers: &HeaderMap) -> String {
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let page = referer.and_then(|referer| url::Url::parse(referer).ok());
    let page = page.map(|url| {
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{}{query}", url.path())
    });
    safe_next::<Users>(&page.unwrap_or_default())
}
