//! Registering, signing in, and who is kept out.

use axum::http::{StatusCode, header};
use commands::LinkUse;
use event_store::testing::{Engine, until};
use jiff::SignedDuration;
use rstest::rstest;
use testing::cause;

use super::*;

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_registers_is_signed_in_and_is_told_that_the_address_waits(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = space(engine).await;
    let answer = registers(&site, ADDRESS).await;
    assert_eq!(answer.leads_to(), "/me");
    let session = session(&answer).unwrap();
    let page = get(&site, "/account", &session).await;
    assert!(page.body.contains(&format!("we have written to {ADDRESS}")), "{}", page.body);
    let account = account(&site).await;
    assert!(!account.email_confirmed);
    assert_eq!(account.full_name.unwrap().reveal(), "Camille Martin");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_wrong_with_a_registration_is_told_at_once_and_what_was_typed_stays() {
    let site = space(Engine::Sqlite).await;
    let fields = [("email", "camille@"), ("full_name", "Camille"), ("password", "azerty")];
    let answer = post(&site, "/account/register", "", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["href=\"#email\"", "href=\"#password\"", "value=\"camille@\"", "value=\"Camille\""]
    {
        assert!(answer.body.contains(part), "{part}: {}", answer.body);
    }
    assert!(!answer.body.contains("azerty"), "a password is not shown again");
    assert_eq!(site.events().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_is_answered_alike_whether_or_not_the_address_has_an_account() {
    let site = space(Engine::Sqlite).await;
    registered(&site).await;
    let path = link(&site, &account(&site).await, LinkUse::ConfirmAddress).await;
    assert_eq!(post(&site, &path, "", &[]).await.status, StatusCode::OK);
    let (known, unknown) =
        (registers(&site, ADDRESS).await, registers(&site, "nobody@candidats.example").await);
    assert_eq!((known.status, known.leads_to()), (unknown.status, unknown.leads_to()));
    let names = |answer: &Answer| {
        let names = answer.set_cookies().map(|it| it.split(['=', ';']).next().unwrap().len());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(&known), names(&unknown));
    // Nothing that is known under the address is to be had with the second account.
    assert!(is_open(&site, &session(&known).unwrap()).await);
    let page = get(&site, "/account", &session(&known).unwrap()).await;
    assert!(page.body.contains("waits to be confirmed"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reason_for_which_nobody_signs_in_is_told_in_the_same_sentence() {
    let site = space(Engine::Sqlite).await;
    registered(&site).await;
    let wrong = signs_in(&site, ADDRESS, "guessed guessed", "").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for name in ["nobody@candidats.example", "no address", ""] {
        let unknown = signs_in(&site, name, PASSWORD, "").await;
        let told = unknown.body.replace(&format!("value=\"{name}\""), "");
        let expected = wrong.body.replace(&format!("value=\"{ADDRESS}\""), "");
        assert_eq!((unknown.status, told), (wrong.status, expected), "{name}");
    }
    let id = account(&site).await.id;
    site.commands.accounts().disable(id, true, &cause()).await.unwrap();
    let disabled = signs_in(&site, ADDRESS, PASSWORD, "").await;
    assert_eq!((disabled.status, &disabled.body), (wrong.status, &wrong.body));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_guesses_are_limited_and_the_owner_signs_in_where_they_did_before() {
    let site = space(Engine::Sqlite).await;
    let registered = registers(&site, ADDRESS).await;
    let known = device(&registered).unwrap();
    let mut looked_at = 0;
    for guess in 0..1000 {
        let answer = signs_in(&site, ADDRESS, &format!("guess number {guess}"), "").await;
        match answer.status {
            StatusCode::UNPROCESSABLE_ENTITY => looked_at += 1,
            StatusCode::TOO_MANY_REQUESTS => {
                assert!(answer.headers.contains_key(header::RETRY_AFTER));
                assert!(answer.body.contains("Try again after"), "{}", answer.body);
            }
            other => panic!("{other}: {}", answer.body),
        }
        site.clock.advance(SignedDuration::from_secs(1));
    }
    assert!(looked_at <= 30, "{looked_at} of an hour's guesses were looked at");
    let stranger = signs_in(&site, ADDRESS, PASSWORD, "").await;
    assert_eq!(stranger.status, StatusCode::TOO_MANY_REQUESTS, "wherever it comes from");
    let owner = signs_in(&site, ADDRESS, PASSWORD, &known).await;
    assert_eq!(owner.leads_to(), "/me");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_with_the_next_request_of_an_account_that_is_disabled() {
    let site = space(Engine::Sqlite).await;
    let session = registered(&site).await;
    assert!(is_open(&site, &session).await);
    let id = account(&site).await.id;
    site.commands.accounts().disable(id, true, &cause()).await.unwrap();
    let answer = get(&site, "/account", &session).await;
    assert_eq!(answer.leads_to(), "/account/sign-in?next=%2Faccount");
    site.commands.accounts().disable(id, false, &cause()).await.unwrap();
    assert!(!is_open(&site, &session).await, "one signs in again");
    assert_eq!(signs_in(&site, ADDRESS, PASSWORD, "").await.leads_to(), "/me");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_leads_back_to_a_page_of_the_space_and_to_no_other_site() {
    let site = space(Engine::Sqlite).await;
    registered(&site).await;
    for (next, leads) in [
        ("/account/data", "/account/data"),
        ("/offers/42?from=letter", "/offers/42?from=letter"),
        ("/me", "/me"),
        ("https://evil.example/me", "/me"),
        ("//evil.example/account", "/me"),
        ("/\\evil.example", "/me"),
        ("/admin", "/me"),
        ("/account/../admin", "/me"),
        ("/account/%2e%2e/admin", "/me"),
        ("/meadow", "/me"),
    ] {
        let fields = [("name", ADDRESS), ("password", PASSWORD), ("next", next)];
        let answer = post(&site, "/account/sign-in", "", &fields).await;
        assert_eq!(answer.leads_to(), leads, "{next}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_once_by_whoever_reads_the_letters(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = space(engine).await;
    let session = registered(&site).await;
    let account = account(&site).await;
    let path = link(&site, &account, LinkUse::ResetPassword).await;
    for _ in 0..3 {
        assert_eq!(get(&site, &path, "").await.status, StatusCode::OK);
    }
    for weak in ["", "short", "azertyuiop azertyuiop", ADDRESS, "Camille Martin likes it"] {
        let answer = post(&site, &path, "", &[("password", weak)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{weak}");
    }
    assert!(is_open(&site, &session).await, "nothing happened yet");
    let changed = post(&site, &path, "", &[("password", ANOTHER)]).await;
    assert_eq!(changed.leads_to(), "/account/sign-in?done=password");
    assert!(device(&changed).is_some(), "its owner is known here from now on");
    assert!(!is_open(&site, &session).await);
    let refused = signs_in(&site, ADDRESS, PASSWORD, "").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(signs_in(&site, ADDRESS, ANOTHER, "").await.leads_to(), "/me");
    assert_eq!(get(&site, &path, "").await.status, StatusCode::GONE);
    let again = post(&site, &path, "", &[("password", PASSWORD)]).await;
    assert_eq!(again.status, StatusCode::GONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_a_letter_is_answered_alike_for_everybody_and_limited() {
    let site = space(Engine::Sqlite).await;
    registered(&site).await;
    let before = site.events().await;
    let ask = async |name: &str| post(&site, FORGOTTEN, "", &[("name", name)]).await;
    let known = ask(ADDRESS).await;
    let unknown = ask("nobody@candidats.example").await;
    let told = unknown.body.replace("nobody@candidats.example", ADDRESS);
    assert_eq!((known.status, &known.body), (StatusCode::OK, &told));
    until("the letter is asked for", async || site.events().await > before).await;
    for name in [ADDRESS, "nobody@candidats.example"] {
        for _ in 0..4 {
            assert_eq!(ask(name).await.status, StatusCode::OK);
        }
        let refused = ask(name).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{name}");
        assert!(refused.headers.contains_key(header::RETRY_AFTER));
    }
}

const FORGOTTEN: &str = "/account/sign-in/forgotten";

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_confirmed_by_a_button_once_and_is_nobody_elses_then() {
    let site = space(Engine::Sqlite).await;
    let other = session(&registers(&site, ADDRESS).await).unwrap();
    site.clock.advance(SignedDuration::from_mins(2));
    let session = registered(&site).await;
    let newest = account(&site).await;
    let path = link(&site, &newest, LinkUse::ConfirmAddress).await;
    let before = site.events().await;
    let page = get(&site, &path, "").await;
    assert!(page.body.contains(ADDRESS) && page.body.contains("<button>"), "{}", page.body);
    assert_eq!(site.events().await, before, "scanners open links");
    let confirmed = post(&site, &path, &session, &[]).await;
    assert_eq!(confirmed.status, StatusCode::OK, "{}", confirmed.body);
    assert!(confirmed.body.contains("href=\"/me\""), "nothing more is asked: {}", confirmed.body);
    assert!(account(&site).await.email_confirmed);
    let page = get(&site, "/account", &session).await;
    assert!(!page.body.contains("Confirm your address"), "{}", page.body);
    assert!(!is_open(&site, &other).await, "who never confirmed it has it no more");
    assert_eq!(get(&site, &path, "").await.status, StatusCode::GONE);
    let again = post(&site, &path, "", &[]).await;
    assert_eq!(again.status, StatusCode::GONE);
    assert!(again.body.contains("“Forgotten password”"), "{}", again.body);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_confirms_the_account_of_a_stranger_is_told_so_and_chooses_another_password(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = space(engine).await;
    let own = registered(&site).await;
    site.clock.advance(SignedDuration::from_mins(2));
    let fields = [("email", ADDRESS), ("full_name", "Alex Moreau"), ("password", ANOTHER)];
    let stranger = session(&post(&site, "/account/register", "", &fields).await).unwrap();
    let path = link(&site, &account(&site).await, LinkUse::ConfirmAddress).await;
    let page = get(&site, &path, &own).await;
    for part in ["Alex Moreau", "Another account carries this address", "another password"] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(!get(&site, &path, &stranger).await.body.contains("another password"));

    let confirmed = post(&site, &path, &own, &[]).await;
    let choose = "/account/sign-in/reset/";
    let from = confirmed.body.find(choose).expect("another password is asked for");
    let choose = confirmed.body[from..].split('"').next().unwrap().to_owned();
    assert!(!is_open(&site, &stranger).await);
    let refused = signs_in(&site, ADDRESS, ANOTHER, "").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = "nine quiet boats in the harbour";
    let kept = post(&site, &choose, "", &[("password", new)]).await;
    assert_eq!(kept.leads_to(), "/account/sign-in?done=password");
    let opened = signs_in(&site, ADDRESS, new, "").await;
    assert_eq!(opened.leads_to(), "/me");
    let page = get(&site, "/account", &session(&opened).unwrap()).await;
    assert!(!page.body.contains("Confirm your address"), "{}", page.body);
}
