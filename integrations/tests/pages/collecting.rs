use std::collections::HashSet;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use integrations::Collectors;
use integrations::collect::{CollectError, CollectOptions, Known, Part, SourceKind};
use integrations::fetch::FetchError;

use crate::site::{
    Site, all, collected, collectors, fetcher, html, number, offer_page, posting, redirect, status,
};

fn now() -> jiff::Timestamp {
    "2026-11-28T08:00:00Z".parse().unwrap()
}

fn sitemap(paths: impl IntoIterator<Item = String>) -> String {
    let urls: String = paths
        .into_iter()
        .flat_map(|path| ["<url><loc>".into(), path, "</loc></url>".into()])
        .collect();
    format!(
        "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>"
    )
}

fn gzipped(text: &str) -> Vec<u8> {
    let mut packed = GzEncoder::new(vec![], Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

/// 300 pages with an offer each, in two sitemaps below a third: one of them is compressed, and some pages are in
/// both.
async fn site_of_300() -> Site {
    Site::start(|seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        "/sitemap.xml" => html(
            "<sitemapindex><sitemap><loc>/a.xml</loc></sitemap><sitemap><loc>/b.xml.gz</loc></sitemap>\
             <sitemap><loc>/sitemap.xml</loc></sitemap></sitemapindex>",
        ),
        "/a.xml" => html(sitemap((0..160).map(|nth| format!("/offer/{nth}")))),
        "/b.xml.gz" => Response::new(Body::from(gzipped(&sitemap((140..300).map(|nth| format!("/offer/{nth}#x")))))),
        _ if seen.headers.contains_key("if-none-match") => status(304),
        path => Response::builder()
            .header("etag", format!("\"{path}\""))
            .body(Body::from(offer_page(&posting(&format!("Poste {}", number(path))))))
            .unwrap(),
    })
    .await
}

#[tokio::test]
async fn three_hundred_pages_are_read_once_each_and_then_asked_whether_they_changed() {
    let site = site_of_300().await;
    let collectors = collectors(&site, CollectOptions::default());
    let target = site.at("/sitemap.xml");
    let mut collector = collectors.begin(SourceKind::Pages, target.as_str(), now()).unwrap();
    let (postings, parts) = all(collector.as_mut(), &Known::new()).await;
    let ids: HashSet<_> = postings.iter().map(|posting| posting.external_id.clone()).collect();
    assert_eq!((postings.len(), ids.len()), (300, 300));
    assert!(collector.is_complete());
    assert_eq!(site.paths().len(), 303);
    let known: Known = parts
        .into_iter()
        .filter_map(|part| match part {
            Part::Read { page: Some(page), validators, .. } => Some((page.to_string(), validators)),
            _ => None,
        })
        .collect();
    let mut again = collectors.begin(SourceKind::Pages, target.as_str(), now()).unwrap();
    let (postings, parts) = all(again.as_mut(), &known).await;
    let unchanged = parts.iter().filter(|part| matches!(part, Part::Unchanged(_))).count();
    assert_eq!((postings.len(), unchanged), (0, 300));
}

#[tokio::test]
async fn a_page_that_fails_is_told_apart_from_one_that_is_gone() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        "/sitemap.xml" => html(sitemap((0..8).map(|nth| format!("/offer/{nth}")))),
        "/offer/2" => status(500),
        "/offer/4" => status(410),
        path => html(offer_page(&posting(&format!("Poste {}", number(path))))),
    })
    .await;
    let collectors = collectors(&site, CollectOptions::default());
    let target = site.at("/sitemap.xml");
    let mut collector = collectors.begin(SourceKind::Pages, target.as_str(), now()).unwrap();
    let (postings, parts) = all(collector.as_mut(), &Known::new()).await;
    assert_eq!(postings.len(), 6);
    assert!(parts.iter().any(|part| matches!(part, Part::Gone(url) if url.path() == "/offer/4")));
    let failed = |part: &Part| matches!(part, Part::Failed(url, FetchError::Unwell { status: 500 }) if url.path() == "/offer/2");
    assert!(parts.iter().any(failed));
    assert!(collector.is_complete(), "each page that was not read is told");
}

#[tokio::test]
async fn a_site_that_fails_page_after_page_is_left_alone() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        "/sitemap.xml" => html(sitemap((0..300).map(|nth| format!("/offer/{nth}")))),
        _ => status(500),
    })
    .await;
    let collectors = collectors(&site, CollectOptions::default());
    let mut collector =
        collectors.begin(SourceKind::Pages, site.at("/sitemap.xml").as_str(), now()).unwrap();
    let error = loop {
        match collector.next(&Known::new()).await {
            Ok(part) => assert!(matches!(part, Some(Part::Failed(..)))),
            Err(error) => break error,
        }
    };
    assert_eq!(error, CollectError::Failing(FetchError::Unwell { status: 500 }));
    assert_eq!(site.paths().len(), 6);
}

#[tokio::test]
async fn a_sitemap_that_is_not_to_be_had_makes_the_list_incomplete() {
    let is_there = Arc::new(AtomicBool::new(false));
    let answers = is_there.clone();
    let site = Site::start(move |seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        "/sitemap.xml" => html("<sitemapindex><sitemap><loc>/a.xml</loc></sitemap></sitemapindex>"),
        "/a.xml" if !answers.load(Ordering::Relaxed) => status(500),
        "/a.xml" => html("<urlset><url><loc>/offer/1</loc></url><url><loc>/off"),
        _ => html(offer_page(&posting("A"))),
    })
    .await;
    let target = site.at("/sitemap.xml");
    let (postings, is_complete) = collected(&site, SourceKind::Pages, target.as_str()).await;
    assert_eq!((postings.len(), is_complete), (0, false));
    is_there.store(true, Ordering::Relaxed);
    let (postings, is_complete) = collected(&site, SourceKind::Pages, target.as_str()).await;
    assert_eq!(
        (postings.len(), is_complete),
        (1, false),
        "one that breaks off is not whole either"
    );
}

#[tokio::test]
async fn a_page_is_a_list_of_its_own_offers_and_of_those_that_it_leads_to() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        "/jobs" => html(offer_page(
            r#"{"@graph":[{"@type":"JobPosting","title":"A","identifier":1},{"@type":"ItemList","itemListElement":[{"@type":"ListItem","url":"/offer/2"}]}]}"#,
        )),
        "/offer/2" => html(offer_page(&posting("B"))),
        _ => html("<p>nothing</p>"),
    })
    .await;
    let (postings, is_complete) =
        collected(&site, SourceKind::Pages, site.at("/jobs").as_str()).await;
    let titles: Vec<_> = postings.iter().map(|posting| posting.draft.title.as_str()).collect();
    assert_eq!((titles, is_complete), (vec!["A", "B"], true));
    let collectors = collectors(&site, CollectOptions::default());
    let mut nothing =
        collectors.begin(SourceKind::Pages, site.at("/about").as_str(), now()).unwrap();
    assert_eq!(nothing.next(&Known::new()).await.unwrap_err(), CollectError::NoPostings);
}

#[rstest::rstest]
#[case(r#""numberOfItems":1,"#, "", true)]
#[case(r#""numberOfItems":40,"#, "", false)]
#[case("", "<a rel='next' href='?page=2'>2</a>", false)]
#[tokio::test]
async fn a_list_that_goes_on_elsewhere_is_not_the_whole_one(
    #[case] number: &'static str,
    #[case] link: &'static str,
    #[case] is_whole: bool,
) {
    let site = Site::start(move |seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        "/jobs" => {
            let list = format!(r#"{{"@type":"ItemList",{number}"itemListElement":[{{"@type":"ListItem","url":"/offer/1"}}]}}"#);
            html(offer_page(&list) + link)
        }
        _ => html(offer_page(&posting("A"))),
    })
    .await;
    let (postings, is_complete) =
        collected(&site, SourceKind::Pages, site.at("/jobs").as_str()).await;
    assert_eq!((postings.len(), is_complete), (1, is_whole));
}

#[tokio::test]
async fn a_feed_shows_the_latest_and_so_never_all() {
    let site = Site::start(|seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        "/feed" => html(
            "<rss version='2.0'><channel><title>Acme</title><item><title>Chef</title><link>https://a.example/1</link></item></channel></rss>",
        ),
        _ => html("<p>no feed</p>"),
    })
    .await;
    let (postings, is_complete) =
        collected(&site, SourceKind::Feed, site.at("/feed").as_str()).await;
    assert_eq!((postings.len(), is_complete), (1, false));
    let collectors = collectors(&site, CollectOptions::default());
    let mut none = collectors.begin(SourceKind::Feed, site.at("/no").as_str(), now()).unwrap();
    assert_eq!(none.next(&Known::new()).await.unwrap_err(), CollectError::NotAList);
}

#[tokio::test]
async fn what_is_no_address_or_no_name_is_no_source() {
    let site = Site::start(|_| status(404)).await;
    let collectors = collectors(&site, CollectOptions::default());
    let wrong = [
        (SourceKind::Pages, "jobs"),
        (SourceKind::Pages, "file:///etc/passwd"),
        (SourceKind::Lever, "a b"),
    ];
    for (kind, target) in wrong {
        assert_eq!(
            collectors.begin(kind, target, now()).err(),
            Some(CollectError::Target),
            "{target}"
        );
    }
    let no_key = collectors.begin(SourceKind::Search, "rust", now()).err();
    assert_eq!(no_key, Some(CollectError::NoKey("POSTULO_TAVILY_KEY")));
}

#[tokio::test]
async fn a_source_reaches_of_the_hosts_that_are_admitted_its_own_alone() {
    let other = Site::start(|_| html(offer_page(&posting("B")))).await;
    let to_other = other.at("/anything");
    let site = Site::start(move |seen| match seen.path.as_str() {
        "/robots.txt" => status(404),
        "/sitemap.xml" => {
            html(sitemap(["/offer/1".to_owned(), "/on".to_owned(), to_other.to_string()]))
        }
        "/on" | "/feed" => redirect(to_other.as_str()),
        "/sitemaps.xml" => {
            html(format!("<sitemapindex><sitemap><loc>{to_other}</loc></sitemap></sitemapindex>"))
        }
        _ => html(offer_page(&posting("A"))),
    })
    .await;
    let collectors = Collectors::new(fetcher(&[&site, &other]).0, CollectOptions::default());
    let begin = |kind, path| collectors.begin(kind, site.at(path).as_str(), now()).unwrap();
    let (postings, parts) =
        all(begin(SourceKind::Pages, "/sitemap.xml").as_mut(), &Known::new()).await;
    assert_eq!(postings.len(), 1);
    let refused = |part: &&Part| matches!(part, Part::Failed(_, FetchError::NotPublic));
    assert_eq!(parts.iter().filter(refused).count(), 2);
    let (_, parts) = all(begin(SourceKind::Pages, "/sitemaps.xml").as_mut(), &Known::new()).await;
    assert_eq!(parts.iter().filter(refused).count(), 1);
    let feed = begin(SourceKind::Feed, "/feed").next(&Known::new()).await;
    assert_eq!(feed.unwrap_err(), CollectError::Fetch(FetchError::NotPublic));
    assert_eq!(other.seen().len(), 0);
    // As a source of its own it is reached.
    let target = other.at("/anything");
    let mut source = collectors.begin(SourceKind::Pages, target.as_str(), now()).unwrap();
    assert_eq!(all(source.as_mut(), &Known::new()).await.0.len(), 1);
}

#[tokio::test]
async fn a_page_of_more_offers_than_it_may_have_is_no_whole_list() {
    let site = Site::start(|seen| {
        if seen.path == "/robots.txt" {
            return status(404);
        }
        let offers: Vec<_> = (0..501).map(|nth| posting(&format!("Offer {nth}"))).collect();
        html(offer_page(&format!("[{}]", offers.join(","))))
    })
    .await;
    let (postings, is_complete) = collected(&site, SourceKind::Pages, site.at("/").as_str()).await;
    assert_eq!((postings.len(), is_complete), (500, false));
}
