//! Documents, as downloads.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use commands::Reading;
use domain::application::Attachment;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

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

/// What is escaped in a name: all but the unreserved characters (RFC 3986 2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `Content-Disposition` (RFC 6266) with the name as it is (RFC 8187).
pub fn disposition(name: &str) -> HeaderValue {
    let text = format!("attachment; filename*=UTF-8''{}", utf8_percent_encode(name, ESCAPED));
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}
