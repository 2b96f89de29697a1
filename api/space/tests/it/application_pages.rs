//! The pages of an application that was typed in: its fields, notes and tags, who described it.

use rstest::rstest;

use super::pages::{Reader, office};
use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_wrong_is_told_beside_its_field_and_kept() {
    let site = office(Engine::Sqlite).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    let fields = [("company", ""), ("position", "Dev <b>"), ("applied_on", "hier"), ("url", "x y")];
    let page = camille.post("/me/applications/new", &fields).await;
    assert_eq!(page.status, 422);
    for part in ["company-error", "applied_on-error", "url-error", "Dev &#60;b&#62;", "hier"] {
        assert!(page.main().contains(part), "{part}: {}", page.main());
    }
    let typed = [
        ("company", "B"),
        ("position", "D"),
        ("applied_on", "18/11/2026"),
        ("url", "www.b.test/x"),
    ];
    let added = camille.post("/me/applications/new", &typed).await;
    let page = camille.get(added.location()).await;
    assert!(page.main().contains("href=\"https://www.b.test/x\""), "{}", page.main());
}

#[tokio::test(flavor = "multi_thread")]
async fn capitals_are_tidied_up_where_that_is_asked_for_and_shown_before_they_are_kept() {
    let site = office(Engine::Sqlite).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    let path = camille.adds("DÉVELOPPEUR WEB").await;
    let edit = format!("{path}/edit");
    let events = site.events().await;
    for to in ["/me/applications/new", &*edit] {
        let typed = [
            ("company", "SNCF RÉSEAU"),
            ("position", "DÉVELOPPEUR WEB"),
            ("applied_on", "hier"),
            ("what", "tidy"),
        ];
        let shown = camille.post(to, &typed).await;
        assert_eq!(shown.status, 200, "{}", shown.body);
        let main = shown.main();
        for kept in ["value=\"SNCF Réseau\"", "value=\"Développeur WEB\"", "value=\"hier\""] {
            assert!(main.contains(kept), "{kept}: {main}");
        }
        assert!(shown.body.contains("Vérifiez-les"), "{}", shown.body);
    }
    assert_eq!(site.events().await, events, "nothing is kept");
    assert!(camille.get(&path).await.main().contains("DÉVELOPPEUR WEB"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_note_is_edited_and_removed_on_its_page(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = office(engine).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    let path = camille.adds("Dev Rust").await;
    let names = [site.commands.fresh_id().to_string(), site.commands.fresh_id().to_string()];
    for (name, note) in names.iter().zip(["rappeler lundi", "salaire"]) {
        camille.post(&format!("{path}/notes"), &[("note", note), ("id", name)]).await;
    }
    let shown = async || {
        let page = camille.get(&path).await.main();
        let notes = page.split("<p class=\"pre\">").skip(1);
        notes.map(|rest| rest.split('<').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(shown().await, ["salaire", "rappeler lundi"]);
    let note = format!("{path}/notes/{}", names[0]);
    let edited = camille.post(&note, &[("what", "edit"), ("note", "rappeler mardi")]).await;
    assert!(edited.location().ends_with("?done=note#notes"), "{}", edited.location());
    assert_eq!(shown().await, ["salaire", "rappeler mardi"]);
    assert!(camille.get(&path).await.main().contains("modifiée"));
    assert!(camille.get("/me/applications?q=mardi").await.main().contains("Dev Rust"));
    assert!(!camille.get("/me/applications?q=lundi").await.main().contains("Dev Rust"));
    camille.post(&note, &[("what", "edit"), ("note", " ")]).await;
    assert_eq!(shown().await.len(), 2, "an empty one is none");
    for _ in 0..2 {
        let removed = camille.post(&note, &[("what", "remove")]).await;
        assert!(removed.location().contains("done=note-removed"), "{}", removed.location());
    }
    assert_eq!(shown().await, ["salaire"]);
    let gone = camille.post(&note, &[("what", "edit"), ("note", "encore")]).await;
    assert_eq!(gone.status, 404, "{}", gone.body);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_narrowed_by_tag_by_shelf_and_by_status(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = office(engine).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    let tagged = camille.adds("Tagged").await;
    let archived = camille.adds("Archived").await;
    let moved = camille.adds("Moved").await;
    let hidden = camille.adds("Hidden").await;
    for path in [&tagged, &archived, &hidden] {
        camille.post(&format!("{path}/tags"), &[("tags", "Télétravail, vélo & train")]).await;
    }
    camille.post(&format!("{archived}/archive"), &[("on", "yes")]).await;
    camille.post(&format!("{moved}/status"), &[("status", "interview")]).await;
    camille.post(&format!("{hidden}/hide"), &[("on", "yes")]).await;
    let cases: [(&str, &[&str]); 11] = [
        ("", &["Moved", "Tagged"]),
        ("?tag=t%C3%A9l%C3%A9travail", &["Tagged"]),
        ("?tag=TELETRAVAIL", &["Tagged"]),
        ("?tag=v%C3%A9lo+%26+train", &["Tagged"]),
        ("?tag=v%C3%A9lo", &[]),
        ("?shelf=archived", &["Archived"]),
        ("?shelf=archived&tag=teletravail", &["Archived"]),
        ("?shelf=hidden", &["Moved", "Tagged"]),
        ("?status=interview", &["Moved"]),
        ("?status=interview&tag=teletravail", &[]),
        ("?status=sent", &["Tagged"]),
    ];
    for (query, found) in cases {
        let page = camille.get(&format!("/me/applications{query}")).await.main();
        let titles = page.split("<strong>").skip(1);
        let mut titles: Vec<_> = titles.map(|rest| rest.split('<').next().unwrap()).collect();
        titles.sort_unstable();
        assert_eq!(titles, found, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_tags_and_tasks_of_an_application_are_kept_once() {
    let site = office(Engine::Sqlite).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    let path = camille.adds("Dev Rust").await;
    let name = site.commands.fresh_id().to_string();
    for _ in 0..2 {
        let note = [("note", "rappeler lundi"), ("id", name.as_str())];
        camille.post(&format!("{path}/notes"), &note).await;
    }
    camille.post(&format!("{path}/tags"), &[("tags", "télétravail, vélo, Vélo")]).await;
    let about = path.rsplit('/').next().unwrap();
    let task = [("title", "Relancer"), ("due", "2026-11-19"), ("about", about)];
    assert_eq!(camille.post("/me/tasks", &task).await.status, 303);
    let page = camille.get(&path).await.main();
    assert_eq!(page.matches("<p class=\"pre\">rappeler lundi</p>").count(), 1, "a second click");
    assert!(page.contains("télétravail, vélo\""), "{page}");
    assert!(page.contains("Relancer") && page.contains("en retard"), "{page}");
    let found = camille.get("/me/applications?q=LUNDI").await.main();
    assert!(found.contains("Dev Rust"), "{found}");
    let today = camille.get("/me").await.main();
    assert!(today.contains("Relancer"), "{today}");
    let tasks = camille.get("/me/tasks").await.main();
    assert!(tasks.contains("En retard"), "{tasks}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_whose_the_description_is_and_why_there_is_none() {
    use commands::parked::{Key, Verdict, park};
    use domain::space::{DescribeTracked, TrackedApplication};
    use event_store::{Position, StreamId};

    let site = office(Engine::Sqlite).await;
    let reader = Reader::new(&site, "camille@example.org").await;
    let page = reader.adds("Chef").await;
    let id = page.rsplit('/').next().unwrap().to_owned();
    let fields = [
        ("company", "Brume"),
        ("position", "Chef"),
        ("applied_on", "2026-11-18"),
        ("status", "sent"),
        ("url", "https://brume.test/chef"),
    ];
    assert_eq!(reader.post(&format!("{page}/edit"), &fields).await.status, 303);
    assert!(reader.get(&page).await.body.contains("Aucune description."));

    let now = site.commands.now();
    let key = Key {
        reactor: "tracked_description",
        position: Position::new(1),
        stream: StreamId::of::<TrackedApplication>(&id),
        event_type: "TrackedApplicationCorrected",
    };
    let cause = "the page of the advertisement was not read: unwell";
    let later = Verdict::Delayed { due_at: now, cause, detail: None };
    park(site.commands.log(), &key, 1, &later, now).await.unwrap();
    assert!(reader.get(&page).await.body.contains("Postulo réessaie de lui-même."));
    let failed = Verdict::Failed { cause, detail: None };
    park(site.commands.log(), &key, 6, &failed, now).await.unwrap();
    let told = reader.get(&page).await.body;
    assert!(told.contains("n’a donné aucune description"), "{told}");

    let describe = DescribeTracked {
        url: examples::valid("https://brume.test/chef"),
        text: examples::valid("Missions : des trains."),
        model: Some(examples::valid("zéphyr-7")),
        at: now,
    };
    site.commands.perform(&id, &describe, &testing::cause()).await.unwrap();
    let told = reader.get(&page).await.body;
    assert!(told.contains("Missions : des trains."), "{told}");
    assert!(told.contains("Rédigé par un modèle de langage (zéphyr-7)"), "{told}");
}
