//! What a user changes of their account, each after the present password: and its end.

use axum::http::StatusCode;
use commands::LinkUse;
use event_store::testing::Engine;
use jiff::SignedDuration;
use rstest::rstest;
use testing::cause;

use super::*;

/// The code that an app of this secret shows now.
fn code(site: &Site, secret: &str) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).with_account_name("x");
    let seconds = u64::try_from(site.commands.now().as_second()).unwrap();
    totp.build().unwrap().generate(seconds).to_string()
}

async fn set_factor(site: &Site, session: &str) -> String {
    let page = get(site, "/account/second-factor", session).await;
    assert!(page.body.contains("<svg"), "{}", page.body);
    let hidden = page.hidden();
    let (_, secret) = hidden.iter().find(|(name, _)| name == "secret").unwrap();
    let (secret, code) = (secret.clone(), code(site, secret));
    let fields = [("secret", secret.as_str()), ("code", &code), ("present", PASSWORD)];
    let answer = post(site, "/account/second-factor", session, &fields).await;
    assert_eq!(answer.leads_to(), "/account?done=factor");
    site.clock.advance(SignedDuration::from_mins(1));
    secret
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_changes_without_the_present_password() {
    let site = space(Engine::Sqlite).await;
    let session = registered(&site).await;
    let before = site.events().await;
    for (path, fields) in [
        ("/account/password", vec![("password", ANOTHER)]),
        ("/account/address", vec![("email", "new@candidats.example")]),
        ("/account/data", vec![]),
        ("/account/close", vec![]),
    ] {
        for present in ["", "guessed guessed"] {
            let mut fields = fields.clone();
            fields.push(("present", present));
            let answer = post(&site, path, &session, &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(answer.body.contains("href=\"#present\""), "{path}: {}", answer.body);
            site.clock.advance(SignedDuration::from_mins(2));
        }
    }
    assert_eq!(site.events().await, before);
    assert!(is_open(&site, &session).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_password_ends_everything_but_this_session() {
    let site = space(Engine::Sqlite).await;
    let session = registered(&site).await;
    let other = super::session(&signs_in(&site, ADDRESS, PASSWORD, "").await).unwrap();
    let fields = [("password", ANOTHER), ("present", PASSWORD)];
    let answer = post(&site, "/account/password", &session, &fields).await;
    assert_eq!(answer.leads_to(), "/account?done=changed");
    assert!(is_open(&site, &session).await);
    assert!(!is_open(&site, &other).await);
    assert_eq!(signs_in(&site, ADDRESS, ANOTHER, "").await.leads_to(), "/me");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_asked_for_and_given_up_only_with_a_long_password(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = space(engine).await;
    let session = registered(&site).await;
    let secret = set_factor(&site, &session).await;
    let half = signs_in(&site, ADDRESS, PASSWORD, "").await;
    assert_eq!(half.leads_to(), "/account/sign-in/code?next=%2Fme");
    assert!(device(&half).is_none(), "a password alone makes no device known");
    let half = super::session(&half).unwrap();
    assert_eq!(get(&site, "/account", &half).await.leads_to(), "/account/sign-in/code");
    let wrong = post(&site, "/account/sign-in/code", &half, &[("code", "000000")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let now = code(&site, &secret);
    let whole = post(&site, "/account/sign-in/code", &half, &[("code", &now)]).await;
    assert_eq!(whole.leads_to(), "/me");
    let whole = super::session(&whole).unwrap();
    assert!(is_open(&site, &whole).await && !is_open(&site, &half).await);

    // Beside a second factor a shorter password does, and not alone.
    site.clock.advance(SignedDuration::from_mins(1));
    let now = code(&site, &secret);
    let short = "kV8#mQ2$xT";
    let fields = [("password", short), ("present", PASSWORD), ("present_code", &now)];
    post(&site, "/account/password", &whole, &fields).await.leads_to();
    site.clock.advance(SignedDuration::from_mins(1));
    let remove = async |present: &str| {
        let now = code(&site, &secret);
        let fields = [("present", present), ("present_code", now.as_str())];
        let answer = post(&site, "/account/second-factor/remove", &whole, &fields).await;
        site.clock.advance(SignedDuration::from_mins(1));
        answer
    };
    let refused = remove(short).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("shorter than 15"), "{}", refused.body);
    let now = code(&site, &secret);
    let fields = [("password", ANOTHER), ("present", short), ("present_code", &now)];
    post(&site, "/account/password", &whole, &fields).await.leads_to();
    site.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(remove(ANOTHER).await.leads_to(), "/account/sign-in?done=factor");
    assert_eq!(signs_in(&site, ADDRESS, ANOTHER, "").await.leads_to(), "/me");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_address_waits_until_it_is_confirmed() {
    let site = space(Engine::Sqlite).await;
    let session = registered(&site).await;
    let path = link(&site, &account(&site).await, LinkUse::ConfirmAddress).await;
    post(&site, &path, &session, &[]).await;
    let fields = [("email", "new@candidats.example"), ("present", PASSWORD)];
    let answer = post(&site, "/account/address", &session, &fields).await;
    assert_eq!(answer.leads_to(), "/account?done=address#address");
    let page = get(&site, "/account", &session).await;
    assert!(page.body.contains("new@candidats.example takes its place"), "{}", page.body);
    assert_eq!(signs_in(&site, ADDRESS, PASSWORD, "").await.leads_to(), "/me");
    let path = link(&site, &account(&site).await, LinkUse::ConfirmAddress).await;
    let confirmed = post(&site, &path, &session, &[]).await;
    assert!(confirmed.body.contains("new@candidats.example belongs"), "{}", confirmed.body);
    let answer = signs_in(&site, "new@candidats.example", PASSWORD, "").await;
    assert_eq!(answer.leads_to(), "/me");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_address_beside_a_second_factor_is_confirmed_by_whoever_signs_in() {
    let site = space(Engine::Sqlite).await;
    let session = registered(&site).await;
    let path = link(&site, &account(&site).await, LinkUse::ConfirmAddress).await;
    post(&site, &path, &session, &[]).await;
    let secret = set_factor(&site, &session).await;
    let now = code(&site, &secret);
    let email = "new@candidats.example";
    let fields = [("email", email), ("present", PASSWORD), ("present_code", &now)];
    post(&site, "/account/address", &session, &fields).await.leads_to();
    let path = link(&site, &account(&site).await, LinkUse::ConfirmAddress).await;
    let sign_in = format!("/account/sign-in?next={path}");
    let page = get(&site, &path, "").await;
    assert!(page.body.contains(&sign_in) && !page.body.contains("<button>"), "{}", page.body);
    let refused = post(&site, &path, "", &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains(&sign_in), "{}", refused.body);
    let page = get(&site, &path, &session).await;
    assert!(page.body.contains("<button>") && !page.body.contains(&sign_in), "{}", page.body);
    let confirmed = post(&site, &path, &session, &[]).await;
    assert!(confirmed.body.contains("new@candidats.example belongs"), "{}", confirmed.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_the_language_are_kept_with_the_account() {
    let site = space(Engine::Sqlite).await;
    let session = registered(&site).await;
    let fields = [("full_name", "Camille Durand"), ("username", "camille_d")];
    let answer = post(&site, "/account/name", &session, &fields).await;
    assert_eq!(answer.leads_to(), "/account?done=changed");
    assert_eq!(signs_in(&site, "camille_d", PASSWORD, "").await.leads_to(), "/me");
    let answer = post(&site, "/account/language", &session, &[("language", "fr")]).await;
    assert_eq!(answer.leads_to(), "/me");
    let page = get(&site, "/account", &session).await;
    assert!(page.body.contains("Mon compte"), "in the language of the account: {}", page.body);
    let taken = super::session(&registers(&site, "zoe@candidats.example").await).unwrap();
    let answer = post(&site, "/account/name", &taken, &[("username", "Camille_D")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("href=\"#username\""), "{}", answer.body);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn closing_erases_the_person_and_frees_the_address(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = space(engine).await;
    let session = registered(&site).await;
    let id = account(&site).await.id;
    let answer = post(&site, "/account/close", &session, &[("present", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(!is_open(&site, &session).await);
    assert!(site.commands.accounts().find(id).await.unwrap().is_none());
    let (rows,): (i64,) =
        site.db().fetch_one("SELECT CAST(count(*) AS BIGINT) FROM sessions", vec![]).await.unwrap();
    assert_eq!(rows, 0);
    let refused = signs_in(&site, ADDRESS, PASSWORD, "").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(registers(&site, ADDRESS).await.leads_to(), "/me");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unconfirmed_account_takes_nothing_along_that_is_known_under_the_address() {
    let site = space(Engine::Sqlite).await;
    site.register_demo(domain::examples::partner_settings()).await;
    let submission = domain::examples::full_submission();
    let address = submission.candidate.email.reveal().to_string();
    let job = submission.job.to_string();
    site.commands.applications().submit(submission, &[], None, &cause()).await.unwrap();
    let session = super::session(&registers(&site, &address).await).unwrap();
    let takes = async || {
        let answer = post(&site, "/account/data", &session, &[("present", PASSWORD)]).await;
        assert_eq!(answer.header("content-type"), "application/zip", "{}", answer.body);
        data(&answer.bytes)
    };
    let before = takes().await;
    assert!(before.contains(&address) && !before.contains(&job), "{before}");
    let ids = UserAccount::named(&site.commands, &address).await.unwrap().ids;
    let account = site.commands.accounts().find(ids[0]).await.unwrap().unwrap();
    let path = link(&site, &account, LinkUse::ConfirmAddress).await;
    post(&site, &path, &session, &[]).await;
    let after = takes().await;
    assert!(after.contains(&job), "{after}");
}

/// What programs read in an archive.
fn data(archive: &[u8]) -> String {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    std::io::read_to_string(zip.by_name("data.json").unwrap()).unwrap()
}
