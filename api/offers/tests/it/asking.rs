//! `POST /job-offers/collect`: what is asked for, and what that comes to where nobody collects.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use commands::collecting::{AskedBy, CollectionEnd, CollectionOutcome, CollectionReport, Counts};
use rstest::rstest;
use serde_json::{Value, json};
use testing::http::Answer;

use super::*;

/// Somebody who registered, by their access token.
struct Lou<'a>(&'a Site, String);

impl<'a> Lou<'a> {
    async fn new(site: &'a Site) -> Self {
        Self(site, registered(site, "lou@exemple.test").await.1)
    }

    async fn send(&self, method: &str, path: &str, body: Body) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("accept-language", "en")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.1))
            .header(header::CONTENT_TYPE, "application/json");
        self.0.send(request.body(body).unwrap()).await
    }

    async fn collect(&self, body: Value) -> Answer {
        self.send("POST", "/job-offers/collect", Body::from(body.to_string())).await
    }
}

/// A site whose requests wait for runs so long, with these sources.
async fn waiting(engine: Engine, patience: Duration, sources: &[&str]) -> Site {
    let fixture = Fixture::new(engine).await;
    let http = fixture.http().settings(|settings| settings.offers.patience = patience);
    let site = http.routes(offers::routes);
    for name in sources {
        let (target, cause) = (format!("https://{name}.example/sitemap.xml"), cause());
        let (kind, collecting) = (SourceKind::Pages, site.commands.collecting());
        collecting.add_source(&valid(name), kind, &target, None, &cause).await.unwrap();
    }
    site
}

#[test]
fn a_request_waits_for_25_seconds() {
    assert_eq!(web::app::Offers::default().patience, Duration::from_secs(25));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_takes_longer_is_answered_with_a_run_that_may_be_asked_for(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = waiting(engine, Duration::from_millis(300), &["slow"]).await;
    let lou = Lou::new(&site).await;
    // Nobody collects here.
    let answer = lou.collect(json!({ "source": "slow" })).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    let told = answer.json();
    assert_eq!((&told["state"], &told["saved"]), (&json!("running"), &json!(0)));
    let path = format!("/job-offers/collect/{}", told["run"].as_str().unwrap());
    let look = async || lou.send("GET", &path, Body::empty()).await;
    let looked = look().await;
    assert_eq!((looked.status.as_u16(), looked.json()), (200, told));
    let collecting = site.commands.collecting();
    let taken = collecting.take_collection().await.unwrap().unwrap();
    let counts = Counts { found: 2, new: 2, ..Counts::default() };
    let report = CollectionReport { counts, ..CollectionReport::default() };
    let end = CollectionEnd { outcome: CollectionOutcome::Done, report };
    collecting.end_collection(&taken, &end).await.unwrap();
    let over = look().await.json();
    assert_eq!((&over["state"], &over["saved"]), (&json!("done"), &json!(2)));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_paused_is_collected_by_nobody(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = waiting(engine, Duration::from_millis(50), &["acme", "other"]).await;
    let lou = Lou::new(&site).await;
    let collecting = site.commands.collecting();
    // One asks at the moment when it is paused.
    let sources = collecting.sources().await.unwrap();
    collecting.pause_source("acme", true, &cause()).await.unwrap();
    collecting.ask(&sources, AskedBy::User).await.unwrap();
    let refused = lou.collect(json!({ "source": "acme" })).await;
    assert_eq!(
        (refused.status.as_u16(), refused.json()["detail"].as_str().unwrap()),
        (422, "This source is paused. An operator may go on with it.")
    );
    let next = async || {
        let taken = collecting.take_collection().await.unwrap();
        taken.map(|collection| collection.source.to_string())
    };
    assert_eq!(next().await.as_deref(), Some("other"));
    assert_eq!(next().await, None);
    assert!(!collecting.is_any_waiting().await.unwrap(), "nothing that a run could take");
    collecting.pause_source("acme", false, &cause()).await.unwrap();
    assert!(collecting.is_any_waiting().await.unwrap());
    assert_eq!(next().await.as_deref(), Some("acme"));
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_looked_for_where_one_says() {
    let site = waiting(Engine::Sqlite, Duration::from_millis(50), &["acme"]).await;
    let lou = Lou::new(&site).await;
    let words = |source: &str| json!({ "query": "boulanger à Nantes", "source": source });
    let shown = lou.collect(words("acme")).await;
    assert_eq!(shown.status, 422, "it looks for no words: {}", shown.body);
    let searched = lou.collect(words("france-travail")).await;
    assert_eq!(searched.status, 202, "{}", searched.body);
    let run = searched.json()["run"].as_str().unwrap().parse().unwrap();
    let asked = site.commands.collecting().run(run).await.unwrap();
    let asked: Vec<_> = asked.iter().map(|it| it.source.as_str()).collect();
    assert_eq!(asked, ["france-travail"]);
}
