//! RSS and Atom. A feed shows its latest entries alone, so what is in it no more may still be there.

use std::sync::Arc;

use async_trait::async_trait;
use domain::offer::OfferDraft;
use feed_rs::model::Entry;
use jiff::Timestamp;
use url::Url;

use super::{CollectError, Collector, Known, LeftOut, Part, Posting, board};
use crate::apart::apart;
use crate::fetch::{Fetched, Fetcher, Kind, Page, Validators};

/// Entries of a feed.
const ENTRIES: usize = 5_000;
/// Tags of a feed.
const ELEMENTS: usize = 500_000;

pub(super) struct Feed {
    fetcher: Arc<Fetcher>,
    url: Option<Url>,
}

impl Feed {
    pub(super) fn new(fetcher: Arc<Fetcher>, url: Url) -> Self {
        Self { fetcher, url: Some(url) }
    }
}

#[async_trait]
impl Collector for Feed {
    async fn next(&mut self, known: &Known) -> Result<Option<Part>, CollectError> {
        let Some(url) = self.url.take() else { return Ok(None) };
        let none = Validators::default();
        let asked = known.get(url.as_str()).unwrap_or(&none);
        let page = match self.fetcher.get(&url, Kind::List, asked).await? {
            Fetched::Unchanged => return Ok(Some(Part::Unchanged(url))),
            Fetched::Page(page) => page,
        };
        let Page { url: at, validators, body, .. } = page;
        let (postings, left_out) = apart(move || read(&body, &at)).await?;
        Ok(Some(Part::Read { page: Some(url), validators, postings, left_out }))
    }

    fn is_complete(&self) -> bool {
        false
    }
}

fn read(body: &[u8], at: &Url) -> Result<(Vec<Posting>, Vec<LeftOut>), CollectError> {
    if !is_small(body) {
        return Err(CollectError::TooMany);
    }
    let parser = feed_rs::parser::Builder::new().base_uri(Some(at.as_str())).build();
    let feed = parser.parse(body).map_err(|_| CollectError::NotAList)?;
    let publisher = feed.title.and_then(|title| board::title(Some(&title.content)));
    let (mut postings, mut left_out) = (vec![], vec![]);
    for entry in feed.entries {
        match posting(entry, publisher.as_deref()) {
            Some(posting) => postings.push(posting),
            None => left_out.push(LeftOut::because("an entry has no title")),
        }
    }
    Ok((postings, left_out))
}

/// Whether a feed has no more in it than one may have: an element of a few bytes takes hundreds
/// once it is read, and each name is looked for among all that are declared.
fn is_small(body: &[u8]) -> bool {
    // Of UTF-16 what is ASCII is left.
    let body: Vec<u8> = body.iter().copied().filter(|byte| *byte != 0).collect();
    if body.trim_ascii_start().starts_with(b"{") {
        return body.split(|byte| *byte == b'{').count() <= 10 * ENTRIES;
    }
    let (mut entries, mut elements) = (0, 0);
    for inside in body.split(|byte| *byte == b'<').skip(1) {
        let end = inside.iter().position(|c| !is_of_name(*c)).unwrap_or(inside.len());
        // Names may have a prefix.
        let name = inside[..end].rsplit(|c| *c == b':').next();
        entries += usize::from(matches!(name, Some(b"item" | b"entry")));
        elements += 1;
    }
    let declared = body.windows(5).filter(|it| **it == *b"xmlns").count();
    entries <= ENTRIES && elements <= ELEMENTS && declared <= 2 * ENTRIES
}

const fn is_of_name(c: u8) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, b':' | b'-' | b'_' | b'.')
}

fn posting(entry: Entry, publisher: Option<&str>) -> Option<Posting> {
    let title = board::title(Some(&entry.title?.content))?;
    let link =
        entry.links.iter().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"));
    let author = entry.authors.first().and_then(|author| board::title(author.name.as_deref()));
    let described = entry.content.and_then(|content| content.body);
    let described = described.or_else(|| entry.summary.map(|summary| summary.content));
    let at = entry.published.or(entry.updated);
    let company =
        author.filter(|author| !author.contains('@')).or_else(|| publisher.map(str::to_owned));
    let draft = OfferDraft {
        title,
        company: company.unwrap_or_default(),
        url: link.map(|link| link.href.clone()).unwrap_or_default(),
        posted_at: at.and_then(|at| Timestamp::from_second(at.timestamp()).ok()),
        description: described.unwrap_or_default(),
        ..OfferDraft::default()
    };
    Some(Posting::new(entry.id, draft))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rss_and_atom_are_read() {
        let rss = "<?xml version='1.0'?><rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>Offres de Nantes</title>\
                   <item><title>Chef &amp; second</title><link>https://jobs.example/1</link><guid isPermaLink='false'>n-1</guid>\
                   <pubDate>Sat, 28 Nov 2026 08:30:00 GMT</pubDate><description><![CDATA[<p>Cuisine</p>]]></description></item>\
                   <item><link>https://jobs.example/2</link></item></channel></rss>";
        let (postings, left_out) =
            read(rss.as_bytes(), &"https://jobs.example/rss".parse().unwrap()).unwrap();
        assert_eq!((postings.len(), left_out.len()), (1, 1));
        let posting = &postings[0];
        assert_eq!(
            (posting.external_id.as_str(), posting.draft.title.as_str()),
            ("n-1", "Chef & second")
        );
        assert_eq!(posting.draft.description, "<p>Cuisine</p>");
        assert_eq!(posting.draft.company, "Offres de Nantes");
        assert_eq!(posting.draft.posted_at, Some("2026-11-28T08:30:00Z".parse().unwrap()));
        let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title><id>f</id><updated>2026-11-28T08:30:00Z</updated>\
                    <entry><id>urn:1</id><title>Chef</title><author><name>Acme</name></author><link href='/1'/>\
                    <updated>2026-11-28T08:30:00Z</updated><content type='html'>&lt;p&gt;Cuisine&lt;/p&gt;</content></entry></feed>";
        let (postings, _) =
            read(atom.as_bytes(), &"https://jobs.example/atom".parse().unwrap()).unwrap();
        let draft = &postings[0].draft;
        assert_eq!(draft.url, "https://jobs.example/1");
        assert_eq!(
            (draft.description.as_str(), draft.company.as_str()),
            ("<p>Cuisine</p>", "Acme")
        );
    }

    #[rstest::rstest]
    #[case("<item><title>x</title></item>", ENTRIES, true)]
    #[case("<item><title>x</title></item>", ENTRIES + 1, false)]
    #[case("<item/>", ENTRIES + 1, false)]
    #[case("<r:item>x</r:item>", ENTRIES + 1, false)]
    #[case("<category>x</category>", ELEMENTS, false)]
    #[case("<x xmlns:y='z'/>", 2 * ENTRIES + 1, false)]
    fn a_feed_has_no_more_than_it_may(
        #[case] part: &str,
        #[case] times: usize,
        #[case] is_read: bool,
    ) {
        let rss = format!("<rss version='2.0'><channel>{}</channel></rss>", part.repeat(times));
        let at = "https://jobs.example/rss".parse().unwrap();
        match read(rss.as_bytes(), &at) {
            Ok((postings, _)) => assert!(is_read && postings.len() == times),
            Err(error) => assert!(!is_read && error == CollectError::TooMany, "{error}"),
        }
    }

    #[test]
    fn what_is_no_feed_is_none() {
        let read =
            read(b"<html><body>404</body></html>", &"https://jobs.example/rss".parse().unwrap());
        assert_eq!(read.err(), Some(CollectError::NotAList));
    }
}
