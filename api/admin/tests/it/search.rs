//! The search of everything, from the head of every page: what each role finds, and where an id leads.

use axum::http::StatusCode;
use domain::examples;
use domain::operator::Role;
use event_store::testing::Engine;
use rstest::rstest;
use testing::cause;
use testing::http::{Answer, Office};
use uuid::Uuid;

use super::service;

async fn search(service: &Office, cookie: &str, text: &str) -> Answer {
    let text: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    service.get_as(&format!("/admin/search?q={text}"), cookie).await
}

/// What the page itself shows, without its frame.
fn main_of(answer: &Answer) -> &str {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.location());
    answer.body.split_once("<main").map_or("", |(_, main)| main)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn applications_people_platforms_and_pages_are_found_from_one_place(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    service.caught_up().await;
    let cookie = service.sign_in(Role::Support).await;
    let application = format!("href=\"/admin/applications/{}\"", service.application);

    for text in ["Camille Martin", "CAMILLE", "camille.martin@example.org", "732 829 320 00074"] {
        let found = search(&service, &cookie, text).await;
        assert!(main_of(&found).contains(&application), "{text}: {}", found.body);
        assert!(found.body.contains(&format!("value=\"{text}\"")), "the search stays: {text}");
    }
    let person = search(&service, &cookie, "martin").await;
    let of_person = "name=\"address\" value=\"camille.martin@example.org\"";
    assert!(main_of(&person).contains(of_person), "{}", person.body);
    let siret = search(&service, &cookie, "73282932000074").await;
    assert!(!main_of(&siret).contains(of_person), "an employer's number is no person");
    let employer = search(&service, &cookie, "recrutement@boulangerie.example").await;
    assert!(
        main_of(&employer).contains("name=\"address\" value=\"recrutement@boulangerie.example\"")
    );

    let platform = search(&service, &cookie, "dem").await;
    assert!(main_of(&platform).contains("href=\"/admin/clients/demo\""), "{}", platform.body);
    for text in ["suppression list", "écartées", "ecartees", "SUPPRESSIONS"] {
        let page = search(&service, &cookie, text).await;
        assert!(main_of(&page).contains("href=\"/admin/suppressions\""), "{text}: {}", page.body);
    }
    let nothing = search(&service, &cookie, "nobody-of-that-name").await;
    assert!(main_of(&nothing).contains("role=\"status\""), "{}", nothing.body);
    let empty = search(&service, &cookie, " ").await;
    assert!(!main_of(&empty).contains("role=\"status\""), "nothing was asked: {}", empty.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exact_id_leads_straight_there() {
    let service = service(Engine::Sqlite).await;
    service.caught_up().await;
    let cookie = service.sign_in(Role::Support).await;
    let id = service.application;
    for text in [id.to_string(), format!(" {} ", id.to_string().to_uppercase())] {
        let answer = search(&service, &cookie, &text).await;
        assert_eq!(answer.location(), format!("/admin/applications/{id}"), "{text}");
    }
    assert_eq!(search(&service, &cookie, "demo").await.location(), "/admin/clients/demo");
    let unknown = search(&service, &cookie, &Uuid::from_u128(7).to_string()).await;
    assert!(main_of(&unknown).contains("role=\"status\""), "{}", unknown.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_finds_what_it_may_open_and_nothing_else() {
    let service = service(Engine::Sqlite).await;
    service.caught_up().await;
    let (analyst, auditor) =
        (service.sign_in(Role::Analyst).await, service.sign_in(Role::Auditor).await);
    for text in ["Camille", "camille.martin@example.org", "73282932000074", "dem"] {
        let nothing = search(&service, &analyst, text).await;
        assert!(main_of(&nothing).contains("role=\"status\""), "{text}: {}", nothing.body);
        assert!(!main_of(&nothing).contains("Martin"), "{text}");
    }
    let id = search(&service, &analyst, &service.application.to_string()).await;
    assert_eq!(id.location(), "");
    let closed = search(&service, &analyst, "suppressions").await;
    assert!(!closed.body.contains("href=\"/admin/suppressions\""), "{}", closed.body);
    let open = search(&service, &analyst, "statistiques").await;
    assert!(main_of(&open).contains("href=\"/admin/statistics\""), "{}", open.body);

    let found = search(&service, &auditor, "Camille").await;
    assert!(main_of(&found).contains(&service.application.to_string()), "{}", found.body);
    assert!(!main_of(&found).contains("action=\"/admin/people\""), "whom they may not look up");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_international_domain_is_read_in_its_letters() {
    let service = service(Engine::Sqlite).await;
    let mut submission = examples::submission();
    let address = "zoe@société.example";
    submission.candidate.email = domain::Personal::new(examples::valid(address));
    submission.employer.email = domain::Personal::new(examples::valid("rh@société.example"));
    let id =
        service.commands.applications().submit(submission, &[], None, &cause()).await.unwrap().id;
    service.caught_up().await;
    let cookie = service.sign_in(Role::Support).await;
    let found = search(&service, &cookie, address).await;
    assert!(main_of(&found).contains(&format!(">{address}</span>")), "{}", found.body);
    let form = "name=\"address\" value=\"zoe@xn--socit-esab.example\"";
    assert!(main_of(&found).contains(form), "forms keep the form of the wire: {}", found.body);
    let list = service.get_as("/admin/applications", &cookie).await;
    assert!(list.body.contains(address) && !list.body.contains("xn--"), "{}", list.body);
    let page = service.get_as(&format!("/admin/applications/{id}"), &cookie).await;
    assert!(page.body.contains(&format!("<dd>{address}</dd>")), "{}", page.body);
    assert!(page.body.contains("<dd>rh@société.example</dd>"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn charts_are_of_the_period_that_the_page_names() {
    let service = service(Engine::Sqlite).await;
    service.caught_up().await;
    let cookie = service.sign_in(Role::Analyst).await;
    let front = service.get_as("/admin", &cookie).await;
    let period = "Du jeudi 22 octobre 2026 au vendredi 20 novembre 2026";
    assert!(front.body.contains(period), "{}", front.body);
    assert!(front.body.contains("aujourd’hui\u{a0}: 1"), "the application of now: {}", front.body);
    // The one chart that has a number; no answer was given, and no e-mail left.
    assert_eq!(front.body.matches("<svg class=\"bars\"").count(), 1, "{}", front.body);
    assert_eq!(front.body.matches("Rien dans cette période.").count(), 2);
    assert_eq!(front.body.matches("<th scope=\"row\">").count(), 30, "each day, with or without");

    let day = "/admin/statistics?from=2026-11-20&to=2026-11-20";
    let day = service.get_as(day, &cookie).await;
    assert!(day.body.contains("Le vendredi 20 novembre 2026"), "{}", day.body);
    assert_eq!(day.body.matches("<rect class=\"all\"").count(), 1);
    let year = service.get_as("/admin/statistics?from=2025-11-21&to=2026-11-20", &cookie).await;
    assert!(year.body.contains("par semaine"), "{}", year.body);
    let before = service.get_as("/admin/statistics?from=2020-01-01&to=2020-01-02", &cookie).await;
    assert!(!before.body.contains("<svg class=\"bars\""), "{}", before.body);
}
