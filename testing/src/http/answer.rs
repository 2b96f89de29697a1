//! What was answered, as a browser or a program reads it.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use http_body_util::BodyExt as _;
use serde_json::Value;

/// An answer, read whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its header fields.
    pub headers: HeaderMap,
    /// Its body as text; what is no text in it is replaced.
    pub body: String,
    /// Its body as it came.
    pub bytes: Vec<u8>,
}

impl Answer {
    pub(super) async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Self { status: parts.status, headers: parts.headers, body, bytes }
    }

    /// The value of a header field; nothing where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The address that the answer leads to; nothing where it leads nowhere.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The address that a redirection after a form leads to, which the answer must be.
    pub fn leads_to(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.location()
    }

    /// The body, which must be text.
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).expect("the body is text")
    }

    /// The body, which must be JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Checks that the answer is problem details (RFC 9457) of this status and kind.
    pub fn is_problem(&self, status: u16, slug: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.body);
        assert_eq!(self.json()["type"], format!("/problems/{slug}"));
        assert_eq!(self.json()["status"], status);
        assert!(!self.header("x-request-id").is_empty());
        if status == 405 {
            assert!(!self.header("allow").is_empty(), "RFC 9110 15.5.6");
        }
    }

    /// The cookies that are set, whole.
    pub fn set_cookies(&self) -> impl Iterator<Item = &str> {
        let all = self.headers.get_all(header::SET_COOKIE).iter();
        all.map(|value| value.to_str().unwrap())
    }

    /// The session's cookie that is set, as a browser sends it back.
    pub fn cookie(&self) -> Option<String> {
        self.cookie_called("postulo_session=")
    }

    /// The device's cookie that is set, as a browser sends it back.
    pub fn device(&self) -> Option<String> {
        self.cookie_called("postulo_device_")
    }

    fn cookie_called(&self, name: &str) -> Option<String> {
        let cookie = self.set_cookies().find(|text| text.starts_with(name))?;
        Some(cookie.split(';').next().unwrap().to_owned())
    }

    /// The page's content, without empty lines.
    pub fn main(&self) -> String {
        let text = self.text();
        let (_, rest) = text.split_once("<main").expect("a page has a main part");
        let (main, _) = rest.split_once("</main>").expect("the main part ends");
        let lines = main.lines().map(str::trim_end).filter(|line| !line.is_empty());
        format!("<main{}\n</main>", lines.collect::<Vec<_>>().join("\n"))
    }

    /// The fields that the page's forms carry along unseen.
    pub fn hidden(&self) -> Vec<(String, String)> {
        let inputs = self.body.split("<input type=\"hidden\" name=\"").skip(1);
        inputs
            .map(|input| {
                let (name, rest) = input.split_once("\" value=\"").unwrap();
                let (value, _) = rest.split_once('"').unwrap();
                (name.to_owned(), unescaped(value))
            })
            .collect()
    }
}

/// Text as a browser reads it.
pub fn unescaped(html: &str) -> String {
    [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
        .into_iter()
        .fold(html.to_owned(), |text, (escaped, sign)| text.replace(escaped, sign))
}
