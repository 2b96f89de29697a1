//! An operator's own account: password, second factor, language.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use commands::{Enrolment, Password, SecondFactorError, SignInError};
use domain::Language;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::Deserialize;

use super::frame::{Done, Frame};
use super::guard::{Signed, language_cookie, no_session};
use super::requests::{unreadable, wrong};
use crate::app::App;
use crate::lang::Lang;
use crate::page::{Notice, Page};

#[derive(Template)]
#[template(path = "admin/account.html")]
pub(crate) struct Account {
    lang: Lang,
    frame: Frame,
    second_factor: bool,
}

pub(crate) async fn page(signed: Signed, Query(done): Query<Done>) -> Page<Account> {
    Page::new(Account {
        lang: signed.lang,
        frame: Frame::new(&signed, "/admin/account", &done.done),
        second_factor: signed.operator.has_second_factor,
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct PasswordFields {
    present: String,
    new: String,
}

/// Changes the password, and ends every session: the operator signs in with the new one.
pub(crate) async fn password(
    State(app): State<App>,
    signed: Signed,
    fields: Result<Form<PasswordFields>, FormRejection>,
) -> Result<Response, Notice> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| unreadable(lang))?;
    let new = Password::new(&fields.new).map_err(|_| {
        let invalid = domain::Invalid::TooShort { min: 12 };
        wrong(lang, &texts::invalid(&invalid, lang.0))
    })?;
    let present = Password::presented(&fields.present);
    let email = signed.operator.email.reveal();
    match app.commands.check_password(email, present).await {
        Ok(_) => {}
        Err(SignInError::Wrong | SignInError::TooMany { .. }) => {
            let why = lang.say(
                "Le mot de passe actuel n’est pas le bon.",
                "The present password is not right.",
            );
            return Err(wrong(lang, why));
        }
        Err(error) => return Err(Notice::failed(lang, &error)),
    }
    let set = app.commands.set_password(signed.operator.id, &new, &signed.cause()).await;
    set.map_err(|error| Notice::failed(lang, &error))?;
    let jar = CookieJar::new().add(no_session(&app));
    Ok((jar, Redirect::to("/admin/sign-in")).into_response())
}

#[derive(Template)]
#[template(path = "admin/second_factor.html")]
struct SecondFactor {
    lang: Lang,
    frame: Frame,
    secret: String,
    /// An SVG picture, made here.
    picture: String,
    wrong: &'static str,
}

fn enrol(
    signed: &Signed,
    enrolment: Option<Enrolment>,
    wrong: &'static str,
) -> Result<Response, Notice> {
    let lang = signed.lang;
    let enrolment = enrolment.ok_or_else(|| unreadable(lang))?;
    let picture = QrCode::new(enrolment.url.reveal()).map(|code| {
        let picture = code.render::<svg::Color<'_>>().min_dimensions(220, 220).build();
        picture.trim_start_matches("<?xml version=\"1.0\" standalone=\"yes\"?>").to_owned()
    });
    let page = SecondFactor {
        lang,
        frame: Frame::new(signed, "/admin/account", ""),
        secret: enrolment.secret.reveal().clone(),
        picture: picture.unwrap_or_default(),
        wrong,
    };
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(Page::new(page).status(status).into_response())
}

pub(crate) async fn second_factor(
    State(app): State<App>,
    signed: Signed,
) -> Result<Response, Notice> {
    let enrolment = app.commands.new_second_factor(&signed.operator);
    enrol(&signed, enrolment, "")
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct FactorFields {
    secret: String,
    code: String,
}

/// Sets the second factor, once a code shows that the app works.
pub(crate) async fn set_second_factor(
    State(app): State<App>,
    signed: Signed,
    fields: Result<Form<FactorFields>, FormRejection>,
) -> Result<Response, Notice> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| unreadable(lang))?;
    let (operator, cause) = (&signed.operator, signed.cause());
    match app.commands.set_second_factor(operator, &fields.secret, &fields.code, &cause).await {
        Ok(()) => Ok(Redirect::to("/admin/account?done=factor").into_response()),
        Err(SecondFactorError::WrongCode) => {
            let enrolment = app.commands.second_factor_again(operator, &fields.secret);
            let why = lang.say(
                "Ce n’est pas le code que l’application montre maintenant. Vérifiez l’heure du téléphone.",
                "This is not the code that the app shows now. Check the clock of the phone.",
            );
            enrol(&signed, enrolment, why)
        }
        Err(SecondFactorError::Secret) => Err(unreadable(lang)),
        Err(SecondFactorError::Command(error)) => Err(Notice::failed(lang, &error)),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct LanguageFields {
    language: String,
}

/// Keeps the language of the pages in a cookie.
pub(crate) async fn language(
    State(app): State<App>,
    signed: Signed,
    fields: Result<Form<LanguageFields>, FormRejection>,
) -> Result<Response, Notice> {
    let Form(fields) = fields.map_err(|_| unreadable(signed.lang))?;
    let language = Language::from_tag(&fields.language).unwrap_or(signed.lang.0);
    let jar = CookieJar::new().add(language_cookie(&app, language));
    Ok((jar, Redirect::to("/admin")).into_response())
}
