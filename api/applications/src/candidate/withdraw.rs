//! The candidate takes the application back.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use commands::CommandError;
use domain::application::Withdraw;
use domain::{ApplicationRefusal, FieldError, Invalid, Personal};
use event_store::ActorKind;
use serde::Deserialize;

use crate::candidate::status::Matter;
use web::Failure;
use web::app::App;
use web::lang::{Asked, Lang};
use web::page::{FieldErrors, Notice, Page};
use web::request::Context;

#[derive(Template)]
#[template(path = "candidate/withdraw.html")]
pub(crate) struct WithdrawPage {
    lang: Lang,
    token: String,
    job: String,
    employer: String,
    reason: String,
    errors: FieldErrors,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    reason: String,
}

fn form(matter: &Matter, token: String, reason: String, errors: FieldErrors) -> WithdrawPage {
    let submission = matter.history.state.known().ok().map(|known| &known.submission);
    WithdrawPage {
        lang: matter.lang,
        token,
        job: submission.map(|s| s.job.to_string()).unwrap_or_default(),
        employer: submission.map(|s| s.employer.description.to_string()).unwrap_or_default(),
        reason,
        errors,
    }
}

fn refused(lang: Lang, refusal: &domain::ApplicationRefusal) -> Notice {
    Notice::new(
        lang,
        StatusCode::CONFLICT,
        lang.t("candidate-this-application-can-no-longer-withdrawn"),
        &texts::refusal(refusal, lang.0),
        lang.t("candidate-for-any-question-write-to-employer"),
    )
}

pub(crate) async fn page(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
) -> Result<Page<WithdrawPage>, Failure> {
    let matter = Matter::open(&app, &token, &asked).await?;
    matter.history.state.open().map_err(|refusal| refused(matter.lang, &refusal))?;
    Ok(Page::new(form(&matter, token, String::new(), FieldErrors::none())))
}

pub(crate) async fn perform(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
    context: Context,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let matter = Matter::open(&app, &token, &asked).await?;
    let lang = matter.lang;
    let wrong = |invalid: Invalid, reason: String| {
        let errors = FieldErrors::new(&[FieldError::new("reason", invalid)], lang);
        let page = form(&matter, token.clone(), reason, errors);
        Page::new(page).status(StatusCode::UNPROCESSABLE_ENTITY).into_response()
    };
    let Ok(Form(Fields { reason })) = fields else {
        return Ok(wrong(Invalid::Encoding, String::new()));
    };
    let parsed = match reason.trim() {
        "" => None,
        text => match text.parse() {
            Ok(text) => Some(Personal::new(text)),
            Err(invalid) => return Ok(wrong(invalid, reason)),
        },
    };
    let decision = Withdraw { reason: parsed, at: app.commands.now() };
    let cause = context.cause(ActorKind::Candidate);
    match app.commands.perform(&matter.id.to_string(), &decision, &cause).await {
        Ok(_) => {
            let to = format!("/c/{token}?withdrawn=1&lang={}", lang.code());
            Ok(Redirect::to(&to).into_response())
        }
        Err(CommandError::Refused(ApplicationRefusal::Erased)) => {
            Err(Notice::erased(asked.or_browser()).into())
        }
        Err(CommandError::Refused(refusal)) => Err(refused(lang, &refusal).into()),
        Err(error) => Err(error.into()),
    }
}
