//! Whatever is wrong with a request of a program, it gets problem details (RFC 9457).

use axum::http::StatusCode;
use event_store::testing::Engine;
use rstest::rstest;

use super::support::service;

#[rstest]
#[case("/api/v1/applications?limit=0", "limit")]
#[case("/api/v1/applications?limit=201", "limit")]
#[case("/api/v1/applications?limit=many", "limit")]
#[case("/api/v1/applications?limit=", "limit")]
#[case("/api/v1/applications?limit=99999999999999999999", "limit")]
#[case("/api/v1/applications?limit=1&limit=2", "limit")]
#[case("/api/v1/applications?status=lost", "status")]
#[case("/api/v1/applications?status=sent&%73tatus=sent", "status")]
#[case("/api/v1/applications?since=yesterday", "since")]
#[case("/api/v1/applications?since=2026-11-20", "since")]
#[case("/api/v1/applications?cursor=%FF", "cursor")]
#[case("/api/v1/applications/00000000-0000-0000-0000-000000000000?position=abc", "position")]
#[case("/api/v1/applications/00000000-0000-0000-0000-000000000000?position=-1", "position")]
#[case(
    "/api/v1/applications/00000000-0000-0000-0000-000000000000?position=9223372036854775808",
    "position"
)]
#[case("/api/v1/applications/x?position=1&position=1", "position")]
#[case("/api/v1/applications?statuss=sent", "statuss")]
#[case("/api/v1/applications/00000000-0000-0000-0000-000000000000/events?since=1", "since")]
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_parameter_is_named(#[case] path: &str, #[case] name: &str) {
    let service = service(Engine::Sqlite).await;
    let path = path.replace("/x?", "/00000000-0000-0000-0000-000000000000?");
    let answer = service.asked("GET", &path).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {}", answer.body);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.json()["errors"][0]["field"], name, "{}", answer.body);
    assert!(answer.json()["detail"].as_str().unwrap().contains(name), "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_wrong_parameters_are_told_at_once() {
    let service = service(Engine::Sqlite).await;
    let path = "/api/v1/applications?limit=x&since=y&status=z&cursor=0";
    let answer = service.asked("GET", path).await;
    assert_eq!(answer.json()["errors"].as_array().unwrap().len(), 4, "{}", answer.body);
}

#[rstest]
#[case("GET", "/api/v1/applications/%FF", 400, "malformed-request")]
#[case("GET", "/api/v1/applications/%FF/events", 400, "malformed-request")]
#[case("GET", "/api/v1/applications/1", 404, "not-found")]
#[case("GET", "/api/v1/applications/%E9", 400, "malformed-request")]
#[case("GET", "/api/v1/nothing", 404, "not-found")]
#[case("GET", "/api/v1/%FF", 404, "not-found")]
#[case("GET", "/api/v1", 404, "not-found")]
#[case("GET", "/api/v1/", 404, "not-found")]
#[case("GET", "/api/v2/applications", 404, "not-found")]
#[case("DELETE", "/api/v1/applications", 405, "method-not-allowed")]
#[case("PATCH", "/api/v1/applications/1", 405, "method-not-allowed")]
#[case("POST", "/api/v1/openapi.json", 405, "method-not-allowed")]
#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_told_in_problem_details(
    #[case] method: &str,
    #[case] path: &str,
    #[case] status: u16,
    #[case] slug: &str,
) {
    let service = service(Engine::Sqlite).await;
    service.is_refused(method, path, status, slug).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_named_whole() {
    let service = service(Engine::Sqlite).await;
    let answer = service.asked("GET", "/api/v1/candidates/7").await;
    assert!(answer.body.contains("/api/v1/candidates/7"), "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_beyond_all_calendars_gives_an_empty_list_or_a_whole_one() {
    let service = service(Engine::Sqlite).await;
    for since in ["9999-12-31T23:59:59.999999-23:59", "0001-01-01T00:00:00Z"] {
        let path = format!("/api/v1/applications?since={since}");
        assert_eq!(service.asked("GET", &path).await.status, StatusCode::OK, "{since}");
    }
}
