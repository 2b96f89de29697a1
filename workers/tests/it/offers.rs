//! Offers that say nothing of themselves are described by their pages.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use commands::NewTracked;
use domain::examples::valid;
use domain::offer::{OfferContent, OfferText};
use domain::space::{
    ChangeTracked, DayOrTime, DescribedBy, Description, TrackedDetails, TrackedStatus,
};
use event_store::testing::{Engine, until};
use integrations::fetch::FetchOptions;
use integrations::{Describer, Fetcher, Reach};
use testing::{Fixture, cause};
use url::Url;
use uuid::Uuid;
use workers::{Settings, World};

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

/// The world, with a describer that reads this site, and writes by headings.
fn world(fixture: &Fixture, site: &Url) -> World {
    let options = FetchOptions {
        reach: Reach::public_and([site]),
        every: Duration::ZERO,
        ..FetchOptions::new(site.clone())
    };
    let fetcher = Arc::new(Fetcher::new(&options).unwrap());
    let mut world = fixture.world();
    world.integrations.describer = Some(Describer::new(&fetcher, None));
    world
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_that_says_nothing_of_itself_is_described_by_its_page() {
    let fixture = Fixture::new(Engine::Sqlite).await;
    let site = site().await;
    let world = world(&fixture, &site);
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

/// Tracks an application by the address of its advertisement.
async fn tracked(fixture: &Fixture, owner: Uuid, page: &Url, description: Option<&str>) -> Uuid {
    let details = TrackedDetails {
        company: valid::<domain::Line<200>>("Brume").into(),
        position: valid::<domain::Line<200>>("Chef").into(),
        location: None,
        url: Some(valid::<domain::WebAddress>(page.as_str()).into()),
        applied_on: DayOrTime::utc(fixture.commands.now()),
    };
    let new = NewTracked {
        details,
        status: TrackedStatus::Sent,
        description: description.map(valid),
        notes: vec![],
    };
    let id = fixture.commands.fresh_id();
    fixture.commands.space().track(id, owner, new, &cause()).await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_tracks_many_keeps_nobody_waiting() {
    let fixture = Fixture::new(Engine::Sqlite).await;
    let site = site().await;
    let world = world(&fixture, &site);
    let many = crate::accounts::registered(&fixture, "camille").await.id;
    let one = crate::accounts::registered(&fixture, "noa").await.id;
    let workers = fixture.workers(&world, &Settings::default()).await;
    let page = site.join("open").unwrap();
    let mut ids = vec![];
    for _ in 0..25 {
        ids.push(tracked(&fixture, many, &page, None).await);
    }
    let other = tracked(&fixture, one, &page, None).await;
    let described = async |id: Uuid, owner: Uuid| {
        let tracked = fixture.commands.space().tracked(id, owner).await.unwrap();
        tracked.own().unwrap().description.is_some()
    };
    until("the other's is described", || async { described(other, one).await }).await;
    let count = async || {
        let mut all = 0;
        for id in &ids {
            all += usize::from(described(*id, many).await);
        }
        all
    };
    until("a minute's are described", || async { count().await == 20 }).await;
    let filter = commands::parked::Filter {
        reactor: Some("tracked_description".to_owned()),
        state: Some("delayed".to_owned()),
        ..Default::default()
    };
    // The clock stands still: no minute is over.
    let delayed = async || commands::parked::list(&fixture.log, &filter).await.unwrap();
    until("five wait", || async { delayed().await.len() == 5 }).await;
    assert_eq!(count().await, 20);
    workers.stop().await;
    fixture.leaves("tracked_description", "delayed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_tracked_by_its_advertisement_alone_is_described_by_that_page() {
    let fixture = Fixture::new(Engine::Sqlite).await;
    let site = site().await;
    let world = world(&fixture, &site);
    let workers = fixture.workers(&world, &Settings::default()).await;
    let owner = crate::accounts::registered(&fixture, "camille").await.id;
    let space = || fixture.commands.space();
    let track = async |page: &str, description: Option<&str>| -> Uuid {
        tracked(&fixture, owner, &site.join(page).unwrap(), description).await
    };
    let described = async |id: Uuid| -> Option<Description> {
        space().tracked(id, owner).await.unwrap().own().unwrap().description.clone()
    };
    let typed = track("open", Some("Mes mots.")).await;
    let closed = track("closed", None).await;
    let open = track("open", None).await;
    until("it is described", || async { described(open).await.is_some() }).await;
    let Description { text, by } = described(open).await.unwrap();
    assert_eq!(by, DescribedBy::Page);
    let text = text.reveal().as_str().to_owned();
    assert!(text.contains("Missions\n- Cuisiner pour quarante personnes"), "{text}");
    assert!(text.contains("Un restaurant de quarante couverts"), "{text}");

    // A page that says no leaves nothing in the description, and names no host in the open.
    let filter = commands::parked::Filter {
        reactor: Some("tracked_description".to_owned()),
        ..Default::default()
    };
    let parked = async || commands::parked::list(&fixture.log, &filter).await.unwrap();
    until("the other was tried", || async { !parked().await.is_empty() }).await;
    let parked = parked().await.remove(0);
    assert_eq!((parked.aggregate_id, parked.state.as_str()), (closed.to_string(), "skipped"));
    assert_eq!(parked.cause, "the page of the advertisement was not read: forbidden");

    // Another address is another page to read.
    let url = valid(site.join("open").unwrap().as_str());
    let change =
        ChangeTracked { url: Some(Some(url)), at: fixture.commands.now(), ..Default::default() };
    space().decide(closed, owner, change, &cause()).await.unwrap();
    until("it is described, too", || async { described(closed).await.is_some() }).await;
    assert_eq!(described(typed).await.unwrap().by, DescribedBy::Owner);
    assert_eq!(described(typed).await.unwrap().text.reveal().as_str(), "Mes mots.");
    workers.stop().await;
}
