//! A sign-in that is refused, as HTTP tells it; each audience has words of its own for it.

use axum::http::{HeaderName, StatusCode, header};
use commands::SignInError;
use jiff::Timestamp;

use crate::Failure;

/// Why nobody is signed in. It tells nothing about which part was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The name, the password or the code is wrong.
    Wrong,
    /// There were too many attempts under this name; the time from which on another one is looked at.
    TooMany(Timestamp),
    /// Too many sign in, or try to, at once.
    Crowded,
}

/// A sign-in that is refused.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The status of the answer.
    pub status: StatusCode,
    /// Why.
    pub why: Why,
    /// When to come back, in seconds (RFC 9110, 10.2.3).
    pub retry_after: RetryAfter,
}

/// The header that says when to come back; none where that is no question of time.
pub type RetryAfter = Option<[(HeaderName, String); 1]>;

/// How a refusal is told; what is nobody's refusal is a failure.
pub fn refused(error: SignInError, now: Timestamp) -> Result<Refused, Failure> {
    let later = |until: Timestamp| {
        let seconds = until.duration_since(now).as_secs().max(0) + 1;
        Some([(header::RETRY_AFTER, seconds.to_string())])
    };
    let (status, why, retry_after) = match error {
        SignInError::Wrong => (StatusCode::UNPROCESSABLE_ENTITY, Why::Wrong, None),
        SignInError::TooMany { until } => {
            (StatusCode::TOO_MANY_REQUESTS, Why::TooMany(until), later(until))
        }
        SignInError::Crowded { until } => {
            (StatusCode::SERVICE_UNAVAILABLE, Why::Crowded, later(until))
        }
        SignInError::Unavailable(error) => return Err(error.into()),
    };
    Ok(Refused { status, why, retry_after })
}
