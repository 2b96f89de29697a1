//! What is the same for every call: slashes, other sites, methods, bodies that cannot be read.

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::json;

use super::{ORIGIN, call, get, person, post, site};

#[tokio::test(flavor = "multi_thread")]
async fn a_last_slash_changes_nothing_and_never_redirects() {
    let site = site().await;
    let mira = person(&site, "mira").await;
    for path in ["/auth/me", "/auth/me/", "/api/auth/me/"] {
        assert_eq!(get(&site, path, &mira.access).await.status, 200, "{path}");
    }
    let path = format!("/users/{}/?unknown=1", mira.id);
    assert_eq!(get(&site, &path, &mira.access).await.status, 200);
    let body = json!({"username": "zoe", "email": "zoe@exemple.test", "password": super::PASSWORD});
    assert_eq!(post(&site, "/auth/register/", body).await.status, 201);
    get(&site, "/users/", &mira.access).await.is_problem(403, "forbidden");
    get(&site, "/auth/nothing/", &mira.access).await.is_problem(404, "not-found");
}

/// A browser asks without cookies from the site's page.
fn from(origin: &str, mut request: Request<Body>) -> Request<Body> {
    request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap());
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_for_the_site_that_the_settings_name_also_where_it_failed() {
    let site = site().await;
    let mira = person(&site, "mira").await;
    let calls = [
        (call(Method::GET, "/auth/me", Some(&mira.access), None), 200),
        (call(Method::GET, "/auth/me", None, None), 401),
        (call(Method::GET, "/users", Some(&mira.access), None), 403),
        (call(Method::GET, "/users/x", Some(&mira.access), None), 404),
        (call(Method::GET, "/auth/nothing", None, None), 404),
        (call(Method::PATCH, "/auth/me", None, None), 405),
        (call(Method::POST, "/auth/register", None, Some(json!({}))), 422),
        (call(Method::POST, "/auth/register", None, Some("x".repeat(300_000).into())), 413),
    ];
    for (request, status) in calls {
        let told = format!("{} {}", request.method(), request.uri());
        let answer = site.send(from(ORIGIN, request)).await;
        assert_eq!(answer.status, status, "{told}: {}", answer.body);
        assert_eq!(answer.header("access-control-allow-origin"), ORIGIN, "{told}");
        assert_eq!(answer.header("access-control-allow-credentials"), "true", "{told}");
        assert_eq!(answer.header("cache-control"), "no-store", "{told}");
        assert!(answer.header("vary").contains("Origin"), "{told}");
        if status >= 400 {
            assert!(answer.json()["detail"].is_string(), "{told}: {}", answer.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_sites_are_told_nothing() {
    let site = site().await;
    for origin in ["https://evil.example", "http://localhost:3001", "null"] {
        let request = call(Method::GET, "/auth/me", None, None);
        let answer = site.send(from(origin, request)).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
        assert_eq!(answer.header("vary"), "Origin");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_asks_before_a_call_is_told_what_it_may_send() {
    let site = site().await;
    let preflight = |origin: &str| {
        let request = Request::builder().method(Method::OPTIONS).uri("/users/1/");
        let request = request.header("access-control-request-method", "PUT");
        let request =
            request.header("access-control-request-headers", "authorization,content-type");
        from(origin, request.body(Body::empty()).unwrap())
    };
    let answer = site.send(preflight(ORIGIN)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
    assert_eq!(answer.header("access-control-max-age"), "600");
    assert!(answer.header("access-control-allow-methods").contains("PUT"));
    let allowed = answer.header("access-control-allow-headers");
    assert!(allowed.contains("authorization") && allowed.contains("content-type"), "{allowed}");
    let answer = site.send(preflight("https://evil.example")).await;
    assert_eq!(answer.header("access-control-allow-methods"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_cannot_be_read_is_told_in_a_sentence() {
    let site = site().await;
    for (kind, body) in [("application/json", "{"), ("text/plain", "{}"), ("application/json", "7")]
    {
        let request = Request::post("/auth/refresh").header(header::CONTENT_TYPE, kind);
        let answer = site.send(request.body(Body::from(body)).unwrap()).await;
        answer.is_problem(422, "invalid-fields");
        assert_eq!(answer.header("content-language"), "fr", "as nothing else was asked for");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_of_ours_is_told_to_the_site_too() {
    async fn breaks() -> String {
        std::panic::panic_any("broken")
    }

    let fixture = testing::Fixture::new(event_store::testing::Engine::Sqlite).await;
    let origins = vec![domain::examples::valid(ORIGIN)];
    let http = fixture.http().settings(|settings| settings.accounts.origins = origins);
    let site = http.routes(|app| {
        let broken = axum::Router::new().route("/auth/broken", axum::routing::get(breaks));
        web::api::routes(app, broken)
    });
    let answer = site.send(from(ORIGIN, call(Method::GET, "/auth/broken", None, None))).await;
    answer.is_problem(503, "unavailable");
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
}
