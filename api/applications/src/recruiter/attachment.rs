//! A document of an application, for download.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use commands::AttachmentError;

use crate::recruiter::matter::Matter;
use web::Failure;
use web::app::App;
use web::lang::Asked;
use web::page::Notice;

pub(crate) async fn download(
    State(app): State<App>,
    Path((token, digest)): Path<(String, String)>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let matter = Matter::open(&app, &token, &asked).await?;
    let attachments = &matter.application().submission.attachments;
    let attachment = attachments.iter().find(|attachment| attachment.digest.as_str() == digest);
    let attachment = attachment.ok_or_else(|| Notice::not_found(matter.lang))?;
    let attachments = app.commands.attachments();
    let answer = web::download::document(attachments, matter.id, attachment, &headers).await;
    answer.map_err(|error| match error {
        AttachmentError::Gone => Failure::from(gone(&matter)),
        other => other.into(),
    })
}

fn gone(matter: &Matter) -> Notice {
    let lang = matter.lang;
    Notice::new(
        lang,
        StatusCode::GONE,
        lang.t("recruiter-document-deleted"),
        lang.t("recruiter-documents-kept-for-limited-time"),
        lang.t("recruiter-they-still-attached-to-email-you"),
    )
}
