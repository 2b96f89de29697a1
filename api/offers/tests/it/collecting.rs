//! `POST /job-offers/collect`: who may ask, for what, how often, and what a run tells.

use axum::body::Body;
use axum::http::{Method, Request, header};
use commands::collecting::{AskedBy, CollectionEnd, CollectionOutcome, CollectionReport, Counts};
use domain::collecting::SourceKind;
use event_store::testing::until;
use rstest::rstest;
use serde_json::{Value, json};
use testing::http::Answer;

use super::*;

async fn call(site: &Site, method: Method, path: &str, token: &str, body: Option<Value>) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("accept-language", "en")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json");
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    site.send(request.body(body).unwrap()).await
}

async fn collect(site: &Site, token: &str, body: Value) -> Answer {
    call(site, Method::POST, "/job-offers/collect", token, Some(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_in_collects_a_little_and_what_is_wrong_is_told() {
    let site = site(Engine::Sqlite).await;
    let (_, token) = registered(&site, "lou@exemple.test").await;
    assert_eq!(collect(&site, "nobody", json!({})).await.status, 401);
    let unknown = collect(&site, &token, json!({ "source": "nowhere" })).await;
    assert_eq!(
        (unknown.status.as_u16(), unknown.json()["detail"].as_str().unwrap()),
        (422, "There is no such source.")
    );
    let long = collect(&site, &token, json!({ "query": "a".repeat(301) })).await;
    assert_eq!(long.status, 422);
    // Without any source it is over at once; blank words are none.
    for _ in 0..2 {
        let nothing = collect(&site, &token, json!({ "query": " ", "source": "" })).await;
        assert_eq!(nothing.status, 200, "{}", nothing.body);
        let nothing = nothing.json();
        assert_eq!(
            (&nothing["saved"], &nothing["updated"], &nothing["state"]),
            (&json!(0), &json!(0), &json!("done"))
        );
        assert_eq!(nothing["run"], Value::Null, "there is no run to look at");
    }
    let third = collect(&site, &token, json!({})).await;
    assert_eq!(third.status, 429);
    assert!(!third.header("retry-after").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_tells_how_it_goes_until_it_is_over() {
    let site = site(Engine::Sqlite).await;
    let (account, token) = registered(&site, "lou@exemple.test").await;
    let collecting = site.commands.collecting();
    let add = |name: &'static str| {
        let (target, cause) = ("https://acme.example/sitemap.xml", cause());
        async move {
            let name = valid(name);
            collecting.add_source(&name, SourceKind::Pages, target, None, &cause).await.unwrap();
        }
    };
    add("acme").await;
    add("other").await;
    let run = collecting.ask(&collecting.sources().await.unwrap(), AskedBy::User).await.unwrap();
    collecting.note_asker(account, run).await.unwrap();
    let look = async || {
        call(&site, Method::GET, &format!("/job-offers/collect/{run}"), &token, None).await.json()
    };
    let looked = look().await;
    assert_eq!((&looked["state"], &looked["sources"]), (&json!("running"), &json!(2)));
    for (outcome, new) in [(CollectionOutcome::Failed, 0), (CollectionOutcome::Done, 3)] {
        let begun = collecting.take_collection().await.unwrap().unwrap();
        assert_eq!(look().await["state"], "running");
        let counts = Counts { found: 5, new, changed: 1, ..Counts::default() };
        let report = CollectionReport { counts, ..CollectionReport::default() };
        collecting.end_collection(&begun, &CollectionEnd { outcome, report }).await.unwrap();
    }
    let over = look().await;
    let told = (&over["state"], &over["saved"], &over["updated"], &over["sources_failed"]);
    assert_eq!(told, (&json!("done"), &json!(3), &json!(2), &json!(1)));
    for (path, status) in [("42", 400), ("00000000-0000-4000-8000-000000000000", 404)] {
        let answer =
            call(&site, Method::GET, &format!("/job-offers/collect/{path}"), &token, None).await;
        assert_eq!(answer.status, status);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_told_to_those_alone_who_asked_for_it_and_goes_with_the_account(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    let (lou, lous) = registered(&site, "lou@exemple.test").await;
    let (_, zoes) = registered(&site, "zoe@exemple.test").await;
    let (collecting, name) = (site.commands.collecting(), valid("acme"));
    let target = "https://acme.example/sitemap.xml";
    collecting.add_source(&name, SourceKind::Pages, target, None, &cause()).await.unwrap();
    let sources = collecting.sources().await.unwrap();
    let asked = collect(&site, &lous, json!({ "source": "acme" }));
    let ended = async {
        let asked = || async { collecting.is_any_waiting().await.unwrap() };
        until("it is asked for", asked).await;
        let begun = collecting.take_collection().await.unwrap().unwrap();
        let counts = Counts { new: 3, ..Counts::default() };
        let report = CollectionReport { counts, ..CollectionReport::default() };
        let end = CollectionEnd { outcome: CollectionOutcome::Done, report };
        collecting.end_collection(&begun, &end).await.unwrap();
    };
    let (answer, ()) = tokio::join!(asked, ended);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let run = answer.json()["run"].as_str().unwrap().to_owned();
    let path = format!("/job-offers/collect/{run}");
    let look = async |token: &str| call(&site, Method::GET, &path, token, None).await;
    assert_eq!(look(&lous).await.json()["saved"], 3);
    let nobodys = "/job-offers/collect/00000000-0000-4000-8000-000000000000";
    let nobodys = call(&site, Method::GET, nobodys, &zoes, None).await;
    let others = look(&zoes).await;
    assert_eq!((others.status, nobodys.status.as_u16()), (nobodys.status, 404));
    assert_eq!(others.json()["detail"], nobodys.json()["detail"], "as if there were none");
    // Nor what the clock asked for.
    let of_clock = collecting.ask(&sources, AskedBy::Clock).await.unwrap();
    let of_clock = format!("/job-offers/collect/{of_clock}");
    assert_eq!(call(&site, Method::GET, &of_clock, &lous, None).await.status, 404);

    let asked = collecting.asked_for_by(lou).await.unwrap();
    assert_eq!(asked.iter().map(|(run, _)| run.as_str()).collect::<Vec<_>>(), [&*run]);
    let reason = domain::account::ClosingReason::Owner;
    site.commands.accounts().close(lou, reason, &cause()).await.unwrap();
    assert_eq!(collecting.asked_for_by(lou).await.unwrap(), []);
}
