//! The end of an account, by whoever has it: what it means, and the act.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::cookie::CookieJar;
use domain::account::ClosingReason;
use serde::Deserialize;
use web::Failure;
use web::address::readable;
use web::app::App;
use web::audience::{Workplace, guard};
use web::lang::Lang;
use web::page::{FieldErrors, Notice, Page};

use super::account::sign_in_name;
use super::frame::frame;
use super::refused::{Objection, Present};
use super::users::{CurrentUser, Users};

#[derive(Template)]
#[template(path = "pages/close.html")]
struct ClosePage {
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
    let page = ClosePage {
        lang: signed.lang,
        frame: frame(signed, "/account", ""),
        sign_in_name: sign_in_name(account),
        address: readable(account.email.reveal()),
        confirmed: account.email_confirmed,
        second_factor: account.has_second_factor,
        errors,
    };
    (retry_after, Page::new(page).status(status)).into_response()
}

/// What closing the account means, and the form for it.
pub(super) async fn page(signed: CurrentUser) -> Response {
    shown(&signed, Objection::none())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    #[serde(flatten)]
    present: Present,
}

/// Closes the account and erases what it held.
pub(super) async fn close(
    State(app): State<App>,
    signed: CurrentUser,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    if let Some(objection) = fields.present.objection(&app, &signed).await? {
        return Ok(shown(&signed, objection));
    }
    let reason = ClosingReason::Owner;
    app.commands.accounts().close(signed.account.id, reason, &signed.cause()).await?;
    let jar = CookieJar::new().add(guard::no_session::<Users>(&app));
    let closed = Notice::new(
        lang,
        StatusCode::OK,
        lang.t("account-closed"),
        lang.t("account-closed-means"),
        lang.t("account-closed-next"),
    );
    Ok((jar, closed).into_response())
}
