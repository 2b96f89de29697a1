//! The pages: each is there, works without a script, and shows what is its reader's alone.

use axum::http::StatusCode;
use testing::http::{form, with_cookie};
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
