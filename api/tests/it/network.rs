//! What strangers send over a network: every refusal is in the way of those who asked.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use event_store::testing::Engine;
use testing::http::{Answer, Site};
use web::networks::{Networks, Peer, PerMinute, Proxies};

use super::service;

fn peer(per_minute: PerMinute) -> Peer {
    let networks = Arc::new(Networks::new(per_minute, Proxies::default()));
    Peer { address: "203.0.113.9".parse().unwrap(), networks }
}

async fn ask(service: &Site, peer: &Peer, method: &str, path: &str) -> Answer {
    let request = Request::builder().method(method).uri(path).extension(peer.clone());
    let request = request.header("host", "postulo.example").header("accept-language", "en");
    service.send(request.body(Body::empty()).unwrap()).await
}

/// A problem at the API, a page elsewhere.
fn is_told(answer: &Answer, path: &str) {
    let kind = answer.header("content-type");
    if path.starts_with("/api/") {
        assert_eq!(kind, "application/problem+json", "{path}: {}", answer.body);
        assert!(answer.json()["detail"].as_str().is_some_and(|it| !it.is_empty()));
    } else if path.starts_with("/auth/") || path.starts_with("/embed/validate/") {
        assert_eq!(kind, "application/json", "{path}: {}", answer.body);
        assert!(answer.json()["error"].as_str().is_some_and(|it| !it.is_empty()));
    } else {
        assert_eq!(kind, "text/html; charset=utf-8", "{path}: {}", answer.body);
        assert!(answer.body.contains("<h1>"), "{path}: {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_cannot_be_decoded_is_told_as_any_that_leads_nowhere() {
    let service = service(Engine::Sqlite).await;
    let peer = peer(PerMinute::default());
    for path in [
        "/r/%ff",
        "/r/%ff/x",
        "/r/x/%ff",
        "/r/x/attachments/%ff",
        "/r/x/done/%ff",
        "/r/x/done/no-number",
        "/r/x/undo/no-number",
        "/c/%ff",
        "/c/%ff/withdraw",
        "/p/%c3%28",
        "/dev/mailbox/%ff",
        "/dev/mailbox/1.eml/attachments/x",
        "/nowhere/%ff",
    ] {
        let answer = ask(&service, &peer, "GET", path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.body);
        is_told(&answer, path);
    }
    let link = ask(&service, &peer, "GET", "/r/%ff/x").await;
    assert!(link.body.contains("This link is not valid"), "{}", link.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_is_not_there_is_told_with_those_that_are() {
    let service = service(Engine::Sqlite).await;
    let peer = peer(PerMinute::default());
    for path in ["/docs", "/c/token", "/embed/candidater/", "/embed/validate/", "/admin/sign-in"] {
        for method in ["DELETE", "INVENTED"] {
            let request = Request::builder().method(method).uri(path).extension(peer.clone());
            let request = request.header("host", "x").header("sec-fetch-site", "same-origin");
            let answer = service.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert!(!answer.header("allow").is_empty(), "{method} {path}");
            is_told(&answer, path);
        }
    }
    let long = "M".repeat(10_000);
    let answer = ask(&service, &peer, &long, "/api/v1/applications/1").await;
    assert!(answer.body.len() < 1000, "what was invented is not said again");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hosts_or_none_are_refused() {
    let service = service(Engine::Sqlite).await;
    let peer = peer(PerMinute::default());
    for path in ["/docs", "/api/v1/openapi.json", "/health/live"] {
        for hosts in [&[][..], &["a.example", "b.example"], &["a b"]] {
            let mut request = Request::get(path).extension(peer.clone());
            for host in hosts {
                request = request.header("host", *host);
            }
            let answer = service.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path} {hosts:?}");
            if path != "/health/live" {
                is_told(&answer, path);
            }
        }
        assert_eq!(ask(&service, &peer, "GET", path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_asks_too_often_is_told_when_it_may_again() {
    let service = service(Engine::Sqlite).await;
    let few = PerMinute { sign_ins: 1, tokens: 1, forms: 1, pages: 1, api: 1 };
    for (method, path) in [
        ("POST", "/admin/sign-in"),
        ("POST", "/auth/application/token/"),
        ("POST", "/embed/validate/"),
        ("POST", "/embed/candidater/"),
        ("GET", "/docs"),
        ("GET", "/api/v1/applications"),
    ] {
        let peer = peer(few);
        let first = ask(&service, &peer, method, path).await;
        assert_ne!(first.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        let second = ask(&service, &peer, method, path).await;
        assert_eq!(second.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        let wait: u64 = second.header("retry-after").parse().unwrap();
        assert!((1..=61).contains(&wait), "{path}: {wait}");
        is_told(&second, path);
        assert!(!second.body.contains("203.0.113"), "{path}: {}", second.body);
    }
}
