//! The space through its routes over a real log: what programs are told, and what pages show.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod agenda;
mod alerts;
mod application_pages;
mod applications;
mod cv;
mod figures;
mod import;
mod notifications;
mod others;
mod pages;
mod postulo;
mod profile;
mod proof;
mod put_away;
mod tasks;

use axum::body::Body;
use axum::http::{Method, Request};
use commands::{LinkUse, Password, Registration, TokenKind, UserAccount};
use domain::{Language, examples};
use event_store::testing::Engine;
use serde_json::Value;
use testing::http::{Answer, Site};
use testing::{Fixture, cause};

async fn site(engine: Engine) -> Site {
    Fixture::new(engine).await.http().routes(space::routes)
}

/// Somebody with an account, and a program that acts in their name.
struct Person<'a> {
    site: &'a Site,
    account: UserAccount,
    token: String,
}

impl<'a> Person<'a> {
    async fn new(site: &'a Site, email: &str) -> Self {
        let accounts = site.commands.accounts();
        let registration = Registration {
            email: examples::valid(email),
            username: None,
            full_name: None,
            language: Language::Fr,
            password: Password::new("un cheval correct et agrafé").unwrap(),
        };
        let account = accounts.register(registration, &cause()).await.unwrap();
        let kind = TokenKind::<UserAccount>::plain(commands::Lasting::default());
        let granted = site.commands.identity().grant_tokens(&account, kind, false, &cause()).await;
        let (_, tokens) = granted.unwrap();
        Self { site, account, token: tokens.access }
    }

    /// The same once their address is confirmed.
    async fn confirmed(site: &'a Site, email: &str) -> Self {
        let mut person = Self::new(site, email).await;
        let identity = site.commands.identity();
        let account = &person.account;
        let link = identity.make_link(account, LinkUse::ConfirmAddress).await;
        let accounts = site.commands.accounts();
        person.account =
            accounts.confirm_email(&link.unwrap().token, &cause()).await.unwrap().unwrap();
        person
    }

    fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let bearer = format!("Bearer {}", self.token);
        Request::builder()
            .method(method)
            .uri(path)
            .header("host", "postulo.example")
            .header("authorization", bearer)
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.request(method, path);
        let request = match body {
            Some(body) => request
                .header("content-type", "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.site.send(request.unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }
}

/// The `_id` of what was answered.
fn id(answer: &Answer) -> String {
    answer.json()["_id"].as_str().unwrap().to_owned()
}

/// The answer is an error of this status whose `detail` is one sentence.
fn detail(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    answer.json()["detail"].as_str().unwrap().to_owned()
}
