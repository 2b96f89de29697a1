//! The polite fetcher of web pages: it obeys robots.txt (RFC 9309) and its delays, asks a host once a second,
//! says who it is, asks for what changed alone, reads no more than a page may have, and goes nowhere but to the
//! public Internet, wherever an address or a redirection leads.
//!
//! What goes wrong is sorted by what the caller can do, in words for people ([`FetchError`]). Nothing that a
//! page says, and no address of one, is in an error or a log.

mod body;
mod charset;
mod error;
mod pace;
mod robots;
mod shown;

use std::sync::Arc;
use std::time::Duration;

use jiff::fmt::rfc2822;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, DATE, ETAG, FROM, HeaderMap, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, LOCATION, RETRY_AFTER,
};
use reqwest::{Client, RequestBuilder, Response};
use url::Url;

use crate::reach::Reach;
use crate::{SetUpError, http};
pub use error::FetchError;
use pace::Pace;
pub use pace::{RealTime, Waits};
use robots::Robots;

/// How long a request usually may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Redirections that are followed.
const REDIRECTS: usize = 10;
/// How often a host that asks for patience is asked in all.
const ATTEMPTS: u32 = 3;
/// The longest that a host may ask to wait; what asks for more is left for the next time.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// The wait where it does not say how long.
const USUAL_WAIT: Duration = Duration::from_secs(5);

/// The name under which robots.txt knows us.
pub const ROBOT: &str = "postulo";

/// How pages are fetched.
#[derive(Clone)]
pub struct FetchOptions {
    /// Where requests may go.
    pub reach: Reach,
    /// A page that says who we are: the service's own.
    pub about: Url,
    /// The address of whoever answers for it, for the field From.
    pub contact: Option<String>,
    /// How long a request may take, its answer included.
    pub timeout: Duration,
    /// The time between two requests to a host.
    pub every: Duration,
    /// The longest Crawl-delay that is kept to; a site that asks for more gets this.
    pub longest_delay: Duration,
    /// What waits.
    pub waits: Arc<dyn Waits>,
}

impl FetchOptions {
    /// One request a second to each host on the public Internet.
    pub fn new(about: Url) -> Self {
        Self {
            reach: Reach::Public,
            about,
            contact: None,
            timeout: TIMEOUT,
            every: Duration::from_secs(1),
            longest_delay: Duration::from_secs(30),
            waits: Arc::new(RealTime),
        }
    }
}

/// What is fetched, which says how much of it there may be and who allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A page for people.
    Page,
    /// A list for machines that a site has for its visitors: a sitemap, a feed.
    List,
    /// An interface that its owner publishes for programs. robots.txt is about the pages of a site, so it is
    /// not asked; the pace is kept.
    Interface,
}

impl Kind {
    const fn most_mib(self) -> usize {
        match self {
            Self::Page => 2,
            Self::List | Self::Interface => 16,
        }
    }

    const fn accepts(self) -> &'static str {
        match self {
            Self::Page => "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
            Self::List => {
                "application/xml, application/rss+xml, application/atom+xml, text/xml, */*;q=0.1"
            }
            Self::Interface => "application/json",
        }
    }
}

/// What a server says of the state of a page, to be asked whether it changed since (RFC 9110, 8.8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

impl Validators {
    fn of(headers: &HeaderMap) -> Self {
        // What is longer is kept nowhere.
        let text = |name| {
            let text = headers.get(name)?.to_str().ok()?;
            (text.len() <= 200).then(|| text.to_owned())
        };
        Self { etag: text(ETAG), last_modified: text(LAST_MODIFIED) }
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }

    fn ask(&self, mut request: RequestBuilder) -> RequestBuilder {
        let value = |text: &str| HeaderValue::from_str(text).ok();
        if let Some(etag) = self.etag.as_deref().and_then(value) {
            request = request.header(IF_NONE_MATCH, etag);
        } else if let Some(time) = self.last_modified.as_deref().and_then(value) {
            request = request.header(IF_MODIFIED_SINCE, time);
        }
        request
    }
}

/// What came of a request.
#[derive(Debug)]
pub enum Fetched {
    /// The page.
    Page(Page),
    /// It is as it was when the validators were given.
    Unchanged,
}

/// A page that was fetched.
#[derive(Debug)]
pub struct Page {
    /// Where it was, after redirections.
    pub url: Url,
    /// Its type, as the server tells it.
    pub content_type: String,
    /// To ask whether it changed.
    pub validators: Validators,
    /// What it says, decompressed.
    pub body: Vec<u8>,
}

impl Page {
    /// It as text, in whichever charset it is.
    pub fn text(&self) -> String {
        charset::decode(&self.body, &self.content_type)
    }
}

/// Fetches pages.
pub struct Fetcher {
    client: Client,
    reach: Reach,
    pace: Arc<Pace>,
    robots: Robots,
    agent: String,
    from: Option<HeaderValue>,
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher").field("reach", &self.reach).finish_non_exhaustive()
    }
}

impl Fetcher {
    /// A fetcher that remembers each host's robots.txt, and when it was last asked.
    pub fn new(options: &FetchOptions) -> Result<Self, SetUpError> {
        let agent = format!("Postulo/{} (+{})", env!("CARGO_PKG_VERSION"), options.about);
        let builder = http::builder(options.timeout).user_agent(&agent);
        let client = options.reach.bind(builder).build().map_err(SetUpError::Https)?;
        let from = options.contact.as_deref().and_then(|text| HeaderValue::from_str(text).ok());
        Ok(Self {
            client,
            reach: options.reach.clone(),
            pace: Arc::new(Pace::new(options.every, options.waits.clone())),
            robots: Robots::new(options.longest_delay),
            agent,
            from,
        })
    }

    /// Another one beside it, of another reach: together they ask a host no more often than one does.
    pub fn beside(&self, options: &FetchOptions) -> Result<Self, SetUpError> {
        Ok(Self { pace: self.pace.clone(), ..Self::new(options)? })
    }

    /// Fetches a page, or learns that it is as it was.
    pub async fn get(
        &self,
        url: &Url,
        kind: Kind,
        known: &Validators,
    ) -> Result<Fetched, FetchError> {
        self.follow(url, kind, known, |url| self.client.get(url)).await
    }

    /// Fetches a page, whether or not it changed.
    pub async fn page(&self, url: &Url, kind: Kind) -> Result<Page, FetchError> {
        match self.get(url, kind, &Validators::default()).await? {
            Fetched::Page(page) => Ok(page),
            // It answers a question that was not asked.
            Fetched::Unchanged => Err(FetchError::Refused { status: 304 }),
        }
    }

    /// Asks an interface by a request that was made with [`Self::client`], at its pace.
    pub async fn ask(&self, request: RequestBuilder) -> Result<Page, FetchError> {
        let request = request.build().map_err(|_| FetchError::Address)?;
        let (url, method) = (request.url().clone(), request.method().clone());
        let make = |url| {
            let mut copy =
                self.client.request(method.clone(), url).headers(request.headers().clone());
            if let Some(body) = request.body().and_then(reqwest::Body::as_bytes) {
                copy = copy.body(body.to_vec());
            }
            copy
        };
        match self.follow(&url, Kind::Interface, &Validators::default(), make).await? {
            Fetched::Page(page) => Ok(page),
            Fetched::Unchanged => Err(FetchError::Refused { status: 304 }),
        }
    }

    /// The client, with its bounds.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    async fn follow(
        &self,
        url: &Url,
        kind: Kind,
        known: &Validators,
        make: impl Fn(Url) -> RequestBuilder,
    ) -> Result<Fetched, FetchError> {
        let mut url = url.clone();
        for _ in 0..=REDIRECTS {
            self.admit(&url)?;
            if kind != Kind::Interface {
                self.obey(&url).await?;
            }
            let response = self.patiently(&url, kind, known, &make).await?;
            let status = response.status().as_u16();
            match status {
                200..=299 => {
                    return body::read(response, url, kind.most_mib()).await.map(Fetched::Page);
                }
                304 => return Ok(Fetched::Unchanged),
                301 | 302 | 303 | 307 | 308 => url = redirection(&url, &response)?,
                _ => return Err(FetchError::of_status(status, asked_wait(response.headers()))),
            }
            // Who was trusted with a secret is asked again at no other place.
            if kind == Kind::Interface {
                return Err(FetchError::Refused { status });
            }
        }
        Err(FetchError::TooManyRedirects)
    }

    fn admit(&self, url: &Url) -> Result<(), FetchError> {
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(FetchError::Address);
        }
        if self.reach.admits(url) { Ok(()) } else { Err(FetchError::NotPublic) }
    }

    /// Whether robots.txt lets us fetch it; keeps the delay that it asks for.
    async fn obey(&self, url: &Url) -> Result<(), FetchError> {
        let rules = match self.robots.known(url) {
            Some(rules) => rules,
            None => self.robots.learn(url, self.robots_txt(url).await),
        };
        let host = url.host_str().unwrap_or_default();
        let delay = rules.allow(url).map_err(|closed| match closed {
            robots::Closed::Forbidden => FetchError::Forbidden { host: host.to_owned() },
            robots::Closed::Unknown => FetchError::RobotsUnknown { host: host.to_owned() },
            robots::Closed::Unreached(error) => error,
        })?;
        if let Some(delay) = delay {
            self.pace.slow_down(host, delay);
        }
        Ok(())
    }

    /// A host's robots.txt: its bytes, the status instead of it, or why there was no answer.
    async fn robots_txt(&self, url: &Url) -> robots::Answer {
        let Ok(mut at) = url.join("/robots.txt") else { return robots::Answer::Status(404) };
        at.set_query(None);
        at.set_fragment(None);
        for _ in 0..=robots::REDIRECTS {
            if let Err(error) = self.admit(&at) {
                return robots::Answer::None(error);
            }
            let known = Validators::default();
            let asked = self.once(self.client.get(at.clone()), &at, Kind::List, &known).await;
            let response = match asked {
                Ok(response) => response,
                Err(error) => return robots::Answer::None(error),
            };
            match response.status().as_u16() {
                200..=299 => {
                    return body::beginning(response)
                        .await
                        .map_or_else(robots::Answer::None, robots::Answer::Text);
                }
                301 | 302 | 303 | 307 | 308 => match redirection(&at, &response) {
                    Ok(next) => at = next,
                    Err(_) => return robots::Answer::Status(404),
                },
                status => return robots::Answer::Status(status),
            }
        }
        robots::Answer::Status(404)
    }

    /// Asks; where the host asks for patience, asks again after that.
    async fn patiently(
        &self,
        url: &Url,
        kind: Kind,
        known: &Validators,
        make: impl Fn(Url) -> RequestBuilder,
    ) -> Result<Response, FetchError> {
        for attempt in 1.. {
            let response = self.once(make(url.clone()), url, kind, known).await?;
            let asks_for_patience = matches!(response.status().as_u16(), 429 | 503);
            let wait = asked_wait(response.headers()).unwrap_or(USUAL_WAIT);
            if !asks_for_patience || attempt == ATTEMPTS || wait > LONGEST_WAIT {
                return Ok(response);
            }
            self.pace.wait(wait).await;
        }
        unreachable!("the last attempt has returned")
    }

    async fn once(
        &self,
        request: RequestBuilder,
        url: &Url,
        kind: Kind,
        known: &Validators,
    ) -> Result<Response, FetchError> {
        self.pace.turn(url.host_str().unwrap_or_default()).await;
        let mut request = known.ask(request).header(ACCEPT_ENCODING, "gzip");
        if kind != Kind::Interface {
            request = request.header(ACCEPT, kind.accepts());
        }
        if let Some(from) = &self.from {
            request = request.header(FROM, from.clone());
        }
        request.send().await.map_err(|error| FetchError::of(&error))
    }
}

fn redirection(url: &Url, response: &Response) -> Result<Url, FetchError> {
    let to =
        response.headers().get(LOCATION).and_then(|to| std::str::from_utf8(to.as_bytes()).ok());
    let status = response.status().as_u16();
    let to = to.ok_or(FetchError::Refused { status })?;
    url.join(to).map_err(|_| FetchError::Address)
}

/// How long an answer asks to wait: in seconds, or until a time by the clock of its server.
fn asked_wait(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| Some(headers.get(name)?.to_str().ok()?.trim());
    let asked = text(RETRY_AFTER)?;
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let time = |text: &str| rfc2822::parse(text).ok().map(|time| time.timestamp());
    let wait = time(asked)?.duration_since(time(text(DATE)?)?);
    Some(wait.try_into().unwrap_or_default())
}
