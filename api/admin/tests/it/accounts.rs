//! The accounts of users, as operators meet them.

use axum::http::StatusCode;
use commands::{Registration, UserAccount};
use domain::examples::valid;
use domain::operator::Role;
use event_store::testing::Engine;
use rstest::rstest;
use testing::cause;
use testing::http::Office;

use super::service;

const ADDRESS: &str = "camille@candidats.example";

async fn registered(service: &Office, username: &str) -> UserAccount {
    let accounts = service.commands.accounts();
    let new = Registration {
        email: valid(ADDRESS),
        username: Some(valid(username)),
        full_name: None,
        language: domain::Language::Fr,
        password: accounts.new_password("green horses like apples", &[], false).unwrap(),
    };
    accounts.register(new, &cause()).await.unwrap()
}

/// What happened to an account, with who did it, oldest first.
async fn history(service: &Office, id: &str) -> Vec<(String, String)> {
    let sql = "
        SELECT event_type, metadata
        FROM events
        WHERE aggregate_type = 'Account' AND aggregate_id = $1
        ORDER BY position";
    let rows: Vec<(String, String)> =
        service.db().fetch_all(sql, event_store::args![id]).await.unwrap();
    rows
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_found_by_address_user_name_or_id_and_each_look_is_recorded(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let account = registered(&service, "camille_m").await;
    let cookie = service.sign_in(Role::Support).await;
    let page = format!("/admin/accounts/{}", account.id);
    for sought in [ADDRESS, "Camille@candidats.example", "camille_m", &account.id.to_string()] {
        let found = service.post_as("/admin/accounts", &cookie, &[("sought", sought)]).await;
        assert_eq!(found.leads_to(), page, "{sought}");
    }
    for sought in ["camille", "nobody@candidats.example", "3fa85f64-5717-4562-b3fc-2c963f66afa6"] {
        let found = service.post_as("/admin/accounts", &cookie, &[("sought", sought)]).await;
        assert_eq!(found.status, StatusCode::OK, "{sought}");
        assert!(!found.body.contains(&page), "{sought}: {}", found.body);
    }
    let before = service.events().await;
    let shown = service.get_as(&page, &cookie).await;
    assert!(shown.body.contains(ADDRESS), "{}", shown.body);
    assert_eq!(service.events().await, before + 1, "the look is an event");

    // Several that were not confirmed carry the address, more than sign in by it.
    let (second, third) = (registered(&service, "zoe").await, registered(&service, "yara").await);
    let fourth = registered(&service, "xenia").await;
    let found = service.post_as("/admin/accounts", &cookie, &[("sought", ADDRESS)]).await;
    for id in [account.id, second.id, third.id, fourth.id] {
        assert!(found.body.contains(&format!("/admin/accounts/{id}\"")), "{}", found.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_act_is_an_event_of_the_account_with_its_actor() {
    let service = service(Engine::Sqlite).await;
    let account = registered(&service, "camille_m").await;
    let operator = service.operator(Role::Support).await.id.to_string();
    let cookie = service.sign_in(Role::Support).await;
    let page = format!("/admin/accounts/{}", account.id);
    let id = account.id.to_string();
    for (act, event) in [
        ("resend", "AccountConfirmationAsked"),
        ("unlock", "AccountUnlocked"),
        ("disable", "AccountDisabled"),
        ("enable", "AccountEnabled"),
    ] {
        let before = service.commands.accounts().find(account.id).await.unwrap().unwrap();
        assert_eq!(before.disabled, act == "enable");
        let answer = service.post_as(&page, &cookie, &[("act", act)]).await;
        assert!(answer.leads_to().starts_with(&page), "{act}");
        let (kind, metadata) = history(&service, &id).await.pop().unwrap();
        assert_eq!(kind, event);
        assert!(metadata.contains(&operator), "{metadata}");
        let told = service.get_as(answer.location(), &cookie).await;
        assert!(told.body.contains("role=\"status\""), "{act}: {}", told.body);
    }
    let odd = service.post_as(&page, &cookie, &[("act", "erase")]).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    for role in [Role::Auditor, Role::Analyst, Role::Permits] {
        let cookie = service.sign_in(role).await;
        assert_eq!(service.get_as(&page, &cookie).await.status, StatusCode::FORBIDDEN);
        let refused = service.post_as(&page, &cookie, &[("act", "disable")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
}
