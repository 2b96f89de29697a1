//! How many requests a network may make: an IPv4 address, or an IPv6 /64. Counted in this process's
//! memory, within bounds; addresses are kept for a minute or so and never told.

mod forwarded;

use std::convert::Infallible;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;

pub use forwarded::ProxyField;

use crate::api;

/// So many networks are counted apart in each kind of request; beyond, those that come new are
/// counted together.
const NETWORKS: usize = 20_000;
/// What all IPv6 networks of a site (/48) may make together, and what networks that find no place of
/// their own may, as a multiple of one network's requests.
const TOGETHER: u32 = 20;

/// The kinds of requests that are counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    SignIn,
    Token,
    Form,
    Page,
    Api,
}

/// Requests a minute of each kind that one network may make; 0 for as many as it likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerMinute {
    /// Attempts to sign in, and to register.
    pub sign_ins: u32,
    /// Tokens of the form, which partners' servers ask for.
    pub tokens: u32,
    /// Forms that people send.
    pub forms: u32,
    /// Pages that people open.
    pub pages: u32,
    /// Requests of partners' programs and of mail providers.
    pub api: u32,
}

impl Default for PerMinute {
    /// Enough for a university or an agency behind one address.
    fn default() -> Self {
        Self { sign_ins: 60, tokens: 6000, forms: 300, pages: 3000, api: 12_000 }
    }
}

/// How networks are told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    /// Proxies whose field is believed. `None` where nobody said which there are: then requests from
    /// private addresses may come from anyone behind one, and only public addresses are limited.
    pub trusted: Option<Vec<IpNet>>,
    /// The field in which they tell where a request came from.
    pub field: ProxyField,
}

/// The counts of all networks.
pub struct Networks {
    proxies: Proxies,
    began: Instant,
    sign_ins: Option<Counts>,
    tokens: Option<Counts>,
    forms: Option<Counts>,
    pages: Option<Counts>,
    api: Option<Counts>,
}

/// Who is at the other end of the connection that a request came by, and how often their network
/// asked lately.
#[derive(Clone)]
pub struct Peer {
    /// Their address.
    pub address: IpAddr,
    /// The counts of all networks.
    pub networks: Arc<Networks>,
}

impl Networks {
    /// Nobody has asked for anything yet.
    pub fn new(per_minute: PerMinute, proxies: Proxies) -> Self {
        Self {
            proxies,
            began: Instant::now(),
            sign_ins: Counts::new(per_minute.sign_ins),
            tokens: Counts::new(per_minute.tokens),
            forms: Counts::new(per_minute.forms),
            pages: Counts::new(per_minute.pages),
            api: Counts::new(per_minute.api),
        }
    }

    fn counts(&self, kind: Kind) -> Option<&Counts> {
        match kind {
            Kind::SignIn => self.sign_ins.as_ref(),
            Kind::Token => self.tokens.as_ref(),
            Kind::Form => self.forms.as_ref(),
            Kind::Page => self.pages.as_ref(),
            Kind::Api => self.api.as_ref(),
        }
    }

    /// Counts a request; the seconds to wait where it is one too many.
    fn refused_for(&self, kind: Kind, peer: IpAddr, headers: &HeaderMap) -> Option<u64> {
        let address = self.proxies.partner(peer, headers)?;
        self.counts(kind)?.refused_for(address, self.began.elapsed().as_secs())
    }
}

impl Proxies {
    /// The address whose network is limited; `None` for who is not.
    fn partner(&self, peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = peer.to_canonical();
        let Some(trusted) = &self.trusted else {
            return is_public(peer).then_some(peer);
        };
        let is_proxy = |address: &IpAddr| is_within(*address, trusted);
        if !is_proxy(&peer) {
            return Some(peer);
        }
        // The last one that no proxy of ours is: what stands before it, anybody may have written.
        let hops = self.field.hops(headers);
        hops.into_iter().rev().map_while(|hop| hop).find(|hop| !is_proxy(hop))
    }
}

fn is_within(address: IpAddr, networks: &[IpNet]) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// Whether an address is one of the Internet, rather than of a machine or a network of somebody's own.
fn is_public(address: IpAddr) -> bool {
    let is_own = match address {
        IpAddr::V4(it) => {
            let [first, second, ..] = it.octets();
            let is_shared = first == 100 && (64..128).contains(&second); // RFC 6598
            it.is_private() || it.is_loopback() || it.is_link_local() || is_shared
        }
        IpAddr::V6(it) => it.is_unique_local() || it.is_loopback() || it.is_unicast_link_local(),
    };
    !is_own && !address.is_unspecified()
}

/// The counts of one kind of request.
struct Counts {
    networks: DefaultKeyedRateLimiter<IpNet>,
    sites: DefaultKeyedRateLimiter<IpNet>,
    others: DefaultDirectRateLimiter,
    /// The second since the start in which old counts were last forgotten.
    forgot: AtomicU64,
}

impl Counts {
    fn new(per_minute: u32) -> Option<Self> {
        let per_minute = NonZeroU32::new(per_minute)?;
        let together = per_minute.saturating_mul(NonZeroU32::new(TOGETHER)?);
        Some(Self {
            networks: RateLimiter::keyed(Quota::per_minute(per_minute)),
            sites: RateLimiter::keyed(Quota::per_minute(together)),
            others: RateLimiter::direct(Quota::per_minute(together)),
            forgot: AtomicU64::new(0),
        })
    }

    fn refused_for(&self, address: IpAddr, second: u64) -> Option<u64> {
        let full = self.networks.len() + self.sites.len() >= NETWORKS && {
            if self.forgot.swap(second, Ordering::Relaxed) != second {
                self.networks.retain_recent();
                self.sites.retain_recent();
            }
            self.networks.len() + self.sites.len() >= NETWORKS
        };
        let now = DefaultClock::default().now();
        let refused = if full {
            self.others.check().err()
        } else {
            let site = address.is_ipv6().then(|| self.sites.check_key(&network(address, 48)).err());
            site.flatten().or_else(|| self.networks.check_key(&network(address, 64)).err())
        };
        refused.map(|until| until.wait_time_from(now).as_secs() + 1)
    }
}

/// The network of an address: itself, or that of an IPv6 address with so many bits.
fn network(address: IpAddr, bits: u8) -> IpNet {
    let whole = IpNet::from(address);
    if address.is_ipv4() { whole } else { IpNet::new(address, bits).unwrap_or(whole).trunc() }
}

/// The network that a request came from; `None` for who is not limited.
pub fn of(request: &Request) -> Option<IpNet> {
    of_parts(request.extensions(), request.headers())
}

fn of_parts(extensions: &Extensions, headers: &HeaderMap) -> Option<IpNet> {
    let peer = extensions.get::<Peer>()?;
    let address = peer.networks.proxies.partner(peer.address, headers)?;
    Some(network(address, 64))
}

/// The network that a request came from, for its handler; `None` for who is not limited.
#[derive(Clone, Copy, Debug)]
pub struct Network(pub Option<IpNet>);

impl<S: Send + Sync> FromRequestParts<S> for Network {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(of_parts(&parts.extensions, &parts.headers)))
    }
}

/// How often a network may do one thing, whatever else it may ask for.
pub struct NetworkLimit {
    counts: Option<Counts>,
    began: Instant,
}

impl NetworkLimit {
    /// So many times a minute; 0 for as many as it likes.
    pub fn per_minute(times: u32) -> Self {
        Self { counts: Counts::new(times), began: Instant::now() }
    }

    /// Counts one time; the seconds to wait where it is one too many.
    pub fn refused_for(&self, network: Network) -> Option<u64> {
        self.counts.as_ref()?.refused_for(network.0?.addr(), self.began.elapsed().as_secs())
    }
}

/// Refuses what is one too many of a network.
pub async fn limited(request: Request, next: Next) -> Response {
    let refused = request.extensions().get::<Peer>().and_then(|peer| {
        let kind = kind(request.method(), request.uri().path())?;
        peer.networks.refused_for(kind, peer.address, request.headers())
    });
    match refused {
        None => next.run(request).await,
        Some(seconds) => {
            let wait = [(header::RETRY_AFTER, seconds.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, wait).into_response()
        }
    }
}

/// How a request is counted; `None` for scripts and styles, which pages hold and browsers keep.
fn kind(method: &Method, path: &str) -> Option<Kind> {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let reads = matches!(*method, Method::GET | Method::HEAD);
    Some(match first {
        "assets" if reads => return None,
        "api" if is_attempt_of_earlier(path) && !reads => Kind::SignIn,
        "api" | "pipeline" | "webhooks" => Kind::Api,
        "auth" if api::is_attempt(path) && !reads => Kind::SignIn,
        _ if api::is_call(path) => Kind::Api,
        "auth" => Kind::Token,
        _ if reads => Kind::Page,
        "admin" if path.starts_with("/admin/sign-in") => Kind::SignIn,
        "account" if is_entrance(path) => Kind::SignIn,
        // Asked for again and again while a password is typed.
        "account" if path == "/account/password-check" => Kind::Page,
        _ => Kind::Form,
    })
}

/// Whether a call of an earlier service tries a password, or has a letter written to somebody.
fn is_attempt_of_earlier(path: &str) -> bool {
    [
        "/api/auth/forgot-password",
        "/api/auth/reset-password",
        "/api/auth/signin",
        "/api/auth/signup",
        "/api/token",
    ]
    .contains(&path)
}

/// Whether a form is one of those who are not signed in yet.
fn is_entrance(path: &str) -> bool {
    ["/account/sign-in", "/account/register"].iter().any(|entrance| path.starts_with(entrance))
}

#[cfg(test)]
mod tests;
