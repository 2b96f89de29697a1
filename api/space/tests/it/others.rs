//! What is somebody else's stays theirs, and whoever shows no token is told so.

use serde_json::json;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_or_writes_what_is_somebody_elses() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let zoe = Person::new(&site, "zoe@example.org").await;
    let tracked = json!({ "company": "Brume", "position": "Dev" });
    let application =
        format!("/applications/{}", id(&camille.post("/applications", tracked).await));
    let task = format!("/tasks/{}", id(&camille.post("/tasks", json!({ "title": "x" })).await));
    let events = site.events().await;
    let no = "Accès non autorisé à cette candidature";
    assert_eq!(detail(&zoe.get(&application).await, 403), no);
    assert_eq!(detail(&zoe.put(&application, json!({ "company": "X" })).await, 403), no);
    assert_eq!(detail(&zoe.delete(&application).await, 403), no);
    assert_eq!(
        detail(&zoe.post(&format!("{application}/notes"), json!({ "note": "x" })).await, 403),
        no
    );
    assert_eq!(detail(&zoe.get(&format!("{application}/history")).await, 403), no);
    let no = "Accès non autorisé à cette tâche";
    assert_eq!(detail(&zoe.get(&task).await, 403), no);
    assert_eq!(detail(&zoe.put(&task, json!({ "title": "X" })).await, 403), no);
    assert_eq!(detail(&zoe.delete(&task).await, 403), no);
    let about = application.trim_start_matches("/applications/");
    let told = zoe.post("/tasks", json!({ "title": "x", "application_id": about })).await;
    assert_eq!(detail(&told, 403), "Accès non autorisé à cette candidature");
    for list in ["/applications", "/tasks"] {
        assert_eq!(zoe.get(list).await.json(), json!([]));
    }
    assert!(!zoe.get("/me/export.csv").await.body.contains("Brume"));
    assert_eq!(site.events().await, events, "nothing happened");
    assert_eq!(camille.delete(&application).await.status, 204);
    assert_eq!(
        detail(&zoe.delete(&application).await, 403),
        "Accès non autorisé à cette candidature"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_none_is_not_found() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    for id in ["x", "65f0c0ffee0000000000b001", "%00", "00000000-0000-0000-0000-000000000000"] {
        let path = format!("/applications/{id}");
        assert_eq!(detail(&camille.get(&path).await, 404), "Candidature non trouvée");
        assert_eq!(detail(&camille.delete(&path).await, 404), "Candidature non trouvée");
        assert_eq!(detail(&camille.put(&path, json!({})).await, 404), "Candidature non trouvée");
        let path = format!("/tasks/{id}/");
        assert_eq!(detail(&camille.get(&path).await, 404), "Tâche non trouvée");
        assert_eq!(detail(&camille.delete(&path).await, 404), "Tâche non trouvée");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_shows_no_token_is_told_so() {
    let site = site(Engine::Sqlite).await;
    for path in ["/applications", "/applications/x", "/tasks/", "/users/cv", "/me/export.csv"] {
        let answer = site.get(path).await;
        assert_eq!(answer.status, 401, "{path}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_a_space_is_handed_out_and_erased_with_its_account() {
    use domain::erasure::{ErasureBasis, RecordRef};
    use domain::space::{CandidateCv, CandidateTask, TrackedApplication};

    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let zoe = Person::new(&site, "zoe@example.org").await;
    let tracked = json!({ "company": "Brume", "position": "Dev", "notes": ["rappeler"] });
    let application = id(&camille.post("/applications", tracked.clone()).await);
    let others = id(&zoe.post("/applications", tracked).await);
    let task = id(&camille.post("/tasks", json!({ "title": "Relancer" })).await);
    let upload = commands::Upload {
        name: "cv.pdf".into(),
        bytes: bytes::Bytes::from_static(b"%PDF-1.7\nCamille"),
    };
    let owner = camille.account.id;
    site.commands.space().upload_cv(owner, upload, &cause()).await.unwrap();
    let (address, people) = (examples::valid("camille@example.org"), site.commands.people());
    let record = RecordRef::new("Account", &owner.to_string()).unwrap();
    let handed_out = people.dossier(&address, std::slice::from_ref(&record)).await.unwrap();
    let handed_out = format!("{:?}", handed_out.chapters);
    for text in ["Brume", "rappeler", "Relancer", "cv.pdf"] {
        assert!(handed_out.contains(text), "{text}: {handed_out}");
    }
    let basis = ErasureBasis::CommandLine;
    people.forget_person(&address, &[record], &basis, &cause()).await.unwrap();
    let state: TrackedApplication = site.commands.state_of(&application).await.unwrap();
    assert_eq!(state, TrackedApplication::Erased { owner });
    let state: CandidateTask = site.commands.state_of(&task).await.unwrap();
    assert_eq!(state, CandidateTask::Erased { owner });
    let state: CandidateCv = site.commands.state_of(&owner.to_string()).await.unwrap();
    assert_eq!(state, CandidateCv::Erased { owner });
    assert!(!site.commands.space().cvs().holds(owner).await.unwrap());
    site.caught_up().await;
    let whose = projections::space::Whose { owner, email: None, now: site.commands.now() };
    let filter = projections::space::Filter::default();
    let list = projections::space::list(&site.log, whose, &filter, 10).await.unwrap();
    assert_eq!(list.items, []);
    assert_eq!(zoe.get(&format!("/applications/{others}")).await.status, 200, "hers stays");
}
