//! Pages with schema.org `JobPosting`: one page, a page that lists others, or a sitemap of them. Where a browser
//! reads them, they are as their scripts make them.

use std::collections::{HashSet, VecDeque};
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use url::Url;

use super::jsonld::OnPage;
use super::{CollectError, Collector, Known, Part, jsonld, sitemap};
use crate::Browser;
use crate::apart::apart;
use crate::browser::ShowError;
use crate::fetch::{FetchError, Fetched, Fetcher, Kind, Page, Validators};
use crate::html;

/// Pages that are read of one source.
pub(super) const PAGES: usize = 5_000;
/// Sitemaps that are read of one source.
const SITEMAPS: usize = 100;
/// Pages that may fail one after another.
const FAILURES: u32 = 5;

/// Pages with `JobPosting`.
pub(super) struct Pages {
    fetcher: Arc<Fetcher>,
    browser: Option<Arc<Browser>>,
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

    /// Pages that a browser reads.
    pub(super) fn in_browser(fetcher: Arc<Fetcher>, first: Url, browser: Arc<Browser>) -> Self {
        Self { browser: Some(browser), ..Self::new(fetcher, first) }
    }

    /// Pages that something else found.
    pub(super) fn of(fetcher: Arc<Fetcher>, pages: impl IntoIterator<Item = Url>) -> Self {
        let mut it = Self {
            fetcher,
            browser: None,
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
        let (text, found) = self.look(&page, text).await?;
        if found.is_empty() {
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

    /// What a page has: where a browser reads and its site sends neither offer nor list with it, what that one shows.
    async fn look(&self, page: &Page, text: String) -> Result<(String, OnPage), FetchError> {
        let (text, found) = read(text, &page.url).await;
        match &self.browser {
            Some(browser) if found.is_empty() && is_html(page) => {
                let text = self.fetcher.shown(&page.url, browser).await?;
                Ok(read(text, &page.url).await)
            }
            _ => Ok((text, found)),
        }
    }

    /// A page of the list. The offers on it are of this page wherever it led to.
    async fn part(&mut self, url: &Url, known: &Known) -> Result<Part, FetchError> {
        let none = Validators::default();
        // What its scripts show changes without it.
        let known = known.get(url.as_str()).filter(|_| self.browser.is_none());
        let page = match self.fetcher.get(url, Kind::Page, known.unwrap_or(&none)).await {
            Ok(Fetched::Unchanged) => return Ok(Part::Unchanged(url.clone())),
            Ok(Fetched::Page(page)) => page,
            Err(FetchError::Missing { .. }) => return Ok(Part::Gone(url.clone())),
            Err(error) => return Err(error),
        };
        let (_, found) = self.look(&page, page.text()).await?;
        // Its scripts may show nothing only because what they ask does not answer.
        self.is_complete &= self.browser.is_none() || !found.is_empty();
        Ok(Part::Read {
            page: Some(url.clone()),
            validators: if self.browser.is_none() { page.validators } else { none },
            postings: found.postings,
            left_out: found.left_out,
        })
    }

    async fn read(&mut self, url: Url, known: &Known) -> Result<Part, CollectError> {
        self.read += 1;
        let error = match self.part(&url, known).await {
            Ok(part) => {
                self.failures = 0;
                return Ok(part);
            }
            Err(error @ FetchError::Browser(ShowError::NotStarted)) => return Err(error.into()),
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

/// A page, and what its data tell.
async fn read(text: String, url: &Url) -> (String, OnPage) {
    let url = url.clone();
    let read = move || {
        let found = jsonld::read(&text, &url);
        (text, found)
    };
    apart(read).await
}

/// What a source's own address is: by its name a sitemap, which may be long, else a page.
fn kind(url: &Url) -> Kind {
    let path = url.path().to_ascii_lowercase();
    let ending = Path::new(&path).extension();
    let is_list = ending.is_some_and(|it| it == "xml" || it == "gz") || path.contains("sitemap");
    if is_list { Kind::List } else { Kind::Page }
}

/// Whether a browser would show it as a page.
fn is_html(page: &Page) -> bool {
    let content_type = page.content_type.to_ascii_lowercase();
    content_type.is_empty() || content_type.contains("html")
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
