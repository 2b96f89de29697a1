//! How many requests a client platform may make. Kept in this process: with several, each has its
//! own count.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use commands::PartnerAccount;
use domain::PartnerId;
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::networks::NetworkLimit;
use crate::upload::Uploads;

type Limiter = RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>;

/// What bounds the work that is asked for at once: the counts of all clients, of which only registered
/// ones are in it, so that nobody can fill it, and the room for documents that are being sent.
pub struct RequestLimits {
    partners: Mutex<HashMap<PartnerId, (u32, Arc<Limiter>)>>,
    /// The room for documents that are being sent.
    pub uploads: Uploads,
    /// How often a network may try whether a work permit holds.
    pub permit_checks: NetworkLimit,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self::with_uploads(Self::UPLOADS_MEBIBYTES)
    }
}

/// How a client stands, as its answers tell it (draft-ietf-httpapi-ratelimit-headers).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    per_minute: u32,
    remaining: u32,
    /// When it may ask again, where it may not now.
    retry_after: Option<Duration>,
}

impl RequestLimits {
    /// The usual room for documents that are being sent, in mebibytes.
    pub const UPLOADS_MEBIBYTES: u32 = 64;

    /// Checks of work permits that a network may make in a minute.
    pub const PERMIT_CHECKS: u32 = 20;

    /// With room for so many mebibytes of documents that are being sent.
    pub fn with_uploads(mebibytes: u32) -> Self {
        Self {
            partners: Mutex::default(),
            uploads: Uploads::new(mebibytes),
            permit_checks: NetworkLimit::per_minute(Self::PERMIT_CHECKS),
        }
    }

    /// Counts a request; `None` where nothing limits the client.
    pub fn count(&self, partner: &PartnerAccount) -> Option<Standing> {
        let per_minute = partner.settings.requests_per_minute;
        let quota = Quota::per_minute(NonZeroU32::new(per_minute)?);
        let limiter = {
            let mut limiters = self.partners.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = limiters.get(&partner.id).filter(|(of, _)| *of == per_minute);
            if let Some((_, limiter)) = kept {
                limiter.clone()
            } else {
                let limiter = Arc::new(RateLimiter::direct(quota).with_middleware());
                limiters.insert(partner.id.clone(), (per_minute, limiter.clone()));
                limiter
            }
        };
        Some(match limiter.check() {
            Ok(state) => Standing {
                per_minute,
                remaining: state.remaining_burst_capacity(),
                retry_after: None,
            },
            Err(not_until) => {
                let wait = not_until.wait_time_from(DefaultClock::default().now());
                Standing { per_minute, remaining: 0, retry_after: Some(wait) }
            }
        })
    }
}

impl Standing {
    /// Whether the request is one too many, and how many seconds to wait, rounded up.
    pub fn refused_for(&self) -> Option<u64> {
        self.retry_after.map(|wait| wait.as_secs() + 1)
    }

    /// Adds `RateLimit` and `RateLimit-Policy`, and `Retry-After` (RFC 9110 10.2.3) where it is
    /// refused.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let mut set = |name: &'static str, value: String| {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        };
        set("ratelimit-policy", format!("\"requests\";q={};w=60", self.per_minute));
        let reset = self.refused_for().unwrap_or(60);
        set("ratelimit", format!("\"requests\";r={};t={reset}", self.remaining));
        if let Some(seconds) = self.refused_for() {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
    }
}
