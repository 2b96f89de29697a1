//! A document of an application, for download.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commands::{AttachmentError, Reading};
use domain::application::Attachment;

use crate::app::App;
use crate::lang::Asked;
use crate::page::Notice;
use crate::recruiter::matter::Matter;

pub(crate) async fn download(
    State(app): State<App>,
    Path((token, digest)): Path<(String, String)>,
    asked: Asked,
) -> Result<Response, Notice> {
    let matter = Matter::open(&app, &token, &asked).await?;
    let attachments = &matter.application().submission.attachments;
    let attachment = attachments.iter().find(|attachment| attachment.digest.as_str() == digest);
    let attachment = attachment.ok_or_else(|| Notice::not_found(matter.lang))?;
    let reading = app.commands.attachments().open(matter.id, &attachment.digest).await;
    let reading = reading.map_err(|error| match error {
        AttachmentError::Gone => gone(&matter),
        other => Notice::failed(matter.lang, &other),
    })?;
    Ok(file(attachment, reading).into_response())
}

/// A document as a download: never opened as a page of ours. One that turns out altered on its way is
/// cut off.
pub(crate) fn file(attachment: &Attachment, reading: Reading) -> impl IntoResponse + use<> {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(attachment.media_type.mime())),
        (header::CONTENT_DISPOSITION, disposition(attachment.name.reveal().as_str())),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox")),
        (header::CONTENT_LENGTH, reading.length.into()),
    ];
    (headers, Body::from_stream(reading))
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

/// `Content-Disposition` (RFC 6266) with the name as it is (RFC 8187).
pub(crate) fn disposition(name: &str) -> HeaderValue {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encoded: String = name
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    let text = format!("attachment; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}
