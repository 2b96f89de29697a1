//! The table of roles and addresses, made from the router and tried whole.

use std::fmt::Write as _;

use admin::Shows;
use axum::http::{Method, StatusCode};
use domain::operator::Role;
use event_store::testing::Engine;
use testing::http::{Office, form, with_cookie};

use super::{service, set_up};

/// A real address for a path of the router.
pub(crate) fn address(path: &str, service: &Office) -> String {
    path.replace("/applications/{id}", &format!("/applications/{}", service.application))
        .replace("/audit/{id}", &format!("/audit/{}", service.application))
        .replace("/clients/{id}", "/clients/demo")
        .replace("/accounts/{id}", "/accounts/00000000-0000-0000-0000-000000000001")
        .replace("/operators/{id}", "/operators/00000000-0000-0000-0000-000000000001")
        .replace("/permits/export/{file}", "/permits/export/permits.csv")
        .replace("{dossier}", "3272-1")
        .replace("{digest}", &"0".repeat(64))
        .replace("{message_id}", "nothing@postulo.example")
        .replace("{file}", "answers.csv")
        .replace("{webhook}", "00000000-0000-0000-0000-000000000001")
        .replace("{aggregate}/{stream}", &format!("JobApplication/{}", service.application))
}

/// Whether the guard let the request through: what the page says of it afterwards is its own.
fn allowed(status: StatusCode, location: &str) -> bool {
    status != StatusCode::FORBIDDEN && !location.starts_with("/admin/sign-in")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_is_let_in_where_the_table_says_and_nowhere_else() {
    let service = service(Engine::Sqlite).await;
    service.caught_up().await;
    let mut table = String::new();
    for (method, path, needs, shows) in admin::table() {
        let mut cells = vec![];
        for role in Role::ALL {
            // A fresh session each time: signing out is one of the addresses.
            let cookie = service.sign_in(role).await;
            let to = address(path, &service);
            let answer = match method {
                Method::GET => service.get_as(&to, &cookie).await,
                _ => service.post_as(&to, &cookie, &[]).await,
            };
            let is_sign_out = path == "/admin/sign-out";
            let is_allowed = is_sign_out || allowed(answer.status, answer.location());
            assert_eq!(is_allowed, needs.is_given_to(role), "{method} {path} as {role:?}");
            assert!(!answer.status.is_server_error(), "{method} {path}: {}", answer.body);
            cells.push(if is_allowed { role.as_str() } else { "-" });
        }
        let shows = match shows {
            Shows::Nobody => String::new(),
            Shows::People(filters) => format!("  looks {}", filters.join(" ")),
            Shows::PeopleTo(needs) => format!("  looks of who may {needs:?}"),
        };
        let line = format!("{method:<4} {path:<52} {}{shows}", cells.join(" "));
        writeln!(table, "{}", line.trim_end()).unwrap();
    }
    insta::assert_snapshot!(table);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_let_in_without_a_session() {
    let service = service(Engine::Sqlite).await;
    for (method, path, ..) in admin::table() {
        let to = address(path, &service);
        for cookie in ["", "postulo_session=", "postulo_session=guessed"] {
            let answer = match method {
                Method::GET => service.get_as(&to, cookie).await,
                _ => service.post_as(&to, cookie, &[]).await,
            };
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{method} {path}");
            assert!(answer.location().starts_with("/admin/sign-in"), "{method} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_form_of_another_site_is_taken() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Admin).await;
    for (method, path, ..) in admin::table() {
        if method != Method::POST {
            continue;
        }
        let to = address(path, &service);
        for site in [Some("cross-site"), Some("same-site"), None] {
            let answer = service.send(with_cookie(form(&to, &[], site), &cookie)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} from {site:?}");
        }
    }
    assert_eq!(service.get_as("/admin", &cookie).await.status, StatusCode::OK, "still signed in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_that_is_required_comes_before_everything() {
    let service = set_up(Engine::Sqlite, |settings| settings.second_factor_required = true).await;
    let cookie = service.sign_in(Role::Admin).await;
    for path in ["/admin", "/admin/applications", "/admin/operators"] {
        let answer = service.get_as(path, &cookie).await;
        assert_eq!(answer.location(), "/admin/account/second-factor", "{path}");
    }
    assert_eq!(
        service.get_as("/admin/account/second-factor", &cookie).await.status,
        StatusCode::OK
    );
}
