//! Headers that every answer carries, and forms that only our own pages may send.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::Origin;

use crate::app::App;
use crate::lang::Lang;
use crate::page::Notice;

/// The Content-Security-Policy of a page: everything from here and nothing from elsewhere.
/// `ancestors` may hold it in a frame; `inline_styles` are for the preview of an e-mail, which has
/// its styles inline.
pub fn policy(ancestors: &str, inline_styles: bool) -> String {
    let styles = if inline_styles { "'self' 'unsafe-inline'" } else { "'self'" };
    format!(
        "default-src 'none'; style-src {styles}; script-src 'self'; img-src 'self' data:; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-src 'self'; \
         frame-ancestors {ancestors}"
    )
}

/// The `frame-ancestors` of a client: its registered origins, or anyone while it has none.
pub fn frame_ancestors(origins: &[Origin]) -> String {
    if origins.is_empty() {
        return "*".to_owned();
    }
    origins.iter().map(Origin::as_str).collect::<Vec<_>>().join(" ")
}

/// Adds the headers that a handler did not set itself.
pub async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let unavailable = response.status() == StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    let mut default = |name: HeaderName, value: &str| {
        if !headers.contains_key(&name)
            && let Ok(value) = HeaderValue::from_str(value)
        {
            headers.insert(name, value);
        }
    };
    default(header::CONTENT_SECURITY_POLICY, &policy("'none'", false));
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Addresses of pages hold tokens: no other site sees them. Our own forms still send their
    // Origin, which "no-referrer" would turn into "null".
    default(header::REFERRER_POLICY, "same-origin");
    default(header::CACHE_CONTROL, "no-store");
    default(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=()",
    );
    default(HeaderName::from_static("x-robots-tag"), "noindex");
    if unavailable {
        default(header::RETRY_AFTER, "5");
    }
    if app.settings.production {
        default(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000");
    }
    response
}

/// Refuses a form that another site sends (CSRF): a browser tells where it comes from by
/// `Sec-Fetch-Site` (W3C Fetch Metadata) or `Origin` (RFC 6454).
pub async fn own_forms_only(State(app): State<App>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || is_own(request.headers(), &app) {
        return next.run(request).await;
    }
    Notice::foreign_form(Lang::accepted(request.headers())).into_response()
}

/// Whether a form comes from a page of ours.
pub fn is_own(headers: &HeaderMap, app: &App) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match text(HeaderName::from_static("sec-fetch-site")) {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => match text(header::ORIGIN) {
            Some(origin) => {
                let own = app.settings.base_url.origin().ascii_serialization();
                let host = text(header::HOST).unwrap_or_default();
                origin == own || origin.split_once("://").is_some_and(|(_, from)| from == host)
            }
            None => true, // no browser that sends forms across sites leaves out both
        },
    }
}
