//! Links from the pages of one audience to those of another.

use axum::http::StatusCode;
use domain::operator::Role;
use event_store::testing::Engine;

use super::office;

#[tokio::test(flavor = "multi_thread")]
async fn the_link_that_an_operator_makes_opens_the_recruiters_page() {
    let service = office(Engine::Sqlite).await;
    let (id, cookie) = (service.application, service.sign_in(Role::Support).await);
    let page = service.post_as(&format!("/admin/applications/{id}/link"), &cookie, &[]).await;
    let (_, rest) = page.body.split_once("http://postulo.example").unwrap();
    let link = rest.split('<').next().unwrap();
    assert!(link.starts_with("/r/"), "{link}");
    assert_eq!(service.get_as(link, "").await.status, StatusCode::OK, "the link opens");
}
