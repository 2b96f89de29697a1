//! What is refused in the same way wherever it is asked for, and in the way of those who ask.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use event_store::testing::Engine;
use rstest::rstest;

use super::service;

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_parameter_of_a_report_is_named() {
    let service = service(Engine::Sqlite).await;
    let path = "/pipeline/eventcallback/?secret=a&secret=b";
    let answer = service.asked("POST", path).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {}", answer.body);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.json()["errors"][0]["field"], "secret", "{}", answer.body);
    assert!(answer.json()["detail"].as_str().unwrap().contains("secret"), "{}", answer.body);
}

#[rstest]
#[case("POST", "/webhooks/nobody", 404, "not-found")]
#[case("GET", "/webhooks/sendgrid", 405, "method-not-allowed")]
#[case("POST", "/webhooks/sendgrid", 403, "forbidden")]
#[case("POST", "/pipeline/eventcallback/?secret=other", 403, "forbidden")]
#[case("POST", "/pipeline/eventcallback/?secret=a+secret+of+mailjet", 400, "malformed-request")]
#[case("GET", "/metrics", 401, "wrong-credentials")]
#[tokio::test(flavor = "multi_thread")]
async fn a_program_of_a_provider_or_a_monitor_is_told_in_problem_details(
    #[case] method: &str,
    #[case] path: &str,
    #[case] status: u16,
    #[case] slug: &str,
) {
    let service = service(Engine::Sqlite).await;
    service.is_refused(method, path, status, slug).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_beyond_the_bound_of_a_webhook_is_a_problem_too() {
    let service = service(Engine::Sqlite).await;
    let request = Request::post("/pipeline/eventcallback/?secret=a+secret+of+mailjet");
    let answer = service.send(request.body(Body::from(vec![b' '; 5 << 20])).unwrap()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.json()["type"], "/problems/too-large");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_order_mark_before_reports_is_ignored() {
    let service = service(Engine::Sqlite).await;
    let request = Request::post("/pipeline/eventcallback/?secret=a+secret+of+mailjet");
    let answer = service.send(request.body(Body::from("\u{feff}[]")).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_that_reads_a_body_refuses_a_compressed_one() {
    let service = service(Engine::Sqlite).await;
    for path in [
        "/api/v1/applications",
        "/auth/application/token/",
        "/auth/application/token/refresh/",
        "/embed/candidater/",
        "/embed/validate/",
        "/pipeline/eventcallback/?secret=a+secret+of+mailjet",
        "/webhooks/sendgrid",
        "/admin/sign-in",
        "/r/token/rejection",
        "/c/token/withdraw",
        "/p/token/erase",
    ] {
        let request = Request::post(path).header(header::CONTENT_ENCODING, "gzip");
        let answer = service.send(request.body(Body::from("\u{1f}")).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path}: {}", answer.body);
        assert_eq!(answer.header("accept-encoding"), "identity", "{path}");
        assert!(answer.body.contains("compress"), "{path}: {}", answer.body);
    }
}
