//! Who reads an answer that no handler wrote: a program gets problem details, a person a page, a
//! server that speaks the token protocol `{"error": …}`.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::lang::Lang;
use crate::page::{Notice, Page};
use crate::problem::{Kind, Problem};

/// Who asks, as the path tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Audience {
    /// A partner's program, a mail provider or a monitor.
    Program,
    /// A partner's server that asks for a token, or the form's script.
    Token,
    /// The form, in the frame of a partner's page.
    Frame,
    /// Somebody with a browser.
    Person,
}

impl Audience {
    fn of(path: &str) -> Self {
        let under = |folder: &str| {
            path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if ["/api", "/pipeline", "/webhooks", "/metrics"].into_iter().any(under) {
            Self::Program
        } else if under("/auth") || under("/embed/validate") {
            Self::Token
        } else if under("/embed") {
            Self::Frame
        } else {
            Self::Person
        }
    }
}

/// Gives programs problem details wherever something below answers them in other words: an
/// extractor, the router, a time-out, a panic. Status and headers stay.
pub(crate) async fn told(request: Request, next: Next) -> Response {
    let audience = Audience::of(request.uri().path());
    let response = next.run(request).await;
    let failed = response.status().is_client_error() || response.status().is_server_error();
    if audience != Audience::Program || !failed || is_json(response.headers()) {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let mut problem = Problem::of_status(parts.status).into_response();
    for (name, value) in problem.headers() {
        if *name == header::CONTENT_TYPE || !parts.headers.contains_key(name) {
            parts.headers.insert(name, value.clone());
        }
    }
    *problem.headers_mut() = parts.headers;
    problem
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/") && kind.contains("json"))
}

const NOT_COMPRESSED: &str = "The body is compressed (Content-Encoding). Send it as it is, without compression and without that header.";

/// Refuses a body with a content coding: none is undone here, so that a small body cannot become a
/// huge one. 415 with `Accept-Encoding` (RFC 9110 8.4 and 15.5.16).
pub(crate) async fn plain_bodies(request: Request, next: Next) -> Response {
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
        Audience::Person => compressed(Lang::accepted(request.headers())).into_response(),
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
        lang.say("Ce formulaire est arrivé compressé", "This form arrived compressed"),
        lang.say(
            "Nous ne lisons que les envois sans compression. Rien n’a été fait.",
            "We read what is sent without compression only. Nothing was done.",
        ),
        lang.say(
            "Revenez en arrière et réessayez, avec un autre navigateur si cela se répète.",
            "Go back and try again, with another browser if it happens again.",
        ),
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
    #[case("/webhooks/sendgrid", Audience::Program)]
    #[case("/pipeline/eventcallback/", Audience::Program)]
    #[case("/auth/application/token/", Audience::Token)]
    #[case("/embed/validate/", Audience::Token)]
    #[case("/embed/candidater/", Audience::Frame)]
    #[case("/r/token", Audience::Person)]
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
    async fn a_person_and_an_answer_that_went_well_keep_their_words() {
        for (path, status) in
            [("/r/any", StatusCode::SERVICE_UNAVAILABLE), ("/metrics", StatusCode::OK)]
        {
            assert_eq!(answered(path, status).await.1, "words for nobody");
        }
    }
}
