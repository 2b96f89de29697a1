//! Taking an answer back before its e-mail leaves.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use commands::CommandError;
use domain::application::AnswerId;
use event_store::ActorKind;
use uuid::Uuid;

use crate::recruiter::matter::{AnswerInWords, Matter};
use web::Failure;
use web::app::App;
use web::lang::{Asked, Lang};
use web::page::{Notice, Page};
use web::request::Context;

#[derive(Template)]
#[template(path = "recruiter/undo.html")]
pub(crate) struct Undo {
    lang: Lang,
    token: String,
    answer: AnswerInWords,
}

pub(crate) async fn page(
    State(app): State<App>,
    Path((token, answer)): Path<(String, Uuid)>,
    asked: Asked,
) -> Result<Page<Undo>, Failure> {
    let matter = Matter::open(&app, &token, &asked).await?;
    let given = matter.application().answer(AnswerId(answer));
    let given = given.ok_or_else(|| Notice::not_found(matter.lang))?;
    let answer = matter.in_words(given);
    Ok(Page::new(Undo { lang: matter.lang, token, answer }))
}

pub(crate) async fn perform(
    State(app): State<App>,
    Path((token, answer)): Path<(String, Uuid)>,
    asked: Asked,
    context: Context,
) -> Result<Notice, Failure> {
    let matter = Matter::open(&app, &token, &asked).await?;
    let (lang, id) = (matter.lang, AnswerId(answer));
    let cause = context.cause(ActorKind::Recruiter);
    match app.commands.applications().undo_answer(matter.id, id, &cause).await {
        Ok(_) => Ok(undone(lang)),
        Err(CommandError::Refused(refusal)) => Err(Notice::new(
            lang,
            StatusCode::CONFLICT,
            lang.t("recruiter-it-too-late-to-take-it"),
            &texts::refusal(&refusal, lang.0),
            lang.t("recruiter-write-to-candidate-directly-address-in"),
        )
        .into()),
        Err(error) => Err(error.into()),
    }
}

/// Says that an answer is taken back.
pub(crate) fn undone(lang: Lang) -> Notice {
    Notice::new(
        lang,
        StatusCode::OK,
        lang.t("recruiter-answer-taken-back"),
        lang.t("recruiter-nothing-sent-to-candidate"),
        lang.t("recruiter-you-can-answer-again-from-applications"),
    )
}
