//! The polite fetcher of web pages: it obeys robots.txt (RFC 9309) and its delays, asks a host once a second,
//! says who it is, asks for what changed alone, reads no more than a page may have, and goes nowhere but to the
//! public Internet, wherever an address or a redirection leads.
//!
//! What goes wrong is sorted by what the caller can do, in words for people ([`FetchError`]). Nothing that a
//! page says, and no address of one, is in an error or a log.

mod body;
mod charset;
mod error;
mod options;
mod pace;
mod robots;
mod shown;
mod validators;

use std::sync::Arc;
use std::time::Duration;

use jiff::fmt::rfc2822;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, DATE, FROM, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER,
};
use reqwest::{Client, RequestBuilder, Response};
use url::Url;

use crate::reach::Reach;
use crate::{SetUpError, http};
pub use error::FetchError;
pub use options::FetchOptions;
use pace::Pace;
pub use pace::{RealTime, Waits};
use robots::Robots;
pub use validators::Validators;

/// How often a host that asks for patience is asked in all.
const ATTEMPTS: u32 = 3;
/// How long a fetch may take in all where whoever waits for it can come again.
const IN_ALL: Duration = Duration::from_secs(90);
/// Redirections that are followed.
const REDIRECTS: usize = 10;
/// The longest that a host may ask to wait; what asks for more is left for the next time.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// The wait where it does not say how long.
const USUAL_WAIT: Duration = Duration::from_secs(5);

/// The name under which robots.txt knows us.
pub const ROBOT: &str = "postulo";

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
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    reach: Reach,
    /// What of the hosts that are admitted by their names alone is for the source at work.
    own: Option<Reach>,
    pace: Arc<Pace>,
    robots: Arc<Robots>,
    agent: String,
    from: Option<HeaderValue>,
    attempts: u32,
    in_all: Option<Duration>,
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
            own: None,
            pace: Arc::new(Pace::new(options.every, options.waits.clone())),
            robots: Arc::new(Robots::new(options.longest_delay)),
            agent,
            from,
            attempts: ATTEMPTS,
            in_all: None,
        })
    }

    /// Another one beside it, of another reach: together they ask a host no more often than one does.
    pub fn beside(&self, options: &FetchOptions) -> Result<Self, SetUpError> {
        let (pace, robots) = (self.pace.clone(), self.robots.clone());
        Ok(Self { pace, robots, ..Self::new(options)? })
    }

    /// This one for whoever can come again later: a host that asks for patience is left, and so is
    /// one that takes long in all, with its robots.txt, redirections and delays.
    #[must_use]
    pub fn impatient(&self) -> Self {
        Self { attempts: 1, in_all: Some(IN_ALL), ..self.clone() }
    }

    /// This one for a source at `url`, whose pages choose where to go: of the hosts that are
    /// admitted, it reaches the source's own.
    #[must_use]
    pub fn only_for(&self, url: &Url) -> Self {
        Self { own: Some(self.reach.only_for(url)), ..self.clone() }
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
        let following = self.to_its_end(url, kind, known, make);
        let Some(in_all) = self.in_all else { return following.await };
        tokio::time::timeout(in_all, following).await.unwrap_or(Err(FetchError::SLOW))
    }

    async fn to_its_end(
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
        let is_of_another = |own: &Reach| self.reach.names(url) && !own.names(url);
        if self.reach.admits(url) && !self.own.as_ref().is_some_and(is_of_another) {
            Ok(())
        } else {
            Err(FetchError::NotPublic)
        }
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
            if !asks_for_patience || attempt >= self.attempts || wait > LONGEST_WAIT {
                return Ok(response);
            }
            self.pace.wait(wait).await;
        }
        unreachable!("the last attempt has returned")
    }

    /// Waits until the host may be asked, where that is not too long.
    async fn turn(&self, url: &Url) -> Result<(), FetchError> {
        let host = url.host_str().unwrap_or_default();
        let is_soon = self.pace.turn(host, self.in_all.unwrap_or(Duration::MAX)).await;
        if is_soon { Ok(()) } else { Err(FetchError::SLOW) }
    }

    async fn once(
        &self,
        request: RequestBuilder,
        url: &Url,
        kind: Kind,
        known: &Validators,
    ) -> Result<Response, FetchError> {
        self.turn(url).await?;
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
