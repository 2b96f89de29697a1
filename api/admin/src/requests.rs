//! What an operator asks of one application.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use commands::CommandError;
use domain::application::{AnswerId, Letter};
use domain::{ApplicationRefusal, EmailAddress};
use serde::Deserialize;
use uuid::Uuid;

use super::frame::Frame;
use super::operator::CurrentOperator;
use web::Failure;
use web::app::App;
use web::lang::Lang;
use web::page::{Notice, Page};

/// Addresses that documents are passed on to at once.
const MOST: usize = 10;

/// A form that asks for something that cannot be; nothing was done.
pub(super) fn wrong(lang: Lang, why: &str) -> Notice {
    Notice::new(
        lang,
        StatusCode::UNPROCESSABLE_ENTITY,
        lang.t("admin-people-nothing-done"),
        why,
        lang.t("admin-people-go-back-to-previous-page-and"),
    )
}

fn failed(lang: Lang, error: CommandError<ApplicationRefusal>) -> Failure {
    match error {
        CommandError::Refused(ApplicationRefusal::NotFound) => Notice::not_found(lang),
        CommandError::Refused(refusal) => wrong(lang, &texts::refusal(&refusal, lang.0)),
        error => return error.into(),
    }
    .into()
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Resend {
    request_id: Uuid,
    letter: String,
}

/// Has a letter sent once more.
pub(crate) async fn resend(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<Uuid>,
    fields: Result<Form<Resend>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let letter = letter(&fields.letter).ok_or_else(|| Notice::impossible_form(lang))?;
    let done =
        app.commands.applications().resend(id, fields.request_id, letter, &signed.cause()).await;
    done.map_err(|error| failed(lang, error))?;
    Ok(Redirect::to(&format!("/admin/applications/{id}?done=resend")).into_response())
}

/// The name of a letter, and behind a colon the answer that it is about.
fn letter(text: &str) -> Option<Letter> {
    let (name, id) = text.split_once(':').unwrap_or((text, ""));
    let answer_id = || id.parse().ok().map(AnswerId);
    Some(match name {
        "employer" => Letter::Employer,
        "confirmation" => Letter::Confirmation,
        "answer" => Letter::Answer { answer_id: answer_id()? },
        "receipt" => Letter::Receipt { answer_id: answer_id()? },
        "withdrawal" => Letter::Withdrawal,
        "recruiter_withdrawal" => Letter::RecruiterWithdrawal { answer_id: answer_id()? },
        "cancellation" => Letter::Cancellation,
        _ => return None,
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Forward {
    request_id: Uuid,
    recipients: String,
}

/// Has the documents mailed to others.
pub(crate) async fn forward(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<Uuid>,
    fields: Result<Form<Forward>, FormRejection>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let Form(fields) = fields.map_err(|_| Notice::impossible_form(lang))?;
    let mut recipients = vec![];
    for text in fields.recipients.split([',', ';']).map(str::trim).filter(|it| !it.is_empty()) {
        let address: EmailAddress =
            text.parse().map_err(|invalid| wrong(lang, &texts::invalid(&invalid, lang.0)))?;
        recipients.push(address);
    }
    if recipients.is_empty() || recipients.len() > MOST {
        let why = lang.t("admin-people-give-one-to-ten-addresses");
        return Err(wrong(lang, why).into());
    }
    let request = fields.request_id;
    let done = app
        .commands
        .applications()
        .forward_attachments(id, request, recipients, &signed.cause())
        .await;
    done.map_err(|error| failed(lang, error))?;
    Ok(Redirect::to(&format!("/admin/applications/{id}?done=forward")).into_response())
}

#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage {
    lang: Lang,
    frame: Frame,
    id: Uuid,
    link: String,
}

/// Makes a fresh answer link, and shows it once.
pub(crate) async fn link(
    State(app): State<App>,
    signed: CurrentOperator,
    Path(id): Path<Uuid>,
) -> Result<Response, Failure> {
    let lang = signed.lang;
    let token = app.commands.applications().issue_answer_link(id, &signed.cause()).await;
    let token = token.map_err(|error| failed(lang, error))?;
    let base = app.settings.base_url.as_str().trim_end_matches('/');
    let page = LinkPage {
        lang,
        frame: Frame::new(&signed, "/admin/applications", ""),
        id,
        link: format!("{base}/r/{}", token.reveal()),
    };
    Ok(Page::new(page).into_response())
}
