//! The letters that follow from what is done to an account.

use std::time::Duration;

use axum::http::Method;
use commands::LinkUse;
use domain::account::{AccountEvent, RecordOfAccount};
use jiff::SignedDuration;
use serde_json::json;
use testing::cause;
use testing::http::Site;
use workers::{Settings, Workers};

use super::{OTHER_PASSWORD, PASSWORD, call, confirms, link, person, post, site};

async fn workers(site: &Site) -> Workers {
    site.workers(&site.world(), &Settings::default()).await
}

/// The text of the newest of so many letters to this address.
async fn letter(site: &Site, to: &str, count: usize) -> String {
    for _ in 0..3000 {
        let mut mails = site.mails();
        mails.retain(|mail| mail.to().unwrap().first().unwrap().address() == Some(to));
        if mails.len() >= count {
            assert_eq!(mails.len(), count, "letters to {to}");
            let subject = mails[count - 1].subject().unwrap().to_owned();
            return format!("{subject}\n{}", mails[count - 1].body_text(0).unwrap());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{count} letters to {to} did not come: {}", site.mails().len());
}

/// What the link of a letter ends with.
fn token_of(letter: &str, path: &str) -> String {
    let from = letter.find(path).expect("the letter has the link") + path.len();
    letter[from..].chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_confirmed_by_its_letter_and_its_owner_is_told_of_others_who_give_it() {
    let site = site().await;
    let workers = workers(&site).await;
    let mira = person(&site, "mira").await;
    let first = letter(&site, &mira.email, 1).await;
    let token = token_of(&first, "/account/confirm/");
    assert_eq!(confirms(&site, &token, &mira.access).await.status, 204);

    let body = json!({"username": "zoe", "email": mira.email, "password": OTHER_PASSWORD});
    assert_eq!(post(&site, "/auth/register", body).await.status, 201);
    let known = letter(&site, &mira.email, 2).await;
    assert!(!known.contains("/account/confirm/"), "{known}");
    assert!(known.contains("you have an account already"), "{known}");
    workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_names_the_account_and_says_which_others_its_confirmation_erases() {
    let site = site().await;
    let workers = workers(&site).await;
    let mira = person(&site, "mira").await;
    let first = letter(&site, &mira.email, 1).await;
    assert!(first.contains("the account of “mira”, created on"), "{first}");
    assert!(!first.contains("carries this address"), "{first}");
    // Who names themselves like a page has no page of theirs in our letter.
    let body = json!({"username": "prize.example", "email": mira.email, "password": PASSWORD});
    assert_eq!(post(&site, "/auth/register", body).await.status, 201);
    let second = letter(&site, &mira.email, 2).await;
    assert!(second.contains("Another account carries this address"), "{second}");
    assert!(second.contains("It was created on") && !second.contains("prize"), "{second}");
    assert!(!second.contains("without a name"), "it has one: {second}");
    workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_by_its_letter_and_nobody_learns_who_has_an_account() {
    let site = site().await;
    let workers = workers(&site).await;
    let mira = person(&site, "mira").await;
    letter(&site, &mira.email, 1).await;
    let known = post(&site, "/auth/forgot-password", json!({"email": mira.email})).await;
    let unknown = post(&site, "/auth/forgot-password", json!({"email": "x@exemple.test"})).await;
    assert_eq!((known.status.as_u16(), unknown.status.as_u16()), (202, 202));
    assert_eq!(known.body, unknown.body);
    let reset = letter(&site, &mira.email, 2).await;
    assert!(reset.contains("mira"), "it names the account: {reset}");
    let token = token_of(&reset, "/account/sign-in/reset/");
    let body = json!({"token": token, "password": OTHER_PASSWORD});
    assert_eq!(post(&site, "/auth/reset-password", body).await.status, 204);
    workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theft_is_told_to_the_owner_and_a_new_address_to_the_former_one() {
    let site = site().await;
    let workers = workers(&site).await;
    let mira = person(&site, "mira").await;
    letter(&site, &mira.email, 1).await;
    let token = link(&site, &mira.id, LinkUse::ConfirmAddress).await;
    assert_eq!(confirms(&site, &token, &mira.access).await.status, 204);

    let renew = json!({"refresh_token": mira.refresh});
    assert_eq!(post(&site, "/auth/refresh", renew.clone()).await.status, 200);
    site.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(post(&site, "/auth/refresh", renew).await.status, 401);
    let theft = letter(&site, &mira.email, 2).await;
    assert!(theft.contains("/account/password"), "{theft}");

    let mira = super::signs_in(&site, "mira", PASSWORD).await.json();
    let access = mira["access_token"].as_str().unwrap();
    let me = super::get(&site, "/auth/me", access).await.json();
    let path = format!("/users/{}", me["id"].as_str().unwrap());
    let body = Some(json!({"email": "autre@exemple.test"}));
    assert_eq!(site.send(call(Method::PUT, &path, Some(access), body)).await.status, 200);
    let asked = letter(&site, "mira@exemple.test", 3).await;
    assert!(asked.contains("Another address was given"), "{asked}");
    assert!(asked.contains("/account/password") && !asked.contains("autre@"), "{asked}");
    let confirm = letter(&site, "autre@exemple.test", 1).await;
    let token = token_of(&confirm, "/account/confirm/");
    assert_eq!(confirms(&site, &token, access).await.status, 204);
    let told = letter(&site, "mira@exemple.test", 4).await;
    assert!(!told.contains("autre@exemple.test"), "whose the new one is, it does not say: {told}");
    workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_told_of_another_password_and_of_a_second_factor_that_is_set_or_removed() {
    let site = site().await;
    let workers = workers(&site).await;
    let (mira, at) = (person(&site, "mira").await, site.commands.now());
    let tell = async |event| {
        site.commands.perform(&mira.id, &RecordOfAccount(event), &cause()).await.unwrap();
    };
    letter(&site, &mira.email, 1).await;
    let token = link(&site, &mira.id, LinkUse::ConfirmAddress).await;
    assert_eq!(confirms(&site, &token, &mira.access).await.status, 204);
    for (count, (event, part)) in [
        (AccountEvent::AccountPasswordChanged { at }, "The password of your account"),
        (AccountEvent::AccountSecondFactorSet { at }, "asks for the code"),
        (AccountEvent::AccountSecondFactorRemoved { at }, "no longer asks for the code"),
    ]
    .into_iter()
    .enumerate()
    {
        tell(event).await;
        let told = letter(&site, &mira.email, count + 2).await;
        assert!(told.contains(part) && told.contains("/account/sign-in/forgotten"), "{told}");
    }
    workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_of_an_account_that_nobody_uses_is_told_before_it_is_closed() {
    let site = site().await;
    let workers = workers(&site).await;
    let mira = person(&site, "mira").await;
    letter(&site, &mira.email, 1).await;
    let closes_at = site.commands.now() + SignedDuration::from_hours(30 * 24);
    let id = mira.id.parse().unwrap();
    site.commands.accounts().announce_closing(id, closes_at, &cause()).await.unwrap();
    let told = letter(&site, &mira.email, 2).await;
    assert!(told.contains("/account/sign-in"), "{told}");
    workers.stop().await;
}
