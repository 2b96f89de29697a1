//! Forgotten passwords: who asks learns nothing, and a link in a letter serves once.

use axum::http::{StatusCode, header};
use commands::people::Chapter;
use domain::message::OutgoingLetter;
use domain::operator::Role;
use event_store::testing::{Engine, until};
use jiff::SignedDuration;
use rstest::rstest;
use testing::cause;
use testing::http::{Answer, Office, PASSWORD, email, form};
use texts::pseudo;
use uuid::Uuid;

use super::security::set_factor;
use super::service;

const ASK: &str = "/admin/sign-in/forgotten";
const NEW: &str = "green horses like apples";

async fn ask(service: &Office, address: &str) -> Answer {
    service.post_as(ASK, "", &[("email", address)]).await
}

/// The letters that were queued, oldest first.
async fn letters(service: &Office) -> Vec<OutgoingLetter> {
    let sql =
        "SELECT aggregate_id FROM events WHERE event_type = 'MessageQueued' ORDER BY position";
    let ids: Vec<(String,)> = service.db().fetch_all(sql, vec![]).await.unwrap();
    let mut letters = vec![];
    for (id,) in ids {
        let id: Uuid = id.parse().unwrap();
        let message = service.commands.messages().find(id).await.unwrap();
        letters.push(message.state.known().unwrap().letter.clone());
    }
    letters
}

/// The letters, once so many are queued.
async fn queued(service: &Office, number: usize) -> Vec<OutgoingLetter> {
    until("the letters are queued", async || letters(service).await.len() >= number).await;
    letters(service).await
}

/// The path of the link in a letter.
fn link(letter: &OutgoingLetter) -> String {
    let text = letter.text.reveal().to_string();
    let url = text.lines().find(|line| line.starts_with("http")).unwrap();
    assert!(letter.html.reveal().to_string().contains(&format!("href=\"{url}\"")));
    url.strip_prefix("http://postulo.example").unwrap().to_owned()
}

async fn asked_as(service: &Office, role: Role) -> String {
    let before = letters(service).await.len();
    assert_eq!(ask(service, &email(role)).await.status, StatusCode::OK);
    link(queued(service, before + 1).await.last().unwrap())
}

async fn signs_in(service: &Office, password: &str) -> StatusCode {
    let email = email(Role::Support);
    let fields = [("email", email.as_str()), ("password", password)];
    service.post_as("/admin/sign-in", "", &fields).await.status
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_link_in_a_letter_replaces_a_forgotten_password_once_and_ends_the_sessions(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    let cookie = service.sign_in(Role::Support).await;
    let path = asked_as(&service, Role::Support).await;
    let letter = letters(&service).await.remove(0);
    assert_eq!(letter.to.reveal().as_str(), email(Role::Support));
    assert_eq!(letter.from.as_str(), "postulo@postulo.example");
    assert!(letter.reply_to.is_none());

    // Mail scanners open links, and what is no good as a password is told.
    for _ in 0..3 {
        assert_eq!(service.get_as(&path, "").await.status, StatusCode::OK);
    }
    for weak in ["", "short", "azertyuiop123", "support@postulo.example"] {
        let answer = service.post_as(&path, "", &[("new", weak)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{weak}");
    }
    let foreign = service.send(form(&path, &[("new", NEW)], "cross-site")).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    assert_eq!(
        service.get_as("/admin", &cookie).await.status,
        StatusCode::OK,
        "nothing happened yet"
    );

    let changed = service.post_as(&path, "", &[("new", NEW)]).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    assert!(changed.cookie().is_none(), "a link signs nobody in");
    assert!(changed.device().is_some());
    assert!(service.get_as("/admin", &cookie).await.location().starts_with("/admin/sign-in"));
    assert_eq!(signs_in(&service, PASSWORD).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(signs_in(&service, NEW).await, StatusCode::SEE_OTHER);
    for answer in
        [service.get_as(&path, "").await, service.post_as(&path, "", &[("new", NEW)]).await]
    {
        assert_eq!(answer.status, StatusCode::GONE);
    }
    let sql = "SELECT CAST(count(*) AS BIGINT) FROM one_time_links";
    let (left,): (i64,) = service.db().fetch_one(sql, vec![]).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_is_the_same_whoever_is_asked_for_and_one_letter_leaves() {
    let service = service(Engine::Sqlite).await;
    let analyst = service.operator(Role::Analyst).await;
    service.commands.operators().disable(analyst.id, true, &cause()).await.unwrap();
    let known = ask(&service, &email(Role::Admin)).await;
    assert_eq!(known.status, StatusCode::OK);
    let analyst = email(Role::Analyst);
    for address in ["nobody@postulo.example", analyst.as_str(), "no address", ""] {
        let answer = ask(&service, address).await;
        assert_eq!((answer.status, &answer.body), (StatusCode::OK, &known.body), "{address}");
        assert_eq!(answer.set_cookies().count(), 0);
    }
    // Asked for last, so that all before were dealt with when it is there.
    ask(&service, &email(Role::Auditor)).await;
    let letters = queued(&service, 2).await;
    let to: Vec<_> = letters.iter().map(|it| it.to.reveal().to_string()).collect();
    assert!(to.contains(&email(Role::Admin)) && to.contains(&email(Role::Auditor)), "{to:?}");
    assert_eq!(to.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_again_and_again_is_refused_alike_for_everybody_and_fills_no_mailbox() {
    let service = service(Engine::Sqlite).await;
    let known = email(Role::Admin);
    for address in [known.as_str(), "nobody@postulo.example"] {
        for attempt in 0..7 {
            let answer = ask(&service, address).await;
            let refused = attempt >= 5;
            let expected = if refused { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::OK };
            assert_eq!(answer.status, expected, "{address}, attempt {attempt}");
            assert_eq!(answer.headers.contains_key(header::RETRY_AFTER), refused);
        }
    }
    assert_eq!(queued(&service, 1).await.len(), 1, "one letter a minute");
    // Whoever asks in somebody's name does not keep them from signing in.
    service.sign_in(Role::Admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_over_after_half_an_hour_or_when_the_password_changes_otherwise() {
    let service = service(Engine::Sqlite).await;
    let path = asked_as(&service, Role::Support).await;
    service.clock.advance(SignedDuration::from_mins(30));
    assert_eq!(service.get_as(&path, "").await.status, StatusCode::GONE);
    let path = asked_as(&service, Role::Support).await;
    let support = service.operator(Role::Support).await;
    let password = commands::Password::new(NEW).unwrap();
    service.commands.identity().set_password(&support, &password, &cause()).await.unwrap();
    assert_eq!(service.post_as(&path, "", &[("new", PASSWORD)]).await.status, StatusCode::GONE);
    assert_eq!(service.get_as("/admin/sign-in/reset/forged", "").await.status, StatusCode::GONE);
    assert_eq!(signs_in(&service, NEW).await, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_asked_for_after_a_password_was_replaced() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Support).await;
    set_factor(&service, &cookie).await;
    let path = asked_as(&service, Role::Support).await;
    service.post_as(&path, "", &[("new", NEW)]).await;
    let email = email(Role::Support);
    let fields = [("email", email.as_str()), ("password", NEW)];
    let half = service.post_as("/admin/sign-in", "", &fields).await.cookie().unwrap();
    assert_eq!(service.get_as("/admin", &half).await.location(), "/admin/sign-in/code");
}

#[tokio::test]
async fn its_pages_hold_no_word_that_a_third_language_would_miss() {
    let service = service(Engine::Sqlite).await;
    let path = asked_as(&service, Role::Support).await;
    let address = email(Role::Support);
    let _spoken = pseudo::speak();
    let pages = [
        service.get_as("/admin/sign-in", "").await,
        service.get_as(ASK, "").await,
        ask(&service, "").await,
        service.get_as(&path, "").await,
        service.post_as(&path, "", &[("new", "short")]).await,
        service.post_as(&path, "", &[("new", NEW)]).await,
        service.get_as(&path, "").await,
    ];
    for page in pages {
        let left = pseudo::words_left(&page.body, &["Postulo", "Français", "English", &address]);
        assert!(left.is_empty(), "{left:?} in {}", page.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_hands_out_the_data_of_an_address_does_not_get_the_link() {
    let service = service(Engine::Sqlite).await;
    let path = asked_as(&service, Role::Admin).await;
    let sql = "SELECT aggregate_id FROM events WHERE event_type = 'MessageQueued'";
    let (id,): (String,) = service.db().fetch_one(sql, vec![]).await.unwrap();
    let messages = service.commands.contexts().people_of("Message").unwrap();
    let chapter = messages.chapter(&service.commands, &id).await.unwrap();
    let Some(Chapter::Entry(entry)) = chapter else { panic!("the letter is the receiver's") };
    assert!(!entry.title.is_empty(), "that it was sent is told");
    let handed_out = format!("{:?} {} {:?}", entry.title, entry.data, entry.files);
    let token = path.rsplit('/').next().unwrap();
    assert!(token.len() > 40 && !handed_out.contains(token), "{handed_out}");
    assert!(entry.files.is_empty());
}
