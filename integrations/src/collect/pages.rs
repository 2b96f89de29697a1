//! Pages with schema.org `JobPosting`: one page, a page that lists others, or a sitemap of them.

use std::collections::{HashSet, VecDeque};
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use url::Url;

use super::{CollectError, Collector, Known, Part, jsonld, sitemap};
use crate::fetch::{FetchError, Fetched, Fetcher, Kind, Page, Validators};
use crate::html;

/// Pages that are read of one source.
const PAGES: usize = 5_000;
/// Sitemaps that are read of one source.
const SITEMAPS: usize = 100;
/// Pages that may fail one after another.
const FAILURES: u32 = 5;

/// Pages with `JobPosting`.
pub(super) struct Pages {
    fetcher: Arc<Fetcher>,
    first: Option<Url>,
    sitemaps: VecDeque<Url>,
    ahead: VecDeque<Url>,
    seen: HashSet<Url>,
    sitemaps_read: usize,
    read: usize,
    failures: u32,
    /// Whether its pages are of one site, which is left alone where it fails.
    is_one_site: bool,
    is_complete: bool,
}

impl Pages {
    pub(super) fn new(fetcher: Arc<Fetcher>, first: Url) -> Self {
        Self { first: Some(first), is_one_site: true, ..Self::of(fetcher, []) }
    }

    /// Pages that something else found.
    pub(super) fn of(fetcher: Arc<Fetcher>, pages: impl IntoIterator<Item = Url>) -> Self {
        let mut it = Self {
            fetcher,
            first: None,
            sitemaps: VecDeque::new(),
            ahead: VecDeque::new(),
            seen: HashSet::new(),
            sitemaps_read: 0,
            read: 0,
            failures: 0,
            is_one_site: false,
            is_complete: true,
        };
        pages.into_iter().for_each(|page| it.add(page));
        it
    }

    fn add(&mut self, mut page: Url) {
        page.set_fragment(None);
        if self.read + self.ahead.len() >= PAGES {
            self.is_complete = false;
        } else if self.seen.insert(page.clone()) {
            self.ahead.push_back(page);
        }
    }

    /// The page that the source names: what it has, or the pages that it leads to.
    async fn first(&mut self, url: Url) -> Result<Option<Part>, CollectError> {
        let page = self.fetcher.page(&url, kind(&url)).await?;
        self.seen.insert(url);
        let text = page.text();
        if sitemap::is_one(&text) {
            self.sitemaps_read += 1;
            self.list(&text, &page.url);
            return Ok(None);
        }
        let found = jsonld::read(&text, &page.url);
        if found.postings.is_empty() && found.listed.is_empty() {
            return Err(CollectError::NoPostings);
        }
        // One of several pages is not the whole list.
        self.is_complete &= !found.is_part && !html::leads_on(&text);
        found.listed.into_iter().for_each(|page| self.add(page));
        let (postings, left_out) = (found.postings, found.left_out);
        // It is the list of the others, and so asked for anew each time.
        Ok(Some(Part::Read { page: None, validators: Validators::default(), postings, left_out }))
    }

    fn list(&mut self, text: &str, at: &Url) {
        let (sitemap, is_whole) = sitemap::read(text, at);
        self.is_complete &= is_whole;
        sitemap.pages.into_iter().for_each(|page| self.add(page));
        for url in sitemap.sitemaps {
            if self.sitemaps_read + self.sitemaps.len() >= SITEMAPS {
                self.is_complete = false;
            } else if self.seen.insert(url.clone()) {
                self.sitemaps.push_back(url);
            }
        }
    }

    async fn read(&mut self, url: Url, known: &Known) -> Result<Part, CollectError> {
        self.read += 1;
        let none = Validators::default();
        let validators = known.get(url.as_str()).unwrap_or(&none);
        let error = match self.fetcher.get(&url, Kind::Page, validators).await {
            Ok(fetched) => {
                self.failures = 0;
                return Ok(match fetched {
                    Fetched::Unchanged => Part::Unchanged(url),
                    Fetched::Page(page) => of_page(url, &page),
                });
            }
            Err(FetchError::Missing { .. }) => {
                self.failures = 0;
                return Ok(Part::Gone(url));
            }
            Err(error) => error,
        };
        self.failures += 1;
        let is_enough = self.failures >= FAILURES || matches!(error, FetchError::Busy { .. });
        if is_enough && self.is_one_site {
            return Err(CollectError::Failing(error));
        }
        Ok(Part::Failed(url, error))
    }
}

/// What a source's own address is: by its name a sitemap, which may be long, else a page.
fn kind(url: &Url) -> Kind {
    let path = url.path().to_ascii_lowercase();
    let ending = Path::new(&path).extension();
    let is_list = ending.is_some_and(|it| it == "xml" || it == "gz") || path.contains("sitemap");
    if is_list { Kind::List } else { Kind::Page }
}

/// What a page has. The offers on it are of this page wherever it led to.
fn of_page(url: Url, page: &Page) -> Part {
    let found = jsonld::read(&page.text(), &page.url);
    Part::Read {
        page: Some(url),
        validators: page.validators.clone(),
        postings: found.postings,
        left_out: found.left_out,
    }
}

#[async_trait]
impl Collector for Pages {
    async fn next(&mut self, known: &Known) -> Result<Option<Part>, CollectError> {
        if let Some(first) = self.first.take()
            && let Some(part) = self.first(first).await?
        {
            return Ok(Some(part));
        }
        while let Some(url) = self.sitemaps.pop_front() {
            self.sitemaps_read += 1;
            match self.fetcher.page(&url, Kind::List).await {
                Ok(page) => self.list(&page.text(), &page.url),
                Err(error) => {
                    // Its pages are not known, so nothing is known to be gone.
                    self.is_complete = false;
                    return Ok(Some(Part::Failed(url, error)));
                }
            }
        }
        match self.ahead.pop_front() {
            Some(url) => self.read(url, known).await.map(Some),
            None => Ok(None),
        }
    }

    fn is_complete(&self) -> bool {
        self.is_complete
    }
}
