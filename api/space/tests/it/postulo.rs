//! What somebody sent through the form is in their space by itself, and stays as it was sent.

use domain::application::{AnswerKind, ApplicationEvent};
use domain::examples::{minutes, valid};
use domain::{JobApplication, Personal};
use rstest::rstest;
use serde_json::json;

use super::*;

/// An application from this address, in the log.
pub(super) async fn sent(site: &Site, email: &str) -> uuid::Uuid {
    sent_with(site, email, vec![]).await
}

/// The same with documents.
pub(super) async fn sent_with(
    site: &Site,
    email: &str,
    uploads: Vec<commands::Upload>,
) -> uuid::Uuid {
    let documents = commands::recognise(uploads).unwrap();
    let mut submission = examples::submission();
    submission.candidate.email = Personal::new(valid(email));
    submission.attachments = documents.iter().map(|it| it.attachment.clone()).collect();
    let applications = site.commands.applications();
    let submitted = applications.submit(submission, &documents, None, &cause()).await.unwrap();
    site.caught_up().await;
    submitted.id
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_came_from_the_confirmed_address_is_there_and_nothing_else(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    site.register_demo(examples::partner_settings()).await;
    let application = sent(&site, "Camille@example.org").await;
    let unconfirmed = Person::new(&site, "camille@example.org").await;
    assert_eq!(unconfirmed.get("/applications").await.json(), json!([]), "anybody may say so");
    detail(&unconfirmed.get(&format!("/applications/{application}")).await, 403);
    let camille = Person::confirmed(&site, "camille@example.org").await;
    let zoe = Person::confirmed(&site, "zoe@example.org").await;
    let list = camille.get("/applications").await.json();
    assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
    let first = &list[0];
    assert_eq!(first["_id"], application.to_string());
    assert_eq!(first["company"], "Boulangerie Dupont");
    assert_eq!(first["position"], "Boulanger (H/F)");
    assert_eq!(first["status"], "Candidature envoyée");
    let path = format!("/applications/{application}");
    assert_eq!(camille.get(&path).await.json(), *first);
    assert_eq!(zoe.get("/applications").await.json(), json!([]));
    for answer in [
        zoe.get(&path).await,
        zoe.put(&path, json!({ "archived": true })).await,
        zoe.delete(&path).await,
        zoe.post(&format!("{path}/notes"), json!({ "note": "x" })).await,
        zoe.get(&format!("{path}/history")).await,
    ] {
        assert_eq!(detail(&answer, 403), "Accès non autorisé à cette candidature");
    }
    // Its own are among it, by their dates.
    for date in ["2026-11-19", "2026-11-21"] {
        let body = json!({ "company": date, "position": "Dev", "application_date": date });
        camille.post("/applications", body).await;
    }
    let list = camille.get("/applications").await.json();
    let order: Vec<_> = list.as_array().unwrap().iter().map(|it| it["company"].clone()).collect();
    assert_eq!(order, ["2026-11-21", "Boulangerie Dupont", "2026-11-19"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_notes_and_is_archived_and_hidden_and_never_changed() {
    let site = site(Engine::Sqlite).await;
    site.register_demo(examples::partner_settings()).await;
    let application = sent(&site, "camille@example.org").await;
    let camille = Person::confirmed(&site, "camille@example.org").await;
    let path = format!("/applications/{application}");
    let noted = camille.post(&format!("{path}/notes"), json!({ "note": "relancer" })).await;
    assert_eq!(noted.json()["notes"], json!(["relancer"]));
    let mut whole = noted.json();
    whole["archived"] = json!(true);
    let archived = camille.put(&path, whole.clone()).await;
    assert_eq!(archived.status, 200, "{}", archived.body);
    assert_eq!(archived.json()["archived"], true);
    assert_eq!(camille.get("/applications").await.json()[0]["notes"], json!(["relancer"]));
    whole["company"] = json!("Autre");
    let told = detail(&camille.put(&path, whole).await, 422);
    assert!(told.contains("Postulo"), "{told}");
    let task = json!({ "title": "Relancer", "application_id": application });
    assert_eq!(camille.post("/tasks", task).await.status, 201);
    assert_eq!(camille.delete(&path).await.status, 204);
    assert_eq!(camille.delete(&path).await.status, 204);
    assert_eq!(camille.get("/applications").await.json(), json!([]));
    assert_eq!(camille.get(&path).await.status, 404);
    let state: JobApplication = site.commands.state_of(&application.to_string()).await.unwrap();
    assert!(state.open().is_ok(), "it went its way");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_told_once_it_can_be_taken_back_no_more() {
    let site = site(Engine::Sqlite).await;
    site.register_demo(examples::partner_settings()).await;
    let application = sent(&site, "camille@example.org").await;
    let camille = Person::confirmed(&site, "camille@example.org").await;
    let give = domain::application::GiveAnswer {
        id: examples::answer_id(1),
        answer: examples::answer(AnswerKind::Rejection, true),
        answers_seen: 0,
        evidence: None,
        undo_until: minutes(10),
        at: minutes(1),
    };
    let receipt = site.commands.perform(&application.to_string(), &give, &cause()).await.unwrap();
    assert!(matches!(receipt.events[0], ApplicationEvent::Rejected { .. }));
    site.caught_up().await;
    let path = format!("/applications/{application}");
    let status = async || {
        let list = camille.get("/applications").await;
        let one = camille.get(&path).await.json()["status"].clone();
        assert_eq!(list.json()[0]["status"], one);
        (one, list.header("etag").to_owned())
    };
    let (before, tag) = status().await;
    assert_eq!(before, "Candidature envoyée");
    let history = camille.get(&format!("{path}/history")).await.json();
    assert_eq!(history.as_array().unwrap().len(), 1, "{history}");
    site.clock.advance(jiff::SignedDuration::from_mins(11));
    let (after, later) = status().await;
    assert_eq!(after, "Refusée");
    assert_ne!(tag, later);
    let history = camille.get(&format!("{path}/history")).await.json();
    assert_eq!(history[1]["status"], "Refusée");
}

pub(super) async fn answers(
    site: &Site,
    application: uuid::Uuid,
    nth: u128,
    kind: AnswerKind,
    at: i64,
) {
    let give = domain::application::GiveAnswer {
        id: examples::answer_id(nth),
        answer: examples::answer(kind, true),
        answers_seen: usize::try_from(nth - 1).unwrap(),
        evidence: None,
        undo_until: minutes(at + 5),
        at: minutes(at),
    };
    site.commands.perform(&application.to_string(), &give, &cause()).await.unwrap();
    site.caught_up().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_interview_is_in_the_calendar_of_whose_it_is_from_when_it_is_told_until_its_end_is(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    site.register_demo(examples::partner_settings()).await;
    let application = sent(&site, "camille@example.org").await;
    let camille = Person::confirmed(&site, "camille@example.org").await;
    let shown = async |email: Option<&str>| {
        let (owner, now) = (camille.account.id, site.commands.now());
        let whose = projections::space::Whose { owner, email, now };
        projections::space::interviews(site.commands.log(), whose).await.unwrap().len()
    };
    let hers = Some("camille@example.org");
    answers(&site, application, 1, AnswerKind::Interview, 1).await;
    assert_eq!(shown(hers).await, 0, "it may be taken back yet");
    site.clock.advance(jiff::SignedDuration::from_mins(7));
    assert_eq!(shown(hers).await, 1);
    assert_eq!(shown(Some("other@example.org")).await, 0, "an address that took the place of it");
    assert_eq!(shown(None).await, 0, "an address that is not confirmed");
    answers(&site, application, 2, AnswerKind::Rejection, 8).await;
    assert_eq!(shown(hers).await, 1, "that it is called off is not told yet");
    site.clock.advance(jiff::SignedDuration::from_mins(7));
    assert_eq!(shown(hers).await, 0);

    let application = sent(&site, "camille@example.org").await;
    answers(&site, application, 1, AnswerKind::Interview, 15).await;
    site.clock.advance(jiff::SignedDuration::from_mins(7));
    assert_eq!(shown(hers).await, 1);
    let figures = async || {
        let (owner, now) = (camille.account.id, site.commands.now());
        let whose = projections::space::Whose { owner, email: hers, now };
        projections::space::figures(site.commands.log(), whose).await.unwrap().sent.len()
    };
    assert_eq!(figures().await, 2);
    for (hidden, left) in [(true, (0, 1)), (false, (1, 2))] {
        let hide = domain::space::HideTracked { hidden, at: site.commands.now() };
        let space = site.commands.space();
        space.decide_on_sent(application, camille.account.id, hide, &cause()).await.unwrap();
        site.caught_up().await;
        assert_eq!((shown(hers).await, figures().await), left, "hidden: {hidden}");
    }
    let withdraw = domain::application::Withdraw { reason: None, at: site.commands.now() };
    site.commands.perform(&application.to_string(), &withdraw, &cause()).await.unwrap();
    site.caught_up().await;
    assert_eq!(shown(hers).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_that_comes_to_be_told_makes_the_list_another_one() {
    let site = site(Engine::Sqlite).await;
    site.register_demo(examples::partner_settings()).await;
    let application = sent(&site, "camille@example.org").await;
    let camille = Person::confirmed(&site, "camille@example.org").await;
    answers(&site, application, 1, AnswerKind::Info, 1).await;
    answers(&site, application, 2, AnswerKind::Rejection, 3).await;
    let mut tags = vec![];
    for minutes in [7, 2, 0] {
        tags.push(camille.get("/applications").await.header("etag").to_owned());
        site.clock.advance(jiff::SignedDuration::from_mins(minutes));
    }
    tags.dedup();
    assert_eq!(tags.len(), 3, "nothing, the first, the second");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_what_was_sent_is_narrowed_by_what_its_candidate_knows(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    site.register_demo(examples::partner_settings()).await;
    let (rejected, other) =
        (sent(&site, "camille@example.org").await, sent(&site, "camille@example.org").await);
    let camille = Person::confirmed(&site, "camille@example.org").await;
    answers(&site, rejected, 1, AnswerKind::Rejection, 1).await;
    let count = async |query: &str| {
        let list = camille.get(&format!("/applications?{query}")).await;
        list.json().as_array().unwrap().len()
    };
    let (sent, refused) = ("status=Candidature%20envoy%C3%A9e", "status=Refus%C3%A9e");
    assert_eq!((count(sent).await, count(refused).await), (2, 0), "it is not told yet");
    site.clock.advance(jiff::SignedDuration::from_mins(11));
    assert_eq!((count(sent).await, count(refused).await), (1, 1));
    let archive = json!({ "archived": true });
    assert_eq!(camille.put(&format!("/applications/{rejected}"), archive).await.status, 200);
    assert_eq!((count("archived=true").await, count("archived=false").await), (1, 1));
    assert_eq!(camille.delete(&format!("/applications/{other}")).await.status, 204);
    assert_eq!((count("").await, count("archived=false").await, count(sent).await), (1, 0, 0));
    assert_eq!(count("q=boulangerie&limit=1").await, 1);
}
