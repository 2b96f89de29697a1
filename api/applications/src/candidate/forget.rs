//! The candidate is forgotten, by their own will.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use commands::{ForgetError, advice};
use domain::erasure::ErasureBasis;
use event_store::ActorKind;

use crate::candidate::dossier::{Fields, Matter};
use web::Failure;
use web::app::App;
use web::lang::{Asked, Lang};
use web::page::{Notice, Page};
use web::request::Context;

#[derive(Template)]
#[template(path = "candidate/forgotten.html")]
struct Forgotten {
    lang: Lang,
    erased: usize,
    left: usize,
}

/// Erases what was chosen, once that is confirmed.
pub(crate) async fn erase(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
    context: Context,
    fields: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Failure> {
    let matter = Matter::open(&app, &token, &asked).await?;
    let lang = matter.lang;
    let fields = Fields::read(fields, lang)?;
    if let Some(objection) = matter.objection(&fields, true) {
        return Ok(objection);
    }
    let chosen = matter.chosen(&fields);
    let cause = context.cause(ActorKind::Candidate);
    let records = matter.meant(&app, &fields).await?;
    let basis = ErasureBasis::Candidate;
    let forgotten =
        app.commands.people().forget_person(&matter.address, &records, &basis, &cause).await;
    forgotten.map_err(|error| failed(lang, error))?;
    let (erased, left) = (chosen.len(), matter.count() - chosen.len());
    Ok(Page::new(Forgotten { lang, erased, left }).into_response())
}

/// Before the first key is gone nothing was done; after it the service goes on by itself.
fn failed(lang: Lang, error: ForgetError) -> Failure {
    if let ForgetError::Command(error) = error {
        return error.into();
    }
    tracing::error!(error = %advice::told(&error), "an erasure is not finished");
    Notice::new(
        lang,
        StatusCode::SERVICE_UNAVAILABLE,
        lang.t("candidate-erasure-not-finished"),
        lang.t("candidate-it-has-begun-and-what-begun"),
        lang.t("candidate-open-link-in-email-again-in"),
    )
    .into()
}
