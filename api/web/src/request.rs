//! One request: its id, its trace, its line in the log.

use std::time::Instant;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use commands::{Cause, Trace};
use event_store::ActorKind;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::app::App;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a handler knows of the request it serves.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// Names the request, in the log, in the answer and in the events it causes.
    pub id: Uuid,
    trace: Trace,
}

impl Context {
    /// The cause of what a person of this kind asks for.
    pub fn cause(&self, kind: ActorKind) -> Cause {
        Cause::request(kind, None, self.id).traced(self.trace.clone())
    }

    /// The cause of what an operator does.
    pub fn operator(&self, id: Uuid) -> Cause {
        Cause::operator(id, self.id).traced(self.trace.clone())
    }

    /// The cause of what the owner of an account asks for, a candidate or a recruiter.
    pub fn user(&self, id: Uuid) -> Cause {
        Cause::user(id, self.id).traced(self.trace.clone())
    }

    /// The cause of what a partner asks for.
    pub fn partner(&self, partner: &domain::PartnerId) -> Cause {
        Cause::partner(partner, self.id).traced(self.trace.clone())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Context {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let context = parts.extensions.get::<Self>();
        Ok(context.cloned().unwrap_or_default())
    }
}

/// The method as it is told: one that is known, or `_OTHER`, since anybody may invent more
/// (OpenTelemetry's semantic conventions, `http.request.method`).
pub fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::CONNECT => "CONNECT",
        Method::OPTIONS => "OPTIONS",
        Method::TRACE => "TRACE",
        Method::PATCH => "PATCH",
        _ => "_OTHER",
    }
}

/// Gives the request an id, takes up the caller's trace (W3C Trace Context), and writes one line
/// when it is answered: method, route, status and time. Never the address itself, which holds
/// tokens, and nothing of the body.
pub async fn span(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = app.commands.fresh_id();
    let header = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
    let caller = header.map(Trace::of_header).unwrap_or_default();
    let method = known_method(request.method());
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_else(|| "unmatched".to_owned());
    let span = tracing::info_span!(
        "request",
        otel.name = %format_args!("{method} {route}"),
        otel.kind = "server",
        request.id = %id,
        trace.id = tracing::field::Empty,
        method,
        route,
    );
    caller.is_parent_of(&span);
    let trace = Trace::of_span(&span, caller);
    if let Some(trace_id) = &trace.trace_id {
        span.record("trace.id", trace_id);
    }
    request.extensions_mut().insert(Context { id, trace });
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let duration_ms = began.elapsed().as_secs_f64() * 1000.0;
    let status = response.status().as_u16();
    let labels =
        [("method", method.to_owned()), ("route", route.clone()), ("status", status.to_string())];
    metrics::histogram!("postulo_http_request_duration_seconds", &labels)
        .record(duration_ms / 1000.0);
    span.in_scope(|| {
        tracing::info!(status, duration_ms, "{method} {route} answered {status}");
    });
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_that_somebody_invents_is_another() {
        for name in ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]
        {
            assert_eq!(known_method(&name.parse().unwrap()), name);
        }
        for invented in ["M1", "get", "_OTHER", "PROPFIND", &"M".repeat(60_000)] {
            assert_eq!(known_method(&invented.parse().unwrap()), "_OTHER");
        }
    }
}
