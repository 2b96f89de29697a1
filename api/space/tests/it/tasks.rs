//! `/tasks`, line by line of its contract.

use rstest::rstest;
use serde_json::json;

use super::*;

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_added_and_listed_alone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let body = json!({
        "title": "Relancer",
        "description": "par téléphone",
        "status": "En cours",
        "due_date": "2031-05-20T10:00:00Z",
    });
    let added = camille.post("/tasks/", body).await;
    assert_eq!(added.status, 201, "{}", added.body);
    let mut told = added.json();
    let object = told.as_object_mut().unwrap();
    for name in ["_id", "created_at", "updated_at"] {
        assert!(object.remove(name).unwrap().is_string(), "{name}");
    }
    assert_eq!(
        told,
        json!({
            "user_id": camille.account.id,
            "title": "Relancer",
            "description": "par téléphone",
            "status": "En cours",
            "archived": false,
            "due_date": "2031-05-20T10:00:00Z",
        })
    );
    assert_eq!(camille.get("/tasks/").await.json(), json!([added.json()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_stand_in_the_order_in_which_they_were_added() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    for (title, status) in [("a", "À faire"), ("b", "En cours"), ("c", "Terminée")] {
        let added = camille.post("/tasks/", json!({ "title": title, "status": status })).await;
        assert_eq!(added.status, 201);
    }
    let titles = |answer: &Answer| -> Vec<String> {
        let items = answer.json();
        items.as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap().into()).collect()
    };
    let all = camille.get("/tasks").await;
    assert_eq!(titles(&all), ["a", "b", "c"]);
    assert_eq!(titles(&camille.get("/tasks?status=terminee").await), ["c"]);
    let page = camille.get("/tasks/?limit=2").await;
    assert_eq!(titles(&page), ["a", "b"]);
    let link = page.header("link").to_owned();
    let (to, _) = link.strip_prefix('<').unwrap().split_once('>').unwrap();
    assert_eq!(titles(&camille.get(to).await), ["c"]);
    let tag = all.header("etag").to_owned();
    let request = camille.request(Method::GET, "/tasks").header("if-none-match", tag);
    assert_eq!(site.send(request.body(Body::empty()).unwrap()).await.status, 304);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_changed_in_any_case_and_removed_twice() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let added = camille.post("/tasks", json!({ "title": "Relancer" })).await;
    assert_eq!(added.json()["status"], "À faire");
    assert_eq!(added.json()["description"], "");
    let path = format!("/tasks/{}/", id(&added));
    for (sent, told) in [
        ("en cours", "En cours"),
        ("", "En cours"),
        ("terminée", "Terminée"),
        ("A FAIRE", "À faire"),
    ] {
        let body = json!({ "title": "Nouveau", "description": "x", "status": sent });
        let changed = camille.put(&path, body).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        assert_eq!(changed.json()["status"], told, "{sent:?}");
        assert_eq!(changed.json()["title"], "Nouveau");
    }
    let whole = camille.get(&path).await.json();
    assert_eq!(camille.put(&path, whole.clone()).await.json(), whole, "the whole object");
    let nulls = json!({ "title": null, "description": null, "status": null, "due_date": null });
    assert_eq!(camille.put(&path, nulls).await.json(), whole);
    let due = camille.put(&path, json!({ "due_date": "2031-05-20" })).await.json();
    assert_eq!(due["due_date"], "2031-05-20T00:00:00");
    for blank in ["", "  "] {
        let kept = camille.put(&path, json!({ "due_date": blank })).await.json();
        assert_eq!(kept, due, "an emptied field changes nothing");
    }
    assert_eq!(camille.put(&path, json!({ "archived": true })).await.json()["archived"], true);
    assert_eq!(camille.delete(&path).await.status, 204);
    assert_eq!(camille.delete(&path).await.status, 204);
    assert_eq!(detail(&camille.get(&path).await, 404), "Tâche non trouvée");
    assert_eq!(detail(&camille.put(&path, json!({})).await, 404), "Tâche non trouvée");
    assert_eq!(camille.get("/tasks").await.json(), json!([]));
}

#[rstest]
#[case(json!({}), "title")]
#[case(json!({ "title": "" }), "title")]
#[case(json!({ "title": "x", "status": "urgent" }), "À faire, En cours, Terminée")]
#[case(json!({ "title": "x", "due_date": "20/05/2031" }), "due_date")]
#[case(json!({ "title": "x", "priority": 1 }), "priority")]
#[case(json!({ "title": "x", "application_id": "x" }), "application_id")]
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_in_one_sentence(#[case] body: Value, #[case] names: &str) {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let told = detail(&camille.post("/tasks", body).await, 422);
    assert!(told.contains(names), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_about_an_application_of_the_same_space() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let zoe = Person::new(&site, "zoe@example.org").await;
    let tracked = json!({ "company": "Brume", "position": "Dev" });
    let application = id(&camille.post("/applications", tracked).await);
    let body = json!({ "title": "Relancer", "application_id": application });
    let added = camille.post("/tasks", body.clone()).await;
    assert_eq!(added.json()["application_id"], application.as_str());
    detail(&zoe.post("/tasks", body).await, 403);

    // All of it is taken back, also once its application is deleted; another one must be there.
    let path = format!("/tasks/{}", id(&added));
    let whole = added.json();
    assert_eq!(camille.put(&path, whole.clone()).await.json(), whole);
    assert_eq!(camille.delete(&format!("/applications/{application}")).await.status, 204);
    let done = json!({ "status": "Terminée" });
    let later = camille.put(&path, whole.clone()).await;
    assert_eq!(later.json(), whole, "{}", later.body);
    let later = camille.put(&path, done).await;
    assert_eq!(later.json()["application_id"], application.as_str());
    let theirs = json!({ "company": "Brume", "position": "Dev" });
    let theirs = id(&zoe.post("/applications", theirs).await);
    detail(&camille.put(&path, json!({ "application_id": theirs })).await, 403);
    let nobodys = json!({ "application_id": site.commands.fresh_id() });
    detail(&camille.put(&path, nobodys).await, 404);
    let cleared = camille.put(&path, json!({ "application_id": "" })).await.json();
    assert_eq!(cleared.get("application_id"), None);
    detail(&camille.put(&path, json!({ "application_id": application })).await, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_is_read_by_its_secret_address_alone_until_that_is_revoked() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::confirmed(&site, "camille@example.org").await;
    for (title, due) in [("Relancer; Brume", json!("2026-11-30")), ("Sans date", json!(null))] {
        let task = json!({ "title": title, "due_date": due });
        assert_eq!(camille.post("/tasks", task).await.status, 201);
    }
    let (space, owner) = (site.commands.space(), camille.account.id);
    let first = space.make_calendar(owner).await.unwrap();
    let path = |secret: &domain::Personal<String>| format!("/me/calendar/{}.ics", secret.reveal());
    let feed = site.get(&path(&first)).await;
    assert_eq!(feed.status, 200, "{}", feed.body);
    assert_eq!(feed.header("content-type"), "text/calendar; charset=utf-8");
    assert!(feed.body.contains("LANGUAGE=fr:Relancer\\; Brume\r\n"), "{}", feed.body);
    assert!(feed.body.contains("DTSTART;VALUE=DATE:20261130\r\n") && !feed.body.contains("Sans"));
    let again = Request::get(path(&first))
        .header("host", "postulo.example")
        .header("if-none-match", feed.header("etag"));
    assert_eq!(site.send(again.body(Body::empty()).unwrap()).await.status, 304);
    let second = space.make_calendar(owner).await.unwrap();
    let gone = site.get(&path(&first)).await;
    assert_eq!(gone.status, 404, "another one took its place");
    assert!(!gone.body.contains("camille") && !gone.body.contains("Relancer"));
    assert_eq!(site.get(&path(&second)).await.status, 200);
    assert_eq!(site.get(path(&second).trim_end_matches(".ics")).await.status, 404);
    space.revoke_calendar(owner).await.unwrap();
    assert_eq!(site.get(&path(&second)).await.status, 404);
}
