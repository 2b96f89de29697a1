//! Every look at data of people is recorded, before anything is shown.

use admin::Shows;
use axum::http::{Method, StatusCode};
use domain::operator::{OperatorEvent, Role};
use event_store::testing::Engine;
use event_store::{ActorKind, RawEvent};
use testing::http::Office;

use super::roles::address;
use super::service;

/// The looks of whoever is signed in as `role`: page and subject.
async fn looks(service: &Office, role: Role) -> Vec<(String, String)> {
    let raw = events(service, role).await;
    let log = service.commands.log();
    let decoded = raw.iter().map(|raw| log.decode(raw).unwrap().event);
    let look = |event| match event {
        OperatorEvent::OperatorLooked { page, subject, .. } => {
            Some((page.to_string(), subject.to_string()))
        }
        _ => None,
    };
    decoded.filter_map(look).collect()
}

async fn events(service: &Office, role: Role) -> Vec<RawEvent> {
    let id = service.operator(role).await.id.to_string();
    service.commands.log().stream("Operator", &id).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_recorded_with_who_and_why_before_the_page_is_shown() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Support).await;
    let path = format!("/admin/applications/{}", service.application);
    let page = service.get_as(&path, &cookie).await;
    assert!(page.body.contains("Camille"), "{}", page.body);
    let last = events(&service, Role::Support).await.pop().unwrap();
    assert_eq!(
        (last.event_type.as_str(), last.metadata.actor.kind),
        ("OperatorLooked", ActorKind::Operator)
    );
    assert_eq!(last.metadata.correlation_id.to_string(), page.headers["x-request-id"]);
    let look = ("/admin/applications/{id}".to_owned(), format!("id={}", service.application));
    assert_eq!(looks(&service, Role::Support).await, [look]);

    service.commands.log().close().await;
    let nothing = service.get_as(&path, &cookie).await;
    assert_eq!(nothing.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!nothing.body.contains("Camille"), "{}", nothing.body);
    let figures = service.get_as("/admin", &cookie).await;
    assert_eq!(figures.status, StatusCode::OK, "what is nobody's needs no record");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_address_leaves_as_many_looks_as_the_table_says() {
    let service = service(Engine::Sqlite).await;
    service.caught_up().await;
    for (method, path, _, shows) in admin::table() {
        let cookie = service.sign_in(Role::Admin).await;
        let before = looks(&service, Role::Admin).await.len();
        let to = address(path, &service);
        match method {
            Method::GET => service.get_as(&to, &cookie).await,
            _ => service.post_as(&to, &cookie, &[]).await,
        };
        let mut looks = looks(&service, Role::Admin).await.split_off(before);
        if shows == Shows::Nobody {
            assert_eq!(looks, [], "{method} {path}");
        } else {
            let (page, subject) = looks.pop().unwrap();
            assert_eq!((page.as_str(), looks.len()), (path, 0), "{method}");
            assert!(!subject.contains('?') && !subject.is_empty(), "{method} {path}: {subject}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_look_leaves_no_look() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Analyst).await;
    let answer = service.get_as("/admin/applications", &cookie).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let answer = service.get_as("/admin/search?q=Camille", &cookie).await;
    assert_eq!(answer.status, StatusCode::OK, "it finds them pages");
    assert_eq!(looks(&service, Role::Analyst).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_in_the_log_and_what_was_searched_for_never_is() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Support).await;
    let head = service.commands.log().head().await.unwrap();
    for path in [
        "/admin/applications?text=Searchedfor&client=demo&status=sent&from=2026-11-01",
        "/admin/applications?text=&client=Searchedfor%20Name",
        "/admin/suppressions?address=searchedfor%40example.org",
        "/admin/reactions?state=delayed&reactor=employer_email",
        "/admin/applications/searchedfor",
        "/admin/search?q=searchedfor%40example.org",
        "/admin/emails?reason=withheld&id=Searchedfor",
    ] {
        service.get_as(path, &cookie).await;
    }
    let subjects: Vec<_> =
        looks(&service, Role::Support).await.into_iter().map(|(_, subject)| subject).collect();
    let told = [
        "client=demo status=sent from=2026-11-01",
        "client=?",
        "-",
        "state=delayed reactor=employer_email",
        "id=?",
        "-",
        "reason=withheld",
    ];
    assert_eq!(subjects, told);
    for raw in service.commands.log().read_after(head, 100).await.unwrap() {
        let text = raw.payload.text();
        assert!(!text.to_lowercase().contains("searchedfor"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn looks_are_among_the_acts_of_operators() {
    let service = service(Engine::Sqlite).await;
    let support = service.sign_in(Role::Support).await;
    service.get_as(&format!("/admin/applications/{}", service.application), &support).await;
    service.caught_up().await;
    let auditor = service.sign_in(Role::Auditor).await;
    let acts = service.get_as("/admin/acts", &auditor).await;
    assert!(acts.body.contains("/admin/applications/{id}"), "{}", acts.body);
    assert!(acts.body.contains(&format!("id={}", service.application)));
    assert!(acts.body.contains("support@postulo.example"));
}
