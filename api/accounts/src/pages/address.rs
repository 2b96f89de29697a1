//! Another address: the new one is written to, and the present one stays until the new one is confirmed.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse as _, Redirect, Response};
use commands::CommandError;
use domain::EmailAddress;
use domain::account::AccountRefusal;
use serde::Deserialize;
use web::Failure;
use web::address::readable;
use web::app::App;
use web::audience::Workplace;
use web::lang::Lang;
use web::page::{FieldErrors, Notice, Page};

use super::account::sign_in_name;
use super::frame::frame;
use super::refused::{Objection, Present};
use super::users::CurrentUser;

#[derive(Template)]
#[template(path = "pages/address.html")]
struct AddressPage {
    lang: Lang,
    frame: Workplace,
    sign_in_name: String,
    address: String,
    email: String,
    second_factor: bool,
    errors: FieldErrors,
}

fn shown(signed: &CurrentUser, email: String, objection: Objection) -> Response {
    let Objection { status, errors, retry_after } = objection;
    let page = AddressPage {
        lang: signed.lang,
        frame: frame(signed, "/account", ""),
        sign_in_name: sign_in_name(&signed.account),
        address: readable(signed.account.email.reveal()),
        email,
        second_factor: signed.account.has_second_factor,
        errors,
    };
    (retry_after, Page::new(page).status(status)).into_response()
}

/// The form for another address.
pub(super) async fn page(signed: CurrentUser) -> Response {
    shown(&signed, String::new(), Objection::none())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    email: String,
    #[serde(flatten)]
    present: Present,
}

/// Writes to the new address.
pub(super) async fn change(
    State(app): State<App>,
    signed: CurrentUser,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let refuse = |text: String| {
        let objection = Objection::to_one("email", lang.t("account-new-email"), text);
        shown(&signed, fields.email.clone(), objection)
    };
    let email = match fields.email.trim().parse::<EmailAddress>() {
        Ok(email) => email,
        Err(invalid) => return Ok(refuse(texts::invalid(&invalid, lang.0))),
    };
    if signed.account.wanted_email().eq_ignore_ascii_case(email.as_str()) {
        return Ok(refuse(lang.t("account-address-same").to_owned()));
    }
    if let Some(objection) = fields.present.objection(&app, &signed).await? {
        return Ok(shown(&signed, fields.email, objection));
    }
    let accounts = app.commands.accounts();
    match accounts.ask_email_change(&signed.account, email, &signed.cause()).await {
        Ok(()) => Ok(Redirect::to("/account?done=address#address").into_response()),
        Err(CommandError::Refused(AccountRefusal::TooManyOfAddress)) => {
            Ok(refuse(lang.t("account-too-many-of-address").to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}
