//! Sources of job offers: what the page shows of them, and what an operator does.

use axum::http::StatusCode;
use commands::collecting::{AskedBy, CollectionEnd, CollectionOutcome, CollectionReport, Counts};
use commands::schedules;
use domain::operator::Role;
use event_store::testing::Engine;
use jiff::SignedDuration;
use testing::http::Office;

use super::service;

const PATH: &str = "/admin/sources";

async fn english(service: &Office, path: &str, cookie: &str) -> String {
    let page = service.get_as(path, &format!("{cookie}; postulo_language=en")).await;
    page.body.replace('\u{a0}', " ")
}

async fn add(service: &Office, cookie: &str, fields: [(&str, &str); 4]) -> testing::http::Answer {
    service.post_as("/admin/sources/new", &format!("{cookie}; postulo_language=en"), &fields).await
}

const ACME: [(&str, &str); 4] = [
    ("name", "acme"),
    ("kind", "pages"),
    ("target", "https://acme.example/sitemap.xml"),
    ("cron", ""),
];

/// A collection from the source that ended so.
async fn collected(service: &Office, reason: Option<&str>, counts: Counts) {
    service.clock.advance(SignedDuration::from_mins(1));
    let collecting = service.commands.collecting();
    let source = collecting.source("acme").await.unwrap().unwrap();
    collecting.ask(&[source], AskedBy::Clock).await.unwrap();
    let taken = collecting.take_collection().await.unwrap().unwrap();
    let outcome =
        if reason.is_some() { CollectionOutcome::Failed } else { CollectionOutcome::Done };
    let detail = reason.map(|_| "acme.example".to_owned());
    let reason = reason.map(str::to_owned);
    let report = CollectionReport { counts, reason, detail, note: None };
    collecting.end_collection(&taken, &CollectionEnd { outcome, report }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_added_and_what_is_wrong_with_it_is_told_beside_the_field() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Admin).await;
    assert!(english(&service, PATH, &cookie).await.contains("There is no source yet"));
    let wrong = [
        ([("name", "Acme SA"), ACME[1], ACME[2], ACME[3]], "Type a name of lower-case letters"),
        (
            [("name", "web-search"), ACME[1], ACME[2], ACME[3]],
            "There is a source of this name already",
        ),
        ([ACME[0], ("kind", "fax"), ACME[2], ACME[3]], "Choose a kind of source"),
        ([ACME[0], ACME[1], ("target", "acme"), ACME[3]], "Type the whole address"),
        ([ACME[0], ("kind", "lever"), ("target", "a b"), ACME[3]], "Type the name of the board"),
        ([ACME[0], ("kind", "search"), ("target", " "), ACME[3]], "or the words to search for."),
        ([ACME[0], ACME[1], ACME[2], ("cron", "often")], "This is no cron expression"),
    ];
    for (fields, told) in wrong {
        let answer = add(&service, &cookie, fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(answer.body.contains(told), "{fields:?}: {}", answer.body);
    }
    let answer = add(&service, &cookie, ACME).await;
    assert_eq!(answer.location(), "/admin/sources?done=source-added");
    let again = add(&service, &cookie, ACME).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = english(&service, PATH, &cookie).await;
    for told in
        ["acme", "https://acme.example/sitemap.xml", "It has not worked yet.", "Collect now"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
    // Those who look at figures see it, and change nothing.
    let analyst = service.sign_in(Role::Analyst).await;
    let page = english(&service, PATH, &analyst).await;
    assert!(page.contains("acme") && !page.contains("Collect now"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_was_added_without_its_mark_says_so_on_its_form() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Admin).await;
    let refusal = "CREATE TRIGGER refuses BEFORE UPDATE OF applies_here ON offer_sources
                   BEGIN SELECT RAISE(ABORT, 'refused'); END";
    service.db().execute(refusal, vec![]).await.unwrap();
    let ticked = [&ACME[..], &[("applies_here", "yes")]].concat();
    let answer = service.post_as("/admin/sources/new", &cookie, &ticked).await;
    assert_eq!(answer.location(), "/admin/sources/acme/edit?done=source-unmarked");
    let form = english(&service, answer.location(), &cookie).await;
    assert!(form.contains("The source is added. That its offers"), "{form}");
    assert!(form.contains("action=\"/admin/sources/acme/edit\""), "{form}");
    service.db().execute("DROP TRIGGER refuses", vec![]).await.unwrap();
    let again = service.post_as("/admin/sources/acme/edit", &cookie, &ticked[1..]).await;
    assert_eq!(again.location(), "/admin/sources?done=changed");
    let source = service.commands.collecting().source("acme").await.unwrap().unwrap();
    assert!(source.applies_here);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_collects_pauses_changes_and_removes() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Admin).await;
    add(&service, &cookie, ACME).await;
    let act = async |act: &str| {
        let answer = service.post_as(PATH, &cookie, &[("name", "acme"), ("act", act)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        answer.location().to_owned()
    };
    assert_eq!(act("run").await, "/admin/sources?done=source-asked");
    let asked = schedules::latest(service.db(), "offers.collect", 9).await.unwrap();
    assert_eq!((asked.len(), asked[0].started_at), (1, None));
    let page = english(&service, PATH, &cookie).await;
    assert!(page.contains("waits for its turn") && page.contains("hx-trigger"), "{page}");
    assert_eq!(act("pause").await, "/admin/sources?done=source-paused");
    assert!(english(&service, PATH, &cookie).await.contains("not while it is paused"));
    assert_eq!(act("resume").await, "/admin/sources?done=source-resumed");

    let changed =
        [("kind", "feed"), ("target", "https://acme.example/feed"), ("cron", "30 6 * * 1-5")];
    let answer = service.post_as("/admin/sources/acme/edit", &cookie, &changed).await;
    assert_eq!(answer.location(), "/admin/sources?done=changed");
    let source = service.commands.collecting().source("acme").await.unwrap().unwrap();
    assert_eq!(source.cron.as_deref(), Some("30 6 * * 1-5"));
    assert!(!source.applies_here, "unless somebody says so");
    let [kind, target, cron] = changed;
    let edited = async |fields: &[(&str, &str)]| {
        let answer = service.post_as("/admin/sources/acme/edit", &cookie, fields).await;
        let source = service.commands.collecting().source("acme").await.unwrap().unwrap();
        (answer.status, source.applies_here)
    };
    let ticked = [kind, target, cron, ("applies_here", "yes")];
    assert_eq!(edited(&ticked).await, (StatusCode::SEE_OTHER, true));
    assert!(english(&service, PATH, &cookie).await.contains("one may apply here"));
    let words = [("kind", "search"), ("target", "baker"), ("cron", ""), ("applies_here", "yes")];
    assert_eq!(edited(&words).await, (StatusCode::UNPROCESSABLE_ENTITY, true));
    assert_eq!(edited(&changed).await, (StatusCode::SEE_OTHER, false));
    let answer = service.post_as("/admin/sources/acme/remove", &cookie, &[]).await;
    assert_eq!(answer.location(), "/admin/sources?done=source-removed");
    let answer = service.post_as("/admin/sources/acme/remove", &cookie, &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_says_why_it_failed_and_three_failures_in_a_row_need_attention() {
    let service = service(Engine::Sqlite).await;
    let cookie = service.sign_in(Role::Admin).await;
    add(&service, &cookie, ACME).await;
    collected(&service, None, Counts { found: 12, new: 3, gone: 1, ..Counts::default() }).await;
    let page = english(&service, PATH, &cookie).await;
    assert!(page.contains("12 offers, 3 new, 1 gone"), "{page}");
    for _ in 0..2 {
        collected(&service, Some("forbidden"), Counts::default()).await;
    }
    let front = english(&service, "/admin", &cookie).await;
    assert!(!front.contains("failed three times"), "{front}");
    collected(&service, Some("forbidden"), Counts::default()).await;
    let page = english(&service, PATH, &cookie).await;
    assert!(page.contains("the site acme.example forbids it in its robots.txt"), "{page}");
    assert!(page.contains("failed three times in a row"), "{page}");
    let front = english(&service, "/admin", &cookie).await;
    assert!(front.contains("The source of job offers acme failed three times in a row"), "{front}");
    collected(&service, None, Counts::default()).await;
    let front = english(&service, "/admin", &cookie).await;
    assert!(!front.contains("failed three times"), "{front}");
}
