//! Whether a page changed since it was last fetched.

use reqwest::RequestBuilder;
use reqwest::header::{
    ETAG, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};

/// What a server says of the state of a page, to be asked whether it changed since (RFC 9110, 8.8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

impl Validators {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        // What is longer is kept nowhere.
        let text = |name| {
            let text = headers.get(name)?.to_str().ok()?;
            (text.len() <= 200).then(|| text.to_owned())
        };
        Self { etag: text(ETAG), last_modified: text(LAST_MODIFIED) }
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }

    pub(super) fn ask(&self, mut request: RequestBuilder) -> RequestBuilder {
        let value = |text: &str| HeaderValue::from_str(text).ok();
        if let Some(etag) = self.etag.as_deref().and_then(value) {
            request = request.header(IF_NONE_MATCH, etag);
        } else if let Some(time) = self.last_modified.as_deref().and_then(value) {
            request = request.header(IF_MODIFIED_SINCE, time);
        }
        request
    }
}
