//! Documents, as downloads.

use std::ops::Range;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use commands::{AttachmentError, Attachments};
use domain::application::Attachment;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

/// A document of an application as a download: never opened as a page of ours. One that turns out
/// altered on its way is cut off. A single range of its bytes is sent where these headers ask for one
/// (RFC 9110 14).
pub async fn document(
    attachments: &Attachments,
    application: Uuid,
    attachment: &Attachment,
    asked: &HeaderMap,
) -> Result<Response, AttachmentError> {
    let (digest, size) = (&attachment.digest, attachment.size);
    let tag = format!("\"{digest}\"");
    let (status, reading, range) = match part(asked, &tag, size) {
        Part::Whole => (StatusCode::OK, attachments.open(application, digest).await?, None),
        Part::Range(range) => {
            let reading = attachments.range(application, digest, range.clone()).await?;
            let told = format!("bytes {}-{}/{size}", range.start, range.end - 1);
            (StatusCode::PARTIAL_CONTENT, reading, Some(told))
        }
        Part::None => {
            let headers = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
        }
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(attachment.media_type.mime())),
        (header::CONTENT_DISPOSITION, disposition(attachment.name.reveal().as_str())),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox")),
        (header::CONTENT_LENGTH, reading.length.into()),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
    ];
    let mut answer = (status, headers, Body::from_stream(reading)).into_response();
    for (name, value) in [(header::ETAG, Some(tag)), (header::CONTENT_RANGE, range)] {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            answer.headers_mut().insert(name, value);
        }
    }
    Ok(answer)
}

/// What a request asks for of a document.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    Range(Range<u64>),
    /// A range that begins after the end.
    None,
}

/// What these headers ask for, of a document with this entity tag and so many bytes. Several ranges,
/// and what is none, count as the whole: RFC 9110 14.2 lets a server pass over the header.
fn part(asked: &HeaderMap, tag: &str, size: u64) -> Part {
    let text = |name| asked.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if asked.contains_key(header::IF_RANGE) && text(header::IF_RANGE) != Some(tag) {
        return Part::Whole;
    }
    let range = text(header::RANGE).and_then(|range| {
        let (unit, range) = range.split_once('=')?;
        let (first, last) = range.trim().split_once('-')?;
        unit.trim().eq_ignore_ascii_case("bytes").then_some((first.trim(), last.trim()))
    });
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // So long a number is beyond any end.
        digits.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    let range = match range {
        None => return Part::Whole,
        Some(("", last)) => number(last).map(|last| size.saturating_sub(last)..size),
        Some((first, "")) => number(first).map(|first| first..size),
        Some((first, last)) => match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => {
                Some(first..last.saturating_add(1).min(size).max(first))
            }
            _ => None,
        },
    };
    match range {
        None => Part::Whole,
        Some(range) if range.start >= size || range.is_empty() => Part::None,
        Some(range) => Part::Range(range),
    }
}

/// What is escaped in a name: all but the unreserved characters (RFC 3986 2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `Content-Disposition` (RFC 6266) with the name as it is (RFC 8187).
pub fn disposition(name: &str) -> HeaderValue {
    let text = format!("attachment; filename*=UTF-8''{}", utf8_percent_encode(name, ESCAPED));
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("bytes=0-99", Part::Range(0..100))]
    #[case("bytes=100-", Part::Range(100..1000))]
    #[case("bytes=-100", Part::Range(900..1000))]
    #[case("bytes=-5000", Part::Range(0..1000))]
    #[case("Bytes = 999-99999999999999999999999", Part::Range(999..1000))]
    #[case("bytes=1000-", Part::None)]
    #[case("bytes=99999999999999999999999-", Part::None)]
    #[case("bytes=5000-6000", Part::None)]
    #[case("bytes=-0", Part::None)]
    #[case("bytes=9-8", Part::Whole)]
    #[case("bytes=0-1,3-4", Part::Whole)]
    #[case("bytes=+1-2", Part::Whole)]
    #[case("bytes=", Part::Whole)]
    #[case("bytes=-", Part::Whole)]
    #[case("lines=0-9", Part::Whole)]
    fn a_range_is_taken_or_passed_over(#[case] text: &str, #[case] expected: Part) {
        let mut asked = HeaderMap::new();
        asked.insert(header::RANGE, text.parse().unwrap());
        assert_eq!(part(&asked, "\"x\"", 1000), expected);
        asked.insert(header::IF_RANGE, "\"y\"".parse().unwrap());
        assert_eq!(part(&asked, "\"x\"", 1000), Part::Whole, "it is another document by now");
        asked.insert(header::IF_RANGE, "\"x\"".parse().unwrap());
        assert_eq!(part(&asked, "\"x\"", 1000), expected);
    }

    #[test]
    fn who_asks_for_no_range_gets_the_whole() {
        assert_eq!(part(&HeaderMap::new(), "\"x\"", 1000), Part::Whole);
    }
}
