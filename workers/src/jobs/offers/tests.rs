//! What sources show, taken in on real databases: a site in a task shows what the test says.

mod again;
mod dry_run;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use commands::collecting::{AskedBy, Collection, CollectionOutcome, SourceError};
use commands::{Cause, schedules};
use domain::collecting::SourceKind;
use domain::offer::{JobOffer, OfferSource, OfferStatus};
use event_store::lease::Held;
use event_store::testing::{Engine, TestDb};
use event_store::{ActorKind, FixedClock};
use integrations::collect::CollectOptions;
use integrations::fetch::FetchOptions;
use integrations::{Collectors, Fetcher, Reach};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use super::{COLLECT, OfferCollection, SourcesDue};
use crate::jobs::tests::world;
use crate::jobs::{BY_COMMAND_LINE, Job, Turn};
use crate::reaction::World;

type Pages = Arc<Mutex<BTreeMap<String, (u16, String)>>>;

/// A site that shows the pages that it is given, each with a validator of its own.
struct Site {
    url: Url,
    pages: Pages,
    server: JoinHandle<()>,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Site {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let pages = Pages::default();
        let app = Router::new().fallback(answer).with_state(pages.clone());
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, pages, server }
    }

    fn show(&self, path: &str, status: u16, page: &str) {
        self.pages.lock().unwrap().insert(path.to_owned(), (status, page.to_owned()));
    }

    fn offer(&self, number: u32, title: &str) {
        let data = format!(
            r#"{{"@type":"JobPosting","title":"{title}","hiringOrganization":"Acme","identifier":{number},"description":"<p>{title}</p>"}}"#
        );
        let page = format!("<script type='application/ld+json'>{data}</script>");
        self.show(&format!("/offer/{number}"), 200, &page);
    }

    fn sitemap(&self, numbers: &[u32]) {
        let urls = numbers.iter().map(|nth| format!("<url><loc>/offer/{nth}</loc></url>"));
        self.show("/sitemap.xml", 200, &format!("<urlset>{}</urlset>", urls.collect::<String>()));
    }
}

async fn answer(State(pages): State<Pages>, request: Request) -> Response {
    let shown = pages.lock().unwrap().get(request.uri().path()).cloned();
    let (status, page) = shown.unwrap_or((404, String::new()));
    let etag = format!("\"{}-{}\"", page.len(), page.bytes().map(u64::from).sum::<u64>());
    let known = request.headers().get("if-none-match").is_some_and(|it| it == etag.as_str());
    let status = if known && status == 200 { 304 } else { status };
    Response::builder().status(status).header("etag", etag).body(Body::from(page)).unwrap()
}

struct Bench {
    _db: TestDb,
    clock: FixedClock,
    world: World,
    site: Site,
}

impl Bench {
    /// On a Wednesday, with one source that shows three offers.
    async fn new(engine: Engine) -> Self {
        let clock = FixedClock::new("2026-11-25T08:02:00Z".parse().unwrap());
        let db = testing::database(engine).await;
        let mut world = world(db.db(), Arc::new(clock.clone())).await;
        let site = Site::start().await;
        world.integrations.collectors = Some(collectors(&site));
        let bench = Self { _db: db, clock, world, site };
        bench.add("acme", None).await.unwrap();
        for (number, title) in [(1, "Chef"), (2, "Serveur"), (3, "Boulanger")] {
            bench.site.offer(number, title);
        }
        bench.site.sitemap(&[1, 2, 3]);
        bench
    }

    fn cause(&self) -> Cause {
        Cause::request(ActorKind::Operator, None, self.world.commands.fresh_id())
    }

    async fn add(&self, name: &str, cron: Option<&str>) -> Result<(), SourceError> {
        let target = self.site.url.join("/sitemap.xml").unwrap();
        let collecting = self.world.commands.collecting();
        let (name, cause) = (source(name), self.cause());
        collecting.add_source(&name, SourceKind::Pages, target.as_str(), cron, &cause).await
    }

    async fn run(&self, job: &dyn Job, is_asked: bool) {
        self.clock.advance(SignedDuration::from_mins(1));
        let turn = Turn::new(Held::unshared(&CancellationToken::new()), self.world.commands.now());
        let turn = if is_asked { turn.asked() } else { turn };
        job.run(&self.world, &turn).await.unwrap();
    }

    /// What was collected last, of the source that is always there.
    async fn collected(&self) -> Collection {
        self.run(&OfferCollection, false).await;
        self.latest("acme").await.remove(0)
    }

    async fn latest(&self, name: &str) -> Vec<Collection> {
        self.world.commands.collecting().latest_collections(name, 10).await.unwrap()
    }

    /// The offer that the site calls so.
    fn id(&self, number: u32) -> Uuid {
        let site = &self.site.url[url::Position::BeforeHost..url::Position::AfterPort];
        JobOffer::id_of(&source("acme"), &format!("{site} {number}").parse().unwrap())
    }

    async fn status(&self, number: u32) -> (OfferStatus, String) {
        let state = self.world.commands.offers().current(self.id(number)).await.unwrap();
        let known = state.known().unwrap();
        (known.status, known.content.title.to_string())
    }

    fn now(&self) -> Timestamp {
        self.world.commands.now()
    }
}

/// Collectors that may go to the site, as often as they like.
fn collectors(site: &Site) -> Collectors {
    collectors_of(&[site])
}

fn collectors_of(sites: &[&Site]) -> Collectors {
    let options = FetchOptions {
        reach: Reach::public_and(sites.iter().map(|site| &site.url)),
        every: Duration::ZERO,
        ..FetchOptions::new(sites[0].url.clone())
    };
    Collectors::new(Arc::new(Fetcher::new(&options).unwrap()), CollectOptions::default())
}

fn source(name: &str) -> OfferSource {
    name.parse().unwrap()
}

fn told(collection: &Collection) -> (Option<CollectionOutcome>, [u64; 4]) {
    let counts = collection.report.counts;
    (collection.outcome, [counts.found, counts.new, counts.changed, counts.gone])
}

const DONE: Option<CollectionOutcome> = Some(CollectionOutcome::Done);
const FAILED: Option<CollectionOutcome> = Some(CollectionOutcome::Failed);

#[rstest]
#[tokio::test]
async fn what_a_source_shows_is_taken_in_once_and_closed_when_it_is_gone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine).await;
    assert_eq!(told(&bench.collected().await), (DONE, [3, 3, 0, 0]));
    // The same again: pages that did not change are not sent again, and their offers are still there.
    assert_eq!(told(&bench.collected().await), (DONE, [3, 0, 0, 0]));
    assert_eq!(told(&bench.collected().await), (DONE, [3, 0, 0, 0]));

    bench.site.offer(2, "Serveuse");
    bench.site.sitemap(&[2, 3]);
    assert_eq!(told(&bench.collected().await), (DONE, [2, 0, 1, 1]));
    assert_eq!(bench.status(1).await, (OfferStatus::Closed, "Chef".to_owned()));
    assert_eq!(bench.status(2).await, (OfferStatus::Open, "Serveuse".to_owned()));

    // It comes back, and a page that is gone takes its offer along.
    bench.site.sitemap(&[1, 2, 3]);
    bench.site.show("/offer/3", 410, "");
    assert_eq!(told(&bench.collected().await), (DONE, [2, 1, 0, 1]));
    assert_eq!(bench.status(1).await.0, OfferStatus::Open);
    assert_eq!(bench.status(3).await.0, OfferStatus::Closed);
}

#[rstest]
#[tokio::test]
async fn an_error_closes_nothing_and_three_in_a_row_need_attention(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut bench = Bench::new(engine).await;
    bench.collected().await;

    // One page that is not to be had.
    bench.site.show("/offer/2", 500, "");
    let collection = bench.collected().await;
    assert_eq!(
        (told(&collection), collection.report.counts.pages_failed),
        ((DONE, [2, 0, 0, 0]), 1)
    );
    assert_eq!(bench.status(2).await.0, OfferStatus::Open);

    // The whole list.
    bench.site.show("/robots.txt", 200, "User-agent: *\nDisallow: /sitemap.xml");
    // What robots.txt says counts for a day, so that another process asks anew.
    bench.world.integrations.collectors = Some(collectors(&bench.site));
    for nth in 1..=3 {
        let collection = bench.collected().await;
        assert_eq!(told(&collection), (FAILED, [0, 0, 0, 0]));
        assert_eq!(collection.report.reason.as_deref(), Some("forbidden"));
        assert_eq!(collection.report.detail.as_deref(), Some("127.0.0.1"));
        let told = bench.world.commands.collecting().failing_sources().await.unwrap();
        assert_eq!(told.len(), usize::from(nth == 3));
    }
    for number in 1..=3 {
        assert_eq!(bench.status(number).await.0, OfferStatus::Open);
    }
    // One that is paused needs nobody.
    let cause = bench.cause();
    bench.world.commands.collecting().pause_source("acme", true, &cause).await.unwrap();
    assert!(bench.world.commands.collecting().failing_sources().await.unwrap().is_empty());
}

#[rstest]
#[tokio::test]
async fn what_somebody_asks_for_is_collected_alone_and_its_run_tells(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine).await;
    bench.add("other", None).await.unwrap();
    assert!(matches!(bench.add("other", None).await, Err(SourceError::Taken)));
    let collecting = bench.world.commands.collecting();
    let other = collecting.source("other").await.unwrap().unwrap();
    let run = collecting.ask(std::slice::from_ref(&other), AskedBy::User).await.unwrap();
    let again = collecting.ask(&[other], AskedBy::User).await.unwrap();
    assert_eq!(run, again, "what waits already is not asked for twice");
    let whole = collecting.whole_run(run).await.unwrap().unwrap();
    assert!(!whole.is_over());
    bench.run(&OfferCollection, true).await;
    let whole = collecting.whole_run(run).await.unwrap().unwrap();
    assert!(whole.is_over());
    assert_eq!((whole.counts.new, whole.failed), (3, 0));
    assert!(bench.latest("acme").await.is_empty());
    assert_eq!(collecting.whole_run(bench.world.commands.fresh_id()).await.unwrap(), None);

    // Where nothing waits there is nothing to do, but for a run of the task itself: it is one of all. What another
    // source showed first is known.
    bench.run(&OfferCollection, true).await;
    assert!(bench.latest("acme").await.is_empty());
    let (now, db) = (bench.now(), bench.world.commands.log().db());
    let due = now + SignedDuration::from_mins(1);
    assert!(schedules::claim(db, COLLECT, due, BY_COMMAND_LINE, now).await.unwrap());
    bench.run(&OfferCollection, true).await;
    assert_eq!(told(&bench.latest("acme").await[0]), (DONE, [3, 0, 0, 0]));

    // Words that somebody typed are not kept.
    let run = collecting
        .ask_words("boulanger à Nantes", &[SourceKind::Search], AskedBy::User)
        .await
        .unwrap();
    bench.run(&OfferCollection, true).await;
    let collection = collecting.run(run).await.unwrap().remove(0);
    assert_eq!((collection.outcome, collection.target.as_str()), (FAILED, ""));
    assert_eq!(collection.report.reason.as_deref(), Some("no-key"));
}

#[rstest]
#[tokio::test]
async fn a_source_with_a_schedule_of_its_own_is_asked_for_when_that_says_so(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine).await;
    // It is 09:02 in Paris.
    bench.add("hourly", Some("30 * * * *")).await.unwrap();
    bench.collected().await;
    assert!(bench.latest("hourly").await.is_empty(), "it is not one of all");
    bench.run(&SourcesDue, false).await;
    assert!(bench.latest("hourly").await.is_empty());
    bench.clock.advance(SignedDuration::from_mins(30));
    bench.run(&SourcesDue, false).await;
    bench.run(&SourcesDue, false).await;
    bench.run(&OfferCollection, true).await;
    let latest = bench.latest("hourly").await;
    assert_eq!((latest.len(), latest[0].outcome), (1, DONE));
    let source = bench.world.commands.collecting().source("hourly").await.unwrap().unwrap();
    assert!(!source.is_due(bench.now()));
}

#[rstest]
#[tokio::test]
async fn a_collection_that_was_broken_off_is_marked_and_the_next_one_begins_anew(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let bench = Bench::new(engine).await;
    let collecting = bench.world.commands.collecting();
    let source = collecting.source("acme").await.unwrap().unwrap();
    collecting.ask(&[source], AskedBy::Operator).await.unwrap();
    assert!(collecting.take_collection().await.unwrap().is_some(), "and its process dies");
    assert_eq!(told(&bench.collected().await), (DONE, [3, 3, 0, 0]));
    let broken = bench.latest("acme").await.remove(1);
    assert_eq!(broken.outcome, Some(CollectionOutcome::BrokenOff));
    // Asked to end, it ends between two pages, and says so.
    let stop = CancellationToken::new();
    let turn = Turn::new(Held::unshared(&stop), bench.now());
    stop.cancel();
    assert!(OfferCollection.run(&bench.world, &turn).await.is_err());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_or_was_not_seen_for_long_ends_once_and_a_dry_run_says_so_before(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    use super::{OfferCleaning, clean_by_hand, would_end};
    use domain::offer::{ExpiryReason, OfferContent};
    use projections::{Projections, RunnerOptions};

    let bench = Bench::new(engine).await;
    let (world, clock) = (&bench.world, Arc::new(bench.clock.clone()));
    let unseen = i64::from(world.offers.unseen_days);
    let commands = &world.commands;
    let collect = async |name: &str, valid_through: Option<Timestamp>| {
        let (title, company) = (format!("Chef {name}").parse().unwrap(), "Acme".parse().unwrap());
        let content = OfferContent { valid_through, ..OfferContent::new(title, company) };
        let (offers, id) = (commands.offers(), name.parse().unwrap());
        offers.collect(source("acme"), id, content, &bench.cause()).await.unwrap().id()
    };
    let begun = commands.now();
    let forgotten = collect("forgotten", None).await;
    let shown = collect("shown", None).await;
    bench.clock.set(begun + SignedDuration::from_hours(24 * (unseen - 2)));
    let over = collect("over", Some(commands.now() + SignedDuration::from_hours(24))).await;
    let lasting =
        collect("lasting", Some(commands.now() + SignedDuration::from_hours(24 * 90))).await;
    assert_eq!(collect("shown", None).await, shown, "it was seen again");
    bench.clock.set(begun + SignedDuration::from_hours(24 * (unseen + 1)));
    let settle = async || {
        let options = RunnerOptions::default();
        let running = Projections::start(commands.log().clone(), clock.clone(), &options);
        let head = commands.log().head().await.unwrap();
        projections::wait_for_all(commands.log().db(), head, Duration::from_mins(1)).await.unwrap();
        running.stop().await;
    };
    settle().await;
    let mut due = would_end(commands, world.offers.unseen_days).await.unwrap();
    due.sort_by_key(|ending| ending.reason == ExpiryReason::NotSeen);
    let due: Vec<_> = due.into_iter().map(|ending| (ending.id, ending.reason)).collect();
    assert_eq!(due, [(over, ExpiryReason::ValidThrough), (forgotten, ExpiryReason::NotSeen)]);
    let status = async |id| {
        let state: JobOffer = commands.offers().current(id).await.unwrap();
        state.known().unwrap().status
    };
    assert_eq!(status(over).await, OfferStatus::Open, "a dry run ends nothing");

    bench.run(&OfferCleaning, false).await;
    for (id, expected) in [
        (over, OfferStatus::Expired),
        (forgotten, OfferStatus::Expired),
        (shown, OfferStatus::Open),
        (lasting, OfferStatus::Open),
    ] {
        assert_eq!(status(id).await, expected);
    }
    // Also while the read models do not know it yet, once is once.
    assert_eq!(clean_by_hand(commands, world.offers.unseen_days).await.unwrap(), []);
    settle().await;
    assert_eq!(would_end(commands, world.offers.unseen_days).await.unwrap(), []);
}
