//! The second factor: setting it up, moving it to another phone, doing without it.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use commands::{Enrolment, SecondFactorError};
use serde::Deserialize;
use web::Failure;
use web::app::App;
use web::audience::{Workplace, guard};
use web::lang::Lang;
use web::page::{FieldErrors, Notice, Page};

use super::account::sign_in_name;
use super::frame::frame;
use super::refused::{Objection, Present};
use super::users::{CurrentUser, Users};

#[derive(Template)]
#[template(path = "pages/second_factor.html")]
struct NewFactor {
    lang: Lang,
    frame: Workplace,
    sign_in_name: String,
    secret: String,
    /// The secret in groups of four, as it is typed.
    spaced: String,
    /// An SVG picture, made here.
    picture: String,
    /// Whether there is one already, whose code is asked for.
    second_factor: bool,
    /// How long a password must be that opens the account alone.
    minimum: usize,
    errors: FieldErrors,
}

fn in_fours(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    let groups = letters.chunks(4).map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}

fn enrol(
    app: &App,
    signed: &CurrentUser,
    enrolment: Option<Enrolment>,
    objection: Objection,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let enrolment = enrolment.ok_or_else(|| Notice::impossible_form(lang))?;
    let picture = web::qr::svg(enrolment.url.reveal()).map_err(Failure::of)?;
    let Objection { status, errors, retry_after } = objection;
    let page = NewFactor {
        lang,
        frame: frame(signed, "/account", ""),
        sign_in_name: sign_in_name(&signed.account),
        spaced: in_fours(enrolment.secret.reveal()),
        secret: enrolment.secret.reveal().clone(),
        picture,
        second_factor: signed.account.has_second_factor,
        minimum: app.commands.accounts().password_minimum(false),
        errors,
    };
    Ok((retry_after, Page::new(page).status(status)).into_response())
}

/// A fresh key for the user's app. Nothing is kept until a code confirms it.
pub(super) async fn page(State(app): State<App>, signed: CurrentUser) -> Result<Response, Failure> {
    let enrolment = app.commands.identity().new_second_factor(&signed.account);
    enrol(&app, &signed, enrolment, Objection::none())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    secret: String,
    code: String,
    #[serde(flatten)]
    present: Present,
}

/// Sets the second factor, once a code shows that the app works, and the present password, and code, that it
/// is the owner who asks.
pub(super) async fn set(
    State(app): State<App>,
    signed: CurrentUser,
    headers: HeaderMap,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let (account, identity, cause) = (&signed.account, app.commands.identity(), signed.cause());
    let session =
        guard::token::<Users>(&app, &headers).ok_or_else(|| Notice::impossible_form(lang))?;
    let again = |objection| {
        let enrolment = identity.second_factor_again(account, &fields.secret);
        enrol(&app, &signed, enrolment, objection)
    };
    let wrong_code = || {
        let (label, text) = (lang.t("account-code-of-app"), lang.t("account-code-wrong"));
        again(Objection::to_one("code", label, text.to_owned()))
    };
    // First, so that a slip in it does not use up the present code.
    match identity.check_new_factor(account, &fields.secret, &fields.code) {
        Ok(_) => {}
        Err(SecondFactorError::WrongCode) => return wrong_code(),
        Err(_) => return Err(Notice::impossible_form(lang).into()),
    }
    if let Some(objection) = fields.present.objection(&app, &signed).await? {
        return again(objection);
    }
    match identity.set_second_factor(account, &fields.secret, &fields.code, &session, &cause).await
    {
        Ok(()) => Ok(Redirect::to("/account?done=factor").into_response()),
        Err(SecondFactorError::WrongCode) => wrong_code(),
        Err(SecondFactorError::Secret) => Err(Notice::impossible_form(lang).into()),
        Err(SecondFactorError::Command(error)) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "pages/remove_factor.html")]
struct RemoveFactor {
    lang: Lang,
    frame: Workplace,
    sign_in_name: String,
    minimum: usize,
    errors: FieldErrors,
}

fn removal(app: &App, signed: &CurrentUser, objection: Objection) -> Response {
    let Objection { status, errors, retry_after } = objection;
    let page = RemoveFactor {
        lang: signed.lang,
        frame: frame(signed, "/account", ""),
        sign_in_name: sign_in_name(&signed.account),
        minimum: app.commands.accounts().password_minimum(false),
        errors,
    };
    (retry_after, Page::new(page).status(status)).into_response()
}

/// What doing without the second factor means, and the form for it.
pub(super) async fn removal_page(
    State(app): State<App>,
    signed: CurrentUser,
) -> Result<Response, Failure> {
    if !signed.account.has_second_factor {
        return Ok(Redirect::to("/account/second-factor").into_response());
    }
    Ok(removal(&app, &signed, Objection::none()))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RemovalFields {
    #[serde(flatten)]
    present: Present,
}

/// Takes the second factor away. A password that was long enough beside it may be too short alone; whoever has
/// such a one chooses another first.
pub(super) async fn remove(
    State(app): State<App>,
    signed: CurrentUser,
    fields: Result<Form<RemovalFields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let minimum = app.commands.accounts().password_minimum(false);
    let length = fields.present.password().reveal().chars().count();
    // First, so that it does not use up the present code.
    if (1..minimum).contains(&length) {
        let text = lang.with("account-second-factor-short-password", ("minimum", &minimum));
        let label = lang.t("account-present-password");
        return Ok(removal(&app, &signed, Objection::to_one("present", label, text)));
    }
    if let Some(objection) = fields.present.objection(&app, &signed).await? {
        return Ok(removal(&app, &signed, objection));
    }
    app.commands.identity().remove_second_factor(&signed.account, &signed.cause()).await?;
    let jar = CookieJar::new().add(guard::no_session::<Users>(&app));
    Ok((jar, Redirect::to("/account/sign-in?done=factor")).into_response())
}
