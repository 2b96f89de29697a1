//! Collectors of job offers, one file a kind of source, behind one trait: it yields offers part by part, and
//! says whether it saw its whole list. To add one: its file, its `mod`, its arm in [`Collectors::begin`].
//!
//! A collector knows nothing of what was collected before but the validators of pages, which it asks with. What
//! cannot be read is left out with its reason, and is no reason to stop.

mod ashby;
mod board;
mod dates;
mod feed;
mod france_travail;
mod greenhouse;
mod jsonld;
mod lever;
mod pages;
mod posting;
mod search;
mod sitemap;
mod smart_recruiters;
mod weight;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
pub use domain::collecting::SourceKind;
use jiff::Timestamp;
use thiserror::Error;
use url::Url;

use crate::Browser;
use crate::fetch::{FetchError, Fetcher, Validators};
pub use france_travail::FranceTravailKey;
pub(crate) use jsonld::read as postings_of_page;
pub use posting::Posting;

/// A collector failed as a whole: what it told until then counts, and nothing is missing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CollectError {
    /// Its first page, or its list, was not fetched.
    #[error("{0}")]
    Fetch(#[from] FetchError),
    /// The target is none of this kind of source.
    #[error("its address or name is not written as this kind of source needs it")]
    Target,
    /// What answers is no list of offers.
    #[error("what answers there is no list of offers of this kind")]
    NotAList,
    /// What answers has more in it than any list of offers.
    #[error("what answers there has more in it than any list of offers")]
    TooMany,
    /// Nothing on the page is an offer or leads to one.
    #[error(
        "the page has no job offer in its data (JobPosting), and leads to none: give the address of its sitemap"
    )]
    NoPostings,
    /// A setting is missing.
    #[error("it needs a key that is not set: {0}")]
    NoKey(&'static str),
    /// Pages are read by no browser here.
    #[error("no browser is set up to read pages: POSTULO_COLLECT_BROWSER is not set")]
    NoBrowser,
    /// The key does not open it.
    #[error("the key of {0} is refused: check it in the settings")]
    Key(&'static str),
    /// No more may be asked today.
    #[error("the plan of {0} allows no more requests now")]
    Quota(&'static str),
    /// One page after another failed.
    #[error("one page after another failed; the last one: {0}")]
    Failing(FetchError),
}

impl CollectError {
    /// Its name, which never changes: texts of pages are found by it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Fetch(error) => error.name(),
            Self::Target => "target",
            Self::NotAList => "not-a-list",
            Self::TooMany => "too-many",
            Self::NoPostings => "no-postings",
            Self::NoKey(_) => "no-key",
            Self::NoBrowser => "no-browser",
            Self::Key(_) => "key",
            Self::Quota(_) => "quota",
            Self::Failing(_) => "failing",
        }
    }

    /// What belongs to the name: a host, a status, a setting, the name of what failed last.
    pub fn detail(&self) -> String {
        match self {
            Self::Fetch(error) => error.detail(),
            Self::Target | Self::NotAList | Self::TooMany | Self::NoPostings => String::new(),
            Self::NoBrowser => "POSTULO_COLLECT_BROWSER".to_owned(),
            Self::NoKey(what) | Self::Key(what) | Self::Quota(what) => (*what).to_owned(),
            Self::Failing(error) => error.name().to_owned(),
        }
    }
}

/// Why a page or an offer on it was left out. Its words are for operators; they quote nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Why.
    pub why: String,
}

impl LeftOut {
    pub(crate) fn because(why: impl Into<String>) -> Self {
        Self { why: why.into() }
    }
}

/// What a part of a list came to.
#[derive(Debug)]
pub enum Part {
    /// It was read.
    Read {
        /// The page that it is, where it can be asked whether it changed.
        page: Option<Url>,
        /// To ask that with.
        validators: Validators,
        /// The offers on it.
        postings: Vec<Posting>,
        /// What of it was left out.
        left_out: Vec<LeftOut>,
    },
    /// The page is as it was when its validators were given; so are its offers.
    Unchanged(Url),
    /// The page is gone, and its offers with it.
    Gone(Url),
    /// The page was not fetched: nothing is known of its offers.
    Failed(Url, FetchError),
}

/// The validators of pages that were read before, by their addresses.
pub type Known = HashMap<String, Validators>;

/// A collector at work on a source.
#[async_trait]
pub trait Collector: Send {
    /// The next part of the list; `None` at its end.
    async fn next(&mut self, known: &Known) -> Result<Option<Part>, CollectError>;

    /// At the end: whether the whole list was seen, so that an offer that was not in it is gone.
    fn is_complete(&self) -> bool;
}

/// The keys of services, and where those are.
#[derive(Clone, Default)]
pub struct CollectOptions {
    /// France Travail's credentials.
    pub france_travail: Option<FranceTravailKey>,
    /// Tavily's key.
    pub tavily: Option<String>,
    /// What reads the pages that need a browser.
    pub browser: Option<Arc<Browser>>,
    /// Where the services are, instead of their usual places.
    pub places: Places,
}

/// No key is told.
impl std::fmt::Debug for CollectOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CollectOptions").field("places", &self.places).finish_non_exhaustive()
    }
}

/// The base addresses of services.
#[derive(Clone, Debug)]
pub struct Places {
    /// `https://boards-api.greenhouse.io`
    pub greenhouse: Url,
    /// `https://api.lever.co`
    pub lever: Url,
    /// `https://api.ashbyhq.com`
    pub ashby: Url,
    /// `https://api.smartrecruiters.com`
    pub smart_recruiters: Url,
    /// `https://api.francetravail.io`
    pub france_travail: Url,
    /// `https://entreprise.francetravail.fr`
    pub france_travail_tokens: Url,
    /// `https://api.tavily.com`
    pub tavily: Url,
}

impl Default for Places {
    fn default() -> Self {
        let url = |text| Url::parse(text).expect("the address is written here");
        Self {
            greenhouse: url("https://boards-api.greenhouse.io"),
            lever: url("https://api.lever.co"),
            ashby: url("https://api.ashbyhq.com"),
            smart_recruiters: url("https://api.smartrecruiters.com"),
            france_travail: url("https://api.francetravail.io"),
            france_travail_tokens: url("https://entreprise.francetravail.fr"),
            tavily: url("https://api.tavily.com"),
        }
    }
}

/// What collects: begins a collector for a source.
#[derive(Clone, Debug)]
pub struct Collectors {
    fetcher: Arc<Fetcher>,
    options: Arc<CollectOptions>,
}

impl Collectors {
    /// Collectors that fetch with `fetcher`.
    pub fn new(fetcher: Arc<Fetcher>, options: CollectOptions) -> Self {
        Self { fetcher, options: Arc::new(options) }
    }

    /// What fetches.
    pub const fn fetcher(&self) -> &Arc<Fetcher> {
        &self.fetcher
    }

    /// Whether a kind of source has the key, or the program, that it needs.
    pub fn has_key(&self, kind: SourceKind) -> bool {
        match kind {
            SourceKind::FranceTravail => self.options.france_travail.is_some(),
            SourceKind::Search => self.options.tavily.is_some(),
            SourceKind::Browser => self.options.browser.is_some(),
            _ => true,
        }
    }

    /// Begins to collect from a source: an address, the name of a board, or words to search for.
    pub fn begin(
        &self,
        kind: SourceKind,
        target: &str,
        now: Timestamp,
    ) -> Result<Box<dyn Collector>, CollectError> {
        let (fetcher, options) = (self.fetcher.clone(), &self.options);
        let only_for = |url: &Url| Arc::new(fetcher.only_for(url));
        let Places { greenhouse, lever, ashby, smart_recruiters, .. } = &options.places;
        let target = target.trim();
        Ok(match kind {
            SourceKind::Pages => {
                let url = address(target)?;
                Box::new(pages::Pages::new(only_for(&url), url))
            }
            SourceKind::Browser => {
                let browser = options.browser.clone().ok_or(CollectError::NoBrowser)?;
                let url = address(target)?;
                Box::new(pages::Pages::in_browser(only_for(&url), url, browser))
            }
            SourceKind::Feed => {
                let url = address(target)?;
                Box::new(feed::Feed::new(only_for(&url), url))
            }
            SourceKind::Greenhouse => {
                Box::new(greenhouse::Greenhouse::new(fetcher, greenhouse, board::name(target)?))
            }
            SourceKind::Lever => Box::new(lever::Lever::new(fetcher, lever, board::name(target)?)),
            SourceKind::Ashby => Box::new(ashby::Ashby::new(fetcher, ashby, board::name(target)?)),
            SourceKind::SmartRecruiters => Box::new(smart_recruiters::SmartRecruiters::new(
                fetcher,
                smart_recruiters,
                board::name(target)?,
            )),
            SourceKind::FranceTravail => {
                let key = options.france_travail.clone();
                let key = key.ok_or(CollectError::NoKey("POSTULO_FRANCE_TRAVAIL_ID"))?;
                Box::new(france_travail::FranceTravail::new(
                    fetcher,
                    &options.places,
                    key,
                    target,
                    now,
                ))
            }
            SourceKind::Search => {
                let key = options.tavily.clone();
                let key = key.ok_or(CollectError::NoKey("POSTULO_TAVILY_KEY"))?;
                let tavily = &options.places.tavily;
                Box::new(search::Search::new(only_for(tavily), tavily, key, target))
            }
        })
    }
}

fn address(target: &str) -> Result<Url, CollectError> {
    let url = Url::parse(target).map_err(|_| CollectError::Target)?;
    if matches!(url.scheme(), "http" | "https") { Ok(url) } else { Err(CollectError::Target) }
}
