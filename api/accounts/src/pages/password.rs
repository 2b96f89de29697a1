//! Another password for whoever has the present one.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use commands::{CommandError, NewPasswordError, Spared};
use serde::Deserialize;
use web::Failure;
use web::app::App;
use web::audience::{Workplace, guard};
use web::lang::Lang;
use web::page::{FieldErrors, Notice, Page};

use super::account::sign_in_name;
use super::frame::frame;
use super::refused::{Objection, Present, crowded};
use super::strength::not_taken;
use super::users::{CurrentUser, Users};

#[derive(Template)]
#[template(path = "pages/password.html")]
struct PasswordPage {
    lang: Lang,
    frame: Workplace,
    sign_in_name: String,
    second_factor: bool,
    minimum: usize,
    errors: FieldErrors,
}

fn shown(app: &App, signed: &CurrentUser, objection: Objection) -> Response {
    let Objection { status, errors, retry_after } = objection;
    let second_factor = signed.account.has_second_factor;
    let page = PasswordPage {
        lang: signed.lang,
        frame: frame(signed, "/account", ""),
        sign_in_name: sign_in_name(&signed.account),
        second_factor,
        minimum: app.commands.accounts().password_minimum(second_factor),
        errors,
    };
    (retry_after, Page::new(page).status(status)).into_response()
}

/// The form for another password.
pub(super) async fn page(State(app): State<App>, signed: CurrentUser) -> Response {
    shown(&app, &signed, Objection::none())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    password: String,
    #[serde(flatten)]
    present: Present,
}

/// Changes the password. What else was signed in to the account ends; this session goes on.
pub(super) async fn change(
    State(app): State<App>,
    signed: CurrentUser,
    headers: HeaderMap,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let (account, accounts) = (&signed.account, app.commands.accounts());
    let session =
        guard::token::<Users>(&app, &headers).ok_or_else(|| Notice::impossible_form(lang))?;
    let (present, code) = (fields.present.password(), fields.present.code());
    let (spared, cause) = (Spared::Session(&session), signed.cause());
    let changed =
        accounts.change_password(account, present, code, &fields.password, spared, &cause).await;
    let objection = match changed {
        Ok(()) => return Ok(Redirect::to("/account?done=changed").into_response()),
        Err(NewPasswordError::Weak(error)) => {
            let label = lang.t("account-new-password");
            Objection::to_one("password", label, not_taken(error, lang))
        }
        Err(NewPasswordError::SignIn(error)) => Objection::to_present(error, &app, &signed)?,
        Err(NewPasswordError::Command(CommandError::Busy)) => crowded(lang),
        Err(NewPasswordError::Command(error)) => return Err(error.into()),
    };
    Ok(shown(&app, &signed, objection))
}
