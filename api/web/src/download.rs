//! Documents, as downloads.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use commands::Reading;
use domain::application::Attachment;

/// A document as a download: never opened as a page of ours. One that turns out altered on its way is
/// cut off.
pub fn file(attachment: &Attachment, reading: Reading) -> impl IntoResponse + use<> {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(attachment.media_type.mime())),
        (header::CONTENT_DISPOSITION, disposition(attachment.name.reveal().as_str())),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox")),
        (header::CONTENT_LENGTH, reading.length.into()),
    ];
    (headers, Body::from_stream(reading))
}

/// `Content-Disposition` (RFC 6266) with the name as it is (RFC 8187).
pub fn disposition(name: &str) -> HeaderValue {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encoded: String = name
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    let text = format!("attachment; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}
