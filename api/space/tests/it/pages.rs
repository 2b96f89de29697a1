//! The pages: each is there, works without a script, and shows what is its reader's alone.

use axum::http::StatusCode;
use rstest::rstest;
use testing::http::{form, unescaped, with_cookie};
use web::audience::Audience;

use super::*;

pub(super) const SITE: &str = "same-origin";
const PASSWORD: &str = "un cheval correct et agrafé";

pub(super) async fn office(engine: Engine) -> Site {
    Fixture::new(engine).await.http().routes(|app| {
        let users = Audience::new(space::entries()).and(accounts::entries());
        accounts::page_routes(users, app)
    })
}

/// Somebody who signed in with a browser.
pub(super) struct Reader<'a> {
    pub(super) site: &'a Site,
    pub(super) cookie: String,
    /// Their account.
    pub(super) owner: uuid::Uuid,
}

impl<'a> Reader<'a> {
    pub(super) async fn new(site: &'a Site, email: &str) -> Self {
        let owner = Person::confirmed(site, email).await.account.id;
        let fields = [("name", email), ("password", PASSWORD)];
        let answer = site.send(form("/account/sign-in", &fields, SITE)).await;
        let cookies: Vec<_> =
            answer.set_cookies().filter_map(|it| it.split(';').next()).map(str::to_owned).collect();
        assert!(!cookies.is_empty(), "{}", answer.body);
        Self { site, cookie: cookies.join("; "), owner }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.site.get_as(path, &self.cookie).await
    }

    pub(super) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.site.send(with_cookie(form(path, fields, SITE), &self.cookie)).await
    }

    /// Types in an application; answers the address of its page.
    pub(super) async fn adds(&self, position: &str) -> String {
        let fields = [
            ("company", "Brume"),
            ("position", position),
            ("applied_on", "2026-11-18"),
            ("status", "sent"),
        ];
        let answer = self.post("/me/applications/new", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.location().split('?').next().unwrap().to_owned()
    }
}

const PAGES: [&str; 14] = [
    "/me",
    "/me/notifications",
    "/me/board",
    "/me/applications",
    "/me/applications/new",
    "/me/tasks",
    "/me/figures",
    "/me/cv",
    "/me/profile",
    "/me/for-you",
    "/me/put-away",
    "/me/import",
    "/me/proof",
    "/me/tasks/calendar",
];

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_space_says_what_to_do_first_on_every_page() {
    let site = office(Engine::Sqlite).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    for path in PAGES {
        let page = camille.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        assert!(page.main().contains("<h1>"), "{path}");
    }
    for path in ["/me", "/me/board", "/me/applications", "/me/figures"] {
        let page = camille.get(path).await;
        assert!(page.main().contains("Vos candidatures seront ici"), "{path}");
        assert!(page.main().contains("href=\"/me/applications/new\""), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_signed_in_is_led_to_the_sign_in() {
    let site = office(Engine::Sqlite).await;
    for path in PAGES {
        let page = site.get(path).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}");
        assert!(page.location().starts_with("/account/sign-in"), "{}", page.location());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_added_moved_undone_and_put_away() {
    let site = office(Engine::Sqlite).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    let path = camille.adds("Dev Rust").await;
    let page = camille.get(&format!("{path}?done=added")).await;
    assert!(page.main().contains("Candidature ajoutée."), "{}", page.main());
    let moved = [("status", "interview"), ("back", "/me/board")];
    let moved = camille.post(&format!("{path}/status"), &moved).await;
    assert!(moved.location().starts_with("/me/board?done=moved"), "{}", moved.location());
    let board = camille.get(moved.location()).await;
    assert!(board.main().contains("Candidature déplacée."));
    assert!(board.main().contains("name=\"status\" value=\"sent\""), "how to undo it");
    let undone = camille.post(&format!("{path}/status"), &[("status", "sent")]).await;
    assert!(undone.location().starts_with(&path), "{}", undone.location());
    let elsewhere = [("status", "interview"), ("back", "https://evil.example/")];
    let elsewhere = camille.post(&format!("{path}/status"), &elsewhere).await;
    assert!(elsewhere.location().starts_with(&path), "{}", elsewhere.location());
    for (what, on, shelf) in [
        ("archive", "yes", "Archivées"),
        ("archive", "", ""),
        ("hide", "yes", "Masquées"),
        ("hide", "", ""),
        ("remove", "", "Supprimées"),
    ] {
        let done = camille.post(&format!("{path}/{what}"), &[("on", on)]).await;
        assert_eq!(done.status, 303, "{what}: {}", done.body);
        let away = camille.get("/me/put-away").await.main();
        assert_eq!(away.contains("Dev Rust"), !shelf.is_empty(), "{what} {on}");
        assert!(away.contains(shelf));
    }
    assert_eq!(camille.get(&path).await.status, 404);
    camille.post(&format!("{path}/restore"), &[("on", "yes")]).await;
    assert_eq!(camille.get(&path).await.status, 200);
}

/// The address of what follows on a shelf.
fn next_of(page: &str, shelf: &str) -> String {
    let begins = format!("/me/put-away?shelf={shelf}");
    let (_, rest) = page.split_once(&format!("href=\"{begins}")).expect("there are more");
    begins + &unescaped(rest.split('"').next().unwrap())
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_put_away_can_be_reached_however_much_it_is(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = office(engine).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    let mut removed = vec![];
    for nth in 1..=53 {
        let path = camille.adds(&format!("Deleted {nth}.")).await;
        camille.post(&format!("{path}/remove"), &[("on", "")]).await;
        removed.push(format!("Deleted {nth}."));
    }
    let path = camille.adds("Hidden 1.").await;
    camille.post(&format!("{path}/hide"), &[("on", "yes")]).await;
    let first = camille.get("/me/put-away").await.main();
    assert!(first.contains("50+") && first.contains("Hidden 1."), "{first}");
    let second = camille.get(&next_of(&first, "removed")).await.main();
    assert!(!second.contains("Hidden 1."), "one shelf alone: {second}");
    let shown = |page: &str, title: &str| page.contains(&format!("<span>{title}<br>"));
    for title in removed {
        assert!(shown(&first, &title) != shown(&second, &title), "{title} stands on one page");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_was_deleted_comes_back_within_30_days_and_to_its_owner_alone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    use domain::space::{RESTORABLE, RemoveTask, TaskDetails, TaskStatus};
    use projections::space::removed_tasks;

    let site = office(engine).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    let zoe = Reader::new(&site, "zoe@example.org").await;
    let (space, owner, now) = (site.commands.space(), camille.owner, site.commands.now());
    let mut ids = vec![];
    for nth in 1..=51 {
        let id = site.commands.fresh_id();
        let title = domain::Personal::new(examples::valid(&format!("Task {nth}.")));
        let details = TaskDetails { title, description: None, due_on: None, application: None };
        space.add_task(id, owner, details, TaskStatus::ToDo, &cause()).await.unwrap();
        space.decide_task(id, owner, RemoveTask { at: now }, &cause()).await.unwrap();
        ids.push(id);
    }
    site.caught_up().await;
    let first = camille.get("/me/put-away").await.main();
    assert!(first.contains("50+") && !first.contains("Rien n’est rangé"), "{first}");
    let second = camille.get(&next_of(&first, "tasks")).await.main();
    for nth in 1..=51 {
        let shown = |page: &str| page.contains(&format!("<span>Task {nth}.</span>"));
        assert!(shown(&first) != shown(&second), "{nth} stands on one page");
    }
    assert!(!zoe.get("/me/put-away").await.body.contains("Task"));

    let path = format!("/me/tasks/{}", ids[0]);
    let restore = format!("{path}/restore");
    assert_eq!(zoe.post(&restore, &[("back", "/me/put-away")]).await.status, 404);
    assert_eq!(camille.get(&path).await.status, 404);
    let back = camille.post(&restore, &[("back", "/me/put-away")]).await;
    let away = camille.get(back.location()).await.main();
    assert!(away.contains("Tâche rétablie.") && !away.contains("<span>Task 1.</span>"), "{away}");
    assert!(camille.get("/me/tasks").await.main().contains("Task 1."));
    let gone = camille.post(&path, &[("what", "remove")]).await;
    let tasks = camille.get(gone.location()).await.main();
    assert!(tasks.contains("Tâche supprimée.") && tasks.contains(&restore), "{tasks}");
    let undone = camille.post(&restore, &[("back", "/me/tasks")]).await;
    assert!(undone.location().starts_with("/me/tasks?"), "{}", undone.location());
    assert_eq!(camille.get(&path).await.status, 200);

    site.clock.advance(RESTORABLE + jiff::SignedDuration::from_secs(1));
    let since = site.commands.now() - RESTORABLE;
    let left = removed_tasks(site.commands.log(), owner, since, None, 100).await.unwrap();
    assert_eq!(left.items, [], "nothing is offered that is refused");
}

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
    assert_eq!(gone.status, 409, "{}", gone.body);
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
async fn nobody_opens_a_page_of_somebody_elses() {
    let site = office(Engine::Sqlite).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    let zoe = Reader::new(&site, "zoe@example.org").await;
    let path = camille.adds("Dev Rust").await;
    let about = path.rsplit('/').next().unwrap();
    let note = site.commands.fresh_id().to_string();
    let kept = camille.post(&format!("{path}/notes"), &[("note", "secret"), ("id", &note)]).await;
    assert_eq!(kept.status, 303);
    camille.post("/me/tasks", &[("title", "Rappeler Dev Rust"), ("due", "2026-11-19")]).await;
    let tasks = camille.get("/me/tasks").await.main();
    let (_, task) = tasks.split_once("href=\"/me/tasks/").unwrap();
    let task = format!("/me/tasks/{}", &task[..36]);
    site.register_demo(examples::partner_settings()).await;
    let bytes = b"%PDF-1.7\nDev Rust".as_slice().into();
    let document = commands::Upload { name: "Dev Rust.pdf".to_owned(), bytes };
    let sent = super::postulo::sent_with(&site, "camille@example.org", vec![document]).await;
    let document = format!("/me/applications/{sent}/documents/1");
    let events = site.events().await;
    for page in [&*path, &*format!("{path}/edit"), &*document, &*task] {
        assert_eq!(camille.get(page).await.status, 200, "{page}");
        let answer = zoe.get(page).await;
        assert_eq!(answer.status, 404, "{page}");
        assert!(!answer.body.contains("Dev Rust"), "{page}");
    }
    let notes = format!("notes/{note}");
    for form in ["status", "archive", "hide", "remove", "restore", "notes", "tags", "edit", &*notes]
    {
        let fields = [
            ("status", "rejected"),
            ("on", "yes"),
            ("note", "x"),
            ("tags", "x"),
            ("what", "remove"),
        ];
        let answer = zoe.post(&format!("{path}/{form}"), &fields).await;
        assert_eq!(answer.status, 404, "{form}: {}", answer.body);
    }
    for what in ["", "move", "remove"] {
        let answer = zoe.post(&task, &[("what", what), ("title", "x"), ("status", "done")]).await;
        assert_eq!(answer.status, 404, "{what}: {}", answer.body);
    }
    let answer =
        zoe.post("/me/tasks", &[("title", "Sur celle d’une autre"), ("about", about)]).await;
    assert!(!answer.body.contains("Dev Rust"), "{}", answer.body);
    assert!(answer.status.is_client_error(), "{}", answer.status);
    assert_eq!(site.events().await, events, "nothing happened");
    for page in PAGES {
        assert!(!zoe.get(page).await.body.contains("Dev Rust"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_their_data_along_has_the_cv_and_what_they_track() {
    use std::io::Read as _;

    let site = office(Engine::Sqlite).await;
    let reader = Reader::new(&site, "camille@example.org").await;
    reader.adds("Chef").await;
    let owner = site.commands.accounts().owner_of(&examples::valid("camille@example.org")).await;
    let owner = owner.unwrap().unwrap().id;
    let bytes = b"%PDF-1.7\nCamille".as_slice().into();
    let upload = commands::Upload { name: "Mon CV.pdf".to_owned(), bytes };
    site.commands.space().upload_cv(owner, upload, &cause()).await.unwrap();
    let answer = reader.post("/account/data", &[("present", PASSWORD)]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(answer.bytes)).unwrap();
    let mut file = |name: &str| {
        let mut bytes = vec![];
        zip.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    assert_eq!(file("cv/Mon CV.pdf"), b"%PDF-1.7\nCamille");
    let data: Value = serde_json::from_slice(&file("data.json")).unwrap();
    assert_eq!(data["cvs"][0]["files"], serde_json::json!(["cv/Mon CV.pdf"]));
    let tracked = &data["tracked_applications"][0];
    assert_eq!(tracked["position"], "Chef");
    assert_eq!(tracked["events"][0]["status"], "sent");
    assert_eq!(data["accounts"][0]["sessions"].as_array().unwrap().len(), 1);
    let page = String::from_utf8(file("index.html")).unwrap();
    let described = String::from_utf8(file("README.txt")).unwrap();
    for words in ["Où vous êtes connecté", "Commence"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let members = [
        "sessions",
        "programs",
        "signed_lists",
        "calendar",
        "collections",
        "profiles",
        "job_alerts",
        "events",
        "told",
    ];
    for member in members {
        assert!(described.contains(member), "{member}: {described}");
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_the_calendar_is_shown_once_and_the_list_is_made_from_a_page() {
    let site = office(Engine::Sqlite).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    let made = camille.post("/me/tasks/calendar", &[("what", "make")]).await;
    assert!(made.main().contains("http://postulo.example/me/calendar/"), "{}", made.main());
    let later = camille.get("/me/tasks/calendar").await;
    assert!(!later.main().contains("/me/calendar/") && later.main().contains("Révoquer"));
    let revoked = camille.post("/me/tasks/calendar", &[("what", "revoke")]).await;
    let page = camille.get(revoked.location()).await;
    assert!(page.main().contains("Créer l’adresse"), "{}", page.main());
    let days = [("from", "2026-11-19"), ("to", "2026-11-18")];
    let wrong = camille.post("/me/proof/list.pdf", &days).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.main().contains("ne signe rien"), "{}", wrong.main());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_monthly_letter_is_switched_on_by_its_reader_and_off_by_its_link() {
    let site = Fixture::new(Engine::Sqlite).await.http().routes(|app| {
        let users = Audience::new(space::entries()).and(accounts::entries());
        accounts::page_routes(users, app).merge(space::routes(app))
    });
    let camille = Reader::new(&site, "camille@example.org").await;
    let owner = site.commands.accounts().owner_of(&examples::valid("camille@example.org")).await;
    let owner = owner.unwrap().unwrap().id;
    let wants = async || site.commands.accounts().wants_archive_letters(owner).await.unwrap();
    assert!(!wants().await, "it is off unless it is switched on");
    let on = camille.post("/me/put-away/letters", &[("on", "yes")]).await;
    assert!(wants().await);
    let page = camille.get(on.location()).await.main();
    assert!(page.contains("Ne plus le recevoir") && page.contains("à partir de la fin"), "{page}");
    let links = site.commands.links();
    let purpose = commands::LinkPurpose::ArchiveLetters;
    let token = links.token(purpose, owner, site.commands.now());
    let path = format!("/archive-letters/stop/{token}");
    let asked = site.get(&path).await;
    assert_eq!(asked.status, 200, "{}", asked.body);
    assert!(wants().await, "a scanner that follows the link stops nothing");
    let other = links.token(commands::LinkPurpose::Alert, owner, site.commands.now());
    let other = format!("/archive-letters/stop/{other}");
    let one_click = [("List-Unsubscribe", "One-Click")];
    assert_eq!(site.send(form(&other, &one_click, "cross-site")).await.status, 404);
    assert!(wants().await);
    let stopped = site.send(form(&path, &one_click, "cross-site")).await;
    assert_eq!(stopped.status, 200, "{}", stopped.body);
    assert!(!wants().await);
    assert_eq!(site.send(form(&path, &one_click, "cross-site")).await.status, 200, "twice");
}
