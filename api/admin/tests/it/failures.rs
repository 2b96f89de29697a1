//! What could not be done is told in the language that the operator chose.

use axum::http::StatusCode;
use domain::operator::Role;
use event_store::testing::Engine;
use rstest::rstest;
use testing::http::Answer;

use crate::service;

/// The page of a browser that asks for no language, to which strangers would be told it in French.
fn is_told_in_english(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.body.contains("Service unavailable right now"), "{}", answer.body);
    assert!(answer.body.contains("lang=\"en\""), "{}", answer.body);
}

#[rstest]
#[case::of_a_read_model("/admin/projections", &[("name", "applications")])]
#[case::of_an_address("/admin/suppressions", &[("address", "a@example.org"), ("days", "3")])]
#[tokio::test(flavor = "multi_thread")]
async fn an_act_that_cannot_be_recorded_is_told_in_the_operators_language(
    #[case] path: &str,
    #[case] fields: &[(&str, &str)],
) {
    let service = service(Engine::Sqlite).await;
    let cookie = format!("{}; postulo_language=en", service.sign_in(Role::Admin).await);
    service.commands.log().close().await;
    is_told_in_english(&service.post_as(path, &cookie, fields).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_cannot_be_looked_up_is_told_in_the_operators_language() {
    let service = service(Engine::Sqlite).await;
    let cookie = format!("{}; postulo_language=en", service.sign_in(Role::Admin).await);
    service.db().close().await;
    for path in ["/admin", "/admin/applications", "/admin/sign-in/code"] {
        is_told_in_english(&service.get_as(path, &cookie).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_asks_for_what_cannot_be_is_no_failure_of_ours() {
    let service = service(Engine::Sqlite).await;
    let cookie = format!("{}; postulo_language=en", service.sign_in(Role::Admin).await);
    let operators = service.commands.operators().all().await.unwrap();
    let other = operators.iter().find(|operator| operator.role == Role::Support).unwrap().id;
    let request = format!("/admin/applications/{}/resend", service.application);
    let forms: [(String, &[(&str, &str)]); 6] = [
        (request, &[("letter", "no such letter")]),
        ("/admin/projections".to_owned(), &[("name", "no such read model")]),
        ("/admin/reactions".to_owned(), &[("act", "no such act")]),
        ("/admin/people/requests".to_owned(), &[("request_id", "no id")]),
        (format!("/admin/operators/{other}"), &[("act", "no such act")]),
        ("/admin/schedules".to_owned(), &[("task", "no such task"), ("act", "run")]),
    ];
    for (path, fields) in forms {
        let answer = service.post_as(&path, &cookie, fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(answer.body.contains("The form could not be read"), "{path}: {}", answer.body);
    }
}
