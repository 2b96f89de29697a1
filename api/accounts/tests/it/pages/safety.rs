//! What attackers try: forms of other sites, addresses that change something, sessions of others.

use axum::http::{Method, StatusCode};
use commands::LinkUse;
use event_store::testing::Engine;
use rstest::rstest;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_for_this_host_alone_and_no_script_reads_it() {
    let site = set_up(Engine::Sqlite, |settings| {
        settings.base_url = "https://postulo.example/".parse().unwrap();
    })
    .await;
    let answer = registers(&site, ADDRESS).await;
    let cookies: Vec<_> = answer.set_cookies().collect();
    let session = cookies.iter().find(|it| it.starts_with("__Host-postulo_user_session=")).unwrap();
    for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(session.contains(part), "{session}");
    }
    assert!(!session.contains("Domain") && !session.contains("Max-Age"), "{session}");
    assert!(cookies.iter().any(|it| it.starts_with("__Host-postulo_user_device_")), "{cookies:?}");
}

/// The forms of users, with those of the entrance.
fn forms() -> Vec<String> {
    let audience = accounts::audience();
    let entries = audience.entries().iter().filter(|it| it.method == Method::POST);
    let beside = [
        "/account/register",
        "/account/sign-in",
        "/account/sign-in/code",
        "/account/sign-in/forgotten",
        "/account/sign-in/reset/token",
        "/account/confirm/token",
        "/account/password-check",
        "/account/language",
        "/account/sign-out",
    ];
    entries.map(|it| it.path.to_owned()).chain(beside.map(str::to_owned)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_form_is_taken_from_another_site() {
    let site = space(Engine::Sqlite).await;
    let session = registered(&site).await;
    let before = site.events().await;
    for path in forms() {
        let fields =
            [("email", "evil@candidats.example"), ("present", PASSWORD), ("end", "others")];
        for from in [Some("cross-site"), Some("same-site"), None] {
            let foreign = site.send(with_cookie(form(&path, &fields, from), &session)).await;
            assert_eq!(foreign.status, StatusCode::FORBIDDEN, "{path} from {from:?}");
        }
    }
    assert_eq!(site.events().await, before);
    assert!(is_open(&site, &session).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_a_page_changes_nothing() {
    let site = space(Engine::Sqlite).await;
    let session = registered(&site).await;
    let account = account(&site).await;
    let mut pages: Vec<String> = vec![
        "/account/register".to_owned(),
        "/account/sign-in".to_owned(),
        "/account/sign-in/code".to_owned(),
        "/account/sign-in/forgotten".to_owned(),
        link(&site, &account, LinkUse::ResetPassword).await,
        link(&site, &account, LinkUse::ConfirmAddress).await,
    ];
    let audience = accounts::audience();
    let entries = audience.entries().iter().filter(|it| it.method == Method::GET);
    pages.extend(entries.map(|it| it.path.to_owned()));
    let sql = "SELECT password_hash, revision, second_factor FROM accounts";
    let row = async || -> Vec<(String, i64, Option<String>)> {
        site.db().fetch_all(sql, vec![]).await.unwrap()
    };
    let (before, events) = (row().await, site.events().await);
    for cookies in ["", &session] {
        for path in &pages {
            let answer = get(&site, path, cookies).await;
            let fine = answer.status.is_success() || answer.status.is_redirection();
            assert!(fine, "{path}: {} {}", answer.status, answer.body);
            assert_eq!(answer.set_cookies().count(), 0, "{path}");
        }
    }
    assert_eq!((row().await, site.events().await), (before, events));
    assert!(is_open(&site, &session).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_signed_in_sees_no_page_and_does_nothing() {
    let site = space(Engine::Sqlite).await;
    let audience = accounts::audience();
    for entry in audience.entries() {
        let path = entry.path;
        let answer = if entry.method == Method::GET {
            get(&site, path, "").await
        } else {
            post(&site, path, "postulo_user_session=forged", &[]).await
        };
        assert!(answer.leads_to().starts_with("/account/sign-in"), "{path}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_by_device_and_ended_one_by_one_or_together(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = space(engine).await;
    let first = registered(&site).await;
    let agent = "Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0";
    let phone = async || {
        let fields = [("name", ADDRESS), ("password", PASSWORD)];
        let mut request = form("/account/sign-in", &fields, "same-origin");
        request.headers_mut().insert("user-agent", agent.parse().unwrap());
        session(&site.send(request).await).unwrap()
    };
    let (one, two) = (phone().await, phone().await);
    let page = get(&site, "/account/sessions", &first).await;
    assert_eq!(page.body.matches("Firefox on Android").count(), 4, "{}", page.body);
    assert_eq!(page.body.matches("<span class=\"tag sent\">").count(), 1);
    for version in ["145.0", "Firefox 145", "Firefox/145", "Android 15"] {
        assert!(!page.body.contains(version), "no version is kept");
    }
    let names = page.body.split("name=\"end\" value=\"").skip(1);
    let names: Vec<_> = names.map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    assert_eq!((names.len(), names[2].as_str()), (3, "others"));

    // Another user's names end nothing of theirs.
    let other = session(&registers(&site, "zoe@candidats.example").await).unwrap();
    post(&site, "/account/sessions", &other, &[("end", &names[0])]).await.leads_to();
    assert!(is_open(&site, &one).await && is_open(&site, &two).await);

    post(&site, "/account/sessions", &first, &[("end", &names[0])]).await.leads_to();
    assert_ne!(is_open(&site, &one).await, is_open(&site, &two).await);
    post(&site, "/account/sessions", &first, &[("end", "others")]).await.leads_to();
    assert!(!is_open(&site, &one).await && !is_open(&site, &two).await);
    assert!(is_open(&site, &first).await);
    assert!(is_open(&site, &other).await);
}
