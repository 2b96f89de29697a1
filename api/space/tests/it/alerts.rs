//! `/api/job-alerts`, line by line of its contract, the link that stops an alert, and the pages.

use domain::offer::OfferContent;
use serde_json::json;

use super::*;

async fn offered(site: &Site, title: &str) {
    let content = OfferContent {
        title: examples::valid(title),
        // Companies whose names are alike would be one.
        company: examples::valid(
            &uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, title.as_bytes()).to_string(),
        ),
        url: None,
        skills: vec![],
        ..examples::offer()
    };
    let offers = site.commands.offers();
    let source = examples::valid("greenhouse");
    offers.collect(source, examples::valid(title), content, &cause()).await.unwrap();
}

fn named(answer: &Answer) -> String {
    assert!(answer.status.is_success(), "{}", answer.body);
    answer.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_lives_as_its_contract_says() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    // As the page of its clients sends it.
    let body = json!({
        "name": "Rust in Lyon",
        "criteria": { "keywords": ["rust", ""], "location": "Lyon", "job_types": ["FULL_TIME"] },
        "frequency": "DAILY",
    });
    let made = camille.post("/api/job-alerts/", body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let mut told = made.json();
    let object = told.as_object_mut().unwrap();
    for name in ["id", "created_at", "updated_at"] {
        assert!(object.remove(name).unwrap().is_string(), "{name}");
    }
    assert_eq!(
        told,
        json!({
            "candidate_id": camille.account.id,
            "name": "Rust in Lyon",
            "criteria": { "keywords": ["rust"], "location": "Lyon", "job_types": ["full_time"] },
            "frequency": "daily",
            "time_zone": "Europe/Paris",
            "is_active": true,
            "jobs_sent_count": 0,
            "last_sent_at": null,
            "last_matching_job_id": null,
        })
    );
    let path = format!("/api/job-alerts/{}", named(&made));
    let renamed = camille.put(&path, json!({ "name": "Rust", "is_active": true })).await;
    assert_eq!((renamed.json()["name"].as_str(), renamed.status.as_u16()), (Some("Rust"), 200));
    let weekly = json!({ "frequency": "weekly", "criteria": { "salary_min": 42000 } });
    let patched = camille.send(Method::PATCH, &path, Some(weekly)).await.json();
    assert_eq!(patched["criteria"], json!({ "salary_min": 42000 }));
    assert_eq!(patched["frequency"], "weekly");
    let toggled = camille.post(&format!("{path}/toggle/"), json!({})).await.json();
    assert_eq!(toggled["is_active"], false);
    assert_eq!(camille.get("/api/job-alerts?is_active=true").await.json(), json!([]));
    assert_eq!(camille.get("/api/job-alerts").await.json(), json!([toggled]));
    let stats = camille.get("/api/job-alerts/stats/summary").await.json();
    assert_eq!((&stats["total_alerts"], &stats["inactive"]), (&json!(1), &json!(1)));
    assert_eq!(stats["by_frequency"], json!({ "daily": 0, "weekly": 1, "monthly": 0 }));
    let dominique = Person::new(&site, "dominique@example.org").await;
    assert_eq!(detail(&dominique.get(&path).await, 404), "Job alert not found");
    assert_eq!(detail(&dominique.delete(&path).await, 404), "Job alert not found");
    assert_eq!(camille.delete(&path).await.status, 204);
    assert_eq!(detail(&camille.get(&path).await, 404), "Job alert not found");
    assert_eq!(detail(&camille.get("/api/job-alerts/9999").await, 404), "Job alert not found");
    assert_eq!(camille.get("/api/job-alerts/").await.json(), json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_in_one_sentence_and_there_are_twenty_at_most() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let criteria = json!({ "keywords": ["rust"] });
    for (body, names) in [
        (json!({ "name": "", "criteria": criteria }), "name"),
        (json!({ "name": "x" }), "criteria"),
        (json!({ "name": "x", "criteria": {} }), "criteria"),
        (json!({ "name": "x", "criteria": { "keywords": ["", " "] } }), "criteria"),
        (json!({ "name": "x", "criteria": { "job_types": ["evening"] } }), "job_types"),
        (json!({ "name": "x", "criteria": { "keyword": "rust" } }), "keyword"),
        (json!({ "name": "x", "criteria": criteria, "frequency": "instant" }), "frequency"),
        (json!({ "name": "x", "criteria": criteria, "time_zone": "Paris" }), "time_zone"),
    ] {
        let told = detail(&camille.post("/api/job-alerts", body).await, 422);
        assert!(told.contains(names), "{told}");
    }
    let mut first = None;
    for nth in 0..20 {
        let made = json!({ "name": format!("{nth}"), "criteria": criteria });
        first = first.or(Some(named(&camille.post("/api/job-alerts", made).await)));
    }
    let more = json!({ "name": "one too many", "criteria": criteria });
    assert!(detail(&camille.post("/api/job-alerts", more.clone()).await, 422).contains("20"));
    camille.delete(&format!("/api/job-alerts/{}", first.unwrap())).await;
    assert_eq!(camille.post("/api/job-alerts", more).await.status, 201, "there is room again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_tells_the_true_total_before_and_after() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    for nth in 0..22 {
        offered(&site, &format!("Pâtissier {nth}")).await;
    }
    offered(&site, "Maçon").await;
    let criteria = json!({ "keywords": ["pâtissière"], "salary_min": 1000 });
    let made = json!({ "name": "Gâteaux", "criteria": criteria });
    let id = named(&camille.post("/api/job-alerts", made).await);
    let before =
        camille.post("/api/job-alerts/preview", json!({ "criteria": criteria })).await.json();
    assert_eq!(before["alert_id"], Value::Null);
    assert_eq!(before["total_matches"], 22);
    assert_eq!(before["matching_jobs"].as_array().unwrap().len(), 20);
    let job = &before["matching_jobs"][0];
    assert_eq!(job["location_type"], "on_site");
    assert_eq!((&job["salary_min"], &job["salary_match"]), (&json!(2200), &json!("within")));
    let after = camille.get(&format!("/api/job-alerts/{id}/preview?limit=10")).await.json();
    assert_eq!((&after["alert_id"], &after["total_matches"]), (&json!(id), &json!(22)));
    assert_eq!(after["matching_jobs"].as_array().unwrap().len(), 10);
    let stats = camille.get("/api/job-alerts/stats/summary").await.json();
    assert_eq!(stats["total_matching_jobs"], 22);
}

#[rstest::rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_hides_is_not_among_what_their_alerts_match(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let dominique = Person::new(&site, "dominique@example.org").await;
    for title in ["Pâtissier", "Pâtissière de nuit", "Aide-pâtissier"] {
        offered(&site, title).await;
    }
    site.caught_up().await;
    let criteria = json!({ "criteria": { "keywords": ["pâtissier"] } });
    let preview = async |person: &Person<'_>| {
        let told = person.post("/api/job-alerts/preview", criteria.clone()).await.json();
        (told["total_matches"].clone(), told["matching_jobs"].as_array().unwrap().clone())
    };
    let made = json!({ "name": "Gâteaux", "criteria": criteria["criteria"] });
    let alert = named(&camille.post("/api/job-alerts", made).await);
    let (total, jobs) = preview(&camille).await;
    assert_eq!((&total, jobs.len()), (&json!(3), 3));
    let hidden = jobs[1]["id"].clone();
    let offer = hidden.as_str().unwrap().parse().unwrap();
    site.commands.offers().hide_from(camille.account.id, offer).await.unwrap();
    let (total, jobs) = preview(&camille).await;
    assert_eq!((&total, jobs.len()), (&json!(2), 2));
    assert!(jobs.iter().all(|job| job["id"] != hidden), "{jobs:?}");
    let saved = camille.get(&format!("/api/job-alerts/{alert}/preview")).await.json();
    assert_eq!(saved["total_matches"], 2);
    let stats = camille.get("/api/job-alerts/stats/summary").await.json();
    assert_eq!(stats["total_matching_jobs"], 2);
    assert_eq!(preview(&dominique).await.0, 3, "nobody else hides it");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_of_a_letter_asks_and_a_post_from_anywhere_stops() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let made = json!({ "name": "x", "criteria": { "keywords": ["rust"] } });
    let id = named(&camille.post("/api/job-alerts", made).await);
    let links = site.commands.links();
    let token = links.token(commands::LinkPurpose::Alert, id.parse().unwrap(), site.commands.now());
    let path = format!("/alerts/stop/{token}");
    let is_active =
        async || camille.get(&format!("/api/job-alerts/{id}")).await.json()["is_active"].clone();
    let asked = site.get(&path).await;
    assert_eq!(asked.status, 200, "{}", asked.body);
    assert!(asked.body.contains("<form method=\"post\""));
    assert_eq!(is_active().await, true, "looking is not stopping");
    // As a mail program posts: without cookies, from nowhere.
    let one_click = [("List-Unsubscribe", "One-Click")];
    for _ in 0..2 {
        let stopped = site.send(testing::http::form(&path, &one_click, "cross-site")).await;
        assert_eq!(stopped.status, 200, "{}", stopped.body);
        assert_eq!(is_active().await, false);
    }
    assert_eq!(site.get(&path.replace("/k", "/x")).await.status, 404);
    camille.delete(&format!("/api/job-alerts/{id}")).await;
    let gone = site.send(testing::http::form(&path, &one_click, "cross-site")).await;
    assert_eq!(gone.status, 200, "nothing is sent of it either");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_made_on_pages_that_show_what_matches_first() {
    let site = pages::office(Engine::Sqlite).await;
    let camille = pages::Reader::new(&site, "camille@example.org").await;
    offered(&site, "Pâtissier").await;
    assert!(camille.get("/me/alerts").await.body.contains("/me/alerts/new"));
    let fresh = camille.get("/me/alerts/new").await;
    assert!(fresh.body.contains(" data-new"), "a browser may say its time zone");
    let typed =
        [("name", "Gâteaux"), ("keywords", "pâtissière, confiseur"), ("zone", "Europe/Paris")];
    let with =
        |what: &'static str| [&typed[..], &[("what", what), ("frequency", "weekly")]].concat();
    let preview = camille.post("/me/alerts/new", &with("preview")).await;
    assert_eq!(preview.status, 200, "{}", preview.body);
    assert!(
        preview.body.contains("pâtissière, confiseur") && preview.body.contains("form=\"alert\"")
    );
    assert!(!preview.body.contains(" data-new"), "somebody said it");
    let count = camille.post("/me/alerts/count", &with("")).await;
    assert_eq!(count.status, 200);
    let empty = camille.post("/me/alerts/new", &[("name", "x"), ("what", "keep")]).await;
    assert_eq!(empty.status, 422, "{}", empty.body);
    let made = camille.post("/me/alerts/new", &with("keep")).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let list = camille.get(made.location()).await;
    assert!(list.body.contains("often-weekly") && list.body.contains("Gâteaux"), "{}", list.body);
    let (_, rest) = list.body.split_once("id=\"alert-").unwrap();
    let path = format!("/me/alerts/{}", rest.split('"').next().unwrap());
    assert!(camille.get(&path).await.body.contains("Gâteaux"));
    assert!(camille.get(&format!("{path}/edit")).await.body.contains("pâtissière, confiseur"));
    let off = camille.post(&format!("{path}/switch"), &[("on", "no")]).await;
    assert!(camille.get(off.location()).await.body.contains("aria-checked=\"false\""));
    let other = pages::Reader::new(&site, "dominique@example.org").await;
    for page in [path.clone(), format!("{path}/edit")] {
        assert_eq!(other.get(&page).await.status, 404);
    }
    assert_eq!(other.post(&format!("{path}/delete"), &[]).await.status, 404);
    assert_eq!(camille.post(&format!("{path}/delete"), &[]).await.status, 303);
    assert_eq!(camille.get(&path).await.status, 404);
}
