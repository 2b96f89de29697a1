//! What programs are answered that speak for accounts, and what people see, through the routes over a real log.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod attacks;
mod earlier;
mod letters;
mod pages;
mod refresh;
mod register;
mod same_for_all;
mod second_factor;
mod table;

use axum::body::Body;
use axum::http::{Method, Request, header};
use commands::{LinkUse, UserAccount};
use domain::examples;
use event_store::testing::Engine;
use serde_json::{Value, json};
use testing::Fixture;
use testing::http::{Answer, Site};
use web::Settings;

const PASSWORD: &str = "seven green horses at noon";
const OTHER_PASSWORD: &str = "three blue doors by the sea";
/// The site whose pages may call.
const ORIGIN: &str = "http://localhost:3000";

async fn site() -> Site {
    with(|_| {}).await
}

async fn with(change: impl FnOnce(&mut Settings)) -> Site {
    on(Engine::Sqlite, change).await
}

async fn on(engine: Engine, change: impl FnOnce(&mut Settings)) -> Site {
    let http = Fixture::new(engine).await.http();
    let origins = vec![examples::valid(ORIGIN)];
    let http = http.settings(|settings| {
        settings.accounts.origins = origins;
        change(settings);
    });
    http.routes(accounts::call_routes)
}

/// A call with JSON, and with an access token where there is one.
fn call(method: Method, path: &str, token: Option<&str>, body: Option<Value>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header("accept-language", "en");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    match body {
        None => request.body(Body::empty()).unwrap(),
        Some(body) => {
            let request = request.header(header::CONTENT_TYPE, "application/json");
            request.body(Body::from(body.to_string())).unwrap()
        }
    }
}

async fn post(site: &Site, path: &str, body: Value) -> Answer {
    site.send(call(Method::POST, path, None, Some(body))).await
}

/// Confirms the address of a letter's link, signed in with this access token.
async fn confirms(site: &Site, token: &str, access: &str) -> Answer {
    let body = Some(json!({"token": token}));
    site.send(call(Method::POST, "/auth/confirm-email", Some(access), body)).await
}

async fn get(site: &Site, path: &str, token: &str) -> Answer {
    site.send(call(Method::GET, path, Some(token), None)).await
}

/// Somebody who is registered and signed in.
#[derive(Clone)]
struct Person {
    id: String,
    username: String,
    email: String,
    access: String,
    refresh: String,
}

async fn registered(site: &Site, username: &str) -> Value {
    let local: String = username.chars().filter(char::is_ascii_alphanumeric).collect();
    let email = format!("{local}@exemple.test");
    let body = json!({"username": username, "email": email, "password": PASSWORD});
    let answer = post(site, "/auth/register", body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()
}

async fn signs_in(site: &Site, name: &str, password: &str) -> Answer {
    post(site, "/auth/token", json!({"username": name, "password": password})).await
}

async fn person(site: &Site, username: &str) -> Person {
    let user = registered(site, username).await;
    let tokens = signs_in(site, username, PASSWORD).await.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Person {
        id: text(&user["id"]),
        username: username.to_owned(),
        email: text(&user["email"]),
        access: text(&tokens["access_token"]),
        refresh: text(&tokens["refresh_token"]),
    }
}

async fn account(site: &Site, id: &str) -> UserAccount {
    site.commands.accounts().find(id.parse().unwrap()).await.unwrap().unwrap()
}

/// The token of a letter's link to this account.
async fn link(site: &Site, id: &str, link: LinkUse) -> String {
    let account = account(site, id).await;
    let link = site.commands.identity().make_link(&account, link).await.unwrap();
    link.token.reveal().to_owned()
}
