//! Accounts with a second factor: a password alone gives no tokens.

use axum::http::Method;
use serde_json::json;
use testing::cause;
use testing::http::Site;

use super::{PASSWORD, Person, account, call, person, post, site};

/// Sets a second factor; its secret.
async fn set(site: &Site, who: &Person) -> String {
    let (account, identity) = (account(site, &who.id).await, site.commands.identity());
    let secret = identity.new_second_factor(&account).unwrap().secret.reveal().clone();
    let session = identity.open_session(&account, true, false, &cause()).await.unwrap();
    let code = code(site, &secret);
    identity.set_second_factor(&account, &secret, &code, &session, &cause()).await.unwrap();
    site.clock.advance(jiff::SignedDuration::from_mins(1));
    secret
}

fn code(site: &Site, secret: &str) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).with_account_name("x").build().unwrap();
    totp.generate(u64::try_from(site.commands.now().as_second()).unwrap()).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_without_its_code_is_as_good_as_a_wrong_one() {
    let site = site().await;
    let mira = person(&site, "mira").await;
    let secret = set(&site, &mira).await;
    let ended = call(Method::GET, "/auth/me", Some(&mira.access), None);
    site.send(ended).await.is_problem(401, "wrong-credentials");
    for path in ["/auth/token", "/api/token"] {
        let wrong = post(&site, path, json!({"username": "mira", "password": "wrong"})).await;
        let without = post(&site, path, json!({"username": "mira", "password": PASSWORD})).await;
        without.is_problem(401, "wrong-credentials");
        assert_eq!(without.body, wrong.body);
    }
    let code = code(&site, &secret);
    let body = json!({"username": "mira", "password": PASSWORD, "code": code});
    assert_eq!(post(&site, "/auth/token", body.clone()).await.status, 200);
    post(&site, "/auth/token", body).await.is_problem(401, "wrong-credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_a_code_a_password_may_have_eight_characters() {
    let site = site().await;
    let mira = person(&site, "mira").await;
    let account = account(&site, &mira.id).await;
    let accounts = site.commands.accounts();
    assert!(accounts.new_password_of(&account, "kV8#mQ2$xT9p").await.is_err());
    set(&site, &mira).await;
    let account = super::account(&site, &mira.id).await;
    assert!(accounts.new_password_of(&account, "kV8#mQ2$xT9p").await.is_ok());
}
