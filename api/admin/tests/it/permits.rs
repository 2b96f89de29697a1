//! The back office of work permits: its lists, one dossier, and who sees which.

use axum::http::StatusCode;
use domain::examples;
use domain::operator::Role;
use domain::permit::{Dossier, DossierState};
use event_store::testing::Engine;
use rstest::rstest;
use testing::cause;
use testing::http::Office;

use super::service;

async fn seen(service: &Office, dossiers: Vec<Dossier>) {
    for dossier in dossiers {
        service.commands.permits().take_in(dossier, &cause()).await.unwrap();
    }
    service.caught_up().await;
}

async fn english(service: &Office, path: &str, cookie: &str) -> String {
    let page = service.get_as(path, &format!("{cookie}; postulo_language=en")).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
    page.body.replace('\u{a0}', " ")
}

/// One that was granted, and one of another department that is still examined.
fn two() -> Vec<Dossier> {
    let mut other = examples::dossier(12);
    for field in &mut other.fields {
        if field.key.as_str() == "departement_titre_de_sejour" {
            field.open = Some(examples::valid("13"));
        }
        if field.key.as_str() == "nom" {
            field.value = Some(domain::Personal::new(examples::valid("Durand")));
        }
    }
    vec![examples::granted(11, "2027-05-10"), other]
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn dossiers_are_listed_by_month_searched_and_taken_along(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let cookie = service.sign_in(Role::Permits).await;
    let page = english(&service, "/admin/permits", &cookie).await;
    assert!(page.contains("every synchronised dossier is here"), "an empty state says why: {page}");
    seen(&service, two()).await;

    let page = english(&service, "/admin/permits", &cookie).await;
    for text in ["November 2026", "20/11/2026 10:00", "01/11/2026", "10/05/2027", "Granted"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let page = english(&service, "/admin/permits?text=durand&state=received", &cookie).await;
    assert!(page.contains("/admin/permits/3272-12") && !page.contains("/admin/permits/3272-11"));
    let found = service.get_as("/admin/permits?text=11", &cookie).await;
    assert_eq!(found.leads_to(), "/admin/permits/3272-11", "a number leads to its dossier");

    let csv = service.get_as("/admin/permits/export/permits.csv?state=closed", &cookie).await;
    let lines: Vec<_> = csv.body.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("numero,procedure,etat,depot,departement,debut_apt,fin_apt"));
    assert!(lines[1].starts_with("11,3272,Accepté,2026-11-20 10:00,75,2026-11-01,2027-05-10"));
    let xlsx = service.get_as("/admin/permits/export/permits.xlsx", &cookie).await;
    assert_eq!(xlsx.status, StatusCode::OK);
    let nothing = service.get_as("/admin/permits/export/permits.exe", &cookie).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_tells_what_its_form_says_what_changed_and_how_it_stood_on_a_day() {
    let service = service(Engine::Sqlite).await;
    seen(&service, vec![examples::dossier(11)]).await;
    service.clock.advance(jiff::SignedDuration::from_hours(48));
    seen(&service, vec![examples::granted(11, "le 10 mai")]).await;
    let cookie = service.sign_in(Role::Permits).await;

    let page = english(&service, "/admin/permits/3272-11", &cookie).await;
    for text in [
        "Seen for the first time",
        "<strong>Granted</strong>",
        "le 10 mai",
        "to be checked",
        "not in the form",
        "SARL Dupont",
        "agent@prefecture.example",
        "20/12/1998",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("/slip"), "there is no last day to be printed: {page}");
    let page = english(&service, "/admin/permits/3272-11?on=2026-11-20", &cookie).await;
    assert!(page.contains("One event came later") && page.contains("Under examination"), "{page}");
    assert!(!page.contains("le 10 mai"), "{page}");
    let page = english(&service, "/admin/permits/3272-11?on=2026-01-01", &cookie).await;
    assert!(page.contains("had not been seen by that day"), "{page}");
    let page = english(&service, "/admin/permits/3272-11?on=soon", &cookie).await;
    assert!(page.contains("Enter a date"), "{page}");
    let missing = service.get_as("/admin/permits/3272-99", &cookie).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);

    // Whoever is forgotten is named nowhere.
    let address = examples::valid("camille.martin@example.org");
    let record = domain::erasure::RecordRef::new("Permit", "3272-11").unwrap();
    let basis = domain::erasure::ErasureBasis::CommandLine;
    let people = service.commands.people();
    people.forget_person(&address, &[record], &basis, &cause()).await.unwrap();
    service.caught_up().await;
    let page = english(&service, "/admin/permits/3272-11", &cookie).await;
    assert!(page.contains("The person was forgotten"), "{page}");
    for text in ["Martin", "Dupont", "camille", "agent@", "1998"] {
        assert!(!page.contains(text), "{text}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_who_is_limited_to_departments_sees_those_alone() {
    let service = service(Engine::Sqlite).await;
    seen(&service, two()).await;
    let admin = service.sign_in(Role::Admin).await;
    let limited = service.operator(Role::Permits).await;
    let to = format!("/admin/operators/{}", limited.id);
    let fields = |numbers: &'static str| [("act", "departments"), ("departments", numbers)];
    let wrong = service.post_as(&to, &admin, &fields("Marseille")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.body);
    service.post_as(&to, &admin, &fields("2a, 13")).await.leads_to();

    let cookie = service.sign_in(Role::Permits).await;
    let page = english(&service, "/admin/permits", &cookie).await;
    assert!(page.contains("You see the departments 13, 2A"), "{page}");
    assert!(page.contains("3272-12") && !page.contains("3272-11"), "{page}");
    for path in [
        "/admin/permits?text=martin",
        "/admin/permits/follow-up",
        "/admin/permits/trouble",
        "/admin/permits/export/permits.csv",
    ] {
        let answer = service.get_as(path, &cookie).await;
        assert!(!answer.body.contains("3272-11") && !answer.body.contains("Martin"), "{path}");
    }
    let hidden = service.get_as("/admin/permits/3272-11", &cookie).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND, "as one that does not exist");
    let hidden = service.get_as("/admin/permits/3272-11/slip", &cookie).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND, "nor has it a slip");
    let shown = service.get_as("/admin/permits/3272-12", &cookie).await;
    assert_eq!(shown.status, StatusCode::OK);

    // The limit belongs to the role.
    service.post_as(&to, &admin, &[("act", "role"), ("role", "auditor")]).await.leads_to();
    let page = english(&service, "/admin/permits", &cookie).await;
    assert!(page.contains("3272-11") && !page.contains("You see the departments"), "{page}");
    service.post_as(&to, &admin, &[("act", "role"), ("role", "permits")]).await.leads_to();
    let page = english(&service, "/admin/permits", &cookie).await;
    assert!(!page.contains("3272-11"), "{page}");

    service.post_as(&to, &admin, &fields("")).await.leads_to();
    let page = english(&service, "/admin/permits", &cookie).await;
    assert!(page.contains("3272-11"), "all again: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_somebody_has_a_list_of_its_own() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Permits).await;
    let page = english(&service, "/admin/permits/trouble", &cookie).await;
    assert!(page.contains("how long it usually takes is not known"), "{page}");
    let page = english(&service, "/admin/permits/not-read", &cookie).await;
    assert!(page.contains("Every dossier could be read"), "{page}");

    let mut waiting = examples::dossier(12);
    waiting.state = DossierState::Initiated;
    seen(&service, vec![examples::granted(11, "2027-05-10"), waiting]).await;
    let permits = service.commands.permits();
    permits.set_aside(3272, 77, "champs", "not-a-list").await.unwrap();
    // How long it usually takes is computed once a minute.
    service.clock.advance(jiff::SignedDuration::from_mins(1));
    let page = english(&service, "/admin/permits/follow-up", &cookie).await;
    assert!(page.contains("31/08/2027") && page.contains("Maroc"), "{page}");
    let page = english(&service, "/admin/permits/trouble", &cookie).await;
    assert!(page.contains("more than 17 d:") && page.contains("No dossier waits"), "{page}");
    service.clock.advance(jiff::SignedDuration::from_hours(18 * 24));
    let cookie = service.sign_in(Role::Permits).await;
    let page = english(&service, "/admin/permits/trouble", &cookie).await;
    assert!(page.contains("3272-12") && !page.contains("3272-11"), "{page}");
    let page = english(&service, "/admin/permits/not-read", &cookie).await;
    assert!(
        page.contains("One dossier could not be read") && page.contains("not-a-list"),
        "{page}"
    );
    permits.take_back(3272, 77).await.unwrap();
    assert_eq!(permits.count_not_read().await.unwrap(), 0);
}
