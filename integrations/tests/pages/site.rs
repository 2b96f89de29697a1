//! A site that does what its script says.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use integrations::collect::{CollectOptions, Collector, Known, Part, Places, Posting, SourceKind};
use integrations::fetch::{FetchOptions, Fetcher, Waits};
use integrations::{Collectors, Reach};
use tokio::task::JoinHandle;
use url::Url;

/// A request as the site saw it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

type Script = Arc<dyn Fn(&Seen) -> Response + Send + Sync>;

/// It ends with the test.
pub(crate) struct Site {
    pub(crate) url: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    server: JoinHandle<()>,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Site {
    /// A site whose answers follow from requests.
    pub(crate) async fn start(script: impl Fn(&Seen) -> Response + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let script: Script = Arc::new(script);
        let app = Router::new().fallback(answer).with_state((script, seen.clone()));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, seen, server }
    }

    pub(crate) fn at(&self, path: &str) -> Url {
        self.url.join(path).unwrap()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The paths that were asked for, but for robots.txt.
    pub(crate) fn paths(&self) -> Vec<String> {
        let paths = self.seen().into_iter().map(|seen| seen.path);
        paths.filter(|path| path != "/robots.txt").collect()
    }
}

async fn answer(
    State((script, seen)): State<(Script, Arc<Mutex<Vec<Seen>>>)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let body = String::from_utf8_lossy(&body).into_owned();
    let request = Seen { path, headers: parts.headers, body };
    seen.lock().unwrap().push(request.clone());
    script(&request)
}

pub(crate) fn html(body: impl Into<Body>) -> Response {
    Response::builder()
        .header("content-type", "text/html; charset=utf-8")
        .body(body.into())
        .unwrap()
}

pub(crate) fn status(status: u16) -> Response {
    Response::builder().status(status).body(Body::empty()).unwrap()
}

pub(crate) fn redirect(to: &str) -> Response {
    Response::builder().status(302).header("location", to).body(Body::empty()).unwrap()
}

/// A page with these `JobPosting`s.
pub(crate) fn offer_page(data: &str) -> String {
    format!(
        "<html><head><script type=\"application/ld+json\">{data}</script></head><body><h1>x</h1></body></html>"
    )
}

pub(crate) fn posting(title: &str) -> String {
    format!(
        r#"{{"@type":"JobPosting","title":"{title}","hiringOrganization":"Acme","description":"<p>Texte</p>"}}"#
    )
}

/// Waits for nothing, and notes for how long it should have.
#[derive(Debug, Default)]
pub(crate) struct NoWait(Mutex<Vec<Duration>>);

#[async_trait]
impl Waits for NoWait {
    async fn wait(&self, how_long: Duration) {
        self.0.lock().unwrap().push(how_long);
    }
}

impl NoWait {
    pub(crate) fn waited(&self) -> Vec<Duration> {
        self.0.lock().unwrap().clone()
    }
}

/// A fetcher that may go to these sites, and waits for nothing.
pub(crate) fn fetcher(sites: &[&Site]) -> (Arc<Fetcher>, Arc<NoWait>) {
    let waits = Arc::new(NoWait::default());
    let about: Url = "https://postulo.example".parse().unwrap();
    let options = FetchOptions {
        reach: Reach::public_and(sites.iter().map(|site| &site.url)),
        contact: Some("offers@postulo.example".to_owned()),
        timeout: Duration::from_secs(20),
        waits: waits.clone(),
        ..FetchOptions::new(about)
    };
    (Arc::new(Fetcher::new(&options).unwrap()), waits)
}

/// Collectors for which every service is this site.
pub(crate) fn collectors(site: &Site, options: CollectOptions) -> Collectors {
    let url = || site.url.clone();
    let places = Places {
        greenhouse: url(),
        lever: url(),
        ashby: url(),
        smart_recruiters: url(),
        france_travail: url(),
        france_travail_tokens: url(),
        tavily: url(),
    };
    Collectors::new(fetcher(&[site]).0, CollectOptions { places, ..options })
}

/// All that a collector brings, to its end.
pub(crate) async fn all(collector: &mut dyn Collector, known: &Known) -> (Vec<Posting>, Vec<Part>) {
    let (mut postings, mut parts) = (vec![], vec![]);
    while let Some(part) = collector.next(known).await.unwrap() {
        if let Part::Read { postings: more, .. } = &part {
            postings.extend(more.clone());
        }
        parts.push(part);
    }
    (postings, parts)
}

/// All that a source brings.
pub(crate) async fn collected(site: &Site, kind: SourceKind, target: &str) -> (Vec<Posting>, bool) {
    let collectors = collectors(site, CollectOptions::default());
    let now = "2026-11-28T08:00:00Z".parse().unwrap();
    let mut collector = collectors.begin(kind, target, now).unwrap();
    let (postings, _) = all(collector.as_mut(), &Known::new()).await;
    (postings, collector.is_complete())
}

/// The number at the end of a path.
pub(crate) fn number(path: &str) -> usize {
    let uri: Uri = path.parse().unwrap();
    uri.path().rsplit('/').next().unwrap().parse().unwrap()
}
