//! Who asks, and how what no handler answers is told to them: problem details to a partner's program,
//! a page to a person. Refusals of extractors and of the layers around them come here as plain text.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::{Json, RequestPartsExt as _};
use http_body_util::{BodyExt as _, Limited};
use serde_json::json;

use crate::lang::{Asked, Lang, Spoken};
use crate::page::{Notice, Page};
use crate::problem::{Kind, Problem};

/// What a refusal says at most, in bytes.
const LONGEST: usize = 4096;
/// How the refusal of an address that cannot be decoded begins (`PathRejection` of axum).
const BAD_PATH: &str = "Invalid URL";

/// Who an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Audience {
    /// A partner's program, a mail provider or a monitor.
    Program,
    /// A partner's server that asks for a token, or the form's script.
    Token,
    /// A person in a frame of a partner's page.
    Frame,
    /// A person who followed a link of an e-mail.
    Link,
    /// A person at any other page.
    Person,
    /// A browser that fetches a script, or somebody who looks whether it lives: plain text does.
    Machine,
}

impl Audience {
    fn of(path: &str) -> Self {
        if crate::api::is_call(path) {
            return Self::Program;
        }
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        match first {
            "api" | "pipeline" | "webhooks" | "metrics" => Self::Program,
            "auth" => Self::Token,
            "embed" if path.starts_with("/embed/validate") => Self::Token,
            "embed" => Self::Frame,
            "r" | "c" | "p" => Self::Link,
            "assets" | "health" => Self::Machine,
            _ => Self::Person,
        }
    }
}

/// Tells refusals that came as plain text, or without a word, in the way of those who asked.
pub async fn told(request: Request, next: Next) -> Response {
    let audience = Audience::of(request.uri().path());
    let (mut parts, body) = request.into_parts();
    let spoken = Spoken::default();
    parts.extensions.insert(spoken.clone());
    let Ok(asked) = parts.extract::<Asked>().await;
    let response = next.run(Request::from_parts(parts, body)).await;
    let is_told = !response.status().is_client_error() && !response.status().is_server_error();
    let in_words = match audience {
        Audience::Program => is_json(response.headers()),
        _ => is_in_words(response.headers()),
    };
    if is_told || audience == Audience::Machine || in_words {
        return response;
    }
    let (parts, body) = response.into_parts();
    let detail = Limited::new(body, LONGEST).collect().await.map(|it| it.to_bytes().to_vec());
    let detail = String::from_utf8(detail.unwrap_or_default()).unwrap_or_default();
    let lang = spoken.settled().unwrap_or_else(|| asked.or_browser());
    let mut answer = refusal(audience, parts.status, &detail, lang);
    for name in [header::ALLOW, header::RETRY_AFTER, header::CONTENT_RANGE] {
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
        Audience::Program if bad_path && status.is_client_error() => {
            Problem::not_found().into_response()
        }
        Audience::Program => problem(status).into_response(),
        Audience::Token => {
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

fn problem(status: StatusCode) -> Problem {
    match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::METHOD_NOT_ALLOWED => {
            Problem::new(Kind::of_status(status), in_short(status))
        }
        _ => Problem::of_status(status),
    }
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

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/") && kind.contains("json"))
}

const NOT_COMPRESSED: &str = "The body is compressed (Content-Encoding). Send it as it is, without compression and without that header.";

/// Refuses a body with a content coding: none is undone here, so that a small body cannot become a
/// huge one. 415 with `Accept-Encoding` (RFC 9110 8.4 and 15.5.16).
pub async fn plain_bodies(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || !is_coded(request.headers()) {
        return next.run(request).await;
    }
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    let mut response = match Audience::of(request.uri().path()) {
        Audience::Program => {
            Problem::new(Kind::UnsupportedContentCoding, NOT_COMPRESSED).into_response()
        }
        Audience::Token => (status, Json(json!({ "error": NOT_COMPRESSED }))).into_response(),
        Audience::Frame => {
            let notice = compressed(Lang::accepted(request.headers()));
            Page::new(notice).status(status).framed_by("*").into_response()
        }
        _ => compressed(Lang::accepted(request.headers())).into_response(),
    };
    response.headers_mut().insert(header::ACCEPT_ENCODING, "identity".parse().expect("plain text"));
    response
}

fn is_coded(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_ENCODING).iter().any(|value| {
        let codings = value.to_str().unwrap_or("unreadable").split(',').map(str::trim);
        codings.into_iter().any(|it| !it.is_empty() && !it.eq_ignore_ascii_case("identity"))
    })
}

fn compressed(lang: Lang) -> Notice {
    Notice::new(
        lang,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        lang.t("common-this-form-arrived-compressed"),
        lang.t("common-we-read-what-sent-without-compression"),
        lang.t("common-go-back-and-try-again-with"),
    )
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::any;
    use tower::ServiceExt as _;

    use super::*;

    #[rstest::rstest]
    #[case("/api/v1/applications", Audience::Program)]
    #[case("/api", Audience::Program)]
    #[case("/apiary", Audience::Person)]
    #[case("/health/ready", Audience::Machine)]
    #[case("/webhooks/sendgrid", Audience::Program)]
    #[case("/pipeline/eventcallback/", Audience::Program)]
    #[case("/auth/application/token/", Audience::Token)]
    #[case("/embed/validate/", Audience::Token)]
    #[case("/embed/candidater/", Audience::Frame)]
    #[case("/r/token", Audience::Link)]
    #[case("/admin/clients", Audience::Person)]
    fn the_path_tells_who_asks(#[case] path: &str, #[case] audience: Audience) {
        assert_eq!(Audience::of(path), audience);
    }

    /// What something below says to `path`, as the client gets it.
    async fn answered(path: &str, status: StatusCode) -> (HeaderMap, String) {
        let below = move || async move {
            let headers = [(header::CONTENT_TYPE, "text/plain"), (header::RETRY_AFTER, "7")];
            (status, headers, "words for nobody")
        };
        let router = Router::new().route(path, any(below)).layer(from_fn(told));
        let request = Request::get(path).body(Body::empty()).unwrap();
        let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
        assert_eq!(parts.status, status);
        let body = axum::body::to_bytes(body, 1 << 16).await.unwrap();
        (parts.headers, String::from_utf8_lossy(&body).into_owned())
    }

    #[rstest::rstest]
    #[case(StatusCode::REQUEST_TIMEOUT, "malformed-request")]
    #[case(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "malformed-request")]
    #[case(StatusCode::INTERNAL_SERVER_ERROR, "internal")]
    #[case(StatusCode::BAD_GATEWAY, "internal")]
    #[case(StatusCode::SERVICE_UNAVAILABLE, "unavailable")]
    #[tokio::test]
    async fn a_program_gets_a_problem_whoever_answered(
        #[case] status: StatusCode,
        #[case] slug: &str,
    ) {
        let (headers, body) = answered("/api/v1/any", status).await;
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(headers[header::RETRY_AFTER], "7", "what else was said stays");
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["type"], format!("/problems/{slug}"));
        assert_eq!(body["status"], status.as_u16());
    }

    #[tokio::test]
    async fn a_monitor_and_an_answer_that_went_well_keep_their_words() {
        for (path, status) in
            [("/health/any", StatusCode::SERVICE_UNAVAILABLE), ("/metrics", StatusCode::OK)]
        {
            assert_eq!(answered(path, status).await.1, "words for nobody");
        }
    }
}
