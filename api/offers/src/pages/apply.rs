//! Applying to an offer here: the form of this service, opened for whoever is signed in.
//!
//! The form is one that a client platform holds, so it is opened as a platform of the house's own would: with a token
//! for the confirmed address of the account, and the account's id where a platform gives its own.

use accounts::CurrentUser;
use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use commands::EmbedClaim;
use domain::WebAddress;
use domain::offer::OfferStatus;
use url::Url;
use uuid::Uuid;
use web::app::App;
use web::failure::Failure;
use web::lang::Lang;
use web::page::{Notice, Page};

use super::one::gone;
use crate::calls::found;
use crate::here::Here;

#[derive(Template)]
#[template(path = "pages/apply.html")]
pub(crate) struct ApplyPage {
    lang: Lang,
    id: Uuid,
    title: String,
    company: String,
    /// The address of the form.
    form: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentUser,
    path: Result<Path<Uuid>, PathRejection>,
) -> Result<Page<ApplyPage>, Failure> {
    let lang = signed.lang;
    let Path(id) = path.map_err(|_| gone(lang))?;
    let (row, known) = found(&app, id).await?.ok_or_else(|| gone(lang))?;
    let content = &known.content;
    let is_open = known.status == OfferStatus::Open && content.is_valid_at(app.commands.now());
    let page = content.source_url.as_ref().map(WebAddress::as_str);
    let is_here = is_open && Here::of(&app).await?.takes(known.source.as_str(), page);
    let (Some(client), Some(employer), Some(siret), true) =
        (&app.settings.offers.client, &content.apply_email, &content.siret, is_here)
    else {
        return Err(not_here(lang).into());
    };
    let email = signed.account.confirmed_email().ok_or_else(|| unconfirmed(lang))?;
    let (timestamp, peid) = (app.commands.now().as_second(), signed.account.id.to_string());
    let employer = employer.reveal().as_str();
    let token = app.commands.embed_tokens().token(&EmbedClaim {
        client_id: client.as_str(),
        candidate_email: email,
        candidate_peid: &peid,
        employer_email: employer,
        timestamp,
    });
    let mut back = app.settings.base_url.clone();
    back.set_path(&format!("/offers/{id}"));
    let mut form = app.settings.base_url.clone();
    form.set_path("/embed/candidater/");
    form.query_pairs_mut().extend_pairs([
        ("client_id", client.as_str()),
        ("token", &token),
        ("timestamp", &timestamp.to_string()),
        ("lang", lang.code()),
        ("candidate_email", email),
        ("candidate_peid", &peid),
        ("employer_email", employer),
        ("employer_description", &row.company),
        ("siret", siret.as_str()),
        ("job", &row.title),
        ("next_url", back.as_str()),
    ]);
    Ok(Page::new(ApplyPage { lang, id, title: row.title, company: row.company, form: here(&form) }))
}

/// An address of this service without the service.
fn here(url: &Url) -> String {
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

/// It takes no applications, or none from here.
fn not_here(lang: Lang) -> Notice {
    Notice::new(
        lang,
        StatusCode::CONFLICT,
        lang.t("offers-not-here"),
        lang.t("offers-not-here-means"),
        lang.t("offers-not-here-next"),
    )
}

/// Whether somebody reads the letters to the address is not known yet.
fn unconfirmed(lang: Lang) -> Notice {
    Notice::new(
        lang,
        StatusCode::CONFLICT,
        lang.t("offers-unconfirmed"),
        lang.t("offers-unconfirmed-means"),
        lang.t("offers-unconfirmed-next"),
    )
}
