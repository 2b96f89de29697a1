//! Offers that say nothing of themselves are described by their pages.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use domain::examples::valid;
use domain::offer::{OfferContent, OfferText};
use event_store::testing::{Engine, until};
use integrations::fetch::FetchOptions;
use integrations::{Describer, Fetcher, Reach};
use testing::{Fixture, cause};
use url::Url;
use uuid::Uuid;
use workers::Settings;

const PAGE: &str = "<main><h1>Chef</h1><p>Un restaurant de quarante couverts au bord de l’Erdre.</p>\
                    <h2>Vos missions</h2><ul><li>Cuisiner pour quarante personnes</li></ul></main>";

/// A site that shows one page, and forbids another.
async fn site() -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let app = Router::new()
        .route("/robots.txt", get(|| async { "User-agent: *\nDisallow: /closed" }))
        .route("/open", get(|| async { Html(PAGE) }))
        .route("/closed", get(|| async { Html(PAGE) }));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_that_says_nothing_of_itself_is_described_by_its_page() {
    let fixture = Fixture::new(Engine::Sqlite).await;
    let site = site().await;
    let options = FetchOptions {
        reach: Reach::public_and([&site]),
        every: Duration::ZERO,
        ..FetchOptions::new(site.clone())
    };
    let mut world = fixture.world();
    let fetcher = Arc::new(Fetcher::new(&options).unwrap());
    world.integrations.describer = Some(Describer::new(fetcher, None));
    let workers = fixture.workers(&world, &Settings::default()).await;
    let collect = async |name: &'static str, content: OfferContent| -> Uuid {
        let page = site.join(name).unwrap();
        let content = OfferContent { url: Some(valid(page.as_str())), ..content };
        let offers = fixture.commands.offers();
        offers.collect(valid("acme"), valid(name), content, &cause()).await.unwrap().id()
    };
    let said = OfferContent {
        description: OfferText::of_text("Il dit ce qu’il est."),
        ..OfferContent::new(valid("Plongeur"), valid("Acme"))
    };
    let closed = collect("closed", OfferContent::new(valid("Serveur"), valid("Acme"))).await;
    let said = collect("said", said).await;
    let open = collect("open", OfferContent::new(valid("Chef"), valid("Acme"))).await;
    let parts = async |id: Uuid| {
        let state = fixture.commands.offers().current(id).await.unwrap();
        state.known().unwrap().description.clone()
    };
    until("it is described", || async { parts(open).await.is_some() }).await;
    let description = parts(open).await.unwrap();
    assert_eq!(description.missions.unwrap().as_str(), "- Cuisiner pour quarante personnes");
    assert_eq!(description.model, None);
    // The page that robots.txt forbids leaves the reason to operators, and nothing in the offer.
    until("the other was tried", || async {
        let parked = commands::parked::counts(fixture.log.db()).await.unwrap();
        parked.contains_key(&("offer_description".to_owned(), "skipped".to_owned()))
    })
    .await;
    assert_eq!((parts(closed).await, parts(said).await), (None, None));
    workers.stop().await;
}
