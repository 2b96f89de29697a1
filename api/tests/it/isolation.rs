//! Two accounts, every route, every id of the other one: nothing is told, and nothing changes.
//!
//! The routes are those that the pages of users and the description of the calls list, so that a
//! new one is asked for, too. Where it has an id, `planted` says whose that is; where a call has a
//! body, `routes` says what is sent.

mod person;
mod planted;
mod routes;

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use event_store::args;
use event_store::testing::Engine;
use event_store::tree::TreeKey;
use rstest::rstest;
use serde_json::{Value, json};
use testing::Fixture;
use testing::http::{Answer, Site};

use person::Person;
use planted::{EMAIL, FULL_NAME, Planted, WORDS};
use routes::{Route, routes};

/// Calls that say 403 of what is somebody else's: the programs that the tracker's contract is with
/// know that sentence. What stands below an application answers as the application does.
const FORBIDDEN: [(&str, &str); 8] = [
    ("GET", "/applications/{id}"),
    ("PUT", "/applications/{id}"),
    ("DELETE", "/applications/{id}"),
    ("POST", "/applications/{id}/notes"),
    ("GET", "/applications/{id}/history"),
    ("GET", "/tasks/{id}"),
    ("PUT", "/tasks/{id}"),
    ("DELETE", "/tasks/{id}"),
];

/// Job offers are everybody's. Whoever hides one hides it from themselves.
const EVERYBODYS: [(&str, &str); 3] =
    [("GET", "/job-offers/{id}"), ("DELETE", "/job-offers/{id}"), ("GET", "/offers/{id}/apply")];

/// An id that one's own profile does not have names something new in it.
const NEW: [(&str, &str); 2] =
    [("POST", "/me/profile/experiences/{id}"), ("POST", "/me/profile/education/{id}")];

/// What the buttons of forms say.
const BUTTONS: [&str; 8] = ["", "open", "read", "move", "keep", "preview", "remove", "delete"];

/// What lies beside the log for an account, by the column that names it.
const BESIDE: [(&str, &str); 7] = [
    ("belongings", "owner_id"),
    ("calendar_feeds", "owner"),
    ("collection_askers", "account"),
    ("hidden_offers", "account"),
    ("notification_marks", "owner"),
    ("signed_lists", "owner"),
    ("token_grants", "subject"),
];

/// The whole service, which signs lists, and where one applies to the offers.
async fn site(engine: Engine) -> Site {
    let http = Fixture::new(engine).await.http();
    let http = http.settings(|it| it.offers.client = Some(domain::examples::valid("demo")));
    let key = TreeKey::from_seed("postulo.example/log", &[7; 32]).unwrap();
    let site = http.signed_by(key).router(api::router);
    site.register_demo(domain::examples::partner_settings()).await;
    site
}

/// What every form of the space can read.
fn fields(what: &str) -> Vec<(&'static str, &str)> {
    vec![
        ("what", what),
        ("status", "rejected"),
        ("on", "yes"),
        ("note", "x"),
        ("tags", "x"),
        ("title", "x"),
        ("company", "x"),
        ("position", "x"),
        ("applied_on", "2026-11-18"),
        ("name", "x"),
        ("keywords", "x"),
        ("frequency", "weekly"),
        ("zone", "Europe/Paris"),
    ]
}

/// No word of hers is told.
fn tells_nothing(answer: &Answer, route: &Route) {
    let told = answer.body.to_lowercase();
    for word in WORDS {
        let is_told = told.contains(&word.to_lowercase());
        assert!(!is_told, "{} {} tells {word}: {told}", route.method, route.path);
    }
}

/// What she is answered at all addresses, with the ids of what she has.
struct Hers {
    /// By the calls that answer the same each time.
    calls: BTreeMap<String, String>,
    /// All together.
    told: String,
}

impl Hers {
    async fn of(camille: &Person<'_>, planted: &Planted) -> Self {
        let (mut calls, mut told) = (BTreeMap::new(), String::new());
        for route in routes().iter().filter(|it| it.method == Method::GET) {
            for (path, sent) in planted.paths(&route.path) {
                if !route.is_there(sent) {
                    continue;
                }
                let answer = camille.ask(route, &path, &[], None).await;
                let status = answer.status;
                let fine = match &*route.path {
                    "/users" => status == StatusCode::FORBIDDEN,
                    named if named.contains('{') => status == StatusCode::OK,
                    _ => status.is_success() || status.is_redirection(),
                };
                assert!(fine, "{path}: {status} {}", answer.body);
                told.push_str(&answer.body.to_lowercase());
                // Each list that is made is another one.
                if !route.is_page && path != "/me/proof.pdf" {
                    calls.insert(path, answer.body);
                }
            }
        }
        Self { calls, told }
    }
}

/// How many rows lie beside the log for her.
async fn rows(camille: &Person<'_>) -> Vec<(&'static str, i64)> {
    let mut counted = vec![];
    for (table, column) in BESIDE {
        let query = format!("SELECT count(*) FROM {table} WHERE {column} = $1");
        let db = camille.site.db();
        let (rows,): (i64,) = db.fetch_one(&query, args![camille.account.id]).await.unwrap();
        counted.push((table, rows));
    }
    counted
}

/// Somebody has something of each kind, and reads all of it; somebody else has nothing.
async fn both(site: &Site) -> (Person<'_>, Person<'_>, Planted, Hers) {
    let camille = Person::new(site, EMAIL, FULL_NAME).await;
    let zoe = Person::new(site, "zoe@example.org", "Zoé").await;
    let planted = Planted::of(&camille).await;
    let hers = Hers::of(&camille, &planted).await;
    for word in WORDS {
        assert!(hers.told.contains(&word.to_lowercase()), "{word} is shown nowhere");
    }
    (camille, zoe, planted, hers)
}

/// What this route answers to whoever asks with an id of somebody else's.
fn refusal(route: &Route) -> StatusCode {
    if route.is_in(&FORBIDDEN) {
        StatusCode::FORBIDDEN
    } else if route.is_in(&EVERYBODYS) {
        StatusCode::OK
    } else if route.is_in(&NEW) {
        StatusCode::SEE_OTHER
    } else {
        StatusCode::NOT_FOUND
    }
}

/// Asks with an id of somebody else's, by every button.
async fn is_refused(zoe: &Person<'_>, route: &Route, path: &str) {
    let is_form = route.is_page && route.method == Method::POST;
    let buttons: &[&str] = if is_form { &BUTTONS } else { &[""] };
    for what in buttons {
        let before = zoe.site.events().await;
        let answer = zoe.ask(route, path, &fields(what), route.body()).await;
        tells_nothing(&answer, route);
        let asked = format!("{} {path} {what}", route.method);
        assert_eq!(answer.status, refusal(route), "{asked}: {}", answer.body);
        let nothing = zoe.site.events().await == before;
        assert!(nothing || route.is_in(&NEW), "{asked} did something");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_of_or_changes_what_is_somebody_elses_by_its_id(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    let (camille, zoe, planted, hers) = both(&site).await;
    let before = rows(&camille).await;
    let mut routes: Vec<_> = routes().into_iter().filter(|it| it.path.contains('{')).collect();
    assert!(routes.len() > 50, "{}", routes.len());
    for named in FORBIDDEN.iter().chain(&EVERYBODYS).chain(&NEW) {
        assert!(routes.iter().any(|route| route.is_in(&[*named])), "{named:?} is no route");
    }
    // Until then she has nothing under these ids.
    routes.sort_by_key(|route| route.is_in(&NEW));
    for route in &routes {
        for (path, _) in planted.paths(&route.path) {
            is_refused(&zoe, route, &path).await;
        }
    }
    site.caught_up().await;
    assert_eq!(rows(&camille).await, before);
    assert_eq!(Hers::of(&camille, &planted).await.calls, hers.calls);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_names_nothing_is_about_nobody_but_who_asks(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    let (camille, zoe, planted, hers) = both(&site).await;
    let before = rows(&camille).await;
    let mut routes: Vec<_> = routes().into_iter().filter(|it| !it.path.contains('{')).collect();
    // Her token ends there.
    routes.sort_by_key(|route| route.path == "/auth/logout");
    let session = camille.session().await;
    let mut fields = fields("");
    fields.extend([("id", planted.typed()), ("about", planted.sent()), ("end", &*session)]);
    for route in &routes {
        let body = route.takes_body.then(|| loose(&route.path, &planted));
        let answer = zoe.ask(route, &route.path, &fields, body).await;
        let (method, path, status) = (&route.method, &route.path, answer.status);
        assert!(!status.is_server_error(), "{method} {path}: {status} {}", answer.body);
        tells_nothing(&answer, route);
        let ids = planted.ids();
        let told = ids.iter().find(|id| route.method == Method::GET && answer.body.contains(**id));
        assert_eq!(told, None, "{path}: {}", answer.body);
    }
    site.caught_up().await;
    assert_eq!(rows(&camille).await, before);
    assert_eq!(Hers::of(&camille, &planted).await.calls, hers.calls, "her session is open, too");
}

/// What many calls can read, about an application of somebody else's.
fn loose(path: &str, planted: &Planted) -> Value {
    let about = planted.typed();
    if path == "/tasks" {
        return json!({ "title": "x", "application_id": about });
    }
    json!({
        "name": "x",
        "title": "x",
        "company": "x",
        "position": "x",
        "degree": "x",
        "school": "x",
        "criteria": { "keywords": ["x"] },
        "application_id": about,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_ones_own_is_tied_to_what_is_somebody_elses() {
    let site = site(Engine::Sqlite).await;
    let (_, zoe, planted, _) = both(&site).await;
    let own = zoe.call(&Method::POST, "/tasks", Some(json!({ "title": "x" }))).await;
    let task = format!("/tasks/{}", own.json()["_id"].as_str().unwrap());
    let tracked = json!({ "company": "x", "position": "x" });
    let own = zoe.call(&Method::POST, "/applications", Some(tracked)).await;
    let application = format!("/me/applications/{}", own.json()["_id"].as_str().unwrap());
    let before = site.events().await;
    for about in [planted.typed(), planted.sent()] {
        let body = json!({ "title": "x", "application_id": about });
        let made = zoe.call(&Method::POST, "/tasks", Some(body.clone())).await;
        assert_eq!(made.status, StatusCode::FORBIDDEN, "{}", made.body);
        let changed = zoe.call(&Method::PUT, &task, Some(body)).await;
        assert_eq!(changed.status, StatusCode::FORBIDDEN, "{}", changed.body);
        let typed = zoe.form("/me/tasks", &[("title", "x"), ("about", about)]).await;
        assert_eq!(typed.status, StatusCode::NOT_FOUND, "{}", typed.body);
        let told = [
            zoe.page(&format!("/me/tasks?about={about}")).await,
            zoe.page(&format!("/me/applications?done=moved&of={about}&from=sent")).await,
        ];
        for answer in [&made, &changed, &typed, &told[0], &told[1]] {
            let told = answer.body.to_lowercase();
            assert!(!WORDS.iter().any(|word| told.contains(&word.to_lowercase())), "{told}");
        }
    }
    // A note that is not there is removed already.
    for (what, status) in [("", StatusCode::NOT_FOUND), ("remove", StatusCode::SEE_OTHER)] {
        let path = format!("{application}/notes/{}", planted.note());
        let answer = zoe.form(&path, &[("what", what), ("note", "x")]).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
    }
    assert_eq!(site.events().await, before, "nothing happened");
}

/// What is refused to others is not refused to everybody.
#[tokio::test(flavor = "multi_thread")]
async fn whose_it_is_changes_it_by_the_same_requests() {
    let site = site(Engine::Sqlite).await;
    let (camille, _, planted, _) = both(&site).await;
    let mut routes: Vec<_> = routes().into_iter().filter(Route::names_and_changes).collect();
    routes.sort_by_key(Route::ends);
    for route in &routes {
        // What ends there was there until then.
        let again = if route.ends() > 0 { Some(planted.again(&camille).await) } else { None };
        let planted = again.as_ref().unwrap_or(&planted);
        for (path, sent) in planted.paths(&route.path) {
            if !route.is_there(sent) {
                continue;
            }
            let what = if route.path == "/me/notifications/{id}" { "read" } else { "" };
            let answer = camille.ask(route, &path, &fields(what), route.body()).await;
            let status = answer.status;
            // What was sent stays as it was sent.
            let stays = sent && status == StatusCode::CONFLICT;
            let done = status.is_success() || status.is_redirection() || stays;
            assert!(done, "{} {path}: {status} {}", route.method, answer.body);
        }
    }
}
