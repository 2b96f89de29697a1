use std::convert::Infallible;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::{StreamExt as _, stream};
use integrations::fetch::{FetchError, FetchOptions, Fetched, Fetcher, Kind, Validators};

use crate::site::{Site, fetcher, html, redirect, status};

#[tokio::test]
async fn a_site_is_told_who_asks_and_asked_for_what_changed_alone() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        _ if seen.headers.get("if-none-match").is_some_and(|etag| etag == "\"1\"") => status(304),
        _ => Response::builder().header("etag", "\"1\"").body(Body::from("x")).unwrap(),
    })
    .await;
    let (fetcher, waits) = fetcher(&[&site]);
    let page = fetcher.page(&site.at("/a"), Kind::Page).await.unwrap();
    let again = fetcher.get(&site.at("/a"), Kind::Page, &page.validators).await.unwrap();
    assert!(matches!(again, Fetched::Unchanged), "{again:?}");
    let seen = &site.seen()[1];
    let agent = seen.headers["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("Postulo/") && agent.contains("+https://postulo.example"), "{agent}");
    assert_eq!(seen.headers["from"], "offers@postulo.example");
    // robots.txt once, and a second between any two requests.
    assert_eq!(
        site.seen().iter().map(|it| it.path.as_str()).collect::<Vec<_>>(),
        ["/robots.txt", "/a", "/a"]
    );
    let waited: Vec<_> = waits.waited().iter().map(|it| it.as_secs_f64().round()).collect();
    assert_eq!(waited, [1.0, 2.0], "each waits for its turn, though the test lets no time pass");
}

#[tokio::test]
async fn what_robots_txt_forbids_is_not_asked_for() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/robots.txt" => html("User-agent: *\nDisallow: /private\nCrawl-delay: 3600"),
        "/to-private" => redirect("/private/1"),
        _ => html("x"),
    })
    .await;
    let (fetcher, waits) = fetcher(&[&site]);
    for path in ["/private/1", "/to-private"] {
        let error = fetcher.page(&site.at(path), Kind::Page).await.unwrap_err();
        assert!(matches!(error, FetchError::Forbidden { .. }), "{error}");
        assert!(error.to_string().contains("robots.txt"), "{error}");
    }
    assert!(!site.paths().contains(&"/private/1".to_owned()), "{:?}", site.paths());
    fetcher.page(&site.at("/open"), Kind::Page).await.unwrap();
    let longest = waits.waited().into_iter().max().unwrap();
    assert!(longest > Duration::from_secs(20) && longest < Duration::from_secs(100), "{longest:?}");
}

#[tokio::test]
async fn a_site_whose_robots_txt_is_not_to_be_had_is_left_alone() {
    let site =
        Site::start(|seen| if seen.path == "/robots.txt" { status(500) } else { html("x") }).await;
    let (fetcher, _) = fetcher(&[&site]);
    for _ in 0..3 {
        let error = fetcher.page(&site.at("/a"), Kind::Page).await.unwrap_err();
        assert!(matches!(error, FetchError::RobotsUnknown { .. }) && error.passes(), "{error}");
    }
    assert_eq!(site.seen().len(), 1, "and is not asked for it again at once");
}

#[tokio::test]
async fn a_host_that_asks_for_patience_gets_it() {
    let asked = Arc::new(AtomicUsize::new(0));
    let times = asked.clone();
    let site = Site::start(move |seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        "/never" => Response::builder()
            .status(429)
            .header("retry-after", "86400")
            .body(Body::empty())
            .unwrap(),
        "/always" => status(429),
        _ if times.fetch_add(1, Ordering::Relaxed) == 0 => {
            Response::builder().status(429).header("retry-after", "7").body(Body::empty()).unwrap()
        }
        _ => html("x"),
    })
    .await;
    let (fetcher, waits) = fetcher(&[&site]);
    fetcher.page(&site.at("/a"), Kind::Page).await.unwrap();
    assert!(waits.waited().contains(&Duration::from_secs(7)), "{:?}", waits.waited());
    let error = fetcher.page(&site.at("/never"), Kind::Page).await.unwrap_err();
    assert_eq!(error, FetchError::Busy { status: 429, after: Some(Duration::from_hours(24)) });
    let error = fetcher.page(&site.at("/always"), Kind::Page).await.unwrap_err();
    assert_eq!(error, FetchError::Busy { status: 429, after: None });
    let always = site.paths().into_iter().filter(|path| path == "/always").count();
    assert_eq!(always, 3);
}

#[rstest::rstest]
#[case(404, FetchError::Missing { status: 404 }, false)]
#[case(410, FetchError::Missing { status: 410 }, false)]
#[case(403, FetchError::Refused { status: 403 }, false)]
#[case(500, FetchError::Unwell { status: 500 }, true)]
#[tokio::test]
async fn what_goes_wrong_is_told_by_what_can_be_done(
    #[case] answered: u16,
    #[case] told: FetchError,
    #[case] passes: bool,
) {
    let site =
        Site::start(move |seen| status(if seen.path == "/robots.txt" { 404 } else { answered }))
            .await;
    let error = fetcher(&[&site]).0.page(&site.at("/a"), Kind::Page).await.unwrap_err();
    assert_eq!((error.passes(), error), (passes, told));
}

#[tokio::test]
async fn a_page_that_leads_on_for_ever_is_given_up() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        path => redirect(&format!("/{}", path.len())),
    })
    .await;
    let error = fetcher(&[&site]).0.page(&site.at("/a"), Kind::Page).await.unwrap_err();
    assert_eq!(error, FetchError::TooManyRedirects);
    assert_eq!(site.paths().len(), 11);
    // As does a robots.txt, which is none then.
    let site =
        Site::start(|seen| if seen.path == "/a" { html("x") } else { redirect("/robots.txt") })
            .await;
    fetcher(&[&site]).0.page(&site.at("/a"), Kind::Page).await.unwrap();
    assert_eq!(site.seen().len(), 7);
}

#[tokio::test]
async fn a_page_of_a_gigabyte_is_not_read_beyond_two_megabytes() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = sent.clone();
    let site = Site::start(move |seen| {
        let counted = counted.clone();
        let chunk = Bytes::from(vec![b'x'; 64 * 1024]);
        let chunks = stream::iter(0..16 * 1024).map(move |_| {
            counted.fetch_add(chunk.len(), Ordering::Relaxed);
            Ok::<_, Infallible>(chunk.clone())
        });
        match seen.path.as_str() {
            "/robots.txt" => status(404),
            "/told" => Response::builder()
                .header("content-length", 1 << 30)
                .body(Body::from_stream(chunks))
                .unwrap(),
            "/packed" => {
                let mut packed = GzEncoder::new(vec![], Compression::best());
                let zeros = vec![0; 1 << 20];
                for _ in 0..64 {
                    packed.write_all(&zeros).unwrap();
                }
                let body = packed.finish().unwrap();
                Response::builder()
                    .header("content-encoding", "gzip")
                    .body(Body::from(body))
                    .unwrap()
            }
            _ => html(Body::from_stream(chunks)),
        }
    })
    .await;
    let (fetcher, _) = fetcher(&[&site]);
    for path in ["/endless", "/told", "/packed"] {
        let error = fetcher.page(&site.at(path), Kind::Page).await.unwrap_err();
        assert_eq!(error, FetchError::TooLong { mib: 2 }, "{path}");
    }
    // What was sent beyond them is what the two ends of the connection hold.
    let sent = sent.load(Ordering::Relaxed);
    assert!(sent < 64 << 20, "{sent}");
}

#[tokio::test]
async fn no_name_and_no_redirection_leads_into_our_own_network() {
    let inside = Site::start(|_| html("the secrets of the house")).await;
    let port = inside.url.port().unwrap();
    let by_name = format!("http://localhost:{port}/");
    let targets = [
        by_name.clone(),
        format!("http://127.0.0.1:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
    ];
    let leads = targets.clone();
    let outside = Site::start(move |seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        path => redirect(&leads[path[1..].parse::<usize>().unwrap()]),
    })
    .await;
    let (fetcher, _) = fetcher(&[&outside]);
    for (nth, target) in targets.iter().enumerate() {
        let direct = fetcher.page(&target.parse().unwrap(), Kind::Page).await.unwrap_err();
        // Where robots.txt is not to be had, nothing is.
        assert!(
            matches!(direct, FetchError::NotPublic | FetchError::RobotsUnknown { .. }),
            "{direct}"
        );
        let led = fetcher.page(&outside.at(&nth.to_string()), Kind::Page).await.unwrap_err();
        assert!(matches!(led, FetchError::NotPublic | FetchError::RobotsUnknown { .. }), "{led}");
        let asked =
            fetcher.get(&target.parse().unwrap(), Kind::Interface, &Validators::default()).await;
        assert_eq!(asked.unwrap_err(), FetchError::NotPublic, "{target}");
    }
    assert!(inside.seen().is_empty(), "{:?}", inside.seen());
}

#[tokio::test]
async fn a_site_that_never_answers_is_given_up() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: url::Url = format!("http://{}/a", listener.local_addr().unwrap()).parse().unwrap();
    let options = FetchOptions {
        reach: integrations::Reach::Anywhere,
        timeout: Duration::from_millis(200),
        ..FetchOptions::new(url.clone())
    };
    let fetcher = Fetcher::new(&options).unwrap();
    let error = fetcher.get(&url, Kind::Interface, &Validators::default()).await.unwrap_err();
    assert!(matches!(error, FetchError::Unreachable(_)), "{error}");
}

#[tokio::test]
async fn a_page_in_windows_1252_is_read() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        _ => Response::builder()
            .header("content-type", "text/html; charset=windows-1252")
            .body(Body::from(&b"D\xe9veloppeur \x80"[..]))
            .unwrap(),
    })
    .await;
    let page = fetcher(&[&site]).0.page(&site.at("/a"), Kind::Page).await.unwrap();
    assert_eq!(page.text(), "Développeur €");
}
