//! Whose accounts are handed out, or erased, with the applications of an address.

use std::io::{Cursor, Read as _};

use axum::http::StatusCode;
use commands::{LinkPurpose, LinkUse, Password, Registration, UserAccount};
use domain::{Language, examples};
use event_store::testing::Engine;
use rstest::rstest;
use testing::cause;
use zip::ZipArchive;

use super::support::{Service, service};

const ADDRESS: &str = "camille.martin@example.org";

async fn registers(service: &Service, email: &str, username: &str) -> UserAccount {
    let new = Registration {
        email: examples::valid(email),
        username: Some(examples::valid(username)),
        full_name: None,
        language: Language::Fr,
        password: Password::new("un cheval correct et agrafé").unwrap(),
    };
    service.commands.accounts().register(new, &cause()).await.unwrap()
}

async fn confirms(service: &Service, account: &UserAccount) -> UserAccount {
    let identity = service.commands.identity();
    let link = identity.make_link(account, LinkUse::ConfirmAddress).await.unwrap();
    let accounts = service.commands.accounts();
    accounts.confirm_email(&link.token, &cause()).await.unwrap().unwrap()
}

async fn asks_change(service: &Service, account: &UserAccount, email: &str) {
    let accounts = service.commands.accounts();
    accounts.ask_email_change(account, examples::valid(email), &cause()).await.unwrap();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_theirs_alone_to_whom_its_address_belongs_now(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let id = service.apply().await;
    // One that wishes for the address, one that had it once, and one that merely gave it.
    let wishing = registers(&service, "zoe@example.org", "wishing").await;
    let wishing = confirms(&service, &wishing).await;
    asks_change(&service, &wishing, ADDRESS).await;
    let former = registers(&service, ADDRESS, "former").await;
    let former = confirms(&service, &former).await;
    asks_change(&service, &former, "ines@example.org").await;
    let former = service.commands.accounts().find(former.id).await.unwrap().unwrap();
    let former = confirms(&service, &former).await;
    assert_eq!(former.confirmed_email(), Some("ines@example.org"));
    let unconfirmed = registers(&service, ADDRESS, "unconfirmed").await;
    service.caught_up().await;

    let names = async || {
        let page = service.data(LinkPurpose::Export, id);
        let fields = [("application", id.to_string())];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = service.post(&format!("{page}/export"), &fields).await;
        assert_eq!(answer.status, StatusCode::OK);
        let mut zip = ZipArchive::new(Cursor::new(answer.bytes)).unwrap();
        let mut data = String::new();
        zip.by_name("data.json").unwrap().read_to_string(&mut data).unwrap();
        let data: serde_json::Value = serde_json::from_str(&data).unwrap();
        let accounts = data["accounts"].as_array().cloned().unwrap_or_default();
        let names = accounts.iter().map(|it| it["username"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names().await, Vec::<String>::new());
    let theirs = registers(&service, "CAMILLE.Martin@example.org", "theirs").await;
    let theirs = confirms(&service, &theirs).await;
    service.caught_up().await;
    assert_eq!(names().await, ["theirs"]);

    let page = service.data(LinkPurpose::Erasure, id);
    let chosen = id.to_string();
    let fields = [("application", chosen.as_str()), ("confirmed", "yes")];
    let answer = service.post(&format!("{page}/erase"), &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let there = async |account: &UserAccount| {
        service.commands.accounts().find(account.id).await.unwrap().is_some()
    };
    assert!(!there(&theirs).await);
    assert!(there(&wishing).await && there(&former).await, "they are others'");
    assert!(!there(&unconfirmed).await, "it closed when the address was confirmed by another");
}
