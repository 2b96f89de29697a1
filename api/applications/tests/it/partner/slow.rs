//! Slow lines: who sends slowly is heard to the end, and who stops is told so.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use event_store::testing::Engine;
use futures::{Stream, StreamExt as _};
use rstest::rstest;
use testing::http::{Answer, Site};

use super::form::{Fields, opened};
use super::support::{fields, with_timeout};
use super::{multipart, multipart_request};

/// How long a request may take.
const LIMIT: Duration = Duration::from_secs(3);

/// A body that comes in five pieces, which take longer than a request may.
fn slowly(body: &[u8]) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static {
    let piece = body.len().div_ceil(5);
    let pieces: Vec<_> = body.chunks(piece).map(Bytes::copy_from_slice).collect();
    futures::stream::iter(pieces).then(|piece| async move {
        tokio::time::sleep(LIMIT / 4).await;
        Ok(piece)
    })
}

async fn send(service: &Site, path: &str, body: Body) -> Answer {
    let mut request = multipart_request(service, path, vec![]);
    *request.body_mut() = body;
    service.send(request).await
}

/// A document, large enough to come in pieces.
fn document() -> Vec<u8> {
    [b"%PDF-1.7\n".as_slice(), &b"x".repeat(200_000)].concat()
}

fn form(fields: &Fields) -> Vec<u8> {
    let mut fields = fields.clone();
    fields.push(("send_confirmation".to_owned(), "true".to_owned()));
    let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), &**value)).collect();
    multipart(&pairs, Some(("cv.pdf", &document())))
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_sends_longer_than_a_request_may_take_is_heard_to_the_end(
    #[values("/embed/candidater/", "/api/v1/applications")] path: &str,
) {
    let service = with_timeout(Engine::Sqlite, LIMIT).await;
    let (body, expected) = if path == "/embed/candidater/" {
        (form(&opened(&service).await), StatusCode::OK)
    } else {
        let application = fields().to_string();
        let body = multipart(&[("application", &application)], Some(("cv.pdf", &document())));
        (body, StatusCode::CREATED)
    };
    let sent = send(&service, path, Body::from_stream(slowly(&body))).await;
    assert_eq!(sent.status, expected, "{}", sent.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_whose_documents_stop_coming_is_given_back_as_it_was_filled_in() {
    let service = with_timeout(Engine::Sqlite, LIMIT).await;
    let fields = opened(&service).await;
    let before = service.events().await;
    let body = form(&fields);
    let half = Bytes::copy_from_slice(&body[..body.len() / 2]);
    let pieces = futures::stream::iter([Ok::<_, Infallible>(half)]);
    let body = Body::from_stream(pieces.chain(futures::stream::pending()));
    let told = send(&service, "/embed/candidater/", body).await;
    assert_eq!(told.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(told.header("retry-after"), "5");
    let (_, letter) = fields.iter().find(|(name, _)| name == "message").unwrap();
    assert!(told.body.contains(letter), "{}", told.body);
    assert!(told.body.contains("La connexion est trop lente"), "{}", told.body);
    assert_eq!(service.events().await, before);
}

#[rstest]
#[case::json("/api/v1/applications", "application/json", "/problems/unavailable")]
#[case::token("/auth/application/token/", "application/x-www-form-urlencoded", "took too long")]
#[tokio::test(flavor = "multi_thread")]
async fn a_program_whose_body_stops_coming_is_told_to_send_it_again(
    #[case] path: &str,
    #[case] kind: &'static str,
    #[case] words: &str,
) {
    let service = with_timeout(Engine::Sqlite, LIMIT).await;
    let mut request = multipart_request(&service, path, vec![]);
    request.headers_mut().insert("content-type", kind.parse().unwrap());
    *request.body_mut() =
        Body::from_stream(futures::stream::pending::<Result<Bytes, Infallible>>());
    let told = service.send(request).await;
    assert_eq!(told.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(told.body.contains(words), "{}", told.body);
}
