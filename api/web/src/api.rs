//! The frame of the JSON calls that the front ends of candidates and recruiters make: who asks (`bearer`), what
//! they send (`body`), and what is the same for every answer.
//!
//! A path with and without its last slash is the same, and never a redirect. The pages of the sites that the
//! settings name get the headers of the CORS protocol (Fetch) on every answer, with credentials, also where
//! something failed. Errors are problem details whose `detail` is one plain sentence.
//!
//! To add calls: their router, written without last slashes, through [`routes`]; and what their paths begin with,
//! in `PREFIXES`.

mod bearer;
mod body;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::lang::Lang;
use crate::problem::{Kind, Problem};

pub use bearer::{Bearer, bearer_token};
pub use body::Body;

/// What the paths of these calls begin with.
const PREFIXES: &[&str] = &[
    "/api/auth",
    "/api/candidates",
    "/api/job-alerts",
    "/api/notifications",
    "/api/recommendations",
    "/api/token",
    "/applications",
    "/auth",
    "/job-alerts",
    "/job-offers",
    "/me/export.csv",
    "/me/proof.pdf",
    "/tasks",
    "/users",
];
/// The calls that try a password, or have a letter written.
const ATTEMPTS: &[&str] =
    &["/auth/forgot-password", "/auth/register", "/auth/reset-password", "/auth/token"];
/// A path that begins so and is not one of them: the tokens of partners' forms.
const OF_PARTNERS: &str = "/auth/application";
/// The longest body, in bytes; a call that takes more says so.
const MAX_BODY: usize = 256 * 1024;
/// For how many seconds a browser remembers what a site may ask.
const MAX_AGE: &str = "600";

fn begins_with(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a path is one of these calls.
pub fn is_call(path: &str) -> bool {
    PREFIXES.iter().any(|prefix| begins_with(path, prefix)) && !begins_with(path, OF_PARTNERS)
}

/// Whether a call tries a password, or has a letter written to somebody.
pub(crate) fn is_attempt(path: &str) -> bool {
    ATTEMPTS.contains(&path)
}

/// These calls, with the bound of bodies, and problems for the methods that they do not have.
pub fn routes(_app: &App, calls: Router<App>) -> Router<App> {
    calls.method_not_allowed_fallback(method_not_allowed).layer(DefaultBodyLimit::max(MAX_BODY))
}

async fn method_not_allowed(headers: HeaderMap) -> Problem {
    let lang = Lang::accepted(&headers);
    Problem::new(Kind::MethodNotAllowed, lang.t("api-method-not-allowed")).in_language(lang)
}

/// Takes the last slash off the path of a call, before it is looked up.
pub(crate) fn without_last_slash<B>(mut request: axum::http::Request<B>) -> axum::http::Request<B> {
    let path = request.uri().path();
    let Some(shorter) = path.strip_suffix('/').filter(|_| is_call(path)) else { return request };
    let path_and_query = match request.uri().query() {
        Some(query) => format!("{shorter}?{query}"),
        None => shorter.to_owned(),
    };
    let mut parts = request.uri().clone().into_parts();
    if let Ok(path_and_query) = path_and_query.parse::<PathAndQuery>() {
        parts.path_and_query = Some(path_and_query);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

/// Answers what a browser asks before a call (the preflight of CORS), and puts the headers of CORS on every
/// answer to a call. Cookies are no part of it: these calls read none.
pub(crate) async fn other_sites(State(app): State<App>, request: Request, next: Next) -> Response {
    if !is_call(request.uri().path()) {
        return next.run(request).await;
    }
    let origin = allowed_origin(&app, request.headers());
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response =
        if is_preflight { StatusCode::OK.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(origin) = origin {
        let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
        set(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        if is_preflight {
            set(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE");
            set(
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                "authorization, content-type, accept-language, if-none-match",
            );
            set(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        } else {
            set(header::ACCESS_CONTROL_EXPOSE_HEADERS, "etag, link, retry-after");
        }
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response
}

/// The origin that a request comes from, where the settings name it.
fn allowed_origin(app: &App, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    let allowed = &app.settings.accounts.origins;
    allowed.iter().any(|it| it.as_str().as_bytes() == origin.as_bytes()).then(|| origin.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("/auth/me", true)]
    #[case("/auth", true)]
    #[case("/api/auth/signin", true)]
    #[case("/applications/1", true)]
    #[case("/auth/application/token/", false)]
    #[case("/authors", false)]
    #[case("/api/v1/applications", false)]
    #[case("/admin/auth", false)]
    fn a_call_is_known_by_what_its_path_begins_with(#[case] path: &str, #[case] is: bool) {
        assert_eq!(is_call(path), is);
    }

    #[rstest::rstest]
    #[case("/tasks/", "/tasks")]
    #[case("/tasks/?a=b%2F", "/tasks?a=b%2F")]
    #[case("/tasks//", "/tasks/")]
    #[case("/tasks/1", "/tasks/1")]
    #[case("/auth/application/token/", "/auth/application/token/")]
    #[case("/admin/", "/admin/")]
    #[case("/", "/")]
    #[case("http://localhost:8000/tasks/", "http://localhost:8000/tasks")]
    fn the_last_slash_of_a_call_is_none(#[case] asked: &str, #[case] looked_up: &str) {
        let request = axum::http::Request::get(asked).body(()).unwrap();
        assert_eq!(without_last_slash(request).uri().to_string(), looked_up);
    }
}
