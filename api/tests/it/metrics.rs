//! Metrics, and who may read them.

use axum::http::StatusCode;
use event_store::testing::Engine;

use super::service;

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_for_those_who_show_the_token() {
    let service = service(Engine::Sqlite).await;
    let ask = async |token: Option<&str>| {
        let mut request = axum::http::Request::get("/metrics");
        if let Some(token) = token {
            request = request.header("authorization", token);
        }
        service.send(request.body(axum::body::Body::empty()).unwrap()).await
    };
    for token in [None, Some(""), Some("Bearer "), Some("Bearer wrong"), Some("metrics")] {
        let refused = ask(token).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{token:?}");
        assert_eq!(refused.headers["www-authenticate"], "Bearer");
    }
    assert_eq!(ask(Some("Bearer metrics")).await.status, StatusCode::OK);
}
