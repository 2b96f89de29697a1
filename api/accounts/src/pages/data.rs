//! All that is kept of a user, to take along.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse as _, Response};
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
#[template(path = "pages/data.html")]
struct Data {
    lang: Lang,
    frame: Workplace,
    sign_in_name: String,
    address: String,
    confirmed: bool,
    second_factor: bool,
    errors: FieldErrors,
}

fn shown(signed: &CurrentUser, objection: Objection) -> Response {
    let Objection { status, errors, retry_after } = objection;
    let account = &signed.account;
    let page = Data {
        lang: signed.lang,
        frame: frame(signed, "/account/data", ""),
        sign_in_name: sign_in_name(account),
        address: readable(account.email.reveal()),
        confirmed: account.email_confirmed,
        second_factor: account.has_second_factor,
        errors,
    };
    (retry_after, Page::new(page).status(status)).into_response()
}

/// What the archive holds, and the form that asks for it.
pub(super) async fn page(signed: CurrentUser) -> Response {
    shown(&signed, Objection::none())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    #[serde(flatten)]
    present: Present,
}

/// Hands out the archive to whoever has the password: a session that was found or stolen takes nothing along.
pub(super) async fn download(
    State(app): State<App>,
    signed: CurrentUser,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    if let Some(objection) = fields.present.objection(&app, &signed).await? {
        return Ok(shown(&signed, objection));
    }
    let dossier = app.commands.accounts().dossier(&signed.account).await?;
    let attachments = app.commands.attachments().clone();
    Ok(archive::download(dossier, attachments, Some(lang.0)).await?)
}
