//! Pages that only a browser sees, in the real one, and what such a page may try.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures::{StreamExt as _, stream};
use integrations::Browser;
use integrations::browser::ShowError;
use integrations::collect::{CollectError, CollectOptions, Known, Part, Posting, SourceKind};
use integrations::fetch::FetchError;
use tempfile::TempDir;
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinSet;

use crate::site::{Site, all, collectors, html, posting, redirect, status};

/// Chromium, under one of its names.
fn chromium() -> &'static str {
    let names = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    names.into_iter().find(|name| Path::new(name).exists()).unwrap()
}

/// Collects from a page, or a sitemap, with a browser that leaves nothing behind.
async fn collected(
    site: &Site,
    path: &str,
    limit: Duration,
) -> (Result<Vec<Posting>, CollectError>, Vec<Part>) {
    let profiles = TempDir::new().unwrap();
    let outcome = with(site, path, Browser::new(chromium()).within(limit), &profiles).await;
    assert_eq!(profiles.path().read_dir().unwrap().count(), 0);
    assert_eq!(processes_of(profiles.path()), 0);
    outcome
}

async fn with(
    site: &Site,
    path: &str,
    browser: Browser,
    profiles: &TempDir,
) -> (Result<Vec<Posting>, CollectError>, Vec<Part>) {
    let browser = Some(Arc::new(browser.with_profiles_in(profiles.path())));
    let collectors = collectors(site, CollectOptions { browser, ..CollectOptions::default() });
    let now = "2026-11-28T08:00:00Z".parse().unwrap();
    let mut collector = collectors.begin(SourceKind::Browser, site.at(path).as_str(), now).unwrap();
    match collector.next(&Known::new()).await {
        Err(error) => (Err(error), vec![]),
        Ok(first) => {
            let (mut postings, mut parts) = all(collector.as_mut(), &Known::new()).await;
            if let Some(Part::Read { postings: more, .. }) = &first {
                postings.extend(more.clone());
            }
            parts.extend(first);
            (Ok(postings), parts)
        }
    }
}

/// How many processes have a folder in what they were started with.
fn processes_of(folder: &Path) -> usize {
    let folder = folder.as_os_str().as_encoded_bytes();
    let processes = Path::new("/proc").read_dir().unwrap().flatten();
    let is_of = |process: &std::fs::DirEntry| {
        ["cmdline", "environ"].iter().any(|file| {
            let text = std::fs::read(process.path().join(file)).unwrap_or_default();
            text.windows(folder.len()).any(|window| window == folder)
        })
    };
    processes.filter(is_of).count()
}

/// A page whose script writes an offer behind whatever `first` does.
fn scripted(first: &str) -> String {
    let data = posting("Poste du script");
    format!(
        "<!DOCTYPE html><html><head><title>x</title></head><body><script>{first}</script><script>
         setTimeout(() => {{
             const data = document.createElement('script');
             data.type = 'application/ld+json';
             data.textContent = {data:?};
             document.head.append(data);
         }}, 1500);
         </script></body></html>"
    )
}

/// What counts whoever comes to this machine by another way than the site.
struct Inside {
    port: u16,
    came: Arc<AtomicUsize>,
    _listeners: JoinSet<()>,
}

impl Inside {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let came: Arc<AtomicUsize> = Arc::default();
        let mut listeners = JoinSet::new();
        let also = TcpListener::bind(SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], port))).await;
        for listener in [Some(listener), also.ok()].into_iter().flatten() {
            let came = came.clone();
            listeners.spawn(async move {
                while listener.accept().await.is_ok() {
                    came.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let (socket, counted) = (UdpSocket::bind(("127.0.0.1", port)).await.unwrap(), came.clone());
        listeners.spawn(async move {
            while socket.recv(&mut [0; 64]).await.is_ok() {
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        Self { port, came, _listeners: listeners }
    }

    /// A script that tries all ways that a page has to it.
    fn tried(&self) -> String {
        TRIED.replace("PORT", &self.port.to_string())
    }
}

const TRIED: &str = "
    const hosts = ['127.0.0.1:PORT', 'localhost:PORT', '[::1]:PORT', '0.0.0.0:PORT', '[::ffff:7f00:1]:PORT', 'a.localhost:PORT', '169.254.169.254'];
    const add = (name, attributes) => { const it = Object.assign(document.createElement(name), attributes); document.body.append(it); return it; };
    const quietly = way => { try { Promise.resolve(way()).catch(() => {}); } catch {} };
    for (const host of hosts) {
        const url = `http://${host}/inside`;
        quietly(() => fetch(url, { mode: 'no-cors' }));
        quietly(() => fetch(`https://${host}/inside`, { mode: 'no-cors' }));
        quietly(() => fetch('/lead?' + url, { mode: 'no-cors' }));
        quietly(() => fetch(url, { method: 'POST', mode: 'no-cors', body: 'x' }));
        quietly(() => navigator.sendBeacon(url, 'x'));
        quietly(() => new WebSocket(`ws://${host}/inside`));
        quietly(() => new WebSocket(`wss://${host}/inside`));
        quietly(() => new EventSource(url));
        quietly(() => new WebTransport(`https://${host}/inside`).ready);
        quietly(() => new Worker(URL.createObjectURL(new Blob([`fetch('${url}', { mode: 'no-cors' })`]))));
        for (const name of ['img', 'iframe', 'script', 'video', 'embed', 'audio']) add(name, { src: url });
        add('iframe', { src: '/lead?' + url });
        add('img', { src: '/lead?' + url });
        add('object', { data: url });
        for (const rel of ['stylesheet', 'preconnect', 'dns-prefetch', 'prefetch', 'icon', 'manifest', 'preload', 'modulepreload'])
            add('link', { rel, href: url, as: 'script' });
        add('script', { type: 'speculationrules', textContent: JSON.stringify({ prerender: [{ urls: [url], eagerness: 'immediate' }], prefetch: [{ urls: [url], eagerness: 'immediate' }] }) });
        add('a', { href: '#', ping: url }).click();
        add('style', { textContent: `@import url(${url}); @font-face { font-family: x; src: url(${url}) } body { font-family: x }` });
        quietly(() => window.open(url));
        quietly(() => { const form = Object.assign(document.createElement('form'), { action: url, method: 'post', target: '_blank' }); document.body.append(form); form.submit(); });
        quietly(async () => {
            const iceServers = [{ urls: `stun:${host}` }];
            for (const way of ['turn', 'turns']) for (const transport of ['udp', 'tcp'])
                iceServers.push({ urls: `${way}:${host}?transport=${transport}`, username: 'a', credential: 'b' });
            for (const server of iceServers) {
                const peer = new RTCPeerConnection({ iceServers: [server] });
                peer.createDataChannel('x');
                await peer.setLocalDescription(await peer.createOffer());
                for (const at of ['127.0.0.1 PORT', '169.254.169.254 80', 'x.local PORT', 'localhost PORT']) for (const [kind, more] of [['udp', ''], ['tcp', ' tcptype passive']])
                    quietly(() => peer.addIceCandidate({ candidate: `candidate:1 1 ${kind} 2130706431 ${at} typ host${more}`, sdpMid: '0' }));
            }
        });
    }
";

/// Time enough beside many others.
const USUAL: Duration = Duration::from_mins(2);

#[tokio::test]
async fn an_offer_that_a_script_writes_is_collected() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        "/api" => html(posting("Poste de l'interface")),
        _ => html(
            "<div id=root></div><script>fetch('/api').then(it => it.text()).then(data => {
                const it = document.createElement('script');
                it.type = 'application/ld+json';
                it.textContent = data;
                document.body.append(it);
            })</script>",
        ),
    })
    .await;
    let (postings, _) = collected(&site, "/job", USUAL).await;
    let titles: Vec<_> = postings.unwrap().into_iter().map(|posting| posting.draft.title).collect();
    assert_eq!(titles, ["Poste de l'interface"]);
    let paths = site.paths();
    assert!(paths.starts_with(&["/job".into(), "/job".into()]), "{paths:?}");
    for seen in site.seen() {
        let agent = seen.headers["user-agent"].to_str().unwrap();
        assert!(agent.starts_with("Postulo/"), "{agent}");
    }
}

#[tokio::test]
async fn of_a_sitemap_those_pages_are_shown_that_have_no_offer_without() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/robots.txt" | "/gone" => status(404),
        "/sitemap.xml" => html(
            "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>/plain</loc></url>\
             <url><loc>/gone</loc></url><url><loc>/scripted</loc></url></urlset>",
        ),
        "/plain" => html(crate::site::offer_page(&posting("Poste"))),
        _ => html(scripted("")),
    })
    .await;
    let (postings, parts) = collected(&site, "/sitemap.xml", USUAL).await;
    assert_eq!(postings.unwrap().len(), 2);
    assert!(parts.iter().any(|part| matches!(part, Part::Gone(_))), "{parts:?}");
    assert_eq!(site.paths().iter().filter(|path| *path == "/plain").count(), 1);
}

/// Whether nothing is told to be gone, and the pages that failed, of a sitemap with an offer and this page.
async fn beside_an_offer(page: fn(bool) -> Response) -> (bool, usize) {
    let site = Site::start(move |seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        "/sitemap.xml" => html(
            "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>/offer</loc></url>\
             <url><loc>/page</loc></url></urlset>",
        ),
        "/offer" => html(scripted("")),
        _ => page(seen.headers.contains_key("sec-fetch-mode") || seen.headers.contains_key("upgrade-insecure-requests")),
    })
    .await;
    let browser = Some(Arc::new(Browser::new(chromium()).within(USUAL)));
    let collectors = collectors(&site, CollectOptions { browser, ..CollectOptions::default() });
    let (target, now) = (site.at("/sitemap.xml"), "2026-11-28T08:00:00Z".parse().unwrap());
    let mut collector = collectors.begin(SourceKind::Browser, target.as_str(), now).unwrap();
    let (postings, parts) = all(collector.as_mut(), &Known::new()).await;
    assert!(!postings.is_empty());
    let failed = parts.iter().filter(|part| matches!(part, Part::Failed(..))).count();
    (!collector.is_complete(), failed)
}

#[tokio::test]
async fn a_page_that_shows_no_offer_in_the_browser_closes_none() {
    assert_eq!(beside_an_offer(|_| html(scripted(""))).await, (false, 0));
    assert_eq!(beside_an_offer(|_| html("<p>The interface does not answer</p>")).await, (true, 0));
    let gone_meanwhile = |in_browser| if in_browser { status(502) } else { html("<p></p>") };
    assert_eq!(beside_an_offer(gone_meanwhile).await.1, 1);
}

#[tokio::test]
async fn no_page_leads_the_browser_into_our_own_network() {
    let inside = Inside::start().await;
    let tried = inside.tried();
    let site = Site::start(move |seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        "/job" => html(scripted(&tried)),
        path => path.strip_prefix("/lead?").map_or_else(|| status(404), redirect),
    })
    .await;
    let (postings, _) = collected(&site, "/job", USUAL).await;
    assert_eq!(postings.unwrap().len(), 1);
    assert!(site.paths().iter().any(|path| path.starts_with("/lead?")));
    assert_eq!(inside.came.load(Ordering::Relaxed), 0);
}

#[rstest::rstest]
#[case("<script>location = 'TARGET'</script>")]
#[case("<script>setTimeout(() => location.replace('/lead?TARGET'), 100)</script>")]
#[case("<meta http-equiv=refresh content='0; url=TARGET'>")]
#[case("<form action='TARGET' method=post></form><script>document.forms[0].submit()</script>")]
#[case("<script>location = 'file:///etc/passwd'</script>")]
#[tokio::test]
async fn no_page_moves_on_into_our_own_network(#[case] page: &str) {
    let inside = Inside::start().await;
    let page = page.replace("TARGET", &format!("http://127.0.0.1:{}/", inside.port));
    let site = Site::start(move |seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        "/job" => html(page.clone()),
        path => path.strip_prefix("/lead?").map_or_else(|| status(404), redirect),
    })
    .await;
    let (postings, _) = collected(&site, "/job", USUAL).await;
    let error = postings.unwrap_err();
    let no_page = CollectError::Fetch(FetchError::Browser(ShowError::Broken));
    assert!(error == CollectError::NoPostings || error == no_page, "{error}");
    assert_eq!(inside.came.load(Ordering::Relaxed), 0);
}

/// What comes of a page with this script, which may take so much time.
async fn failed(script: &str, limit: Duration) -> ShowError {
    let page = scripted(script);
    let site = Site::start(move |seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        "/endless" => {
            let chunks = stream::iter(0..).then(|_| async {
                tokio::time::sleep(Duration::from_millis(50)).await;
                Ok::<_, Infallible>(Bytes::from_static(b"x"))
            });
            Response::new(Body::from_stream(chunks))
        }
        _ => html(page.clone()),
    })
    .await;
    match collected(&site, "/job", limit).await.0.unwrap_err() {
        CollectError::Fetch(FetchError::Browser(error)) => error,
        error => panic!("{error}"),
    }
}

#[rstest::rstest]
#[case("while (true);")]
#[case("fetch('/endless').then(it => it.text())")]
#[case(
    "const grow = () => { document.body.append('x'.repeat(100000)); setTimeout(grow, 1) }; grow()"
)]
#[case("const all = []; while (true) all.push(new Blob([new Uint8Array(1 << 24).fill(1)]))")]
#[tokio::test]
async fn an_endless_page_ends(#[case] script: &str) {
    let begun = Instant::now();
    let error = failed(script, Duration::from_secs(10)).await;
    // Some fill the memory before.
    assert!(matches!(error, ShowError::Slow | ShowError::Memory), "{error}");
    assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", begun.elapsed());
}

#[rstest::rstest]
#[case("const all = []; while (true) all.push(new Uint8Array(1 << 24).fill(1))", ShowError::Memory)]
#[case(
    "document.body.append(document.createComment('x'.repeat(3 << 20)))",
    ShowError::TooLong { mib: 2 }
)]
#[tokio::test]
async fn what_a_page_takes_is_bounded(#[case] script: &str, #[case] told: ShowError) {
    assert_eq!(failed(script, USUAL).await, told);
}

#[tokio::test]
async fn where_robots_txt_forbids_it_no_browser_is_started() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/robots.txt" => html("User-agent: *\nDisallow: /job"),
        _ => html(scripted("")),
    })
    .await;
    let (profiles, none) = (TempDir::new().unwrap(), Browser::new("/nowhere/chromium"));
    let (postings, _) = with(&site, "/job", none, &profiles).await;
    let host = "127.0.0.1".to_owned();
    assert_eq!(postings.unwrap_err(), CollectError::Fetch(FetchError::Forbidden { host }));
    assert!(site.paths().is_empty());
}

#[tokio::test]
async fn without_its_program_a_page_is_told_as_such() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        _ => html(scripted("")),
    })
    .await;
    let (profiles, none) = (TempDir::new().unwrap(), Browser::new("/nowhere/chromium"));
    let (postings, _) = with(&site, "/job", none, &profiles).await;
    let error = CollectError::Fetch(FetchError::Browser(ShowError::NotStarted));
    assert_eq!(postings.unwrap_err(), error);
    assert_eq!(profiles.path().read_dir().unwrap().count(), 0);
    let off = collectors(&site, CollectOptions::default());
    let now = "2026-11-28T08:00:00Z".parse().unwrap();
    let off = off.begin(SourceKind::Browser, site.at("/job").as_str(), now).err();
    assert_eq!(off, Some(CollectError::NoBrowser));
}

#[tokio::test]
async fn a_browser_that_goes_around_the_guard_is_not_believed() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        _ => html(scripted("")),
    })
    .await;
    let (profiles, place) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let program = place.path().join("chromium");
    std::fs::write(&program, "#!/bin/sh\necho '<html></html>'\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let (postings, _) = with(&site, "/job", Browser::new(program), &profiles).await;
    let error = CollectError::Fetch(FetchError::Browser(ShowError::Broken));
    assert_eq!(postings.unwrap_err(), error);
}
