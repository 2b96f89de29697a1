//! Every call, made by everybody: the whole table.

use std::fmt::Write as _;

use axum::http::Method;
use domain::account::ClosingReason;
use serde_json::{Value, json};
use testing::cause;
use testing::http::Site;

use super::{OTHER_PASSWORD, PASSWORD, Person, call, link, person, site};
use commands::LinkUse;

/// Who makes a call; all but the owner make it about the owner's account.
const ACTORS: [&str; 6] = ["anonymous", "confirmed", "unconfirmed", "other", "disabled", "closed"];

const CALLS: &[(Method, &str)] = &[
    (Method::POST, "/auth/register"),
    (Method::POST, "/auth/token"),
    (Method::POST, "/auth/refresh"),
    (Method::POST, "/auth/revoke"),
    (Method::POST, "/auth/logout"),
    (Method::GET, "/auth/me"),
    (Method::POST, "/auth/change-password"),
    (Method::POST, "/auth/forgot-password"),
    (Method::POST, "/auth/reset-password"),
    (Method::POST, "/auth/confirm-email"),
    (Method::GET, "/users"),
    (Method::POST, "/users"),
    (Method::GET, "/users/{id}"),
    (Method::PUT, "/users/{id}"),
    (Method::DELETE, "/users/{id}"),
    (Method::POST, "/api/auth/signup"),
    (Method::POST, "/api/auth/signin"),
    (Method::POST, "/api/auth/refresh"),
    (Method::GET, "/api/auth/me"),
    (Method::POST, "/api/auth/forgot-password"),
    (Method::POST, "/api/auth/reset-password"),
    (Method::POST, "/api/token"),
    (Method::POST, "/api/token/refresh"),
];

/// What somebody sends with a call.
async fn body(site: &Site, path: &str, who: &Person) -> Option<Value> {
    let reset = || async { link(site, &who.id, LinkUse::ResetPassword).await };
    Some(match path {
        "/auth/register" => json!({
            "username": format!("{} anew", who.username),
            "email": format!("anew.{}", who.email),
            "password": PASSWORD,
        }),
        "/auth/token" | "/api/token" => json!({"username": who.username, "password": PASSWORD}),
        "/auth/refresh" | "/auth/revoke" | "/api/auth/refresh" => {
            json!({"refresh_token": who.refresh})
        }
        "/auth/change-password" => {
            json!({"current_password": PASSWORD, "new_password": OTHER_PASSWORD})
        }
        "/auth/forgot-password" | "/api/auth/forgot-password" => json!({"email": who.email}),
        "/auth/reset-password" => json!({"token": reset().await, "password": OTHER_PASSWORD}),
        "/api/auth/reset-password" => {
            json!({"token": reset().await, "new_password": OTHER_PASSWORD})
        }
        "/auth/confirm-email" => {
            json!({"token": link(site, &who.id, LinkUse::ConfirmAddress).await})
        }
        "/users/{id}" => json!({"full_name": "Mira K.", "password": PASSWORD}),
        "/api/auth/signup" => json!({
            "email": format!("anew.{}", who.email),
            "password": PASSWORD,
            "first_name": "Mira",
            "last_name": "K.",
            "role": "employer",
        }),
        "/api/auth/signin" => json!({"email": who.email, "password": PASSWORD}),
        "/api/token/refresh" => json!({"refresh": who.refresh}),
        _ => return None,
    })
}

/// Makes one call as one actor: the status, and what is said of it.
async fn cell(site: &Site, (method, path): &(Method, &str), actor: &str, name: &str) -> String {
    let owner = person(site, name).await;
    let who = match actor {
        "other" => person(site, &format!("{name} b")).await,
        _ => owner.clone(),
    };
    let sent = match (*path, actor) {
        // Whoever has no account any more has the link of before, and the other one has their own.
        (_, "closed") => body(site, path, &owner).await,
        _ => body(site, path, &who).await,
    };
    let accounts = site.commands.accounts();
    let id = owner.id.parse().unwrap();
    match actor {
        "confirmed" => {
            let token = link(site, &owner.id, LinkUse::ConfirmAddress).await;
            let token = commands::LinkToken::presented(&token);
            accounts.confirm_email(&token, &cause()).await.unwrap();
        }
        "disabled" => accounts.disable(id, true, &cause()).await.unwrap(),
        "closed" => accounts.close(id, ClosingReason::Owner, &cause()).await.unwrap(),
        _ => {}
    }
    let token = (actor != "anonymous").then_some(who.access.as_str());
    let path = path.replace("{id}", &owner.id);
    let answer = site.send(call(method.clone(), &path, token, sent)).await;
    let status = answer.status.as_u16();
    if answer.status.is_success() {
        return status.to_string();
    }
    let problem = answer.json();
    assert_eq!(problem["status"], status, "{}", answer.body);
    let challenge = answer.header("www-authenticate");
    assert_eq!(challenge, if status == 401 { "Bearer" } else { "" }, "{method} {path}");
    format!("{status} {}", problem["detail"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_makes_every_call() {
    let site = site().await;
    let mut table = String::new();
    let mut number = 0;
    for row in CALLS {
        writeln!(table, "{} {}", row.0, row.1).unwrap();
        for actor in ACTORS {
            number += 1;
            let cell = cell(&site, row, actor, &format!("person {number}")).await;
            writeln!(table, "    {actor}: {cell}").unwrap();
            site.clock.advance(jiff::SignedDuration::from_secs(2));
        }
    }
    insta::assert_snapshot!(table);
}
