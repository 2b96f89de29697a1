//! One e-mail, exactly as it was handed over.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use commands::MailedEmail;
use domain::JobApplication;
use event_store::StreamId;
use uuid::Uuid;

use super::frame::{Frame, time};
use super::operator::CurrentOperator;
use web::Failure;
use web::address::readable;
use web::app::App;
use web::lang::Lang;
use web::page::{EMAIL_POLICY, Notice, Page};

#[derive(Template)]
#[template(path = "email.html")]
pub(crate) struct EmailPage {
    lang: Lang,
    frame: Frame,
    id: Uuid,
    message_id: String,
    subject: String,
    from: String,
    to: String,
    reply_to: String,
    date: String,
    text: String,
    calendar: String,
    files: Vec<(String, String)>,
}

async fn find(app: &App, lang: Lang, id: Uuid, message_id: &str) -> Result<MailedEmail, Failure> {
    let stream = StreamId::of::<JobApplication>;
    let found = app.commands.emails().find(stream(&id.to_string()), message_id).await?;
    Ok(found.ok_or_else(|| Notice::not_found(lang))?)
}

pub(crate) async fn page(
    State(app): State<App>,
    signed: CurrentOperator,
    Path((id, message_id)): Path<(Uuid, String)>,
) -> Result<Page<EmailPage>, Failure> {
    let lang = signed.lang;
    let email = find(&app, lang, id, &message_id).await?;
    let files = email
        .files
        .iter()
        .map(|(name, size)| (name.reveal().clone(), texts::file_size(*size, lang.0)));
    Ok(Page::new(EmailPage {
        lang,
        frame: Frame::new(&signed, "/admin/applications", ""),
        id,
        message_id,
        subject: email.subject.reveal().clone(),
        files: files.collect(),
        to: readable(email.to.reveal()),
        reply_to: email.reply_to.map(|to| readable(to.reveal())).unwrap_or_default(),
        date: time(email.date),
        text: email.text.reveal().clone(),
        calendar: email.calendar.map(|it| it.reveal().clone()).unwrap_or_default(),
        from: email.from,
    }))
}

/// Its HTML part by itself, for the frame: no script runs, nothing is loaded.
pub(crate) async fn html(
    State(app): State<App>,
    signed: CurrentOperator,
    Path((id, message_id)): Path<(Uuid, String)>,
) -> Result<Response, Failure> {
    let email = find(&app, signed.lang, id, &message_id).await?;
    let policy = [(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(EMAIL_POLICY))];
    Ok((policy, Html(email.html.reveal().clone())).into_response())
}
