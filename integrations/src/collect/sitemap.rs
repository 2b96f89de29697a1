//! Sitemaps (sitemaps.org): lists of pages, and lists of such lists.

use quick_xml::Reader;
use quick_xml::events::Event;
use url::Url;

/// Addresses that are read of one sitemap.
const MOST: usize = super::pages::PAGES;
/// Elements within one another in a sitemap, and some more.
const DEEPEST: usize = 32;

/// What a sitemap lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sitemap {
    /// Pages.
    pub(super) pages: Vec<Url>,
    /// Other sitemaps.
    pub(super) sitemaps: Vec<Url>,
}

/// Whether a text is a sitemap, by its first element.
pub(super) fn is_one(text: &str) -> bool {
    root(text).is_some_and(|root| matches!(root.as_str(), "urlset" | "sitemapindex"))
}

/// The name of the first element of XML.
fn root(text: &str) -> Option<String> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let mut reader = Reader::from_str(text);
    // What stands before it is a declaration, comments and a type.
    for _ in 0..20 {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                return Some(String::from_utf8_lossy(element.local_name().as_ref()).into_owned());
            }
            Ok(Event::Eof) | Err(_) => return None,
            Ok(_) => {}
        }
    }
    None
}

/// What a sitemap lists, up to where it is XML and no longer than it may be; and whether that is
/// all of it.
pub(super) fn read(text: &str, at: &Url) -> (Sitemap, bool) {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}').trim_start());
    let mut sitemap = Sitemap::default();
    let (mut path, mut location) = (vec![], String::new());
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                if path.len() >= DEEPEST {
                    return (sitemap, false);
                }
                location.clear();
                path.push(element.local_name().as_ref().to_vec());
            }
            Ok(Event::Text(text)) => location.push_str(&text.decode().unwrap_or_default()),
            Ok(Event::CData(text)) => location.push_str(&text.decode().unwrap_or_default()),
            Ok(Event::GeneralRef(reference)) => {
                let name = reference.decode().unwrap_or_default();
                match name.as_ref() {
                    "amp" => location.push('&'),
                    "apos" => location.push('\''),
                    "quot" => location.push('"'),
                    _ => {
                        if let Ok(Some(char)) = reference.resolve_char_ref() {
                            location.push(char);
                        }
                    }
                }
            }
            Ok(Event::End(_)) => {
                let of = path.iter().rev().nth(1).map(Vec::as_slice);
                if path.last().is_some_and(|name| name == b"loc")
                    && let Ok(url) = at.join(location.trim())
                {
                    let listed = sitemap.pages.len() + sitemap.sitemaps.len();
                    match of {
                        Some(b"url" | b"sitemap") if listed >= MOST => return (sitemap, false),
                        Some(b"url") => sitemap.pages.push(url),
                        Some(b"sitemap") => sitemap.sitemaps.push(url),
                        _ => {}
                    }
                }
                location.clear();
                path.pop();
            }
            Ok(Event::Eof) => return (sitemap, path.is_empty()),
            Err(_) => return (sitemap, false),
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (Vec<String>, Vec<String>, bool) {
        let (sitemap, is_whole) = read(text, &"https://jobs.example/sitemap.xml".parse().unwrap());
        let text = |urls: Vec<Url>| urls.into_iter().map(String::from).collect();
        (text(sitemap.pages), text(sitemap.sitemaps), is_whole)
    }

    #[test]
    fn pages_and_other_sitemaps_are_told_apart() {
        let pages = "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:image='x'>\
                     <url><loc> https://jobs.example/a?b=1&amp;c=2 </loc><image:image><image:loc>https://jobs.example/i.png</image:loc></image:image></url>\
                     <url><loc><![CDATA[/b]]></loc><lastmod>2026-11-28</lastmod></url></urlset>";
        let found = (
            vec!["https://jobs.example/a?b=1&c=2".to_owned(), "https://jobs.example/b".to_owned()],
            vec![],
            true,
        );
        assert_eq!(of(pages), found);
        let index = "<sitemapindex><sitemap><loc>https://jobs.example/1.xml.gz</loc></sitemap></sitemapindex>";
        assert_eq!(of(index), (vec![], vec!["https://jobs.example/1.xml.gz".to_owned()], true));
        assert!(is_one(pages) && is_one(index));
        assert!(!is_one("<!DOCTYPE html><html></html>") && !is_one("{}") && !is_one(""));
    }

    #[test]
    fn one_without_end_is_read_as_far_as_it_may_be() {
        let pages = |many: usize| {
            let urls = (0..many).map(|nth| format!("<url><loc>/{nth}</loc></url>"));
            of(&format!("<urlset>{}</urlset>", urls.collect::<String>()))
        };
        let (all, _, is_whole) = pages(MOST);
        assert_eq!((all.len(), is_whole), (MOST, true));
        let (some, _, is_whole) = pages(3 * MOST);
        assert_eq!((some.len(), is_whole), (MOST, false));
        let deep = format!("<urlset>{}<url><loc>/a</loc></url>", "<a>".repeat(100_000));
        assert_eq!(of(&deep), (vec![], vec![], false));
    }

    #[test]
    fn one_that_breaks_off_is_not_whole() {
        let (pages, _, is_whole) =
            of("<urlset><url><loc>https://jobs.example/a</loc></url><url><loc>https://jo");
        assert_eq!((pages.len(), is_whole), (1, false));
    }
}
