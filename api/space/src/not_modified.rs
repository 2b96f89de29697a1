//! Answers that whoever asks every few seconds has already (RFC 9110 13.1.2).

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The shape of what is told; raised where the same data are told otherwise.
const SHAPE: &str = "1";

/// A weak validator of what follows from these.
pub(crate) fn tag(of: &[&str]) -> String {
    let mut digest = Sha256::new_with_prefix(SHAPE);
    for part in of {
        digest.update([0]);
        digest.update(part.as_bytes());
    }
    let digest = digest.finalize();
    let name = hex::encode(&digest[..12]);
    format!("W/\"{name}\"")
}

/// Whether whoever sent these headers has this one.
pub(crate) fn has(headers: &HeaderMap, tag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let sent = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|it| it.to_str().ok());
    sent.flat_map(|it| it.split(',')).any(|it| it.trim() == "*" || bare(it) == bare(tag))
}

/// The answer to whoever has it.
pub(crate) fn not_modified(tag: &str) -> Response {
    with(StatusCode::NOT_MODIFIED.into_response(), tag)
}

/// The answer to whoever has not.
pub(crate) fn json(tag: &str, body: &impl Serialize) -> Response {
    with(Json(body).into_response(), tag)
}

fn with(mut answer: Response, tag: &str) -> Response {
    if let Ok(tag) = HeaderValue::from_str(tag) {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_in_a_list_and_weakly() {
        let tag = tag(&["a", "b"]);
        assert_ne!(tag, super::tag(&["ab"]));
        let asked = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, value.parse().unwrap());
            has(&headers, &tag)
        };
        assert!(asked(&tag) && asked(&format!("\"x\", {tag}")) && asked("*"));
        assert!(asked(tag.trim_start_matches("W/")));
        assert!(!asked("\"x\"") && !has(&HeaderMap::new(), &tag));
    }
}
