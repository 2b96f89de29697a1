//! An answer: its form, the preview of the very e-mail, and its sending.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use commands::{AnswerRequest, AnswerTicket, CommandError};
use domain::application::{Answer, AnswerId, AnswerKind, Application, Evidence, Interview};
use domain::{ApplicationRefusal, Personal};
use event_store::ActorKind;
use jiff::Timestamp;
use texts::letters::{self, CandidateAnswer};

use crate::recruiter::form::{AnswerForm, Fields};
use crate::recruiter::matter::{AnswerInWords, Matter, kind_of, path_of};
use web::Failure;
use web::app::App;
use web::lang::{Asked, Lang};
use web::page::{FieldErrors, Notice, Page};
use web::request::Context;

/// Shows the empty form, or what was answered where nothing more can be.
pub(crate) async fn page(
    State(app): State<App>,
    Path((token, path)): Path<(String, String)>,
    asked: Asked,
) -> Result<Response, Failure> {
    let matter = Matter::open(&app, &token, &asked).await?;
    let kind = kind_of(&path).ok_or_else(|| Notice::not_found(matter.lang))?;
    if let Err(refusal) = matter.state.open() {
        return Ok(already(&matter, &refusal, StatusCode::OK));
    }
    let form = AnswerForm::new(&matter, kind, Fields::default(), FieldErrors::none(), "");
    Ok(Page::new(form).into_response())
}

/// One step of the form: preview, modify or send.
pub(crate) async fn step(
    State(app): State<App>,
    Path((token, path)): Path<(String, String)>,
    asked: Asked,
    context: Context,
    headers: HeaderMap,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Failure> {
    let matter = Matter::open(&app, &token, &asked).await?;
    let kind = kind_of(&path).ok_or_else(|| Notice::not_found(matter.lang))?;
    let Form(fields) = fields.map_err(|_| Notice::unreadable_form(matter.lang))?;
    if fields.step == "modify" {
        let form = AnswerForm::new(&matter, kind, fields, FieldErrors::none(), "");
        return Ok(Page::new(form).into_response());
    }
    let answer = match fields.draft().parse(kind, matter.now) {
        Ok(answer) => answer,
        Err(errors) => {
            let errors = FieldErrors::new(&errors, matter.lang);
            let form = AnswerForm::new(&matter, kind, fields, errors, "");
            return Ok(Page::new(form).status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
        }
    };
    if fields.step == "send" {
        return send(&app, &matter, kind, &fields, answer, &context, &headers).await;
    }
    if let Err(refusal) = matter.state.open() {
        return Ok(already(&matter, &refusal, StatusCode::CONFLICT));
    }
    preview(&app, &matter, kind, &fields, &answer, "").await
}

/// Gives the answer that was previewed.
async fn send(
    app: &App,
    matter: &Matter,
    kind: AnswerKind,
    fields: &Fields,
    answer: Answer,
    context: &Context,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let opened = app.commands.tickets().open(&fields.ticket, matter.id, &answer, matter.now);
    let Ok(ticket) = opened else {
        if let Err(refusal) = matter.state.open() {
            return Ok(already(matter, &refusal, StatusCode::CONFLICT));
        }
        let why = matter.lang.t("recruiter-this-email-as-it-will-leave");
        return preview(app, matter, kind, fields, &answer, why).await;
    };
    let seconds = matter.now.duration_since(ticket.shown_at).as_secs();
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let agent = agent.and_then(|text| text.chars().take(256).collect::<String>().parse().ok());
    let request = AnswerRequest {
        answer,
        ticket,
        evidence: Some(Evidence {
            seconds_on_page: u64::try_from(seconds).unwrap_or_default(),
            user_agent: agent.map(Personal::new),
        }),
        undo_window: app.settings.undo_window,
    };
    match app.commands.applications().answer(request, &context.cause(ActorKind::Recruiter)).await {
        Ok(_) => {
            let (token, id, lang) = (&matter.token, ticket.answer_id, matter.lang.code());
            Ok(Redirect::to(&format!("/r/{token}/done/{id}?lang={lang}")).into_response())
        }
        Err(CommandError::Refused(refusal)) => {
            let asked = Asked::of(matter.lang);
            let now = Matter::open(app, &matter.token, &asked).await?;
            Ok(already(&now, &refusal, StatusCode::CONFLICT))
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "recruiter/preview.html")]
struct Preview {
    lang: Lang,
    token: String,
    path: &'static str,
    candidate: String,
    email: String,
    subject: String,
    html: String,
    text: String,
    has_calendar: bool,
    notice: String,
    fields: Vec<(&'static str, String)>,
    ticket: String,
    send: &'static str,
}

/// The very e-mail, by the same function that writes it when it is sent.
/// The interview whose place the answer would take.
fn called_off<'a>(
    application: &'a Application,
    answer: &Answer,
    now: Timestamp,
) -> Option<&'a Interview> {
    let takes_its_place = answer.kind() != AnswerKind::Info;
    let meeting = takes_its_place.then(|| application.called_off(now, None)).flatten();
    meeting.map(|meeting| meeting.interview)
}

async fn preview(
    app: &App,
    matter: &Matter,
    kind: AnswerKind,
    fields: &Fields,
    answer: &Answer,
    notice: &str,
) -> Result<Response, Failure> {
    let lang = matter.lang;
    let application = matter.application();
    let submission = &application.submission;
    let partner = app.commands.partners().find(&submission.partner).await?;
    let client_name = partner
        .map_or_else(|| submission.partner.to_string(), |found| found.settings.name.to_string());
    let letter = letters::candidate_answer(&CandidateAnswer {
        submission,
        client_name: &client_name,
        answer,
        // The candidate's own link is not for the recruiter's eyes.
        status_url: app.settings.base_url.as_str(),
        called_off: called_off(application, answer, matter.now),
        invitation: None,
    })?;
    let ticket = AnswerTicket {
        application_id: matter.id,
        answer_id: AnswerId(app.commands.fresh_id()),
        answers_seen: application.answers.len(),
        shown_at: matter.now,
    };
    let send = match kind {
        AnswerKind::Interview => lang.t("recruiter-send-proposal"),
        AnswerKind::Info => lang.t("recruiter-send-request"),
        AnswerKind::Rejection => lang.t("recruiter-send-rejection"),
        AnswerKind::Hire => lang.t("recruiter-send-good-news"),
    };
    let page = Preview {
        lang,
        token: matter.token.clone(),
        path: path_of(kind),
        candidate: submission.candidate.full_name().reveal().clone(),
        email: submission.candidate.email.reveal().readable().into_owned(),
        subject: letter.subject,
        html: letter.html,
        text: letter.text,
        has_calendar: kind == AnswerKind::Interview,
        notice: notice.to_owned(),
        fields: fields.of(kind),
        ticket: app.commands.tickets().sign(&ticket, answer),
        send,
    };
    Ok(Page::new(page).with_inline_styles().into_response())
}

#[derive(Template)]
#[template(path = "recruiter/already.html")]
struct Already {
    lang: Lang,
    token: String,
    candidate: String,
    why: String,
    is_open: bool,
    answers: Vec<AnswerInWords>,
}

/// What was answered already, and what can still be done.
fn already(matter: &Matter, refusal: &ApplicationRefusal, status: StatusCode) -> Response {
    let page = Already {
        lang: matter.lang,
        token: matter.token.clone(),
        candidate: matter.application().submission.candidate.full_name().reveal().clone(),
        why: texts::refusal(refusal, matter.lang.0),
        is_open: matter.is_open(),
        answers: matter.answers(),
    };
    Page::new(page).status(status).into_response()
}
