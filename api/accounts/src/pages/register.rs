//! Registering: an address, a password, and whoever registers is signed in.
//!
//! The answer is the same whether or not the address has an account: what is known under it waits until the
//! address is confirmed, and its owner is written to.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use commands::{CommandError, Registration};
use domain::EmailAddress;
use domain::account::{AccountRefusal, FullName};
use event_store::ActorKind;
use serde::Deserialize;
use web::Failure;
use web::app::App;
use web::audience::guard::{self, language, safe_next};
use web::audience::opening::{self, Browser};
use web::lang::Lang;
use web::networks::Network;
use web::page::{FieldErrors, Page, WrongField};
use web::request::Context;

use super::refused::{Objection, crowded};
use super::sign_in::Asked;
use super::strength::not_taken;
use super::users::Users;

#[derive(Template)]
#[template(path = "pages/register.html")]
struct Register {
    lang: Lang,
    next: String,
    email: String,
    full_name: String,
    minimum: usize,
    errors: FieldErrors,
}

fn shown(app: &App, fields: Fields, lang: Lang, objection: Objection) -> Response {
    let Objection { status, errors, retry_after } = objection;
    let Fields { email, full_name, next, .. } = fields;
    let minimum = app.commands.accounts().password_minimum(false);
    let next = safe_next::<Users>(&next);
    let page = Register { lang, next, email, full_name, minimum, errors };
    (retry_after, Page::new(page).status(status)).into_response()
}

/// The form. Who is signed in already is led on.
pub(super) async fn page(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let session = guard::session::<Users>(&app, &headers).await?;
    if session.is_some_and(|session| session.verified) {
        return Ok(Redirect::to(&safe_next::<Users>(&asked.next)).into_response());
    }
    let fields = Fields { next: asked.next, ..Fields::default() };
    Ok(shown(&app, fields, language(&headers), Objection::none()))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    email: String,
    full_name: String,
    password: String,
    next: String,
}

/// What the form asks for, or what is wrong with it: all of it at once.
async fn read(app: &App, fields: &Fields, lang: Lang) -> Result<Registration, Vec<WrongField>> {
    let names = [&*fields.email, &*fields.full_name];
    let password = app.commands.accounts().choose_password(&fields.password, &names, false).await;
    let mut wrong = vec![];
    let mut refuse = |name, label, text| wrong.push(WrongField { name, label, text });
    let email = fields.email.trim().parse::<EmailAddress>();
    let email = email.map_err(|invalid| {
        refuse("email", lang.t("account-email"), texts::invalid(&invalid, lang.0));
    });
    let full_name = Some(fields.full_name.trim()).filter(|name| !name.is_empty());
    let full_name = full_name.map(str::parse::<FullName>).transpose().map_err(|invalid| {
        refuse("full_name", lang.t("account-full-name"), texts::invalid(&invalid, lang.0));
    });
    let password = password.map_err(|error| {
        refuse("password", lang.t("account-password"), not_taken(error, lang));
    });
    match (email, full_name, password) {
        (Ok(email), Ok(full_name), Ok(password)) => {
            Ok(Registration { email, username: None, full_name, language: lang.0, password })
        }
        _ => Err(wrong),
    }
}

/// Registers, and signs in.
pub(super) async fn register(
    State(app): State<App>,
    context: Context,
    network: Network,
    headers: HeaderMap,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = language(&headers);
    let Form(fields) = fields.unwrap_or_default();
    let registration = match read(&app, &fields, lang).await {
        Ok(registration) => registration,
        Err(wrong) => return Ok(shown(&app, fields, lang, Objection::to(wrong))),
    };
    let cause = context.cause(ActorKind::Candidate);
    let account = match app.commands.accounts().register(registration, &cause).await {
        Ok(account) => account,
        Err(CommandError::Busy) => return Ok(shown(&app, fields, lang, crowded(lang))),
        Err(CommandError::Refused(AccountRefusal::TooManyOfAddress)) => {
            let text = lang.t("account-too-many-of-address").to_owned();
            let objection = Objection::to_one("email", lang.t("account-email"), text);
            return Ok(shown(&app, fields, lang, objection));
        }
        Err(error) => return Err(error.into()),
    };
    let browser = Browser { context: &context, headers: &headers, network };
    let next = safe_next::<Users>(&fields.next);
    opening::open::<Users>(&app, &account, (true, false), browser, &next).await
}
