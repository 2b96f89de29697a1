//! Requests as browsers send them.

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, header};
use tower::ServiceExt as _;
use url::form_urlencoded;

use super::{Answer, Fields, Site};

/// A form as a browser sends it, from a page that is `site` to the service; without one, as a program
/// does.
pub fn form<'a>(path: &str, fields: Fields<'_>, site: impl Into<Option<&'a str>>) -> Request<Body> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let mut request =
        Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(site) = site.into() {
        request = request.header(header::USER_AGENT, "Mozilla/5.0").header("sec-fetch-site", site);
    }
    request.body(Body::from(body)).unwrap()
}

/// The request with these cookies.
pub fn with_cookie(mut request: Request<Body>, cookie: &str) -> Request<Body> {
    request.headers_mut().insert(header::COOKIE, HeaderValue::from_str(cookie).unwrap());
    request
}

impl Site {
    /// Asks, and reads what is answered.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        Answer::read(self.router.clone().oneshot(request).await.unwrap()).await
    }

    /// Asks without a body.
    pub async fn request(&self, method: Method, path: &str) -> Answer {
        self.send(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await
    }

    /// Reads a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path).await
    }

    /// Reads a page with these cookies.
    pub async fn get_as(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).body(Body::empty()).unwrap();
        self.send(with_cookie(request, cookie)).await
    }

    /// Sends a form from a page of the service.
    pub async fn post(&self, path: &str, fields: Fields<'_>) -> Answer {
        self.send(form(path, fields, "same-origin")).await
    }

    /// The same with these cookies.
    pub async fn post_as(&self, path: &str, cookie: &str, fields: Fields<'_>) -> Answer {
        self.send(with_cookie(form(path, fields, "same-origin"), cookie)).await
    }

    /// Sends a form as a program does.
    pub async fn post_form(&self, path: &str, fields: Fields<'_>) -> Answer {
        self.send(form(path, fields, None)).await
    }

    /// Sends a preview's form with one of its buttons.
    pub async fn press(&self, path: &str, preview: &Answer, button: &str) -> Answer {
        let hidden = preview.hidden();
        let mut fields: Vec<_> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        fields.push(("step", button));
        self.post(path, &fields).await
    }
}
