//! An operator's own account: password, second factor, language.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use commands::{Enrolment, Password, PasswordError, SecondFactorError};
use domain::Language;
use serde::Deserialize;

use super::confirm;
use super::frame::{Done, Frame, stored_time};
use super::operator::{CurrentOperator, Operators};
use super::sign_in::Refused;
use web::Failure;
use web::app::App;
use web::audience::guard::{self, language_cookie, no_session};
use web::lang::Lang;
use web::page::{Notice, Page};

#[derive(Template)]
#[template(path = "account.html")]
pub(crate) struct Account {
    lang: Lang,
    frame: Frame,
    second_factor: bool,
    facts: Vec<(&'static str, String)>,
    wrong: String,
}

impl Account {
    fn new(signed: &CurrentOperator, done: &str) -> Self {
        Self {
            lang: signed.lang,
            frame: Frame::new(signed, "/admin/account", done),
            second_factor: signed.account.has_second_factor,
            facts: facts(signed),
            wrong: String::new(),
        }
    }
}

/// When the operator signed in before, and what happened to the account since.
fn facts(signed: &CurrentOperator) -> Vec<(&'static str, String)> {
    let (lang, operator, session) = (signed.lang, &signed.account, &signed.session);
    let never = lang.t("admin-account-never");
    let told = |at: &Option<String>| at.as_deref().map_or_else(|| never.to_owned(), stored_time);
    let refused = match (session.refused_sign_ins, &session.refused_since) {
        (0, _) | (_, None) => lang.t("admin-account-none").to_owned(),
        (number, Some(since)) => lang.with(
            "admin-account-number-since",
            (("number", &number), ("time", &stored_time(since))),
        ),
    };
    vec![
        (lang.t("admin-account-sign-in-before-this-one"), told(&session.previous_sign_in_at)),
        (lang.t("admin-account-sign-ins-refused-in-between"), refused),
        (lang.t("admin-account-password-changed"), told(&operator.password_changed_at)),
        (lang.t("admin-account-second-factor-changed"), told(&operator.second_factor_changed_at)),
    ]
}

/// What the operator should know of their own account: what was refused before this session, and
/// what changed since the one before.
pub(super) fn notices(signed: &CurrentOperator) -> Vec<(String, &'static str)> {
    let (lang, operator, session) = (signed.lang, &signed.account, &signed.session);
    let mut notices = vec![];
    if let (number @ 1.., Some(since)) = (session.refused_sign_ins, &session.refused_since) {
        notices.push(lang.with(
            "admin-account-sign-ins-to-your-account-that",
            (("time", &stored_time(since)), ("number", &number)),
        ));
    }
    let Some(before) = &session.previous_sign_in_at else {
        return notices.into_iter().map(|text| (text, "/admin/account")).collect();
    };
    let mut changed = |at: &Option<String>, what: &str| {
        if let Some(at) = at.as_ref().filter(|at| *at > before) {
            notices.push(format!("{what} {}", stored_time(at)));
        }
    };
    changed(&operator.password_changed_at, lang.t("admin-account-your-password-changed-at"));
    changed(
        &operator.second_factor_changed_at,
        lang.t("admin-account-your-second-factor-changed-at"),
    );
    notices.into_iter().map(|text| (text, "/admin/account")).collect()
}

pub(crate) async fn page(signed: CurrentOperator, Query(done): Query<Done>) -> Page<Account> {
    Page::new(Account::new(&signed, &done.done))
}

/// Why a password is not taken, in words.
pub(super) fn not_taken(error: PasswordError, lang: Lang) -> &'static str {
    match error {
        PasswordError::Length { .. } => lang.t("admin-account-password-has-12-to-200-characters"),
        PasswordError::Common => lang.t("admin-account-this-password-among-those-that-tried"),
        PasswordError::Named => lang.t("admin-account-this-password-holds-your-address-or"),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct PasswordFields {
    present: String,
    present_code: String,
    new: String,
}

/// Changes the password, and ends every session: the operator signs in with the new one.
pub(crate) async fn password(
    State(app): State<App>,
    signed: CurrentOperator,
    fields: Result<Form<PasswordFields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let again = |Refused { status, wrong, retry_after }| {
        let page = Account { wrong, ..Account::new(&signed, "") };
        (retry_after, Page::new(page).status(status)).into_response()
    };
    let new = match Password::of(signed.account.email.reveal(), &fields.new) {
        Ok(new) => new,
        Err(error) => {
            let (status, wrong) =
                (StatusCode::UNPROCESSABLE_ENTITY, not_taken(error, lang).to_owned());
            return Ok(again(Refused { status, wrong, retry_after: None }));
        }
    };
    let objection =
        confirm::objection(&app, &signed, &fields.present, &fields.present_code).await?;
    if let Some(objection) = objection {
        return Ok(again(objection));
    }
    app.commands.identity().set_password(&signed.account, &new, &signed.cause()).await?;
    let jar = CookieJar::new().add(no_session::<Operators>(&app));
    Ok((jar, Redirect::to("/admin/sign-in")).into_response())
}

#[derive(Template)]
#[template(path = "second_factor.html")]
struct NewFactor {
    lang: Lang,
    frame: Frame,
    secret: String,
    /// An SVG picture, made here.
    picture: String,
    /// Whether there is one already, whose code is asked for.
    second_factor: bool,
    wrong: String,
}

fn enrol(
    signed: &CurrentOperator,
    enrolment: Option<Enrolment>,
    refused: Option<Refused>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let enrolment = enrolment.ok_or_else(|| Notice::impossible_form(lang))?;
    let picture = web::qr::svg(enrolment.url.reveal());
    let fine = Refused { status: StatusCode::OK, wrong: String::new(), retry_after: None };
    let Refused { status, wrong, retry_after } = refused.unwrap_or(fine);
    let page = NewFactor {
        lang,
        frame: Frame::new(signed, "/admin/account", ""),
        secret: enrolment.secret.reveal().clone(),
        picture: picture.unwrap_or_default(),
        second_factor: signed.account.has_second_factor,
        wrong,
    };
    Ok((retry_after, Page::new(page).status(status)).into_response())
}

pub(crate) async fn second_factor(
    State(app): State<App>,
    signed: CurrentOperator,
) -> Result<Response, Failure> {
    let enrolment = app.commands.identity().new_second_factor(&signed.account);
    enrol(&signed, enrolment, None)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct FactorFields {
    secret: String,
    code: String,
    present: String,
    present_code: String,
}

/// Sets the second factor, once a code shows that the app works, and the present password, and code,
/// that it is the operator who asks. Their other sessions end.
pub(crate) async fn set_second_factor(
    State(app): State<App>,
    signed: CurrentOperator,
    headers: HeaderMap,
    fields: Result<Form<FactorFields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let (operator, cause) = (&signed.account, signed.cause());
    let session =
        guard::token::<Operators>(&app, &headers).ok_or_else(|| Notice::impossible_form(lang))?;
    let again = |refused| {
        let enrolment = app.commands.identity().second_factor_again(operator, &fields.secret);
        enrol(&signed, enrolment, Some(refused))
    };
    let wrong_code = || {
        let text = lang.t("admin-account-this-not-code-that-app-shows");
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        again(Refused { status, wrong: text.to_owned(), retry_after: None })
    };
    // First, so that a slip in it does not use up the present code.
    match app.commands.identity().check_new_factor(operator, &fields.secret, &fields.code) {
        Ok(_) => {}
        Err(SecondFactorError::WrongCode) => return wrong_code(),
        Err(_) => return Err(Notice::impossible_form(lang).into()),
    }
    let objection =
        confirm::objection(&app, &signed, &fields.present, &fields.present_code).await?;
    if let Some(objection) = objection {
        return again(objection);
    }
    let (secret, code) = (&fields.secret, &fields.code);
    match app.commands.identity().set_second_factor(operator, secret, code, &session, &cause).await
    {
        Ok(()) => Ok(Redirect::to("/admin/account?done=factor").into_response()),
        Err(SecondFactorError::WrongCode) => wrong_code(),
        Err(SecondFactorError::Secret) => Err(Notice::impossible_form(lang).into()),
        Err(SecondFactorError::Command(error)) => Err(error.into()),
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
    signed: CurrentOperator,
    fields: Result<Form<LanguageFields>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(signed.lang))?;
    let language = Language::from_tag(&fields.language).unwrap_or(signed.lang.0);
    let jar = CookieJar::new().add(language_cookie::<Operators>(&app, language));
    Ok((jar, Redirect::to("/admin")).into_response())
}
