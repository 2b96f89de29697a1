//! `/api/notifications`, line by line of its contract, and its page with the badge.

use domain::application::{AnswerKind, GiveAnswer};
use domain::examples::{minutes, valid};
use domain::space::{AlertCriteria, CriteriaFields, MatchAlert, NOTIFIED};
use rstest::rstest;
use serde_json::json;

use super::postulo::sent;
use super::*;

const OFFER: uuid::Uuid = uuid::Uuid::from_u128(0x0ffe);

async fn answered(site: &Site, application: uuid::Uuid, nth: u128, kind: AnswerKind) {
    let give = GiveAnswer {
        id: examples::answer_id(nth),
        answer: examples::answer(kind, true),
        answers_seen: usize::try_from(nth).unwrap() - 1,
        evidence: None,
        undo_until: minutes(10),
        at: minutes(1),
    };
    site.commands.perform(&application.to_string(), &give, &cause()).await.unwrap();
    site.caught_up().await;
}

/// An alert of somebody tells of three offers.
async fn matched(site: &Site, owner: uuid::Uuid, id: uuid::Uuid) {
    let keywords = vec![valid("boulanger")];
    let criteria = CriteriaFields { keywords, ..CriteriaFields::default() };
    let criteria = AlertCriteria::new(criteria).unwrap();
    let new = commands::NewAlert {
        name: valid("Du pain"),
        criteria: criteria.clone(),
        frequency: domain::space::AlertFrequency::Daily,
        zone: valid("Europe/Paris"),
    };
    let alerts = site.commands.alerts();
    alerts.create(id, owner, new, &cause()).await.unwrap();
    let after = alerts.find(id, owner).await.unwrap().up_to;
    let (offers, at) = (vec![OFFER], site.commands.now());
    let decision = MatchAlert { after, up_to: after + 3, criteria, offers, total: 3, at };
    let receipt = alerts.matched(id, &decision, &cause()).await.unwrap();
    assert_eq!(receipt.events.len(), 1);
    site.caught_up().await;
}

async fn told(person: &Person<'_>, query: &str) -> Value {
    let answer = person.get(&format!("/api/notifications{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

async fn unread(person: &Person<'_>) -> Value {
    person.get("/api/notifications/unread-count/").await.json()["unread_count"].clone()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn answers_and_matches_are_told_read_and_deleted_each_by_whose_they_are(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    site.register_demo(examples::partner_settings()).await;
    let application = sent(&site, "Camille@example.org").await;
    let camille = Person::confirmed(&site, "camille@example.org").await;
    let zoe = Person::confirmed(&site, "zoe@example.org").await;
    let nothing = json!({ "notifications": [], "total": 0, "unread_count": 0 });
    assert_eq!(told(&camille, "").await, nothing);
    answered(&site, application, 1, AnswerKind::Interview).await;
    assert_eq!(unread(&camille).await, 0, "it may still be taken back");
    site.clock.advance(jiff::SignedDuration::from_mins(11));
    matched(&site, camille.account.id, uuid::Uuid::from_u128(7)).await;
    let list = told(&camille, "/").await;
    assert_eq!((&list["total"], &list["unread_count"]), (&json!(2), &json!(2)));
    let mut first = list["notifications"][0].clone();
    let id = first["id"].as_i64().unwrap();
    let object = first.as_object_mut().unwrap();
    object.remove("id");
    assert!(object.remove("created_at").unwrap().is_string());
    assert_eq!(
        first,
        json!({
            "type": "new_job",
            "title": "3 nouvelles offres d’emploi",
            "message": "Elles correspondent à votre alerte «\u{a0}Du pain\u{a0}».",
            "related_job_id": OFFER,
            "related_application_id": null,
            "is_read": false,
            "read_at": null,
        })
    );
    let second = &list["notifications"][1];
    assert_eq!(second["type"], "status_change");
    assert_eq!(second["title"], "Un entretien vous est proposé");
    assert_eq!(second["message"], "Boulangerie Dupont, Boulanger (H/F)");
    assert_eq!(second["related_application_id"], application.to_string());
    // One is read, twice is once.
    let path = format!("/api/notifications/{id}");
    for _ in 0..2 {
        let read = camille.put(&format!("{path}/read"), json!({})).await;
        assert_eq!((read.status.as_u16(), read.json()["message"].is_string()), (200, true));
        site.clock.advance(jiff::SignedDuration::from_mins(1));
    }
    assert_eq!(unread(&camille).await, 1);
    let read_at = told(&camille, "?limit=1").await["notifications"][0]["read_at"].clone();
    assert!(read_at.is_string());
    // It is nobody else's.
    for answer in [
        zoe.put(&format!("{path}/read"), json!({})).await,
        zoe.delete(&path).await,
        zoe.delete("/api/notifications/1").await,
        camille.delete("/api/notifications/x").await,
    ] {
        assert_eq!(detail(&answer, 404), "Notification not found");
    }
    assert_eq!(told(&zoe, "").await, nothing);
    assert_eq!(zoe.put("/api/notifications/mark-all-read", json!({})).await.status, 200);
    assert_eq!(unread(&camille).await, 1, "what another one marks is theirs");
    // Marks outlive the read models.
    let log = &site.log;
    for name in ["alert_matches", "answers"] {
        projections::rebuild(log, site.clock.clone(), name).await.unwrap();
    }
    let list = told(&camille, "").await;
    assert_eq!(list["notifications"][0]["read_at"], read_at);
    assert_eq!(list["unread_count"], 1);
    assert_eq!(camille.put("/api/notifications/mark-all-read/", json!({})).await.status, 200);
    assert_eq!(unread(&camille).await, 0);
    assert_eq!(camille.delete(&path).await.status, 200);
    assert_eq!(camille.delete(&path).await.status, 404);
    assert_eq!(told(&camille, "").await["total"], 1);
    assert_eq!(told(&camille, "?offset=1").await["notifications"], json!([]));
    for query in ["?limit=0", "?limit=101", "?offset=-1", "?limit=x"] {
        detail(&camille.get(&format!("/api/notifications{query}")).await, 422);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_old_or_of_a_deleted_alert_or_account_is_told_no_more() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::confirmed(&site, "camille@example.org").await;
    let (owner, alert) = (camille.account.id, uuid::Uuid::from_u128(7));
    matched(&site, owner, alert).await;
    let id = told(&camille, "").await["notifications"][0]["id"].as_i64().unwrap();
    let space = site.commands.space();
    space.read_notifications(owner, &[id]).await.unwrap();
    assert_eq!(space.notification_marks(owner).await.unwrap().len(), 1);
    site.commands.alerts().delete(alert, owner, &cause()).await.unwrap();
    site.caught_up().await;
    assert_eq!(told(&camille, "").await["total"], 0);
    let other = uuid::Uuid::from_u128(8);
    matched(&site, owner, other).await;
    assert_eq!(unread(&camille).await, 1);
    site.clock.advance(NOTIFIED + jiff::SignedDuration::from_mins(1));
    assert_eq!(site.commands.tidy().await.unwrap().notification_marks, 1);
    let whose = projections::space::Whose { owner, email: None, now: site.commands.now() };
    let unread = projections::space::unread_notifications(&site.log, whose).await.unwrap();
    assert_eq!(unread, 0);
    space.read_notifications(owner, &[id]).await.unwrap();
    let accounts = site.commands.accounts();
    accounts.close(owner, domain::account::ClosingReason::Owner, &cause()).await.unwrap();
    assert_eq!(space.notification_marks(owner).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_has_a_badge_until_they_are_read() {
    let site = pages::office(Engine::Sqlite).await;
    let camille = pages::Reader::new(&site, "camille@example.org").await;
    let dominique = pages::Reader::new(&site, "dominique@example.org").await;
    let owner = site.commands.accounts().owner_of(&valid("camille@example.org")).await;
    let owner = owner.unwrap().unwrap().id;
    assert!(!camille.get("/me").await.body.contains("class=\"badge\""));
    for n in [7, 8] {
        matched(&site, owner, uuid::Uuid::from_u128(n)).await;
    }
    for page in ["/me", "/me/tasks", "/account"] {
        assert!(camille.get(page).await.body.contains("(2 non lues)"), "{page}");
        assert!(!dominique.get(page).await.body.contains("class=\"badge\""), "{page}");
    }
    let page = camille.get("/me/notifications").await.main();
    assert_eq!(page.matches("3 nouvelles offres d’emploi</strong>").count(), 2, "{page}");
    let (_, rest) = page.split_once("action=\"/me/notifications/").unwrap();
    let path = format!("/me/notifications/{}", rest.split('"').next().unwrap());
    assert_eq!(dominique.post(&path, &[("what", "open")]).await.status, 404);
    assert_eq!(camille.post(&path, &[("what", "x")]).await.status, 422);
    let opened = camille.post(&path, &[("what", "open")]).await;
    assert!(opened.location().starts_with("/me/alerts/"), "{}", opened.location());
    assert!(camille.get("/me").await.body.contains("(1 non lue)"));
    let all = camille.post("/me/notifications", &[]).await;
    let after = camille.get(all.location()).await;
    assert!(!after.body.contains("class=\"badge\""), "{}", after.body);
    assert!(after.main().contains("C’est marqué comme lu"), "{}", after.main());
    assert_eq!(camille.post(&path, &[("what", "delete")]).await.status, 303);
    let page = camille.get("/me/notifications?after=x").await.main();
    assert_eq!(page.matches("action=\"/me/notifications/").count(), 1, "{page}");
}
