//! The pages: each is there, works without a script, and shows what is its reader's alone.

use axum::http::StatusCode;
use testing::http::{form, with_cookie};
use web::audience::Audience;

use super::*;

const SITE: &str = "same-origin";
const PASSWORD: &str = "un cheval correct et agrafé";

pub(super) async fn office(engine: Engine) -> Site {
    Fixture::new(engine).await.http().routes(|app| {
        let users = Audience::new(space::entries()).and(accounts::entries());
        accounts::page_routes(users, app)
    })
}

/// Somebody who signed in with a browser.
pub(super) struct Reader<'a> {
    site: &'a Site,
    cookie: String,
}

impl<'a> Reader<'a> {
    pub(super) async fn new(site: &'a Site, email: &str) -> Self {
        Person::confirmed(site, email).await;
        let fields = [("name", email), ("password", PASSWORD)];
        let answer = site.send(form("/account/sign-in", &fields, SITE)).await;
        let cookies: Vec<_> =
            answer.set_cookies().filter_map(|it| it.split(';').next()).map(str::to_owned).collect();
        assert!(!cookies.is_empty(), "{}", answer.body);
        Self { site, cookie: cookies.join("; ") }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.site.get_as(path, &self.cookie).await
    }

    pub(super) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.site.send(with_cookie(form(path, fields, SITE), &self.cookie)).await
    }

    /// Types in an application; answers the address of its page.
    async fn adds(&self, position: &str) -> String {
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

const PAGES: [&str; 8] = [
    "/me",
    "/me/board",
    "/me/applications",
    "/me/applications/new",
    "/me/tasks",
    "/me/figures",
    "/me/cv",
    "/me/put-away",
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
    let events = site.events().await;
    for page in [path.clone(), format!("{path}/edit"), format!("{path}/documents/1")] {
        assert_eq!(zoe.get(&page).await.status, 404, "{page}");
    }
    for form in ["status", "archive", "hide", "remove", "restore", "notes", "tags", "edit"] {
        let fields = [("status", "rejected"), ("on", "yes"), ("note", "x"), ("tags", "x")];
        let answer = zoe.post(&format!("{path}/{form}"), &fields).await;
        assert_eq!(answer.status, 404, "{form}: {}", answer.body);
    }
    assert_eq!(site.events().await, events, "nothing happened");
    for page in PAGES {
        assert!(!zoe.get(page).await.body.contains("Dev Rust"), "{page}");
    }
}
