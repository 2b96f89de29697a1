//! What auditors search, replay and take away.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use axum::http::StatusCode;
use domain::application::{RecordSentToEmployer, Withdraw};
use domain::examples;
use domain::operator::Role;
use event_store::testing::Engine;
use event_store::tree::{self, Proof};
use rstest::rstest;
use serde_json::Value;
use testing::cause;
use testing::http::{Answer, Office};

use super::{audit_key, service};

/// An application that was sent and withdrawn, a minute apart each.
async fn withdrawn(engine: Engine) -> Office {
    let service = service(engine).await;
    let id = service.application.to_string();
    let minute = jiff::SignedDuration::from_mins(1);
    service.clock.advance(minute);
    let message_id = examples::valid("a@x.example");
    let sent = RecordSentToEmployer { message_id, at: examples::minutes(1) };
    service.commands.perform(&id, &sent, &cause()).await.unwrap();
    service.clock.advance(minute);
    let withdraw = Withdraw { reason: None, at: examples::minutes(2) };
    service.commands.perform(&id, &withdraw, &cause()).await.unwrap();
    service
}

async fn history(service: &Office, query: &str) -> Answer {
    let cookie = service.sign_in(Role::Auditor).await;
    service.get_as(&format!("/admin/audit/{}{query}", service.application), &cookie).await
}

fn kinds(body: &str) -> Vec<&str> {
    body.split("<h3>").skip(1).map(|rest| rest.split(' ').next().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_is_replayed_to_its_end_to_a_time_or_to_a_position() {
    let service = withdrawn(Engine::Sqlite).await;
    let all = history(&service, "").await;
    assert_eq!(kinds(&all.body), ["Submitted", "SentToEmployer", "Withdrawn"]);
    assert!(all.body.contains("<code>/status</code>"), "what it changed: {}", all.body);
    assert!(all.body.contains("2026-11-20 09:01:00.000000 UTC"), "{}", all.body);
    let then = history(&service, "?date=2026-11-20&time=09:01").await;
    assert_eq!(kinds(&then.body), ["Submitted", "SentToEmployer"]);
    assert!(then.body.contains("class=\"tag sent\""), "{}", then.body);
    assert!(then.body.contains("&#34;status&#34;: &#34;sent&#34;"), "the state then");
    let recorded = service.commands.applications().find(service.application).await.unwrap().events;
    let first = format!("?position={}", recorded[0].position);
    assert_eq!(kinds(&history(&service, &first).await.body), ["Submitted"]);
    let before = history(&service, "?date=2026-11-19").await;
    assert_eq!(kinds(&before.body), <[&str; 0]>::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_time_shows_no_history_and_says_how_to_mend_it() {
    let service = withdrawn(Engine::Sqlite).await;
    for query in ["?date=yesterday", "?time=09:00", "?position=first"] {
        let page = history(&service, query).await;
        assert!(page.body.contains("aria-invalid=\"true\""), "{query}: {}", page.body);
        assert_eq!(kinds(&page.body), <[&str; 0]>::default(), "{query}");
    }
    let cookie = service.sign_in(Role::Auditor).await;
    let nothing = format!("/admin/audit/{}", uuid::Uuid::nil());
    assert_eq!(service.get_as(&nothing, &cookie).await.status, StatusCode::NOT_FOUND);
    let nothing = format!("{nothing}/case-file.zip");
    assert_eq!(service.get_as(&nothing, &cookie).await.status, StatusCode::NOT_FOUND);
}

fn unzipped(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        files.insert(file.name().unwrap().into_owned(), content);
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_file_tells_all_that_happened_and_proves_it() {
    let service = withdrawn(Engine::Sqlite).await;
    let answer = history(&service, "/case-file.zip").await;
    assert_eq!(answer.headers["content-type"], "application/zip");
    let files = unzipped(&answer.bytes);
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["README.txt", "events.jsonl", "index.html", "proof.json", "state.json"]);
    let events: Vec<Value> =
        files["events.jsonl"].lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = events.iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(told, ["Submitted", "SentToEmployer", "Withdrawn"]);
    let proof: Proof = serde_json::from_str(&files["proof.json"]).unwrap();
    tree::check(&proof, &audit_key().verifier()).unwrap();
    let proven: Vec<_> = proof.events.iter().map(|it| it.leaf.position).collect();
    let positions: Vec<_> = events.iter().map(|it| it["position"].as_i64().unwrap()).collect();
    assert_eq!(proven, positions, "what is told is what is proven");
    let state: Value = serde_json::from_str(&files["state.json"]).unwrap();
    assert_eq!(state["status"], "withdrawn");
    let page = &files["index.html"];
    assert!(page.contains("Camille") && page.contains("<style>"), "{page}");
    for outside in ["src=", "href=\"http", "@import", "url(", "<script"] {
        assert!(!page.contains(outside), "it needs nothing else: {outside}");
    }
    assert!(files["README.txt"].contains(audit_key().public()), "{}", files["README.txt"]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn case_files_are_made_while_others_sign_and_write(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = withdrawn(engine).await;
    let signer = audit_key().into();
    let language = domain::Language::En;
    let make = || {
        let (commands, signer) = (&service.commands, &signer);
        async move {
            commands
                .operators()
                .record_look("audit case-file", &[("id", String::new())], &cause())
                .await
                .unwrap();
            let made = admin::case_file(commands, service.application, Some(signer), language);
            unzipped(&made.await.unwrap())
        }
    };
    for files in futures::future::join_all((0..4).map(|_| make())).await {
        let proof: Proof = serde_json::from_str(&files["proof.json"]).unwrap();
        assert_eq!(proof.events.len(), 3);
    }
    let without = admin::case_file(&service.commands, service.application, None, language);
    let files = unzipped(&without.await.unwrap());
    assert!(!files.contains_key("proof.json"));
    assert!(files["README.txt"].contains("POSTULO_AUDIT_KEY"), "{}", files["README.txt"]);
}

#[rstest]
#[tokio::test]
async fn whatever_happened_has_a_history_of_its_own(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let service = service(engine).await;
    service.caught_up().await;
    let cookie = service.sign_in(Role::Auditor).await;
    let search = service.get_as("/admin/audit?kind=OperatorCreated", &cookie).await;
    let link = search.body.split("/admin/audit/streams/Operator/").nth(1);
    let id = link.expect("a row leads to its stream").split('"').next().unwrap();
    let page = service.get_as(&format!("/admin/audit/streams/Operator/{id}"), &cookie).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("<code>OperatorCreated</code>"), "{}", page.body);
    assert!(!page.main().contains("@postulo.example"), "who it is stays sealed: {}", page.main());
    for nowhere in ["Operator/none", "Nothing/none", "JobApplication/%2e"] {
        let nothing = format!("/admin/audit/streams/{nowhere}");
        let answer = service.get_as(&nothing, &cookie).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nowhere}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn auditors_find_what_happened_and_who_looked_in_one_list() {
    let service = withdrawn(Engine::Sqlite).await;
    let id = service.application;
    let support = service.sign_in(Role::Support).await;
    service.get_as(&format!("/admin/applications/{id}"), &support).await;
    service.caught_up().await;
    let cookie = service.sign_in(Role::Auditor).await;
    let found = async |query: &str| {
        let page = service.get_as(&format!("/admin/audit{query}"), &cookie).await;
        let rows = page.body.split("<tbody>").nth(1).unwrap_or_default().to_owned();
        let kinds = rows.split("<code>").skip(1).map(|rest| rest.split('<').next().unwrap());
        kinds.filter(|kind| !kind.contains('-')).map(str::to_owned).collect::<Vec<_>>()
    };
    let of_application = ["OperatorLooked", "Withdrawn", "SentToEmployer", "Submitted"];
    assert_eq!(found(&format!("?application={id}")).await, of_application);
    assert_eq!(found("?kind=Withdrawn").await, ["Withdrawn"]);
    let by_support = "?actor=operator&actor_id=SUPPORT%40postulo.example";
    assert_eq!(found(by_support).await, ["OperatorLooked", "OperatorSignedIn"]);
    assert_eq!(found("?actor_id=nobody%40postulo.example").await, <[&str; 0]>::default());
    assert_eq!(found("?to=2026-11-19").await, <[&str; 0]>::default());
    let all = found("?from=2026-11-20").await;
    assert!(all.contains(&"OperatorCreated".to_owned()) && all.contains(&"Submitted".to_owned()));
    let wrong = service.get_as("/admin/audit?application=123", &cookie).await;
    assert!(wrong.body.contains("aria-invalid=\"true\""));
}
