//! Who asks, and how what no handler answers is told to them: problem details to a partner's program,
//! a page to a person. Refusals of extractors and of the layers around them come here as plain text.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::{Json, RequestPartsExt as _};
use http_body_util::{BodyExt as _, Limited};
use serde_json::json;

use crate::lang::{Asked, Lang};
use crate::page::{Notice, Page};
use crate::problem::{Kind, Problem};

/// What a refusal says at most, in bytes.
const LONGEST: usize = 4096;
/// How the refusal of an address that cannot be decoded begins (`PathRejection` of axum).
const BAD_PATH: &str = "Invalid URL";

/// Who an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Audience {
    /// A partner's program, at the JSON API.
    Partner,
    /// A partner's program or page, at the older protocol.
    Embed,
    /// A person in a frame of a partner's page.
    Frame,
    /// A person who followed a link of an e-mail.
    Link,
    /// A person at any other page.
    Person,
    /// Programs of operators and mail providers, and browsers that fetch a script: plain text does.
    Machine,
}

impl Audience {
    fn of(path: &str) -> Self {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        match first {
            "api" => Self::Partner,
            "auth" => Self::Embed,
            "embed" if path.starts_with("/embed/validate") => Self::Embed,
            "embed" => Self::Frame,
            "r" | "c" | "p" => Self::Link,
            "assets" | "health" | "metrics" | "pipeline" | "webhooks" => Self::Machine,
            _ => Self::Person,
        }
    }
}

/// Tells refusals that came as plain text, or without a word, in the way of those who asked.
pub(crate) async fn told(request: Request, next: Next) -> Response {
    let audience = Audience::of(request.uri().path());
    let (mut parts, body) = request.into_parts();
    let Ok(asked) = parts.extract::<Asked>().await;
    let response = next.run(Request::from_parts(parts, body)).await;
    let is_told = !response.status().is_client_error() && !response.status().is_server_error();
    if is_told || audience == Audience::Machine || is_in_words(response.headers()) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let detail = Limited::new(body, LONGEST).collect().await.map(|it| it.to_bytes().to_vec());
    let detail = String::from_utf8(detail.unwrap_or_default()).unwrap_or_default();
    let mut answer = refusal(audience, parts.status, &detail, asked.or_browser());
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = parts.headers.get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

/// Whether somebody wrote it for those who asked.
fn is_in_words(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| !kind.starts_with("text/plain"))
}

fn refusal(audience: Audience, status: StatusCode, detail: &str, lang: Lang) -> Response {
    let bad_path = detail.starts_with(BAD_PATH);
    match audience {
        Audience::Partner if bad_path => Problem::not_found().into_response(),
        Audience::Partner => problem(status, detail).into_response(),
        Audience::Embed => {
            let error = if detail.is_empty() { in_short(status) } else { detail };
            (status, Json(json!({ "error": error }))).into_response()
        }
        Audience::Link if bad_path => Notice::bad_link(lang).into_response(),
        _ if bad_path => Notice::not_found(lang).into_response(),
        // Whose frame it is in is not known here, and the page holds nothing worth framing.
        Audience::Frame => {
            let notice = Notice::refused(lang, status);
            Page::new(notice).status(status).framed_by("*").into_response()
        }
        _ => Notice::refused(lang, status).into_response(),
    }
}

fn problem(status: StatusCode, detail: &str) -> Problem {
    let kind = match status {
        StatusCode::NOT_FOUND => Kind::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Kind::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => Kind::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Kind::UnsupportedMediaType,
        StatusCode::TOO_MANY_REQUESTS => Kind::TooManyRequests,
        StatusCode::SERVICE_UNAVAILABLE => Kind::Unavailable,
        status if status.is_client_error() => Kind::MalformedRequest,
        _ => Kind::Internal,
    };
    Problem::new(kind, if detail.is_empty() { in_short(status) } else { detail })
}

/// What is wrong and what to do, where nothing more is known.
const fn in_short(status: StatusCode) -> &'static str {
    match status {
        StatusCode::TOO_MANY_REQUESTS => {
            "Too many requests came from your network. Wait as long as Retry-After says, then send this one again."
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            "This method is not available here. Allow lists those that are."
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            "The request took too long, and nothing is known to be lost. Send the same request again in a few seconds."
        }
        _ => "The request cannot be read. Mend it and send it again.",
    }
}
