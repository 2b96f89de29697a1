//! The slip of a permit, to be printed.

use axum::http::StatusCode;
use domain::examples;
use domain::operator::Role;
use event_store::testing::Engine;
use jiff::civil::date;
use testing::cause;

use super::service;

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_holds_a_signed_link_in_letters_and_drawn_and_names_nobody() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Permits).await;
    for dossier in [
        examples::granted(11, "2027-05-10"),
        examples::dossier(12),
        examples::granted(13, "le 10 mai"),
    ] {
        service.commands.permits().take_in(dossier, &cause()).await.unwrap();
    }
    let page = service.get_as("/admin/permits/3272-11/slip", &cookie).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let (_, link) = page.body.split_once("http://postulo.example/permits/slip/").unwrap();
    let token = link.split('<').next().unwrap();
    let slip = commands::Slip { procedure: 3272, number: 11, last_day: date(2027, 5, 10) };
    assert_eq!(service.commands.slips().open(token), Ok(slip));
    assert!(page.body.contains("<svg"), "{}", page.body);
    for text in ["lundi 10 mai 2027", "Monday 10 May 2027", "lang=\"fr\"", "lang=\"en\""] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    for name in ["Martin", "Emma", "Dupont", "camille", "1998"] {
        assert!(!page.body.contains(name), "{name}: {}", page.body);
    }
    for id in ["3272-12", "3272-13", "3272-99"] {
        let none = service.get_as(&format!("/admin/permits/{id}/slip"), &cookie).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_prints_slips_of_departments_that_they_do_not_see() {
    let service = service(Engine::Sqlite).await;
    let dossier = examples::granted(11, "2027-05-10");
    service.commands.permits().take_in(dossier, &cause()).await.unwrap();
    let admin = service.sign_in(Role::Admin).await;
    let limited = service.operator(Role::Permits).await;
    let to = format!("/admin/operators/{}", limited.id);
    let fields = [("act", "departments"), ("departments", "13")];
    service.post_as(&to, &admin, &fields).await.leads_to();
    let cookie = service.sign_in(Role::Permits).await;
    let page = service.get_as("/admin/permits/3272-11/slip", &cookie).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}
