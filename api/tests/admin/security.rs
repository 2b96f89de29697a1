//! What attackers try: fixed sessions, guessed passwords and codes, redirections, others' data.

use axum::http::StatusCode;
use domain::operator::Role;
use event_store::testing::Engine;
use jiff::SignedDuration;
use rstest::rstest;

use crate::support::{PASSWORD, Service, cause, email};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_somebody_fixed_is_worth_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = Service::new(engine).await;
    let fixed = "postulo_session=chosen-by-an-attacker";
    let (email, password) = (email(Role::Admin), PASSWORD);
    let fields = [("email", email.as_str()), ("password", password)];
    let answer = service.post("/admin/sign-in", fixed, &fields).await;
    let fresh = answer.cookie().unwrap();
    assert_ne!(fresh, fixed);
    assert!(service.get("/admin", fixed).await.location().starts_with("/admin/sign-in"));
    assert_eq!(service.get("/admin", &fresh).await.status, StatusCode::OK);

    // Signing in again ends the session that the browser had.
    let again = service.post("/admin/sign-in", &fresh, &fields).await.cookie().unwrap();
    assert!(service.get("/admin", &fresh).await.location().starts_with("/admin/sign-in"));
    assert_eq!(service.get("/admin", &again).await.status, StatusCode::OK);
    service.post("/admin/sign-out", &again, &[]).await;
    assert!(service.get("/admin", &again).await.location().starts_with("/admin/sign-in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_for_this_site_alone_and_no_script_reads_it() {
    let service = Service::set_up(Engine::Sqlite, |settings| {
        settings.base_url = "https://postulo.example/".parse().unwrap();
    })
    .await;
    let (email, password) = (email(Role::Admin), PASSWORD);
    let fields = [("email", email.as_str()), ("password", password)];
    let answer = service.post("/admin/sign-in", "", &fields).await;
    let cookie = answer.headers.get("set-cookie").unwrap().to_str().unwrap();
    for part in ["__Host-postulo_session=", "HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_not_guessed(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let service = Service::new(engine).await;
    let known = email(Role::Admin);
    for address in [known.as_str(), "nobody@postulo.example", "no address at all"] {
        let mut texts = vec![];
        for attempt in 0..7 {
            let fields = [("email", address), ("password", "guessed guessed")];
            let answer = service.post("/admin/sign-in", "", &fields).await;
            let expected = if attempt < 5 {
                StatusCode::UNPROCESSABLE_ENTITY
            } else {
                StatusCode::TOO_MANY_REQUESTS
            };
            assert_eq!(answer.status, expected, "{address}, attempt {attempt}");
            texts.push(answer.body.replace(address, ""));
        }
        assert_eq!(texts[0], texts[4]);
    }
    // The right password is not looked at now, and is after a minute.
    let fields = [("email", known.as_str()), ("password", PASSWORD)];
    let answer = service.post("/admin/sign-in", "", &fields).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    service.clock.advance(SignedDuration::from_secs(61));
    service.sign_in(Role::Admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_leads_to_no_other_site() {
    let service = Service::new(Engine::Sqlite).await;
    for next in
        ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
    {
        let email = email(Role::Admin);
        let fields = [("email", email.as_str()), ("password", PASSWORD), ("next", next)];
        let answer = service.post("/admin/sign-in", "", &fields).await;
        assert_eq!(answer.location(), "/admin", "{next}");
    }
    let wanted = service.get("/admin/applications?text=zo%C3%A9", "").await;
    assert_eq!(
        wanted.location(),
        "/admin/sign-in?next=%2Fadmin%2Fapplications%3Ftext%3Dzo%25C3%25A9"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_asked_for_and_each_code_counts_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = Service::new(engine).await;
    let cookie = service.sign_in(Role::Support).await;
    let page = service.get("/admin/account/second-factor", &cookie).await;
    let (_, rest) = page.body.split_once("name=\"secret\" value=\"").unwrap();
    let secret = rest.split('"').next().unwrap().to_owned();
    let code = |service: &Service| {
        let secret = totp_rs::Secret::try_from_base32(&secret).unwrap();
        let builder = totp_rs::Builder::new().with_secret(secret).with_account_name("x");
        let at = u64::try_from(service.commands.now().as_second()).unwrap();
        builder.build().unwrap().generate(at).to_string()
    };
    let wrong = [("secret", secret.as_str()), ("code", "000000")];
    let answer = service.post("/admin/account/second-factor", &cookie, &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let first = code(&service);
    let right = [("secret", secret.as_str()), ("code", first.as_str())];
    let answer = service.post("/admin/account/second-factor", &cookie, &right).await;
    assert_eq!(answer.location(), "/admin/account?done=factor");

    let half = service.sign_in(Role::Support).await;
    assert_eq!(service.get("/admin", &half).await.location(), "/admin/sign-in/code");
    let used = service.post("/admin/sign-in/code", &half, &[("code", &first)]).await;
    assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY, "that code was used");
    service.clock.advance(SignedDuration::from_secs(60));
    let next = code(&service);
    let answer = service.post("/admin/sign-in/code", &half, &[("code", &next)]).await;
    let whole = answer.cookie().unwrap();
    assert_ne!(half, whole, "the session has another token from now on");
    assert_eq!(service.get("/admin", &whole).await.status, StatusCode::OK);
    assert!(service.get("/admin", &half).await.location().starts_with("/admin/sign-in"));

    // Codes are not guessed either.
    let half = service.sign_in(Role::Support).await;
    for attempt in 0..6 {
        let answer = service.post("/admin/sign-in/code", &half, &[("code", "123456")]).await;
        let limited = answer.status == StatusCode::TOO_MANY_REQUESTS;
        assert_eq!(limited, attempt >= 5, "attempt {attempt}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_idle_when_old_and_when_its_operator_is_shut_out() {
    let service = Service::new(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Admin).await;
    service.clock.advance(SignedDuration::from_mins(119));
    assert_eq!(service.get("/admin", &cookie).await.status, StatusCode::OK);
    service.clock.advance(SignedDuration::from_mins(121));
    assert_eq!(service.get("/admin", &cookie).await.status, StatusCode::SEE_OTHER, "idle");

    let cookie = service.sign_in(Role::Admin).await;
    for _ in 0..8 {
        service.clock.advance(SignedDuration::from_mins(90));
        service.get("/admin", &cookie).await;
    }
    assert_eq!(service.get("/admin", &cookie).await.status, StatusCode::SEE_OTHER, "old");

    let cookie = service.sign_in(Role::Support).await;
    let all = service.commands.operators().await.unwrap();
    let support = all.iter().find(|operator| operator.role == Role::Support).unwrap();
    service.commands.disable_operator(support.id, true, &cause()).await.unwrap();
    assert_eq!(service.get("/admin", &cookie).await.status, StatusCode::SEE_OTHER, "shut out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_of_one_platform_is_none_of_anothers() {
    let service = Service::new(Engine::Sqlite).await;
    let other = domain::examples::valid("other");
    let settings = domain::examples::client_settings();
    service.commands.register_client(&other, settings, &cause()).await.unwrap();
    let webhook = service.commands.fresh_id();
    let url = domain::examples::valid("https://other.example/hooks");
    service.commands.register_webhook(&other, webhook, url, &cause()).await.unwrap();
    let cookie = service.sign_in(Role::Admin).await;
    for act in ["remove", "pause", "replay", "rotate"] {
        let path = format!("/admin/clients/demo/webhooks/{webhook}");
        let answer = service.post(&path, &cookie, &[("act", act)]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{act}");
    }
    let kept = service.commands.client(&other).await.unwrap().unwrap();
    assert_eq!(kept.webhooks.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_for_those_who_show_the_token() {
    let service = Service::new(Engine::Sqlite).await;
    let ask = async |token: Option<&str>| {
        let mut request = axum::http::Request::get("/metrics");
        if let Some(token) = token {
            request = request.header("authorization", token);
        }
        service.send(request.body(axum::body::Body::empty()).unwrap()).await
    };
    for token in [None, Some(""), Some("Bearer "), Some("Bearer wrong"), Some("metrics")] {
        let refused = ask(token).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{token:?}");
        assert_eq!(refused.headers["www-authenticate"], "Bearer");
    }
    assert_eq!(ask(Some("Bearer metrics")).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_holds_no_id_leads_to_a_page() {
    let service = Service::new(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Admin).await;
    for path in [
        "/admin/applications/%ff",
        "/admin/applications/no-id",
        "/admin/audit/no-id",
        "/admin/clients/%ff",
        "/admin/applications/no-id/emails/%ff",
    ] {
        let answer = service.get(path, &cookie).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.body);
        assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8", "{path}");
    }
}
