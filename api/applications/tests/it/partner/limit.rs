//! How many requests a platform may make.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::examples;
use event_store::testing::Engine;
use testing::cause;
use testing::http::basic;

use super::support::{APPLICATIONS, fields, service};

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_asks_too_often_is_told_when_it_may_again_and_others_are_not() {
    let service = service(Engine::Sqlite).await;
    let (demo, other) = ("demo".parse().unwrap(), "other".parse().unwrap());
    let mut settings = examples::partner_settings();
    settings.requests_per_minute = 3;
    service.commands.partners().change_settings(&demo, settings.clone(), &cause()).await.unwrap();
    let secret = service.commands.partners().register(&other, settings, &cause()).await.unwrap();
    let ask = |authorization: String| {
        let request =
            Request::get("/api/v1/applications").header(header::AUTHORIZATION, authorization);
        service.send(request.body(Body::empty()).unwrap())
    };
    for remaining in [2, 1, 0] {
        let answer = ask(service.basic()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.header("ratelimit-policy"), "\"requests\";q=3;w=60");
        assert_eq!(answer.header("ratelimit"), format!("\"requests\";r={remaining};t=60"));
    }
    let before = service.events().await;
    let refused = service.send(service.json(APPLICATIONS, fields().to_string())).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{}", refused.body);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(refused.header("ratelimit"), format!("\"requests\";r=0;t={wait}"));
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(service.events().await, before, "nothing was taken");

    assert_eq!(ask(basic("other", secret.reveal())).await.status, StatusCode::OK);
}
