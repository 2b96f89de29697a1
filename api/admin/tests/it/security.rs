//! What attackers try: fixed sessions, guessed passwords and codes, redirections, others' data.

use axum::http::StatusCode;
use domain::operator::Role;
use event_store::testing::{Engine, until};
use jiff::SignedDuration;
use rstest::rstest;
use testing::cause;
use testing::http::{Office, PASSWORD, email};

use super::{service, set_up};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_somebody_fixed_is_worth_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let fixed = "postulo_session=chosen-by-an-attacker";
    let (email, password) = (email(Role::Admin), PASSWORD);
    let fields = [("email", email.as_str()), ("password", password)];
    let answer = service.post_as("/admin/sign-in", fixed, &fields).await;
    let fresh = answer.cookie().unwrap();
    assert_ne!(fresh, fixed);
    assert!(service.get_as("/admin", fixed).await.location().starts_with("/admin/sign-in"));
    assert_eq!(service.get_as("/admin", &fresh).await.status, StatusCode::OK);

    // Signing in again ends the session that the browser had.
    let again = service.post_as("/admin/sign-in", &fresh, &fields).await.cookie().unwrap();
    assert!(service.get_as("/admin", &fresh).await.location().starts_with("/admin/sign-in"));
    assert_eq!(service.get_as("/admin", &again).await.status, StatusCode::OK);
    service.post_as("/admin/sign-out", &again, &[]).await;
    assert!(service.get_as("/admin", &again).await.location().starts_with("/admin/sign-in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_for_this_site_alone_and_no_script_reads_it() {
    let service = set_up(Engine::Sqlite, |settings| {
        settings.base_url = "https://postulo.example/".parse().unwrap();
    })
    .await;
    let (email, password) = (email(Role::Admin), PASSWORD);
    let fields = [("email", email.as_str()), ("password", password)];
    let answer = service.post_as("/admin/sign-in", "", &fields).await;
    let cookie = answer.headers.get("set-cookie").unwrap().to_str().unwrap();
    for part in ["__Host-postulo_session=", "HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_not_guessed() {
    let service = service(Engine::Sqlite).await;
    let known = email(Role::Admin);
    for address in [known.as_str(), "nobody@postulo.example", "no address at all"] {
        let mut texts = vec![];
        for attempt in 0..7 {
            let fields = [("email", address), ("password", "guessed guessed")];
            let answer = service.post_as("/admin/sign-in", "", &fields).await;
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
    // The right password of a device that is not known is not looked at now, and is after a minute.
    let fields = [("email", known.as_str()), ("password", PASSWORD)];
    let answer = service.post_as("/admin/sign-in", "", &fields).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    // Those that are counted after their answers would count against the minute that begins.
    until("the refusals are counted", async || {
        service.operator(Role::Admin).await.refused_sign_ins == 5
    })
    .await;
    service.clock.advance(SignedDuration::from_secs(61));
    service.sign_in(Role::Admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_leads_to_no_other_site() {
    let service = service(Engine::Sqlite).await;
    for next in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/admin/%2e%2e/r/token",
        "/admin/.\t./r/token",
    ] {
        let email = email(Role::Admin);
        let fields = [("email", email.as_str()), ("password", PASSWORD), ("next", next)];
        let answer = service.post_as("/admin/sign-in", "", &fields).await;
        assert_eq!(answer.location(), "/admin", "{next}");
    }
    let wanted = service.get_as("/admin/applications?text=zo%C3%A9", "").await;
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
    let service = service(engine).await;
    let cookie = service.sign_in(Role::Support).await;
    let secret = new_secret(&service, &cookie).await;
    let code = |service: &Office| code(service, &secret);
    let wrong = [("secret", secret.as_str()), ("code", "000000")];
    let answer = service.post_as("/admin/account/second-factor", &cookie, &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let first = code(&service);
    let right = [("secret", &*secret), ("code", &first), ("present", PASSWORD)];
    let answer = service.post_as("/admin/account/second-factor", &cookie, &right).await;
    assert_eq!(answer.location(), "/admin/account?done=factor");

    let half = service.sign_in(Role::Support).await;
    assert_eq!(service.get_as("/admin", &half).await.location(), "/admin/sign-in/code");
    let used = service.post_as("/admin/sign-in/code", &half, &[("code", &first)]).await;
    assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY, "that code was used");
    // A refusal is counted after its answer; one that came later would count against the attempts below.
    until("the refusal is counted", async || {
        service.operator(Role::Support).await.refused_sign_ins == 1
    })
    .await;
    service.clock.advance(SignedDuration::from_secs(60));
    let next = code(&service);
    let answer = service.post_as("/admin/sign-in/code", &half, &[("code", &next)]).await;
    let (whole, whole_device) = (answer.cookie().unwrap(), answer.device());
    assert_ne!(half, whole, "the session has another token from now on");
    assert_eq!(service.get_as("/admin", &whole).await.status, StatusCode::OK);
    assert!(service.get_as("/admin", &half).await.location().starts_with("/admin/sign-in"));

    // Codes are not guessed either; the device that was known before has attempts of its own.
    let half = service.sign_in(Role::Support).await;
    for attempt in 0..6 {
        let answer = service.post_as("/admin/sign-in/code", &half, &[("code", "123456")]).await;
        let limited = answer.status == StatusCode::TOO_MANY_REQUESTS;
        assert_eq!(limited, attempt >= 5, "attempt {attempt}");
        assert_eq!(answer.headers.contains_key("retry-after"), limited);
    }
    service.clock.advance(SignedDuration::from_secs(30));
    let next = code(&service);
    let half = format!("{half}; {}", whole_device.unwrap());
    let answer = service.post_as("/admin/sign-in/code", &half, &[("code", &next)]).await;
    assert_eq!(answer.location(), "/admin");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_idle_when_old_and_when_its_operator_is_shut_out() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Admin).await;
    service.clock.advance(SignedDuration::from_mins(119));
    assert_eq!(service.get_as("/admin", &cookie).await.status, StatusCode::OK);
    service.clock.advance(SignedDuration::from_mins(121));
    assert_eq!(service.get_as("/admin", &cookie).await.status, StatusCode::SEE_OTHER, "idle");

    let cookie = service.sign_in(Role::Admin).await;
    for _ in 0..8 {
        service.clock.advance(SignedDuration::from_mins(90));
        service.get_as("/admin", &cookie).await;
    }
    assert_eq!(service.get_as("/admin", &cookie).await.status, StatusCode::SEE_OTHER, "old");

    let cookie = service.sign_in(Role::Support).await;
    let support = service.operator(Role::Support).await;
    service.commands.operators().disable(support.id, true, &cause()).await.unwrap();
    assert_eq!(service.get_as("/admin", &cookie).await.status, StatusCode::SEE_OTHER, "shut out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_of_one_platform_is_none_of_anothers() {
    let service = service(Engine::Sqlite).await;
    let other = domain::examples::valid("other");
    let settings = domain::examples::partner_settings();
    service.commands.partners().register(&other, settings, &cause()).await.unwrap();
    let webhook = service.commands.fresh_id();
    let url = domain::examples::valid("https://other.example/hooks");
    service.commands.webhooks().register(&other, webhook, url, &cause()).await.unwrap();
    let cookie = service.sign_in(Role::Admin).await;
    for act in ["remove", "pause", "replay", "rotate"] {
        let path = format!("/admin/clients/demo/webhooks/{webhook}");
        let answer = service.post_as(&path, &cookie, &[("act", act)]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{act}");
    }
    let kept = service.commands.partners().find(&other).await.unwrap().unwrap();
    assert_eq!(kept.webhooks.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_holds_no_id_leads_to_a_page() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Admin).await;
    for path in [
        "/admin/applications/%ff",
        "/admin/applications/no-id",
        "/admin/audit/no-id",
        "/admin/clients/%ff",
        "/admin/applications/no-id/emails/%ff",
    ] {
        let answer = service.get_as(path, &cookie).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.body);
        assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8", "{path}");
    }
}
/// The secret that the page for a new second factor shows.
async fn new_secret(service: &Office, cookie: &str) -> String {
    let page = service.get_as("/admin/account/second-factor", cookie).await;
    let (_, rest) = page.body.split_once("name=\"secret\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// The code that an app with this secret shows now.
fn code(service: &Office, secret: &str) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let builder = totp_rs::Builder::new().with_secret(secret).with_account_name("x");
    let at = u64::try_from(service.commands.now().as_second()).unwrap();
    builder.build().unwrap().generate(at).to_string()
}

/// Sets a second factor for whoever is signed in: its secret.
pub(super) async fn set_factor(service: &Office, cookie: &str) -> String {
    let secret = new_secret(service, cookie).await;
    let code = code(service, &secret);
    let fields = [("secret", &*secret), ("code", &code), ("present", PASSWORD)];
    let answer = service.post_as("/admin/account/second-factor", cookie, &fields).await;
    assert_eq!(answer.location(), "/admin/account?done=factor", "{}", answer.body);
    service.clock.advance(SignedDuration::from_secs(60));
    secret
}

async fn wrong_passwords(service: &Office, address: &str, number: usize) -> Vec<StatusCode> {
    let mut statuses = vec![];
    for _ in 0..number {
        let fields = [("email", address), ("password", "guessed guessed")];
        statuses.push(service.post_as("/admin/sign-in", "", &fields).await.status);
    }
    statuses
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_do_not_lock_out_who_signed_in_from_here_before() {
    let service = service(Engine::Sqlite).await;
    let email = email(Role::Admin);
    let right = [("email", email.as_str()), ("password", PASSWORD)];
    let device = service.post_as("/admin/sign-in", "", &right).await.device().unwrap();
    let statuses = wrong_passwords(&service, &email, 6).await;
    assert_eq!(statuses[4..], [StatusCode::UNPROCESSABLE_ENTITY, StatusCode::TOO_MANY_REQUESTS]);
    let stranger = service.post_as("/admin/sign-in", "", &right).await;
    assert_eq!(stranger.status, StatusCode::TOO_MANY_REQUESTS);
    let wait: i64 = stranger.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=61).contains(&wait), "{wait}");
    assert!(stranger.body.contains(&format!("value=\"{email}\"")), "the address is kept");
    assert!(!stranger.body.contains(PASSWORD));

    let known = service.post_as("/admin/sign-in", &device, &right).await;
    assert_eq!(known.location(), "/admin");
    let again = known.device().unwrap();
    // A known device guesses no more than a stranger does.
    for attempt in 0..6 {
        let fields = [("email", email.as_str()), ("password", "guessed guessed")];
        let answer = service.post_as("/admin/sign-in", &again, &fields).await;
        let limited = answer.status == StatusCode::TOO_MANY_REQUESTS;
        assert_eq!(limited, attempt >= 5, "attempt {attempt}");
    }
    // Nor is it known to another operator, nor when it was altered.
    let support = testing::http::email(Role::Support);
    wrong_passwords(&service, &support, 5).await;
    for (cookie, whose) in [(device.clone(), &support), (format!("{device}x"), &email)] {
        let fields = [("email", whose.as_str()), ("password", PASSWORD)];
        let answer = service.post_as("/admin/sign-in", &cookie, &fields).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_device_cookie_is_kept_for_this_host_alone_and_no_script_reads_it() {
    let service = set_up(Engine::Sqlite, |settings| {
        settings.base_url = "https://postulo.example/".parse().unwrap();
    })
    .await;
    let email = email(Role::Admin);
    let fields = [("email", email.as_str()), ("password", PASSWORD)];
    let answer = service.post_as("/admin/sign-in", "", &fields).await;
    let device = answer.set_cookies().find(|it| it.starts_with("__Host-postulo_device_")).unwrap();
    for part in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/", "Max-Age=15552000"] {
        assert!(device.contains(part), "{device}");
    }
    let refused = [("email", email.as_str()), ("password", "guessed guessed")];
    let answer = service.post_as("/admin/sign-in", "", &refused).await;
    assert_eq!(answer.set_cookies().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_sees_a_lock_out_and_lifts_it_and_the_operator_learns_of_it() {
    let service = service(Engine::Sqlite).await;
    let (support, email) = (email(Role::Support), email(Role::Support));
    wrong_passwords(&service, &support, 6).await;
    let find = async || service.operator(Role::Support).await;
    until("the refusals are counted", async || find().await.refused_sign_ins == 5).await;
    let admin = service.sign_in(Role::Admin).await;
    let page = service.get_as("/admin/operators", &admin).await.body;
    assert!(page.contains("5 connexions refusées depuis le") && page.contains("Lever le blocage"));
    let path = format!("/admin/operators/{}", find().await.id);
    let lifted = service.post_as(&path, &admin, &[("act", "unlock")]).await;
    assert_eq!(lifted.location(), "/admin/operators?done=changed");
    let page = service.get_as("/admin/operators", &admin).await.body;
    assert!(!page.contains("Lever le blocage"));

    let fields = [("email", email.as_str()), ("password", PASSWORD)];
    let cookie = service.post_as("/admin/sign-in", "", &fields).await.cookie().unwrap();
    for path in ["/admin", "/admin/account"] {
        let page = service.get_as(path, &cookie).await.body;
        assert!(page.contains("refusées") && page.contains('5'), "{path}: {page}");
    }
    assert_eq!(find().await.refused_sign_ins, 0);
    service.caught_up().await;
    assert!(service.get_as("/admin/acts", &admin).await.body.contains("OperatorUnlocked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_nobody_has_write_nothing_to_the_database() {
    let service = service(Engine::Sqlite).await;
    let head = service.commands.log().head().await.unwrap();
    for number in 0..20 {
        let address = format!("nobody{number}@postulo.example");
        wrong_passwords(&service, &address, 1).await;
    }
    wrong_passwords(&service, "nobody@postulo.example", 7).await;
    let count = async |sql: &str| {
        let (rows,): (i64,) = service.db().fetch_one(sql, event_store::args![]).await.unwrap();
        rows
    };
    assert_eq!(count("SELECT COUNT(*) FROM allotments WHERE name LIKE 'sign-in %'").await, 0);
    assert_eq!(count("SELECT COUNT(*) FROM sessions").await, 0);
    assert_eq!(service.commands.log().head().await.unwrap(), head);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_sign_ins_is_refused_on_its_own_and_applications_are_taken() {
    let service = service(Engine::Sqlite).await;
    let admin = email(Role::Admin);
    let right = [("email", admin.as_str()), ("password", PASSWORD)];
    let device = service.post_as("/admin/sign-in", "", &right).await.device().unwrap();
    let attempts = (0..200).map(|number| {
        let service = &service;
        async move {
            let address = format!("nobody{number}@postulo.example");
            let fields = [("email", address.as_str()), ("password", "guessed guessed")];
            service.post_as("/admin/sign-in", "", &fields).await
        }
    });
    let (answers, known, taken) = futures::future::join3(
        futures::future::join_all(attempts),
        service.post_as("/admin/sign-in", &device, &right),
        service.commands.applications().submit(
            domain::examples::full_submission(),
            &[],
            None,
            &cause(),
        ),
    )
    .await;
    assert!(taken.is_ok());
    assert_eq!(known.location(), "/admin", "who is known does not stand in line");
    let crowded: Vec<_> =
        answers.iter().filter(|it| it.status == StatusCode::SERVICE_UNAVAILABLE).collect();
    assert!(crowded.len() >= 80, "{} were refused", crowded.len());
    for answer in &crowded {
        assert!(answer.headers.contains_key("retry-after"));
        assert!(answer.body.contains("value=\"nobody"), "the address is kept: {}", answer.body);
    }
    let looked_at = answers.iter().filter(|it| it.status == StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(looked_at.count() + crowded.len(), 200);
    // It passes.
    service.clock.advance(SignedDuration::from_secs(61));
    service.sign_in(Role::Support).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_session_changes_neither_the_second_factor_nor_the_password(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let (mine, stolen) = (service.sign_in(Role::Admin).await, service.sign_in(Role::Admin).await);
    let set = async |cookie: &str, more: &[(&str, &str)]| {
        let secret = new_secret(&service, cookie).await;
        let code = code(&service, &secret);
        let fields = [&[("secret", secret.as_str()), ("code", &code)], more].concat();
        (service.post_as("/admin/account/second-factor", cookie, &fields).await, secret)
    };
    for more in [&[][..], &[("present", "")], &[("present", "guessed guessed")]] {
        let (answer, _) = set(&stolen, more).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("mot de passe actuel"), "{}", answer.body);
    }
    let (answer, secret) = set(&mine, &[("present", PASSWORD)]).await;
    assert_eq!(answer.location(), "/admin/account?done=factor");
    assert_eq!(service.get_as("/admin", &mine).await.status, StatusCode::OK);
    assert!(service.get_as("/admin", &stolen).await.location().starts_with("/admin/sign-in"));
    service.clock.advance(SignedDuration::from_secs(60));

    // Now that there is one, its code is asked for as well, for another phone and another password.
    let (answer, _) = set(&mine, &[("present", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = ("new", "several words do well");
    for more in
        [&[][..], &[("present", PASSWORD)], &[("present", PASSWORD), ("present_code", "000000")]]
    {
        let fields = [&[new], more].concat();
        let answer = service.post_as("/admin/account/password", &mine, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    service.clock.advance(SignedDuration::from_mins(2));
    let present = code(&service, &secret);
    let both = [("present", PASSWORD), ("present_code", present.as_str())];
    let (answer, secret) = set(&mine, &both).await;
    assert_eq!(answer.location(), "/admin/account?done=factor", "{}", answer.body);
    service.clock.advance(SignedDuration::from_secs(60));
    let present = code(&service, &secret);
    let fields = [new, ("present", PASSWORD), ("present_code", present.as_str())];
    let answer = service.post_as("/admin/account/password", &mine, &fields).await;
    assert_eq!(answer.location(), "/admin/sign-in");
    assert!(service.get_as("/admin", &mine).await.location().starts_with("/admin/sign-in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_present_code_counts_once() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Support).await;
    let secret = set_factor(&service, &cookie).await;
    let present = code(&service, &secret);
    let other = new_secret(&service, &cookie).await;
    let other_code = code(&service, &other);
    let fields = [
        ("secret", &*other),
        ("code", "000000"),
        ("present", PASSWORD),
        ("present_code", &present),
    ];
    let slip = service.post_as("/admin/account/second-factor", &cookie, &fields).await;
    assert_eq!(slip.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [&fields[..1], &[("code", &*other_code)], &fields[2..]].concat();
    let answer = service.post_as("/admin/account/second-factor", &cookie, &fields).await;
    assert_eq!(answer.location(), "/admin/account?done=factor", "a slip does not use it up");

    service.clock.advance(SignedDuration::from_secs(60));
    let used = code(&service, &other);
    let half = service.sign_in(Role::Support).await;
    let whole = service.post_as("/admin/sign-in/code", &half, &[("code", &used)]).await;
    let whole = whole.cookie().unwrap();
    let fields = [("new", "several words do well"), ("present", PASSWORD), ("present_code", &used)];
    let answer = service.post_as("/admin/account/password", &whole, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "it was used to sign in");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_concerns_the_credentials_of_others_asks_for_ones_own_after_a_while() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Admin).await;
    let all = service.commands.operators().all().await.unwrap();
    let id = |role| all.iter().find(|it| it.role == role).unwrap().id;
    let (support, admin) = (id(Role::Support), id(Role::Admin));
    let path = format!("/admin/operators/{support}");
    let shown = service.post_as(&path, &cookie, &[("act", "password")]).await;
    assert_eq!(shown.status, StatusCode::OK, "who has just signed in is not asked again");
    service.clock.advance(SignedDuration::from_mins(11));
    let acts = [
        (path.clone(), vec![("act", "password")]),
        (path.clone(), vec![("act", "factor")]),
        (path.clone(), vec![("act", "role"), ("role", "admin")]),
        ("/admin/operators".to_owned(), vec![("email", "x@y.example"), ("role", "admin")]),
    ];
    let head = service.commands.log().head().await.unwrap();
    for (path, fields) in &acts {
        for wrong in ["", "guessed guessed"] {
            let fields = [&fields[..], &[("present", wrong)]].concat();
            let answer = service.post_as(path, &cookie, &fields).await;
            assert!(answer.status.is_client_error(), "{fields:?}");
            assert!(answer.body.contains("name=\"present\""), "{fields:?}");
            for (name, value) in &fields[..fields.len() - 1] {
                let kept = format!("name=\"{name}\" value=\"{value}\"");
                assert!(answer.body.contains(&kept), "{kept}");
            }
        }
        service.clock.advance(SignedDuration::from_mins(2));
    }
    // The looks at the list of operators are recorded; nothing else happened.
    service.caught_up().await;
    let acted = service.commands.operators().all().await.unwrap();
    assert_eq!(acted.len(), all.len());
    assert!(acted.iter().all(|it| it.id != support || it.role == Role::Support));
    assert!(service.commands.log().head().await.unwrap() > head);
    let fields = [&acts[2].1[..], &[("present", PASSWORD)]].concat();
    let answer = service.post_as(&path, &cookie, &fields).await;
    assert_eq!(answer.location(), "/admin/operators?done=changed", "{}", answer.body);
    let created = service.post_as(&acts[3].0, &cookie, &acts[3].1).await;
    assert_eq!(created.status, StatusCode::OK, "once is enough for a while");
    for act in ["password", "factor"] {
        let own = format!("/admin/operators/{admin}");
        let answer = service.post_as(&own, &cookie, &[("act", act)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "one's own: under My account");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_tried_first_is_not_taken_and_the_page_says_why() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Support).await;
    for (new, why) in [
        ("short", "12 à 200 caractères"),
        ("aaaaaaaaaaaa", "essaie d’abord"),
        ("azertyuiop123", "essaie d’abord"),
        ("support@postulo.example", "votre adresse"),
        ("we like postulo a lot", "nom du service"),
    ] {
        let fields = [("present", PASSWORD), ("new", new)];
        let answer = service.post_as("/admin/account/password", &cookie, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{new}");
        assert!(answer.body.contains(why), "{new}: {}", answer.body);
        let shown = answer.body.contains(&format!("name=\"new\" value=\"{new}"));
        assert!(!shown && (new.contains('@') || !answer.body.contains(new)), "{new} is shown");
    }
    service.sign_in(Role::Support).await;
}
