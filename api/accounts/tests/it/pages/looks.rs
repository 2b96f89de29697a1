//! What the pages look like, and that every word of theirs is translated.

use commands::LinkUse;
use event_store::testing::Engine;
use texts::pseudo;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn pages_look_as_they_did() {
    let site = space(Engine::Sqlite).await;
    let weak = [("email", "camille@"), ("password", "azerty")];
    let wrong = post(&site, "/account/register", "", &weak).await;
    insta::assert_snapshot!("register_wrong", wrong.main());
    insta::assert_snapshot!("sign_in", get(&site, "/account/sign-in", "").await.main());
    let session = registered(&site).await;
    insta::assert_snapshot!("account", get(&site, "/account", &session).await.main());
    insta::assert_snapshot!("close", get(&site, "/account/close", &session).await.main());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_told_to_be_weak_while_it_is_typed_as_when_it_is_sent() {
    let site = space(Engine::Sqlite).await;
    let mut said = vec![];
    for password in [
        "azerty",
        "azertyuiop azertyuiop",
        "Camille Martin likes it",
        "monday tuesday 2027",
        PASSWORD,
        &"x".repeat(129),
    ] {
        let fields = [("email", ADDRESS), ("full_name", "Camille Martin"), ("password", password)];
        let checked = post(&site, "/account/password-check", "", &fields).await.json();
        let sent = post(&site, "/account/register", "", &fields).await;
        assert_eq!(checked["taken"], sent.status == StatusCode::SEE_OTHER, "{password}");
        said.push(format!("{} {}", checked["score"], checked["words"].as_str().unwrap()));
    }
    insta::assert_snapshot!("strengths", said.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn its_pages_hold_no_word_that_a_third_language_would_miss() {
    let site = space(Engine::Sqlite).await;
    let session = registered(&site).await;
    let account = account(&site).await;
    let reset = link(&site, &account, LinkUse::ResetPassword).await;
    let confirm = link(&site, &account, LinkUse::ConfirmAddress).await;
    let _spoken = pseudo::speak();
    let mut pages = vec![];
    for path in
        ["/account/register", "/account/sign-in", "/account/sign-in/forgotten", &reset, &confirm]
    {
        pages.push(get(&site, path, "").await);
    }
    for entry in accounts::audience().entries().iter().filter(|it| it.method == "GET") {
        pages.push(get(&site, entry.path, &session).await);
    }
    pages.push(signs_in(&site, ADDRESS, "guessed", "").await);
    pages.push(post(&site, "/account/register", "", &[("email", "x"), ("password", "y")]).await);
    pages.push(post(&site, "/account/sign-in/forgotten", "", &[("name", ADDRESS)]).await);
    pages.push(post(&site, "/account/address", &session, &[("email", "x")]).await);
    pages.push(post(&site, "/account/close", &session, &[("present", "guessed")]).await);
    let known = ["Postulo", "Français", "English", "Paris", ADDRESS, "Camille Martin", "guessed"];
    for page in pages {
        let left = pseudo::words_left(&page.body, &known);
        assert!(left.is_empty(), "{left:?} in {}", page.body);
    }
}
