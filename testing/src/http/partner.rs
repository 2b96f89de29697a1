//! Requests as the program of the partner `demo` sends them.

use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Answer, Site};

/// The credentials of a partner, as a header field has them.
pub fn basic(partner: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{partner}:{secret}")))
}

impl Site {
    /// The credentials of `demo`, which must have been registered.
    pub fn basic(&self) -> String {
        basic("demo", self.secret())
    }

    /// A request of `demo` with a JSON body.
    pub fn json(&self, path: &str, body: impl Into<Body>) -> Request<Body> {
        Request::post(path)
            .header(header::AUTHORIZATION, self.basic())
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.into())
            .unwrap()
    }

    /// Asks as `demo`, without a body.
    pub async fn asked(&self, method: &str, path: &str) -> Answer {
        let request = Request::builder().method(method).uri(path);
        let request = request.header(header::AUTHORIZATION, self.basic());
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// The same, where problem details (RFC 9457) of this status and kind must be the answer.
    pub async fn is_refused(&self, method: &str, path: &str, status: u16, slug: &str) {
        self.asked(method, path).await.is_problem(status, slug);
    }
}
