//! All that is kept of a user, to take along.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse as _, Response};
use commands::{SubjectExport, UserAccount};
use cqrs_es::Aggregate as _;
use domain::EmailAddress;
use domain::account::Account;
use domain::erasure::RecordRef;
use projections::people as subjects;
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

/// How long the archive waits for the read models.
const CATCH_UP: std::time::Duration = std::time::Duration::from_secs(5);

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

/// What is kept of a user: the account with all that belongs to it, and once the address is confirmed, what is
/// kept under it. Accounts that others made with the address are theirs.
async fn dossier(app: &App, account: &UserAccount, lang: Lang) -> Result<SubjectExport, Failure> {
    let Some(address) = account.confirmed_email() else {
        return Ok(app.commands.accounts().dossier(account).await?);
    };
    let address: EmailAddress = address.parse().map_err(Failure::of)?;
    let own = RecordRef::new(Account::TYPE, &account.id.to_string()).map_err(Failure::of)?;
    let log = app.commands.log();
    if !(app.caught_up)(log.head().await?, CATCH_UP).await {
        return Err(Notice::unavailable(lang).into());
    }
    let applications = subjects::applications_of(log, &address).await?;
    let applications: Vec<_> = applications.iter().map(|row| row.id).collect();
    let mut records = subjects::meant(log, &address, &applications).await?;
    records.retain(|record| !record.is_of::<Account>());
    records.insert(0, own);
    Ok(app.commands.people().dossier(&address, &records).await?)
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
    let dossier = dossier(&app, &signed.account, lang).await?;
    let attachments = app.commands.attachments().clone();
    Ok(archive::download(dossier, attachments, Some(lang.0)).await?)
}
